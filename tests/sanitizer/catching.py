"""What verify must catch, whatever the engine: the mistake, what is said of it, and the checks without which nobody would say it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest

from sanitizer import drift
from sanitizer.checks import Checks
from sanitizer.errors import Drifted, Finding
from sanitizer.originals import Originals
from sanitizer.rules import Rules
from sanitizer.schema import Schema
from tests.sanitizer.workbench import Workbench

Patch = pytest.MonkeyPatch
RULES = "people: {id: keep, mail: email, name: {name: fr_FR}, phone: {phone: FR}}"


def nothing(_patch: Patch) -> None:
    """The mistake is in what is given."""


@dataclass(frozen=True)
class Mistake:
    """`broken`: the checks that notice it, by kind. `made` makes it where it is one of the sanitizer's own."""

    told: str
    broken: tuple[str, ...] = ("originals",)
    source: tuple[str, ...] = ()
    rules: tuple[str, ...] = (RULES,)
    sql: str = "{}"
    made: Callable[[Patch], None] = nothing


def breaking(patch: Patch, kinds: tuple[str, ...]) -> None:
    """These checks are made, and see nothing."""
    expect = Checks.expect

    def blind(checks: Checks, kind: str, violations: int, finding: Finding) -> None:
        expect(checks, kind, 0 if kind in kinds else violations, finding)

    patch.setattr(Checks, "expect", blind)
    if "originals" in kinds:
        patch.setattr(Originals, "search", _found_nowhere)
    if "drift" in kinds:
        _break_drift(patch)


def _found_nowhere(_originals: Originals, _columns: tuple[str, ...], rows: Iterable[bytes], *_: object) -> Counter[str]:
    for _ in rows:
        pass
    return Counter()


def _break_drift(patch: Patch) -> None:
    match = drift.match

    def unless_drifted(rules: Rules, schemas: dict[str, Schema]) -> object:
        try:
            return match(rules, schemas)
        except Drifted:
            return {name: rules.of(name) for name in schemas}

    patch.setattr(drift, "match", unless_drifted)


def catch(bench: Workbench, people: str, mistake: Mistake, prefix: str) -> None:
    """The run ends red and says where; with the checks broken that are to see it, the same run would be green."""
    for is_broken in (False, True):
        bench.clear()
        for statement in (people, *mistake.source):
            bench.sql(statement)
        with Patch.context() as patch:
            mistake.made(patch)
            if is_broken:
                breaking(patch, mistake.broken)
            outcome = bench.sanitize(f"tables:\n{''.join(_tables(mistake, prefix))}sql: {mistake.sql}\n")
        if is_broken:
            assert outcome.code == 0, f"something else sees it too: {outcome.problems} {outcome.message}"
        else:
            assert outcome.code == 23, outcome.lines
            assert mistake.told in outcome.problems
            assert "planted" not in str(outcome).lower()
            assert outcome.report is None


def _tables(mistake: Mistake, prefix: str) -> Iterator[str]:
    for table in mistake.rules:
        yield f"  {prefix}{table}\n"

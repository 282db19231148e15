"""Every check that verify makes, found in the code; what is found of a fault with it and without it."""

import ast
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

import sanitizer
from sanitizer import drift
from sanitizer.checks import Checks
from sanitizer.dialect import Dialect, Mark, Target
from sanitizer.engines import ENGINES
from sanitizer.errors import Finding, SanitizerError
from sanitizer.journal import Journal
from sanitizer.measurement import Measurement, compare
from sanitizer.pipeline import Pipeline
from sanitizer.rules_file import read_rules
from tests.sanitizer.workbench import KEY, PASSWORD, USER, Workbench

ROOM = Path(sanitizer.__file__).parent
MASKING = "measurement "  # what is counted before and after masking
Patch = pytest.MonkeyPatch
LeaveOut = Callable[[Patch], None]


class Site(NamedTuple):
    """A place in the code that makes checks."""

    module: str
    first_line: int
    last_line: int


class Made(NamedTuple):
    """A kind of check, and where it is made."""

    site: Site
    kind: str


def sites(other_engine: str) -> Iterator[Site]:
    """All of one engine, and of what all engines share."""
    for path in sorted(ROOM.rglob("*.py")):
        module = ".".join(path.relative_to(ROOM).with_suffix("").parts)
        if not module.startswith(other_engine):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "expect":
                    yield Site(module, node.lineno, node.end_lineno or node.lineno)


def caller(known: list[Site]) -> Site:
    """The site that calls the caller of this."""
    frame = sys._getframe(2)
    module = ".".join(Path(frame.f_code.co_filename).relative_to(ROOM).with_suffix("").parts)
    return next(each for each in known if each.module == module and each.first_line <= frame.f_lineno <= each.last_line)


def recording(patch: Patch, known: list[Site], made: set[Made]) -> None:
    """Remembers every check that is made."""
    expect = Checks.expect

    def remember(checks: Checks, kind: str, violations: int, finding: Finding) -> None:
        made.add(Made(caller(known), kind))
        expect(checks, kind, violations, finding)

    patch.setattr(Checks, "expect", remember)


def without(patch: Patch, known: list[Site], omitted: Made) -> None:
    """Leaves one out: whatever violates it is not noticed."""
    expect = Checks.expect

    def unless_omitted(checks: Checks, kind: str, violations: int, finding: Finding) -> None:
        expect(checks, kind, 0 if Made(caller(known), kind) == omitted else violations, finding)

    patch.setattr(Checks, "expect", unless_omitted)


def checks_made(known: list[Site], made: set[Made]) -> dict[str, LeaveOut]:
    """How each is left out, by module and kind; the second of a kind in a module has a number."""
    named: dict[str, LeaveOut] = {}
    seen: Counter[str] = Counter()
    for each in sorted(made):
        name = f"{each.site.module.rpartition('.')[2]} {each.kind}"
        seen[name] += 1
        named[name if seen[name] == 1 else f"{name} ({seen[name]})"] = partial(without, known=known, omitted=each)
    return named


def parts(query: str) -> list[str]:
    """The queries that a UNION ALL joins, outside of parentheses."""
    depths = [query[: found.start()].count("(") - query[: found.start()].count(")") for found in _UNION.finditer(query)]
    cuts = [found.span() for found, depth in zip(_UNION.finditer(query), depths, strict=True) if depth == 0]
    return [query[end:start] for (_, end), (start, _) in pairwise([(0, 0), *cuts, (len(query), 0)])]


_UNION = re.compile(r"\bUNION ALL\b")


def places(catalog: MutableMapping[str, str], what: str) -> dict[str, LeaveOut]:
    """How each part of each query is left out, by the place it reads."""
    named: dict[str, LeaveOut] = {}
    for place, query in catalog.items():
        read = parts(query)
        for number in range(len(read)):
            rest = " UNION ALL ".join(read[:number] + read[number + 1 :])
            name = f"{what} {place}" + (f" ({number + 1})" if len(read) > 1 else "")
            named[name] = partial(_without_place, catalog=catalog, place=place, rest=rest)
    return named


def _without_place(patch: Patch, catalog: MutableMapping[str, str], place: str, rest: str) -> None:
    if rest:
        patch.setitem(catalog, place, rest)
    else:
        patch.delitem(catalog, place)


class Proof:
    """A run that has masked and verified a database, and has not taken its records away: verify can be asked again."""

    def __init__(self, bench: Workbench, dialect: Dialect, rules: str, engine: str) -> None:
        path = bench.rules(rules)
        self.rules = read_rules(path.read_bytes(), path.name)
        self.pipeline = Pipeline(dialect, self.rules, Journal(io.StringIO()), KEY, 1)
        self.known = list(sites({"postgres": "mysql", "mariadb": "postgresql"}[engine]))
        self.made: set[Made] = set()
        with Patch.context() as patch:
            recording(patch, self.known, self.made)
            try:
                self.pipeline.sanitize(Mark("202601020300-abcd", self.rules.sha256, ""))
            except SanitizerError as exc:
                raise AssertionError([exc.message, *map(str, exc.findings)]) from exc

    def checks(self) -> dict[str, LeaveOut]:
        """Those of the code; each was made in this run."""
        unmade = set(self.known) - {each.site for each in self.made}
        assert not unmade, f"no check is made at {unmade}"
        return {**checks_made(self.known, self.made), "drift": self._without_drift}

    def _without_drift(self, patch: Patch) -> None:
        rules = self.pipeline.rules
        patch.setattr("sanitizer.drift.match", lambda _rules, schemas: {name: rules.of(name) for name in schemas})

    def counted(self) -> Measurement:
        """What masking must not change, as it is now."""
        with self.pipeline.dialect.session("shop") as session:
            return session.measure(session.schema(), self.rules.of("shop"))

    def found(self, counted_before: Measurement | None = None) -> list[str]:
        """What verify finds now; or what is not as it was counted."""
        self.pipeline.checks = Checks()
        try:
            if counted_before:
                compare(self.rules.of("shop"), counted_before, self.counted(), self.pipeline.checks)
            else:
                schemas = self.pipeline._schemas()
                self.pipeline._verify(schemas, drift.match(self.rules, schemas), (), ())
        except SanitizerError as exc:
            return [*map(str, exc.findings)] or [exc.message]
        return [*map(str, self.pipeline.checks.findings)]


def target(bench: Workbench) -> Target:
    """How the bench's server is reached."""
    return Target(bench.server.host, bench.server.port, USER, PASSWORD, bench.server.ca_file)


def open_server(bench: Workbench, engine: str) -> AbstractContextManager[Dialect]:
    """The bench's server."""
    return ENGINES[engine].open_server(target(bench))

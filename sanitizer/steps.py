"""The one choke point of all SQL that changes anything: steps are planned as data, then either executed or printed."""

import json
from collections.abc import Iterable
from typing import Literal, NamedTuple, TextIO

from sanitizer.errors import DestroyDatabase, MaskingFailed, PurgeFailed, StatementFailed, VerifyFailed
from sanitizer.names import TableName, in_one_line
from sanitizer.rules import Statement

Phase = Literal["before", "delete", "mask", "after", "purge", "neutralise", "verify"]

# What a step that fails is told as, by its phase, and what to do then.
FAILURES: dict[Phase, type[DestroyDatabase]] = {
    "before": StatementFailed,
    "delete": MaskingFailed,
    "mask": MaskingFailed,
    "after": StatementFailed,
    "purge": PurgeFailed,
    "neutralise": PurgeFailed,
    "verify": VerifyFailed,
}
DESTROY = "Destroy this database and start anew"


class Weight(NamedTuple):
    """What a step moves, and how long that takes on one connection; all of it estimated from the catalog."""

    rows: int = 0
    size_bytes: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        """For people: `about 600,000 rows, 335 MB, 8 s`."""
        return f"about {self.rows:,} rows, {self.size_bytes / 1e6:,.0f} MB, {self.seconds:,.0f} s"


class Step(NamedTuple):
    """Some SQL with its place and reason.

    `atomic`: all statements in one transaction; else each in its own, and the whole may be done twice. `leaves_clean` are tables of which
    no old row version is left. `parallel`: it may be done beside its neighbours that are parallel too, but after those of the same place.
    `session_only`: it lives in a session, so every session does it. `done_if` is a query that finds a row where the step is done already,
    for engines that cannot record a step in the transaction that does it. `weight` is what it costs, an estimate. `beside_search`: it changes
    no row and none that is searched depends on it, so the search for originals need not wait for it.
    """

    phase: Phase
    database: str
    place: str
    strategy: str
    why: str
    statements: tuple[str, ...]
    atomic: bool = False
    leaves_clean: frozenset[TableName] = frozenset()
    parallel: bool = False
    session_only: bool = False
    done_if: str | None = None
    weight: Weight = Weight()
    beside_search: bool = False


def written(steps: Iterable[Step]) -> str:
    """The steps as a text that `read` takes back."""
    return json.dumps([step._replace(leaves_clean=sorted(step.leaves_clean)) for step in steps])  # type: ignore[arg-type]


def read(text: str) -> list[Step]:
    """The steps that were `written`."""
    return [
        step._replace(
            statements=tuple(step.statements),
            leaves_clean=frozenset(TableName(*name) for name in step.leaves_clean),
            weight=Weight(*step.weight),
        )
        for step in (Step(*fields) for fields in json.loads(text))
    ]


def statement_steps(database: str, statements: Iterable[Statement]) -> list[Step]:
    """The rules file's own statements, one by one, each in its own transaction."""
    return [
        Step(
            statement.when,
            database,
            str(statement),
            "statement",
            "as the rules file says",
            (statement.text,),
            atomic=True,
        )
        for statement in statements
    ]


def print_steps(steps: Iterable[Step], out: TextIO) -> None:
    """Writes the steps as SQL that a DBA can read, run by hand, or feed to psql."""
    for step in steps:
        out.write(f"\n-- {step.phase}: {in_one_line(step.place)}: {step.strategy}\n-- {in_one_line(step.why)}\n")
        if step.weight.size_bytes:
            out.write(f"-- {step.weight}\n")
        if step.atomic:
            out.write("BEGIN;\n")
        out.writelines(f"{statement.rstrip().rstrip(';')};\n" for statement in step.statements)
        if step.atomic:
            out.write("COMMIT;\n")

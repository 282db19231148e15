"""The one choke point of all SQL that changes anything: steps are planned as data, then either executed or printed."""

from collections.abc import Iterable
from typing import Literal, NamedTuple, TextIO

from sanitizer.errors import DestroyDatabase, MaskingFailed, PurgeFailed, StatementFailed
from sanitizer.names import TableName
from sanitizer.rules import Statement

Phase = Literal["before", "delete", "mask", "after", "purge", "neutralise"]

# What a step that fails is told as, by its phase, and what to do then.
FAILURES: dict[Phase, type[DestroyDatabase]] = {
    "before": StatementFailed,
    "delete": MaskingFailed,
    "mask": MaskingFailed,
    "after": StatementFailed,
    "purge": PurgeFailed,
    "neutralise": PurgeFailed,
}
DESTROY = "Destroy this database and start anew"


class Step(NamedTuple):
    """Some SQL with its place and reason.

    `atomic`: all statements in one transaction; else each in its own. `leaves_clean` are tables of which no old row version is left.
    """

    phase: Phase
    database: str
    place: str
    strategy: str
    why: str
    statements: tuple[str, ...]
    atomic: bool = False
    leaves_clean: frozenset[TableName] = frozenset()


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
        out.write(f"\n-- {step.phase}: {step.place}: {step.strategy}\n-- {step.why}\n")
        if step.atomic:
            out.write("BEGIN;\n")
        out.writelines(f"{statement.rstrip().rstrip(';')};\n" for statement in step.statements)
        if step.atomic:
            out.write("COMMIT;\n")

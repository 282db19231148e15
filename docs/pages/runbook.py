"""What happened and what to do: from the tables beside the errors, which the messages to people are made from too."""

from collections.abc import Iterator, Mapping

from components import alarms
from handlers.errors import ENDINGS, REMEDIES, REPORTED, UNKNOWN, Remedy
from handlers.sanitizing import MEANINGS, UNEXPECTED


def page() -> str:
    """One table for each kind of name that a person may be woken by."""
    codes = {str(number): remedy for number, remedy in MEANINGS.items()}
    alarmed = {f"<prefix>-<database>-{name}" if name in ("red", "stale") else f"<prefix>-{name}": Remedy(*meaning)
               for name, meaning in alarms.MEANINGS.items()}  # fmt: skip
    lines = [
        "# Runbook",
        "",
        "Generated from `handlers/errors.py`, `handlers/sanitizing.py` and `components/alarms.py` (`make docs`). How to be told, and what to do by hand: [operations](operations.md).",
        *_remedies("A red run is called", "error", REMEDIES),
        *_remedies("The sanitizer ended with", "exit code", {**codes, "any other": UNEXPECTED}),
        *_remedies("Names that AWS gives", "error", {**REPORTED, "any other": UNKNOWN}),
        *_remedies("An execution without an error", "status", ENDINGS),
        *_remedies("An alarm rings", "alarm", alarmed),
        "",
    ]
    return "\n".join(lines)


def _remedies(title: str, named: str, table: Mapping[str, Remedy]) -> Iterator[str]:
    yield from ("", f"## {title}", "", f"| {named} | what happened | what to do |", "|---|---|---|")
    yield from (f"| `{name}` | {remedy.happened} | {remedy.todo} |" for name, remedy in table.items())

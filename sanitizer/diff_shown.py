"""A change of the rules for people: as a comment of a pull request, on a terminal, or as JSON for other programs."""

import difflib
import json
import re
from collections.abc import Callable, Iterator

from sanitizer.diff import LOOSENING, Diff, Kind, StatementsChange

RED, YELLOW, GREEN, BOLD, PLAIN = "\033[31m", "\033[33m", "\033[32m", "\033[1m", "\033[0m"
COLOURS = {
    Kind.NEWLY_KEPT: BOLD + RED,
    Kind.MAY_BE_KEPT: BOLD + RED,
    Kind.SETTING: BOLD + RED,
    Kind.NO_LONGER_KEPT: GREEN,
}
LINE_COLOURS = {"+": GREEN, "-": RED}


def markdown(diff: Diff) -> str:
    """For a comment: what stays that did not stay before comes first, in bold."""
    return "\n".join(
        [f"### {_code(_title(diff))}", "", _summary(diff, "**"), *_table(diff), *_statement_blocks(diff), ""]
    )


def coloured(diff: Diff) -> str:
    """For a terminal."""
    lines = [f"{BOLD}{_title(diff)}{PLAIN}", _summary(diff, "")]
    for change in diff.changes:
        colour = COLOURS.get(change.kind, YELLOW)
        lines.append(f"{colour}{change.kind:<17} {_seen(f'{change}: {change.before} -> {change.after}')}{PLAIN}")
        if change.shown:
            lines.append(_seen(f"{'':<17} {change.shown.value}: {change.shown.before} -> {change.shown.after}"))
    for each in diff.statements:
        lines.append(f"{BOLD}{_seen(_heading(each))}{PLAIN}")
        lines += [f"{LINE_COLOURS.get(line[:1], '')}{line}{PLAIN}" for line in _lines(each)]
    return "\n".join([*lines, ""])


def plain(diff: Diff) -> str:
    """As on a terminal, without colours."""
    return re.sub(r"\033\[\d+m", "", coloured(diff))


def as_json(diff: Diff) -> str:
    """For programs: every change with its kind, as the other formats tell it."""
    told = {
        "schema": 1,
        "old": diff.old,
        "new": diff.new,
        "loosened": diff.loosened,
        "newly_kept": len(diff.newly_kept),
        "changes": [
            {**change._asdict(), "shown": change.shown._asdict() if change.shown else None} for change in diff.changes
        ],
        "statements": [each._asdict() for each in diff.statements],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Diff], str]] = {"markdown": markdown, "text": plain, "json": as_json}


def _title(diff: Diff) -> str:
    return diff.new if diff.old == diff.new else f"{diff.old} → {diff.new}"


def _summary(diff: Diff, bold: str) -> str:
    if not diff.changes and not diff.statements:
        return "No rule changed."
    said = []
    if diff.newly_kept:
        said.append(f"{bold}{len(diff.newly_kept)} newly kept{bold}: readable in every sanitized snapshot from now on.")
    else:
        said.append("Nothing is newly kept by a rule.")
    if diff.statements:
        said.append("SQL statements changed: read them, no rule says what they keep.")
    return " ".join(said)


def _table(diff: Diff) -> Iterator[str]:
    if diff.changes:
        yield from (
            "",
            "| | where | before | after | an invented value | was read as | is read as |",
            "|---|---|---|---|---|---|---|",
        )
    for change in diff.changes:
        bold = "**" if change.kind in LOOSENING else ""
        shown = change.shown or ("", "", "")
        cells = (str(change), change.before, change.after, *shown)
        yield (
            f"| {bold}{change.kind}{bold} | "
            + " | ".join(f"{bold}{_code(cell)}{bold}" if cell else "" for cell in cells)
            + " |"
        )


def _statement_blocks(diff: Diff) -> Iterator[str]:
    for each in diff.statements:
        lines = list(_lines(each))
        fence = "`" * max(3, 1 + _longest_run("\n".join(lines)))
        yield from ("", f"**{_heading(each, _code)}**", "", f"{fence}diff", *lines, fence)


def _heading(each: StatementsChange, written: Callable[[str], str] = str) -> str:
    place = f"{each.database} " if each.database else ""
    return f"Statements of {written(f'{place}sql.{each.when}')}"


def _lines(each: StatementsChange) -> Iterator[str]:
    """The statements as a unified diff, without its head."""
    before, after = (
        [_seen(line) for text in texts for line in f"{text};".splitlines()] for texts in (each.before, each.after)
    )
    lines = list(difflib.unified_diff(before, after, lineterm=""))[2:]
    yield from (line for line in lines if not line.startswith("@@"))


def _code(text: str) -> str:
    """Text that Markdown leaves as it is: no mention, link or image can be smuggled into a comment."""
    text = _seen(" ".join(text.split()))
    fence = "`" * (1 + _longest_run(text))
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def _seen(text: str) -> str:
    """Text as a reader sees it: nothing that moves a terminal's cursor or turns the direction of reading round."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)

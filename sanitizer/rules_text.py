"""Writes rules as YAML for people: quotes where needed, comments in line. What is written reads back to exactly the same names."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import yaml

from sanitizer.rules import Rule
from sanitizer.yaml_nodes import UNSEEN, escaped

# Plain words that some reader of YAML takes for something else.
_WORDS = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan", "inf"})
_WIDEST = 44


class Line(NamedTuple):
    """One column's rule, why, and what could stand there instead."""

    name: str
    rule: Rule
    comment: str
    instead: str | None = None


class Listed(NamedTuple):
    """One table: its lines, or no lines and `truncate`."""

    name: str
    comment: str
    lines: tuple[Line, ...]
    truncate: bool = False


class Database(NamedTuple):
    """One database and its tables."""

    name: str
    tables: tuple[Listed, ...]


def written(header: Iterable[str], databases: Iterable[Database]) -> str:
    """The whole file."""
    lines = [f"# {_comment(line)}".rstrip() for line in header]
    lines += ["unlisted: fail", "databases:"]
    for database in databases:
        lines.append(f"  {scalar(database.name)}:")
        lines.append("    tables:" if database.tables else "    tables: {}")
        for table in database.tables:
            lines += _table(table)
    return "\n".join(lines) + "\n"


def _table(table: Listed) -> Iterator[str]:
    if table.truncate:
        yield f"      {scalar(table.name)}: truncate   # {_comment(table.comment)}"
        return
    yield f"      {scalar(table.name)}:{'' if table.lines else ' {}'}   # {_comment(table.comment)}"
    rules = [f"{scalar(line.name)}: {_rule(line.rule)}" for line in table.lines]
    width = min(_WIDEST, max(map(len, rules), default=0))
    for line, rule in zip(table.lines, rules, strict=True):
        yield f"        {rule:<{width}}   # {_comment(line.comment)}"
        if line.instead:
            yield f"        # {scalar(line.name)}: {line.instead}"


def _rule(rule: Rule) -> str:
    return f"{{{rule}: {_quoted(rule.parameter)}}}" if rule.parameter is not None else str(rule)


def scalar(text: str) -> str:
    """The text as YAML: plain where every reader takes it for that text, in double quotes elsewhere."""
    plain = all(part.isidentifier() for part in text.split(".")) and text.lower() not in _WORDS
    return text if plain and _is_text(text) else _quoted(text)


def _is_text(text: str) -> bool:
    return bool(yaml.safe_load(text) == text)


def _quoted(text: str) -> str:
    quoted = str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=1 << 30)).rstrip("\n")
    return UNSEEN.sub(lambda found: escaped(found[0]), quoted)


def _comment(text: str) -> str:
    """One line, whatever names are in it."""
    return "".join(character if character.isprintable() else "?" for character in text)

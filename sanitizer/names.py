"""Table names as people write them in rules and read them in messages."""

import re
from typing import NamedTuple

_PART = r'(?:"(?:[^"]|"")+"|[^".]+)'
_TABLE = re.compile(rf"(?:({_PART})\.)?({_PART})\Z", re.DOTALL)
_COLUMN = re.compile(rf"((?:{_PART}\.)?{_PART})\.({_PART})\Z", re.DOTALL)


class TableName(NamedTuple):
    """A table by its names in the catalog, exactly as they are there (no folding of case).

    `schema` is empty where a database has no schemas: in MySQL and MariaDB.
    """

    schema: str
    table: str

    def __str__(self) -> str:
        """`schema.table` or `table`; a part that holds a dot or a double quote stands in double quotes."""
        return ".".join(_written(part) for part in self if part)


def parse_table_name(text: str) -> TableName | None:
    """The table that `schema.table` or `table` names, or None when the text is no such name."""
    match = _TABLE.match(text)
    return TableName(_read(match[1] or ""), _read(match[2])) if match else None


def parse_column_name(text: str) -> tuple[TableName, str] | None:
    """The column that `schema.table.column` or `table.column` names, or None when the text is no such name."""
    match = _COLUMN.match(text)
    table = parse_table_name(match[1]) if match else None
    return (table, _read(match[2])) if match and table else None


def in_one_line(text: str) -> str:
    """The text for a terminal or a comment: what would end the line, move the cursor or turn letters round stands as its escape."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _written(part: str) -> str:
    return '"' + part.replace('"', '""') + '"' if "." in part or '"' in part else part


def _read(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part

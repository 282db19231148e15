"""What an expression is made from: a value, its column, its rule, its row; and the random numbers that the masking key draws for it.

The key is never part of SQL text: it lies in a temporary table in memory, of one row, that statements join. Each draw is
sha256(key || value || key || purpose) as on PostgreSQL, over the value's UTF-8 bytes where the collation compares code points; elsewhere over
the weights that the collation compares by, so that values which were equal stay equal, and different ones different.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sanitizer.mysql.flavours import Flavour
from sanitizer.mysql.native import NativeColumn, native_column
from sanitizer.mysql.writing import KEY, listed, literal, quote
from sanitizer.rules import Rule
from sanitizer.schema import Column

_KEY = quote(KEY, KEY)
BINARY = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit"})


class Row(NamedTuple):
    """A table's columns and rules."""

    columns: Mapping[str, Column]
    rules: Mapping[str, Rule]
    flavour: Flavour


class Cell(NamedTuple):
    """One value to be masked, as an SQL expression. Subqueries around it name all that is theirs `sanitizer_...`."""

    value: str
    column: NativeColumn
    rule: Rule
    row: Row

    @property
    def text(self) -> str:
        """The value as text that compares code points."""
        return as_text(self.value)

    @property
    def characters(self) -> str:
        """How many characters the value has."""
        return f"CHAR_LENGTH({self.value})"


Expression = Callable[[Cell], str]


def as_text(value: str) -> str:
    """The value as text that compares code points."""
    return f"(CONVERT({value} USING utf8mb4) COLLATE utf8mb4_bin)"


def compared(value: str, column: NativeColumn) -> str:
    """Bytes that are the same exactly where the column calls values equal."""
    if column.base in BINARY:
        return f"CAST({value} AS BINARY)"
    if column.base in ("datetime", "timestamp"):  # as PostgreSQL writes fractions of seconds
        trimmed = f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {as_text(value)}))" if "(" in column.type else value
        return f"CAST(CONVERT({trimmed} USING utf8mb4) AS BINARY)"
    if column.pads:
        value = f"TRIM(TRAILING ' ' FROM {value})"
    if column.exact or not column.is_text:
        return f"CAST(CONVERT({value} USING utf8mb4) AS BINARY)"
    weights = f"WEIGHT_STRING({value})"
    if column.pads:  # other characters may weigh as much as a space
        charset = str(column.collation).partition("_")[0]
        space = f"WEIGHT_STRING(CONVERT(' ' USING {charset}) COLLATE {column.collation})"
        weights = f"TRIM(TRAILING {space} FROM {weights})"
    return weights


def digest(cell: Cell, purpose: str = "", *, of: Column | None = None) -> str:
    """64 hexadecimal digits: the keyed hash of the value, or of another column's in the same row, where there is one."""
    value = compared(cell.value, cell.column)
    if of:
        value = f"COALESCE({compared(quote(of.name), native_column(of))}, {value})"
    return f"SHA2(CONCAT({listed([_KEY, value, _KEY, *([literal(purpose)] if purpose else [])])}), 256)"


def joins_key(expression: str) -> bool:
    """Whether the expression reads the masking key."""
    return _KEY in expression


def number(hexadecimal: str, below: int | str) -> str:
    """A whole number from 0 to one less than the limit, out of the first 60 bits. With a sign: differences may be below 0."""
    return f"(CAST(CONV(LEFT({hexadecimal}, 15), 16, 10) AS SIGNED) % {below})"


def hexadecimals(digits: str, characters: int, first: int = 1) -> str:
    """Some of the digest's own digits."""
    return f"SUBSTRING({digits}, {first}, {characters})"


def picked(words: Sequence[str], index: str) -> str:
    """The word at the index: the server keeps them in an array."""
    return f"ELT(1 + {index}, {listed([literal(word) for word in words])})"

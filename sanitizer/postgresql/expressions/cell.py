"""What an expression is made from: a value, its column, its rule, its row; and the random numbers that the masking key draws for it.

The key is never part of SQL text: it lies in a setting of the session, bound as a parameter (statement statistics and logs keep literals).
Each draw is sha256(key || value || key || purpose) of the exact value, so that values which were equal or different stay so; of citext, whose
equality ignores case, the lower-case value. The purpose keeps functions apart: the outputs of one tell nothing about another's.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from psycopg import sql

from sanitizer.rules import Rule
from sanitizer.schema import Column

KEY_SETTING = "sanitizer.key"
_KEY = sql.SQL("pg_catalog.current_setting({})").format(sql.Literal(KEY_SETTING))


@dataclass(frozen=True)
class Row:
    """A table's columns and rules; and the functions that its expressions call, which live as long as the session."""

    columns: Mapping[str, Column]
    rules: Mapping[str, Rule]
    functions: dict[str, str] = field(default_factory=dict)

    def function(self, arguments: str, returns: str, body: sql.Composable) -> sql.Composable:
        """The name of a temporary function. Expressions of ALTER may not contain subqueries, but may call what does."""
        text = body.as_string()
        name = f"sanitizer_{hashlib.sha256(f'{arguments} {returns} {text}'.encode()).hexdigest()[:12]}"
        definition = sql.SQL(
            "CREATE FUNCTION {} ({}) RETURNS {} LANGUAGE sql STABLE STRICT PARALLEL SAFE AS {}"
        ).format(sql.Identifier("pg_temp", name), sql.SQL(arguments), sql.SQL(returns), sql.Literal(text))
        self.functions[name] = definition.as_string()
        return sql.Identifier("pg_temp", name)


class Cell(NamedTuple):
    """One value to be masked, as an SQL expression."""

    value: sql.Composable
    column: Column
    rule: Rule
    row: Row

    @property
    def text(self) -> sql.Composable:
        """The value as text."""
        return sql.SQL("{}::text").format(self.value)

    def typed(self, expression: sql.Composable) -> sql.Composable:
        """The expression as the column's type, where that is not text."""
        return (
            expression
            if self.column.is_text
            else sql.SQL("CAST({} AS {})").format(expression, sql.SQL(self.column.type))
        )


Expression = Callable[[Cell], sql.Composable]


def digest(cell: Cell, purpose: str = "", *, of: Column | None = None) -> sql.Composable:
    """32 bytes: the keyed hash of the value, or of another column's in the same row, where there is one."""
    value = _compared(cell.text, cell.column)
    if of:
        other = _compared(sql.SQL("{}::text").format(sql.Identifier(of.name)), of)
        value = sql.SQL("coalesce({}, {})").format(other, value)
    last = sql.SQL("{} || {}").format(_KEY, sql.Literal(purpose)) if purpose else _KEY
    return sql.SQL("pg_catalog.sha256(pg_catalog.convert_to({key} || {value} || {last}, 'UTF8'))").format(
        key=_KEY, value=value, last=last
    )


def _compared(text: sql.Composable, column: Column) -> sql.Composable:
    return sql.SQL("pg_catalog.lower({})").format(text) if column.folds_case else text


def number(drawn: sql.Composable, below: int) -> sql.Composable:
    """A whole number from 0 to one less than the limit, out of the digest's first 60 bits."""
    return sql.SQL("(('x' || {})::bit(60)::bigint % {})").format(hexadecimals(drawn, 16), sql.Literal(below))


def hexadecimals(drawn: sql.Composable, characters: int, byte: int = 0) -> sql.Composable:
    """So many hexadecimal digits of the digest, from a byte on. Bytes are cut before they are written out: that is cheaper."""
    cut = sql.SQL("pg_catalog.substr({}, {}, {})").format(
        drawn, sql.Literal(byte + 1), sql.Literal((characters + 1) // 2)
    )
    digits = sql.SQL("pg_catalog.encode({}, 'hex')").format(cut)
    return sql.SQL("pg_catalog.left({}, {})").format(digits, sql.Literal(characters)) if characters % 2 else digits


def picked(words: list[str] | tuple[str, ...], index: sql.Composable) -> sql.Composable:
    """The word at the index. In an array of names an element is found at once, in one of texts by walking there."""
    quoted = ",".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
    kind = "name" if all(len(word.encode()) <= 63 for word in words) else "text"
    return sql.SQL("({}::{}[])[1 + {}]::text").format(sql.Literal("{" + quoted + "}"), sql.SQL(kind), index)

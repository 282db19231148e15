"""Whole values: NULL, a fixed one, the keyed hash, an address made of it, an expression of the rules."""

from sanitizer.functions.plain import EMAIL, EMAIL_LOCAL_PART, EXPRESSION, FIXED, HASH, SET_NULL
from sanitizer.mysql.expressions.cell import Cell, Expression, digest, hexadecimals
from sanitizer.mysql.writing import literal

HASH_DIGITS = 32


def _set_null(_cell: Cell) -> str:
    return "NULL"


def _fixed(cell: Cell) -> str:
    return literal(cell.rule.arguments["value"])


def _email(cell: Cell) -> str:
    domain = literal(f"@{cell.rule.arguments['domain']}")
    return f"CONCAT({hexadecimals(digest(cell), EMAIL_LOCAL_PART)}, {domain})"


def _hash(cell: Cell) -> str:
    return hexadecimals(digest(cell), HASH_DIGITS)


def _expression(cell: Cell) -> str:
    """Its last line may be a comment."""
    return f"(\n{cell.rule.arguments['expression'].replace('{column}', cell.value)}\n)"


EXPRESSIONS: dict[str, Expression] = {
    SET_NULL: _set_null,
    FIXED: _fixed,
    EMAIL: _email,
    HASH: _hash,
    EXPRESSION: _expression,
}

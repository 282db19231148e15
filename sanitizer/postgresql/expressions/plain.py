"""Whole values: NULL, a fixed one, the keyed hash, an address made of it, an expression of the rules."""

from psycopg import sql

from sanitizer.functions.plain import EMAIL, EMAIL_LOCAL_PART, EXPRESSION, FIXED, HASH, SET_NULL
from sanitizer.postgresql.expressions.cell import Cell, Expression, digest, hexadecimals

HASH_DIGITS = 32


def _set_null(_cell: Cell) -> sql.Composable:
    return sql.SQL("NULL")


def _fixed(cell: Cell) -> sql.Composable:
    return sql.Literal(cell.rule.arguments["value"])


def _email(cell: Cell) -> sql.Composable:
    local = hexadecimals(digest(cell), EMAIL_LOCAL_PART)
    return sql.SQL("{} || {}").format(local, sql.Literal("@" + cell.rule.arguments["domain"]))


def _hash(cell: Cell) -> sql.Composable:
    return hexadecimals(digest(cell), HASH_DIGITS)


def _expression(cell: Cell) -> sql.Composable:
    """Its last line may be a comment."""
    written = cell.rule.arguments["expression"].replace("{column}", cell.value.as_string())
    return sql.SQL("(\n{}\n)").format(sql.SQL(written))


EXPRESSIONS: dict[str, Expression] = {
    SET_NULL: _set_null,
    FIXED: _fixed,
    EMAIL: _email,
    HASH: _hash,
    EXPRESSION: _expression,
}

"""Digits and letters in a given form, out of one digest."""

from psycopg import sql

from sanitizer.functions.parameters import Run
from sanitizer.postgresql.expressions.cell import Cell, digest, hexadecimals

# Each of the sixteen hexadecimal digits as a digit or letter; no two letters that look like 0 or 1.
ALPHABETS = {"#": "0123456789012345", "A": "ABCDEFGHJKLMNPRS", "a": "abcdefghjkmnprst"}


def digits(hexadecimal: sql.Composable) -> sql.Composable:
    """Hexadecimal digits as decimal ones."""
    return _translated(hexadecimal, "#")


def filled(cell: Cell, form: tuple[Run, ...], purpose: str) -> sql.Composable:
    """The form with its placeholders filled in. NULL if the value is: every form has a placeholder."""
    parts: list[sql.Composable] = []
    place = 1
    for run in form:
        if run.kind:
            parts.append(_translated(hexadecimals(digest(cell, purpose), len(run.text), place), run.kind))
            place += len(run.text)
        else:
            parts.append(sql.Literal(run.text))
    return sql.SQL("({})").format(sql.SQL(" || ").join(parts))


def _translated(hexadecimal: sql.Composable, kind: str) -> sql.Composable:
    return sql.SQL("pg_catalog.translate({}, '0123456789abcdef', {})").format(hexadecimal, sql.Literal(ALPHABETS[kind]))

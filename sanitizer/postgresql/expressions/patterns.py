"""Digits and letters in a given form, out of one digest."""

from collections.abc import Iterator

from psycopg import sql

from sanitizer.functions.parameters import Run
from sanitizer.postgresql.expressions.cell import Cell, digest, hexadecimals

# Each of the sixteen hexadecimal digits as a digit or letter; no two letters that look like 0 or 1.
ALPHABETS = {"#": "0123456789012345", "A": "ABCDEFGHJKLMNPRS", "a": "abcdefghjkmnprst"}


def digits(hexadecimal: sql.Composable) -> sql.Composable:
    """Hexadecimal digits as decimal ones."""
    return _translated(hexadecimal, "#")


def filled(cell: Cell, form: tuple[Run, ...], purpose: str) -> sql.Composable:
    """The form with its placeholders filled in, out of one digest. NULL if the value is: every form has a placeholder."""
    drawn = digest(cell, purpose)
    placeholders = [run for run in form if run.kind]
    if len({run.kind for run in placeholders}) > 1:
        return sql.SQL("({})").format(sql.SQL(" || ").join(_piece_by_piece(form, drawn)))
    written = _translated(hexadecimals(drawn, sum(len(run.text) for run in placeholders)), placeholders[0].kind)
    place = 1
    for run in form:
        if not run.kind:
            insert = sql.SQL("overlay({} PLACING {} FROM {} FOR 0)")
            written = insert.format(written, sql.Literal(run.text), sql.Literal(place))
        place += len(run.text)
    return written


def _piece_by_piece(form: tuple[Run, ...], drawn: sql.Composable) -> Iterator[sql.Composable]:
    place = 0
    for run in form:
        if run.kind:
            digits_so_far = hexadecimals(drawn, place + len(run.text))
            yield _translated(
                sql.SQL("pg_catalog.substr({}, {})").format(digits_so_far, sql.Literal(place + 1)), run.kind
            )
            place += len(run.text)
        else:
            yield sql.Literal(run.text)


def _translated(hexadecimal: sql.Composable, kind: str) -> sql.Composable:
    return sql.SQL("pg_catalog.translate({}, '0123456789abcdef', {})").format(hexadecimal, sql.Literal(ALPHABETS[kind]))

"""Digits and letters in a given form, out of one digest."""

from sanitizer.functions.parameters import Run
from sanitizer.mysql.expressions.cell import Cell, digest, hexadecimals
from sanitizer.mysql.writing import listed, literal

HEXADECIMAL = "0123456789abcdef"
# Each of the sixteen hexadecimal digits as a digit or letter; no two letters that look like 0 or 1.
ALPHABETS = {"#": "0123456789012345", "A": "ABCDEFGHJKLMNPRS", "a": "ABCDEFGHJKMNPRST"}


def digits(hexadecimal: str) -> str:
    """Hexadecimal digits as decimal ones."""
    return _translated(hexadecimal, "#")


def filled(cell: Cell, form: tuple[Run, ...], purpose: str) -> str:
    """The form with its placeholders filled in. NULL if the value is: every form has a placeholder."""
    parts: list[str] = []
    place = 1
    for run in form:
        if run.kind:
            parts.append(_translated(hexadecimals(digest(cell, purpose), len(run.text), place), run.kind))
            place += len(run.text)
        else:
            parts.append(literal(run.text))
    return f"CONCAT({listed(parts)})"


def _translated(hexadecimal: str, kind: str) -> str:
    """Letters are written as capitals, which no digit yet to be replaced looks like."""
    for digit, letter in zip(HEXADECIMAL, ALPHABETS[kind], strict=True):
        if digit != letter:
            hexadecimal = f"REPLACE({hexadecimal}, '{digit}', '{letter}')"
    return f"LOWER({hexadecimal})" if kind == "a" else hexadecimal

"""Dates and numbers. Nothing leaves the range of its type, and no date stays where it was but 0000-00-00, which is none."""

import re

from sanitizer.mysql.expressions.cell import Cell, Expression, as_text, digest, number
from sanitizer.mysql.native import NativeColumn
from sanitizer.mysql.writing import literal

HOURS_A_DAY, SECONDS_AN_HOUR = 24, 3600
BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
FLOATS = ("float", "double")
JSON_NUMBER = "json"  # the base of a number in a document, of which the value is text
_PRECISION = re.compile(r"decimal\((\d+),(\d+)\)")
FIRST_MOMENT = "1970-01-01 00:00:01"  # of a TIMESTAMP
RANGES = {"timestamp": (FIRST_MOMENT, "2038-01-19 03:14:07")}
EVERY_DATE = ("0001-01-01", "9999-12-31")
STARTS = {
    "hour": "DATE_FORMAT({0}, '%Y-%m-%d %H:00:00')",
    "day": "DATE_FORMAT({0}, '%Y-%m-%d')",
    "week": "DATE({0}) - INTERVAL WEEKDAY({0}) DAY",
    "month": "DATE_FORMAT({0}, '%Y-%m-01')",
    "quarter": "CONCAT(DATE_FORMAT({0}, '%Y-'), LPAD(QUARTER({0}) * 3 - 2, 2, '0'), '-01')",
    "year": "DATE_FORMAT({0}, '%Y-01-01')",
    "decade": "CONCAT(LPAD(YEAR({0}) DIV 10 * 10, 4, '0'), '-01-01')",
}


def _around_zero(draw: str, limit: int) -> str:
    """A whole number from -limit to limit, but not 0."""
    return f"({draw} - {limit} + ({draw} >= {limit}))"


def _dated(cell: Cell, start: str) -> str:
    """Of 0000-00-00 itself, of a date without month or day the beginning of its year, of any other date what is given."""
    value = cell.value
    return f"CASE WHEN {value} = 0 THEN {value} WHEN MONTH({value}) = 0 OR DAYOFMONTH({value}) = 0 THEN DATE_FORMAT({value}, '%Y-01-01') ELSE {start} END"


def _shift(cell: Cell) -> str:
    """Where that would lead out of what the column holds, it moves the other way."""
    span, per = cell.rule.arguments["span"], cell.rule.arguments["per"]
    draw = digest(cell, "shift", of=cell.row.columns[per] if per else None)
    if cell.column.base == "date":
        unit, longest = "DAY", span.days
    else:
        unit, longest = "SECOND", (span.days * HOURS_A_DAY + span.hours) * SECONDS_AN_HOUR
    move = _around_zero(number(draw, 2 * longest), longest)
    first, last = RANGES.get(cell.column.base, EVERY_DATE)
    inside = (
        f"CASE WHEN {cell.value} >= {literal(last)} - INTERVAL {longest} {unit} THEN -ABS({move}) "
        f"WHEN {cell.value} <= {literal(first)} + INTERVAL {longest} {unit} THEN ABS({move}) ELSE {move} END"
    )
    return _dated(cell, f"{cell.value} + INTERVAL {inside} {unit}")


def _truncate_to(cell: Cell) -> str:
    start = _dated(cell, STARTS[cell.rule.arguments["unit"]].format(cell.value))
    if cell.column.base == "timestamp":
        start = f"CASE WHEN {cell.value} > 0 THEN GREATEST({start}, '{FIRST_MOMENT}') ELSE {start} END"
    return start


def _as_number(cell: Cell) -> str:
    if cell.column.base == JSON_NUMBER:
        return f"CAST({cell.value} AS DECIMAL(50, 20))"
    return (
        f"CAST({cell.value} AS DOUBLE)" if cell.column.base in FLOATS else f"CAST({cell.value} AS {exact(cell.column)})"
    )


def exact(column: NativeColumn) -> str:
    """A type of exact numbers that the column's all fit into."""
    precision = _PRECISION.match(column.type)
    return f"DECIMAL({precision[1]}, {precision[2]})" if precision else "DECIMAL(20)"


def _scale(cell: Cell) -> str:
    """How many digits stand after the point."""
    if cell.column.base == JSON_NUMBER:
        text = as_text(cell.value)
        return f"CASE LOCATE('.', {text}) WHEN 0 THEN 0 ELSE CHAR_LENGTH({text}) - LOCATE('.', {text}) END"
    precision = _PRECISION.match(cell.column.type)
    return precision[2] if precision else "0"


def _noise(cell: Cell) -> str:
    share, value, draw = cell.rule.arguments["share"] / 100, _as_number(cell), digest(cell, "noise")
    factor = f"(1 + {share:f} * {_around_zero(number(draw, 2000000), 1000000)} * 0.000001)"
    if cell.column.base in FLOATS:
        return f"{value} * {factor}"
    if cell.column.whole:
        furthest = f"GREATEST(FLOOR(ABS({value}) * {share:f}), 1)"
        below = f"({number(draw, f'(2 * {furthest})')} - {furthest})"
        moved = f"{value} + {below} + ({below} >= 0)"
    else:
        moved = f"ROUND({value} * {factor}, {_scale(cell)})"
    same_sign = f"CASE WHEN {value} < 0 THEN LEAST({moved}, 0) ELSE GREATEST({moved}, 0) END"
    lowest, highest = _limits(cell.column)
    return f"CASE WHEN {cell.value} IS NOT NULL THEN GREATEST(LEAST({same_sign}, {highest}), {lowest}) END"


def _limits(column: NativeColumn) -> tuple[int | str, int | str]:
    precision = _PRECISION.match(column.type)
    if column.base in BITS:
        bits, unsigned = BITS[column.base], "unsigned" in column.type
        return (0, 2**bits - 1) if unsigned else (1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1)
    digits, scale = (int(precision[1]), int(precision[2])) if precision else (50, 20)
    highest = "9" * (digits - scale) + ("." + "9" * scale if scale else "")
    return f"-{highest}", highest


def _bucket(cell: Cell) -> str:
    """Without a division, of which the quotient would be rounded; and without rests below 0, for -0.00 is less than 0 here."""
    size, value = cell.rule.arguments["size"], _as_number(cell)
    if cell.column.base in FLOATS:
        return f"FLOOR({value} / {size:e}) * {size:e}"
    up = f"ABS({value}) + ({size:f} - ABS({value}) % {size:f}) % {size:f}"
    return f"CASE WHEN {value} >= 0 THEN {value} - {value} % {size:f} ELSE -({up}) END"


EXPRESSIONS: dict[str, Expression] = {"shift": _shift, "truncate_to": _truncate_to, "noise": _noise, "bucket": _bucket}

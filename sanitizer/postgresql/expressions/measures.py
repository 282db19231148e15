"""Dates and numbers. Nothing leaves the range of its type, and no date stays where it was."""

import re

from psycopg import sql

from sanitizer.postgresql.expressions.cell import Cell, Expression, digest, number

HOURS_A_DAY, SECONDS_AN_HOUR = 24, 3600
LIMITS = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}
_PRECISION = re.compile(r"numeric\((\d+),(-?\d+)\)")


def _around_zero(drawn: sql.Composable, limit: int) -> sql.Composable:
    """A whole number from -limit to limit, but not 0, out of one below 2 * limit; that is drawn once, unless the product might not fit."""
    if 2 * limit * (limit + 1) < 2**63:
        return sql.SQL("({} * {} / {} - {})").format(drawn, limit + 1, limit, limit)
    below = sql.SQL("({} - {})").format(drawn, sql.Literal(limit))
    return sql.SQL("({0} + CASE WHEN {0} < 0 THEN 0 ELSE 1 END)").format(below)


def _shift(cell: Cell) -> sql.Composable:
    span, per = cell.rule.arguments["span"], cell.rule.arguments["per"]
    draw = digest(cell, "shift", of=cell.row.columns[per] if per else None)
    if cell.column.base == "date":
        return cell.typed(
            sql.SQL("{} + {}::int").format(cell.value, _around_zero(number(draw, 2 * span.days), span.days))
        )
    seconds = (span.days * HOURS_A_DAY + span.hours) * SECONDS_AN_HOUR
    move = _around_zero(number(draw, 2 * seconds), seconds)
    return cell.typed(sql.SQL("{} + {} * interval '1 second'").format(cell.value, move))


def _truncate_to(cell: Cell) -> sql.Composable:
    unit = sql.Literal(cell.rule.arguments["unit"])
    if cell.column.base == "timestamptz":
        return cell.typed(sql.SQL("pg_catalog.date_trunc({}, {}::timestamptz, 'UTC')").format(unit, cell.value))
    return cell.typed(sql.SQL("pg_catalog.date_trunc({}, {}::timestamp)").format(unit, cell.value))


def _noise(cell: Cell) -> sql.Composable:
    share = sql.Literal(cell.rule.arguments["share"] / 100)
    draw = digest(cell, "noise")
    if cell.column.base in ("float4", "float8"):
        factor = sql.SQL("(1 + {} * {} / 1000000.0)::float8").format(
            share, _around_zero(number(draw, 2000000), 1000000)
        )
        return cell.typed(sql.SQL("{}::float8 * {}").format(cell.value, factor))
    value = sql.SQL("{}::numeric").format(cell.value)
    if cell.column.whole:
        furthest = sql.SQL("greatest(pg_catalog.floor(pg_catalog.abs({}) * {}), 1)").format(value, share)
        below = sql.SQL("({} % (2 * {furthest}) - {furthest})").format(number(draw, 2**60), furthest=furthest)
        moved = sql.SQL("{value} + {below} + CASE WHEN {below} < 0 THEN 0 ELSE 1 END").format(value=value, below=below)
    else:
        factor = sql.SQL("(1 + {} * {} / 1000000.0)").format(share, _around_zero(number(draw, 2000000), 1000000))
        moved = sql.SQL("pg_catalog.round({0} * {1}, pg_catalog.scale({0}))").format(value, factor)
    same_sign = sql.SQL("CASE WHEN {value} < 0 THEN least({moved}, 0) ELSE greatest({moved}, 0) END").format(
        value=value, moved=moved
    )
    return cell.typed(_within(same_sign, cell))


def _within(expression: sql.Composable, cell: Cell) -> sql.Composable:
    """The expression, kept inside what the column holds; NULL stays NULL, which greatest and least would pass over."""
    limit: sql.Composable | None = None
    precision = _PRECISION.search(cell.column.type)
    if cell.column.base in LIMITS:
        limit = sql.Literal(LIMITS[cell.column.base])
    elif precision:
        digits, scale = int(precision[1]), int(precision[2])
        limit = sql.SQL("({})::numeric").format(sql.SQL("9" * digits + f"e{-scale}"))
    inside = sql.SQL("greatest(least({}, {limit}), -{limit})").format(expression, limit=limit) if limit else expression
    return sql.SQL("CASE WHEN {} IS NOT NULL THEN {} END").format(cell.value, inside)


def _bucket(cell: Cell) -> sql.Composable:
    size = sql.Literal(cell.rule.arguments["size"])
    kind = "float8" if cell.column.base in ("float4", "float8") else "numeric"
    return cell.typed(
        sql.SQL("pg_catalog.floor({0}::{2} / {1}::{2}) * {1}::{2}").format(cell.value, size, sql.SQL(kind))
    )


EXPRESSIONS: dict[str, Expression] = {"shift": _shift, "truncate_to": _truncate_to, "noise": _noise, "bucket": _bucket}

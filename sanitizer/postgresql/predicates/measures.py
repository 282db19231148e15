"""Dates and numbers: on the grid, where there is one."""

from psycopg import sql

from sanitizer.postgresql.predicates.seen import Predicate, Seen

DIVISIBLE = "({0} IS NULL OR {0}::text IN ('NaN', 'Infinity', '-Infinity') OR {1})"


def _is_truncated(seen: Seen) -> sql.Composable:
    """Of a moment in UTC nothing is left below the unit."""
    moment = sql.SQL("{} AT TIME ZONE 'UTC'" if seen.column.base == "timestamptz" else "{}::timestamp").format(
        seen.value
    )
    start = sql.SQL("date_trunc({0}, {1})").format(sql.Literal(seen.rule.arguments["unit"]), moment)
    return sql.SQL("({0} IS NULL OR {1} = {2})").format(seen.value, moment, start)


def _is_multiple(seen: Seen) -> sql.Composable:
    """Of a `real` also what is left of a multiple that has more digits than it holds."""
    size = sql.Literal(seen.rule.arguments["size"])
    exact = sql.SQL("CASE WHEN {0}::text !~ '^-?(NaN|Infinity)$' THEN {0}::numeric % {1} = 0 END").format(
        seen.value, size
    )
    nearly = sql.SQL("abs({0}::float8 / {1} - round({0}::float8 / {1})) < 1e-6").format(seen.value, size)
    if seen.column.base == "float4":
        nearly = sql.SQL("({2} OR (round({0}::float8 / {1}) * {1})::float4 = {0})").format(seen.value, size, nearly)
    return sql.SQL(DIVISIBLE).format(seen.value, nearly if seen.column.base in ("float4", "float8") else exact)


PREDICATES: dict[str, Predicate | None] = {
    "shift": None,
    "truncate_to": _is_truncated,
    "noise": None,
    "bucket": _is_multiple,
}

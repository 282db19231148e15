"""Dates and numbers: on the grid, where there is one."""

from sanitizer.mysql.predicates.seen import Predicate, Seen

MIDNIGHT = "TIME({0}) = '00:00:00'"
FIRST = "DAYOFMONTH({0}) = 1 AND " + MIDNIGHT
ON_GRID = {
    "hour": "MINUTE({0}) = 0 AND SECOND({0}) = 0 AND MICROSECOND({0}) = 0",
    "day": MIDNIGHT,
    "week": "DAYOFWEEK({0}) = 2 AND " + MIDNIGHT,
    "month": FIRST,
    "quarter": "MONTH({0}) IN (1, 4, 7, 10) AND " + FIRST,
    "year": "MONTH({0}) = 1 AND " + FIRST,
    "decade": "RIGHT(YEAR({0}), 1) = '0' AND MONTH({0}) = 1 AND " + FIRST,
}


def _is_truncated(seen: Seen) -> str:
    """Of a moment nothing is left below the unit. No date, the beginning of a year, and the first moment of a TIMESTAMP may always be there."""
    value = seen.value if seen.column.base == "date" else f"CAST({seen.value} AS DATETIME(6))"
    year = ON_GRID["year"].format(value)
    on_grid = ON_GRID[seen.rule.arguments["unit"]].format(value)
    first = f" OR {value} = '1970-01-01 00:00:01'" if seen.column.base == "timestamp" else ""
    return f"({seen.value} IS NULL OR {value} = 0 OR {on_grid} OR {year}{first})"


def _is_multiple(seen: Seen) -> str:
    """Of a FLOAT also what is left of a multiple that has more digits than it holds."""
    size = seen.rule.arguments["size"]
    if seen.column.base in ("float", "double"):
        shares = f"CAST({seen.value} AS DOUBLE) / {size:e}"
        held = f" OR CAST(ROUND({shares}) * {size:e} AS FLOAT) = {seen.value}" if seen.column.base == "float" else ""
        return f"({seen.value} IS NULL OR ABS({shares} - ROUND({shares})) < 1e-6{held})"
    return f"({seen.value} IS NULL OR ABS({seen.value}) % {size:f} = 0)"  # -0.00 is not equal to 0 here


PREDICATES: dict[str, Predicate | None] = {
    "shift": None,
    "truncate_to": _is_truncated,
    "noise": None,
    "bucket": _is_multiple,
}

"""What whole values look like after masking."""

from psycopg import sql

from sanitizer.postgresql.predicates.seen import Predicate, Seen, hexadecimal


def _is_null(seen: Seen) -> sql.Composable:
    return sql.SQL("{} IS NULL").format(seen.value)


def _is_fixed(seen: Seen) -> sql.Composable:
    fixed = sql.SQL("CAST({} AS {})").format(sql.Literal(seen.rule.arguments["value"]), sql.SQL(seen.column.type))
    return sql.SQL("{}::text IS NOT DISTINCT FROM {}::text").format(seen.value, fixed)


def _is_email(seen: Seen) -> sql.Composable:
    return hexadecimal(seen.text, 20, f"@{seen.rule.arguments['domain']}")


PREDICATES: dict[str, Predicate | None] = {
    "set_null": _is_null,
    "fixed": _is_fixed,
    "email": _is_email,
    "hash": lambda seen: hexadecimal(seen.text, 32),
    "sql": None,
}

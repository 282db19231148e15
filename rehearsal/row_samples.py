"""A few rows of masked tables: their masked columns as a consumer reads them, and production's beside them where that is asked for."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from psycopg import sql

from rehearsal.production import Production, Samples, Table
from sanitizer.names import parse_table_name

TABLES = 6
COLUMNS = 4
AFTER_ROWS = 1
TEXT_CHARACTERS = 60
PRIMARY_KEY = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
WHERE i.indisprimary AND i.indrelid = %s::regclass
"""


class Masked(NamedTuple):
    """A table, and those of its columns that are masked."""

    table: Table
    columns: list[str]
    kept: frozenset[str]


def samples(production: Production, copy: Production, report: Mapping[str, Any], *, before: int) -> Samples:
    """Rows of each of the first masked tables; `before` is how many of production's are shown beside them."""
    rows: list[tuple[str, ...]] = []
    for masked in list(_masked(report))[:TABLES]:
        key = _kept_key(production, masked) if before else []
        after_rows = _rows(copy, masked, key, before or AFTER_ROWS)
        before_rows = _rows(production, masked, key, before) if before and key else ["-"] * len(after_rows)
        names = f"{masked.table}: {', '.join(masked.columns[:COLUMNS])}"
        for old, new in zip(before_rows, after_rows, strict=False):
            rows.append((names, old, new) if before else (names, new))
    return Samples(("where", "before", "after") if before else ("where", "after"), rows)


def _masked(report: Mapping[str, Any]) -> Iterator[Masked]:
    for database, told in report["databases"].items():
        for written, table in told["tables"].items():
            changed = [column for column, rule in table["columns"].items() if rule not in ("keep", "truncate")]
            if changed and table["rows"]:
                kept = frozenset(column for column, rule in table["columns"].items() if rule == "keep")
                table_name = parse_table_name(written)
                if table_name:
                    yield Masked(Table(database, table_name.schema, table_name.table), changed, kept)


def _kept_key(server: Production, masked: Masked) -> list[str]:
    """The primary key by which rows are the same ones on both sides; none where masking changes it."""
    with server.connect(masked.table.database) as connection:
        name = masked.table.identifier.as_string(connection)
        key = [column for (column,) in connection.execute(PRIMARY_KEY, [name]).fetchall()]
    return key if masked.kept.issuperset(key) else []


def _rows(server: Production, masked: Masked, key: list[str], count: int) -> list[str]:
    columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in masked.columns[:COLUMNS])
    order = sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(map(sql.Identifier, key))) if key else sql.SQL("")
    query = sql.SQL("SELECT {} FROM {}{} LIMIT {}").format(columns, masked.table.identifier, order, sql.Literal(count))
    with server.connect(masked.table.database) as connection:
        return [" · ".join(_short(value) for value in row) for row in connection.execute(query).fetchall()]


def _short(value: str | None) -> str:
    text = "-" if value is None else " ".join(value.split())
    return text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 1] + "…"

"""A bounded sample of each table, one statement each. The same sample every time, as long as the table is as it was."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from sanitizer.postgresql.connection import Connection, describe
from sanitizer.postgresql.writing import identifier
from sanitizer.schema import Table
from sanitizer.traits import Sample, Traits

SAMPLED_ROWS, SAMPLED_CHARACTERS, SAMPLING_SECONDS = 300, 2000, 30
# A page of a table nobody analyzed holds so many rows, until we know better; twice the rows asked for are aimed at.
ROWS_A_PAGE, AIMED = 20, 2 * SAMPLED_ROWS
PAGES = """
SELECT coalesce(sum(pg_relation_size(c.oid)) / current_setting('block_size')::int, 0)::float8,
       coalesce(sum(nullif(greatest(c.reltuples, 0), 0)) / nullif(sum(nullif(c.relpages, 0)), 0), 0)::float8
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (n.nspname, c.relname) IN ({tables}) AND c.relkind = 'r'
"""


def sample(connection: Connection, table: Table, traits: Mapping[str, Traits]) -> Sample:
    """Values of some rows; none where the rows are on another server or may not be read."""
    if any(relation.kind == "f" for relation in table.relations):
        return Sample(0, {}, "its rows are on another server")
    names = [name for name in table.columns if traits[name].family != "binary"]
    if not names:
        return Sample(0, {})
    try:
        rows = connection.execute(_query(connection, table, names)).fetchall()
    except psycopg.Error as exc:
        if connection.broken:
            raise
        return Sample(0, {}, f"its rows cannot be read: {describe(exc)}")
    values = {name: [_text(row[at]) for row in rows if row[at] is not None] for at, name in enumerate(names)}
    return Sample(len(rows), values)


def _query(connection: Connection, table: Table, names: list[str]) -> sql.Composed:
    values = sql.SQL(", ").join(
        sql.SQL("pg_catalog.left({}::text, {})").format(sql.Identifier(name), sql.Literal(SAMPLED_CHARACTERS))
        for name in names
    )
    return sql.SQL("SELECT {} FROM {}{} {} LIMIT {}").format(
        values,
        sql.SQL("ONLY ") if table.inherits else sql.SQL(""),
        identifier(table.name),
        _some_pages(connection, table),
        sql.Literal(SAMPLED_ROWS),
    )


def _some_pages(connection: Connection, table: Table) -> sql.Composable:
    """Pages from all over the table, where it has more than are needed."""
    tables = sql.SQL(", ").join(
        sql.SQL("({}, {})").format(sql.Literal(name.schema), sql.Literal(name.table)) for name, _ in table.relations
    )
    pages, rows_a_page = connection.execute(sql.SQL(PAGES).format(tables=tables)).fetchone() or (0, 0)
    needed = max(10, AIMED / (rows_a_page or ROWS_A_PAGE))
    if pages < 4 * needed:
        return sql.SQL("")
    return sql.SQL("TABLESAMPLE SYSTEM ({}) REPEATABLE (1)").format(sql.Literal(round(100 * needed / pages, 6)))


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

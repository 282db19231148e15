"""Counts what masking must not change. Knows the rules, but nothing of how values are masked."""

from psycopg import sql

from sanitizer.measurement import Count, Measurement
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.structure import read_structure
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import Column, Schema, Table


def measure(connection: Connection, schema: Schema, rules: DatabaseRules) -> Measurement:
    """Reads every listed table once."""
    tables = {name: _count(connection, schema.tables[name], table_rules) for name, table_rules in rules.listed.items()}
    return Measurement(tables, read_structure(connection))


def _count(connection: Connection, table: Table, rules: TableRules) -> Count:
    present = [name for name, rule in rules.masked.items() if rule.function.keeps_null]
    distinct = [name for name, rule in rules.masked.items() if rule.function.unique and rule.deterministic]
    counts: list[sql.Composable] = [sql.SQL("count(*)")]
    counts += [sql.SQL("count({})").format(sql.Identifier(name)) for name in present]
    counts += [sql.SQL("count(DISTINCT {})").format(_compared(table.columns[name])) for name in distinct]
    only = sql.SQL("ONLY ") if table.inherits else sql.SQL("")
    query = sql.SQL("SELECT {} FROM {}{}").format(sql.SQL(", ").join(counts), only, identifier(table.name))
    rows, *found = connection.execute(query).fetchone() or (0,)
    split = len(present)
    return Count(rows, dict(zip(present, found[:split], strict=True)), dict(zip(distinct, found[split:], strict=True)))


def _compared(column: Column) -> sql.Composable:
    """The value as its column compares it: byte by byte, or without case."""
    value = sql.SQL("{}::text").format(sql.Identifier(column.name))
    return (
        sql.SQL('(lower({}) COLLATE "C")').format(value)
        if column.folds_case
        else sql.SQL('({} COLLATE "C")').format(value)
    )

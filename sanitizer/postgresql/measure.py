"""Counts what masking must not change. Knows the rules, but nothing of how values are masked."""

from psycopg import sql

from sanitizer.measurement import Count, Measurement
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import Column, Schema, Table

# Constraints, triggers, rules and indexes of user tables, each as one text.
STRUCTURE = """
SELECT 'constraint ' || conname || ' on ' || conrelid::regclass, pg_get_constraintdef(oid) || convalidated
FROM pg_constraint WHERE conrelid >= 16384 AND conparentid = 0
UNION ALL
SELECT 'trigger ' || tgname || ' on ' || tgrelid::regclass, tgenabled::text
FROM pg_trigger WHERE tgrelid >= 16384 AND NOT tgisinternal
UNION ALL
SELECT 'rule ' || rulename || ' on ' || ev_class::regclass, ev_enabled::text
FROM pg_rewrite WHERE ev_class >= 16384 AND rulename <> '_RETURN'
UNION ALL
SELECT 'index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) || i.indisvalid
FROM pg_index i WHERE i.indrelid >= 16384 AND EXISTS (SELECT FROM pg_class c WHERE c.oid = i.indrelid AND c.relkind IN ('r', 'p', 'm'))
  AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = i.indrelid AND c.relnamespace::regnamespace::text ~ '^pg_')
"""


def measure(connection: Connection, schema: Schema, rules: DatabaseRules) -> Measurement:
    """Reads every listed table once."""
    tables = {name: _count(connection, schema.tables[name], table_rules) for name, table_rules in rules.listed.items()}
    structure: dict[str, str] = dict(connection.execute(STRUCTURE).fetchall())
    return Measurement(tables, structure)


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

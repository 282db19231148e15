"""Empties tables, planner statistics included: TRUNCATE leaves those behind, and ANALYZE does not touch an empty table's."""

from psycopg import sql

from sanitizer.postgresql.writing import QUALIFIED, alter_types, identifier, text, with_switches_off
from sanitizer.schema import Column, Table
from sanitizer.steps import Step

TRUNCATE = "truncate"


def truncate(database: str, table: Table) -> Step:
    """Removes the rows, then their traces in the statistics."""
    why, statements = _how(table)
    clean = frozenset({table.name})
    return Step(
        "mask", database, str(table.name), TRUNCATE, why, statements, atomic=True, leaves_clean=clean, parallel=True
    )


def _how(table: Table) -> tuple[str, tuple[str, ...]]:
    if not table.columns:
        return "the rules empty it", _emptied(table)
    if table.blockers or table.table_blockers or table.inherits or table.partition_key:
        why = "the rules empty it; something depends on its columns, so ANALYZE sees a single row (of which only extended statistics keep values: they are made anew) before that goes too"
        return why, _emptied_after_one_row(table)
    return "the rules empty it; giving each column the type it has drops its statistics", (
        *_emptied(table),
        *alter_types(table, {name: sql.Identifier(name) for name in table.columns}),
    )


def _emptied(table: Table) -> tuple[str, ...]:
    only = sql.SQL("ONLY ") if table.inherits else sql.SQL("")
    return with_switches_off(table.switches, (text(sql.SQL("TRUNCATE {}{}").format(only, identifier(table.name))),))


def _emptied_after_one_row(table: Table) -> tuple[str, ...]:
    """Each part of the table in turn holds one row, is analyzed, and is emptied again."""
    parts = [
        (identifier(relation.name), sql.Identifier("pg_temp", f"sanitizer_row_{number}"))
        for number, relation in enumerate(table.relations)
    ]
    stored = [column for column in table.columns.values() if not column.generated]
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in stored)
    values = sql.SQL(", ").join(_value(column) for column in stored)
    only = sql.SQL("ONLY ") if table.inherits else sql.SQL("")
    statements = [
        text(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {}{} LIMIT 1").format(
                row, values, only, part
            )
        )
        for part, row in parts
    ]
    truncate_all = text(sql.SQL("TRUNCATE {}{}").format(only, identifier(table.name)))
    statements.append(truncate_all)
    for part, row in parts:
        statements.append(
            text(sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT * FROM {}").format(part, columns, row))
        )
        statements.append(text(sql.SQL("ANALYZE {}").format(part)))
        statements.append(truncate_all)
    if table.statistics:
        statements += [QUALIFIED, *table.statistics]
    return with_switches_off(table.switches, tuple(statements))


def _value(column: Column) -> sql.Composable:
    """The column's value; an empty one where statistics keep the elements even of a single row."""
    name, type_ = sql.Identifier(column.name), sql.SQL(column.type)
    if column.type.endswith("[]"):
        return sql.SQL("'{{}}'::{} AS {}").format(type_, name)
    return sql.SQL("''::{} AS {}").format(type_, name) if column.type == "tsvector" else name

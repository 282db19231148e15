"""Deletes the rows that the rules name, before anything is masked: conditions see originals."""

from collections.abc import Iterator

from psycopg import sql

from sanitizer.deletion import goes, reached
from sanitizer.functions import DELETE
from sanitizer.postgresql.writing import identifier, text, with_switches_off
from sanitizer.rules import DatabaseRules, Deletion
from sanitizer.schema import ForeignKey, Schema, Table
from sanitizer.steps import Step


def plan_deletions(schema: Schema, rules: DatabaseRules) -> Iterator[Step]:
    """One step for each table with a condition; with `references: cascade`, rows that point at those that go are deleted first."""
    for name, table_rules in rules.listed.items():
        if table_rules.delete:
            table, doomed = schema.tables[name], condition(table_rules.delete)
            others = [
                each
                for each in reached(schema, table, doomed, points_at_doomed)
                if goes(each[0], rules, table_rules.delete)
            ]
            deleted = (*others, (table, doomed))
            switches = [switch for each, _ in deleted for switch in each.switches]
            statements = with_switches_off(switches, tuple(_delete(*each) for each in deleted))
            why = "the rules name rows that nobody may have; rows that point at them go first"
            yield Step("delete", schema.database, str(name), DELETE, why, statements, atomic=True)


def condition(deletion: Deletion) -> sql.Composable:
    """The condition in brackets; its last line may be a comment."""
    return sql.SQL("(\n{}\n)").format(sql.SQL(deletion.condition))


def points_at_doomed(key: ForeignKey, doomed: sql.Composable) -> sql.Composable:
    """Of a row of the key's table: it points at a row for which the condition holds."""
    columns, referenced = (
        sql.SQL(", ").join(sql.Identifier(column) for column in names)
        for names in (key.columns, key.referenced_columns)
    )
    return sql.SQL("({}) IN (SELECT {} FROM {} WHERE {})").format(
        columns, referenced, identifier(key.referenced), doomed
    )


def _delete(table: Table, condition: sql.Composable) -> str:
    only = sql.SQL("ONLY ") if table.inherits else sql.SQL("")
    return text(sql.SQL("DELETE FROM {}{} WHERE {}").format(only, identifier(table.name), condition))

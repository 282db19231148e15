"""Deletes the rows that the rules name, before anything is masked: conditions see originals."""

from collections.abc import Iterator

from sanitizer.deletion import goes, reached
from sanitizer.functions import DELETE
from sanitizer.mysql.native import NativeTable, native
from sanitizer.mysql.writing import CHECKS_OFF, CHECKS_ON, created, identifier, quote, quoted
from sanitizer.rules import DatabaseRules, Deletion
from sanitizer.schema import ForeignKey, Schema
from sanitizer.steps import Step


def plan_deletions(schema: Schema, rules: DatabaseRules) -> Iterator[Step]:
    """For each table with a condition; with `references: cascade`, rows that point at those that go are deleted first.

    Every step may be begun twice: until the rows that others point at are gone, it finds the same ones.
    """
    for name, table_rules in rules.listed.items():
        if table_rules.delete:
            table, doomed = schema.tables[name], condition(table_rules.delete)
            others = [
                (native(other), found)
                for other, found in reached(schema, table, doomed, points_at_doomed)
                if goes(other, rules, table_rules.delete)
            ]
            yield from _delete(schema.database, native(table), [*others, (native(table), doomed)])


def condition(deletion: Deletion) -> str:
    """The condition in brackets; its last line may be a comment."""
    return f"(\n{deletion.condition}\n)"


def points_at_doomed(key: ForeignKey, doomed: str) -> str:
    """Of a row of the key's table: it points at a row for which the condition holds."""
    referenced = f"SELECT {quoted(key.referenced_columns)} FROM {identifier(key.referenced)} WHERE {doomed}"
    return f"({quoted(key.columns)}) IN ({referenced})"


def _delete(database: str, table: NativeTable, doomed: list[tuple[NativeTable, str]]) -> Iterator[Step]:
    triggers = tuple({trigger.name: trigger for each, _ in doomed for trigger in each.triggers}.values())

    def step(why: str, *statements: str, atomic: bool = False) -> Step:
        return Step("delete", database, str(table.name), DELETE, why, statements, atomic=atomic)

    if triggers:
        drops = (f"DROP TRIGGER IF EXISTS {quote(trigger.name)}" for trigger in triggers)
        yield step("no trigger may see the rows go", *drops)
    deletes = (f"DELETE FROM {identifier(each.name)} WHERE {found}" for each, found in doomed)
    why = "the rules name rows that nobody may have; rows that point at them go first"
    yield step(why, CHECKS_OFF, *deletes, CHECKS_ON, atomic=True)
    if triggers:
        yield step("the triggers return as they were", *created(triggers))

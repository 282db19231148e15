"""Which tables a deletion reaches: foreign keys are followed to the rows that point at those that go."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, Deletion
from sanitizer.schema import ForeignKey, Schema, Table

Condition = TypeVar("Condition")


def goes(table: Table, rules: DatabaseRules, deletion: Deletion) -> bool:
    """Whether rows of another table may be deleted too: if the rules say so, or empty that table anyway."""
    return deletion.references == "cascade" or rules.listed[table.name].truncate


def reached(
    schema: Schema, table: Table, doomed: Condition, points_at: Callable[[ForeignKey, Condition], Condition]
) -> Iterator[tuple[Table, Condition]]:
    """Tables whose rows point at doomed rows of this one, with the condition for them; those that nobody points at come first.

    `points_at` says of a row of the key's table that it points at a doomed one. Ends only where no foreign keys go round in a circle.
    """
    for key in _pointing_at(schema, table.name):
        other = schema.tables[key.table]
        found = points_at(key, doomed)
        yield from reached(schema, other, found, points_at)
        yield other, found


def circle(schema: Schema, name: TableName, way: tuple[TableName, ...] = ()) -> TableName | None:
    """A table that rows reach again by foreign keys, starting with those that point at this one."""
    if name in way:
        return name
    return next(
        (found for key in _pointing_at(schema, name) if (found := circle(schema, key.table, (*way, name)))), None
    )


def _pointing_at(schema: Schema, name: TableName) -> list[ForeignKey]:
    return [key for key in schema.foreign_keys if key.referenced == name]

"""Counts what masking must not change. Knows the rules, but nothing of how values are masked."""

from psycopg import sql

from sanitizer.measurement import Count, Measurement
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.counting import Question, answers, grouped
from sanitizer.postgresql.structure import read_structure
from sanitizer.postgresql.writing import FOREIGN, identifier
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import Column, Schema, Table

# Of as many values as fit in there, 30 million at most, two have the same 64 bits once in 40,000 times, and a run is red for nothing; of a
# million, once in 37 million.
HASHED_BYTES = 1 << 30


def measure(connection: Connection, schema: Schema, rules: DatabaseRules) -> Measurement:
    """Reads every listed table once; rows that other servers hold, or policies of extensions hide, are not counted: no rule changes those."""
    listed = {name: schema.tables[name] for name in rules.listed}
    counted = [_Counted(table, rules.listed[name]) for name, table in listed.items() if not _is_elsewhere(table)]
    found = [each for group in grouped(one.question for one in counted) for each in answers(connection, group)]
    tables = {one.table.name: one.count(numbers) for one, numbers in zip(counted, found, strict=True)}
    elsewhere = {name: Count(0, {}, {}) for name, table in listed.items() if _is_elsewhere(table)}
    return Measurement(tables | elsewhere, read_structure(connection))


def _is_elsewhere(table: Table) -> bool:
    return table.unseen or any(relation.kind == FOREIGN for relation in table.relations)


class _Counted:
    """What is counted in one table."""

    def __init__(self, table: Table, rules: TableRules) -> None:
        self.table = table
        self.present = [name for name, rule in rules.masked.items() if rule.function.keeps_null]
        self.distinct = [name for name, rule in rules.masked.items() if rule.function.unique and rule.deterministic]

    @property
    def question(self) -> Question:
        counts: list[sql.Composable] = [sql.SQL("count(*)")]
        counts += [sql.SQL("count({})").format(sql.Identifier(name)) for name in self.present]
        counts += [self._different(self.table.columns[name]) for name in self.distinct]
        only = sql.SQL("ONLY ") if self.table.inherits else sql.SQL("")
        return Question(counts, sql.SQL("{}{}").format(only, identifier(self.table.name)), self.table.size_bytes)

    def _different(self, column: Column) -> sql.Composable:
        """The number of different values. What a unique index keeps apart need not be sorted, and of what must be numbers are sorted sooner."""
        if _kept_apart(self.table, column.name):
            return sql.SQL("count({})").format(sql.Identifier(column.name))
        value = _compared(column)
        if self.table.size_bytes < HASHED_BYTES:
            value = sql.SQL("hashtextextended({}, 0)").format(value)
        return sql.SQL("count(DISTINCT {})").format(value)

    def count(self, numbers: list[int]) -> Count:
        """The answer to the question."""
        rows, *found = numbers
        split = len(self.present)
        present = dict(zip(self.present, found[:split], strict=True))
        return Count(rows, present, dict(zip(self.distinct, found[split:], strict=True)))


def _kept_apart(table: Table, column: str) -> bool:
    """Whether an index of the whole table lets no value of the column stand twice; one of a single partition does not count."""
    return table.kind == "r" and any(index.total and index.columns == {column} for index in table.unique)


def _compared(column: Column) -> sql.Composable:
    """The value as its column compares it: byte by byte, or without case."""
    value = sql.SQL("{}::text").format(sql.Identifier(column.name))
    return (
        sql.SQL('(lower({}) COLLATE "C")').format(value)
        if column.folds_case
        else sql.SQL('({} COLLATE "C")').format(value)
    )

"""Masks a few rows of each table without changing it: does anything fail, or break a constraint of the table?"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import psycopg
from psycopg import sql

from sanitizer.errors import Finding
from sanitizer.functions import EXPRESSION
from sanitizer.names import TableName
from sanitizer.postgresql.connection import Connection, describe
from sanitizer.postgresql.counting import Question, answers, grouped
from sanitizer.postgresql.expressions import KEY_SETTING, Row, masked_column
from sanitizer.postgresql.obstacles import rewrite_blockers
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import TableRules
from sanitizer.schema import Schema, Table

SAMPLE_ROWS = 1000
MAY_CREATE_TEMPORARY = "SELECT has_database_privilege(current_database(), 'TEMPORARY')"
READ_ONLY = "SELECT current_setting('default_transaction_read_only') = 'on'"
# Columns that are not null are no constraints of this list but where rows that are there may be null, as PostgreSQL 18 allows.
CHECKS = """
SELECT n.nspname, t.relname, c.conname::text, coalesce(pg_get_expr(c.conbin, c.conrelid), quote_ident(a.attname) || ' IS NOT NULL'), c.conkey, c.convalidated
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_attribute a ON c.contype = 'n' AND a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE (c.contype = 'c' OR c.contype = 'n' AND NOT c.convalidated) AND to_jsonb(c) ->> 'conenforced' IS DISTINCT FROM 'false'
  AND NOT EXISTS (SELECT FROM unnest(c.conkey) AS key WHERE key <= 0)
ORDER BY c.conname
"""
# What these write may be of any length.
UNLIMITED = frozenset({EXPRESSION, "regex"})
REMEDY = "Give its columns rules whose outputs it allows"


class _Check(NamedTuple):
    """A CHECK constraint with the numbers of its columns."""

    name: str
    expression: str
    columns: frozenset[int]
    valid: bool


class _Condition(NamedTuple):
    """What must be true of no masked row. `everywhere`: of all rows, since an UPDATE must keep what is NOT VALID."""

    what: str
    violated: sql.Composable
    everywhere: bool = False


class _Sampled:
    """One table, its masked values, and what they must not break."""

    def __init__(self, schema: Schema, table: Table, rules: TableRules, checks: Iterable[_Check]) -> None:
        self.table, self.rules = table, rules
        self.row = Row(table.columns, rules.columns)
        self.values = {name: masked_column(self.row, name) for name in rules.masked}
        updated = bool(rewrite_blockers(schema, table, rules.masked))
        self.unlimited = {
            name: table.columns[name].max_characters
            for name, rule in rules.masked.items()
            if table.columns[name].max_characters is not None and rule.function.name in UNLIMITED
        }
        self.conditions = [*self._checked(checks, updated=updated), *self._not_null(), *self._short()]

    def _checked(self, checks: Iterable[_Check], *, updated: bool) -> Iterator[_Condition]:
        """Those that the server looks at: an UPDATE of a row at all, a rewrite at those of masked columns that are valid.

        Nobody can tell what it will generate from masked columns: it looks at that itself.
        """
        written = {self.table.columns[name].number for name in self.rules.masked}
        generated = {column.number for column in self.table.columns.values() if column.generated}
        for check in checks:
            if check.columns & generated:
                continue
            if updated or (check.valid and check.columns & written):
                violated = sql.SQL("NOT ({})").format(sql.SQL(check.expression))
                yield _Condition(f"the constraint {check.name}", violated, everywhere=not check.valid)

    def _not_null(self) -> Iterator[_Condition]:
        for name, rule in self.rules.masked.items():
            if not self.table.columns[name].nullable and rule.function.name != "set_null":
                yield _Condition(f"that {name} is NOT NULL", sql.SQL("{} IS NULL").format(sql.Identifier(name)))

    def _short(self) -> Iterator[_Condition]:
        """A cast would cut what the server refuses to store."""
        for name, characters in self.unlimited.items():
            yield _Condition(f"that {name} holds {characters} characters", self._long(name))

    def _long(self, name: str) -> sql.Identifier:
        return sql.Identifier(f"sanitizer_long_{self.table.columns[name].number}")

    def rows(self, limit: int | None = SAMPLE_ROWS) -> sql.Composable:
        """Masked rows, under the name of their table."""
        columns = sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(self.typed(name), sql.Identifier(name))
            if name in self.values
            else sql.Identifier(name)
            for name in self.table.columns
        )
        for name, characters in self.unlimited.items():
            is_long = sql.SQL(", char_length(rtrim(({})::text)) > {} AS {}")
            columns += is_long.format(self.values[name], sql.Literal(characters), self._long(name))
        return sql.SQL("(SELECT {} FROM {} LIMIT {}) AS {}").format(
            columns, identifier(self.table.name), sql.Literal(limit), sql.Identifier(self.table.name.table)
        )

    def typed(self, name: str) -> sql.Composable:
        """The masked value, of the column's type."""
        return sql.SQL("CAST({} AS {})").format(self.values[name], sql.SQL(self.table.columns[name].type))

    @property
    def few(self) -> list[_Condition]:
        """What a few rows are asked for."""
        return [condition for condition in self.conditions if not condition.everywhere]

    @property
    def question(self) -> Question:
        """How many masked rows break each of these conditions. It fails where masking any of the values fails."""
        values = [sql.SQL("count({})").format(sql.Identifier(name)) for name in self.values]
        broken = [sql.SQL("count(*) FILTER (WHERE {})").format(condition.violated) for condition in self.few]
        return Question([*broken, *values], self.rows())

    def told(self, condition: _Condition, count: int) -> Iterator[Finding]:
        """The finding, if any row breaks the condition."""
        if count and condition.everywhere:
            problem = f"{count} masked row(s) of {self.table.name} would break {condition.what}, which is NOT VALID, but which an UPDATE must keep"
            yield Finding(self.rules.place, problem, f"{REMEDY}, or correct the rows in the source")
        elif count:
            problem = f"{count} of {SAMPLE_ROWS} masked rows of {self.table.name} at most would break {condition.what}"
            yield Finding(self.rules.place, problem, REMEDY)


def sample_refusals(
    connection: Connection, schema: Schema, tables: list[tuple[Table, TableRules]]
) -> Iterator[Finding]:
    """What masking a few rows of these tables shows. Many tables are asked at once, and each by itself only where that fails."""
    checks = _checks(connection)
    sampled = [_Sampled(schema, table, rules, checks.get(table.name, ())) for table, rules in tables]
    connection.execute(f"SELECT set_config('{KEY_SETTING}', %s, false)".encode(), (secrets.token_hex(32),))
    (read_only,) = connection.execute(READ_ONLY).fetchone() or (True,)
    (may_create,) = connection.execute(MAY_CREATE_TEMPORARY).fetchone() or (False,)
    ready = []
    for each in sampled:
        if not each.row.functions or (may_create and not read_only):
            ready.append(each)
        elif not read_only:
            problem = f"the rules of {each.table.name} need temporary functions, which the user may not create"
            remedy = "In the source: GRANT TEMPORARY ON DATABASE ... TO the master user"
            yield Finding(each.rules.place, problem, remedy)
    functions = {name: text for each in ready for name, text in each.row.functions.items()}
    for definition in functions.values():
        connection.execute(definition.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1).encode())
    yield from _asked(connection, ready)


def _checks(connection: Connection) -> Mapping[TableName, list[_Check]]:
    found: dict[TableName, list[_Check]] = defaultdict(list)
    for schema, table, name, expression, columns, valid in connection.execute(CHECKS):
        found[TableName(schema, table)].append(_Check(name, expression, frozenset(columns or ()), valid))
    return found


def _asked(connection: Connection, sampled: list[_Sampled]) -> Iterator[Finding]:
    left = iter(sampled)
    for group in grouped(each.question for each in sampled):
        tables = [next(left) for _ in group]
        try:
            found = answers(connection, group)
        except psycopg.Error:
            for each in tables:
                yield from _alone(connection, each)
        else:
            for each, counts in zip(tables, found, strict=True):
                for condition, count in zip(each.few, counts, strict=False):
                    yield from each.told(condition, count)
        for each in tables:
            yield from _broken(connection, each, [condition for condition in each.conditions if condition.everywhere])


def _alone(connection: Connection, sampled: _Sampled) -> Iterator[Finding]:
    """Every value and every condition by itself."""
    table = sampled.table
    for name, rule in sampled.rules.masked.items():
        query = sql.SQL("SELECT count({}) FROM (SELECT * FROM {} LIMIT {}) AS {}").format(
            sampled.typed(name), identifier(table.name), sql.Literal(SAMPLE_ROWS), sql.Identifier(table.name.table)
        )
        wrong = wrong_with(connection, query)
        if wrong:
            problem = f"column {name} of {table.name}: masking a few rows fails: {wrong}"
            yield Finding(rule.place, problem, "Use a function whose outputs fit the column", str(rule))
    yield from _broken(connection, sampled, sampled.few)


def _broken(connection: Connection, sampled: _Sampled, conditions: Iterable[_Condition]) -> Iterator[Finding]:
    for condition in conditions:
        rows = sampled.rows(None if condition.everywhere else SAMPLE_ROWS)
        question = Question([sql.SQL("count(*) FILTER (WHERE {})").format(condition.violated)], rows)
        try:
            ((count,),) = answers(connection, [question])
        except psycopg.Error:
            continue  # told above, or a constraint that cannot be asked: ALTER will
        yield from sampled.told(condition, count)


def wrong_with(connection: Connection, query: sql.Composed) -> str | None:
    """What PostgreSQL has against the query; the extended protocol takes a single statement."""
    try:
        connection.execute(query, prepare=True)
    except psycopg.Error as exc:
        return describe(exc)
    return None

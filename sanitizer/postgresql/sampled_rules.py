"""Tries the rules of one table on a sample of its rows, without changing it: is the SQL right, do a few masked rows fit?"""

import secrets
from collections.abc import Iterable, Iterator

import psycopg
from psycopg import sql

from sanitizer.deletion import circle, reached
from sanitizer.errors import Finding
from sanitizer.functions import EXPRESSION, FIXED
from sanitizer.postgresql.connection import Connection, describe
from sanitizer.postgresql.deletion import condition, points_at_doomed
from sanitizer.postgresql.expressions import KEY_SETTING, Row, masked_column
from sanitizer.postgresql.obstacles import rewrite_blockers
from sanitizer.postgresql.predicates.composed import unlisted
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import DatabaseRules, Deletion, Rule, TableRules
from sanitizer.schema import Column, Schema, Table

SAMPLE_ROWS = 1000
MAY_CREATE_TEMPORARY = "SELECT has_database_privilege(current_database(), 'TEMPORARY')"
# Those that the server looks at: an UPDATE of a row at all, a rewrite at those of masked columns that are valid.
CHECKS = """
SELECT c.conname::text, pg_get_expr(c.conbin, c.conrelid), c.convalidated
FROM pg_constraint c WHERE c.contype = 'c' AND (c.convalidated AND c.conkey && %s::int2[] OR %s) AND c.conrelid = %s::regclass AND NOT EXISTS (
    SELECT FROM unnest(c.conkey) AS key WHERE key <= 0)
ORDER BY c.conname
"""


def trial_refusals(connection: Connection, schema: Schema, rules: DatabaseRules, table: Table) -> Iterator[Finding]:
    """Everything about one table's rules that only trying shows; nothing where the user may not look, which is told elsewhere."""
    table_rules = rules.listed[table.name]
    if table.hides_rows or not table.owned:
        return
    found = list(_static(connection, table, table_rules))
    if table_rules.delete:
        found += _deletion(connection, schema, rules, table, table_rules.delete)
    yield from found
    if not found and table_rules.masked:
        updated = bool(rewrite_blockers(schema, table, table_rules.masked))
        yield from _sample(connection, table, table_rules, updated=updated)


def _static(connection: Connection, table: Table, rules: TableRules) -> Iterator[Finding]:
    for name, rule in rules.masked.items():
        column = table.columns[name]
        for value in _values(rule):
            if not _succeeds(
                connection, sql.SQL("SELECT CAST({} AS {})").format(sql.Literal(value), sql.SQL(column.type))
            ):
                problem = f"column {name} of {table.name}: {column.type} does not take the given value"
                yield Finding(rule.place, problem, "Write a value of the column's type", str(rule))
                break
        for each in (rule, *rule.inner):
            match = each.arguments.get("match")
            if match and not _succeeds(connection, sql.SQL("SELECT '' ~ {}").format(sql.Literal(match))):
                problem = f"column {name} of {table.name}: PostgreSQL does not take the regular expression"
                yield Finding(each.place, problem, "Write a POSIX regular expression", str(rule))
        if rule.function.name == EXPRESSION:
            expression = masked_column(Row(table.columns, {name: rule._replace(where=None)}), name)
            yield from _expression(connection, table, rule, expression, table.columns)
        if rule.where:
            kept = [other for other in table.columns if other not in rules.masked]
            yield from _condition(connection, table, rule, kept)
        yield from _shapes(connection, table, column, rule)


def _values(rule: Rule) -> list[str]:
    """The values that the rules themselves give."""
    fixed = [rule.arguments["value"]] if rule.function.name == FIXED else []
    return [*fixed, *(choice.value for choice in rule.arguments.get("choices", ()))]


def _expression(
    connection: Connection, table: Table, rule: Rule, expression: sql.Composable, columns: Iterable[str]
) -> Iterator[Finding]:
    query = sql.SQL("SELECT FROM {} WHERE {} IS NOT NULL").format(_no_rows(table, columns), expression)
    wrong = _wrong(connection, query)
    if wrong:
        problem = f"the expression for {table.name} is none for a single row: {wrong}"
        yield Finding(
            rule.place, problem, "Write an expression over the columns of the row, without aggregates", str(rule)
        )


def _condition(connection: Connection, table: Table, rule: Rule, kept: Iterable[str]) -> Iterator[Finding]:
    """Before masking and after it the condition must say the same, so it may only look at columns that stay."""
    query = sql.SQL("SELECT FROM {} WHERE (\n{}\n)").format(_no_rows(table, kept), sql.SQL(rule.where or ""))
    wrong = _wrong(connection, query)
    if wrong:
        problem = f"the condition of {table.name} is none over columns that `keep` leaves: {wrong}"
        yield Finding(rule.place, problem, "Name columns of the table that no rule changes", str(rule))


def _no_rows(table: Table, columns: Iterable[str]) -> sql.Composable:
    """The table with these columns only, and empty: what is tried on it is parsed, not done."""
    listed = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    return sql.SQL("(SELECT {} FROM {} LIMIT 0) AS {}").format(
        listed, identifier(table.name), sql.Identifier(table.name.table)
    )


def _shapes(connection: Connection, table: Table, column: Column, rule: Rule) -> Iterator[Finding]:
    """Values of a form for which there is no rule."""
    problems: list[tuple[sql.Composable, str, str]] = []
    value = sql.Identifier(table.name.table, column.name)
    if rule.nested:
        remedy = "Use `set_null` or a statement"
        problems.append((sql.SQL("array_ndims({}) > 1").format(value), "array(s) of several dimensions", remedy))
    paths = rule.arguments.get("paths")
    if paths and paths.unlisted == "fail":
        others = unlisted(value, paths, nothing_but_null=False)
        problems.append(
            (
                others,
                "document(s) with keys that no path names",
                "Give each key a path, or write `unlisted: keep` or `unlisted: set_null`",
            )
        )
    for predicate, problem, remedy in problems:
        told = _told(connection, sql.SQL("FROM {} WHERE {}").format(identifier(table.name), predicate), problem)
        if told:
            yield Finding(rule.place, f"column {column.name} of {table.name}: {told}", remedy, str(rule))


def _deletion(
    connection: Connection, schema: Schema, rules: DatabaseRules, table: Table, deletion: Deletion
) -> Iterator[Finding]:
    doomed = condition(deletion)
    wrong = _wrong(connection, sql.SQL("SELECT FROM {} WHERE {}").format(_no_rows(table, table.columns), doomed))
    if wrong:
        yield Finding(
            deletion.place,
            f"the condition of {table.name} is none: {wrong}",
            "Write a condition over its columns",
            "delete",
        )
        return
    again = circle(schema, table.name)
    if again:
        problem = f"foreign keys lead from {again} back to itself, so nobody can say which rows of it go with those of {table.name}"
        yield Finding(deletion.place, problem, "Delete the rows by statements of sql.before", "delete")
        return
    if deletion.references == "cascade":
        return
    for other, pointing in reached(schema, table, doomed, points_at_doomed):
        if rules.listed[other.name].truncate:
            continue
        told = _told(
            connection,
            sql.SQL("FROM {} WHERE {}").format(identifier(other.name), pointing),
            f"row(s) of {other.name} point at rows of {table.name} that the condition deletes",
        )
        if told:
            yield Finding(deletion.place, told, "Write `references: cascade` beside it to delete those too", "delete")


def _sample(connection: Connection, table: Table, rules: TableRules, *, updated: bool) -> Iterator[Finding]:
    """A few rows masked under a key of the moment: does anything fail, or break a constraint of the table?"""
    row = Row(table.columns, rules.columns)
    values = {name: masked_column(row, name) for name in rules.masked}
    read_only = connection.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
    if row.functions and read_only:
        return
    if row.functions and not (connection.execute(MAY_CREATE_TEMPORARY).fetchone() or (False,))[0]:
        problem = f"the rules of {table.name} need temporary functions, which the user may not create"
        yield Finding(rules.place, problem, "In the source: GRANT TEMPORARY ON DATABASE ... TO the master user")
        return
    connection.execute(f"SELECT set_config('{KEY_SETTING}', %s, false)".encode(), (secrets.token_hex(32),))
    for definition in row.functions.values():
        connection.execute(definition.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1).encode())
    yield from _failing(connection, table, rules, values)
    masked = sql.SQL(", ").join(
        sql.SQL("CAST({} AS {}) AS {}").format(values[name], sql.SQL(column.type), sql.Identifier(name))
        if name in values
        else sql.Identifier(name)
        for name, column in table.columns.items()
    )
    written = [table.columns[name].number for name in rules.masked]
    constraints = connection.execute(CHECKS, (written, updated, identifier(table.name).as_string())).fetchall()
    conditions = [
        (f"the constraint {name}", sql.SQL("NOT ({})").format(sql.SQL(text)), SAMPLE_ROWS if valid else None)
        for name, text, valid in constraints
    ]
    for name, rule in rules.masked.items():
        if not table.columns[name].nullable and rule.function.name != "set_null":
            is_null = sql.SQL("{} IS NULL").format(sql.Identifier(name))
            conditions.append((f"that {name} is NOT NULL", is_null, SAMPLE_ROWS))
    for what, violated, limit in conditions:
        rows = sql.SQL("(SELECT {} FROM {} LIMIT {}) AS {}").format(
            masked, identifier(table.name), sql.Literal(limit), sql.Identifier(table.name.table)
        )
        try:
            (count,) = connection.execute(
                sql.SQL("SELECT count(*) FROM {} WHERE {}").format(rows, violated)
            ).fetchone() or (0,)
        except psycopg.Error:
            continue  # told above, or a constraint that cannot be asked: ALTER will
        if count:
            problem = f"{count} of {SAMPLE_ROWS} masked rows of {table.name} at most would break {what}"
            remedy = "Give its columns rules whose outputs it allows"
            if limit is None:
                problem = f"{count} masked row(s) of {table.name} would break {what}, which is NOT VALID, but which an UPDATE must keep"
                remedy += ", or correct the rows in the source"
            yield Finding(rules.place, problem, remedy)


def _failing(
    connection: Connection, table: Table, rules: TableRules, values: dict[str, sql.Composable]
) -> Iterator[Finding]:
    for name, value in values.items():
        typed = sql.SQL("CAST({} AS {})").format(value, sql.SQL(table.columns[name].type))
        query = sql.SQL("SELECT count({}) FROM (SELECT * FROM {} LIMIT {}) AS {}").format(
            typed, identifier(table.name), sql.Literal(SAMPLE_ROWS), sql.Identifier(table.name.table)
        )
        wrong = _wrong(connection, query)
        if wrong:
            problem = f"column {name} of {table.name}: masking a few rows fails: {wrong}"
            yield Finding(
                rules.masked[name].place,
                problem,
                "Use a function whose outputs fit the column",
                str(rules.masked[name]),
            )


def _succeeds(connection: Connection, query: sql.Composed) -> bool:
    return _wrong(connection, query) is None


def _told(connection: Connection, rows: sql.Composed, what: str) -> str | None:
    """How many rows there are of what should not be; or why nobody can say."""
    try:
        (number,) = connection.execute(sql.SQL("SELECT count(*) {}").format(rows)).fetchone() or (0,)
    except psycopg.Error as exc:
        return f"looking for {what} fails: {describe(exc)}"
    return f"{number} {what}" if number else None


def _wrong(connection: Connection, query: sql.Composed) -> str | None:
    """What PostgreSQL has against the query; the extended protocol takes a single statement."""
    try:
        connection.execute(query, prepare=True)
    except psycopg.Error as exc:
        return describe(exc)
    return None

"""Tries the rules without changing anything: is their SQL right, are there values of a form for which there is no rule?"""

from collections.abc import Iterable, Iterator

import psycopg
from psycopg import sql

from sanitizer.deletion import circle, reached
from sanitizer.errors import Finding
from sanitizer.functions import EXPRESSION, FIXED
from sanitizer.postgresql.connection import Connection, describe
from sanitizer.postgresql.deletion import condition, points_at_doomed
from sanitizer.postgresql.expressions import Row, masked_column
from sanitizer.postgresql.predicates.composed import unlisted
from sanitizer.postgresql.sampled_rows import sample_refusals, wrong_with
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import DatabaseRules, Deletion, Rule, TableRules
from sanitizer.schema import Column, Schema, Table


def trial_refusals(connection: Connection, schema: Schema, rules: DatabaseRules) -> Iterator[Finding]:
    """Everything about the rules that only trying shows; nothing where the user may not look, which is told elsewhere."""
    right = []
    for name, table_rules in rules.listed.items():
        table = schema.tables[name]
        if table.hides_rows or not table.owned:
            continue
        found = list(_static(connection, table, table_rules))
        if table_rules.delete:
            found += _deletion(connection, schema, rules, table, table_rules.delete)
        yield from found
        if not found and table_rules.masked:
            right.append((table, table_rules))
    yield from sample_refusals(connection, schema, right)


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
    wrong = wrong_with(connection, query)
    if wrong:
        problem = f"the expression for {table.name} is none for a single row: {wrong}"
        yield Finding(
            rule.place, problem, "Write an expression over the columns of the row, without aggregates", str(rule)
        )


def _condition(connection: Connection, table: Table, rule: Rule, kept: Iterable[str]) -> Iterator[Finding]:
    """Before masking and after it the condition must say the same, so it may only look at columns that stay."""
    query = sql.SQL("SELECT FROM {} WHERE (\n{}\n)").format(_no_rows(table, kept), sql.SQL(rule.where or ""))
    wrong = wrong_with(connection, query)
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
    wrong = wrong_with(connection, sql.SQL("SELECT FROM {} WHERE {}").format(_no_rows(table, table.columns), doomed))
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


def _succeeds(connection: Connection, query: sql.Composed) -> bool:
    return wrong_with(connection, query) is None


def _told(connection: Connection, rows: sql.Composed, what: str) -> str | None:
    """How many rows there are of what should not be; or why nobody can say."""
    try:
        (number,) = connection.execute(sql.SQL("SELECT count(*) {}").format(rows)).fetchone() or (0,)
    except psycopg.Error as exc:
        return f"looking for {what} fails: {describe(exc)}"
    return f"{number} {what}" if number else None

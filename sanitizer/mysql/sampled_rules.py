"""Tries the rules of one table on a sample of its rows, without changing it: is the SQL right, do a few masked rows fit?"""

from collections.abc import Iterable, Iterator

import pymysql

from sanitizer.deletion import circle, reached
from sanitizer.errors import Finding
from sanitizer.functions import EXPRESSION
from sanitizer.functions.people import LISTS
from sanitizer.mysql.connection import Connection, describe
from sanitizer.mysql.deletion import condition, points_at_doomed
from sanitizer.mysql.expressions import EXPRESSIONS, Row, joins_key, masked_column
from sanitizer.mysql.expressions.parts import pattern
from sanitizer.mysql.native import NativeTable, native
from sanitizer.mysql.predicates.composed import unlisted
from sanitizer.mysql.probe import given_values, stored
from sanitizer.mysql.writing import KEY, PROBE, identifier, listed, quote, quoted
from sanitizer.rules import DatabaseRules, Deletion, Rule, TableRules
from sanitizer.schema import Schema
from sanitizer.words import words

SAMPLE_ROWS = 1000
UNICODE = ("utf8", "utf16", "utf32", "ucs2")
WORD_LISTS = {
    **{name: (listed_as,) for name, listed_as in LISTS.items()},
    "name": ("first_names", "last_names"),
    "street": ("streets",),
}
TRIAL_KEY = f" CROSS JOIN (SELECT REPEAT('0', 64) AS {quote(KEY)}) AS {quote(KEY)}"
FITTING = "Use functions whose outputs fit the columns, or drop in the source what forbids them"


def trial_refusals(
    connection: Connection, schema: Schema, rules: DatabaseRules, table: NativeTable
) -> Iterator[Finding]:
    """Everything about one table's rules that only trying shows."""
    table_rules = rules.listed[table.name]
    refused = {
        name
        for name, rule in table_rules.masked.items()
        if table.columns[name].generated or rule.function.name not in EXPRESSIONS
    }
    found = [
        each
        for name, rule in table_rules.masked.items()
        if name not in refused
        for each in _static(connection, table, table_rules, name, rule)
    ]
    if table_rules.delete:
        found += _deletion(connection, schema, rules, table, table_rules.delete)
    yield from found
    if table_rules.masked and not found and not refused:
        yield from _sample(connection, table, table_rules)


def _static(connection: Connection, table: NativeTable, rules: TableRules, name: str, rule: Rule) -> Iterator[Finding]:
    place = f"column {name} of {table.name}"
    if not _takes(connection, table, name, given_values(rule)):
        problem = f"{place}: {table.columns[name].type} does not take the given value"
        yield Finding(rule.place, problem, "Write a value of the column's type", str(rule))
    elif not _takes(connection, table, name, _words(table, name, rule)):
        problem = (
            f"{place}: its character set, that of {table.columns[name].collation}, lacks letters of the locale's words"
        )
        yield Finding(
            rule.place, problem, "Name another `locale`, or in the source: give the column utf8mb4", str(rule)
        )
    for each in (rule, *rule.inner):
        match = each.arguments.get("match")
        if match and _wrong(connection, f"SELECT '' REGEXP {pattern(match)}"):
            problem = f"{place}: the server does not take the regular expression"
            yield Finding(each.place, problem, "Write a regular expression of this server", str(rule))
    if rule.function.name == EXPRESSION:
        row = Row(table.columns, {name: rule._replace(where=None)}, connection.flavour)
        tried = f"SELECT 1 FROM {_no_rows(table, table.columns)} WHERE {masked_column(row, name)} IS NOT NULL"
        if wrong := _wrong(connection, tried):
            problem = f"the expression for {table.name} is none for a single row: {wrong}"
            remedy = "Write an expression over the columns of the row, without aggregates"
            yield Finding(rule.place, problem, remedy, str(rule))
    if rule.where:
        # Before masking and after it the condition must say the same, so it may only look at columns that stay.
        kept = [other for other in table.columns if other not in rules.masked]
        if wrong := _wrong(connection, f"SELECT 1 FROM {_no_rows(table, kept)} WHERE (\n{rule.where}\n)"):
            problem = f"the condition of {table.name} is none over columns that `keep` leaves: {wrong}"
            yield Finding(rule.place, problem, "Name columns of the table that no rule changes", str(rule))
    yield from _shapes(connection, table, name, rule)


def _words(table: NativeTable, column: str, rule: Rule) -> list[str]:
    """The words that the rule may write, where they may have letters that the column's character set lacks."""
    locale, collation = rule.arguments.get("locale"), str(table.columns[column].collation)
    if not locale or collation.startswith(UNICODE):
        return []
    return [word for name in WORD_LISTS.get(rule.function.name, ()) for word in words(name, locale)]


def _takes(connection: Connection, table: NativeTable, column: str, values: list[str]) -> bool:
    try:
        stored(connection, table.name, column, values)
    except pymysql.Error as exc:
        if not isinstance(exc, pymysql.DataError | pymysql.IntegrityError | pymysql.OperationalError):
            raise
        return False
    return True


def _no_rows(table: NativeTable, columns: Iterable[str]) -> str:
    """The table with these columns only, and empty: what is tried on it is parsed, not done."""
    selected = quoted(columns) or "1"
    return f"(SELECT {selected} FROM {identifier(table.name)} LIMIT 0) AS {quote(table.name.table)}"


def _shapes(connection: Connection, table: NativeTable, column: str, rule: Rule) -> Iterator[Finding]:
    """Documents with keys for which there is no rule."""
    paths = rule.arguments.get("paths")
    if paths and paths.unlisted == "fail":
        others = unlisted(quote(column), paths, nothing_but_null=False)
        what = "document(s) with keys that no path names"
        if told := _told(connection, f"{identifier(table.name)} WHERE {others}", what):
            remedy = "Give each key a path, or write `unlisted: keep` or `unlisted: set_null`"
            yield Finding(rule.place, f"column {column} of {table.name}: {told}", remedy, str(rule))


def _deletion(
    connection: Connection, schema: Schema, rules: DatabaseRules, table: NativeTable, deletion: Deletion
) -> Iterator[Finding]:
    doomed = condition(deletion)
    if wrong := _wrong(connection, f"SELECT 1 FROM {_no_rows(table, table.columns)} WHERE {doomed}"):
        problem = f"the condition of {table.name} is none: {wrong}"
        yield Finding(deletion.place, problem, "Write a condition over its columns", "delete")
        return
    again = circle(schema, table.name)
    if again:
        problem = f"foreign keys lead from {again} back to itself, so nobody can say which rows of it go with those of {table.name}"
        yield Finding(deletion.place, problem, "Delete the rows by statements of sql.before", "delete")
        return
    for other, pointing in reached(schema, table, doomed, points_at_doomed):
        if deletion.references == "cascade" or rules.listed[other.name].truncate:
            continue
        what = f"row(s) of {other.name} point at rows of {table.name} that the condition deletes"
        if told := _told(connection, f"{identifier(native(other).name)} WHERE {pointing}", what):
            yield Finding(deletion.place, told, "Write `references: cascade` beside it to delete those too", "delete")


def _sample(connection: Connection, table: NativeTable, rules: TableRules) -> Iterator[Finding]:
    """A few rows masked under a key of zeros, and stored in a temporary table of the same definition: does anything forbid it?"""
    row = Row(table.columns, rules.columns, connection.flavour)
    values = {name: masked_column(row, name) for name in rules.masked}
    every = {name: values.get(name, quote(name)) for name, column in table.columns.items() if not column.generated}
    like = f"LIKE {identifier(table.name)}"
    plain = f"AS SELECT {quoted(every)} FROM {identifier(table.name)} LIMIT 0"
    wrong = _not_stored(connection, table, every, like)
    if wrong is None:
        return
    for name, value in values.items():
        alone = f"AS SELECT {quote(name)} FROM {identifier(table.name)} LIMIT 0"
        if failed := _not_stored(connection, table, {name: value}, alone):
            problem = f"column {name} of {table.name}: masking a few rows fails: {failed}"
            rule = rules.masked[name]
            yield Finding(rule.place, problem, "Use a function whose outputs fit the column", str(rule))
            return
    if wrong or (wrong := _not_stored(connection, table, every, plain)):
        yield Finding(rules.place, f"masking a few rows of {table.name} fails: {wrong}", FITTING)


def _not_stored(connection: Connection, table: NativeTable, values: dict[str, str], definition: str) -> str | None:
    """Why the rows cannot be stored; nothing where they can, an empty text where there is no such temporary table."""
    probe = quote(PROBE)
    rows = f"(SELECT {quoted(table.columns)} FROM {identifier(table.name)} LIMIT {SAMPLE_ROWS}) AS {quote(table.name.table)}"
    key = TRIAL_KEY if any(map(joins_key, values.values())) else ""
    insert = f"INSERT INTO {probe} ({quoted(values)}) SELECT {listed(values.values())} FROM {rows}{key}"
    with connection.writable():
        if _wrong(connection, f"CREATE TEMPORARY TABLE {probe} {definition}"):
            return ""  # one with partitions, history or words that are searched for
        try:
            return _wrong(connection, insert)
        finally:
            connection.run(f"DROP TEMPORARY TABLE {probe}")


def _told(connection: Connection, rows: str, what: str) -> str | None:
    """How many rows there are of what should not be; or why nobody can say."""
    try:
        count = connection.rows(f"SELECT COUNT(*) AS n FROM {rows}")[0]["n"]
    except pymysql.Error as exc:
        return f"looking for {what} fails: {describe(exc)}"
    return f"{count} {what}" if count else None


def _wrong(connection: Connection, statement: str) -> str | None:
    """What the server has against the statement."""
    try:
        connection.run(statement)
    except pymysql.Error as exc:
        return describe(exc)
    return None

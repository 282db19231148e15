"""Texts before and after masking: a sample of every masked column, and all that the database lets anybody read."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pymysql.cursors

from sanitizer.encodings import FEWEST_DIGITS
from sanitizer.errors import VerifyFailed, ViewUnread
from sanitizer.mysql.connection import Connection, Row, told_as
from sanitizer.mysql.native import REMOTE, NativeColumn, NativeTable, native, native_column
from sanitizer.mysql.predicates import Seen, recognised
from sanitizer.mysql.probe import given_values, stored
from sanitizer.mysql.writing import identifier, listed, literal, quote
from sanitizer.names import TableName
from sanitizer.originals import (
    OF_TABLES,
    SAMPLED_CHARACTERS,
    SEPARATOR,
    VIEW_ROWS,
    VIEW_SECONDS,
    Texts,
    Values,
    is_sought,
    may_be_written,
    parts,
    pointing_at_kept,
    sampled,
)
from sanitizer.rules import DatabaseRules, Rule
from sanitizer.schema import Schema
from sanitizer.steps import DESTROY

# ENUM and SET hold nothing but labels, which are definitions.
TEXTUAL = frozenset(
    {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json", "inet4", "inet6", "uuid", "binary", "varbinary",
     "tinyblob", "blob", "mediumblob", "longblob"}
)  # fmt: skip
# As people write telephone numbers without what stands in between; fewer digits tell nothing, nor do the numbers that the database gives.
NUMERIC = frozenset({"int", "bigint", "decimal"})
LONG = f"IF({{0}} NOT BETWEEN {1 - 10 ** (FEWEST_DIGITS - 1)} AND {10 ** (FEWEST_DIGITS - 1) - 1}, CONVERT({{0}} USING binary), NULL)"
BINARY = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
# Of a table that holds many times more rows, some from all over it; of others every row may be among them.
MANY = 20

VIEWS = """
SELECT c.table_name AS t, c.column_name AS c, c.data_type AS base
FROM information_schema.columns c JOIN information_schema.views v ON v.table_schema = c.table_schema AND v.table_name = c.table_name
WHERE c.table_schema = %s ORDER BY c.table_name, c.ordinal_position
"""
# What else is read of a database: a name, then texts.
CATALOG = {
    "comments, defaults and labels": """
        SELECT CONCAT_WS('.', table_name, column_name), column_comment, column_default, column_type, generation_expression
        FROM information_schema.columns WHERE table_schema = %s""",
    "comments of tables": "SELECT table_name, table_comment FROM information_schema.tables WHERE table_schema = %s",
    "comments of indexes": "SELECT index_name, index_comment FROM information_schema.statistics WHERE table_schema = %s",
    "routines": "SELECT routine_name, routine_definition, routine_comment FROM information_schema.routines WHERE routine_schema = %s",
    "parameters of routines": """
        SELECT CONCAT_WS('.', specific_name, parameter_name), dtd_identifier FROM information_schema.parameters WHERE specific_schema = %s""",
    "triggers": "SELECT trigger_name, action_statement FROM information_schema.triggers WHERE trigger_schema = %s",
    "events": "SELECT event_name, event_definition, event_comment FROM information_schema.events WHERE event_schema = %s",
    "views": "SELECT table_name, view_definition FROM information_schema.views WHERE table_schema = %s",
    "partitions": """
        SELECT CONCAT_WS('.', table_name, partition_name), partition_expression, partition_description, partition_comment
        FROM information_schema.partitions WHERE table_schema = %s""",
}


def sample(connection: Connection, schema: Schema, rules: DatabaseRules, values: int) -> Iterator[Values]:
    """Texts of about so many rows of every masked column, without those that its rule keeps, or might have written itself."""
    for name, table_rules in rules.listed.items():
        table = native(schema.tables[name])
        pointing = pointing_at_kept(schema, rules, name)
        sought = {
            column: rule
            for column, rule in table_rules.masked.items()
            if _is_text(native_column(table.columns[column]))
            and is_sought(rule)
            and not table.columns[column].generated
            and column not in pointing
        }
        if not sought or table_rules.truncate or table.engine in REMOTE:
            continue
        found = {column: _before(connection, table, column, rule) for column, rule in sought.items()}
        cells = _sampled(connection, table, found, sought, values)
        for column, rule in sought.items():
            texts = Values(f"{name}.{column}", cells[column], rule.where is not None)
            documents = table.columns[column].kind == "json" or rule.function.name == "json"
            yield from parts(texts, rule) if documents else (texts,)


def _is_text(column: NativeColumn) -> bool:
    return column.base in TEXTUAL


def _may_be_anybodys(column: NativeColumn) -> bool:
    return column.base in NUMERIC and not column.counter


def sample_kept(
    connection: Connection, schema: Schema, rules: DatabaseRules, rows: int
) -> Iterator[tuple[Rule, Values]]:
    """Texts of about so many rows of every column that is kept without a reason."""
    for name, table_rules in rules.listed.items():
        table = native(schema.tables[name])
        columns = {each: native_column(table.columns[each]) for each in table_rules.kept}
        kept = {each: table_rules.kept[each] for each, column in columns.items() if _is_text(column)}
        if kept and table.engine not in REMOTE:
            found = {each: _bytes(columns[each].base, f"LEFT({quote(each)}, {SAMPLED_CHARACTERS})") for each in kept}
            cells = _sampled(connection, table, found, kept, rows)
            for column, rule in kept.items():
                yield rule, Values(f"{column} of {name}", cells[column])


def _sampled(
    connection: Connection, table: NativeTable, found: Mapping[str, str], rules: Mapping[str, Rule], values: int
) -> dict[str, list[str]]:
    few = table.rows < MANY * values
    all_over = "ORDER BY RAND()" if few else f"WHERE RAND() < {2 * values / table.rows:.9f}"
    cells = listed(f"{value} AS v{at}" for at, value in enumerate(found.values()))

    def read(sparse: Collection[str]) -> tuple[list[list[Any]], bool]:
        some = f"WHERE {' OR '.join(_present(each, rules[each]) for each in sparse)}" if sparse else all_over
        rows = connection.rows(f"SELECT {cells} FROM {identifier(table.name)} {some} LIMIT {values}")
        return [list(row.values()) for row in rows], len(rows) < values and (few or bool(sparse))

    read_by_column = sampled(tuple(found), values, read)
    return {column: [value.decode("utf-8", "replace") for value in read] for column, read in read_by_column.items()}


def _present(name: str, rule: Rule) -> str:
    """Whether the row has a value there that masking changes."""
    some = f"OCTET_LENGTH({quote(name)}) > 0"
    return f"({some} AND {_left(rule)} IS NOT TRUE)" if rule.where else some


def _left(rule: Rule) -> str:
    return f"((\n{rule.where}\n) IS FALSE)"


def _before(connection: Connection, table: NativeTable, name: str, rule: Rule) -> str:
    """The value's bytes; NULL where masking leaves it, or might have written it."""
    column = native_column(table.columns[name])
    given = stored(connection, table.name, name, given_values(rule))
    seen = recognised(Seen(quote(name), rule, column, given)) if may_be_written(rule) else None
    left = _left(rule) if rule.where else None
    whole = column.kind == "json" or rule.function.name == "json"
    value = _bytes(column.base, quote(name) if whole else f"LEFT({quote(name)}, {SAMPLED_CHARACTERS})")
    written = seen or left
    return f"IF({written}, NULL, {value})" if written else value


def _bytes(base: str, value: str) -> str:
    """CAST would make NULL of what is longer than max_allowed_packet."""
    if base in NUMERIC:
        return LONG.format(value)
    return value if base in BINARY else f"CONVERT(CONVERT({value} USING utf8mb4) USING binary)"


def texts(connection: Connection, schema: Schema, most_rows: int | None) -> Iterator[Texts]:
    """All that stands in tables, the planner's statistics, definitions and comments; of large tables about so many rows."""
    for name, table in schema.tables.items():
        referring = {column for key in schema.keys_of.get(name, ()) for column in key.columns}
        names = tuple(
            each
            for each, column in table.columns.items()
            if _is_text(native_column(column)) or (_may_be_anybodys(native_column(column)) and each not in referring)
        )
        if names and native(table).engine not in REMOTE:
            found = [_bytes(table.columns[each].base, quote(each)) for each in names]
            share = most_rows / table.rows if most_rows and table.rows > most_rows else None
            rows = min(table.rows, most_rows or table.rows)
            yield Texts(str(name), names, _whole_or_not(found, name, share), rows, table.size_bytes)
    yield from _views(connection, schema.database)
    flavour = connection.flavour
    statistics = f"SELECT CONCAT_WS('.', t, c), low, high FROM ({flavour.statistics}) AS kept"
    checks = f"SELECT CONCAT_WS('.', t, name), clause FROM ({flavour.checks}) AS kept"
    described = {"comment of the database": flavour.described} if flavour.described else {}
    others = {**described, "check constraints": checks, "planner's statistics": statistics}
    for place, query in {**CATALOG, **others}.items():
        yield Texts(place, (), (query.replace("%s", literal(schema.database)),))


def _views(connection: Connection, database: str) -> Iterator[Texts]:
    columns: dict[str, list[Row]] = defaultdict(list)
    for row in connection.rows(VIEWS, (database,)):
        if row["base"] in TEXTUAL:
            columns[row["t"]].append(row)
    for name, found in columns.items():
        cells = listed(_bytes(row["base"], quote(row["c"])) for row in found)
        query = connection.flavour.in_time.format(f"{cells} FROM {quote(name)} LIMIT {VIEW_ROWS}", seconds=VIEW_SECONDS)
        yield Texts(name, tuple(row["c"] for row in found), (query,), is_view=True)


def _whole_or_not(found: list[str], name: TableName, share: float | None) -> tuple[str, str]:
    """Each row as one text, which costs half of its cells one by one; then those of which the server made none, because they were too long."""
    cells = [f"COALESCE({each}, '')" for each in found]
    whole = f"CONCAT_WS(X'{SEPARATOR.hex()}', {listed(cells)})"
    rows = f"FROM {identifier(name)} WHERE " + (f"RAND() < {share:.9f}" if share else "TRUE")
    return f"SELECT {whole} {rows}", f"SELECT {listed(found)} {rows} AND {whole} IS NULL"


def read(connection: Connection, texts: Texts) -> Iterator[bytes]:
    """The rows, never more than a few of them in memory.

    Raises: ViewUnread, if it is one, when it fails or has taken its time.
    """
    if texts.is_view:
        with told_as(ViewUnread, f"view {texts.place} was not searched whole", OF_TABLES):
            connection.run("START TRANSACTION READ ONLY")
            try:
                yield from _rows(connection, texts)
            finally:
                connection.run("ROLLBACK")
    else:
        with told_as(VerifyFailed, f"Reading {texts.place}", DESTROY):
            yield from _rows(connection, texts)


def _rows(connection: Connection, texts: Texts) -> Iterator[bytes]:
    for query in texts.queries:
        complete = True
        with connection.cursor(pymysql.cursors.SSCursor) as cursor:
            cursor.execute(query)
            for row in cursor:
                if row == (None,):
                    complete = False
                else:
                    yield SEPARATOR.join(_cell(cell) for cell in row) + b"\n"
        if complete:
            return


def _cell(value: object) -> bytes:
    return value if isinstance(value, bytes) else b"" if value is None else str(value).encode()

"""Texts before and after masking: a sample of every masked column, and all that the database lets anybody read."""

from collections.abc import Collection, Iterator, Mapping

from psycopg import sql

from sanitizer.encodings import FEWEST_DIGITS
from sanitizer.errors import VerifyFailed, ViewUnread
from sanitizer.names import TableName
from sanitizer.originals import (
    OF_TABLES,
    SAMPLED_CHARACTERS,
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
from sanitizer.postgresql.connection import Connection, told_as
from sanitizer.postgresql.originals_queries import CATALOG, COLUMNS, GIVEN, IN_PAGES, OURS, PAGES, STORED
from sanitizer.postgresql.predicates import Seen, recognised
from sanitizer.postgresql.writing import FOREIGN, identifier
from sanitizer.rules import DatabaseRules, Rule
from sanitizer.schema import Column, Schema, Table
from sanitizer.steps import DESTROY

SOUGHT_KINDS = frozenset({"text", "json", "array", "uuid", "inet", "macaddr", "other"})
# Of a table that holds many times more rows, some pages from all over it; of others every row may be among them.
MANY = 20
PAGES_A_ROW = 0.2
TABLE, VIEW = "r", "v"
MOST_CELLS = 50
# Numbers of fewer digits tell nothing.
LONG = f"CASE WHEN {{0}} NOT BETWEEN {1 - 10 ** (FEWEST_DIGITS - 1)} AND {10 ** (FEWEST_DIGITS - 1) - 1} THEN {{0}} END"
# Binary values are read, and sampled, by their characters: wherever they stand, in arrays and rows too.
BY_CHARACTERS = "SET LOCAL bytea_output = 'escape'"


def sample(connection: Connection, schema: Schema, rules: DatabaseRules, values: int) -> Iterator[Values]:
    """Texts of about so many rows of every masked column, without those that its rule keeps, or might have written itself."""
    for name, table_rules in rules.listed.items():
        table = schema.tables[name]
        pointing = pointing_at_kept(schema, rules, name)
        sought = {
            column: rule
            for column, rule in table_rules.masked.items()
            if _is_text(table.columns[column], rule) and column not in pointing
        }
        if not sought or table_rules.truncate or any(part.kind == FOREIGN for part in table.relations):
            continue
        found = {column: _before(table, column, rule) for column, rule in sought.items()}
        with connection.transaction():
            connection.execute(BY_CHARACTERS)
            cells = _sampled(connection, table, found, sought, values)
        for column, rule in sought.items():
            texts = Values(f"{name}.{column}", cells[column], rule.where is not None)
            documents = table.columns[column].kind in ("json", "array") or rule.function.name == "json"
            yield from parts(texts, rule) if documents else (texts,)


def sample_kept(
    connection: Connection, schema: Schema, rules: DatabaseRules, rows: int
) -> Iterator[tuple[Rule, Values]]:
    """Texts of about so many rows of every column that is kept without a reason."""
    for name, table_rules in rules.listed.items():
        table = schema.tables[name]
        kept = {column: rule for column, rule in table_rules.kept.items() if _is_text(table.columns[column], rule)}
        if not kept or table.unseen or any(part.kind == FOREIGN for part in table.relations):
            continue
        found = {column: _cut(table, column) for column in kept}
        cells = _sampled(connection, table, found, kept, rows)
        for column, rule in kept.items():
            yield rule, Values(f"{column} of {name}", cells[column])


def _cut(table: Table, name: str) -> sql.Composable:
    return sql.SQL("pg_catalog.left({}::text, {})").format(
        sql.Identifier(table.name.table, name), sql.Literal(SAMPLED_CHARACTERS)
    )


def _is_text(column: Column, rule: Rule) -> bool:
    return column.kind in SOUGHT_KINDS and not column.generated and is_sought(rule)


def _sampled(
    connection: Connection, table: Table, found: Mapping[str, sql.Composable], rules: Mapping[str, Rule], values: int
) -> dict[str, list[str]]:
    names = sql.SQL(", ").join(
        sql.SQL("({}, {})").format(*map(sql.Literal, relation.name)) for relation in table.relations
    )
    pages, many = connection.execute(sql.SQL(STORED).format(tables=names)).fetchone() or (0, 0)
    few = pages < MANY or (many or MANY * pages) < MANY * values
    share = min(100.0, 100 * max(MANY, PAGES_A_ROW * values) / pages) if pages else 100.0
    all_over = sql.SQL("ORDER BY random()" if few else f"TABLESAMPLE SYSTEM ({share:.6f})")

    def read(sparse: Collection[str]) -> tuple[list[tuple[str, ...]], bool]:
        present = sql.SQL(" OR ").join(_present(table, column, rules[column]) for column in sparse)
        query = sql.SQL("SELECT {} FROM {}{} {} LIMIT {}").format(
            sql.SQL(", ").join(found.values()),
            sql.SQL("ONLY ") if table.inherits else sql.SQL(""),
            identifier(table.name),
            sql.SQL("WHERE {}").format(present) if sparse else all_over,
            sql.Literal(values),
        )
        rows = connection.execute(query).fetchall()
        return rows, len(rows) < values and (few or bool(sparse))

    return sampled(tuple(found), values, read)


def _present(table: Table, name: str, rule: Rule) -> sql.Composable:
    """Whether the row has a value there that masking changes."""
    value = sql.Identifier(table.name.table, name)
    some = sql.SQL("{}::text <> ''" if table.columns[name].kind == "text" else "{} IS NOT NULL").format(value)
    return sql.SQL("({} AND {} IS NOT TRUE)").format(some, _left(rule)) if rule.where else some


def _left(rule: Rule) -> sql.Composable:
    return sql.SQL("((\n{}\n) IS FALSE)").format(sql.SQL(rule.where or "TRUE"))


def _before(table: Table, name: str, rule: Rule) -> sql.Composable:
    """The value as text; NULL where masking leaves it, or might have written it."""
    column = table.columns[name]
    value = sql.Identifier(table.name.table, name)
    seen = recognised(Seen(value, rule, column))
    left = _left(rule) if rule.where else None
    written = (seen or left) if may_be_written(rule) else left
    text = sql.SQL("to_json({})::text").format(value) if column.kind == "array" else _cut(table, name)
    whole = sql.SQL("{}::text").format(value) if column.kind == "json" or rule.function.name == "json" else text
    return sql.SQL("CASE WHEN ({}) IS TRUE THEN NULL ELSE {} END").format(written, whole) if written else whole


def texts(connection: Connection, schema: Schema, most_rows: int | None) -> Iterator[Texts]:
    """All that stands in tables, views, statistics, definitions, comments and large objects; of large tables about so many rows."""
    tables = {tuple(name): table for name, table in schema.tables.items()}
    columns = sql.SQL(COLUMNS).format(given=sql.SQL(GIVEN), in_pages=sql.SQL(IN_PAGES))
    for space, name, kind, names, numbers, in_pages in connection.execute(columns).fetchall():
        found = [
            sql.SQL(LONG if is_number else "{0}").format(sql.Identifier(column))
            for column, is_number in zip(names, numbers, strict=True)
        ]
        rows, size_bytes = _size(tables.get((space, name)))
        share = 100 * most_rows / rows if most_rows and rows > most_rows else None
        query = _pages(found, space, name) if in_pages and not share else _rows(found, space, name, kind, share)
        yield Texts(
            str(TableName(space, name)), tuple(names), (query,), min(rows, most_rows or rows), size_bytes, kind == VIEW
        )
    for place, read in CATALOG.items():
        yield Texts(place, (), (_copied(sql.SQL(read).format(ours=sql.SQL(OURS), given=sql.SQL(GIVEN))),))


def _rows(found: list[sql.Composed], space: str, name: str, kind: str, share: float | None) -> sql.Composed:
    some = f" TABLESAMPLE SYSTEM ({share:.6f})" if share else ""
    query = sql.SQL("SELECT {} FROM {}{}{}").format(
        sql.SQL(", ").join(found),
        sql.SQL("ONLY " if kind == TABLE else ""),
        sql.Identifier(space, name),
        sql.SQL(f" LIMIT {VIEW_ROWS}" if kind == VIEW else some),
    )
    return _copied(query)


def _pages(found: list[sql.Composed], space: str, name: str) -> sql.Composed:
    table = sql.Identifier(space, name)
    query = sql.SQL(PAGES).format(row=_row(found), table=table, named=sql.Literal(table.as_string()))
    return sql.SQL("COPY ({}) TO STDOUT").format(query)


def _row(cells: list[sql.Composed]) -> sql.Composed:
    """The cells of a row as one text; a function of the server takes 100 arguments at most."""
    texts = [
        sql.SQL("concat({})").format(sql.SQL(", E'\\x1f', ").join(cells[at : at + MOST_CELLS]))
        for at in range(0, len(cells), MOST_CELLS)
    ]
    return _row(texts) if len(texts) > 1 else texts[0]


def _copied(query: sql.Composable) -> sql.Composed:
    return sql.SQL("COPY ({}) TO STDOUT (DELIMITER E'\\x1f', NULL '')").format(query)


def _size(table: Table | None) -> tuple[int, int]:
    return (table.rows, table.size_bytes) if table else (0, 0)


def read(connection: Connection, texts: Texts) -> Iterator[bytes]:
    """The rows, one after the other or those of some pages at once.

    Raises: ViewUnread, if it is one, when it fails or has taken its time.
    """
    told = told_as(VerifyFailed, f"Reading {texts.place}", DESTROY)
    if texts.is_view:
        told = told_as(ViewUnread, f"view {texts.place} was not searched whole", OF_TABLES)
    with told, connection.transaction():
        connection.execute(f"{BY_CHARACTERS}; SET LOCAL enable_tidscan = on".encode())
        if texts.is_view:
            limits = f"SET LOCAL transaction_read_only = on; SET LOCAL statement_timeout = '{VIEW_SECONDS}s'"
            connection.execute(limits.encode())
        for query in texts.queries:
            with connection.cursor().copy(query) as copy:
                for row in copy:
                    yield bytes(row)

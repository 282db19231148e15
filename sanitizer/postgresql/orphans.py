"""Rows without the counterpart that a foreign key promises: sessions in replica mode leave them behind, and VALIDATE does not look again."""

from collections.abc import Iterator

from psycopg import sql

from sanitizer.errors import Finding
from sanitizer.functions import SET_NULL
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.masking import perhaps_reloaded, touched_foreign_keys
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import DatabaseRules
from sanitizer.schema import ForeignKey, Schema

# What a definition ends with where rows need no counterpart, and what it holds where a counterpart is no row that is equal.
NOT_PROMISED, BY_TIME = ("NOT VALID", "NOT ENFORCED"), ", PERIOD "


def promises_rows(key: ForeignKey) -> bool:
    """Whether each row has a counterpart that `count_orphans` finds."""
    return not key.definition.endswith(NOT_PROMISED) and BY_TIME not in key.definition


def orphans(connection: Connection, schema: Schema, rules: DatabaseRules) -> Iterator[Finding]:
    """Of each foreign key that must return: it could not. Statements or deletions that come first may mend it, so then nobody is asked."""
    if rules.before:
        return
    for key in touched_foreign_keys(schema, rules, perhaps_reloaded(schema, rules)):
        tables = [schema.tables[name] for name in (key.table, key.referenced)]
        ours = rules.listed.get(key.table)
        if ours is None or ours.truncate or ours.delete or not promises_rows(key):
            continue
        nulled = any(ours.columns[column].function.name == SET_NULL for column in key.columns)
        if nulled or any(table.hides_rows or not table.owned for table in tables):
            continue
        rows = count_orphans(connection, schema, key)
        if rows:
            problem = f"{rows} row(s) of {key.relation} have no counterpart in {key.referenced}, so foreign key {key} could not return"
            remedy = "Correct them in the source or by a statement of sql.before, or make the constraint NOT VALID in the source"
            yield Finding(ours.place, problem, remedy, str(ours.columns[key.columns[0]]))


def count_orphans(connection: Connection, schema: Schema, key: ForeignKey) -> int:
    """How many rows have no counterpart now; reads both sides."""
    (rows,) = connection.execute(_counting(schema, key)).fetchone() or (0,)
    return int(rows)


def _counting(schema: Schema, key: ForeignKey) -> sql.Composed:
    partitioned = any(part.name == key.relation and part.kind == "p" for part in schema.tables[key.table].relations)
    pairs = [
        (sql.Identifier("ours", mine), sql.Identifier("theirs", other))
        for mine, other in zip(key.columns, key.referenced_columns, strict=True)
    ]
    return sql.SQL(
        "SELECT count(*) FROM {only}{relation} AS ours WHERE {present} AND NOT EXISTS (SELECT FROM {referenced} AS theirs WHERE {equal})"
    ).format(
        only=sql.SQL("" if partitioned else "ONLY "),
        relation=identifier(key.relation),
        present=sql.SQL(" AND ").join(sql.SQL("{} IS NOT NULL").format(mine) for mine, _ in pairs),
        referenced=identifier(key.referenced),
        equal=sql.SQL(" AND ").join(sql.SQL("{} = {}").format(other, mine) for mine, other in pairs),
    )

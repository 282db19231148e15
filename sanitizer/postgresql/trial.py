"""Tries rules without changing anything: would the type, the domain, a CHECK, a generated column, an index take what masking writes?

Everything is read from the table with the masking expressions in place of the columns, in transactions that may only read.
"""

from collections.abc import Mapping
from typing import NamedTuple

import psycopg
from psycopg import sql

from sanitizer.errors import ConnectionFailed
from sanitizer.names import TableName
from sanitizer.postgresql.connection import Connection, describe, told_as
from sanitizer.postgresql.expressions import KEY_SETTING, Row, masked_column
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import Rule
from sanitizer.schema import Column, Schema, Table

TRIED_ROWS, TRIED_HASHES = 20_000, 64
TRIAL_KEY = "0" * 64

# What partitions have from their parents is tried there.
DEPENDENTS = """
SELECT n.nspname, c.relname, d.kind, d.name, d.expression, d.columns
FROM (
    SELECT k.conrelid AS oid, 'check' AS kind, k.conname::text AS name, pg_get_expr(k.conbin, k.conrelid) AS expression, k.conkey AS columns
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'c' AND to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false' AND (k.conislocal OR NOT c.relispartition)
    UNION ALL
    SELECT f.adrelid, 'generated', a.attname, pg_get_expr(f.adbin, f.adrelid),
           ARRAY(SELECT d.refobjsubid::int2 FROM pg_depend d
                 WHERE d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
                   AND d.refobjid = f.adrelid AND d.refobjsubid NOT IN (0, f.adnum))
    FROM pg_attrdef f JOIN pg_attribute a ON (a.attrelid, a.attnum) = (f.adrelid, f.adnum) AND a.attgenerated <> ''
    JOIN pg_class c ON c.oid = f.adrelid AND NOT c.relispartition
    UNION ALL
    SELECT i.indrelid, 'index', ic.relname, concat_ws(', ', pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)),
           ARRAY(SELECT DISTINCT d.refobjsubid::int2 FROM pg_depend d
                 WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass
                   AND d.refobjid = i.indrelid AND d.refobjsubid > 0)
    FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid AND NOT ic.relispartition
    WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
) AS d
JOIN pg_class c ON c.oid = d.oid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2, 3, 4
"""


class Dependent(NamedTuple):
    """An expression over columns (by number) of one relation that masking makes the server evaluate anew."""

    relation: TableName
    kind: str
    name: str
    expression: str
    columns: tuple[int, ...]


class Trial:
    """The expressions of one database, and whether they hold."""

    def __init__(self, connection: Connection, schema: Schema) -> None:
        self.connection = connection
        self.dependents: dict[TableName, list[Dependent]] = {}
        unreadable = f"The catalog of database {schema.database} cannot be read"
        with told_as(ConnectionFailed, unreadable, "Try again"), connection.transaction():
            connection.execute("SET LOCAL search_path = pg_catalog")
            for schema_name, table, kind, name, expression, columns in connection.execute(DEPENDENTS.encode()):
                relation = TableName(schema_name, table)
                root = schema.partitions.get(relation, relation)
                dependent = Dependent(relation, kind, name, expression, tuple(columns or ()))
                self.dependents.setdefault(root, []).append(dependent)
            key = f"SELECT pg_catalog.set_config('{KEY_SETTING}', %s, false)"
            connection.execute(key.encode(), (TRIAL_KEY,))

    def takes(self, column: Column, rule: Rule) -> bool:
        """Whether the column's type, with its domains, takes what the rule writes."""
        source = sql.SQL("i::text" if column.is_text else "CAST(NULL AS {})").format(sql.SQL(column.type))
        query = sql.SQL(
            "SELECT count(ROW(CAST({} AS {}))) > 0 FROM (SELECT {} AS {} FROM pg_catalog.generate_series(1, {}) AS i) AS t"
        )
        return self._holds(
            query.format(
                masked_column(Row({column.name: column}, {column.name: rule}), column.name),
                sql.SQL(column.type),
                source,
                sql.Identifier(column.name),
                sql.Literal(TRIED_HASHES),
            )
        )

    def objections(self, table: Table, rules: Mapping[str, Rule]) -> dict[str, frozenset[str]]:
        """What would refuse the masked rows, each with the masked columns it looks at."""
        dependents = self.dependents.get(table.name, [])
        names = {column.number: name for name, column in table.columns.items()}
        generated = {each.name: each for each in dependents if each.kind == "generated"}
        found = {}
        for dependent in dependents:
            columns = {names[number] for number in dependent.columns if number in names}
            for name in columns & generated.keys():
                columns |= {names[number] for number in generated[name].columns}
            touched = frozenset(columns & rules.keys())
            if touched and not self._holds(_question(table, dependent, list(generated.values()), rules)):
                found[f"{dependent.kind} {dependent.name}"] = touched
        return found

    def _holds(self, query: sql.Composed) -> bool:
        try:
            row = self.connection.execute(query).fetchone()
        except psycopg.Error as exc:
            if self.connection.broken:
                raise ConnectionFailed(f"The rules cannot be tried: {describe(exc)}. Try again") from exc
            return False
        return bool(row and row[0])


def _question(
    table: Table, dependent: Dependent, generated: list[Dependent], rules: Mapping[str, Rule]
) -> sql.Composed:
    """Asks the expression of masked rows; of one row of NULLs where the table is empty."""
    stored = [column for column in table.columns.values() if not column.generated]
    row = Row(table.columns, rules)
    originals = sql.SQL(", ").join(sql.Identifier(column.name) for column in stored)
    written = sql.SQL(", ").join(
        sql.SQL("CAST({} AS {}) AS {}").format(
            masked_column(row, column.name), sql.SQL(column.type), sql.Identifier(column.name)
        )
        if column.name in rules
        else sql.Identifier(column.name)
        for column in stored
    )
    derived = sql.SQL("").join(
        sql.SQL(", ({}) AS {}").format(sql.SQL(each.expression), sql.Identifier(each.name))
        for each in generated
        if each.name in table.columns
    )
    holds = (
        "coalesce(bool_and(({}) IS NOT FALSE), true)" if dependent.kind == "check" else "count((ROW({}))::text) >= 0"
    )
    return sql.SQL(
        "SELECT {holds} FROM (SELECT written.*{derived} FROM (SELECT {written} FROM (VALUES (0)) AS one(row) LEFT JOIN "
        "(SELECT {originals} FROM {only}{relation} LIMIT {rows}) AS originals ON true) AS written) AS {alias}"
    ).format(
        holds=sql.SQL(holds).format(sql.SQL(dependent.expression)),
        derived=derived,
        written=written,
        originals=originals,
        only=sql.SQL("ONLY ") if table.inherits else sql.SQL(""),
        relation=identifier(dependent.relation),
        rows=sql.Literal(TRIED_ROWS),
        alias=sql.Identifier(dependent.relation.table),
    )

"""Proves on the masked database that every value in a masked column is one that its function can have written.

Where no output can be recognised, or only beside the rest of its row, the planner's statistics are held against the rows.
"""

from collections.abc import Mapping

from psycopg import sql

from sanitizer.checks import Checks
from sanitizer.errors import Finding
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.predicates import Seen, recognised, recognised_cheaply
from sanitizer.postgresql.soundness import verify_soundness
from sanitizer.postgresql.writing import FOREIGN, identifier
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import Column, Schema, Table

# Values that the planner keeps of one column, in every stored part of the table.
STATISTICS = """
WITH sanitizer_kept AS (
    SELECT unnest(coalesce(s.most_common_vals::text::text[], '{{}}') || coalesce(s.histogram_bounds::text::text[], '{{}}')) AS value
    FROM pg_stats s WHERE (s.schemaname, s.tablename) IN ({tables}) AND s.attname = {column}
)
SELECT count(*) FROM sanitizer_kept WHERE NOT ({predicate})
"""

# Whether a value of the statistics stands in a row now: the rows are looked up among the values, which are few. Dates are compared as such; a cast
# to text would write some types otherwise: booleans, addresses, texts of fixed length.
IN_A_ROW = """sanitizer_kept.value IN
    (SELECT found.value FROM {only}{table} AS now JOIN sanitizer_kept AS found ON {same} GROUP BY found.value)"""

EMPTY_STATISTICS = """
SELECT count(*) FROM pg_stats s
WHERE (s.schemaname, s.tablename) IN (
        VALUES {tables} UNION ALL
        SELECT n.nspname, x.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_index i ON i.indrelid = c.oid AND i.indexprs IS NOT NULL JOIN pg_class x ON x.oid = i.indexrelid
        WHERE (n.nspname, c.relname) IN ({tables}))
  AND coalesce(s.most_common_vals::text, s.histogram_bounds::text, s.most_common_elems::text) IS NOT NULL
"""

EXTENDED_STATISTICS = """
SELECT count(*) FROM pg_stats_ext s WHERE (s.schemaname, s.tablename) IN ({tables}) AND s.most_common_vals IS NOT NULL
"""


def verify_rows(connection: Connection, table: Table, rules: TableRules, checks: Checks) -> None:
    """Reads the table once."""
    if rules.truncate:
        rows = _number(connection, sql.SQL("SELECT count(*) FROM {}{}").format(_only(table), identifier(table.name)))
        remedy = "A statement or trigger filled it: correct that"
        finding = Finding(rules.place, f"row(s) in {table.name}, which the rules empty", remedy, "truncate")
        checks.expect("truncated tables", rows, finding)
    elif rules.masked:
        _verify_columns(connection, table, rules, checks)


def verify_database(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    """Reads the planner's statistics and the catalog, and rows where these can be held against nothing else."""
    for name, table_rules in rules.listed.items():
        table = schema.tables[name]
        if table_rules.truncate:
            _verify_empty_statistics(connection, table, table_rules, checks)
        elif table_rules.masked:
            _verify_statistics(connection, table, table_rules, checks)
    _verify_empty_views(connection, schema, checks)
    _verify_foreign_tables(connection, schema, checks)
    verify_soundness(connection, schema, rules, checks)


def _verify_columns(connection: Connection, table: Table, rules: TableRules, checks: Checks) -> None:
    seen = {
        name: Seen(sql.Identifier(table.name.table, name), rule, table.columns[name])
        for name, rule in rules.masked.items()
    }
    exact = {name: found for name, each in seen.items() if (found := recognised(each)) is not None}
    cheap = {name: found for name in exact if (found := recognised_cheaply(seen[name])) is not None}
    kept = {
        f"{name} of {table.name}": sql.SQL("(\n{}\n) IS NOT FALSE").format(sql.SQL(rule.where))
        for name, rule in rules.masked.items()
        if rule.where
    }
    rows = _untrue(connection, table, {**exact, **cheap, **kept})
    checks.left.update({what: rows.pop(what) for what in kept})
    rows |= _untrue(connection, table, {name: exact[name] for name in cheap if rows[name]})
    for name, violations in rows.items():
        rule = rules.masked[name]
        problem = f"row(s) of {name} in {table.name} hold what the function does not write"
        remedy = "If a statement writes this column, `keep` it in the rules and let the statement mask it"
        checks.expect("masked columns", violations, Finding(rule.place, problem, remedy, str(rule)))


def _untrue(connection: Connection, table: Table, conditions: Mapping[str, sql.Composable]) -> dict[str, int]:
    """In how many rows each condition is not true; all are asked in one reading."""
    if not conditions:
        return {}
    counts = [sql.SQL("count(*) FILTER (WHERE ({}) IS NOT TRUE)").format(each) for each in conditions.values()]
    query = sql.SQL("SELECT {} FROM {}{}").format(sql.SQL(", ").join(counts), _only(table), identifier(table.name))
    return dict(zip(conditions, connection.execute(query).fetchone() or (), strict=True))


def _verify_statistics(connection: Connection, table: Table, rules: TableRules, checks: Checks) -> None:
    for name, rule in rules.masked.items():
        column = table.columns[name]
        value = sql.SQL("sanitizer_kept.value::{}").format(sql.SQL(column.type))
        alone = rule.where is None and not rule.made_of_masked
        predicate = (recognised(Seen(value, rule, column)) if alone else None) or sql.SQL(IN_A_ROW).format(
            only=_only(table), table=identifier(table.name), same=_same(name, column)
        )
        query = sql.SQL(STATISTICS).format(tables=_relations(table), column=sql.Literal(name), predicate=predicate)
        problem = f"value(s) from before masking in the planner's statistics of {name} in {table.name}"
        remedy = "Give the column a statistics target other than 0; where the table is empty, drop what depends on the column by a statement"
        checks.expect("statistics", _number(connection, query), Finding(rule.place, problem, remedy, str(rule)))


def _same(name: str, column: Column) -> sql.Composable:
    same = "found.value::{type} = now.{column}" if column.kind == "date" else "found.value = concat(now.{column})"
    return sql.SQL(same).format(type=sql.SQL(column.type), column=sql.Identifier(name))


def _only(table: Table) -> sql.SQL:
    return sql.SQL("ONLY ") if table.inherits else sql.SQL("")


def _verify_empty_statistics(connection: Connection, table: Table, rules: TableRules, checks: Checks) -> None:
    remedy = "Drop what depends on its columns by a statement, or give its columns rules instead of `truncate`"
    for kind, query in (("statistics", EMPTY_STATISTICS), ("extended statistics", EXTENDED_STATISTICS)):
        left = _number(connection, sql.SQL(query).format(tables=_relations(table)))
        checks.expect(
            kind,
            left,
            Finding(
                rules.place, f"column(s) of {table.name} left values in the planner's statistics", remedy, "truncate"
            ),
        )


def _verify_empty_views(connection: Connection, schema: Schema, checks: Checks) -> None:
    """ANALYZE leaves the statistics of a materialized view that has become empty as they were."""
    for view in schema.materialized_views:
        if not view.populated or not _number(
            connection, sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT 1) AS first").format(identifier(view.name))
        ):
            name = sql.SQL("({}, {})").format(sql.Literal(view.name.schema), sql.Literal(view.name.table))
            left = _number(connection, sql.SQL(EMPTY_STATISTICS).format(tables=name))
            problem = f"column(s) of materialized view {view.name}, now empty, left values in the planner's statistics"
            finding = Finding(
                f"database {schema.database}",
                problem,
                "Drop it, or drop and create it anew, by a statement of sql.after",
            )
            checks.expect("statistics", left, finding)


def _verify_foreign_tables(connection: Connection, schema: Schema, checks: Checks) -> None:
    """Values of other servers, which the planner keeps of a foreign table that was analyzed, are not those of this database to share."""
    for name, table in schema.tables.items():
        if table.kind == FOREIGN:
            left = _number(connection, sql.SQL(EMPTY_STATISTICS).format(tables=_relations(table)))
            problem = f"column(s) of foreign table {name} left values of the other server in the planner's statistics"
            remedy = "Drop what depends on its columns, or the table, by a statement"
            checks.expect("statistics", left, Finding(f"database {schema.database}", problem, remedy))


def _relations(table: Table) -> sql.Composable:
    names = [
        sql.SQL("({}, {})").format(sql.Literal(name.schema), sql.Literal(name.table)) for name, _ in table.relations
    ]
    return sql.SQL(", ").join(names)


def _number(connection: Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0

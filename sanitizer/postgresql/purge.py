"""Removes what masking leaves behind in one database: old rows of tables it did not rewrite, stored query results, statistics."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache, partial

from psycopg import sql

from sanitizer.estimates import rewriting
from sanitizer.names import TableName
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.obstacles import in_the_way, is_bound, with_again, without
from sanitizer.postgresql.writing import FOREIGN, QUALIFIED, alter_types, identifier, refresh, text
from sanitizer.schema import Schema, Table
from sanitizer.steps import Step, Weight

PARTITIONED = "p"
# Columns of which the planner keeps values, and whether it is to keep none: ANALYZE leaves those, and all of an empty or foreign table, as they are.
# What it keeps of an expression goes when a column is given its type from which an index computes it.
KEPT = """
SELECT s.schemaname, s.tablename, s.attname, a.attstattarget = 0, c.relkind = 'f'
FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename AND c.relkind IN ('r', 'p', 'm', 'f') AND pg_has_role(c.relowner, 'USAGE')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND coalesce(s.most_common_vals::text, s.histogram_bounds::text, s.most_common_elems::text) IS NOT NULL
GROUP BY 1, 2, 3, 4, 5
UNION
SELECT n.nspname, t.relname, a.attname, false, false
FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename AND c.relkind = 'i'
JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_class t ON t.oid = i.indrelid AND pg_has_role(t.relowner, 'USAGE')
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid AND a.attnum > 0
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND coalesce(s.most_common_vals::text, s.histogram_bounds::text, s.most_common_elems::text) IS NOT NULL
ORDER BY 1, 2, 3
"""
EXTENDED = "SELECT DISTINCT schemaname, tablename FROM pg_stats_ext"


def plan_purge(schema: Schema, clean: Collection[TableName]) -> Iterator[Step]:
    """Every table but the clean ones is written anew, then every stored query result but those."""
    for name, table in schema.tables.items():
        if name not in clean and table.owned:
            for relation in table.relations:
                if relation.kind not in (FOREIGN, PARTITIONED):
                    statement = text(sql.SQL("VACUUM (FULL) {}").format(identifier(relation.name)))
                    yield Step(
                        "purge",
                        schema.database,
                        str(relation.name),
                        "vacuum full",
                        "old versions of its rows are left in its file",
                        (statement,),
                        parallel=True,
                        weight=rewriting(table) if len(table.relations) == 1 else Weight(),
                    )
    for view in schema.materialized_views:
        if view.populated and view.name not in clean:
            why = "it stores rows from before masking"
            yield Step("purge", schema.database, str(view.name), "refresh", why, refresh(view.name), atomic=True)


def plan_old_statistics(connection: Connection, schema: Schema, clean: Collection[TableName]) -> Iterator[Step]:
    """What ANALYZE would leave: of columns for which it is off, of tables that statements have emptied, and of tables on other servers."""
    off: dict[TableName, list[str]] = defaultdict(list)
    kept: dict[TableName, dict[str, None]] = defaultdict(dict)
    is_empty = cache(partial(_is_empty, connection))
    for schema_name, table_name, column, is_off, is_foreign in connection.execute(KEPT).fetchall():
        name = TableName(schema_name, table_name)
        if is_off and not is_foreign:
            off[name].append(column)
        root = schema.partitions.get(name, name)
        if is_foreign or (root in schema.tables and is_empty(name)):
            kept[root][column] = None
    extended = {TableName(*name) for name in connection.execute(EXTENDED)}
    for name, table in schema.tables.items():
        if table.statistics and name not in clean and not extended.isdisjoint(part.name for part in table.relations):
            why = "they hold values from before masking, which ANALYZE leaves where it is off for them or for a column, or where no row is left"
            statements = (QUALIFIED, *table.statistics)
            yield Step("purge", schema.database, str(name), "extended statistics anew", why, statements, atomic=True)
    for name, columns in off.items():
        why = "the planner's statistics hold values from before masking, and ANALYZE is off for these columns: it is on for once"
        statements = (*_targets(name, columns, -1), _analyze(name, columns), *_targets(name, columns, 0))
        yield Step("purge", schema.database, str(name), "analyze once", why, statements, atomic=True)
    for name, table in schema.tables.items():
        columns = [column for column in kept[name] if _is_free(schema, table, column)]
        if columns:
            yield from _forgotten(schema, table, columns)


def _forgotten(schema: Schema, table: Table, columns: Collection[str]) -> Iterator[Step]:
    """Takes away what the planner keeps of these columns, what uses them out of the way meanwhile."""
    used = in_the_way(schema, table, columns)
    dependents = [dependent for description, dependent in schema.dependents.items() if description in used]
    left = "it is on another server" if table.kind == FOREIGN else "it, or a partition of it, is empty"
    why = f"{left}, and ANALYZE leaves the statistics of such tables; giving a column the type it has drops them"
    statements = alter_types(table, {column: sql.Identifier(column) for column in columns})
    forget = Step("purge", schema.database, str(table.name), "forget statistics", why, statements, atomic=True)
    for step in (
        *without(schema.database, dependents),
        forget,
        *with_again(schema, dependents, changes_later=True),
    ):
        yield step._replace(phase="purge")


def plan_statistics(database: str) -> Iterator[Step]:
    """The planner's statistics are made anew."""
    why = "the planner's statistics hold values from before masking"
    yield Step("purge", database, "statistics", "analyze", why, ("ANALYZE",), beside_search=True)


def _targets(name: TableName, columns: list[str], target: int) -> tuple[str, ...]:
    return tuple(
        text(
            sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET STATISTICS {}").format(
                identifier(name), sql.Identifier(column), sql.Literal(target)
            )
        )
        for column in columns
    )


def _analyze(name: TableName, columns: list[str]) -> str:
    return text(sql.SQL("ANALYZE {} ({})").format(identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))))


def _is_free(schema: Schema, table: Table, column: str) -> bool:
    """Whether nothing keeps the column from being given its type again, but what can be taken out of the way."""
    bound = table.table_blockers or table.inherits or column in table.partition_key or table.columns[column].generated
    return not bound and not is_bound(schema, table, column)


def _is_empty(connection: Connection, name: TableName) -> bool:
    found = connection.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(identifier(name))).fetchone()
    return not (found and found[0])


def plan_statement_statistics(database: str, schema: str) -> Step:
    """Forgets the statements that the whole server has seen, through the extension in one of its databases."""
    statement = text(sql.SQL("SELECT {}()").format(sql.Identifier(schema, "pg_stat_statements_reset")))
    why = "it keeps texts of statements, with values in them"
    return Step("purge", database, "pg_stat_statements", "reset", why, (statement,))

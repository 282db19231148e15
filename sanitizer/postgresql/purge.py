"""Removes what masking leaves behind in one database: old rows of tables it did not rewrite, stored query results, statistics."""

from collections.abc import Collection, Iterator

from psycopg import sql

from sanitizer.estimates import rewriting
from sanitizer.names import TableName
from sanitizer.postgresql.writing import identifier, refresh, text
from sanitizer.schema import Schema
from sanitizer.steps import Step, Weight

FOREIGN, PARTITIONED = "f", "p"


def plan_purge(schema: Schema, clean: Collection[TableName]) -> Iterator[Step]:
    """Every table but the clean ones is written anew, then every stored query result but those, then the planner's statistics."""
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
    yield Step(
        "purge",
        schema.database,
        "statistics",
        "analyze",
        "the planner's statistics hold values from before masking",
        ("ANALYZE",),
    )


def plan_statement_statistics(database: str, schema: str) -> Step:
    """Forgets the statements that the whole server has seen, through the extension in one of its databases."""
    statement = text(sql.SQL("SELECT {}()").format(sql.Identifier(schema, "pg_stat_statements_reset")))
    why = "it keeps texts of statements, with values in them"
    return Step("purge", database, "pg_stat_statements", "reset", why, (statement,))

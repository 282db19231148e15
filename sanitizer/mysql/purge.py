"""Removes what masking leaves behind in one database: history, old rows of tables it did not copy, statistics."""

from collections.abc import Collection, Iterator

from sanitizer.estimates import rewriting
from sanitizer.mysql.connection import Connection
from sanitizer.mysql.flavours import Flavour
from sanitizer.mysql.native import STORED, NativeTable, native
from sanitizer.mysql.writing import identifier, quoted
from sanitizer.names import TableName
from sanitizer.schema import Schema
from sanitizer.steps import Step, Weight

REBUILD = "rebuild"
# Tables into which the server logs statements, and RDS's procedures that empty them: what they rotate goes to a backup table first.
LOGS = {"general_log": "rds_rotate_general_log", "slow_log": "rds_rotate_slow_log"}
PROCEDURES = "SELECT routine_name AS name FROM information_schema.routines WHERE routine_schema = 'mysql'"


def plan_purge(schema: Schema, clean: Collection[TableName], flavour: Flavour) -> Iterator[Step]:
    """Every history goes; every table but the clean ones is written anew; then come the planner's statistics."""
    for name, table in schema.tables.items():
        yield from _table(schema.database, native(table), flavour, is_clean=name in clean)


def _table(database: str, table: NativeTable, flavour: Flavour, *, is_clean: bool) -> Iterator[Step]:
    name = identifier(table.name)

    def step(strategy: str, why: str, *statements: str) -> Step:
        weight = rewriting(table) if strategy == REBUILD else Weight()
        return Step("purge", database, str(table.name), strategy, why, statements, parallel=True, weight=weight)

    if table.versioned:
        yield step("delete history", "earlier versions of its rows hold originals", f"DELETE HISTORY FROM {name}")
    if table.engine not in STORED:
        return
    if not is_clean:
        why = "old versions of its rows are left in its file, and its words in full-text indexes"
        yield step(REBUILD, why, flavour.rebuild.format(table=name) + _keys_again(table))
    if table.statistics:
        columns = quoted(list(table.statistics))
        forget = flavour.forget_statistics.format(table=name, columns=columns)
        yield step("forget statistics", "the planner's statistics hold values from before masking", forget)
    yield step("analyze", "its counts are those from before masking", f"ANALYZE TABLE {name}")


def _keys_again(table: NativeTable) -> str:
    """The rest of the statement, where keys would come back as others."""
    keys = table.definition.keys if table.definition.hashed else {}
    return "".join((*(f", DROP KEY {name}" for name in keys), *(f", ADD {line}" for line in keys.values())))


def plan_logs(connection: Connection) -> list[Step]:
    """Empties the tables into which the server logs statements."""
    procedures = {row["name"] for row in connection.rows(PROCEDURES)}
    why = "it keeps texts of statements, with values in them"
    return [
        Step("purge", "mysql", f"mysql.{table}", "empty", why, (f"CALL mysql.{procedure}",) * 2)
        if procedure in procedures
        else Step("purge", "mysql", f"mysql.{table}", "empty", why, (f"TRUNCATE TABLE mysql.{table}",))
        for table, procedure in LOGS.items()
    ]


def plan_stray_statistics(connection: Connection) -> list[Step]:
    """Deletes values that the planner keeps of the server's own tables, or of tables that are gone: no table's own purge reaches them."""
    stray = connection.flavour.stray_statistics
    if stray is None or not connection.rows(f"SELECT 1 FROM {stray} LIMIT 1"):
        return []
    why = "the planner's statistics hold values of tables that no rules speak of, passwords of other servers among them"
    return [Step("purge", "mysql", "mysql.column_stats", "forget strays", why, (f"DELETE kept FROM {stray}",))]

"""Tables that are emptied and filled again with masked rows, which several processes of the server compute at once.

ALTER TABLE computes with one process, however many the server has. CREATE TABLE AS computes with several, and the table itself stays what it is
for everything that depends on it; only its indexes are dropped and come back, and foreign keys on both sides are off meanwhile.
"""

from collections.abc import Mapping

from psycopg import sql

from sanitizer.estimates import reloading
from sanitizer.postgresql.writing import QUALIFIED, identifier, text, with_switches_off
from sanitizer.schema import Column, Schema, Table
from sanitizer.steps import Step, Weight

RELOAD = "reload"
WORTH_SECONDS = 1.0  # a second saved by estimate is worth more drops and builds
ROWS = sql.Identifier("pg_temp", "sanitizer_rows")
ORDINARY = "r"


def weight_of_reload(schema: Schema, table: Table, values: int, processes: int) -> Weight | None:
    """What it costs, or None where it cannot be done."""
    plain = len(table.relations) == 1 and table.kind == ORDINARY and not table.inherits and table.owned
    if not plain or table.indexes is None or any(index.obstacle for index in table.indexes):
        return None
    checked = sum(
        schema.tables[key.table].rows for key in schema.foreign_keys if table.name in (key.table, key.referenced)
    )
    return reloading(table, values, checked, processes)


def reload(alone: Step, table: Table, values: Mapping[str, sql.Composable], processes: int, weight: Weight) -> Step:
    """In place of the step that one process alone would do: one transaction; foreign keys of the table and on it must be off."""
    name = identifier(table.name)
    stored = [column for column in table.columns.values() if not column.generated]
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in stored)
    masked = sql.SQL(", ").join(_masked(column, values) for column in stored)
    fill = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(name, columns, columns, ROWS)
    indexes = table.indexes or ()
    statements = (
        f"SET LOCAL max_parallel_workers_per_gather = {processes}",
        "SET LOCAL parallel_setup_cost = 0",
        "SET LOCAL parallel_tuple_cost = 0",
        "SET LOCAL min_parallel_table_scan_size = 0",
        "SET LOCAL jit = off",
        text(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name)),
        text(sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {}").format(ROWS, masked, name)),
        *(statement for index in indexes for statement in index.off),
        *with_switches_off(table.switches, (text(sql.SQL("TRUNCATE {}").format(name)), text(fill))),
        QUALIFIED,
        *(statement for index in indexes for statement in index.on),
        text(sql.SQL("DROP TABLE {}").format(ROWS)),
    )
    why = f"it takes longest, so up to {processes} processes compute its rows at once; it is emptied and filled with them, its indexes are built anew, no trigger fires"
    clean = frozenset({table.name})
    return alone._replace(strategy=RELOAD, why=why, statements=statements, leaves_clean=clean, weight=weight)


def _masked(column: Column, values: Mapping[str, sql.Composable]) -> sql.Composable:
    """Texts become the column's type when they are put there, so that one that is too long is an error."""
    quoted = sql.Identifier(column.name)
    value = values.get(column.name)
    if value is None:
        return quoted
    form = "({}) AS {}" if column.is_text else "CAST(({}) AS {type}) AS {}"
    return sql.SQL(form).format(value, quoted, type=sql.SQL(column.type))

"""Proves that the masked database is sound: built as it was counted, every row with its counterpart, statistics fresh, no old rows."""

from collections.abc import Mapping

from sanitizer.checks import Checks
from sanitizer.errors import Finding
from sanitizer.measurement import COUNTED, Measurement
from sanitizer.mysql import ledger
from sanitizer.mysql.connection import Connection, Row
from sanitizer.mysql.measure import measure
from sanitizer.mysql.native import STORED, TRANSACTIONAL, native
from sanitizer.mysql.orphans import count_orphans
from sanitizer.mysql.writing import identifier
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import ForeignKey, Schema

LOST, EVENT = "rows without counterpart by ", "event "
REPORT = "Destroy this database; report the case"

# A table that is written anew has a moment of creation of its own. Only changes after that give it another one, which restarts forget.
WRITTEN = """
SELECT t.table_name AS t, t.create_time < l.create_time AS older, COALESCE(t.update_time > t.create_time, FALSE) AS changed
FROM information_schema.tables t JOIN information_schema.tables l ON l.table_schema = %s AND l.table_name = 'ledger'
WHERE t.table_schema = %s
"""
COUNTS = """
SELECT t.table_name AS t, MIN(s.last_update >= t.create_time) AS fresh, SUM(s.n_rows) AS n
FROM information_schema.tables t JOIN mysql.innodb_table_stats s
  ON s.database_name = t.table_schema AND SUBSTRING_INDEX(LOWER(s.table_name), '#p#', 1) = LOWER(t.table_name)
WHERE t.table_schema = %s GROUP BY t.table_name
"""


def verify_soundness(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    """Reads definitions, both sides of the foreign keys that the rules touch, and little else."""
    recorded = ledger.recall(connection, schema.database, COUNTED).get(COUNTED, "[[], {}]")
    was = Measurement.read(recorded).structure
    if not rules.after:
        _verify_structure(connection, schema, was, checks)
    for key in schema.foreign_keys:
        touching = [rules.listed[name] for name in (key.table, key.referenced) if name in rules.listed]
        if any(_changes(table, key) for table in touching):
            lost = count_orphans(connection, key) - int(was.get(f"{LOST}{key}", 0))
            problem = f"row(s) of {key.table} have lost their counterpart in {key.referenced}, which foreign key {key} promises"
            remedy = "A statement wrote them while foreign_key_checks was off: correct that"
            checks.expect("foreign keys", max(0, lost), Finding(touching[0].place, problem, remedy))
    written = {row["t"]: row for row in connection.rows(WRITTEN, (ledger.DATABASE, schema.database))}
    counts = {row["t"]: row for row in connection.rows(COUNTS, (schema.database,))}
    for name, table_rules in rules.listed.items():
        if native(schema.tables[name]).engine in STORED:
            _verify_written(written[name.table], name, table_rules, rules, checks)
        if native(schema.tables[name]).engine == TRANSACTIONAL and table_rules.masked:
            problem = f"stored part(s) of {name} have counts from before masking, by which the planner guesses"
            stale = name.table in counts and _is_stale(connection, name, counts[name.table])
            checks.expect("fresh statistics", int(stale), Finding(table_rules.place, problem, REPORT))


def _is_stale(connection: Connection, name: TableName, counted: Row) -> bool:
    """Counts from before the table was written, or from before it was filled."""
    empty = not connection.rows(f"SELECT 1 FROM {identifier(name)} LIMIT 1") if counted["n"] == 0 else False
    return not counted["fresh"] or (counted["n"] == 0 and not empty)


def _verify_structure(connection: Connection, schema: Schema, was: Mapping[str, str], checks: Checks) -> None:
    """As it was counted after masking, but for events, which may be off now. Statements after that may change it."""
    now = measure(connection, schema, DatabaseRules("", {})).structure
    for thing in sorted(now.keys() | was.keys()):
        if not thing.startswith(LOST):
            before, after = (_switched_off(thing, each.get(thing)) for each in (was, now))
            problem = "definition or state is not what it was after masking"
            finding = Finding(f"{schema.database}: {thing}", problem, REPORT)
            checks.expect("structure at the end", int(before != after), finding)


def _switched_off(thing: str, definition: str | None) -> str | None:
    return definition.replace("|ENABLED|", "|DISABLED|") if definition and thing.startswith(EVENT) else definition


def _changes(table: TableRules, key: ForeignKey) -> bool:
    columns = (
        *(key.columns if table.name == key.table else ()),
        *(key.referenced_columns if table.name == key.referenced else ()),
    )
    return table.truncate or table.delete is not None or not table.masked.keys().isdisjoint(columns)


def _verify_written(row: Row, name: TableName, table: TableRules, rules: DatabaseRules, checks: Checks) -> None:
    """Before the run ends every table is written anew, after the last statement if there are any."""
    old = row["older"] or (rules.after and row["changed"])
    problem = f"file(s) of {name} were not written anew after its rows changed, and may hold old ones"
    checks.expect("old rows", int(bool(old)), Finding(table.place, problem, REPORT))

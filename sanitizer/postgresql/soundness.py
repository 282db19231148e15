"""Proves that the masked database is sound: built as it was counted, every row with its counterpart, counters ahead, statistics fresh, no old rows."""

import time
from collections import defaultdict
from collections.abc import Iterator

from psycopg import sql

from sanitizer.checks import Checks
from sanitizer.errors import Finding
from sanitizer.measurement import COUNTED, Measurement
from sanitizer.names import TableName
from sanitizer.postgresql import ledger
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.orphans import count_orphans, promises_rows
from sanitizer.postgresql.structure import read_invalid_constraints, read_invalid_indexes, read_structure
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import ForeignKey, Schema

REPORT = "Destroy this database; report the case"
ORDINARY = "r"

# A rewritten column has no statistics until it is analyzed; nor have columns for which that is off, or tables without rows.
NOT_ANALYZED = """
SELECT n.nspname, c.relname, a.attname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND coalesce((to_jsonb(a) ->> 'attstattarget')::int, -1) <> 0
LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND s.attname IS NULL AND pg_relation_size(c.oid) > 0
  AND NOT row_security_active(c.oid) AND has_column_privilege(c.oid, a.attnum, 'SELECT')
"""

# ANALYZE has counted them, in all of a table up to some hundred megabytes, and in a sample of its pages beyond.
OLD_ROWS = """
SELECT n.nspname, c.relname, pg_stat_get_dead_tuples(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (n.nspname, c.relname) IN ({tables}) AND pg_stat_get_dead_tuples(c.oid) > 0
"""
# Sessions tell what they did when they end, perhaps after that: then it counts once more. Until 14 the collector learns it a little later.
CLEAR, PAUSES_SECONDS = "SELECT pg_stat_clear_snapshot()", (0.0, 0.6, 1.2)

SEQUENCES = """
SELECT n.nspname, c.relname, a.attname, quote_ident(sn.nspname) || '.' || quote_ident(s.relname), q.seqincrement
FROM pg_sequence q
JOIN pg_class s ON s.oid = q.seqrelid JOIN pg_namespace sn ON sn.oid = s.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = q.seqrelid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
WHERE has_table_privilege(q.seqrelid, 'SELECT')
"""
BEHIND = """
SELECT count(*) FROM {sequence} AS q, (SELECT {furthest}({column}) AS value FROM {table}) AS now
WHERE (now.value - q.last_value) * {direction} > 0 OR (now.value = q.last_value AND NOT q.is_called)
"""


def verify_soundness(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    """Reads the catalog, both sides of the foreign keys that the rules touch, and little else."""
    _verify_structure(connection, schema, rules, checks)
    _verify_indexes(connection, schema, rules, checks)
    for key in _touched(schema, rules):
        place = (rules.listed.get(key.table) or rules.listed[key.referenced]).place
        problem = f"row(s) of {key.relation} have no counterpart in {key.referenced}, which foreign key {key} promises"
        remedy = "A statement wrote them while triggers were off: correct that"
        checks.expect("foreign keys", count_orphans(connection, schema, key), Finding(place, problem, remedy))
    _verify_analyzed(connection, schema, rules, checks)
    _verify_sequences(connection, schema, rules, checks)
    _verify_no_old_rows(connection, schema, rules, checks)


def _verify_structure(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    """As it was counted after masking. Statements after that may change definitions, but no constraint may become invalid."""
    recorded = ledger.recall(connection, COUNTED).get(COUNTED, "[[], {}]")
    was, now = Measurement.read(recorded).structure, read_structure(connection)
    broken = read_invalid_constraints(connection)
    for thing in sorted(was.keys() & now.keys() if rules.after else was.keys() | now.keys()):
        changed = was.get(thing) != now.get(thing) and (not rules.after or thing in broken)
        problem = "definition or state is not what it was after masking"
        checks.expect("structure at the end", int(changed), Finding(f"{schema.database}: {thing}", problem, REPORT))


def _verify_indexes(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    """Of masked tables, whose indexes are built anew. One of another table may have been invalid in the source."""
    masked = {
        part.name for name, table in rules.listed.items() if table.masked for part in schema.tables[name].relations
    }
    invalid = [index for index, table in read_invalid_indexes(connection).items() if table in masked]
    problem = f"index(es) of masked tables are invalid: {', '.join(invalid)}"
    checks.expect("valid indexes", len(invalid), Finding(f"database {schema.database}", problem, REPORT))


def _touched(schema: Schema, rules: DatabaseRules) -> Iterator[ForeignKey]:
    """Valid foreign keys of which the rules change a side; none of the others can have lost rows."""
    for key in schema.foreign_keys:
        sides = ((key.table, key.columns), (key.referenced, key.referenced_columns))
        tables = [schema.tables[name] for name, _ in sides]
        if not promises_rows(key) or any(table.hides_rows or not table.owned for table in tables):
            continue
        if any(_changes(rules.listed[name], columns) for name, columns in sides if name in rules.listed):
            yield key


def _changes(table: TableRules, columns: tuple[str, ...]) -> bool:
    return table.truncate or table.delete is not None or not table.masked.keys().isdisjoint(columns)


def _verify_analyzed(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    missing: dict[TableName, set[str]] = defaultdict(set)
    for space, table, column in connection.execute(NOT_ANALYZED).fetchall():
        missing[TableName(space, table)].add(column)
    for name, table_rules in rules.listed.items():
        if schema.tables[name].owned and table_rules.masked:
            columns = {column for part in schema.tables[name].relations for column in missing[part.name]}
            problem = f"masked column(s) of {name} have no statistics, without which the planner guesses"
            finding = Finding(table_rules.place, problem, REPORT)
            checks.expect("fresh statistics", len(columns & table_rules.masked.keys()), finding)


def _verify_sequences(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    """Of masked columns that must be unique; the others, and their sequences, are as they were."""
    for space, name, column, sequence, increment in connection.execute(SEQUENCES).fetchall():
        table, listed = schema.tables.get(TableName(space, name)), rules.listed.get(TableName(space, name))
        if table is None or listed is None or column not in listed.masked or table.columns[column].kind != "number":
            continue
        if any(column in index.columns for index in table.unique):
            query = sql.SQL(BEHIND).format(
                sequence=sql.SQL(sequence), furthest=sql.SQL("max" if increment > 0 else "min"), direction=sql.SQL("1" if increment > 0 else "-1"),
                column=sql.Identifier(column), table=identifier(table.name),
            )  # fmt: skip
            (behind,) = connection.execute(query).fetchone() or (0,)
            rule = listed.masked[column]
            problem = f"sequence ({sequence}) is behind the masked values of {column} in {table.name}"
            remedy = "Set it by a statement of sql.after (setval), or keep the column"
            checks.expect("sequences", behind, Finding(rule.place, problem, remedy, str(rule)))


def _verify_no_old_rows(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    owned = {name: table for name, table in rules.listed.items() if schema.tables[name].owned}
    found = _old_rows(connection, schema, list(owned)) if owned else {}
    for name, table in owned.items():
        rows = sum(found.get(relation.name, 0) for relation in schema.tables[name].relations)
        problem = f"old row version(s), about, are left in the file of {name}"
        remedy = "An open transaction keeps them, or a purge step failed: destroy this database"
        checks.expect("old rows", rows, Finding(table.place, problem, remedy))


def _old_rows(connection: Connection, schema: Schema, names: list[TableName]) -> dict[TableName, int]:
    query = sql.SQL(OLD_ROWS).format(tables=sql.SQL(", ").join(_stored(schema, name) for name in names))

    def now() -> dict[TableName, int]:
        connection.execute(CLEAR)
        return {TableName(space, table): rows for space, table, rows in connection.execute(query).fetchall()}

    found = now()
    for name in found:
        connection.execute(sql.SQL("ANALYZE {}").format(identifier(name)))
    for pause_seconds in PAUSES_SECONDS if found else ():
        time.sleep(pause_seconds)
        found = found and now()
    return found


def _stored(schema: Schema, name: TableName) -> sql.Composable:
    relations = [each.name for each in schema.tables[name].relations if each.kind == ORDINARY] or [name]
    return sql.SQL(", ").join(sql.SQL("({}, {})").format(*map(sql.Literal, each)) for each in relations)

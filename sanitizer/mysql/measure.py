"""Counts what masking must not change. Knows the rules, but nothing of how values are masked."""

from collections.abc import Iterator, Sequence

from sanitizer.functions import SET_NULL
from sanitizer.measurement import Count, Measurement
from sanitizer.mysql.connection import Connection, Row
from sanitizer.mysql.native import native_column
from sanitizer.mysql.orphans import count_orphans
from sanitizer.mysql.writing import identifier, listed, quote
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import ForeignKey, Schema, Table

# Everything of one database that stands beside its tables, each as one text.
STRUCTURE = """
SELECT CONCAT('trigger ', trigger_name) AS thing,
       CONCAT_WS('|', event_object_table, action_timing, event_manipulation, action_order, action_statement, sql_mode, definer,
                 character_set_client, collation_connection, database_collation) AS definition
FROM information_schema.triggers WHERE trigger_schema = %s
UNION ALL
SELECT CONCAT('view ', table_name), CONCAT_WS('|', view_definition, check_option, definer, security_type)
FROM information_schema.views WHERE table_schema = %s
UNION ALL
SELECT CONCAT(LOWER(routine_type), ' ', routine_name), CONCAT_WS('|', routine_definition, definer, security_type, sql_mode)
FROM information_schema.routines WHERE routine_schema = %s
UNION ALL
SELECT CONCAT('event ', event_name), CONCAT_WS('|', event_definition, definer, status, sql_mode)
FROM information_schema.events WHERE event_schema = %s
UNION ALL
SELECT CONCAT('grant of ', privilege_type, ' on ', table_name, ' to ', grantee), is_grantable
FROM information_schema.table_privileges WHERE table_schema = %s
"""


def measure(connection: Connection, schema: Schema, rules: DatabaseRules) -> Measurement:
    """Reads every listed table once, and indexes of columns whose values must stay different."""
    tables = {name: _count(connection, schema.tables[name], listed) for name, listed in rules.listed.items()}
    return Measurement(tables, dict(_structure(connection, schema, rules)))


def _structure(connection: Connection, schema: Schema, rules: DatabaseRules) -> Iterator[tuple[str, str]]:
    """Definitions as SHOW CREATE writes them, the counter of AUTO_INCREMENT too; rows that lost their counterpart."""
    for name in schema.tables:
        yield f"table {name}", connection.rows(f"SHOW CREATE TABLE {identifier(name)}")[0]["Create Table"]
    for row in connection.rows(STRUCTURE, (schema.database,) * STRUCTURE.count("%s")):
        yield row["thing"], str(row["definition"])
    for key in schema.foreign_keys:
        if _is_mapped(key, rules):
            yield f"rows without counterpart by {key}", str(count_orphans(connection, key))


def _is_mapped(key: ForeignKey, rules: DatabaseRules) -> bool:
    """Whether both sides still hold what they held, under other values."""
    ours, theirs = rules.listed.get(key.table), rules.listed.get(key.referenced)
    if ours is None or theirs is None or ours.truncate or theirs.truncate:
        return False
    return all(ours.columns[column].function.name != SET_NULL for column in key.columns)


def _count(connection: Connection, table: Table, rules: TableRules) -> Count:
    present = [column for column, rule in rules.masked.items() if rule.function.keeps_null]
    distinct = [column for column, rule in rules.masked.items() if rule.function.unique and rule.deterministic]
    counts = [
        "COUNT(*) AS n",
        *(f"COUNT({quote(column)}) AS p{number}" for number, column in enumerate(present)),
        *(f"{_different(table, column)} AS d{number}" for number, column in enumerate(distinct)),
    ]
    row = connection.rows(f"SELECT {listed(counts)} FROM {identifier(table.name)}")[0]
    return Count(row["n"], _found(row, "p", present), _found(row, "d", distinct))


def _different(table: Table, column: str) -> str:
    """The number of different values, which an index tells in a tenth of the time: by itself, for beside other counts no index is read."""
    count = f"COUNT(DISTINCT {quote(column)})"
    leads = native_column(table.columns[column]).leads
    return f"(SELECT {count} FROM {identifier(table.name)})" if leads else count


def _found(row: Row, kind: str, columns: Sequence[str]) -> dict[str, int]:
    return {column: row[f"{kind}{number}"] for number, column in enumerate(columns)}

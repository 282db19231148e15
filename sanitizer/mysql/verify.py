"""Proves on the masked database that every value in a masked column is one that its function can have written.

Where no output can be recognised, or only beside the rest of its row, the planner's statistics are held against the rows.
"""

from collections.abc import Iterator

from sanitizer.checks import Checks
from sanitizer.errors import Finding
from sanitizer.mysql.connection import Connection
from sanitizer.mysql.native import NativeTable, native, native_column
from sanitizer.mysql.predicates import Seen, recognised
from sanitizer.mysql.probe import given_values, stored
from sanitizer.mysql.soundness import verify_soundness
from sanitizer.mysql.writing import identifier, literal, quote
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import Schema


def verify_rows(connection: Connection, table: NativeTable, rules: TableRules, checks: Checks) -> None:
    """Reads the table once."""
    if rules.truncate:
        rows = int(connection.rows(f"SELECT COUNT(*) AS n FROM {identifier(table.name)}")[0]["n"])
        remedy = "A statement or trigger filled it: correct that"
        problem = f"row(s) in {table.name}, which the rules empty"
        checks.expect("truncated tables", rows, Finding(rules.place, problem, remedy, "truncate"))
    elif rules.masked:
        _verify_columns(connection, table, rules, checks)


def verify_database(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    """Reads the planner's statistics, definitions and histories, and rows where these can be held against nothing else."""
    for name, table_rules in rules.listed.items():
        table = native(schema.tables[name])
        if table_rules.truncate:
            left = _kept(connection, schema.database, table, "TRUE")
            problem = f"column(s) of {table.name} left values in the planner's statistics"
            checks.expect("statistics", left, Finding(table_rules.place, problem, "Report the case", "truncate"))
        elif table_rules.masked:
            for seen in _seen(connection, table, table_rules):
                _verify_statistics(connection, schema.database, table, seen, checks)
        if table.versioned:
            _verify_no_history(connection, table, table_rules, checks)
    verify_soundness(connection, schema, rules, checks)


# Whether a value of the statistics, which may be cut, stands at the beginning of one in a row now.
IN_A_ROW = "EXISTS (SELECT 1 FROM {table} WHERE LEFT(CONVERT({column} USING utf8mb4), CHAR_LENGTH({kept})) = {kept})"


def _verify_columns(connection: Connection, table: NativeTable, rules: TableRules, checks: Checks) -> None:
    counts, expected, left = [], [], []
    for number, seen in enumerate(_seen(connection, table, rules)):
        name, rule = seen.column.name, seen.rule
        predicate = recognised(seen)
        if predicate is not None:
            counts.append(f"COUNT(IF({predicate}, NULL, 1)) AS n{number}")
            expected.append((f"n{number}", name, rule))
        if rule.where:
            counts.append(f"COUNT(IF((\n{rule.where}\n) IS FALSE, 1, NULL)) AS w{number}")
            left.append((f"w{number}", name))
    if not counts:
        return
    row = connection.rows(f"SELECT {', '.join(counts)} FROM {identifier(table.name)}")[0]
    for alias, name, rule in expected:
        problem = f"row(s) of {name} in {table.name} hold what the function does not write"
        remedy = "If a statement writes this column, `keep` it in the rules and let the statement mask it"
        checks.expect("masked columns", row[alias], Finding(rule.place, problem, remedy, str(rule)))
    for alias, name in left:
        checks.left[f"{name} of {table.name}"] = row[alias]


def _seen(connection: Connection, table: NativeTable, rules: TableRules) -> Iterator[Seen]:
    for name, rule in rules.masked.items():
        given = stored(connection, table.name, name, given_values(rule))
        yield Seen(quote(name), rule, native_column(table.columns[name]), given)


def _verify_statistics(connection: Connection, database: str, table: NativeTable, seen: Seen, checks: Checks) -> None:
    """Alone or, where that shows nothing, by the rows."""
    name, rule = seen.column.name, seen.rule
    alone = rule.where is None and not rule.made_of_masked

    def known(kept: str) -> str:
        looks_right = recognised(seen._replace(value=kept)) if alone else None
        in_a_row = IN_A_ROW.format(
            table=identifier(table.name), column=quote(name), kept=f"CONVERT({kept} USING utf8mb4)"
        )
        return looks_right or f"({kept} IS NULL OR {in_a_row})"

    condition = f"c = {literal(name)} AND NOT COALESCE({known('kept.low')} AND {known('kept.high')}, FALSE)"
    problem = f"value(s) from before masking in the planner's statistics of {name} in {table.name}"
    number = _kept(connection, database, table, condition)
    checks.expect("statistics", number, Finding(rule.place, problem, "Report the case", str(rule)))


def _kept(connection: Connection, database: str, table: NativeTable, condition: str) -> int:
    """How many columns of the table have values in the planner's statistics that meet the condition."""
    query = f"SELECT COUNT(*) AS n FROM ({connection.flavour.statistics}) AS kept WHERE t = %s AND (low IS NOT NULL OR high IS NOT NULL) AND "
    return int(connection.rows(query + condition.replace("%", "%%"), (database, table.name.table))[0]["n"])


def _verify_no_history(connection: Connection, table: NativeTable, rules: TableRules, checks: Checks) -> None:
    counted = f"SELECT COUNT(*) AS n FROM {identifier(table.name)}"
    every, current = (connection.rows(counted + of)[0]["n"] for of in (" FOR SYSTEM_TIME ALL", ""))
    finding = Finding(rules.place, f"row version(s) in the history of {table.name}", "Report the case")
    checks.expect("history", every - current, finding)

"""Proves on the masked database that every value in a masked column is one that its function can have written.

Shares nothing with the expressions that mask: what an output looks like is said here a second time.
"""

from collections.abc import Callable

from sanitizer.checks import Checks
from sanitizer.errors import Finding
from sanitizer.functions import EMAIL, FIXED, HASH, SET_NULL
from sanitizer.mysql.connection import Connection
from sanitizer.mysql.native import NativeTable, native
from sanitizer.mysql.probe import in_hexadecimal, stored
from sanitizer.mysql.writing import identifier, literal, quote
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, Rule, TableRules
from sanitizer.schema import Schema

# (the value's SQL, the rule, what the column makes of its fixed value) -> SQL that is true of every output.
Predicate = Callable[[str, Rule, str], str]


def _matches(value: str, pattern: str, characters: int) -> str:
    """NULL, or a text of this shape and length: $ alone would let a line end through."""
    text = f"CONVERT({value} USING utf8mb4)"
    shape = f"{text} COLLATE utf8mb4_bin REGEXP {literal(pattern)}"
    return f"{value} IS NULL OR CHAR_LENGTH({text}) = {characters} AND {shape}"


def _is_hash(value: str, _rule: Rule, _fixed: str) -> str:
    return _matches(value, "^[0-9a-f]{32}$", 32)


def _is_email(value: str, rule: Rule, _fixed: str) -> str:
    domain = str(rule.arguments["domain"])
    return _matches(value, f"^[0-9a-f]{{20}}@{domain.replace('.', '[.]')}$", 21 + len(domain))


def _is_fixed(value: str, _rule: Rule, fixed: str) -> str:
    return f"{in_hexadecimal(value)} <=> {literal(fixed)}"


def _is_null(value: str, _rule: Rule, _fixed: str) -> str:
    return f"{value} IS NULL"


PREDICATES: dict[str, Predicate] = {
    SET_NULL: _is_null,
    FIXED: _is_fixed,
    EMAIL: _is_email,
    HASH: _is_hash,
}


def verify_database(connection: Connection, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
    """Reads every masked table once, its history, and the statistics of its columns."""
    for name, table_rules in rules.listed.items():
        table = native(schema.tables[name])
        if table_rules.truncate:
            _verify_empty(connection, schema.database, table, table_rules, checks)
        elif table_rules.masked:
            _verify_columns(connection, schema.database, table, table_rules, checks)
        if table.versioned:
            _verify_no_history(connection, table, table_rules, checks)


def _verify_columns(
    connection: Connection, database: str, table: NativeTable, rules: TableRules, checks: Checks
) -> None:
    predicates = {name: _predicate(connection, table.name, name, rule) for name, rule in rules.masked.items()}
    counts = [f"COUNT(IF({of(quote(name))}, NULL, 1)) AS n{i}" for i, (name, of) in enumerate(predicates.items())]
    row = connection.rows(f"SELECT {', '.join(counts)} FROM {identifier(table.name)}")[0]
    for number, (name, rule) in enumerate(rules.masked.items()):
        problem = f"row(s) of {name} in {table.name} hold what the function does not write"
        remedy = "If a statement writes this column, `keep` it in the rules and let the statement mask it"
        checks.expect("masked columns", row[f"n{number}"], Finding(rule.place, problem, remedy, str(rule)))
        of = predicates[name]
        left = _kept(connection, database, table, f"c = {literal(name)} AND NOT (({of('low')}) AND ({of('high')}))")
        problem = f"value(s) from before masking in the planner's statistics of {name} in {table.name}"
        checks.expect("statistics", left, Finding(rule.place, problem, "Report the case", str(rule)))


def _predicate(connection: Connection, table: TableName, column: str, rule: Rule) -> Callable[[str], str]:
    fixed = stored(connection, table, column, rule.parameter or "") if rule.function.name == FIXED else ""
    return lambda value: PREDICATES[rule.function.name](value, rule, fixed)


def _kept(connection: Connection, database: str, table: NativeTable, condition: str) -> int:
    """How many columns of the table have values in the planner's statistics that meet the condition."""
    query = f"SELECT COUNT(*) AS n FROM ({connection.flavour.statistics}) AS kept WHERE t = %s AND (low IS NOT NULL OR high IS NOT NULL) AND "
    return int(connection.rows(query + condition.replace("%", "%%"), (database, table.name.table))[0]["n"])


def _verify_empty(connection: Connection, database: str, table: NativeTable, rules: TableRules, checks: Checks) -> None:
    rows = int(connection.rows(f"SELECT COUNT(*) AS n FROM {identifier(table.name)}")[0]["n"])
    remedy = "A statement or trigger filled it: correct that"
    problem = f"row(s) in {table.name}, which the rules empty"
    checks.expect("truncated tables", rows, Finding(rules.place, problem, remedy, "truncate"))
    problem = f"column(s) of {table.name} left values in the planner's statistics"
    left = _kept(connection, database, table, "TRUE")
    checks.expect("statistics", left, Finding(rules.place, problem, "Report the case", "truncate"))


def _verify_no_history(connection: Connection, table: NativeTable, rules: TableRules, checks: Checks) -> None:
    counted = f"SELECT COUNT(*) AS n FROM {identifier(table.name)}"
    every, current = (connection.rows(counted + of)[0]["n"] for of in (" FOR SYSTEM_TIME ALL", ""))
    finding = Finding(rules.place, f"row version(s) in the history of {table.name}", "Report the case")
    checks.expect("history", every - current, finding)

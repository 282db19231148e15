"""Compares the rules with the live server: whatever nobody has looked at stops the run."""

from collections.abc import Iterator, Mapping

from sanitizer.errors import Drifted, Finding
from sanitizer.functions import REFERENCES
from sanitizer.names import TableName
from sanitizer.references import resolve
from sanitizer.rules import DatabaseRules, Rule, Rules, TableRules
from sanitizer.schema import Column, Schema, Table


def match(rules: Rules, schemas: Mapping[str, Schema]) -> dict[str, DatabaseRules]:
    """The rules of each live database, by its name.

    Raises: Drifted, with every disagreement.
    """
    matched, findings = _databases(rules, schemas)
    for name, database in matched.items():
        matched[name], unresolved = resolve(database, schemas[name])
        findings += [*unresolved, *_tables(matched[name], schemas[name])]
    _refuse(findings)
    return matched


def match_database(rules: DatabaseRules, schema: Schema) -> DatabaseRules:
    """The rules of one database as they fit it.

    Raises: Drifted, with every disagreement.
    """
    resolved, findings = resolve(rules, schema)
    _refuse([*findings, *_tables(resolved, schema)])
    return resolved


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise Drifted(f"Rules and database disagree in {len(findings)} place(s)", findings)


def _databases(rules: Rules, schemas: Mapping[str, Schema]) -> tuple[dict[str, DatabaseRules], list[Finding]]:
    if rules.only:
        if len(schemas) == 1:
            return dict.fromkeys(schemas, rules.only), []
        problem = f"names no database, but the server has {len(schemas)}: {', '.join(schemas) or 'none with tables'}"
        return {}, [Finding(rules.only.place, problem, "Move the rules below `databases: {name: ...}`")]
    findings = [
        Finding(f"database {name}", "has no rules", f"List it below `databases` in {rules.file}")
        for name in schemas
        if name not in rules.databases
    ]
    for name, database in rules.databases.items():
        if name not in schemas:
            findings.append(
                Finding(
                    database.place,
                    f"database {name} does not exist on the server",
                    "Remove it from the rules, or correct its name",
                )
            )
    return {name: database for name, database in rules.databases.items() if name in schemas}, findings


def _tables(rules: DatabaseRules, schema: Schema) -> Iterator[Finding]:
    if rules.tables is None:
        return
    for name in schema.tables:
        if name not in rules.listed:
            remedy = "Give it a rule for each column, or `truncate`"
            yield Finding(f"database {schema.database}, table {name}", "has no rules", remedy)
    for name, table_rules in rules.listed.items():
        table = schema.tables.get(name)
        if table is None:
            yield _missing_table(name, table_rules, schema)
        elif not table_rules.truncate:
            yield from _columns(table_rules, table, schema.database)


def _missing_table(name: TableName, rules: TableRules, schema: Schema) -> Finding:
    root = schema.partitions.get(name)
    if root:
        return Finding(
            rules.place,
            f"table {name} is a partition of {root}",
            f"Remove it: the rules of {root} hold for its partitions",
        )
    near = [str(other) for other in schema.tables if other.table == name.table]
    return Finding(
        rules.place,
        f"table {name} does not exist in database {schema.database}",
        f"Did you mean `{near[0]}`?" if near else "Remove it from the rules, or correct its name",
    )


def _columns(rules: TableRules, table: Table, database: str) -> Iterator[Finding]:
    for name in table.columns:
        if name not in rules.columns:
            yield Finding(
                f"database {database}, table {table.name}, column {name}",
                "has no rule",
                f"Give it one at {rules.place}; `keep` if it may be shared",
            )
    for name, rule in rules.columns.items():
        column = table.columns.get(name)
        if column is None:
            yield Finding(
                rule.place,
                f"table {table.name} has no column {name}",
                "Remove the rule, or correct the name",
                str(rule),
            )
        elif not takes(rule, column) and rule.function.name not in REFERENCES:
            remedy = "Use `set_null` or `fixed`, or `keep` the column and change it by a statement"
            yield Finding(
                rule.place,
                f"column {name} of {table.name} is {column.type}, which the function does not take",
                remedy,
                str(rule),
            )


def takes(rule: Rule, column: Column) -> bool:
    """Whether the function takes the column; and the rule inside it, the column's elements."""
    taken = rule.function.takes == "any" or column.taken_as in rule.function.kinds
    return taken and (rule.nested is None or (column.element is not None and takes(rule.nested, column.element)))

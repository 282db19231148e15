"""Rules that come from elsewhere: from the sets a table uses, or from the column its foreign key points at."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sanitizer.errors import Finding
from sanitizer.functions import FOLLOW
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, Rule, RuleSet, TableRules
from sanitizer.schema import Schema, Table


def resolve(rules: DatabaseRules, schema: Schema) -> tuple[DatabaseRules, list[Finding]]:
    """The rules with every column's own, as far as the live schema knows them; and what could not be found."""
    if rules.tables is None:
        return rules, []
    findings: list[Finding] = []
    tables = {name: _with_sets(table, schema.tables.get(name), findings) for name, table in rules.tables.items()}
    resolved = {
        name: replace(
            table, columns={column: _followed(tables, schema, name, column, findings) for column in table.columns}
        )
        for name, table in tables.items()
    }
    findings += [finding for name, table in resolved.items() for finding in _missing(table, schema.tables.get(name))]
    return replace(rules, tables=resolved), findings


def _with_sets(rules: TableRules, table: Table | None, findings: list[Finding]) -> TableRules:
    columns = dict(rules.columns)
    for each in rules.sets:
        matching = {column: rule for column, rule in each.columns.items() if table and column in table.columns}
        if table and not matching:
            findings.append(_unmatched(each, table))
        columns = {**matching, **columns}
    return replace(rules, columns=columns)


def _unmatched(used: RuleSet, table: Table) -> Finding:
    problem = f"table {table.name} has no column of the set {used.name}"
    return Finding(used.place, problem, "Leave the set out, or correct its columns")


def _followed(
    tables: Mapping[TableName, TableRules], schema: Schema, name: TableName, column: str, findings: list[Finding]
) -> Rule:
    """The column's rule; one that follows becomes that of the column at the end of its foreign keys."""
    rule = found = tables[name].columns[column]
    seen: set[tuple[TableName, str]] = set()
    while found.function.name == FOLLOW:
        target = _pointed_at(schema, name, column)
        table = tables.get(target[0]) if target else None
        if target is None or target in seen or table is None or target[1] not in table.columns:
            problem = f"column {column} of {name} has no foreign key to a column with a rule"
            findings.append(
                Finding(rule.place, problem, "Give it a rule of its own, or {like: schema.table.column}", FOLLOW)
            )
            return rule
        seen.add(target)
        name, column = target
        found = table.columns[column]
    return found._replace(place=rule.place)


def _pointed_at(schema: Schema, name: TableName, column: str) -> tuple[TableName, str] | None:
    for key in schema.keys_of.get(name, ()):
        if column in key.columns:
            return key.referenced, key.referenced_columns[key.columns.index(column)]
    return None


def _missing(rules: TableRules, table: Table | None) -> Iterator[Finding]:
    """Columns that a rule needs and the table lacks, or that are themselves made of others."""
    for column, rule in rules.columns.items():
        for needed in rule.columns_needed:
            other = rules.columns.get(needed)
            if table and needed not in table.columns:
                problem = f"column {column} of {rules.name} needs column {needed}, which the table does not have"
                yield Finding(rule.place, problem, "Correct the name", str(rule))
            elif other and rule.made_of_masked and other.made_of_masked:
                problem = f"column {column} of {rules.name} is made of column {needed}, which is made of others itself"
                yield Finding(rule.place, problem, "Name the columns that it is made of", str(rule))

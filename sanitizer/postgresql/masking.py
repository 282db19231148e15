"""Plans how a database is masked: for each table the cheapest strategy that is correct, all columns in one pass."""

import re
from collections.abc import Iterator, Mapping

from psycopg import sql

from sanitizer.estimates import rewriting, updating
from sanitizer.names import TableName
from sanitizer.postgresql.deletion import plan_deletions
from sanitizer.postgresql.expressions import Row, masked_column
from sanitizer.postgresql.truncation import truncate
from sanitizer.postgresql.writing import alter_types, identifier, text, with_switches_off
from sanitizer.rules import DatabaseRules, Rule, TableRules
from sanitizer.schema import ForeignKey, Schema, Table
from sanitizer.steps import Step

REWRITE, UPDATE = "rewrite", "update"


def plan_masking(schema: Schema, rules: DatabaseRules) -> Iterator[Step]:
    """Every table's pass, between the removal and the exact return of the foreign keys that masking would break."""
    yield from plan_deletions(schema, rules)
    functions: dict[str, str] = {}
    passes = [
        step
        for name, table_rules in rules.listed.items()
        if (step := _pass(schema.database, schema.tables[name], table_rules, functions))
    ]
    if functions:
        yield _functions(schema.database, functions)
    keys = touched_foreign_keys(schema, rules)
    for key in keys:
        yield _without_foreign_key(schema.database, key)
    yield from passes
    for key in keys:
        yield _with_foreign_key(schema.database, key)


def _pass(database: str, table: Table, rules: TableRules, functions: dict[str, str]) -> Step | None:
    if rules.truncate:
        return truncate(database, table)
    if not rules.masked:
        return None
    row = Row(table.columns, rules.columns, functions)
    return _mask(database, table, rules, {name: masked_column(row, name) for name in rules.masked})


def _functions(database: str, functions: dict[str, str]) -> Step:
    why = "the expressions below call them; they are gone when the session ends"
    return Step(
        "mask",
        database,
        "temporary functions",
        "create",
        why,
        tuple(functions.values()),
        atomic=True,
        session_only=True,
    )


def touched_foreign_keys(schema: Schema, rules: DatabaseRules) -> list[ForeignKey]:
    """The foreign keys of which a side changes."""

    def touched(name: TableName, columns: tuple[str, ...]) -> bool:
        table = rules.listed.get(name)
        return table is not None and (table.truncate or any(column in table.masked for column in columns))

    return [
        key
        for key in schema.foreign_keys
        if touched(key.table, key.columns) or touched(key.referenced, key.referenced_columns)
    ]


def rewrite_blockers(table: Table, rules: Mapping[str, Rule]) -> list[str]:
    """What forbids ALTER COLUMN TYPE on these columns by these rules."""
    found = [f"{blocker} uses {column}" for column in rules for blocker in table.blockers.get(column, ())]
    found += [f"{use} is of its row type" for use in table.table_blockers]
    if table.inherits:
        found.append("it takes part in inheritance, or is of a composite type")
    if any(_may_hold_subquery(rule) for rule in rules.values()):
        found.append("an expression of the rules may hold a subquery")
    return found


def _mask(database: str, table: Table, rules: TableRules, values: dict[str, sql.Composable]) -> Step:
    blockers = rewrite_blockers(table, rules.masked)
    if blockers:
        why = f"ALTER COLUMN TYPE is refused ({'; '.join(blockers)}): one UPDATE of all columns, its triggers and rules off; VACUUM FULL later"
        return Step(
            "mask",
            database,
            str(table.name),
            UPDATE,
            why,
            _update(table, values),
            atomic=True,
            parallel=True,
            weight=updating(table, len(values)),
        )
    why = "nothing depends on the masked columns: one ALTER writes the table and its indexes anew, fires no trigger, leaves no old row"
    return Step(
        "mask",
        database,
        str(table.name),
        REWRITE,
        why,
        (alter_types(table, values),),
        atomic=True,
        leaves_clean=frozenset({table.name}),
        parallel=True,
        weight=rewriting(table, len(values)),
    )


def _may_hold_subquery(rule: Rule) -> bool:
    written = f"{rule.where or ''} {rule.arguments.get('expression', '')}"
    return re.search(r"\b(select|values|table|with)\b", written, re.IGNORECASE) is not None


def _update(table: Table, values: dict[str, sql.Composable]) -> tuple[str, ...]:
    only = sql.SQL("ONLY ") if table.inherits else sql.SQL("")
    assignments = [sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in values.items()]
    update = text(sql.SQL("UPDATE {}{} SET {}").format(only, identifier(table.name), sql.SQL(", ").join(assignments)))
    return with_switches_off(table.switches, (update,))


def _without_foreign_key(database: str, key: ForeignKey) -> Step:
    statement = text(
        sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(identifier(key.relation), sql.Identifier(key.name))
    )
    why = "while one side is masked and the other is not yet, it would not hold; it returns below as it was"
    return Step("mask", database, str(key), "foreign key off", why, (statement,), atomic=True)


def _with_foreign_key(database: str, key: ForeignKey) -> Step:
    statements = [
        text(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                identifier(key.relation), sql.Identifier(key.name), sql.SQL(key.definition)
            )
        )
    ]
    if key.comment is not None:
        comment = sql.SQL("COMMENT ON CONSTRAINT {} ON {} IS {}")
        statements.append(
            text(comment.format(sql.Identifier(key.name), identifier(key.relation), sql.Literal(key.comment)))
        )
    return Step(
        "mask",
        database,
        str(key),
        "foreign key on",
        "both sides are masked; adding it checks that every row still has its counterpart",
        tuple(statements),
        atomic=True,
    )

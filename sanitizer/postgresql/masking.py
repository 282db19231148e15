"""Plans how a database is masked: for each table the cheapest strategy that is correct, all columns in one pass."""

from collections.abc import Collection, Iterator

from psycopg import sql

from sanitizer.estimates import rewriting, updating
from sanitizer.names import TableName
from sanitizer.postgresql.deletion import plan_deletions
from sanitizer.postgresql.expressions import Row, masked_column
from sanitizer.postgresql.obstacles import in_the_way, reads_elsewhere, rewrite_blockers, with_again, without
from sanitizer.postgresql.reload import RELOAD, WORTH_SECONDS, reload, weight_of_reload
from sanitizer.postgresql.truncation import truncate
from sanitizer.postgresql.writing import alter_types, identifier, text, with_switches_off
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import Dependent, ForeignKey, Schema, Table
from sanitizer.steps import Step

REWRITE, UPDATE = "rewrite", "update"


def plan_masking(schema: Schema, rules: DatabaseRules, processes: int = 1) -> Iterator[Step]:
    """Every table's pass, between the removal and the exact return of what it would break or what would forbid it.

    `processes` is how many the server can keep busy.

    Passes that may read other tables come first, while views and functions still answer.
    """
    yield from plan_deletions(schema, rules)
    functions: dict[str, str] = {}
    passes = [
        (step, reads_elsewhere(schema, rules.listed[name].masked))
        for name, step in _passes(schema, rules, functions, processes)
    ]
    if functions:
        yield _functions(schema.database, functions)
    reloaded = {name for step, _ in passes if step.strategy == RELOAD for name in step.leaves_clean}
    keys = touched_foreign_keys(schema, rules, reloaded)
    dependents = _dependents(schema, rules, [step for step, _ in passes if step.strategy == REWRITE])
    for key in keys:
        yield _without_foreign_key(schema.database, key)
    yield from (step._replace(parallel=False) for step, is_first in passes if is_first)
    yield from without(schema.database, dependents)
    yield from (step for step, is_first in passes if not is_first)
    yield from with_again(schema, dependents, changes_later=bool(rules.after))
    for key in keys:
        yield _with_foreign_key(schema.database, key)


def _dependents(schema: Schema, rules: DatabaseRules, rewritten: list[Step]) -> list[Dependent]:
    """What uses columns that these steps write anew, in the order in which it comes back."""
    found: set[str] = set()
    for step in rewritten:
        for name in step.leaves_clean:
            found |= in_the_way(schema, schema.tables[name], rules.listed[name].masked).keys()
    return [dependent for description, dependent in schema.dependents.items() if description in found]


def _passes(
    schema: Schema, rules: DatabaseRules, functions: dict[str, str], processes: int
) -> Iterator[tuple[TableName, Step]]:
    """Of every table that changes. The expressions' functions are added to `functions`."""
    weights = [rewriting(schema.tables[name], len(each.masked)) for name, each in rules.listed.items()]
    share_seconds = sum(weight.seconds for weight in weights) / processes
    for name, each in rules.listed.items():
        table = schema.tables[name]
        if each.truncate:
            yield name, truncate(schema.database, table)
        elif each.masked:
            row = Row(table.columns, each.columns, functions)
            values = {column: masked_column(row, column) for column in each.masked}
            alone = _mask(schema, table, each, values)
            together = weight_of_reload(schema, table, len(values), processes)
            if together is None or alone.weight.seconds < max(share_seconds, together.seconds + WORTH_SECONDS):
                yield name, alone
            else:
                yield name, reload(alone, table, values, processes, together)


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


def perhaps_reloaded(schema: Schema, rules: DatabaseRules) -> set[TableName]:
    """The tables that are filled again on a server with processes enough."""
    return {
        name
        for name, each in rules.listed.items()
        if each.masked
        and updating(schema.tables[name], len(each.masked)).seconds > WORTH_SECONDS
        and weight_of_reload(schema, schema.tables[name], len(each.masked), 1) is not None
    }


def touched_foreign_keys(schema: Schema, rules: DatabaseRules, reloaded: Collection[TableName]) -> list[ForeignKey]:
    """The foreign keys of which a side changes or is filled again, or the index that they need."""

    def touched(name: TableName, columns: tuple[str, ...]) -> bool:
        table = rules.listed.get(name)
        return name in reloaded or (
            table is not None and (table.truncate or any(column in table.masked for column in columns))
        )

    return [
        key
        for key in schema.foreign_keys
        if touched(key.table, key.columns) or touched(key.referenced, (*key.referenced_columns, *key.carried))
    ]


def _mask(schema: Schema, table: Table, rules: TableRules, values: dict[str, sql.Composable]) -> Step:
    blockers = rewrite_blockers(schema, table, rules.masked)
    name = str(table.name)
    if blockers:
        why = f"ALTER COLUMN TYPE is refused ({'; '.join(blockers)}): one UPDATE of all columns, its triggers and rules off; VACUUM FULL later"
        return Step(
            "mask",
            schema.database,
            name,
            UPDATE,
            why,
            _update(table, values),
            atomic=True,
            parallel=True,
            weight=updating(table, len(values)),
        )
    why = f"{_depending(len(in_the_way(schema, table, rules.masked)))}: one ALTER writes the table and its indexes anew, fires no trigger, leaves no old row"
    return Step(
        "mask",
        schema.database,
        name,
        REWRITE,
        why,
        alter_types(table, values),
        atomic=True,
        leaves_clean=frozenset({table.name}),
        parallel=True,
        weight=rewriting(table, len(values)),
    )


def _depending(number: int) -> str:
    if not number:
        return "nothing depends on the masked columns"
    return f"what depends on the masked columns ({number}) is out of the way meanwhile"


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

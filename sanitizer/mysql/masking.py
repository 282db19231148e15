"""Plans how a database is masked: each table is copied with all columns masked in one pass, and the copy takes its place."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sanitizer.estimates import rewriting, updating
from sanitizer.functions import EXPRESSION
from sanitizer.mysql.deletion import plan_deletions
from sanitizer.mysql.expressions import Row, joins_key, masked_column
from sanitizer.mysql.flavours import Flavour
from sanitizer.mysql.native import NativeSchema, NativeTable, native, native_column, native_schema
from sanitizer.mysql.writing import (
    CHECKS_OFF,
    CHECKS_ON,
    COPY,
    KEY,
    created,
    identifier,
    listed,
    literal,
    quote,
    quoted,
)
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import Schema
from sanitizer.steps import Step

APART = "sanitizer_apart"
EVERY_ROW = 2**64 - 1  # a LIMIT keeps the server from reading the rows as it writes them
SWAP, UPDATE, TRUNCATE = "copy and swap", "update", "truncate"


def plan_masking(schema: Schema, rules: DatabaseRules, flavour: Flavour) -> Iterator[Step]:
    """The steps of each table that changes, then the foreign keys that went with the tables. Each step may be begun twice.

    Tables whose expressions may read others come first, one by one: the others are as they were then.
    """
    yield from plan_deletions(schema, rules)
    copied: list[NativeTable] = []
    first, beside = [], []
    for number, (name, table_rules) in enumerate(rules.listed.items()):
        table = native(schema.tables[name])
        if table_rules.truncate or table_rules.masked:
            if not swap_blockers(table, flavour):
                copied.append(table)
            steps = list(_table(schema.database, table, table_rules, flavour, f"{COPY}_{number}"))
            if reads_elsewhere(native_schema(schema), table_rules):
                first.append([step._replace(parallel=False) for step in steps])
            else:
                beside += steps
    # All read before the first of them is exchanged.
    yield from (step for steps in first for step in steps[:1])
    yield from (step for steps in first for step in steps[1:])
    yield from beside
    for table in copied:
        yield from _foreign_keys(schema.database, table)


def reads_elsewhere(schema: NativeSchema, rules: TableRules) -> bool:
    """Whether an expression of the rules may read other tables, by a subquery or by a stored function."""
    written = " ".join(
        f"{each.where or ''} {each.arguments.get('expression', '')}"
        for rule in rules.masked.values()
        for each in (rule, *rule.inner)
    )
    words = "|".join(("select", "values", "table", "with", *map(re.escape, schema.routines)))
    return re.search(rf"(?<!\w)({words})(?!\w)", written, re.IGNORECASE) is not None


def _table(database: str, table: NativeTable, rules: TableRules, flavour: Flavour, copy: str) -> Iterator[Step]:
    blockers = swap_blockers(table, flavour)
    if rules.truncate and blockers:
        yield _truncate(database, table)
    elif rules.truncate:
        why = "the rules empty it: an empty copy takes its place, for TRUNCATE leaves its statistics"
        yield from _swap(database, table, copy, strategy=TRUNCATE, why=why, values=0, filled=_emptied(table, copy))
    else:
        row = Row(table.columns, rules.columns, flavour)
        values = {name: masked_column(row, name) for name in rules.masked}
        if blockers:
            yield from _update(database, table, values, blockers, apart=needs_apart(rules))
        else:
            why = "a copy with masked values takes its place: no trigger fires, no old row is left, history and statistics stay behind"
            filled = _filled(table, copy, values)
            yield from _swap(database, table, copy, strategy=SWAP, why=why, values=len(values), filled=filled)


def swap_blockers(table: NativeTable, flavour: Flavour) -> list[str]:
    """What a copy by CREATE TABLE ... LIKE would lose."""
    found = []
    if table.definition.bound_to_files:
        found.append("it names a directory for its files")
    if table.checks and not flavour.like_keeps_checks:
        found.append("its CHECK constraints would get other names")
    return found


def _truncate(database: str, table: NativeTable) -> Step:
    why = "the rules empty it; its statistics follow later"
    statements = (CHECKS_OFF, f"TRUNCATE TABLE {identifier(table.name)}", *_counter(table), CHECKS_ON)
    return Step("mask", database, str(table.name), TRUNCATE, why, statements, parallel=True)


def _swap(
    database: str, table: NativeTable, copy: str, *, strategy: str, why: str, values: int, filled: tuple[str, ...]
) -> Iterator[Step]:
    """Three steps: a full copy, its exchange, what the copy lacks. Drop, then rename: foreign keys that point here hold on to the name."""
    original = identifier(table.name)

    def step(why: str, *statements: str, **more: Any) -> Step:
        return Step("mask", database, str(table.name), strategy, why, statements, parallel=True, **more)

    begun = (CHECKS_OFF, f"DROP TABLE IF EXISTS {quote(copy)}", f"CREATE TABLE {quote(copy)} LIKE {original}")
    yield step(why, *begun, *filled, CHECKS_ON, weight=rewriting(table, values))
    yield step(
        "drop, then rename: foreign keys of other tables hold on to the name",
        CHECKS_OFF,
        f"DROP TABLE IF EXISTS {original}",
        f"RENAME TABLE {quote(copy)} TO {original}",
        CHECKS_ON,
        done_if=f"SELECT 1 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM information_schema.tables "
        f"WHERE table_schema = DATABASE() AND table_name = {literal(copy)})",
        leaves_clean=frozenset({table.name}),
    )
    rest = (*_counter(table), *created(table.triggers))
    if rest:
        yield step("a copy has neither the counter nor the triggers", *rest)


def _foreign_keys(database: str, table: NativeTable) -> Iterator[Step]:
    """All of a table's at once: they are there together, or not at all."""
    if table.foreign_keys:
        names = f"SELECT 1 FROM information_schema.table_constraints WHERE table_schema = DATABASE() AND table_name = {literal(table.name.table)} AND constraint_type = 'FOREIGN KEY'"
        yield Step(
            "mask",
            database,
            f"foreign keys of {table.name}",
            "foreign key on",
            "they went with the table that its copy replaced",
            (CHECKS_OFF, *_added(identifier(table.name), table.foreign_keys), CHECKS_ON),
            done_if=names,
        )


def _filled(table: NativeTable, name: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The rows, and then the secondary keys in one go, where that is possible.

    With `unique_checks` off, too, MariaDB would sort all rows in temporary files before it stores them: nearly twice as slow (bench/README.md).
    """
    copy = quote(name)
    stored = [name for name, column in table.columns.items() if not column.generated]
    selected = [values.get(name, quote(name)) for name in stored]
    insert = (
        f"INSERT INTO {copy} ({quoted(stored)}) "
        f"SELECT {listed(selected)} FROM {identifier(table.name)}{with_key(values)}"
    )
    keys = _replaceable_keys(table)
    if not keys:
        return (insert,)
    return (_dropped(copy, keys), insert, *_added(copy, keys.values()))


def _emptied(table: NativeTable, name: str) -> tuple[str, ...]:
    """The secondary keys once more: one that the server made for a foreign key would be renamed when that is added."""
    keys = _replaceable_keys(table)
    return (_dropped(quote(name), keys), *_added(quote(name), keys.values())) if keys else ()


def _replaceable_keys(table: NativeTable) -> dict[str, str]:
    return table.definition.keys if table.counter_leads else {}


def _dropped(table: str, keys: Collection[str]) -> str:
    return f"ALTER TABLE {table} {listed([f'DROP KEY {name}' for name in keys])}"


def _added(table: str, lines: Collection[str]) -> tuple[str, ...]:
    return (f"ALTER TABLE {table} {listed([f'ADD {line}' for line in lines])}",) if lines else ()


def _counter(table: NativeTable) -> tuple[str, ...]:
    counter = table.auto_increment or table.definition.counter
    if not counter or counter == 1:
        return ()
    return (f"ALTER TABLE {identifier(table.name)} AUTO_INCREMENT = {counter}",)


def needs_apart(rules: TableRules) -> bool:
    """Whether an expression may read another masked column: an UPDATE might show it the new value."""
    return any(
        rule.where or rule.function.name == EXPRESSION or any(rule.columns_needed) for rule in rules.masked.values()
    )


def _update(
    database: str, table: NativeTable, values: Mapping[str, str], blockers: list[str], *, apart: bool
) -> Iterator[Step]:
    """Columns that set themselves are set to what they are."""
    name = identifier(table.name)
    kept = [c.name for c in map(native_column, table.columns.values()) if c.updates_itself and c.name not in values]
    same = {column: f"{name}.{quote(column)}" for column in kept}

    def step(why: str, *statements: str, **more: Any) -> Step:
        return Step("mask", database, str(table.name), UPDATE, why, statements, parallel=True, **more)

    if table.triggers:
        yield step(
            "no trigger may see the rows change",
            *(f"DROP TRIGGER IF EXISTS {quote(trigger.name)}" for trigger in table.triggers),
        )
    update = _from_apart(table, values, same) if apart else _in_place(table, {**values, **same})
    yield step(
        f"no copy can take its place ({'; '.join(blockers)}): one UPDATE of all columns without its triggers; written anew later",
        CHECKS_OFF,
        update,
        CHECKS_ON,
        atomic=True,
        weight=updating(table, len(values)),
    )
    if table.triggers:
        yield step("its triggers return as they were", *created(table.triggers))


def _in_place(table: NativeTable, values: Mapping[str, str]) -> str:
    """No expression reads another column, so their order does not matter."""
    return f"UPDATE {identifier(table.name)}{with_key(values)} SET {_assignments(table, values)}"


def _from_apart(table: NativeTable, values: Mapping[str, str], same: Mapping[str, str]) -> str:
    """All values are made before the first one is written."""
    apart = quote(APART)
    made = [f"{value} AS {quote(f'{APART}_{number}')}" for number, value in enumerate(values.values())]
    key = sorted(table.primary)
    keys = [f"{quote(name)} AS {quote(f'{APART}_key_{number}')}" for number, name in enumerate(key)]
    rows = f"SELECT {listed([*keys, *made])} FROM {identifier(table.name)}{with_key(values)} LIMIT {EVERY_ROW}"
    joined = " AND ".join(
        f"{identifier(table.name)}.{quote(name)} <=> {apart}.{quote(f'{APART}_key_{number}')}"
        for number, name in enumerate(key)
    )
    written = {name: f"{apart}.{quote(f'{APART}_{number}')}" for number, name in enumerate(values)}
    assignments = _assignments(table, {**written, **same})
    return f"UPDATE {identifier(table.name)} JOIN ({rows}) AS {apart} ON {joined} SET {assignments}"


def _assignments(table: NativeTable, values: Mapping[str, str]) -> str:
    return listed(f"{identifier(table.name)}.{quote(column)} = {value}" for column, value in values.items())


def with_key(values: Mapping[str, str]) -> str:
    return f" CROSS JOIN {quote(KEY)}" if any(joins_key(value) for value in values.values()) else ""

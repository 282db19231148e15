"""Plans how a database is masked: each table is copied with all columns masked in one pass, and the copy takes its place."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sanitizer.estimates import rewriting, updating
from sanitizer.mysql.expressions import joins_key, masked
from sanitizer.mysql.flavours import Flavour
from sanitizer.mysql.native import NativeTable, Trigger, native, native_column
from sanitizer.mysql.writing import COPY, KEY, SQL_MODE, identifier, listed, literal, quote, quoted
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import Schema
from sanitizer.steps import Step

SWAP, UPDATE, TRUNCATE = "copy and swap", "update", "truncate"
CHECKS_OFF = "SET foreign_key_checks = 0"
CHECKS_ON = "SET foreign_key_checks = 1, unique_checks = 1"


def plan_masking(schema: Schema, rules: DatabaseRules, flavour: Flavour) -> Iterator[Step]:
    """The steps of each table that changes, then the foreign keys that went with the tables. Each step may be begun twice."""
    copied: list[NativeTable] = []
    for number, (name, table_rules) in enumerate(rules.listed.items()):
        table = native(schema.tables[name])
        if table_rules.truncate or table_rules.masked:
            if not swap_blockers(table, flavour):
                copied.append(table)
            yield from _table(schema.database, table, table_rules, flavour, f"{COPY}_{number}")
    for table in copied:
        yield from _foreign_keys(schema.database, table)


def _table(database: str, table: NativeTable, rules: TableRules, flavour: Flavour, copy: str) -> Iterator[Step]:
    blockers = swap_blockers(table, flavour)
    if rules.truncate and blockers:
        yield _truncate(database, table)
    elif rules.truncate:
        why = "the rules empty it: an empty copy takes its place, for TRUNCATE leaves its statistics"
        yield from _swap(database, table, copy, strategy=TRUNCATE, why=why, values=0, filled=_emptied(table, copy))
    else:
        values = {name: masked(rule, native_column(table.columns[name])) for name, rule in rules.masked.items()}
        if blockers:
            yield from _update(database, table, values, blockers)
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
    rest = (*_counter(table), *_created(table.triggers))
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
    """The rows, and then the secondary keys in one go, where that is possible."""
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
    return (
        _dropped(copy, keys),
        "SET unique_checks = 0",
        insert,
        "SET unique_checks = 1",
        *_added(copy, keys.values()),
    )


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
    if not table.auto_increment or table.auto_increment == 1:
        return ()
    return (f"ALTER TABLE {identifier(table.name)} AUTO_INCREMENT = {table.auto_increment}",)


def _update(database: str, table: NativeTable, values: Mapping[str, str], blockers: list[str]) -> Iterator[Step]:
    """Columns that set themselves are set to what they are. No expression reads another column, so their order does not matter."""
    name = identifier(table.name)
    kept = [c.name for c in map(native_column, table.columns.values()) if c.updates_itself and c.name not in values]
    assigned = {**values, **{column: f"{name}.{quote(column)}" for column in kept}}
    assignments = listed([f"{name}.{quote(column)} = {value}" for column, value in assigned.items()])

    def step(why: str, *statements: str, **more: Any) -> Step:
        return Step("mask", database, str(table.name), UPDATE, why, statements, parallel=True, **more)

    if table.triggers:
        yield step(
            "no trigger may see the rows change",
            *(f"DROP TRIGGER IF EXISTS {quote(trigger.name)}" for trigger in table.triggers),
        )
    yield step(
        f"no copy can take its place ({'; '.join(blockers)}): one UPDATE of all columns without its triggers; written anew later",
        CHECKS_OFF,
        f"UPDATE {name}{with_key(values)} SET {assignments}",
        CHECKS_ON,
        atomic=True,
        weight=updating(table, len(values)),
    )
    if table.triggers:
        yield step("its triggers return as they were", *_created(table.triggers))


def with_key(values: Mapping[str, str]) -> str:
    return f" CROSS JOIN {quote(KEY)}" if any(joins_key(value) for value in values.values()) else ""


def _created(triggers: tuple[Trigger, ...]) -> Iterator[str]:
    """Each trigger with the settings it was created under; then the session's own again."""
    for trigger in triggers:
        yield f"DROP TRIGGER IF EXISTS {quote(trigger.name)}"
        yield (
            f"SET sql_mode = {literal(trigger.sql_mode)}, character_set_client = {trigger.client_charset}, "
            f"collation_connection = {trigger.connection_collation}"
        )
        yield trigger.statement
    if triggers:
        yield f"SET sql_mode = {literal(SQL_MODE)}, NAMES utf8mb4"

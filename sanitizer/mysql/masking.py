"""Plans how a database is masked: each table is copied with all columns masked in one pass, and the copy takes its place."""

from collections.abc import Collection, Iterator, Mapping

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
    """One step for each table that changes."""
    for name, table_rules in rules.listed.items():
        table = native(schema.tables[name])
        if table_rules.truncate:
            yield _truncate(schema.database, table, flavour)
        elif table_rules.masked:
            yield _mask(schema.database, table, table_rules, flavour)


def swap_blockers(table: NativeTable, flavour: Flavour) -> list[str]:
    """What a copy by CREATE TABLE ... LIKE would lose."""
    found = []
    if table.definition.bound_to_files:
        found.append("it names a directory for its files")
    if table.checks and not flavour.like_keeps_checks:
        found.append("its CHECK constraints would get other names")
    return found


def _mask(database: str, table: NativeTable, rules: TableRules, flavour: Flavour) -> Step:
    values = {name: masked(rule, native_column(table.columns[name])) for name, rule in rules.masked.items()}
    blockers = swap_blockers(table, flavour)
    if blockers:
        why = f"no copy can take its place ({'; '.join(blockers)}): one UPDATE of all columns without its triggers; written anew later"
        return Step("mask", database, str(table.name), UPDATE, why, _update(table, values))
    why = "a copy with masked values takes its place: no trigger fires, no old row is left, history and statistics stay behind"
    statements = _swap(table, _filled(table, values))
    return Step("mask", database, str(table.name), SWAP, why, statements, leaves_clean=frozenset({table.name}))


def _truncate(database: str, table: NativeTable, flavour: Flavour) -> Step:
    if swap_blockers(table, flavour):
        why = "the rules empty it; its statistics follow later"
        statements = (CHECKS_OFF, f"TRUNCATE TABLE {identifier(table.name)}", *_counter(table), CHECKS_ON)
        return Step("mask", database, str(table.name), TRUNCATE, why, statements)
    why = "the rules empty it: an empty copy takes its place, for TRUNCATE leaves its statistics"
    return Step(
        "mask", database, str(table.name), TRUNCATE, why, _swap(table, ()), leaves_clean=frozenset({table.name})
    )


def _swap(table: NativeTable, filled: tuple[str, ...]) -> tuple[str, ...]:
    """Drop, then rename: foreign keys that point here hold on to the name."""
    original, copy = identifier(table.name), quote(COPY)
    return (
        CHECKS_OFF,
        f"CREATE TABLE {copy} LIKE {original}",
        *filled,
        f"DROP TABLE {original}",
        f"RENAME TABLE {copy} TO {original}",
        *_added(original, table.foreign_keys),
        *_counter(table),
        *_created(table.triggers),
        CHECKS_ON,
    )


def _filled(table: NativeTable, values: Mapping[str, str]) -> tuple[str, ...]:
    """The rows, and then the secondary keys in one go, where that is possible."""
    copy = quote(COPY)
    stored = [name for name, column in table.columns.items() if not column.generated]
    selected = [values.get(name, quote(name)) for name in stored]
    insert = (
        f"INSERT INTO {copy} ({quoted(stored)}) "
        f"SELECT {listed(selected)} FROM {identifier(table.name)}{_with_key(values)}"
    )
    keys = table.definition.keys if table.counter_leads else {}
    if not keys:
        return (insert,)
    dropped = listed([f"DROP KEY {name}" for name in keys])
    return (
        f"ALTER TABLE {copy} {dropped}",
        "SET unique_checks = 0",
        insert,
        "SET unique_checks = 1",
        *_added(copy, keys.values()),
    )


def _added(table: str, lines: Collection[str]) -> tuple[str, ...]:
    return (f"ALTER TABLE {table} {listed([f'ADD {line}' for line in lines])}",) if lines else ()


def _counter(table: NativeTable) -> tuple[str, ...]:
    if not table.auto_increment or table.auto_increment == 1:
        return ()
    return (f"ALTER TABLE {identifier(table.name)} AUTO_INCREMENT = {table.auto_increment}",)


def _update(table: NativeTable, values: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that set themselves are set to what they are. No expression reads another column, so their order does not matter."""
    name = identifier(table.name)
    kept = [c.name for c in map(native_column, table.columns.values()) if c.updates_itself and c.name not in values]
    assigned = {**values, **{column: f"{name}.{quote(column)}" for column in kept}}
    assignments = listed([f"{name}.{quote(column)} = {value}" for column, value in assigned.items()])
    return (
        CHECKS_OFF,
        *(f"DROP TRIGGER {quote(trigger.name)}" for trigger in table.triggers),
        f"UPDATE {name}{_with_key(values)} SET {assignments}",
        *_created(table.triggers),
        CHECKS_ON,
    )


def _with_key(values: Mapping[str, str]) -> str:
    return f" CROSS JOIN {quote(KEY)}" if any(joins_key(value) for value in values.values()) else ""


def _created(triggers: tuple[Trigger, ...]) -> Iterator[str]:
    """Each trigger with the settings it was created under; then the session's own again."""
    for trigger in triggers:
        yield (
            f"SET sql_mode = {literal(trigger.sql_mode)}, character_set_client = {trigger.client_charset}, "
            f"collation_connection = {trigger.connection_collation}"
        )
        yield trigger.statement
    if triggers:
        yield f"SET sql_mode = {literal(SQL_MODE)}, NAMES utf8mb4"

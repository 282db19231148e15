"""What a change of the rules changes for whoever gets the sanitized snapshot, as data."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from sanitizer.errors import RulesMistaken
from sanitizer.examples import becomes, invented
from sanitizer.functions import TRUNCATE
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, Deletion, Rule, Rules, TableRules
from sanitizer.rules_file import read_rules
from sanitizer.states import BY_STATEMENTS, NOT_LISTED, State, is_kept, mapping_of, may_keep, words_of

SEEN_OF_STATES = {
    NOT_LISTED: "the run stops",
    TRUNCATE: "no row",
    BY_STATEMENTS: "as the statements leave it",
}
# What is compared part by part below. Any other field that a rules file ever gets is compared as it is.
COMPARED_BY_PART = frozenset(
    ("file", "sha256", "databases", "only", "place", "tables", "before", "after", "name", "columns", "truncate", "sets")
)

Name = TypeVar("Name")


class Kind(StrEnum):
    """What a change means, the most important first."""

    NEWLY_KEPT = "newly kept"
    MAY_BE_KEPT = "may be kept"
    SETTING = "setting changed"
    CHANGED = "masked differently"
    ADDED = "added"
    REMOVED = "removed"
    NO_LONGER_KEPT = "no longer kept"


LOOSENING = (Kind.NEWLY_KEPT, Kind.MAY_BE_KEPT, Kind.SETTING)


class Shown(NamedTuple):
    """An invented value, and what is read in its place under the old and the new rule."""

    value: str
    before: str
    after: str


class Change(NamedTuple):
    """One place whose rule changed. Without `column` it is the whole table, without `table` the whole database."""

    kind: Kind
    database: str
    table: str | None
    column: str | None
    before: str
    after: str
    shown: Shown | None = None

    def __str__(self) -> str:
        """The place, as people name it."""
        parts = (self.database, ".".join(filter(None, (self.table, self.column))))
        return " ".join(filter(None, parts)) or "the one database"


class StatementsChange(NamedTuple):
    """The ordered SQL statements of one database, before or after its rules, as they were and as they are."""

    database: str
    when: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """All that changed between two rules files, the most important first."""

    old: str
    new: str
    changes: tuple[Change, ...]
    statements: tuple[StatementsChange, ...]

    @property
    def newly_kept(self) -> list[Change]:
        """What was masked, emptied or unknown and is now kept."""
        return [change for change in self.changes if change.kind is Kind.NEWLY_KEPT]

    @property
    def loosened(self) -> bool:
        """Whether more of the originals stays, or might: nobody can tell what other SQL statements do."""
        return bool(self.statements) or any(change.kind in LOOSENING for change in self.changes)


class Source(NamedTuple):
    """A rules file by its name, and how its content is had."""

    file: str
    read: Callable[[], bytes]


def compare_files(old: Source | None, new: Source | None) -> Diff:
    """What changed between two files; None is a file that is not there.

    Raises: RulesMistaken, with all mistakes of both.
    """
    rules: list[Rules | None] = []
    mistaken: list[RulesMistaken] = []
    for source in (old, new):
        try:
            rules.append(source and read_rules(source.read(), source.file))
        except RulesMistaken as exc:
            mistaken.append(exc)
    if mistaken:
        findings = [finding for each in mistaken for finding in each.findings]
        raise RulesMistaken(". ".join(each.message for each in mistaken), findings)
    return compare(*rules)


def compare(old: Rules | None, new: Rules | None) -> Diff:
    """What changed; None is a file that is not there."""
    before, after = _databases(old), _databases(new)
    if len(before) == len(after) == 1 and "" in {*before, *after}:  # the one database got its name, or lost it
        name = max(*before, *after)
        before, after = {name: next(iter(before.values()))}, {name: next(iter(after.values()))}
    changes = [*_settings("", None, old, new)]
    statements: list[StatementsChange] = []
    for name in _union(after, before):
        changes += _database(name, before.get(name), after.get(name))
        statements += _statements(name, before.get(name), after.get(name))
    changes.sort(key=lambda change: list(Kind).index(change.kind))
    names = [rules.file if rules else "(no file)" for rules in (old, new)]
    return Diff(names[0], names[1], tuple(changes), tuple(statements))


def _databases(rules: Rules | None) -> dict[str, DatabaseRules]:
    if rules is None:
        return {}
    return {"": rules.only} if rules.only else rules.databases


def _database(name: str, old: DatabaseRules | None, new: DatabaseRules | None) -> Iterator[Change]:
    before, after = _extent(old), _extent(new)
    if NOT_LISTED in (before, after) or (before == BY_STATEMENTS) != (after == BY_STATEMENTS):
        yield Change(_kind(before, after), name, None, None, before, after)
    if new is None:
        return
    yield from _settings(name, None, old, new)
    missing = {True: BY_STATEMENTS, False: NOT_LISTED}
    for table in _union(new.listed, old.listed if old else {}):
        yield from _table(
            name,
            table,
            old.listed.get(table, missing[old.tables is None]) if old else NOT_LISTED,
            new.listed.get(table, missing[new.tables is None]),
        )


def _table(database: str, name: TableName, old: TableRules | str, new: TableRules | str) -> Iterator[Change]:
    before, after = _rows(old), _rows(new)
    if before != after and {before, after} & {NOT_LISTED, TRUNCATE}:
        kind = Kind.NEWLY_KEPT if before == TRUNCATE and after != NOT_LISTED else _kind(before, after)
        yield Change(kind, database, str(name), None, before, after)
    if after in (NOT_LISTED, TRUNCATE):
        return
    if isinstance(old, TableRules) and isinstance(new, TableRules):
        yield from _settings(database, str(name), old, new)
    for column in _union(_columns(new), _columns(old)):
        was, becomes_ = _state(old, column), _state(new, column)
        if mapping_of(was) != mapping_of(becomes_):
            shown = _show(column, was, becomes_)
            yield Change(_kind(was, becomes_), database, str(name), column, words_of(was), words_of(becomes_), shown)


def _settings(database: str, table: str | None, old: Any, new: Any) -> Iterator[Change]:
    """Whatever else the rules say of the file, a database or a table."""
    if old is None or new is None:
        return
    for field in fields(new):
        before, after = _said(getattr(old, field.name, None)), _said(getattr(new, field.name))
        if field.name not in COMPARED_BY_PART and before != after:
            yield Change(Kind.SETTING, database, table, None, f"{field.name}: {before}", f"{field.name}: {after}")


def _statements(name: str, old: DatabaseRules | None, new: DatabaseRules | None) -> Iterator[StatementsChange]:
    for when in ("before", "after") if new else ():
        before, after = (
            tuple(statement.text.strip() for statement in (getattr(rules, when) if rules else ()))
            for rules in (old, new)
        )
        if before != after:
            yield StatementsChange(name, when, before, after)


def _kind(before: State, after: State) -> Kind:
    if is_kept(after) and not is_kept(before):
        return Kind.NEWLY_KEPT
    if may_keep(after) and not is_kept(before):
        return Kind.MAY_BE_KEPT
    if before == NOT_LISTED:
        return Kind.ADDED
    if after == NOT_LISTED:
        return Kind.REMOVED
    return Kind.NO_LONGER_KEPT if is_kept(before) or after == TRUNCATE else Kind.CHANGED


def _said(setting: Any) -> Any:
    if isinstance(setting, Deletion):
        return f"{setting.condition} (references: {setting.references})"
    return setting


def _extent(rules: DatabaseRules | None) -> str:
    if rules is None:
        return NOT_LISTED
    return BY_STATEMENTS if rules.tables is None else f"{len(rules.tables)} tables"


def _rows(rules: TableRules | str) -> str:
    if isinstance(rules, str):
        return rules
    return TRUNCATE if rules.truncate else "its rows stay"


def _columns(rules: TableRules | str) -> dict[str, Rule]:
    """A table's own rules come first, then those of the sets in their order."""
    columns: dict[str, Rule] = {}
    if not isinstance(rules, str):
        for own in (rules.columns, *(used.columns for used in rules.sets)):
            columns = {**own, **columns}
    return columns


def _state(rules: TableRules | str, column: str) -> State:
    if isinstance(rules, str) or rules.truncate:
        return _rows(rules)
    return _columns(rules).get(column, NOT_LISTED)


def _show(column: str, before: State, after: State) -> Shown:
    value = invented(column, *(rule for rule in (before, after) if isinstance(rule, Rule)))

    def read(state: State) -> str:
        if isinstance(state, str):
            return f"({SEEN_OF_STATES[state]})"
        masked = becomes(state, value)
        return "NULL" if masked is None else masked

    return Shown(value, read(before), read(after))


def _union(first: Iterable[Name], second: Iterable[Name]) -> list[Name]:
    return list(dict.fromkeys([*first, *second]))

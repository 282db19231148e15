"""What a column seems to hold, and why: its values speak first, then its name, then its type. What nothing speaks for is not harmless."""

import re
from typing import NamedTuple

from sanitizer.guesses import harmless_named, kind_named, of_people, of_traces
from sanitizer.kinds import IP, PLACE, TEXT, UNKNOWN, Kind
from sanitizer.preflight import FOREIGN
from sanitizer.recognisers import classified, recognise
from sanitizer.schema import Column, Table
from sanitizer.traits import CONTAINERS, Sample, Traits

FEW, OFTEN, ENOUGH = 12, 5, 20
LONG_CHARACTERS = 64
_CODE = re.compile(r"[A-Za-z0-9][\w.:/+-]{0,39}\Z", re.ASCII)
_WORD = re.compile(r"[A-Z][a-z]+\Z")


class Guess(NamedTuple):
    """`kind` is None where the column seems harmless; `why` is a comment's words."""

    kind: Kind | None
    why: str

    @property
    def personal(self) -> bool:
        """Whether something speaks for it; what nobody can tell is masked too, but is not called personal."""
        return self.kind not in (None, UNKNOWN)

    @property
    def told(self) -> str:
        """Why, and how much it tells."""
        return f"{self.why} ({self.kind.classification})" if self.kind else self.why

    def __str__(self) -> str:
        return f"guess: {self.told}" if self.kind else self.told


def judge(table: Table, column: Column, traits: Traits, sample: Sample, *, joined: bool) -> Guess:
    """The best guess about one column; `joined`: a foreign key points from it to another, which decides."""
    values = sample.values.get(column.name, [])
    found = recognise(values, traits.family)
    if found and not column.generated:
        return Guess(classified(found, traits.family), str(found))
    if table.extension or table.kind == FOREIGN or column.generated:
        return Guess(None, _elsewhere(table))
    named = kind_named(column.name, table.name.table)
    if named and traits.family in named.families and not (joined and traits.family == "number"):
        return Guess(named, f"name looks like {named.one}")
    return _by_type(table, column, traits, values, joined=joined)


def _elsewhere(table: Table) -> str:
    if table.extension:
        return f"the table belongs to extension {table.extension}"
    return (
        "its rows are on another server" if table.kind == FOREIGN else "generated from other columns: it follows them"
    )


def _by_type(table: Table, column: Column, traits: Traits, values: list[str], *, joined: bool) -> Guess:
    if traits.family == "network":
        return Guess(IP, f"{column.type} is a network address")
    if traits.family == "geometry":
        return Guess(PLACE, f"{column.type} is a position")
    if traits.family in CONTAINERS:
        return Guess(TEXT, f"{column.type} may hold anything")
    key = "primary key" if traits.primary_key else "foreign key" if joined else ""
    if traits.family in ("text", "uuid") and not key and of_traces(table.name.table):
        return Guess(UNKNOWN, "the table's name says that it keeps what people do")
    if traits.family != "text":
        return Guess(
            None,
            key
            or {"time": "a point in time", "enum": "an enum", "uuid": "a random identifier", "range": "a range"}.get(
                traits.family, traits.family
            ),
        )
    return _by_text(table, column, traits, values, key)


def _by_text(table: Table, column: Column, traits: Traits, values: list[str], key: str) -> Guess:
    if key == "foreign key":
        return Guess(None, key)
    coded = all(_CODE.match(value) for value in values) and not of_people(table.name.table)
    if key and values and coded:
        return Guess(None, f"{key}, and all {len(values)} sampled values are codes")
    if traits.listed:
        return Guess(None, "a CHECK lists its values")
    different = len(set(values))
    if harmless_named(column.name) and (not values or different <= FEW or (coded and max(map(len, values)) <= 12)):
        return Guess(None, "name looks harmless" + (f", {different} different value(s) sampled" if values else ""))
    plain = all(_CODE.match(value) and not _WORD.match(value) for value in values)
    if plain and len(values) >= max(ENOUGH, OFTEN * different) and different <= FEW:
        return Guess(None, f"{different} different code(s) in {len(values)} sampled values")
    long = any(len(value) > LONG_CHARACTERS for value in values)
    return Guess(TEXT if long else UNKNOWN, "free text" if long else "nobody can tell what it holds")

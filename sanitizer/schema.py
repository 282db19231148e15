"""What a database holds, as far as masking cares: the live side of drift and pre-flight."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sanitizer.names import TableName


@dataclass(frozen=True)
class Column:
    """One column. `type` is written exactly as the database needs it back, with length and schema.

    `kind` is what masking functions take: text, number, date, json, uuid, inet, macaddr, array or other; `base` the engine's own name of
    the type, without domain and length; `element` what an array holds.
    """

    name: str
    number: int
    type: str
    is_text: bool
    folds_case: bool
    max_characters: int | None
    nullable: bool
    generated: bool
    collation: str | None
    collation_equates: bool
    storage: str | None
    compression: str | None
    kind: str = ""
    base: str = ""
    whole: bool = False
    element: "Column | None" = None

    @property
    def taken_as(self) -> str:
        """Its kind; a dialect that knows no kinds tells text from other things."""
        return self.kind or ("text" if self.is_text else "other")


class Unique(NamedTuple):
    """A unique or exclusion index: at most one row for each combination of its columns; a `total` one holds for plain columns of all rows."""

    name: str
    columns: frozenset[str]
    nulls_distinct: bool
    total: bool = False


class Switch(NamedTuple):
    """A trigger or rewrite rule that is on; `mode` says in which sessions (O ordinary, A always, R replica)."""

    relation: TableName
    kind: str
    name: str
    mode: str


class Dependent(NamedTuple):
    """Something that uses columns and keeps them from being written anew: the SQL that takes it out of the way, and that brings it back.

    `obstacle` says why it would not come back as it was; `takes_along` describes others that must be out of the way before. `stored` is the
    name of the rows that it must be filled with when it is back, `called` the name of what cannot be called meanwhile.
    """

    description: str
    off: tuple[str, ...]
    on: tuple[str, ...]
    obstacle: str | None = None
    takes_along: tuple[str, ...] = ()
    stored: TableName | None = None
    called: str | None = None


class Relation(NamedTuple):
    """A stored part of a table: the table itself, or a partition."""

    name: TableName
    kind: str


@dataclass(frozen=True)
class Table:
    """One table with its partitions, which have no rules of their own.

    `blockers` describe what uses a column, `forgotten` are statements that set anew what a column loses when its type is set.
    `statistics` are statements that make its extended statistics anew, without what they hold. `indexes` come back when the table is
    filled from nothing; None where its rows might not be let in again. `rows` and `size_bytes` (indexes too) are the catalog's estimates.
    """

    name: TableName
    kind: str
    columns: dict[str, Column]
    owned: bool
    extension: str | None
    inherits: bool
    hides_rows: bool
    update_refused: bool
    relations: tuple[Relation, ...]
    partition_key: frozenset[str] = frozenset()
    unique: tuple[Unique, ...] = ()
    switches: tuple[Switch, ...] = ()
    blockers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    table_blockers: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    indexes: tuple[Dependent, ...] | None = None
    rows: int = 0
    size_bytes: int = 0

    @property
    def unseen(self) -> bool:
        """Whether it is an extension's, and its policies show the user some rows at most: neither counted nor searched."""
        return self.hides_rows and not self.owned


class ForeignKey(NamedTuple):
    """A foreign key; `table` and `referenced` are where the rules stand, `relation` is where the constraint does.

    `carried` are the columns that the referenced unique index holds beside its key.
    """

    name: str
    relation: TableName
    table: TableName
    columns: tuple[str, ...]
    referenced: TableName
    referenced_columns: tuple[str, ...]
    definition: str
    comment: str | None
    carried: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} on {self.relation}"


class MaterializedView(NamedTuple):
    """A stored query result; an unpopulated one holds no rows."""

    name: TableName
    populated: bool
    owned: bool


@dataclass(frozen=True)
class Schema:
    """One database. Materialized views stand after those they read; so do dependents, which are found by their description."""

    database: str
    tables: dict[TableName, Table]
    partitions: dict[TableName, TableName]
    foreign_keys: tuple[ForeignKey, ...]
    materialized_views: tuple[MaterializedView, ...]
    dependents: dict[str, Dependent] = field(default_factory=dict)

    @cached_property
    def keys_of(self) -> dict[TableName, list[ForeignKey]]:
        """The foreign keys of each table that has any."""
        return grouped_keys(self.foreign_keys)


def grouped_keys(keys: Iterable[ForeignKey]) -> dict[TableName, list[ForeignKey]]:
    """The keys by the table they are of."""
    grouped: dict[TableName, list[ForeignKey]] = {}
    for key in keys:
        grouped.setdefault(key.table, []).append(key)
    return grouped

"""What only MySQL and MariaDB know of a table or column."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sanitizer.mysql.definition import Definition
from sanitizer.schema import Column, ForeignKey, Schema, Table

STORED = frozenset({"InnoDB", "MyISAM", "Aria"})
TRANSACTIONAL = "InnoDB"
REMOTE = frozenset({"FEDERATED", "CONNECT", "SPIDER", "S3"})
JSON_NUMBERS = "'INTEGER', 'DOUBLE', 'DECIMAL', 'UNSIGNED INTEGER'"  # as JSON_TYPE calls them, on either server


class Trigger(NamedTuple):
    """A trigger with what the server must be told to create it again exactly."""

    name: str
    statement: str
    definer: str
    sql_mode: str
    client_charset: str
    connection_collation: str
    database_collation: str


class Check(NamedTuple):
    """A CHECK constraint."""

    name: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class NativeColumn(Column):
    """`exact`: the collation compares code points; `pads`: it takes no notice of spaces at the end; `leads`: an index begins with it;
    `counter`: the server gives its numbers."""

    exact: bool
    pads: bool
    updates_itself: bool
    leads: bool
    counter: bool
    unique_prefix: int | None  # the fewest characters that a unique index looks at


@dataclass(frozen=True, kw_only=True)
class NativeTable(Table):
    """A table with its definition as the server writes it."""

    engine: str
    definition: Definition
    foreign_keys: tuple[str, ...]  # as ALTER TABLE ... ADD takes them
    auto_increment: int | None
    counter_leads: bool  # AUTO_INCREMENT is on the first column of the primary key, or nowhere
    versioned: bool
    triggers: tuple[Trigger, ...]
    checks: tuple[Check, ...]
    statistics: tuple[str, ...]  # columns of which the planner keeps values

    @property
    def primary(self) -> frozenset[str]:
        """The columns of the primary key."""
        return next((index.columns for index in self.unique if index.name == "PRIMARY"), frozenset())


@dataclass(frozen=True, kw_only=True)
class NativeSchema(Schema):
    """A database, with the foreign keys that join it to others."""

    crossing: tuple[ForeignKey, ...]
    collation: str
    routines: tuple[str, ...]  # stored functions


def native(table: Table) -> NativeTable:
    """The table as this dialect's catalog made it."""
    if not isinstance(table, NativeTable):
        raise TypeError(table)
    return table


def native_schema(schema: Schema) -> NativeSchema:
    """The database as this dialect's catalog made it."""
    if not isinstance(schema, NativeSchema):
        raise TypeError(schema)
    return schema


def native_column(column: Column) -> NativeColumn:
    """The column as this dialect's catalog made it."""
    if not isinstance(column, NativeColumn):
        raise TypeError(column)
    return column


def json_path(steps: Iterable[str | None]) -> str:
    """The path as the server's functions read it; None means every element."""
    return "$" + "".join("[*]" if step is None else f".{json.dumps(step, ensure_ascii=False)}" for step in steps)

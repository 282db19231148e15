"""Reads one database's catalog into a Schema. One query for each kind of thing, however many tables there are."""

from collections import defaultdict
from dataclasses import replace
from typing import Any, NamedTuple

from psycopg.rows import namedtuple_row

from sanitizer.names import TableName
from sanitizer.postgresql import catalog_queries as queries
from sanitizer.postgresql import indexes_queries
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.dependents import read_dependents
from sanitizer.postgresql.indexes import plain_indexes
from sanitizer.schema import Column, ForeignKey, MaterializedView, Relation, Schema, Switch, Table, Unique

Row = Any
WHOLE = frozenset({"int2", "int4", "int8"})
KINDS = {
    **dict.fromkeys(("text", "varchar", "bpchar", "citext"), "text"),
    **dict.fromkeys((*WHOLE, "numeric", "float4", "float8"), "number"),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), "date"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    **{name: name for name in ("uuid", "inet", "macaddr")},
}


def read_schema(connection: Connection, database: str) -> Schema:
    """The database's user tables with all that masking must know of them; names in types and definitions are qualified."""
    with connection.transaction():
        connection.execute("SET LOCAL search_path = pg_catalog")
        read = _Catalog(connection)
    tables = {table.name: table for table in (_table(read, row) for row in read.roots)}
    return Schema(
        database=database,
        tables=tables,
        partitions={_name(row): read.names[row.root] for row in read.relations if row.root != row.oid},
        foreign_keys=tuple(_foreign_key(read, row) for row in read.foreign_keys),
        materialized_views=tuple(
            MaterializedView(_name(row), row.populated, row.owned) for row in read.materialized_views
        ),
        dependents=read.dependents.all,
    )


class _Type(NamedTuple):
    """A type with its domains taken off: what it finally is, and what the domains add."""

    name: str
    max_characters: int | None
    nullable: bool
    element: int


class _Catalog:
    """The answers to all queries, grouped by the table that the rules name (a partition's rows go to its root)."""

    def __init__(self, connection: Connection) -> None:
        cursor = connection.cursor(row_factory=namedtuple_row)

        def ask(query: str) -> list[Row]:
            return cursor.execute(query.encode()).fetchall()

        self.relations = ask(queries.RELATIONS)
        self.names = {row.oid: _name(row) for row in self.relations}
        self.root_of = {row.oid: row.root for row in self.relations}
        self.roots = [row for row in self.relations if row.oid == row.root]
        self.types = {row.oid: row for row in ask(queries.TYPES)}
        self.columns = self._grouped(ask(queries.COLUMNS))
        self.unique = self._grouped(ask(queries.UNIQUE))
        self.switches = self._grouped(ask(queries.SWITCHES))
        self.blockers = self._grouped(ask(queries.BLOCKERS) + ask(indexes_queries.USES))
        self.row_types = self._grouped(ask(queries.ROW_TYPES))
        self.partition_keys = self._grouped(ask(queries.PARTITION_KEYS))
        self.foreign_keys = [
            row for row in ask(queries.FOREIGN_KEYS) if row.oid in self.names and row.referenced in self.names
        ]
        self.materialized_views = ask(queries.MATERIALIZED_VIEWS)
        self.forgotten = self._grouped(ask(queries.FORGOTTEN))
        order = {_name(row): row.reads_itself for row in self.materialized_views}
        self.dependents = read_dependents(ask, connection.info.server_version, order)
        self.parts = self._grouped(self.relations)
        self.statistics = self._grouped(ask(queries.STATISTICS))
        self.indexes = plain_indexes(ask)
        self.rechecked = {row.oid for row in ask(queries.RECHECKED)}

    def _grouped(self, rows: list[Row]) -> dict[int, list[Row]]:
        grouped: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            if row.oid in self.root_of:
                grouped[self.root_of[row.oid]].append(row)
        return grouped

    def type_of(self, oid: int, modifier: int) -> _Type:
        """What is left when the domains are taken off, with the shortest length and strictest NOT NULL among them."""
        lengths, nullable = [modifier], True
        row = self.types[oid]
        while row.base:
            lengths.append(row.modifier)
            nullable = nullable and not row.not_null
            row = self.types[row.base]
        limits = [length - 4 for length in lengths if length > 0]
        is_limited = row.name in ("varchar", "bpchar") and limits
        return _Type(row.name, min(limits) if is_limited else None, nullable, row.element)


def _name(row: Row) -> TableName:
    return TableName(row.schema, row.name)


def _table(read: _Catalog, row: Row) -> Table:
    parts = read.parts[row.oid]
    columns = {column.name: _column(read, column) for column in read.columns[row.oid] if column.oid == row.oid}
    blockers: dict[str, dict[str, None]] = defaultdict(dict)
    for blocker in read.blockers[row.oid]:
        known = read.dependents.by_object.get((blocker.catalog, blocker.object))
        blockers[blocker.column][known.description if known else blocker.description] = None
    forgotten = read.forgotten[row.oid]
    return Table(
        name=_name(row),
        kind=row.kind,
        columns=columns,
        owned=all(part.owned for part in parts),
        extension=row.extension,
        inherits=row.inherits,
        hides_rows=any(part.hides_rows for part in parts),
        update_refused=any(part.update_refused for part in parts),
        relations=tuple(Relation(_name(part), part.kind) for part in parts),
        partition_key=frozenset(key.column for key in read.partition_keys[row.oid]),
        unique=tuple(
            {
                Unique(index.name, frozenset(index.columns), index.nulls_distinct, index.total): None
                for index in read.unique[row.oid]
            }
        ),
        switches=tuple(
            Switch(_name(part), switch.kind, switch.name, switch.mode)
            for part in parts
            for switch in read.switches[row.oid]
            if switch.oid == part.oid
        ),
        blockers={column: tuple(descriptions) for column, descriptions in blockers.items()},
        table_blockers=tuple(
            dict.fromkeys(
                [f"{use.description} is of its row type" for use in read.row_types[row.oid]]
                + [each.obstacle for each in forgotten if each.obstacle]
            )
        ),
        forgotten=tuple(each.statement for each in forgotten),
        statistics=tuple(statement for each in read.statistics[row.oid] for statement in each.statements),
        indexes=None if row.oid in read.rechecked else tuple(read.indexes[row.oid]),
        rows=sum(part.rows for part in parts),
        size_bytes=sum(part.size_bytes or 0 for part in parts),
    )


def _column(read: _Catalog, row: Row) -> Column:
    base = read.type_of(row.type_oid, row.modifier)
    column = Column(
        name=row.name,
        number=row.number,
        type=row.type,
        is_text=KINDS.get(base.name) == "text",
        folds_case=base.name == "citext",
        max_characters=base.max_characters,
        nullable=base.nullable and not row.not_null,
        generated=row.generated,
        collation=row.collation,
        collation_equates=row.collation_equates,
        storage=row.storage,
        compression=row.compression,
        kind="array" if base.element else KINDS.get(base.name, "other"),
        base=base.name,
        whole=base.name in WHOLE,
    )
    return replace(column, element=_element(read, row, column, base.element)) if row.type.endswith("[]") else column


def _element(read: _Catalog, row: Row, array: Column, oid: int) -> Column:
    """What the array holds, as if it were a column."""
    base = read.type_of(oid, row.modifier)
    return replace(
        array,
        type=array.type.removesuffix("[]"),
        is_text=KINDS.get(base.name) == "text",
        folds_case=base.name == "citext",
        max_characters=base.max_characters,
        nullable=True,
        kind=KINDS.get(base.name, "other"),
        base=base.name,
        whole=base.name in WHOLE,
    )


def _foreign_key(read: _Catalog, row: Row) -> ForeignKey:
    return ForeignKey(
        name=row.name,
        relation=read.names[row.oid],
        table=read.names[read.root_of[row.oid]],
        columns=tuple(row.columns),
        referenced=read.names[read.root_of[row.referenced]],
        referenced_columns=tuple(row.referenced_columns),
        carried=tuple(row.carried),
        definition=row.definition,
        comment=row.comment,
    )

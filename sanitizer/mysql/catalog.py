"""Reads one database into a Schema. One query for each kind of thing; SHOW CREATE for each table."""

from collections import defaultdict
from collections.abc import Iterable

from sanitizer.mysql import catalog_queries as queries
from sanitizer.mysql.connection import Connection, Row
from sanitizer.mysql.definition import Definition
from sanitizer.mysql.native import REMOTE, Check, NativeColumn, NativeSchema, NativeTable, Trigger
from sanitizer.mysql.writing import identifier, quote, quoted
from sanitizer.names import TableName
from sanitizer.schema import ForeignKey, Relation, Unique, grouped_keys

TEXT_TYPES = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})
WHOLE = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
KINDS = {
    **dict.fromkeys(TEXT_TYPES, "text"),
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double"), "number"),
    **dict.fromkeys(("date", "datetime", "timestamp"), "date"),
    **dict.fromkeys(("inet4", "inet6"), "inet"),
    "json": "json",
    "uuid": "uuid",
}
ACTIONS = {"ON DELETE": "on_delete", "ON UPDATE": "on_update"}
Grouped = dict[str, list[Row]]


def read_schema(connection: Connection, database: str) -> NativeSchema:
    """The database's tables with all that masking must know of them."""
    read = _Catalog(connection, database)
    keys = list(_foreign_keys(read.foreign_keys, database, connection.flavour.default_action))
    keys_of = grouped_keys(keys)
    tables = {
        name: _table(read, row, keys_of.get(name, [])) for row in read.tables for name in [TableName("", row["t"])]
    }
    crossing = tuple(key for key in keys if key.table.schema or key.referenced.schema)
    return NativeSchema(
        database=database,
        tables=dict(tables),
        partitions={},
        foreign_keys=tuple(key for key in keys if not (key.table.schema or key.referenced.schema)),
        materialized_views=(),
        crossing=crossing,
        collation=connection.rows(queries.COLLATION, (database,))[0]["collation"],
        routines=tuple(row["name"] for row in connection.rows(queries.ROUTINES, (database,))),
    )


class _Catalog:
    """The answers to all queries, grouped by table."""

    def __init__(self, connection: Connection, database: str) -> None:
        def ask(query: str) -> list[Row]:
            return connection.rows(query, (database,))

        self.connection = connection
        self.tables = ask(queries.TABLES)
        self.foreign_keys = ask(queries.FOREIGN_KEYS)
        self.columns = _by_table(ask(queries.COLUMNS))
        self.unique = _by_table(ask(queries.UNIQUE))
        self.partitions = _by_table(ask(queries.PARTITIONS))
        self.triggers = _by_table(ask(queries.TRIGGERS))
        self.checks = _by_table(ask(connection.flavour.checks))
        self.statistics = _by_table(ask(connection.flavour.statistics))
        self._pads: dict[str, bool] = {}

    def created(self, kind: str, name: str) -> Row:
        """What SHOW CREATE answers."""
        return self.connection.rows(f"SHOW CREATE {kind} {quote(name)}")[0]

    def pads(self, collation: str) -> bool:
        """Whether the collation takes no notice of spaces at the end: asked of the server, which names them in many ways."""
        if collation not in self._pads:
            charset = collation.partition("_")[0]
            query = f"SELECT CONVERT('a' USING {charset}) COLLATE {collation} = CONVERT('a ' USING {charset}) AS pads"
            self._pads[collation] = bool(self.connection.rows(query)[0]["pads"])
        return self._pads[collation]


def _by_table(rows: Iterable[Row]) -> Grouped:
    grouped: Grouped = defaultdict(list)
    for row in rows:
        grouped[row["t"]].append(row)
    return grouped


def _table(read: _Catalog, row: Row, keys: list[ForeignKey]) -> NativeTable:
    name = row["t"]
    columns = {column["name"]: _column(read, column) for column in read.columns[name]}
    remote = row["engine"] in REMOTE
    return NativeTable(
        name=TableName("", name),
        kind="r",
        columns=dict(columns),
        owned=True,
        extension=None,
        inherits=False,
        hides_rows=False,
        update_refused=False,
        relations=(Relation(TableName("", name), "f" if remote else "r"),),
        partition_key=_partition_key(read, name),
        unique=tuple(_unique(read.unique[name])),
        rows=int(row["estimated_rows"]),
        size_bytes=int(row["size_bytes"]),
        engine=row["engine"] or "none",
        definition=Definition(read.created("TABLE", name)["Create Table"]),
        foreign_keys=tuple(key.definition for key in keys),
        auto_increment=row["counter"],
        counter_leads=_counter_leads(read, name),
        versioned=row["type"] == "SYSTEM VERSIONED",
        triggers=tuple(_trigger(read, trigger) for trigger in read.triggers[name]),
        checks=tuple(Check(check["name"], check["clause"]) for check in read.checks[name]),
        statistics=tuple(kept["c"] for kept in read.statistics[name]),
    )


def _column(read: _Catalog, row: Row) -> NativeColumn:
    is_json = any(check["clause"] == f"json_valid({quote(row['name'])})" for check in read.checks[row["t"]])
    is_text = row["base"] in TEXT_TYPES and not is_json
    collation = row["collation"] or ""
    prefixes = [index["prefix"] for index in read.unique[row["t"]] if index["c"] == row["name"] and index["prefix"]]
    return NativeColumn(
        name=row["name"],
        number=row["number"],
        type="json" if is_json else row["type"],
        is_text=is_text,
        folds_case=False,
        max_characters=row["characters"] if is_text else None,
        nullable=row["nullable"] == "YES",
        generated=bool(row["generated"]),
        collation=row["collation"],
        collation_equates=False,  # what a collation calls equal is hashed alike
        storage=None,
        compression=None,
        exact=collation.endswith("_bin"),
        pads=is_text and read.pads(collation),
        updates_itself="on update" in row["extra"].lower(),
        leads=row["in_key"] != "",
        counter="auto_increment" in row["extra"].lower(),
        unique_prefix=min(prefixes, default=None),
        kind="json" if is_json else KINDS.get(row["base"], "other"),
        base=row["base"],
        whole=row["base"] in WHOLE,
    )


def _counter_leads(read: _Catalog, table: str) -> bool:
    counters = [column["name"] for column in read.columns[table] if "auto_increment" in column["extra"].lower()]
    leading = next((index["c"] for index in read.unique[table] if index["name"] == "PRIMARY"), None)
    return not counters or counters == [leading]


def _unique(rows: list[Row]) -> Iterable[Unique]:
    for name in dict.fromkeys(row["name"] for row in rows):
        columns = frozenset(row["c"] for row in rows if row["name"] == name and row["c"])
        yield Unique(name, columns, nulls_distinct=True)


def _partition_key(read: _Catalog, table: str) -> frozenset[str]:
    """The columns that its expressions name, in backticks as the server writes them; KEY () names none and means the primary key."""
    rows = read.partitions[table]
    text = " ".join(row["expression"] + row["below"] for row in rows)
    named = frozenset(column["name"] for column in read.columns[table] if quote(column["name"]) in text)
    implied = frozenset(index["c"] for index in read.unique[table] if index["name"] == "PRIMARY")
    return named | (implied if any(not row["expression"] for row in rows) else frozenset())


def _trigger(read: _Catalog, row: Row) -> Trigger:
    statement = read.created("TRIGGER", row["name"])["SQL Original Statement"]
    return Trigger(
        row["name"],
        statement,
        row["definer"],
        row["sql_mode"],
        row["client"],
        row["connection"],
        row["database_collation"],
    )


def _foreign_keys(rows: list[Row], database: str, default_action: str) -> Iterable[ForeignKey]:
    grouped: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["here"], row["t"], row["name"]].append(row)
    for (here, table, name), parts in grouped.items():
        relation = TableName("" if here == database else here, table)
        referenced = TableName("" if parts[0]["there"] == database else parts[0]["there"], parts[0]["referenced"])
        columns, theirs = ([part[side] for part in parts] for side in ("c", "referenced_column"))
        yield ForeignKey(
            name=name,
            relation=relation,
            table=relation,
            columns=tuple(columns),
            referenced=referenced,
            referenced_columns=tuple(theirs),
            # SHOW CREATE TABLE of MariaDB does not escape the names in it.
            definition=f"CONSTRAINT {quote(name)} FOREIGN KEY ({quoted(columns)}) REFERENCES {identifier(referenced)} ({quoted(theirs)})"
            + "".join(
                f" {event} {parts[0][rule]}" for event, rule in ACTIONS.items() if parts[0][rule] != default_action
            ),
            comment=None,
        )

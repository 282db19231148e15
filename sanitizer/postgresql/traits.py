"""What sort of type each column has, and the plainest values which that type takes."""

from collections import defaultdict
from typing import Any

from psycopg.rows import namedtuple_row

from sanitizer.names import TableName
from sanitizer.postgresql.connection import Connection
from sanitizer.traits import Family, Traits

Row = Any

TYPES = """
SELECT t.oid, t.typname AS name, t.typtype AS type, t.typcategory AS category, t.typbasetype AS base, t.typelem AS element,
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
       (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes
FROM pg_type t
"""

# `= ANY (ARRAY[...])` is how PostgreSQL keeps `IN (...)`.
COLUMNS = """
SELECT n.nspname AS schema, c.relname AS table, a.attname AS name, a.atttypid AS type,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey::int2[])) AS primary_key,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
               AND pg_get_constraintdef(k.oid) ~ '= ANY \\(+ARRAY\\[') AS listed
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped
"""

# By the type's name, then by its category.
_FAMILIES: dict[str, Family] = {
    "bytea": "binary", "json": "json", "jsonb": "json", "hstore": "json", "xml": "xml", "tsvector": "search", "tsquery": "search", "uuid": "uuid",
    "macaddr": "network", "macaddr8": "network", "geometry": "geometry", "geography": "geometry", "oid": "other", "lo": "other", "citext": "text",
}  # fmt: skip
_CATEGORIES: dict[str, Family] = {
    "N": "number", "B": "boolean", "D": "time", "T": "time", "S": "text", "E": "enum", "A": "array", "R": "range", "C": "composite",
    "G": "geometry", "I": "network",
}  # fmt: skip
_HARMLESS_ELEMENTS = frozenset({"number", "boolean", "time", "enum", "uuid"})
_NUMBERS = ("0", "1", "-1", "10", "100", "1000", "10000", "2000")
_MOMENTS = ("1970-01-01", "1900-01-01", "2000-01-01", "1980-01-01", "infinity")
_CONSTANTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("bytea", "hstore", "tsvector", "tsquery"), ("",)),
    **dict.fromkeys(("json", "jsonb"), ("{}", "[]", "null", '""', "0")),
    **dict.fromkeys(("inet", "cidr"), ("192.0.2.1", "2001:db8::1")),
    **dict.fromkeys(("time", "timetz"), ("00:00",)),
    **dict.fromkeys(("geometry", "geography"), ("POINT(0 0)", "GEOMETRYCOLLECTION EMPTY")),
    "xml": ("<masked/>",), "uuid": ("00000000-0000-0000-0000-000000000000",), "interval": ("0", "1 day"),
    "macaddr": ("00:00:00:00:00:00",), "macaddr8": ("00:00:00:00:00:00:00:00",),
    "point": ("(0,0)",), "line": ("{1,0,0}",), "lseg": ("[(0,0),(1,1)]",), "box": ("(1,1),(0,0)",), "path": ("[(0,0)]",), "polygon": ("((0,0))",),
    "circle": ("<(0,0),1>",), "ltree": ("masked",),
}  # fmt: skip
_FAMILY_CONSTANTS: dict[Family, tuple[str, ...]] = {
    "text": (
        "-", "", "0", "A", "x", "00", "AA", "aa", "000", "AAA", "0000", "00000", "masked", "Masked", "Masked value", "+10000000000", "1970-01-01",
        "nobody@example.com", "https://example.com/", "192.0.2.1", "{}", "00000000-0000-0000-0000-000000000000", "0" * 32, "A" * 16, "a" * 64,
    ),
    "number": _NUMBERS,
    "boolean": ("false", "true"),
    "time": _MOMENTS,
    "range": ("empty", "{}"),
}  # fmt: skip


def read_traits(connection: Connection) -> dict[TableName, dict[str, Traits]]:
    """The traits of every column in the database."""
    with connection.transaction():
        connection.execute("SET LOCAL search_path = pg_catalog")
        cursor = connection.cursor(row_factory=namedtuple_row)
        types: dict[int, Row] = {row[0]: row for row in cursor.execute(TYPES.encode()).fetchall()}
        columns: list[Row] = list(cursor.execute(COLUMNS.encode()).fetchall())
    traits: dict[TableName, dict[str, Traits]] = defaultdict(dict)
    for row in columns:
        type_ = _base(types, row.type)
        family, constants = _family(types, type_), _constants(types, type_)
        traits[TableName(row.schema, row.table)][row.name] = Traits(family, constants, row.primary_key, row.listed)
    return traits


def _base(types: dict[int, Row], oid: int) -> Row:
    while types[oid].base:
        oid = types[oid].base
    return types[oid]


def _family(types: dict[int, Row], type_: Row) -> Family:
    if type_.category == "A" and type_.element:
        element = _family(types, _base(types, type_.element))
        return element if element in _HARMLESS_ELEMENTS else "array"
    return _FAMILIES.get(type_.name) or _CATEGORIES.get(type_.category, "other")


def _constants(types: dict[int, Row], type_: Row) -> tuple[str, ...]:
    if type_.category == "A" and type_.element:
        elements = _constants(types, _base(types, type_.element))[:3]
        return ("{}", *('{"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"}' for each in elements))
    if type_.type == "c":
        return ("(" + "," * (type_.attributes - 1) + ")",)
    named = _CONSTANTS.get(type_.name) or tuple(type_.labels)
    return named or _FAMILY_CONSTANTS.get(_family(types, type_), ())

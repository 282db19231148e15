"""Rows without the counterpart that a foreign key promises: the server does not look while it is told not to."""

from sanitizer.mysql.connection import Connection
from sanitizer.mysql.writing import identifier, quote
from sanitizer.schema import ForeignKey


def count_orphans(connection: Connection, key: ForeignKey) -> int:
    """How many rows have no counterpart now; reads both sides."""
    pairs = [
        (quote("child", ours), quote("parent", theirs))
        for ours, theirs in zip(key.columns, key.referenced_columns, strict=True)
    ]
    joined = " AND ".join(f"{ours} = {theirs}" for ours, theirs in pairs)
    lost = " AND ".join(f"{ours} IS NOT NULL AND {theirs} IS NULL" for ours, theirs in pairs)
    tables = f"{identifier(key.table)} AS child LEFT JOIN {identifier(key.referenced)} AS parent ON {joined}"
    return int(connection.rows(f"SELECT COUNT(*) AS n FROM {tables} WHERE {lost}")[0]["n"])

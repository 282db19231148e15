"""What a column makes of a value, found out in a temporary table: the server's CAST does not know every type of a column."""

from sanitizer.mysql.connection import Connection
from sanitizer.mysql.writing import PROBE, identifier, literal, quote
from sanitizer.names import TableName


def stored(connection: Connection, table: TableName, column: str, value: str) -> str:
    """The value as this column holds it, in hexadecimal digits of `CAST(... AS BINARY)`; also in a session that only reads.

    Raises: pymysql.Error, when the column does not take the value.
    """
    probe, name = quote(PROBE), quote(column)
    with connection.writable():
        connection.run(f"CREATE TEMPORARY TABLE {probe} AS SELECT {name} FROM {identifier(table)} LIMIT 0")
        try:
            connection.run(f"INSERT INTO {probe} VALUES ({literal(value)})")
            return str(connection.rows(f"SELECT {in_hexadecimal(name)} AS held FROM {probe}")[0]["held"])
        finally:
            connection.run(f"DROP TEMPORARY TABLE {probe}")


def in_hexadecimal(value: str) -> str:
    """SQL for the bytes of a value."""
    return f"HEX(CAST({value} AS BINARY))"

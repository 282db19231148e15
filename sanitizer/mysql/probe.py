"""What a column makes of values, found out in a temporary table: the server's CAST does not know every type of a column."""

from collections.abc import Sequence

from sanitizer.functions import FIXED
from sanitizer.mysql.connection import Connection
from sanitizer.mysql.writing import PROBE, identifier, listed, literal, quote
from sanitizer.names import TableName
from sanitizer.rules import Rule


def given_values(rule: Rule) -> list[str]:
    """The values that the rule itself names."""
    fixed = [rule.arguments["value"]] if rule.function.name == FIXED else []
    return [*fixed, *(choice.value for choice in rule.arguments.get("choices", ()))]


def stored(connection: Connection, table: TableName, column: str, values: Sequence[str]) -> tuple[str, ...]:
    """The values as this column holds them, in hexadecimal digits of `CAST(... AS BINARY)`; also in a session that only reads.

    Raises: pymysql.Error, when the column does not take one of them.
    """
    if not values:
        return ()
    probe, name = quote(PROBE), quote(column)
    with connection.writable():
        connection.run(f"CREATE TEMPORARY TABLE {probe} AS SELECT {name} FROM {identifier(table)} LIMIT 0")
        try:
            rows = listed([f"({literal(value)})" for value in values])
            connection.run(f"INSERT INTO {probe} VALUES {rows}")
            return tuple(
                str(row["held"]) for row in connection.rows(f"SELECT {in_hexadecimal(name)} AS held FROM {probe}")
            )
        finally:
            connection.run(f"DROP TEMPORARY TABLE {probe}")


def in_hexadecimal(value: str) -> str:
    """SQL for the bytes of a value."""
    return f"HEX(CAST({value} AS BINARY))"

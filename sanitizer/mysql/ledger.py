"""What a run records on a server until it is finished: plans, what is done, counts. It lies in a database of its own."""

from sanitizer.mysql.connection import Connection
from sanitizer.mysql.writing import quote

DATABASE = "sanitizer_begun"
TABLE = quote(DATABASE, "ledger")

REMOVE = f"DROP DATABASE IF EXISTS {quote(DATABASE)}"
# InnoDB, so that an entry is there exactly if what it tells of is. Names are compared as they are.
CREATE = (
    f"CREATE DATABASE {quote(DATABASE)} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    f"CREATE TABLE {TABLE} (place VARCHAR(64), entry VARCHAR(64), content LONGTEXT NOT NULL, PRIMARY KEY (place, entry)) ENGINE = InnoDB",
)
EXISTS = "SELECT 1 FROM information_schema.tables WHERE table_schema = %s"
RECALL = f"SELECT entry, content FROM {TABLE} WHERE place = %s AND LOCATE(%s, entry) = 1"  # = would pad with spaces
RECORD = f"REPLACE INTO {TABLE} VALUES (%s, %s, %s)"


def create(connection: Connection) -> None:
    """An empty ledger, whatever was left of an earlier one."""
    for statement in (REMOVE, *CREATE):
        connection.run(statement)


def remove(connection: Connection) -> None:
    """No ledger. Safe to repeat."""
    connection.run(REMOVE)


def recall(connection: Connection, place: str, beginning: str) -> dict[str, str]:
    """The place's entries of which the names begin like this; none where there is no ledger."""
    if not connection.rows(EXISTS, (DATABASE,)):
        return {}
    return {row["entry"]: row["content"] for row in connection.rows(RECALL, (place, beginning))}


def record(connection: Connection, place: str, entry: str, content: str) -> None:
    """Keeps the content under the name, in the transaction that is open."""
    connection.rows(RECORD, (place, entry, content))

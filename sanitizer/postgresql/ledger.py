"""What a run records in a database until it is finished: plans, what is done, counts. It lies in a schema of its own, beside what is masked."""

from sanitizer.postgresql.connection import Connection

SCHEMA, TABLE = "sanitizer_begun", "ledger"

REMOVE = ("DROP TABLE IF EXISTS sanitizer_begun.ledger", "DROP SCHEMA IF EXISTS sanitizer_begun")
CREATE = (
    *REMOVE,
    "CREATE SCHEMA sanitizer_begun",
    "CREATE TABLE sanitizer_begun.ledger (entry pg_catalog.text PRIMARY KEY, content pg_catalog.text NOT NULL)",
)
EXISTS = "SELECT pg_catalog.to_regclass('sanitizer_begun.ledger') IS NOT NULL"
RECALL = "SELECT entry, content FROM sanitizer_begun.ledger WHERE pg_catalog.starts_with(entry, %s)"
RECORD = (
    "INSERT INTO sanitizer_begun.ledger VALUES (%s, %s) ON CONFLICT (entry) DO UPDATE SET content = excluded.content"
)


def create(connection: Connection) -> None:
    """An empty ledger, whatever was left of an earlier one."""
    _all(connection, CREATE)


def remove(connection: Connection) -> None:
    """No ledger. Safe to repeat."""
    _all(connection, REMOVE)


def recall(connection: Connection, beginning: str) -> dict[str, str]:
    """The entries of which the names begin like this; none where there is no ledger."""
    (exists,) = connection.execute(EXISTS).fetchone() or (False,)
    return dict(connection.execute(RECALL, (beginning,)).fetchall()) if exists else {}


def record(connection: Connection, entry: str, content: str) -> None:
    """Keeps the content under the name, in the transaction that is open. Its text is a parameter: no statement's text holds it."""
    connection.execute(RECORD, (entry, content))


def _all(connection: Connection, statements: tuple[str, ...]) -> None:
    with connection.transaction():
        for statement in statements:
            connection.execute(statement.encode())

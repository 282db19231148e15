"""Temporary tables of sessions that were open when the snapshot was taken: their files go when the server starts, the planner's statistics stay.

Nobody but a superuser may enter their schemas. Autovacuum drops them when it comes by, which it does in every database again and again.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sanitizer.errors import Finding
from sanitizer.postgresql.connection import Connection
from sanitizer.steps import Step

_LEFT = """
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence = 't' AND c.relkind = 'r' AND n.nspname LIKE 'pg\\_temp\\_%' AND n.oid <> pg_my_temp_schema()
"""
COUNTED = f"SELECT count(*), current_setting('autovacuum') = 'on' AND current_setting('track_counts') = 'on' {_LEFT}"
AWAIT = f"""DO $$ BEGIN
    FOR half_a_second IN 1 .. 1800 LOOP
        IF NOT EXISTS (SELECT {_LEFT}) THEN
            RETURN;
        END IF;
        PERFORM pg_sleep(0.5);
    END LOOP;
    RAISE 'autovacuum did not come by' USING ERRCODE = 'query_canceled';
END $$"""


class Temporary(NamedTuple):
    """How many such tables one database has, and whether autovacuum will drop them."""

    database: str
    number: int
    will_go: bool

    def refusals(self) -> Iterator[Finding]:
        """Why the run cannot begin."""
        if self.number and not self.will_go:
            problem = f"{self.number} temporary table(s) are left of sessions that were open when the snapshot was taken, and autovacuum is off"
            remedy = "Parameter group of temporary databases: autovacuum = 1, which alone can drop them"
            yield Finding(f"database {self.database}", problem, remedy)

    def gone(self) -> Iterator[Step]:
        """Waits until they are."""
        if self.number:
            why = "the planner's statistics hold values of sessions that are gone"
            yield Step("purge", self.database, "temporary tables", "wait for autovacuum", why, (AWAIT,))


def temporary(connection: Connection, database: str) -> Temporary:
    """What sessions left in the database that the connection is to."""
    number, will_go = connection.execute(COUNTED).fetchone() or (0, True)
    return Temporary(database, number, will_go)

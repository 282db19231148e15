"""One connection to one database of a MySQL or MariaDB server."""

import contextlib
import json
from collections.abc import Callable, Iterator

import pymysql

from sanitizer.checks import Checks
from sanitizer.errors import ConnectionFailed, Finding, MaskingFailed, VerifyFailed
from sanitizer.measurement import Measurement
from sanitizer.mysql import ledger, originals
from sanitizer.mysql.catalog import read_schema
from sanitizer.mysql.catalog_queries import TABLES
from sanitizer.mysql.connection import Connection, told_as
from sanitizer.mysql.measure import measure
from sanitizer.mysql.native import native
from sanitizer.mysql.refusals import database_refusals
from sanitizer.mysql.verify import verify_database, verify_rows
from sanitizer.mysql.writing import KEY, quote
from sanitizer.names import TableName
from sanitizer.originals import Texts, Values
from sanitizer.rules import DatabaseRules, Rule, TableRules
from sanitizer.schema import Schema, Table
from sanitizer.steps import DESTROY, FAILURES, Step

# In memory: no file of the server holds the key.
KEY_TABLE = (
    f"CREATE TEMPORARY TABLE {quote(KEY)} ({quote(KEY)} CHAR(64) CHARACTER SET ascii COLLATE ascii_bin) ENGINE = MEMORY"
)


class MySqlSession:
    """Everything that is asked of, or done to, one database."""

    def __init__(self, connection: Connection, database: str, reach: Callable[[], Connection]) -> None:
        """`reach` opens another connection to the server."""
        self.connection = connection
        self.database = database
        self.number = int(connection.thread_id())  # type: ignore[no-untyped-call]
        self._reach = reach

    def schema(self) -> Schema:
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            return read_schema(self.connection, self.database)

    def use_key(self, key: str) -> None:
        with told_as(MaskingFailed, "The masking key cannot be set", DESTROY):
            self.connection.run(KEY_TABLE)
            self.connection.load(quote(KEY), quote(KEY), key)

    def execute(self, step: Step, entry: str | None = None) -> frozenset[TableName]:
        with told_as(FAILURES[step.phase], f"{step.strategy} of {step.place} in database {self.database}", DESTROY):
            if step.done_if is None or not self.connection.rows(step.done_if):
                return self._execute(step, entry)
            self._record(entry, frozenset())
            return frozenset()

    def _execute(self, step: Step, entry: str | None) -> frozenset[TableName]:
        with self._transaction() if step.atomic else contextlib.nullcontext():
            for statement in step.statements:
                self.connection.run(statement)
            dirty = self._touched() if step.atomic else frozenset()
            self._record(entry, dirty)
        return dirty

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        except pymysql.Error:
            with contextlib.suppress(pymysql.Error):
                self.connection.rollback()
            raise
        self.connection.commit()

    def _touched(self) -> frozenset[TableName]:
        """Nothing tells which tables a statement wrote to, through views, triggers and routines: any may hold old rows now."""
        return frozenset(TableName("", row["t"]) for row in self.connection.rows(TABLES, (self.database,)))

    def _record(self, entry: str | None, dirty: frozenset[TableName]) -> None:
        if entry is not None:
            ledger.record(self.connection, self.database, entry, json.dumps(sorted(dirty)))

    def recall(self, beginning: str) -> dict[str, str]:
        with told_as(MaskingFailed, f"Reading what was recorded of database {self.database}", DESTROY):
            return ledger.recall(self.connection, self.database, beginning)

    def record(self, entry: str, content: str) -> None:
        with told_as(MaskingFailed, f"Recording of database {self.database}", DESTROY):
            ledger.record(self.connection, self.database, entry, content)

    def cancel(self) -> None:
        with contextlib.suppress(ConnectionFailed, pymysql.Error), contextlib.closing(self._reach()) as other:
            other.run(f"KILL QUERY {self.number}")

    def measure(self, schema: Schema, rules: DatabaseRules) -> Measurement:
        with told_as(VerifyFailed, f"Counting in database {self.database}", DESTROY):
            return measure(self.connection, schema, rules)

    def refusals(self, schema: Schema, rules: DatabaseRules) -> list[Finding]:
        with told_as(ConnectionFailed, f"Looking at database {self.database}", "Try again"):
            return list(database_refusals(self.connection, schema, rules))

    def verify_rows(self, table: Table, rules: TableRules, checks: Checks) -> None:
        with told_as(VerifyFailed, f"Verifying {table.name} in database {self.database}", DESTROY):
            verify_rows(self.connection, native(table), rules, checks)

    def verify(self, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
        with told_as(VerifyFailed, f"Verifying database {self.database}", DESTROY):
            verify_database(self.connection, schema, rules, checks)

    def sample_originals(self, schema: Schema, rules: DatabaseRules, values: int) -> Iterator[Values]:
        with told_as(ConnectionFailed, f"Sampling database {self.database}", "Try again"):
            yield from originals.sample(self.connection, schema, rules, values)

    def sample_kept(self, schema: Schema, rules: DatabaseRules, rows: int) -> Iterator[tuple[Rule, Values]]:
        with told_as(VerifyFailed, f"Sampling kept columns of database {self.database}", DESTROY):
            yield from originals.sample_kept(self.connection, schema, rules, rows)

    def texts(self, schema: Schema, most_rows: int | None) -> list[Texts]:
        return list(originals.texts(self.connection, schema, most_rows))

    def read(self, texts: Texts) -> Iterator[bytes]:
        return originals.read(self.connection, texts)

"""MySQL and MariaDB behind the dialect's seam: the server, its lock, its mark."""

import json
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress

import pymysql

from sanitizer.dialect import Mark, Target
from sanitizer.errors import ConnectionFailed, Finding, MaskingFailed, PreflightRefused, PurgeFailed
from sanitizer.functions import DELETE, KEEP, WHERE
from sanitizer.mysql import ledger, masking, neutralise, purge
from sanitizer.mysql.connection import SESSION_LOCK, Connection, connect, told_as
from sanitizer.mysql.expressions import EXPRESSIONS
from sanitizer.mysql.refusals import server_refusals
from sanitizer.mysql.session import MySqlSession
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, Rules
from sanitizer.schema import Schema
from sanitizer.steps import DESTROY, Step

MAINTENANCE = "mysql"
MADE_BY_THE_SERVER = frozenset({"mysql", "information_schema", "performance_schema", "sys"})
# Databases that RDS itself makes need no rules while nobody put tables there.
MADE_BY_RDS = frozenset({"innodb", "tmp"})
MARK = "mark"
LOCK, CLAIM_SECONDS = "sanitizer", 3  # a killed sanitizer's session takes a moment to end
PAUSE_SECONDS = 0.1
MOST_CONNECTIONS = 16

DATABASES = """
SELECT schema_name AS name, EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = schema_name) AS used
FROM information_schema.schemata ORDER BY schema_name
"""
SESSIONS = f"""
SELECT id FROM information_schema.processlist
WHERE id <> CONNECTION_ID() AND IS_USED_LOCK(CONCAT('{SESSION_LOCK}', id)) = id AND (id = %s OR %s IS NULL)
"""


@contextmanager
def open_server(target: Target, *, flavour: str, read_only: bool = False) -> Iterator["MySql"]:
    """The server, for as long as its maintenance connection is needed: that one holds the lock.

    Raises: ConnectionFailed, also when the server is of the other flavour.
    """
    server = MySql(target, connect(target, None, read_only=read_only), read_only=read_only)
    try:
        if server.name != flavour:
            finding = Finding("server", f"it is {server.name}, not {flavour}", f"Give --engine {server.name}")
            raise ConnectionFailed(f"The server is {server.name}, not {flavour}. {finding.remedy}", [finding])
        yield server
    finally:
        server.maintenance.close()


class MySql:
    """One server. A named lock keeps others away, and a database of its own is the mark."""

    understands = frozenset({KEEP, WHERE, DELETE, *EXPRESSIONS})
    reaches_others = True

    def __init__(self, target: Target, maintenance: Connection, *, read_only: bool) -> None:
        self.target = target
        self.maintenance = maintenance
        self.read_only = read_only
        self._reviving = threading.Lock()
        self.flavour = maintenance.flavour
        self.name = self.flavour.name

    @contextmanager
    def session(self, database: str) -> Iterator[MySqlSession]:
        with closing(connect(self.target, database, read_only=self.read_only)) as connection:
            yield MySqlSession(connection, database, lambda: connect(self.target, None))

    def version(self) -> str:
        return self.maintenance.version.split("-")[0]

    def claim(self) -> None:
        with told_as(ConnectionFailed, "The lock cannot be taken", "Try again"):
            (row,) = self.maintenance.rows("SELECT GET_LOCK(%s, %s) AS taken", (LOCK, CLAIM_SECONDS))
        if not row["taken"]:
            finding = Finding("server", "another sanitizer is at work", "Wait until it has ended, or end it")
            raise PreflightRefused("Another sanitizer is at work on this server", [finding])

    def connections(self) -> int:
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            (row,) = self.maintenance.rows(self.flavour.processors)
        return max(1, min(int(row["n"]), MOST_CONNECTIONS))

    def end_sessions(self, number: int | None = None) -> None:
        with self._reviving, told_as(MaskingFailed, "Sessions that were lost cannot be ended", DESTROY):
            if not self._maintained():
                self.maintenance = connect(self.target, None)
                self.claim()
            for row in self.maintenance.rows(SESSIONS, (number, number)):
                with suppress(pymysql.Error):  # it has ended by itself
                    self.maintenance.run(f"KILL {row['id']}")
            while self.maintenance.rows(SESSIONS, (number, number)):
                time.sleep(PAUSE_SECONDS)

    def _maintained(self) -> bool:
        """Whether the maintenance connection, and so the lock, is still there."""
        try:
            self.maintenance.rows("SELECT 1")
        except pymysql.Error:
            self.maintenance.close()
            return False
        return True

    def databases(self) -> list[str]:
        with told_as(ConnectionFailed, "The databases cannot be listed", "Try again"):
            rows = self.maintenance.rows(DATABASES)
        names = [row["name"] for row in rows if row["used"] or row["name"] not in MADE_BY_RDS]
        return [name for name in names if name not in MADE_BY_THE_SERVER | {ledger.DATABASE}]

    def others(self, databases: Collection[str]) -> list[str]:  # noqa: ARG002
        return []  # nobody but the server's own accounts makes anything there that is not refused

    def refusals(self, rules: Rules) -> list[Finding]:
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            return list(server_refusals(self.maintenance, rules.roles))

    def begun(self) -> Mark | None:
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            mark = ledger.recall(self.maintenance, "", MARK).get(MARK)
        return Mark(**json.loads(mark)) if mark else None

    def begin(self, mark: Mark, databases: Collection[str]) -> None:  # noqa: ARG002 - the server has one ledger for all
        with told_as(MaskingFailed, "The run cannot be marked as begun", DESTROY):
            ledger.create(self.maintenance)
            ledger.record(self.maintenance, "", MARK, json.dumps(mark._asdict()))

    def finish(self, databases: Collection[str]) -> None:  # noqa: ARG002
        with told_as(PurgeFailed, "The mark of the run cannot be removed", DESTROY):
            ledger.remove(self.maintenance)

    def plan_masking(self, schema: Schema, rules: DatabaseRules, connections: int) -> Iterator[Step]:  # noqa: ARG002 - one each
        return masking.plan_masking(schema, rules, self.flavour)

    def plan_purge(self, schema: Schema, clean: frozenset[TableName]) -> Iterator[Step]:
        return purge.plan_purge(schema, clean, self.flavour)

    def plan_server_purge(self, rules: Rules) -> list[Step]:  # noqa: ARG002
        with told_as(PurgeFailed, "The server's own tables cannot be looked at", DESTROY):
            return [*purge.plan_logs(self.maintenance), *purge.plan_stray_statistics(self.maintenance)]

    def plan_neutralise(self, rules: Rules) -> list[Step]:
        with told_as(PurgeFailed, "The accounts cannot be listed", DESTROY):
            return neutralise.plan_neutralise(self.maintenance, MAINTENANCE, rules.roles)

"""PostgreSQL behind the dialect's seam: the server, its lock, its mark."""

import json
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import psycopg

from sanitizer.dialect import Mark, Target
from sanitizer.errors import ConnectionFailed, Finding, MaskingFailed, PreflightRefused, PurgeFailed
from sanitizer.functions import DELETE, KEEP, WHERE
from sanitizer.names import TableName
from sanitizer.postgresql import ledger, masking, purge
from sanitizer.postgresql.connection import Connection, connect, told_as
from sanitizer.postgresql.expressions import EXPRESSIONS
from sanitizer.postgresql.forensic import plan_log
from sanitizer.postgresql.neutralise import Opening, server_openings
from sanitizer.postgresql.refusals import server_refusals
from sanitizer.postgresql.session import PostgreSqlSession
from sanitizer.rules import DatabaseRules, Rules
from sanitizer.schema import Schema
from sanitizer.steps import DESTROY, Step

Answer = TypeVar("Answer")

MAINTENANCE = "postgres"
# Databases that PostgreSQL itself makes need no rules while nobody put tables there.
MADE_BY_THE_SERVER = frozenset({MAINTENANCE, "template1"})
MARK = "mark"
LOCK_NUMBER = int.from_bytes(b"sanitize", "big")

DATABASES = "SELECT datname FROM pg_database WHERE datname NOT IN ('rdsadmin', 'template0') ORDER BY datname"
CLAIM = "SELECT pg_try_advisory_lock(%s)"
CLAIM_TRIES, PAUSE_SECONDS = 30, 0.1  # a killed sanitizer's session takes a moment to end
# On RDS max_worker_processes is twice the number of processors, and 8 at least.
PROCESSORS = "SELECT current_setting('max_worker_processes')::int / 2"
MOST_CONNECTIONS = 16
SESSIONS = """
FROM pg_stat_activity
WHERE application_name = 'sanitizer' AND usename = current_user AND pid <> pg_backend_pid() AND (pid = %(number)s OR %(number)s IS NULL)
"""
RESET_REMEDY = "In the source: GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO the master user"
MAY_NOT_MARK = """
SELECT datname FROM pg_database WHERE datname = ANY (%s) AND NOT has_database_privilege(datname, 'CREATE') ORDER BY datname
"""


@contextmanager
def open_server(target: Target, *, read_only: bool = False) -> Iterator["PostgreSql"]:
    """The server, for as long as its maintenance connection is needed: that one holds the lock.

    Raises: ConnectionFailed.
    """
    server = PostgreSql(target, connect(target, MAINTENANCE, read_only=read_only), read_only=read_only)
    try:
        yield server
    finally:
        server.maintenance.close()


class PostgreSql:
    """One server. The lock and the mark live in its maintenance database, which every server has."""

    name = "postgres"
    understands = frozenset({KEEP, WHERE, DELETE, *EXPRESSIONS})
    reaches_others = False

    def __init__(self, target: Target, maintenance: Connection, *, read_only: bool) -> None:
        self.target = target
        self.maintenance = maintenance
        self.read_only = read_only
        self._reviving = threading.Lock()

    @contextmanager
    def session(self, database: str) -> Iterator[PostgreSqlSession]:
        with closing(connect(self.target, database, read_only=self.read_only)) as connection:
            yield PostgreSqlSession(connection, database)

    def version(self) -> str:
        number = self.maintenance.info.server_version
        return f"{number // 10000}.{number % 10000}"

    def claim(self) -> None:
        with told_as(ConnectionFailed, "The lock cannot be taken", "Try again"):
            for _ in range(CLAIM_TRIES):
                row = self.maintenance.execute(CLAIM, (LOCK_NUMBER,)).fetchone()
                if row and row[0]:
                    return
                time.sleep(PAUSE_SECONDS)
        finding = Finding("server", "another sanitizer is at work", "Wait until it has ended, or end it")
        raise PreflightRefused("Another sanitizer is at work on this server", [finding])

    def connections(self) -> int:
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            (processors,) = self.maintenance.execute(PROCESSORS).fetchone() or (1,)
        return max(1, min(int(processors), MOST_CONNECTIONS))

    def end_sessions(self, number: int | None = None) -> None:
        with self._reviving, told_as(MaskingFailed, "Sessions that were lost cannot be ended", DESTROY):
            if not self._maintained():
                self.maintenance = connect(self.target, MAINTENANCE)
                self.claim()
            which = {"number": number}
            self.maintenance.execute(f"SELECT pg_terminate_backend(pid) {SESSIONS}".encode(), which)
            while self.maintenance.execute(f"SELECT pid {SESSIONS}".encode(), which).fetchone():
                time.sleep(PAUSE_SECONDS)

    def _maintained(self) -> bool:
        """Whether the maintenance connection, and so the lock, is still there."""
        try:
            self.maintenance.execute("SELECT 1")
        except psycopg.OperationalError:
            self.maintenance.close()
            return False
        return True

    def databases(self) -> list[str]:
        return [name for name in self._all_databases() if name not in MADE_BY_THE_SERVER or self._has_tables(name)]

    def others(self, databases: Collection[str]) -> list[str]:
        return [name for name in self._all_databases() if name not in databases]

    def _all_databases(self) -> list[str]:
        with told_as(ConnectionFailed, "The databases cannot be listed", "Try again"):
            return [name for (name,) in self.maintenance.execute(DATABASES)]

    def _has_tables(self, database: str) -> bool:
        with self.session(database) as session:
            return session.has_tables()

    def refusals(self, rules: Rules) -> list[Finding]:
        marked = [MAINTENANCE, *self.databases()]
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            findings = list(server_refusals(self.maintenance))
            for (database,) in self.maintenance.execute(MAY_NOT_MARK, (marked,)):
                problem = "the user may not create a schema here, where the run records what is begun and done"
                remedy = f'In the source: GRANT CREATE ON DATABASE "{database}" TO the master user'
                findings.append(Finding(f"database {database}", problem, remedy))
        findings += [opening.refusal() for opening in self._openings(rules) if not opening.may]
        for database, remains in self._asked(PostgreSqlSession.remains).items():
            findings += (*remains.temporary.refusals(), *remains.large_objects.refusals(rules.large_objects))
            if remains.statements and not remains.statements[1]:
                problem = "pg_stat_statements keeps values, and the user may not reset it"
                findings.append(Finding(f"database {database}", problem, RESET_REMEDY))
        return findings

    def _asked(self, question: Callable[[PostgreSqlSession], Answer]) -> dict[str, Answer]:
        """Every database's answer."""
        answers = {}
        for name in self._all_databases():
            with self.session(name) as session:
                answers[name] = question(session)
        return answers

    def begun(self) -> Mark | None:
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            mark = ledger.recall(self.maintenance, MARK).get(MARK)
        return Mark(**json.loads(mark)) if mark else None

    def begin(self, mark: Mark, databases: Collection[str]) -> None:
        with told_as(MaskingFailed, "The run cannot be marked as begun", DESTROY):
            for database in databases:
                if database != MAINTENANCE:
                    with self.session(database) as session:
                        ledger.create(session.connection)
            with self.maintenance.transaction():
                ledger.create(self.maintenance)
                ledger.record(self.maintenance, MARK, json.dumps(mark._asdict()))

    def finish(self, databases: Collection[str]) -> None:
        begun = self.begun()
        with told_as(PurgeFailed, "The mark of the run cannot be removed", DESTROY):
            if begun is not None:
                ledger.record(self.maintenance, MARK, json.dumps(begun._replace(finished=True)._asdict()))
            for database in databases:
                if database != MAINTENANCE:
                    with self.session(database) as session:
                        ledger.remove(session.connection)
            ledger.remove(self.maintenance)

    def plan_masking(self, schema: Schema, rules: DatabaseRules, connections: int) -> Iterator[Step]:
        return masking.plan_masking(schema, rules, connections)

    def plan_purge(self, schema: Schema, clean: frozenset[TableName]) -> Iterator[Step]:
        yield from purge.plan_purge(schema, clean)
        told = f"Looking for old statistics in database {schema.database}"
        with self.session(schema.database) as session, told_as(PurgeFailed, told, DESTROY):
            yield from purge.plan_old_statistics(session.connection, schema, clean)
        yield from purge.plan_statistics(schema.database)

    def plan_server_purge(self, rules: Rules) -> list[Step]:
        found = self._asked(PostgreSqlSession.remains)
        steps = [step for remains in found.values() for step in remains.temporary.gone()]
        if rules.large_objects == "unlink":
            steps += [step for remains in found.values() for step in remains.large_objects.unlink(rules.purge)]
        shown = [(name, remains.statements[0]) for name, remains in found.items() if remains.statements]
        steps += [purge.plan_statement_statistics(database, schema) for database, schema in shown[:1]]
        return steps + (self._plan_forensic() if rules.purge == "forensic" else [])

    def _plan_forensic(self) -> list[Step]:
        steps = []
        for catalogs in self._asked(PostgreSqlSession.plan_catalogs).values():
            steps += catalogs
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            return steps + list(plan_log(self.maintenance, MAINTENANCE))

    def plan_neutralise(self, rules: Rules) -> list[Step]:
        return [opening.step for opening in self._openings(rules)]

    def _openings(self, rules: Rules) -> Iterator[Opening]:
        """What the restored copy would open, or do: of every database, then of the server; then what the databases saw of that."""
        for openings in self._asked(PostgreSqlSession.openings).values():
            yield from openings
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            yield from server_openings(self.maintenance, MAINTENANCE, rules.roles)
        for seen in self._asked(PostgreSqlSession.settings_seen).values():
            yield from seen

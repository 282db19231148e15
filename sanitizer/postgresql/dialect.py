"""PostgreSQL behind the dialect's seam: the server, its lock, its mark."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from psycopg import sql

from sanitizer.dialect import Target
from sanitizer.errors import ConnectionFailed, Finding, MaskingFailed, PreflightRefused, PurgeFailed
from sanitizer.functions import DELETE, KEEP, WHERE
from sanitizer.names import TableName
from sanitizer.postgresql import masking, neutralise, purge
from sanitizer.postgresql.connection import Connection, connect, told_as
from sanitizer.postgresql.expressions import EXPRESSIONS
from sanitizer.postgresql.refusals import server_refusals
from sanitizer.postgresql.session import PostgreSqlSession
from sanitizer.rules import DatabaseRules
from sanitizer.schema import Schema
from sanitizer.steps import DESTROY, Step

MAINTENANCE = "postgres"
# Databases that PostgreSQL itself makes need no rules while nobody put tables there.
MADE_BY_THE_SERVER = frozenset({MAINTENANCE, "template1"})
MARK = "sanitizer_begun"
LOCK_NUMBER = int.from_bytes(b"sanitize", "big")

DATABASES = "SELECT datname FROM pg_database WHERE datname NOT IN ('rdsadmin', 'template0') ORDER BY datname"
BEGUN = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s"
RESET_REMEDY = "In the source: GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO the master user"
MAY_MARK = "SELECT has_database_privilege(current_database(), 'CREATE')"


@contextmanager
def open_server(target: Target, *, read_only: bool = False) -> Iterator["PostgreSql"]:
    """The server, for as long as its maintenance connection is needed: that one holds the lock.

    Raises: ConnectionFailed.
    """
    with closing(connect(target, MAINTENANCE, read_only=read_only)) as maintenance:
        yield PostgreSql(target, maintenance, read_only=read_only)


class PostgreSql:
    """One server. The lock and the mark live in its maintenance database, which every server has."""

    name = "postgres"
    understands = frozenset({KEEP, WHERE, DELETE, *EXPRESSIONS})

    def __init__(self, target: Target, maintenance: Connection, *, read_only: bool) -> None:
        self.target = target
        self.maintenance = maintenance
        self.read_only = read_only

    @contextmanager
    def session(self, database: str) -> Iterator[PostgreSqlSession]:
        with closing(connect(self.target, database, read_only=self.read_only)) as connection:
            yield PostgreSqlSession(connection, database)

    def version(self) -> str:
        number = self.maintenance.info.server_version
        return f"{number // 10000}.{number % 10000}"

    def claim(self) -> None:
        with told_as(ConnectionFailed, "The lock cannot be taken", "Try again"):
            row = self.maintenance.execute("SELECT pg_try_advisory_lock(%s)", (LOCK_NUMBER,)).fetchone()
        if not row or not row[0]:
            finding = Finding("server", "another sanitizer is at work", "Wait until it has ended, or end it")
            raise PreflightRefused("Another sanitizer is at work on this server", [finding])

    def databases(self) -> list[str]:
        return [name for name in self._all_databases() if name not in MADE_BY_THE_SERVER or self._has_tables(name)]

    def _all_databases(self) -> list[str]:
        with told_as(ConnectionFailed, "The databases cannot be listed", "Try again"):
            return [name for (name,) in self.maintenance.execute(DATABASES)]

    def _has_tables(self, database: str) -> bool:
        with self.session(database) as session:
            return session.has_tables()

    def refusals(self) -> list[Finding]:
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            findings = list(server_refusals(self.maintenance))
            begun = self.maintenance.execute(BEGUN, (MARK,)).fetchone()
            (may_mark,) = self.maintenance.execute(MAY_MARK).fetchone() or (False,)
        if begun:
            problem = f"run {begun[0]} began masking here and did not finish: nobody knows which rows are masked"
            findings.append(Finding("server", problem, "Destroy this database and restore the snapshot anew"))
        if not may_mark:
            problem = f"the user may not create a schema in database {MAINTENANCE}, where the run is marked as begun"
            remedy = f"In the source: GRANT CREATE ON DATABASE {MAINTENANCE} TO the master user"
            findings.append(Finding("server", problem, remedy))
        return findings + [
            Finding(
                f"database {database}", "pg_stat_statements keeps values, and the user may not reset it", RESET_REMEDY
            )
            for database, (_, may_reset) in self._statement_statistics().items()
            if not may_reset
        ]

    def _statement_statistics(self) -> dict[str, tuple[str, bool]]:
        """The databases that show the server's statement statistics: where, and whether the user may reset them."""
        shown = {name: self._shown_statement_statistics(name) for name in self._all_databases()}
        return {name: row for name, row in shown.items() if row}

    def _shown_statement_statistics(self, database: str) -> tuple[str, bool] | None:
        with self.session(database) as session:
            return session.statement_statistics()

    def begin(self, run_id: str) -> None:
        comment = sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(MARK), sql.Literal(run_id))
        with told_as(MaskingFailed, "The run cannot be marked as begun", DESTROY), self.maintenance.transaction():
            self.maintenance.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(MARK)))
            self.maintenance.execute(comment)

    def finish(self) -> None:
        with told_as(PurgeFailed, "The mark of the run cannot be removed", DESTROY):
            self.maintenance.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(MARK)))

    def plan_masking(self, schema: Schema, rules: DatabaseRules) -> Iterator[Step]:
        return masking.plan_masking(schema, rules)

    def plan_purge(self, schema: Schema, clean: frozenset[TableName]) -> Iterator[Step]:
        return purge.plan_purge(schema, clean)

    def plan_server_purge(self) -> list[Step]:
        shown = self._statement_statistics()
        return [purge.plan_statement_statistics(database, schema) for database, (schema, _) in list(shown.items())[:1]]

    def plan_neutralise(self) -> list[Step]:
        with told_as(PurgeFailed, "The roles cannot be listed", DESTROY):
            return neutralise.plan_neutralise(self.maintenance, MAINTENANCE)

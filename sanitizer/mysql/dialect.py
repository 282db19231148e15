"""MySQL and MariaDB behind the dialect's seam: the server, its lock, its mark."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sanitizer.dialect import Target
from sanitizer.errors import ConnectionFailed, Finding, MaskingFailed, PreflightRefused, PurgeFailed
from sanitizer.functions import KEEP
from sanitizer.mysql import masking, neutralise, purge
from sanitizer.mysql.connection import Connection, connect, told_as
from sanitizer.mysql.expressions import EXPRESSIONS
from sanitizer.mysql.refusals import server_refusals
from sanitizer.mysql.session import MySqlSession
from sanitizer.mysql.writing import literal, quote
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules
from sanitizer.schema import Schema
from sanitizer.steps import DESTROY, Step

MAINTENANCE = "mysql"
MADE_BY_THE_SERVER = frozenset({"mysql", "information_schema", "performance_schema", "sys"})
# Databases that RDS itself makes need no rules while nobody put tables there.
MADE_BY_RDS = frozenset({"innodb", "tmp"})
MARK = "sanitizer_begun"
LOCK = "sanitizer"

DATABASES = """
SELECT schema_name AS name, EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = schema_name) AS used
FROM information_schema.schemata ORDER BY schema_name
"""
BEGUN = """
SELECT COALESCE(MAX(t.table_comment), '') AS run FROM information_schema.schemata s
LEFT JOIN information_schema.tables t ON t.table_schema = s.schema_name WHERE s.schema_name = %s HAVING COUNT(*) > 0
"""


@contextmanager
def open_server(target: Target, *, flavour: str, read_only: bool = False) -> Iterator["MySql"]:
    """The server, for as long as its maintenance connection is needed: that one holds the lock.

    Raises: ConnectionFailed, also when the server is of the other flavour.
    """
    with closing(connect(target, None, read_only=read_only)) as maintenance:
        found = maintenance.flavour.name
        if found != flavour:
            finding = Finding("server", f"it is {found}, not {flavour}", f"Give --engine {found}")
            raise ConnectionFailed(f"The server is {found}, not {flavour}. {finding.remedy}", [finding])
        yield MySql(target, maintenance, read_only=read_only)


class MySql:
    """One server. A named lock keeps others away, and a database of its own is the mark."""

    understands = frozenset({KEEP, *EXPRESSIONS})

    def __init__(self, target: Target, maintenance: Connection, *, read_only: bool) -> None:
        self.target = target
        self.maintenance = maintenance
        self.read_only = read_only
        self.flavour = maintenance.flavour
        self.name = self.flavour.name

    @contextmanager
    def session(self, database: str) -> Iterator[MySqlSession]:
        with closing(connect(self.target, database, read_only=self.read_only)) as connection:
            yield MySqlSession(connection, database)

    def version(self) -> str:
        return self.maintenance.version.split("-")[0]

    def claim(self) -> None:
        with told_as(ConnectionFailed, "The lock cannot be taken", "Try again"):
            (row,) = self.maintenance.rows("SELECT GET_LOCK(%s, 0) AS taken", (LOCK,))
        if not row["taken"]:
            finding = Finding("server", "another sanitizer is at work", "Wait until it has ended, or end it")
            raise PreflightRefused("Another sanitizer is at work on this server", [finding])

    def databases(self) -> list[str]:
        with told_as(ConnectionFailed, "The databases cannot be listed", "Try again"):
            rows = self.maintenance.rows(DATABASES)
        names = [row["name"] for row in rows if row["used"] or row["name"] not in MADE_BY_RDS]
        return [name for name in names if name not in MADE_BY_THE_SERVER | {MARK}]

    def refusals(self) -> list[Finding]:
        with told_as(ConnectionFailed, "The server cannot be looked at", "Try again"):
            findings = list(server_refusals(self.maintenance))
            begun = self.maintenance.rows(BEGUN, (MARK,))
        for row in begun:
            problem = f"run {row['run']} began masking here and did not finish: nobody knows which rows are masked"
            findings.append(Finding("server", problem, "Destroy this database and restore the snapshot anew"))
        return findings

    def begin(self, run_id: str) -> None:
        with told_as(MaskingFailed, "The run cannot be marked as begun", DESTROY):
            self.maintenance.run(f"CREATE DATABASE {quote(MARK)}")
            self.maintenance.run(f"CREATE TABLE {quote(MARK, 'run')} (id INT PRIMARY KEY) COMMENT = {literal(run_id)}")

    def finish(self) -> None:
        with told_as(PurgeFailed, "The mark of the run cannot be removed", DESTROY):
            self.maintenance.run(f"DROP DATABASE {quote(MARK)}")

    def plan_masking(self, schema: Schema, rules: DatabaseRules) -> Iterator[Step]:
        return masking.plan_masking(schema, rules, self.flavour)

    def plan_purge(self, schema: Schema, clean: frozenset[TableName]) -> Iterator[Step]:
        return purge.plan_purge(schema, clean, self.flavour)

    def plan_server_purge(self) -> list[Step]:
        with told_as(PurgeFailed, "The logs cannot be listed", DESTROY):
            return purge.plan_logs(self.maintenance)

    def plan_neutralise(self) -> list[Step]:
        with told_as(PurgeFailed, "The accounts cannot be listed", DESTROY):
            return neutralise.plan_neutralise(self.maintenance, MAINTENANCE)

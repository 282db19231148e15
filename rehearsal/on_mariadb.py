"""MariaDB, as RDS is emulated with it and as clients meet it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pymysql

from rehearsal.engines import Content, Login
from rehearsal.installations import run
from rehearsal.mariadb import PROGRAM, MariaDbServer

DATABASES = """
SELECT schema_name FROM information_schema.schemata
WHERE schema_name NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY 1
"""
COLUMNS = """
SELECT t.table_name, c.column_name FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
WHERE t.table_schema = DATABASE() AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY t.table_name, c.ordinal_position
"""
SIZE = "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables WHERE table_schema NOT IN ('mysql', 'sys')"
END = re.compile(r";\s*(?:\n|$)")
OPTION = re.compile(r"^([a-z][a-z0-9-]+) ", re.MULTILINE)


class MariaDb:
    """The MariaDB that is installed."""

    name, spoken, port = "mariadb", "MariaDB", 3306
    license, extended_support = "general-public-license", False
    initial: str | None = None
    refusals: tuple[type[Exception], ...] = (pymysql.OperationalError,)

    @property
    def version(self) -> str:
        """Such as 10.11.6."""
        return _version()

    @property
    def major(self) -> str:
        """Such as 10.11."""
        return ".".join(self.version.split(".")[:2])

    @property
    def known_parameters(self) -> frozenset[str]:
        """As the server itself tells them."""
        return _known_parameters()

    def new_server(self, directory: Path, parameters: Mapping[str, str], port: int) -> MariaDbServer:
        """Not yet created."""
        return MariaDbServer(directory, parameters, wanted_port=port)

    def restored_server(
        self, snapshot: Path, directory: Path, parameters: Mapping[str, str], port: int
    ) -> MariaDbServer:
        """Not yet started."""
        return MariaDbServer.from_snapshot(snapshot, directory, parameters, wanted_port=port)

    @contextmanager
    def connect(self, login: Login, database: str | None) -> Iterator["pymysql.Connection[Any]"]:
        """A session in which each statement is committed at once."""
        with pymysql.connect(
            host=login.host,
            port=login.port,
            user=login.user,
            password=login.password,
            database=database,
            ssl_ca=str(login.ca_file),
            ssl_verify_cert=True,
            ssl_verify_identity=True,
            charset="utf8mb4",
            autocommit=True,
        ) as connection:
            yield connection

    def ask(self, login: Login, database: str | None, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.connect(login, database) as connection:
            return _rows(connection, statement)

    def run(self, login: Login, database: str | None, script: str) -> None:
        """Statements end with a `;` at the end of a line."""
        with self.connect(login, database) as connection:
            for statement in filter(str.strip, END.split(script)):
                _rows(connection, statement)

    def databases(self, login: Login) -> list[str]:
        """All but the server's own."""
        return [name for (name,) in self.ask(login, None, DATABASES)]

    def contents(self, login: Login, database: str) -> Iterator[Content]:
        """Tables have no schema here."""
        columns: dict[str, list[str]] = {}
        with self.connect(login, database) as connection:
            for table, column in _rows(connection, COLUMNS):
                columns.setdefault(table, []).append(f"COALESCE(HEX(CAST({_quoted(column)} AS BINARY)), '-')")
            for table, texts in columns.items():
                row = f"CONV(LEFT(MD5(CONCAT_WS(',', {', '.join(texts)})), 15), 16, 10)"
                query = f"SELECT COUNT(*), COALESCE(SUM(CAST({row} AS UNSIGNED)), 0) FROM {_quoted(table)}"  # noqa: S608
                ((count, digest),) = _rows(connection, query)
                yield Content("", table, count, str(digest))

    def size_bytes(self, login: Login) -> int:
        """How much room the databases take."""
        return int(self.ask(login, None, SIZE)[0][0])


def _rows(connection: "pymysql.Connection[Any]", statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


@cache
def _version() -> str:
    found = re.search(r"Ver (\d+\.\d+\.\d+)", run(PROGRAM, "--version"))
    assert found is not None  # noqa: S101 - every server tells it so
    return found[1]


@cache
def _known_parameters() -> frozenset[str]:
    told = run(PROGRAM, "--no-defaults", "--verbose", "--help")
    values = told[told.index("\nVariables (--variable-name=value)") :]
    return frozenset(name.replace("-", "_") for name in OPTION.findall(values))

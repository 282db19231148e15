"""PostgreSQL, as RDS is emulated with it and as clients meet it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rehearsal.engines import Content, Login
from rehearsal.installations import bundled, known_parameters, version
from rehearsal.masters import SUPERUSER
from rehearsal.postgres import Server

TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND c.relispopulated AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_(toast|temp)' AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 2
"""
ROWS = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} AS t"  # in any order, in any amount
DATABASES = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn AND datname <> {} ORDER BY 1"


class Postgres:
    """The PostgreSQL in a directory of programs; the bundled one where none is named."""

    name, spoken, port = "postgres", "PostgreSQL", 5432
    license, extended_support = "postgresql-license", True
    initial: str | None = "postgres"
    refusals: tuple[type[Exception], ...] = (psycopg.OperationalError,)

    def __init__(self, programs: Path | None = None) -> None:
        self.programs = programs or bundled()

    @property
    def version(self) -> str:
        """Such as 17.5."""
        return version(self.programs)

    @property
    def major(self) -> str:
        """Such as 17."""
        return self.version.split(".")[0]

    @property
    def known_parameters(self) -> frozenset[str]:
        """As the server itself tells them."""
        return known_parameters(self.programs)

    def new_server(self, directory: Path, parameters: Mapping[str, str], port: int) -> Server:
        """Not yet created."""
        return Server(directory, self.programs, parameters, wanted_port=port)

    def restored_server(self, snapshot: Path, directory: Path, parameters: Mapping[str, str], port: int) -> Server:
        """Not yet started."""
        return Server.from_snapshot(snapshot, directory, self.programs, parameters, wanted_port=port)

    @contextmanager
    def connect(self, login: Login, database: str | None) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A session in one transaction."""
        with psycopg.connect(
            host=login.host,
            port=login.port,
            user=login.user,
            password=login.password,
            dbname=database or self.initial,
            sslmode="verify-full",
            sslrootcert=str(login.ca_file),
        ) as connection:
            yield connection

    def ask(self, login: Login, database: str | None, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.connect(login, database) as connection:
            return connection.execute(statement.encode()).fetchall()

    def run(self, login: Login, database: str | None, script: str) -> None:
        """Several statements are one transaction."""
        with self.connect(login, database) as connection:
            connection.autocommit = True
            connection.execute(script.encode())

    def databases(self, login: Login) -> list[str]:
        """All but templates and RDS's own."""
        query = sql.SQL(DATABASES).format(sql.Literal(SUPERUSER)).as_string(None)
        return [name for (name,) in self.ask(login, None, query)]

    def contents(self, login: Login, database: str) -> Iterator[Content]:
        """Materialized views are tables here."""
        with self.connect(login, database) as connection:
            for schema, name in connection.execute(TABLES.encode()).fetchall():
                row = connection.execute(sql.SQL(ROWS).format(sql.Identifier(schema, name))).fetchone()
                assert row is not None  # noqa: S101 - an aggregate always answers
                yield Content(schema, name, row[0], row[1])

    def size_bytes(self, login: Login) -> int:
        """How much room the databases take."""
        sizes = (
            self.ask(login, None, sql.SQL("SELECT pg_database_size({})").format(sql.Literal(name)).as_string(None))
            for name in self.databases(login)
        )
        return sum(size for ((size,),) in sizes)

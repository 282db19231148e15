"""A database to sanitize and the command line to do it with."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from rehearsal.postgres import Server
from sanitizer.__main__ import main
from tests.outputs.originals import written_by
from tests.outputs.records import plant

USER, PASSWORD = "master", "Sehr-geheim-7"
KEY = "5a" * 32
Line = dict[str, Any]


class Outcome(NamedTuple):
    """What a run of the command line left behind."""

    code: int
    lines: list[Line]
    stdout: str
    report: dict[str, Any] | None

    @property
    def findings(self) -> list[Line]:
        return [line for line in self.lines if line["event"] == "finding"]

    @property
    def problems(self) -> str:
        """All places, problems and remedies, for a look at one of them."""
        return "\n".join(
            f"{line['place']}: {line['problem']} | {line.get('rule')} | {line['remedy']}" for line in self.findings
        )

    @property
    def message(self) -> str:
        return str(self.lines[-1].get("message"))


class Workbench:
    """One server with one fresh database, `shop`."""

    def __init__(self, server: Server, directory: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.server = server
        self.directory = directory
        self.capture = capture
        (directory / "password").write_text(PASSWORD + "\n")
        (directory / "key").write_text(KEY)
        self.connections: dict[str, psycopg.Connection[tuple[Any, ...]]] = {}

    def connection(self, database: str = "shop") -> psycopg.Connection[tuple[Any, ...]]:
        if database not in self.connections:
            self.connections[database] = psycopg.connect(
                host=self.server.host,
                port=self.server.port,
                user=USER,
                password=PASSWORD,
                dbname=database,
                sslmode="verify-full",
                sslrootcert=str(self.server.ca_file),
                autocommit=True,
            )
        return self.connections[database]

    def sql(self, statement: str, database: str = "shop") -> list[tuple[Any, ...]]:
        plant(written_by(statement))
        cursor = self.connection(database).execute(statement.encode())
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []

    def value(self, query: str, database: str = "shop") -> Any:
        return self.sql(query, database)[0][0]

    def column(self, query: str, database: str = "shop") -> list[Any]:
        return [row[0] for row in self.sql(query, database)]

    def since(self, major: int) -> bool:
        """Whether the server is of this version, or a newer one."""
        return self.connection("postgres").info.server_version >= major * 10000

    def program(self, name: str, *arguments: str, given: str | None = None) -> str:
        """What one of PostgreSQL's own programs says of `shop`; an error of its, or of the server, fails the test."""
        environment = {"PGPASSWORD": PASSWORD, "PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(self.server.ca_file)}
        place = ["-h", self.server.host, "-p", str(self.server.port), "-U", USER, "shop"]
        command = [str(self.server.bin_directory / name), *arguments, *place]
        run = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, input=given)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def clear(self) -> None:
        """Makes the server as it was when it was new, with the empty database `shop`."""
        others = "SELECT datname FROM pg_database WHERE datname NOT IN ('template0', 'template1', 'postgres', 'rdsadmin', 'shop')"
        for name in self.column(others, "postgres"):
            self.sql(f'DROP DATABASE "{name}" WITH (FORCE)', "postgres")
        for database in ("shop", "postgres"):
            self.sql("DROP OWNED BY CURRENT_USER CASCADE", database)
        for role in self.column(
            r"SELECT rolname FROM pg_roles WHERE rolname !~ '^(pg_|rdsadmin$|rds_superuser$|master$)'", "postgres"
        ):
            for database in ("shop", "postgres"):
                self.server.superuser_sql(f'DROP OWNED BY "{role}" CASCADE', database)
            self.server.superuser_sql(f'DROP ROLE "{role}"')

    def forget(self) -> None:
        """Takes away what an unfinished run recorded, as if nobody had begun."""
        for database in ("shop", "postgres"):
            self.sql("DROP SCHEMA IF EXISTS sanitizer_begun CASCADE", database)

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()

    def rules(self, text: str) -> Path:
        path = self.directory / "rules.yaml"
        path.write_text(text)
        return path

    def arguments(self, action: str, rules: str, **options: object) -> list[str]:
        """The command line; an option given as None is left out."""
        given: dict[str, object] = {
            "host": self.server.host,
            "port": self.server.port,
            "user": USER,
            "password_file": self.directory / "password",
            "ca_file": self.server.ca_file,
            "key_file": self.directory / "key",
            "rules": self.rules(rules),
            "report": self.directory / "report.json",
            "database": "orders",
            "run_id": "202601020300-abcd",
        }
        every = {**given, **options}
        pairs = [(f"--{name.replace('_', '-')}", str(value)) for name, value in every.items() if value is not None]
        return [action, *(word for pair in pairs for word in pair)]

    def sanitize(self, rules: str, **options: object) -> Outcome:
        """`run` in this process."""
        return self.perform(self.arguments("run", rules, **options))

    def draft(self, **options: object) -> Outcome:
        """`draft` in this process."""
        return self.perform(self.draft_arguments(**options))

    def mask(self, tables: str, sql: str = "") -> Outcome:
        """`run` with rules for tables (indented YAML); must succeed."""
        outcome = self.sanitize(f"tables:\n{tables}\n{sql}")
        assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
        return outcome

    def refuse(self, tables: str, code: int = 12) -> str:
        """`run` with rules for tables; must be refused before anything changes. Returns what it said."""
        outcome = self.sanitize(f"tables:\n{tables}")
        assert outcome.code == code, outcome.lines
        return outcome.problems

    def draft_arguments(self, **options: object) -> list[str]:
        """The command line of `draft`."""
        every = {
            "host": self.server.host,
            "port": self.server.port,
            "user": USER,
            "password_file": self.directory / "password",
        }
        every |= {"ca_file": self.server.ca_file, **options}
        return [
            "draft",
            *(word for name, value in every.items() for word in (f"--{name.replace('_', '-')}", str(value))),
        ]

    def perform(self, arguments: list[str]) -> Outcome:
        self.capture.readouterr()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            code = main(arguments)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        said = self.capture.readouterr()
        return self._outcome(code, said.out, said.err)

    def start(self, arguments: list[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """The real command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "sanitizer", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )

    def run(self, arguments: list[str], environment: Mapping[str, str] | None = None) -> Outcome:
        """The real command, to its end. Every line it says is JSON: a traceback would not be."""
        process = self.start(arguments, environment)
        out, err = process.communicate(timeout=60)
        return self._outcome(process.returncode, out, err)

    def _outcome(self, code: int, out: str, err: str) -> Outcome:
        report = self.directory / "report.json"
        lines = [json.loads(line) for line in err.split("\n") if line]  # a name may hold other line breaks
        return Outcome(code, lines, out, json.loads(report.read_text()) if report.exists() else None)


def rows_of_everything(bench: Workbench) -> Iterator[str]:
    """All rows of all tables, as text."""
    for schema, table in bench.sql(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'"
    ):
        yield from bench.column(f'SELECT t::text FROM "{schema}"."{table}" t')

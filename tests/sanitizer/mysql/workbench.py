"""A MariaDB database to sanitize and the command line to do it with."""

import hashlib
import re
import ssl
from pathlib import Path
from typing import Any

import pymysql
import pytest
from pymysql.constants import CLIENT

from rehearsal.mariadb import MariaDbServer
from tests.outputs.originals import written_by
from tests.outputs.records import plant
from tests.sanitizer.workbench import KEY, PASSWORD, USER, Workbench

SYSTEM = ("information_schema", "performance_schema", "mysql", "sys")


def keyed(value: bytes | str, characters: int = 32) -> str:
    """The keyed hash as every engine has to compute it."""
    raw = value.encode() if isinstance(value, str) else value
    return hashlib.sha256(KEY.encode() + raw + KEY.encode()).hexdigest()[:characters]


class MariaDbBench(Workbench):
    """One server with one fresh database, `shop`."""

    def __init__(self, server: MariaDbServer, directory: Path, capture: pytest.CaptureFixture[str]) -> None:
        super().__init__(server, directory, capture)  # type: ignore[arg-type]
        self.maria = server
        self.sessions: dict[str, Any] = {}

    def connect(self, database: str = "shop", user: str = USER) -> Any:
        return pymysql.connect(
            host=self.maria.host, port=self.maria.port, user=user, password=PASSWORD, database=database, autocommit=True, charset="utf8mb4",
            ssl=ssl.create_default_context(cafile=str(self.maria.ca_file)), client_flag=CLIENT.MULTI_STATEMENTS,
        )  # fmt: skip

    def sql(self, statement: str, database: str = "shop") -> list[tuple[Any, ...]]:
        plant(written_by(statement))
        if database not in self.sessions:
            self.sessions[database] = self.connect(database)
        with self.sessions[database].cursor() as cursor:
            cursor.execute(statement)
            while cursor.nextset():
                pass
            return list(cursor.fetchall())

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.sessions["shop"].cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def forget(self) -> None:
        self.sql("DROP DATABASE IF EXISTS sanitizer_begun")

    @staticmethod
    def quoted(name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def clear(self) -> None:
        """Makes the server as it was when it was new, with the empty database `shop`."""
        root = self.maria.superuser_sql
        drops = [f"DROP DATABASE `{name}`" for (name,) in root("SHOW DATABASES") if name not in SYSTEM]
        drops += [f"DROP USER '{user}'@'{host}'" for user, host in root("SELECT user, host FROM mysql.user")
                  if user not in (USER, "rdsadmin", "mariadb.sys", "PUBLIC")]  # fmt: skip
        drops += [f"DROP SERVER `{name}`" for (name,) in root("SELECT Server_name FROM mysql.servers")]
        root("SET foreign_key_checks = 0", *drops, "DELETE FROM mysql.column_stats", "TRUNCATE mysql.general_log",
             "TRUNCATE mysql.slow_log", "CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")  # fmt: skip

    def close(self) -> None:
        for session in self.sessions.values():
            session.close()

    def arguments(self, action: str, rules: str, **options: object) -> list[str]:
        return super().arguments(action, rules, **{"engine": "mariadb", **options})

    def structure(self) -> dict[str, str]:
        """Every definition in the database, as the server writes it; no moments of creation."""
        found = {}
        for kind, query in {
            "TABLE": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'shop' AND table_type <> 'SEQUENCE'",
            "TRIGGER": "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'shop'",
            "EVENT": "SELECT event_name FROM information_schema.events WHERE event_schema = 'shop'",
        }.items():
            for (name,) in self.sql(query):
                row = [str(part) for part in self.sql(f"SHOW CREATE {kind} {self.quoted(name)}")[0]]
                found[f"{kind} {name}"] = "\n".join(part for part in row if not re.match(r"\d{4}-\d\d-\d\d ", part))
        order = "SELECT event_object_table, action_timing, event_manipulation, action_order, trigger_name FROM information_schema.triggers ORDER BY 1, 2, 3, 4"
        return {**found, "order of triggers": str(self.sql(order))}

    def everything_readable(self) -> str:
        """All that SQL shows to the master user: rows, history, statistics, logs."""
        said = []
        for schema, table, kind in self.sql(
            "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema NOT IN ('information_schema', "
            "'performance_schema', 'sys') AND table_type <> 'VIEW' AND table_name NOT IN ('general_log', 'slow_log')"
        ):
            history = " FOR SYSTEM_TIME ALL" if kind == "SYSTEM VERSIONED" else ""
            said += [str(row) for row in self.sql(f"SELECT * FROM {self.quoted(schema)}.{self.quoted(table)}{history}")]
        said += [str(row) for log in ("general_log", "slow_log") for row in self.sql(f"SELECT * FROM mysql.{log}")]
        return "\n".join(said)

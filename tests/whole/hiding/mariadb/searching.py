"""Plants and finds markers on a MariaDB server: all that its master user reads, and all bytes of its data directory."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import ER

from rehearsal.account import ACCOUNT
from rehearsal.mariadb import DUMP, MariaDbServer
from rehearsal.production import Production
from rehearsal.rds import Rds
from tests.whole.hiding.places import Planted

LOGGING = {
    "mysql.general_log": ("SET GLOBAL log_output = 'TABLE', GLOBAL general_log = ON", "SET GLOBAL general_log = OFF"),
    "mysql.slow_log": (
        "SET GLOBAL log_output = 'TABLE', GLOBAL slow_query_log = ON, SESSION slow_query_log = ON, SESSION long_query_time = 0",
        "SET GLOBAL slow_query_log = OFF",
    ),
}
COLUMNS = """
SELECT t.table_schema, t.table_name, t.table_type, GROUP_CONCAT(CONCAT('`', c.column_name, '`') ORDER BY c.ordinal_position SEPARATOR ', ')
FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
GROUP BY 1, 2, 3 ORDER BY 1, 2
"""
DIRTY = (
    "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'INNODB_BUFFER_POOL_PAGES_DIRTY'"
)
WRITTEN_SECONDS = 30


def plant(production: Production, rds: Rds, markers: Sequence[Planted]) -> ExitStack:
    """Each in its place, while somebody reads for so long that the server keeps all old rows."""
    server = server_of(rds, production, ACCOUNT)
    server.superuser_sql(f"GRANT FEDERATED ADMIN ON *.* TO {production.master}")
    for script in (
        "ALTER DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "CREATE DATABASE crm CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    ):
        production.run(script)
    held = ExitStack()
    held.enter_context(production.connect()).query("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    for each in markers:
        script = each.written(each.place.plants)
        if each.place.root:
            before, after = LOGGING.get(each.place.stored_in, ("SELECT 1", "SELECT 1"))
            server.superuser_sql(before, script, after, "SET GLOBAL log_output = 'FILE'")
        else:
            production.run(script, each.place.database)
    return held


def server_of(rds: Rds, instance: Production, account: str) -> MariaDbServer:
    """The server behind the emulated instance."""
    server = rds.server(instance.identifier, account)
    assert isinstance(server, MariaDbServer)
    return server


def shown(instance: Production) -> Iterator[tuple[str, bytes]]:
    """Everything that the master user reads: every table, history and views of the server itself too, and its dump."""
    with instance.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET group_concat_max_len = 1000000")
        cursor.execute(COLUMNS)
        for schema, table, kind, columns in cursor.fetchall():
            history = " FOR SYSTEM_TIME ALL" if kind == "SYSTEM VERSIONED" else ""
            yield f"{schema}.{table}", _read(cursor, f"SELECT {columns} FROM `{schema}`.`{table}`{history}")
    yield "dump", _dumped(instance)


def _read(cursor: Any, query: str) -> bytes:
    """The rows; none where the user may not read them."""
    try:
        cursor.execute(query)
    except pymysql.OperationalError as exc:
        if exc.args[0] in (ER.SPECIFIC_ACCESS_DENIED_ERROR, ER.TABLEACCESS_DENIED_ERROR):
            return b""
        raise
    return b"\n".join(
        cell if isinstance(cell, bytes) else str(cell).encode() for row in cursor.fetchall() for cell in row
    )


def _dumped(instance: Production) -> bytes:
    place = [
        f"--host={instance.host}",
        f"--port={instance.port}",
        f"--user={instance.master}",
        f"--ssl-ca={instance.ca_file}",
        "--ssl-verify-server-cert",
    ]
    what = ["--all-databases", "--routines", "--events", "--hex-blob", "--skip-lock-tables", "--dump-history"]
    run = subprocess.run(
        [DUMP, "--no-defaults", *place, *what],
        env={**os.environ, "MYSQL_PWD": instance.password},
        check=False,
        capture_output=True,
    )
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


def stored(server: MariaDbServer) -> Iterator[tuple[str, bytes]]:
    """Every file of the data directory, once all is written to it, under the name of what it is."""
    server.superuser_sql(
        "SET GLOBAL innodb_max_dirty_pages_pct_lwm = 0, GLOBAL innodb_max_dirty_pages_pct = 0", "FLUSH TABLES"
    )
    deadline = time.monotonic() + WRITTEN_SECONDS
    while server.superuser_sql(DIRTY) != [("0",)]:
        assert time.monotonic() < deadline, "pages stay in memory"
        time.sleep(0.1)
    for file in sorted(server.data.rglob("*")):
        if file.is_file():
            yield _name(file.relative_to(server.data)), file.read_bytes()


def _name(path: Path) -> str:
    if path.name.startswith("FTS_"):
        return "full-text index"
    if path.parts[0] == "mysql":
        return f"mysql.{path.stem}"
    return re.sub(r"^(undo|aria_log)[.0-9]*$", r"\1", path.name)

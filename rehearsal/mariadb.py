"""One real MariaDB server that behaves, towards its users, like one on RDS: a master without SUPER, and the hidden `rdsadmin`."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pymysql
from pymysql.converters import escape_string

from rehearsal import guardian
from rehearsal.errors import ServerError
from rehearsal.installations import as_server_user, authority, free_port, give, ground, hand_over, run

SUPERUSER = "rdsadmin"
PROGRAM = Path("/usr/sbin/mariadbd")
INSTALL = Path("/usr/bin/mariadb-install-db")
START_SECONDS = 60

# What RDS for MariaDB grants its master; neither SUPER nor the right to write into the schema `mysql`.
MASTER_PRIVILEGES = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES, "
    "LOCK TABLES, EXECUTE, REPLICATION SLAVE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, "
    "DELETE HISTORY"
)
SETTINGS = {
    "skip-name-resolve": "ON",
    "innodb-buffer-pool-size": "32M",
    "innodb-log-file-size": "8M",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-fast-shutdown": "2",
    "require-secure-transport": "ON",
}


def mariadb_installations() -> dict[str, Path]:
    """Name -> server program, where Debian's package is installed."""
    return {"mariadb": PROGRAM} if PROGRAM.exists() and INSTALL.exists() else {}


class MariaDbServer:
    """A server in a directory of its own (`data`, `server.log`); its end is guarded however this process ends."""

    def __init__(self, directory: Path, parameters: Mapping[str, str | None] | None = None) -> None:
        """Parameters are the server's long options; None leaves one of ours out."""
        self.directory, self.parameters = directory.absolute(), dict(parameters or {})
        self.host, self.port = "localhost", 0
        self._socket = hand_over(ground() / "mariadb") / f"{secrets.token_hex(4)}.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.RLock()

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.directory / "data"

    @property
    def _temporary(self) -> Path:
        """The server's own: one that starts deletes every temporary table there, also those of another that runs."""
        return hand_over(self.directory / "tmp")

    @property
    def log_file(self) -> Path:
        """The server's log."""
        return self.directory / "server.log"

    @property
    def ca_file(self) -> Path:
        """What a client has to trust."""
        return authority().ca_file

    def create(self, master_user: str, master_password: str, database: str) -> None:
        """A new server with its master user and an empty database; it runs afterwards."""
        guardian.watch(self.directory)
        hand_over(self.directory)
        run(INSTALL, "--no-defaults", f"--datadir={self.data}", f"--tmpdir={self._temporary}", "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")  # fmt: skip
        self.start(as_user="root")
        master = f"'{escape_string(master_user)}'@'%'"
        self._execute(
            "root",
            "DELETE FROM mysql.global_priv WHERE User = '' OR User = 'root' AND Host <> 'localhost'",
            "FLUSH PRIVILEGES",
            f"RENAME USER root@localhost TO {SUPERUSER}@localhost",
            f"CREATE USER {master} IDENTIFIED BY '{escape_string(master_password)}'",
            f"GRANT {MASTER_PRIVILEGES} ON *.* TO {master} WITH GRANT OPTION",
            f"CREATE DATABASE `{database}`",
        )

    def start(self, *, as_user: str = SUPERUSER) -> None:
        """Start, on a port that was free a moment ago; nothing to do for a server that runs.

        Raises:
            ServerError: it does not start.
        """
        with self._lock:
            if self._process is not None:
                return
            self.port = free_port()
            certificate, key = self.directory / "server.crt", self.directory / "server.key"
            authority().issue(certificate, key)
            give(key)
            place = {
                "datadir": str(self.data), "socket": str(self._socket), "port": str(self.port), "bind-address": "127.0.0.1",
                "pid-file": str(self.data / "mariadb.pid"), "tmpdir": str(self._temporary),
            }  # fmt: skip
            tls = {"ssl-cert": str(certificate), "ssl-key": str(key)}
            given = {**SETTINGS, **tls, **self.parameters, **place}
            options = [f"--{name}={value}" for name, value in given.items() if value is not None]
            with self.log_file.open("ab") as log:
                self._process = subprocess.Popen(
                    [PROGRAM, "--no-defaults", *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                    env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, start_new_session=True, **as_server_user(),
                )  # fmt: skip
            self._await(as_user)

    def stop(self) -> None:
        """Stop in good order; nothing to do for a server that does not run."""
        self._end(signal.SIGTERM)

    def destroy(self) -> None:
        """Stop at once and remove the directory."""
        with self._lock:
            try:
                self._end(signal.SIGKILL)
            finally:
                shutil.rmtree(self.directory, ignore_errors=True)
                guardian.release(self.directory)

    def superuser_sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """The rows of the last of these statements, run by the hidden superuser."""
        return self._execute(SUPERUSER, *statements)

    def _execute(self, user: str, *statements: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(self._connect(user)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def _connect(self, user: str) -> "pymysql.Connection[Any]":
        return pymysql.connect(unix_socket=str(self._socket), user=user, autocommit=True)

    def _await(self, user: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._process is not None and self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(pymysql.Error):
                self._connect(user).close()
                return
            time.sleep(0.05)
        self._end(signal.SIGKILL)
        reasons = self.log_file.read_text(errors="replace").splitlines()[-3:]
        raise ServerError(f"the server in {self.directory} does not start: {' '.join(reasons)}")

    def _end(self, number: signal.Signals) -> None:
        with self._lock:
            if self._process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._process.pid, number)
                self._process.wait(START_SECONDS)
                self._process = None

"""One real MariaDB server that behaves, towards its users, like one on RDS: a master without SUPER, and the hidden `rdsadmin`."""

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pymysql
from pymysql.converters import escape_string

from rehearsal import guardian
from rehearsal.errors import ServerError
from rehearsal.installations import (
    as_server_user,
    authority,
    copy_tree,
    free_address,
    free_port,
    give,
    ground,
    hand_over,
    run,
)

SUPERUSER = "rdsadmin"
PROGRAM = Path("/usr/sbin/mariadbd")
INSTALL = Path("/usr/bin/mariadb-install-db")
DUMP = Path("/usr/bin/mariadb-dump")
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
    "innodb-flush-log-at-trx-commit": "2",  # what is committed is in the file, where a snapshot finds it
    "innodb-fast-shutdown": "2",
    "require-secure-transport": "ON",
}
OF_THE_PROCESS = ("mariadb.pid", "ibtmp1")  # no server starts with another's


def mariadb_installations() -> dict[str, Path]:
    """Name -> server program, where Debian's package is installed."""
    return {"mariadb": PROGRAM} if PROGRAM.exists() and INSTALL.exists() else {}


def absence() -> str | None:
    """Why no MariaDB server runs here, and what to do about it; None where it does."""
    if mariadb_installations() and DUMP.exists():
        return None
    return "no MariaDB server is installed here; on Debian and Ubuntu: apt-get install mariadb-server"


class MariaDbServer:
    """A server in a directory of its own (`data`, `tmp`, `server.log`); its end is guarded however this process ends."""

    def __init__(
        self,
        directory: Path,
        parameters: Mapping[str, str | None] | None = None,
        *,
        wanted_port: int | None = None,
    ) -> None:
        """Parameters are the server's long options; None leaves one of ours out.

        With a wanted port the server listens there, as on RDS: on a loopback address of its own, since ports repeat.
        """
        self.directory, self.parameters = directory.absolute(), dict(parameters or {})
        self._wanted_port = wanted_port
        self._address, self.port = "127.0.0.1", 0
        self._socket = hand_over(ground() / "mariadb") / f"{secrets.token_hex(4)}.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.RLock()

    @classmethod
    def from_snapshot(
        cls,
        snapshot_directory: Path,
        directory: Path,
        parameters: Mapping[str, str | None] | None = None,
        *,
        wanted_port: int | None = None,
    ) -> Self:
        """A server on a copy of a snapshot's bytes, not yet started."""
        server = cls(directory, parameters, wanted_port=wanted_port)
        server._prepare()
        copy_tree(snapshot_directory, server.data)
        return server

    @property
    def host(self) -> str:
        """A name or address that the certificate holds for."""
        return "localhost" if self._wanted_port is None else self._address

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

    def create(self, master_user: str, master_password: str, database: str | None) -> None:
        """A new server with its master user and, where one is named, an empty database; it runs afterwards."""
        self._prepare()
        run(INSTALL, "--no-defaults", f"--datadir={self.data}", f"--tmpdir={self._temporary}", "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")  # fmt: skip
        self.start(as_user="root")
        self._execute(
            "root",
            "DELETE FROM mysql.global_priv WHERE User = '' OR User = 'root' AND Host <> 'localhost'",
            "FLUSH PRIVILEGES",
            f"RENAME USER root@localhost TO {SUPERUSER}@localhost",
            f"CREATE USER {_account(master_user)} IDENTIFIED VIA mysql_native_password USING '{_verifier(master_password)}'",
            f"GRANT {MASTER_PRIVILEGES} ON *.* TO {_account(master_user)} WITH GRANT OPTION",
            *([f"CREATE DATABASE `{database}`"] if database else []),
        )

    def start(self, *, as_user: str = SUPERUSER) -> None:
        """Start, on a port that was free a moment ago; nothing to do for a server that runs.

        Raises:
            ServerError: it does not start.
        """
        with self._lock:
            if self._process is not None:
                return
            self._choose_place()
            certificate, key = self.directory / "server.crt", self.directory / "server.key"
            authority().issue(certificate, key, self._address)
            give(key)
            place = {
                "datadir": str(self.data), "socket": str(self._socket), "port": str(self.port), "bind-address": self._address,
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

    def set_password(self, user: str, password: str) -> None:
        """Change a password; the server gets to see its hash only."""
        self._execute(
            SUPERUSER,
            f"ALTER USER {_account(user)} IDENTIFIED VIA mysql_native_password USING '{_verifier(password)}'",
        )

    def snapshot_to(self, path: Path) -> None:
        """Copy the running server's bytes, as they are now, into a new directory: the server stands still meanwhile."""
        hand_over(path)
        with self._lock, contextlib.closing(self._connect(SUPERUSER)) as connection, connection.cursor() as cursor:
            cursor.execute("FLUSH TABLES WITH READ LOCK")
            with self._standing_still():
                copy_tree(self.data, path)
        for name in OF_THE_PROCESS:
            (path / name).unlink(missing_ok=True)

    def dump(self) -> str:
        """Everything that SQL can read on the server, as mariadb-dump writes it."""
        return run(
            DUMP, "--no-defaults", f"--socket={self._socket}", f"--user={SUPERUSER}", "--all-databases", "--routines",
            "--events", "--skip-lock-tables", "--default-character-set=utf8mb4",
        )  # fmt: skip

    def _choose_place(self) -> None:
        if self._wanted_port is None:
            self.port = free_port()
        else:
            self._address, self.port = free_address(self._wanted_port), self._wanted_port

    def _prepare(self) -> None:
        guardian.watch(self.directory)
        hand_over(self.directory)

    @contextlib.contextmanager
    def _standing_still(self) -> Iterator[None]:
        """No thread of the server runs."""
        if self._process is None:
            raise ServerError(f"the server in {self.directory} does not run")
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

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


def _account(user: str) -> str:
    return f"'{escape_string(user)}'@'%'"


def _verifier(password: str) -> str:
    """What `mysql_native_password` keeps of a password."""
    inner = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return f"*{hashlib.sha1(inner, usedforsecurity=False).hexdigest().upper()}"

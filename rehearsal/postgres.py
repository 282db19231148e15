"""One real PostgreSQL server that behaves, towards its users, like one on RDS.

Its users are those of `masters`; its data lie in a directory of its own.
"""

import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

import psycopg
from psycopg import sql

from rehearsal import guardian
from rehearsal.errors import ServerError
from rehearsal.installations import (
    authority,
    copy_tree,
    free_address,
    free_port,
    give,
    hand_over,
    installations,
    known_parameters,
    run,
    socket_directory,
    version,
)
from rehearsal.masters import STATISTICS, SUPERUSER, preparation
from rehearsal.stillness import standing_still

__all__ = ["SUPERUSER", "Server", "installations", "known_parameters", "version"]

PORT_ATTEMPTS = 5
PROCESS_FILE = "postmaster.pid"

HOST_BASED_AUTHENTICATION = f"""\
local   all          {SUPERUSER}                    trust
local   replication  {SUPERUSER}                    trust
hostssl all          {SUPERUSER}  all               reject
hostssl {SUPERUSER}  all          all               reject
hostssl all          all          127.0.0.0/8       scram-sha-256
"""

# Settings of ours, after those of the parameter group: the group cannot undo them.
SETTINGS = {
    "unix_socket_permissions": "0700",
    "ssl": "on",
    "ssl_cert_file": "server.crt",
    "ssl_key_file": "server.key",
    "password_encryption": "scram-sha-256",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "min_wal_size": "5MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
}

# Passwords and the emulation's own doings are not for the server's log and statistics.
UNSEEN = f"-c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic -c {STATISTICS}.track=none"


class Server:
    """A server in a directory of its own (`data`, `server.log`); its end is guarded however this process ends."""

    settings: ClassVar[Mapping[str, str]] = SETTINGS
    segment_mib: ClassVar[int] = 1  # of the write-ahead log

    def __init__(
        self,
        directory: Path,
        bin_directory: Path,
        parameters: Mapping[str, str] | None = None,
        *,
        wanted_port: int | None = None,
    ) -> None:
        """With a wanted port the server listens there, as on RDS: on a loopback address of its own, since ports repeat."""
        self.directory, self.parameters = directory.absolute(), dict(parameters or {})
        self.bin_directory, self._wanted_port = bin_directory, wanted_port
        self._address, self._port = "127.0.0.1", 0
        self._sockets = socket_directory()
        self._running = False
        self._lock = threading.RLock()

    @classmethod
    def from_snapshot(
        cls,
        snapshot_directory: Path,
        directory: Path,
        bin_directory: Path,
        parameters: Mapping[str, str] | None = None,
        *,
        wanted_port: int | None = None,
    ) -> Self:
        """A server on a copy of a snapshot's bytes, not yet started."""
        server = cls(directory, bin_directory, parameters, wanted_port=wanted_port)
        server._prepare()
        copy_tree(snapshot_directory, server.data)
        return server

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.directory / "data"

    @property
    def log_file(self) -> Path:
        """The server's log."""
        return self.directory / "server.log"

    @property
    def ca_file(self) -> Path:
        """What a client has to trust."""
        return authority().ca_file

    @property
    def host(self) -> str:
        """A name or address that the certificate holds for."""
        return "localhost" if self._wanted_port is None else self._address

    @property
    def port(self) -> int:
        """The port of the last start."""
        return self._port

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._running

    def create(self, master_user: str, master_password: str, database: str | None) -> None:
        """A new server with its master user and the user's database; it runs afterwards."""
        self._prepare()
        run(
            self.bin_directory / "initdb", "-D", self.data, "-U", SUPERUSER, "--auth=reject", "--encoding=UTF8", "--locale=C.UTF-8",
            f"--wal-segsize={self.segment_mib}", "--no-sync",
        )  # fmt: skip
        self.start()
        for place, statements in preparation(master_user, database or "postgres", statistics=self._has_statistics()):
            self.superuser_sql(statements, place)
        self.set_password(master_user, master_password)

    def start(self) -> None:
        """Start, on a port that was free a moment ago; nothing to do for a server that runs.

        Raises:
            ServerError: it does not start.
        """
        with self._lock:
            for attempt in range(PORT_ATTEMPTS):
                if self._running:
                    return
                self._choose_place()
                self._configure()
                self._try_to_start(last=attempt == PORT_ATTEMPTS - 1)

    def stop(self) -> None:
        """Stop in good order; nothing to do for a server that does not run."""
        self._stop("fast")

    def destroy(self) -> None:
        """Stop at once and remove the directory."""
        with self._lock:
            try:
                self._stop("immediate")
            finally:
                shutil.rmtree(self.directory, ignore_errors=True)
                guardian.release(self.directory)

    def superuser_sql(self, statement: str, database: str = "postgres") -> str:
        """The last result of statements run by the hidden superuser: a line per row, `|` between columns, as psql -At prints it."""
        with self._superuser(database) as connection:
            cursor = connection.execute(statement.encode())
            while cursor.nextset():
                pass
            result = cursor.pgresult
            if result is None:
                return ""
            return "\n".join(
                "|".join((result.get_value(row, column) or b"").decode() for column in range(result.nfields))
                for row in range(result.ntuples)
            )

    def set_password(self, user: str, password: str) -> None:
        """Change a password; the server gets to see its SCRAM verifier only."""
        with self._superuser("postgres") as connection:
            verifier = connection.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256").decode()
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(verifier)))

    def snapshot_to(self, path: Path) -> None:
        """Copy the running server's bytes, as they are now, into a new directory: the server stands still meanwhile.

        All of them, as a snapshot of storage: the write-ahead log, replication slots, what sessions hold. A server on them recovers as from a crash.
        """
        hand_over(path)
        self.superuser_sql("CHECKPOINT")
        with self._lock:
            running = self.data / PROCESS_FILE
            with standing_still(int(running.read_text().split("\n")[0])):
                copy_tree(self.data, path)
        (path / PROCESS_FILE).unlink()

    def dump(self) -> str:
        """Everything that SQL can read on the server, as pg_dumpall writes it."""
        return run(self.bin_directory / "pg_dumpall", "-h", self._sockets, "-p", str(self._port), "-U", SUPERUSER)

    def _choose_place(self) -> None:
        """Where the server will listen: free a moment ago."""
        if self._wanted_port is None:
            self._port = free_port()
            return
        self._address, self._port = free_address(self._wanted_port), self._wanted_port
        self._sockets = hand_over(socket_directory() / self._address)  # sockets are named for the port

    def _prepare(self) -> None:
        guardian.watch(self.directory)
        hand_over(self.directory)

    def _superuser(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._sockets), port=self._port, user=SUPERUSER, dbname=database, autocommit=True, options=UNSEEN
        )

    def _configure(self) -> None:
        """Write anew what a start reads, so that a clone takes nothing from where it was cloned."""
        (self.data / "pg_hba.conf").write_text(HOST_BASED_AUTHENTICATION)
        authority().issue(self.data / "server.crt", self.data / "server.key", self._address)
        give(self.data / "server.key")
        libraries = {"shared_preload_libraries": STATISTICS} if self._has_statistics() else {}
        place = {
            "listen_addresses": self._address,
            "port": str(self._port),
            "unix_socket_directories": str(self._sockets),
        }
        ours = {**self.settings, **place}
        lines = [f"{name} = '{_quoted(value)}'" for name, value in {**libraries, **self.parameters, **ours}.items()]
        (self.data / "postgresql.conf").write_text("\n".join(lines) + "\n")
        (self.data / "postgresql.auto.conf").write_text("")

    def _try_to_start(self, *, last: bool) -> None:
        begins_at = self.log_file.stat().st_size if self.log_file.exists() else 0
        try:
            run(self.bin_directory / "pg_ctl", "-D", self.data, "-l", self.log_file, "-w", "-t", "60", "-s", "start")
            self._running = True
        except ServerError as exc:
            said = self.log_file.read_bytes()[begins_at:].decode(errors="replace") if self.log_file.exists() else ""
            if last or "Address already in use" not in said:
                reasons = said.splitlines()[-3:]
                raise ServerError(f"the server in {self.directory} does not start: {' '.join(reasons) or exc}") from exc

    def _stop(self, mode: str) -> None:
        with self._lock:
            if self._running:
                run(self.bin_directory / "pg_ctl", "-D", self.data, "-m", mode, "-w", "-t", "60", "-s", "stop")
                self._running = False

    def _has_statistics(self) -> bool:
        libraries = (self.bin_directory / "postgres").resolve().parents[1] / "lib"
        return any((place / f"{STATISTICS}.so").exists() for place in (libraries, libraries / "postgresql"))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")

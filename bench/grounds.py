"""A server for each measurement: built once with its rows, then a fresh copy of its bytes for every contender."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Protocol

from rehearsal import guardian
from rehearsal.installations import hand_over, installations, run
from rehearsal.mariadb import MariaDbServer, mariadb_installations
from rehearsal.postgres import SETTINGS, Server
from sanitizer.dialect import Target
from sanitizer.engines import ENGINES
from sanitizer.steps import Step

USER, PASSWORD, DATABASE = "master", "Of-no-use-5", "shop"
KEY = "5a" * 32

# About those that RDS gives a server of 8 GiB, made smaller for this machine; the same for every contender. Nothing is spared: a commit
# is on the disk, as in production.
POSTGRESQL_SETTINGS = {
    "shared_buffers": "1GB",
    "maintenance_work_mem": "256MB",
    "work_mem": "16MB",
    "max_wal_size": "4GB",
    "min_wal_size": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "off",  # whose turn it runs in is chance
}
MARIADB_SETTINGS: dict[str, str | None] = {
    "innodb-buffer-pool-size": "1G",
    "innodb-log-file-size": "256M",
    "innodb-flush-log-at-trx-commit": "1",
    "innodb-sort-buffer-size": "16M",
    "character-set-server": "utf8mb4",
}


class RoomyServer(Server):
    """A server with memory, which loses nothing when the power fails."""

    settings: ClassVar[Mapping[str, str]] = {**SETTINGS, **POSTGRESQL_SETTINGS}
    segment_mib: ClassVar[int] = 16


class Running(Protocol):
    """A server that can be reached."""

    @property
    def host(self) -> str:
        """As its certificate names it."""

    @property
    def ca_file(self) -> Path:
        """What a client has to trust."""

    @property
    def port(self) -> int:
        """Where it listens."""

    def stop(self) -> None:
        """In good order."""

    def destroy(self) -> None:
        """With its directory."""


class Place:
    """A running copy, and how statements are done there."""

    def __init__(self, engine: str, server: Running) -> None:
        self.engine = engine
        self.target = Target(server.host, server.port, USER, PASSWORD, server.ca_file)

    def execute(self, statements: Sequence[str], *, keyed: bool = False) -> None:
        """One statement after the other in one session of the sanitizer's, which has the masking key where that is asked for."""
        with ENGINES[self.engine].open_server(self.target) as dialect, dialect.session(DATABASE) as session:
            if keyed:
                session.use_key(KEY)
            session.execute(Step("before", DATABASE, "benchmark", "statement", "", tuple(statements)))


class Ground:
    """One engine's servers."""

    name: ClassVar[str]
    engine: ClassVar[str]  # as the sanitizer calls it
    settings: ClassVar[Mapping[str, str | None]]

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="bench-"))
        guardian.watch(self.directory)
        self.directory.chmod(0o711)
        self._built = 0

    def close(self) -> None:
        """Removes everything."""
        shutil.rmtree(self.directory, ignore_errors=True)
        guardian.release(self.directory)

    def new(self, directory: Path) -> Running:
        """A new server with an empty database; it runs."""
        raise NotImplementedError

    def copy(self, data: Path, directory: Path) -> Running:
        """A server on a copy of the bytes; it runs."""
        raise NotImplementedError

    def version(self) -> str:
        """The server's version."""
        raise NotImplementedError

    def build(self, statements: Sequence[str]) -> Path:
        """The bytes of a server on which the statements were done."""
        self._built += 1
        directory = self.directory / f"built-{self._built}"
        server = self.new(directory)
        Place(self.engine, server).execute(statements)
        server.stop()
        return directory / "data"

    @contextmanager
    def place(self, data: Path) -> Iterator[Place]:
        """A fresh copy of those bytes, on the disk before anything begins."""
        directory = self.directory / "copy"
        server = self.copy(data, directory)
        try:
            os.sync()
            yield Place(self.engine, server)
        finally:
            server.destroy()

    def discard(self, data: Path) -> None:
        """Removes bytes that nobody needs any more."""
        shutil.rmtree(data.parent)


class PostgreSql(Ground):
    """The system's PostgreSQL; where there is none, the one that comes with the packages."""

    name, engine, settings = "postgresql", "postgres", POSTGRESQL_SETTINGS

    def __init__(self) -> None:
        super().__init__()
        self._programs = list(installations().values())[-1]

    def new(self, directory: Path) -> Running:
        server = RoomyServer(directory, self._programs)
        server.create(USER, PASSWORD, DATABASE)
        return server

    def copy(self, data: Path, directory: Path) -> Running:
        server = RoomyServer.from_snapshot(data, directory, self._programs)
        server.start()
        return server

    def version(self) -> str:
        return run(self._programs / "postgres", "--version").strip()


class MariaDb(Ground):
    """The system's MariaDB."""

    name, engine, settings = "mariadb", "mariadb", MARIADB_SETTINGS

    def new(self, directory: Path) -> Running:
        server = MariaDbServer(directory, MARIADB_SETTINGS)
        server.create(USER, PASSWORD, DATABASE)
        return server

    def copy(self, data: Path, directory: Path) -> Running:
        guardian.watch(directory)
        hand_over(directory)
        run(Path("/bin/cp"), "-a", data, directory / "data")
        server = MariaDbServer(directory, MARIADB_SETTINGS)
        server.start()
        return server

    def version(self) -> str:
        return run(mariadb_installations()["mariadb"], "--version").strip()


GROUNDS: dict[str, type[Ground]] = {
    PostgreSql.name: PostgreSql,
    **({MariaDb.name: MariaDb} if mariadb_installations() else {}),
}

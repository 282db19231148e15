"""The bytes behind the region: servers and snapshots in directories, made in the background while virtual time is waited for."""

import itertools
import shutil
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal import guardian
from rehearsal.engines import Engine, Server

WORKERS = 4


@dataclass
class Bytes:
    """A snapshot's directory. Nothing changes it, so copies of a snapshot share it; the last one to go removes it."""

    directory: Path
    made: Future[None]
    holders: int = 1
    readers: list[Future[Server]] = field(default_factory=list)


class Storage:
    """Servers and snapshots below one directory."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self._root, self._engine = root, engine
        guardian.watch(root)
        self._numbers = itertools.count(1)
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="rds-storage")
        self._servers: list[Future[Server]] = []

    def create(
        self, user: str, password: str, database: str | None, parameters: Mapping[str, str], port: int
    ) -> Future[Server]:
        """A new server."""

        def build(directory: Path) -> Server:
            server = self._engine.new_server(directory, parameters, port)
            server.create(user, password, database)
            return server

        return self._built(self._workers.submit(build, self._directory("server")))

    def snapshot(self, building: Future[Server]) -> Bytes:
        """The bytes of a server, as they are from now on or a little later."""
        directory = self._directory("snapshot")
        return Bytes(directory, self._workers.submit(lambda: building.result().snapshot_to(directory)))

    def clone(self, source: Bytes, parameters: Mapping[str, str], port: int) -> Future[Server]:
        """A server on a copy of a snapshot's bytes."""

        def build(directory: Path) -> Server:
            source.made.result()
            server = self._engine.restored_server(source.directory, directory, parameters, port)
            server.start()
            return server

        building = self._built(self._workers.submit(build, self._directory("server")))
        source.readers.append(building)
        return building

    def share(self, held: Bytes) -> Bytes:
        """The same bytes for one holder more."""
        held.holders += 1
        return held

    def release(self, held: Bytes) -> None:
        """One holder less; without any, and once nobody copies them any more, the bytes are removed."""
        held.holders -= 1
        if held.holders == 0:
            wait([held.made])
            wait(held.readers)
            shutil.rmtree(held.directory, ignore_errors=True)

    def destroy(self, building: Future[Server], last_copy: Bytes | None = None) -> None:
        """Remove a server in the background, not before its last copy is made."""

        def remove() -> None:
            if last_copy is not None:
                wait([last_copy.made])
            building.result().destroy()

        self._workers.submit(remove)

    def close(self) -> None:
        """Remove every server and every snapshot; what is being made is waited for, what was not begun yet never is."""
        self._workers.shutdown(wait=True, cancel_futures=True)
        for building in self._servers:
            if not building.cancelled() and building.exception() is None:
                building.result().destroy()
        shutil.rmtree(self._root, ignore_errors=True)
        guardian.release(self._root)

    def _directory(self, kind: str) -> Path:
        return self._root / f"{kind}-{next(self._numbers)}"

    def _built(self, building: Future[Server]) -> Future[Server]:
        self._servers.append(building)
        return building

"""Real servers, started when first needed and shared by all tests of this room; a fresh database for each test."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.postgres import Server, installations
from tests.sanitizer.workbench import PASSWORD, USER, Workbench
from tests.versions import other_versions


@pytest.fixture(scope="session")
def directory() -> Iterator[Path]:
    """Where servers live: not below pytest's folder, which the user that runs servers may not enter."""
    with tempfile.TemporaryDirectory(prefix="sanitizer-tests-") as path:
        yield Path(path)


@pytest.fixture(scope="session")
def servers(directory: Path) -> Iterator[dict[str, Server]]:
    """The servers that run, by the name of their installation."""
    started: dict[str, Server] = {}
    yield started
    for server in started.values():
        server.destroy()


@pytest.fixture(params=list(installations()))
def server(request: pytest.FixtureRequest, servers: dict[str, Server], directory: Path) -> Server:
    """A server of every PostgreSQL that this machine has; for promises to which the version may matter, of every version."""
    name = request.param
    if name not in servers:
        new = Server(directory / name, {**installations(), **other_versions()}[name])
        new.create(USER, PASSWORD, "shop")
        servers[name] = new
    return servers[name]


@pytest.fixture
def bench(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Workbench]:
    """A fresh database and the command line."""
    bench = Workbench(server, tmp_path, capsys)
    bench.clear()
    yield bench
    bench.close()

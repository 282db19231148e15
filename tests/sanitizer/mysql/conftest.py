"""A real MariaDB server, started when first needed and shared by all tests of this room; fresh databases for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.mariadb import MariaDbServer, mariadb_installations
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.workbench import PASSWORD, USER

# Beside the defaults: everything that could keep a statement's text keeps it, in files and in memory.
PARAMETERS = {
    "performance-schema": "ON",
    "performance-schema-consumer-events-statements-current": "ON",
    "performance-schema-consumer-events-statements-history-long": "ON",
    "performance-schema-instrument": "statement/%=ON",
    "general-log": "ON",
    "general-log-file": "general.log",
    "slow-query-log": "ON",
    "slow-query-log-file": "slow.log",
    "long-query-time": "0",
    "character-set-server": "utf8mb4",
}


@pytest.fixture(scope="session")
def maria(directory: Path) -> Iterator[MariaDbServer]:
    """The server."""
    if not mariadb_installations():
        pytest.skip("Debian's package mariadb-server is not installed")
    server = MariaDbServer(directory / "mariadb", PARAMETERS)
    server.create(USER, PASSWORD, "shop")
    yield server
    server.destroy()


@pytest.fixture
def bench(maria: MariaDbServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[MariaDbBench]:
    """A fresh database and the command line."""
    bench = MariaDbBench(maria, tmp_path, capsys)
    bench.clear()
    yield bench
    bench.close()

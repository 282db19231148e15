"""Real MariaDB servers that look to their users like RDS."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

import rehearsal
from rehearsal.errors import ServerError
from rehearsal.installations import free_port
from rehearsal.mariadb import MariaDbServer, mariadb_installations

PASSWORD = "it's a \\ master's pass word"


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    if not mariadb_installations():
        pytest.skip("Debian's package mariadb-server is not installed")
    with tempfile.TemporaryDirectory(prefix="test-mariadb-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[MariaDbServer]:
    made = MariaDbServer(directory / "server")
    made.create("shop_admin", PASSWORD, "shop")
    yield made
    made.destroy()


def ask(server: MariaDbServer, statement: str, **changed: Any) -> Any:
    settings = {
        "host": server.host, "port": server.port, "user": "shop_admin", "password": PASSWORD, "database": "shop", "autocommit": True,
        "ssl_ca": str(server.ca_file), "ssl_verify_identity": True,
    }  # fmt: skip
    with pymysql.connect(**(settings | changed)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_clients_verify_the_server_and_the_server_wants_tls(server: MariaDbServer) -> None:
    """By name and by address; without TLS, with another password or as a stranger nobody gets in."""
    for host in ("localhost", "127.0.0.1"):
        assert ask(server, "SHOW SESSION STATUS LIKE 'Ssl_version'", host=host)[0][1].startswith("TLS")
    refused: tuple[dict[str, Any], ...] = (
        {"ssl_ca": None, "ssl_verify_identity": None, "ssl_disabled": True},
        {"password": "wrong"},
        {"user": "rdsadmin", "password": ""},
        {"user": "root", "password": ""},
        {"user": "", "password": ""},
    )
    for changed in refused:
        with pytest.raises(pymysql.OperationalError):
            ask(server, "SELECT 1", **changed)


def test_the_master_user_is_no_superuser(server: MariaDbServer) -> None:
    """What takes SUPER, or writes files, it may not do; accounts and databases it may make."""
    for statement in (
        "SET GLOBAL general_log = 1",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        "CREATE DEFINER = rdsadmin@localhost VIEW v AS SELECT 1",
    ):
        with pytest.raises(pymysql.OperationalError, match=r"Access denied|1227|1045"):
            ask(server, statement)
    ask(server, "CREATE DATABASE other")
    ask(server, "CREATE USER app IDENTIFIED BY 'x'")


def test_each_server_has_its_own_place_for_temporary_tables(server: MariaDbServer) -> None:
    """A server that starts deletes those it finds there, which another one may be using."""
    assert ask(server, "SELECT @@tmpdir") == ((str(server.directory / "tmp"),),)


def test_a_server_that_was_stopped_starts_again(server: MariaDbServer) -> None:
    """With its data; a start of a server that runs does nothing, and it belongs to nobody special."""
    ask(server, "CREATE TABLE customers AS SELECT 'ada@example.org' AS email")
    server.stop()
    server.stop()
    server.start()
    server.start()
    assert ask(server, "SELECT email FROM customers") == (("ada@example.org",),)
    pid = int((server.data / "mariadb.pid").read_text())
    assert Path(f"/proc/{pid}").stat().st_uid == (pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid())


def test_a_snapshot_of_the_running_server_is_another_server(server: MariaDbServer, directory: Path) -> None:
    """Everything committed is in it, nothing later; both run on one port, at addresses of their own; the password is changed in one."""
    ask(server, "CREATE TABLE log (a int) ENGINE = Aria")
    ask(server, "CREATE TABLE words (a int)")
    for table in ("log", "words"):
        ask(server, f"INSERT INTO {table} VALUES (1)")
    server.snapshot_to(directory / "snapshot")
    ask(server, "INSERT INTO words VALUES (2)")
    port = free_port()
    clones = [
        MariaDbServer.from_snapshot(directory / "snapshot", directory / f"clone-{n}", wanted_port=port)
        for n in range(2)
    ]
    try:
        for clone in clones:
            clone.start()
        clones[0].set_password("shop_admin", "another password")
        assert ask(clones[0], "SELECT * FROM words JOIN log USING (a)", password="another password") == ((1,),)
        assert ask(clones[1], "SELECT * FROM words") == ((1,),)
        assert clones[0].host != clones[1].host
        with pytest.raises(pymysql.OperationalError, match="Access denied"):
            ask(clones[0], "SELECT 1")
        assert "INSERT INTO `words` VALUES\n(1)" in clones[1].dump()
    finally:
        for clone in clones:
            clone.destroy()
    assert ask(server, "SELECT count(*) FROM words") == ((2,),)


def test_a_setting_that_the_server_refuses_is_an_error_with_its_reason(directory: Path) -> None:
    """And no process is left."""
    broken = MariaDbServer(directory / "broken", {"no-such-option": "1"})
    with pytest.raises(ServerError, match=r"does not start: .*no-such-option"):
        broken.create("shop_admin", PASSWORD, "shop")
    broken.destroy()
    assert not broken.directory.exists()


@pytest.mark.parametrize(
    ("end", "standing_still"),
    [(signal.SIGKILL, False), (signal.SIGKILL, True), (signal.SIGTERM, False), (None, False)],
)
def test_however_a_process_ends_it_leaves_neither_a_server_nor_a_directory(
    directory: Path,
    end: signal.Signals | None,
    standing_still: bool,
) -> None:
    """A crash, a kill, also while a snapshot is taken: no server outlives the process."""
    made = directory / f"ends-{end}-{standing_still}"
    program = (
        "import pathlib, sys, time\nfrom rehearsal.mariadb import MariaDbServer\nserver = MariaDbServer(pathlib.Path(sys.argv[1]))\n"
        "server.create('shop_admin', 'some-password', 'shop')\nprint((server.data / 'mariadb.pid').read_text(), end='', flush=True)\n"
        f"held = server._standing_still()\nif {standing_still}: held.__enter__()\n"
        "print(flush=True)\ntime.sleep(float(sys.argv[2]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(made), "0" if end is None else "600"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=Path(rehearsal.__file__).parent.parent,
    )  # fmt: skip
    assert process.stdout is not None
    running = Path(f"/proc/{int(process.stdout.readline())}")
    process.stdout.readline()
    if end is not None:
        process.send_signal(end)
    process.wait()
    for _ in range(200):
        if not (running.exists() or made.exists()):
            break
        time.sleep(0.1)
    assert not running.exists()
    assert not made.exists()

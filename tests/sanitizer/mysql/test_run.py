"""The run as a whole, on MariaDB: told, one at a time, once only, stoppable; bad input and bad servers are told apart."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from rehearsal.certificates import Authority
from rehearsal.mariadb import MariaDbServer
from sanitizer.dialect import Target
from sanitizer.errors import ConnectionFailed
from sanitizer.mysql.connection import connect
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.workbench import PASSWORD

T = "CREATE TABLE t (id INT PRIMARY KEY, m VARCHAR(60) UNIQUE); INSERT INTO t SELECT seq, CONCAT('planted-marker', seq) FROM seq_1_to_20"
RULES = "tables: {t: {id: keep, m: email}}"
UNCHANGED = "SELECT COUNT(*) FROM t WHERE m LIKE 'planted-marker%'"
MARKED = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'sanitizer_begun'"


def test_the_report_tells_what_was_done_in_counts(bench: MariaDbBench) -> None:
    """Through the real command and its environment; engine, strategies, purge, checks; no value anywhere; the mark is gone."""
    bench.sql(T)
    arguments = bench.arguments("run", RULES)
    names = (f"SANITIZER_{name[2:].replace('-', '_').upper()}" for name in arguments[1::2])
    outcome = bench.run(["run"], dict(zip(names, arguments[2::2], strict=True)))
    assert outcome.code == 0, outcome.lines
    report = outcome.report
    assert report is not None
    assert report["engine"]["name"] == "mariadb"
    assert report["engine"]["version"].startswith("10.")
    table = {"rows": 20, "strategy": "copy and swap", "columns": {"id": "keep", "m": "email"}}
    assert report["databases"] == {"shop": {"tables": {"t": table}, "statements": 0, "rules": "every column"}}
    assert {"masked columns", "statistics", "rows", "distinct values", "structure"} <= set(report["verified"])
    assert [limit.split(" are ")[0] for limit in report["limits"]] == ["Columns masked by email"]
    assert "planted" not in str(outcome)
    assert bench.sql(MARKED) == [(0,)]


def test_the_report_counts_the_rows_that_are_there_at_the_end(bench: MariaDbBench) -> None:
    """Also where a statement of another database deleted them."""
    bench.sql(f"{T}; CREATE TABLE c (m VARCHAR(60), FOREIGN KEY (m) REFERENCES t (m)); CREATE DATABASE warehouse")
    outcome = bench.sanitize("""
databases:
  shop: {tables: {t: {id: keep, m: email}, c: {m: follow}}}
  warehouse: {tables: {}, sql: {after: [DELETE FROM shop.t WHERE id > 7]}}
""")
    assert outcome.code == 0, outcome.problems
    assert outcome.report is not None
    assert outcome.report["databases"]["shop"]["tables"]["t"]["rows"] == 7
    assert outcome.report["rows_verified"] == 7


def test_a_second_sanitizer_is_kept_away(bench: MariaDbBench) -> None:
    """While one holds the lock, another changes nothing."""
    bench.sql(T)
    bench.sql("SELECT GET_LOCK('sanitizer', 0)")
    outcome = bench.sanitize(RULES)
    assert outcome.code == 12
    assert "another sanitizer is at work" in outcome.problems
    assert bench.sql(UNCHANGED) == [(20,)]


def test_a_database_already_begun_is_refused(bench: MariaDbBench) -> None:
    """After a failure nobody knows which rows are masked; the server's own words, which hold the value, stay out."""
    bench.sql(T)
    failed = bench.run(
        bench.arguments(
            "run", RULES + "\nsql:\n  before:\n    - SELECT 1\n    - INSERT INTO t VALUES (99, 'planted-marker1')"
        )
    )
    assert failed.code == 20
    assert "statement 2 of sql.before" in failed.message
    assert "error 1062 (DUP_ENTRY), key m" in failed.message
    assert "planted" not in str(failed)
    outcome = bench.sanitize(RULES)
    assert outcome.code == 12
    assert "run 202601020300-abcd began masking here and did not finish" in outcome.problems
    bench.sql("DROP DATABASE sanitizer_begun")
    assert bench.sanitize(RULES).code == 0


def test_a_table_that_cannot_be_masked_is_told_by_name_and_number(bench: MariaDbBench) -> None:
    """A CHECK that masked values break where pre-flight's sample did not see it: exit code 21, the mark stays."""
    bench.sql(
        "CREATE TABLE t (id INT PRIMARY KEY, m VARCHAR(60), CONSTRAINT ours CHECK (id < 1001 OR m LIKE 'planted%'))"
    )
    bench.sql("INSERT INTO t SELECT seq, CONCAT('planted-marker', seq) FROM seq_1_to_1001")
    outcome = bench.sanitize("tables: {t: {id: keep, m: email}}")
    assert outcome.code == 21
    assert (
        "copy and swap of t in database shop: error 4025 (CONSTRAINT_FAILED), constraint ours. Destroy"
        in outcome.message
    )
    assert "planted" not in str(outcome)
    assert bench.sql(MARKED) == [(1,)]


def test_a_server_that_cannot_be_reached_or_trusted_is_told_apart(bench: MariaDbBench, tmp_path: Path) -> None:
    """Exit code 13 with its own remedy each; no password is sent to a server that is not the one."""
    bench.sql(T)
    (tmp_path / "wrong").write_text("wrong")
    other = tmp_path / "other"
    other.mkdir()
    denied = "the user or password was not accepted"
    for options, said in (
        ({"port": 1}, "it cannot be reached"),
        ({"host": "no-such-host.invalid"}, "it cannot be reached"),
        ({"ca_file": Authority(other).ca_file}, "its certificate was not accepted"),
        ({"ca_file": None}, "its certificate was not accepted"),
        ({"host": "127.1"}, "its certificate was not accepted"),
        ({"password_file": tmp_path / "wrong"}, denied),
        ({"user": "nobody"}, denied),
        ({"engine": "mysql"}, "it is mariadb, not mysql"),
    ):
        outcome = bench.perform(bench.arguments("run", RULES, **options))
        assert outcome.code == 13, (options, outcome.lines)
        assert said in outcome.problems
        assert PASSWORD not in str(outcome)
    assert bench.sql(UNCHANGED) == [(20,)]


def test_a_server_without_tls_gets_no_password(bench: MariaDbBench, directory: Path) -> None:
    """It is refused before logging in."""
    server = MariaDbServer(directory / "plain", {"ssl-cert": None, "ssl-key": None, "require-secure-transport": "OFF"})
    try:
        server.create("master", PASSWORD, "shop")
        outcome = bench.perform(bench.arguments("run", RULES, port=server.port))
    finally:
        server.destroy()
    assert outcome.code == 13, outcome.lines
    assert "its certificate was not accepted" in outcome.problems


SLEEPING = "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"


def start_and_wait(bench: MariaDbBench) -> subprocess.Popen[str]:
    """A run that is in the middle of a statement."""
    bench.sql(T)
    process = bench.start(bench.arguments("run", RULES + "\nsql: {before: [SELECT SLEEP(60)]}"))
    deadline = time.monotonic() + 30
    while not bench.sql(SLEEPING):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def kill_statements(bench: MariaDbBench) -> None:
    bench.maria.superuser_sql(*(f"KILL {number}" for (number,) in bench.sql(SLEEPING)))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_it_while_it_changes_the_database_says_so(bench: MariaDbBench, number: signal.Signals) -> None:
    """The exit code means destroy, and the mark stays."""
    process = start_and_wait(bench)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    kill_statements(bench)
    assert process.returncode == 29
    assert json.loads(err.splitlines()[-1])["event"] == "Stopped"
    assert bench.sql(MARKED) == [(1,)]


def test_a_managed_password_may_count_a_little_later(bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change RDS may refuse the new password for some seconds: it is tried again, for a while, and only then."""
    pauses: list[float] = []

    def change_it_at_last(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            bench.maria.superuser_sql(f"ALTER USER master IDENTIFIED BY '{PASSWORD}'")

    monkeypatch.setattr(time, "sleep", change_it_at_last)
    target = Target(bench.maria.host, bench.maria.port, "master", PASSWORD, bench.maria.ca_file, (1.0, 2.0, 3.0))
    bench.maria.superuser_sql("ALTER USER master IDENTIFIED BY 'not yet'")
    connect(target, "shop").close()
    assert pauses == [1.0, 2.0]
    with pytest.raises(ConnectionFailed):
        connect(target._replace(password="never"), "shop")
    assert pauses == [1.0, 2.0, 1.0, 2.0, 3.0]


def test_explain_prints_what_run_executes_and_changes_nothing(bench: MariaDbBench) -> None:
    """Fed to a server with the key in its place, its SQL masks to the same values; the key is not in it."""
    tables = "DROP TABLE IF EXISTS t, s; " + T + "; CREATE TABLE s (id INT, f DATE); INSERT INTO s VALUES (1, NULL)"
    bench.sql(tables)
    rules = "tables: {t: {id: keep, m: email}, s: {id: keep, f: {fixed: '2020-02-02'}}}\nsql: ['UPDATE t SET id = id + 100;']"
    explained = bench.perform(bench.arguments("explain", rules))
    assert explained.code == 0, explained.lines
    assert bench.sql(UNCHANGED) == [(20,)]
    assert "5a5a" not in explained.stdout
    assert "-- mask: t: copy and swap\n" in explained.stdout
    (key_table,) = (line for line in explained.stdout.splitlines() if "CREATE TEMPORARY TABLE `sanitizer_key`" in line)
    bench.sql(
        key_table.removeprefix("--") + "; INSERT INTO sanitizer_key VALUES (REPEAT('5a', 32))"
    )  # the server's log need not know it
    for statement in explained.stdout.splitlines():
        if not statement.startswith("--"):
            bench.sql(statement) if statement else None
    by_hand = bench.sql("SELECT * FROM t ORDER BY id") + bench.sql("SELECT * FROM s")
    bench.sql("DROP TEMPORARY TABLE sanitizer_key; " + tables)
    assert bench.sanitize(rules).code == 0
    assert bench.sql("SELECT * FROM t ORDER BY id") + bench.sql("SELECT * FROM s") == by_hand

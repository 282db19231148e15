"""The run as a whole: one at a time, once only, stoppable, and told."""

import hashlib
import json
import signal
import time

import psycopg
import pytest

from docs.pages.report_schema import schema
from rehearsal.installations import socket_directory
from rehearsal.postgres import SUPERUSER
from sanitizer.errors import ConnectionFailed
from sanitizer.postgresql.dialect import LOCK_NUMBER
from tests.sanitizer import once
from tests.sanitizer.test_report import check, closed
from tests.sanitizer.workbench import Workbench, rows_of_everything

pytestmark = once
T = "CREATE TABLE t (id int, m text); INSERT INTO t SELECT i, 'planted' || i FROM generate_series(1, 20) i"
RULES = "tables: {public.t: {id: keep, m: email}}"


def test_the_report_tells_what_was_done_in_counts(bench: Workbench) -> None:
    """Run, database, digest of the rules, engine, tables with rows, strategy and rules, purge, checks; no value anywhere."""
    bench.sql(T)
    outcome = bench.sanitize(RULES)
    assert outcome.code == 0, outcome.lines
    assert outcome.report is not None
    report = outcome.report
    assert (report["schema"], report["verdict"], report["run_id"], report["database"]) == (
        1,
        "verified",
        "202601020300-abcd",
        "orders",
    )
    assert report["rules_sha256"] == hashlib.sha256(RULES.encode()).hexdigest()
    assert report["engine"] == {"name": "postgres", "version": "17.10"}
    assert report["started_at"] <= report["finished_at"]
    assert report["started_at"].endswith("+00:00")
    table = {"rows": 20, "strategy": "rewrite", "columns": {"id": "keep", "m": "email"}}
    assert report["databases"] == {"shop": {"tables": {"public.t": table}, "statements": 0, "rules": "every column"}}
    assert {"masked columns", "statistics", "rows", "distinct values"} <= set(report["verified"])
    assert [each["name"] for each in report["phases"]] == ["inspect", "mask", "neutralise", "purge", "verify"]
    assert sum(each["seconds"] for each in report["phases"]) > 0
    assert (report["rows_verified"], report["resumed"], report["snapshot_at"]) == (20, False, None)
    check(report, closed(schema()))
    assert [limit.split(" are ")[0] for limit in report["limits"]] == ["Columns masked by email"]
    assert "planted" not in str(outcome)


def test_the_report_counts_the_rows_that_are_there_at_the_end(bench: Workbench) -> None:
    """Not those that statements of the rules file deleted after masking, and those that they added."""
    bench.sql(f"{T}; CREATE TABLE kept (id int)")
    tables = "  public.t: {id: keep, m: email}\n  public.kept: {id: keep}"
    outcome = bench.mask(tables, "sql:\n  after: [DELETE FROM t WHERE id > 7, 'INSERT INTO kept VALUES (1), (2)']")
    assert outcome.report is not None
    told = outcome.report["databases"]["shop"]["tables"]
    assert {name: table["rows"] for name, table in told.items()} == {"public.t": 7, "public.kept": 2}
    assert outcome.report["rows_verified"] == 7


def test_a_second_sanitizer_is_kept_away(bench: Workbench) -> None:
    """While one holds the lock, another changes nothing."""
    bench.sql(T)
    bench.sql(f"SELECT pg_advisory_lock({LOCK_NUMBER})", "postgres")
    outcome = bench.sanitize(RULES)
    assert outcome.code == 12
    assert "another sanitizer is at work" in outcome.problems
    assert bench.value("SELECT count(*) FROM t WHERE m LIKE 'planted%'") == 20


def test_a_database_already_begun_is_refused(bench: Workbench) -> None:
    """Masking twice would map masks of masks; after a failure nobody knows which rows are masked. A finished one has no mark left."""
    bench.sql(T)
    failed = bench.sanitize(RULES + "\nsql: [SELECT 1/0]")
    assert failed.code == 20
    outcome = bench.sanitize(RULES)
    assert outcome.code == 12
    assert "run 202601020300-abcd began masking here and did not finish" in outcome.problems
    bench.forget()
    assert bench.sanitize(RULES).code == 0
    assert bench.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'sanitizer_begun'", "postgres") == 0


def test_the_report_is_written_where_nothing_is(bench: Workbench) -> None:
    """An existing report is not overwritten: exit code 24."""
    bench.sql(T)
    (bench.directory / "report.json").write_text("{}")
    outcome = bench.sanitize(RULES)
    assert (outcome.code, outcome.report) == (24, {})
    assert bench.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'sanitizer_begun'", "postgres") == 1


def wait_for(bench: Workbench, query: str, database: str = "shop") -> None:
    deadline = time.monotonic() + 30
    while not bench.value(query, database):
        assert time.monotonic() < deadline, bench.sql("SELECT datname, state, wait_event, query FROM pg_stat_activity")
        time.sleep(0.02)


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sanitizer' AND (query ~ 'pg_sleep' OR wait_event_type = 'Lock')"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_it_while_it_changes_the_database_says_so(bench: Workbench, number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C end it cleanly: the statement is cancelled, the exit code means destroy, the mark stays."""
    bench.sql(T)
    process = bench.start(bench.arguments("run", RULES + "\nsql: {before: [SELECT pg_sleep(60)]}"))
    wait_for(bench, WAITING)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 29
    assert json.loads(err.splitlines()[-1])["event"] == "Stopped"
    wait_for(bench, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'sanitizer')")
    assert bench.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'sanitizer_begun'", "postgres") == 1


def test_stopping_it_before_it_changes_anything_says_so(bench: Workbench) -> None:
    """The exit code means that nothing was changed."""
    bench.sql(T)
    before = list(rows_of_everything(bench))
    socket = str(socket_directory())
    with psycopg.connect(host=socket, port=bench.server.port, user=SUPERUSER, dbname="shop") as holder:
        holder.execute("LOCK TABLE pg_extension IN ACCESS EXCLUSIVE MODE")
        process = bench.start(bench.arguments("run", RULES))
        wait_for(bench, WAITING, "postgres")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 19
    assert json.loads(err.splitlines()[-1])["event"] == "StoppedInTime"
    assert list(rows_of_everything(bench)) == before


def test_a_connection_that_fails_after_the_first_change_means_destroy(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would mean "nothing changed" before means the phase's own failure, or at least "stopped"."""
    bench.sql(T)
    bench.sql("CREATE DATABASE zoo", "postgres")
    statement = "sql: {before: [ALTER DATABASE zoo ALLOW_CONNECTIONS false]}"
    outcome = bench.sanitize(f"databases: {{shop: {{{RULES}, {statement}}}, zoo: {{tables: {{}}}}}}")
    bench.sql("DROP DATABASE zoo WITH (FORCE)", "postgres")
    bench.forget()
    assert outcome.code == 21
    assert "the database accepts no connections" in outcome.message

    def fail(*_: object) -> None:
        raise ConnectionFailed("lost")

    monkeypatch.setattr("sanitizer.__main__.write_once", fail)
    assert bench.sanitize(RULES).code == 29


def test_an_unexpected_error_tells_its_class_and_place_only(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """No text of it, for that may hold data; the exit code means destroy."""

    def fail(*_: object) -> None:
        raise KeyError("planted-marker")

    monkeypatch.setattr("sanitizer.pipeline.drift.match", fail)
    outcome = bench.sanitize(RULES)
    assert outcome.code == 70
    assert outcome.message.startswith("KeyError at pipeline.py:")
    assert "planted" not in str(outcome)


EXPLAINED = (
    T
    + """; CREATE TABLE s (id int); INSERT INTO s VALUES (1); CREATE VIEW v AS SELECT m FROM t; CREATE VIEW w AS SELECT id FROM s;
    CREATE TABLE u (m text, g text GENERATED ALWAYS AS (upper(m)) STORED); INSERT INTO u SELECT m FROM t;
    CREATE FUNCTION first_of_all() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT min(m) FROM t; SELECT min(m) FROM v; END"""
)


def test_explain_prints_what_run_executes_and_changes_nothing(bench: Workbench) -> None:
    """The SQL of explain, fed to psql with the key set, masks to the same values; the key is not in it."""
    bench.sql(EXPLAINED)
    rules = "tables: {public.t: {id: keep, m: email}, public.u: {m: email, g: keep}, public.s: truncate}\nsql: ['UPDATE t SET id = id + 100;']"
    before = list(rows_of_everything(bench))
    explained = bench.perform(bench.arguments("explain", rules))
    assert explained.code == 0, explained.lines
    assert list(rows_of_everything(bench)) == before
    assert "5a5a" not in explained.stdout
    for told in (
        "-- mask: public.u: update\n-- ALTER COLUMN TYPE is refused (default value for column g of table public.u uses m): one UPDATE",
        "-- mask: public.t: rewrite\n-- what depends on the masked columns (2) is out of the way meanwhile: one ALTER",
        "-- mask: 2 dependent(s): dependents off\n",
    ):
        assert told in explained.stdout
    key = "SELECT set_config('sanitizer.key', '" + "5a" * 32 + "', false);\n"
    bench.program("psql", "-X", "-v", "ON_ERROR_STOP=1", given=key + explained.stdout)
    by_hand = list(rows_of_everything(bench))
    bench.sql("DROP FUNCTION first_of_all; DROP VIEW v, w; DROP TABLE t, s, u; " + EXPLAINED)
    assert bench.sanitize(rules).code == 0
    assert sorted(rows_of_everything(bench)) == sorted(by_hand)
    assert len(by_hand) == 40


def test_no_name_ends_the_comment_it_stands_in(bench: Workbench) -> None:
    """What explain prints may be fed to psql: a table's name that holds a line end is no statement there."""
    bench.sql('CREATE TABLE "t\nDROP TABLE victim; --" (id int, m text); CREATE TABLE victim (id int)')
    tables = '{"public.t\\nDROP TABLE victim; --": {id: keep, m: set_null}, public.victim: {id: keep}}'
    outcome = bench.perform(bench.arguments("explain", f"tables: {tables}", report=None))
    assert outcome.code == 0, outcome.lines
    bench.program("psql", "--quiet", "--set=ON_ERROR_STOP=1", given=outcome.stdout)
    assert bench.column("SELECT tablename FROM pg_tables WHERE tablename = 'victim'") == ["victim"]

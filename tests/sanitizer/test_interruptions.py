"""A run that is stopped, killed or cut off goes on where it was: nothing is masked twice, nothing is left out."""

import json
import random
import signal

import psycopg
import pytest

from sanitizer.postgresql import ledger
from sanitizer.postgresql.connection import connect
from tests.sanitizer import once
from tests.sanitizer.interrupting import Interruption, kill_after, run_to_the_end, seconds_of_a_run, statements_of_a_run
from tests.sanitizer.test_run import wait_for
from tests.sanitizer.workbench import Outcome, Workbench, rows_of_everything

pytestmark = once

# Two masks of one value differ from one, so a table masked twice is seen; so is a statement of the rules that ran twice.
SHOP = """
CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE, name text, born date, likes jsonb);
CREATE TABLE mails (id int PRIMARY KEY, address text REFERENCES people (email) ON DELETE CASCADE, body text);
CREATE TABLE visits (id int, ip text, gone boolean); CREATE TABLE sessions (id int, token text);
CREATE TABLE counted (id int PRIMARY KEY, n int); CREATE MATERIALIZED VIEW seen AS SELECT name FROM people;
CREATE VIEW joined AS SELECT p.name, m.body FROM people p JOIN mails m ON m.address = p.email;
COMMENT ON CONSTRAINT mails_address_fkey ON mails IS 'kept';
INSERT INTO people SELECT i, 'p' || i || '@posteo.de', 'Name ' || i, date '1990-01-01' + i, jsonb_build_object('tel', i) FROM generate_series(1, 400) i;
INSERT INTO mails SELECT i, 'p' || i || '@posteo.de', 'body ' || i FROM generate_series(1, 300) i;
INSERT INTO visits SELECT i, '10.0.0.' || i % 250, i % 3 = 0 FROM generate_series(1, 300) i;
INSERT INTO sessions SELECT i, 'token' || i FROM generate_series(1, 50) i; INSERT INTO counted VALUES (1, 0);
"""
RULES = """
tables:
  public.people: {id: keep, email: email, name: hash, born: {shift: 30d}, likes: {json: {$.tel: hash}}}
  public.mails: {id: keep, address: follow, body: hash}
  public.visits: {delete: gone, columns: {id: keep, ip: hash, gone: keep}}
  public.sessions: truncate
  public.counted: {id: keep, n: keep}
sql:
  before: [UPDATE counted SET n = n + 1]
  after: [UPDATE counted SET n = n + 100, "INSERT INTO counted VALUES (2, 0)"]
"""
STRUCTURE = (
    "SELECT conname || pg_get_constraintdef(oid) || coalesce(obj_description(oid, 'pg_constraint'), '') FROM pg_constraint "
    "WHERE conrelid::regclass::text IN ('people', 'mails', 'counted') ORDER BY 1"
)


def fresh(bench: Workbench) -> None:
    bench.forget()
    bench.sql("DROP OWNED BY CURRENT_USER CASCADE")
    bench.sql(SHOP)
    (bench.directory / "report.json").unlink(missing_ok=True)


def everything(bench: Workbench) -> list[str]:
    """All rows, the stored view, constraints with comments, what is recorded of runs, in a fixed order."""
    rows = (
        list(rows_of_everything(bench))
        + bench.column("SELECT 'seen ' || name FROM seen")
        + bench.column("SELECT name || body FROM joined")
    )
    marks = bench.column("SELECT nspname FROM pg_namespace WHERE nspname = 'sanitizer_begun'")
    return (
        sorted(rows)
        + bench.column(STRUCTURE)
        + marks
        + bench.column("SELECT nspname FROM pg_namespace WHERE nspname = 'sanitizer_begun'", "postgres")
    )


def patch(monkeypatch: pytest.MonkeyPatch, interruption: Interruption) -> None:
    """Counts the statements of the sanitizer's connections only."""

    class Counted(psycopg.Connection):  # type: ignore[type-arg]
        execute = interruption.around(psycopg.Connection.execute)

    def counted(*arguments: object, **options: object) -> psycopg.Connection[tuple[object, ...]]:
        connection = connect(*arguments, **options)  # type: ignore[arg-type]
        connection.__class__ = Counted
        return connection

    monkeypatch.setattr("sanitizer.postgresql.dialect.connect", counted)


def test_stopped_at_any_statement_it_ends_in_the_same_data(bench: Workbench) -> None:
    """Before each of many statements, and after it: the same run again ends as an undisturbed one, and says what it did not do again."""
    fresh(bench)
    every = statements_of_a_run(bench, RULES, patch)
    expected = everything(bench)
    assert any("(1,101)" in row for row in expected), "each statement of the rules ran once"
    codes, resumed = set(), 0
    for number in range(1, every - 1, 19):  # the last two take the records away: stopped between them, a run is refused
        for after in (False, True):
            fresh(bench)
            with pytest.MonkeyPatch.context() as monkeypatch:
                patch(monkeypatch, Interruption(number, after=after))
                codes.add(bench.sanitize(RULES).code)
            (bench.directory / "report.json").unlink(missing_ok=True)
            outcome = run_to_the_end(bench, RULES)
            resumed += any(line["step"] == "resume" for line in outcome.lines)
            assert everything(bench) == expected, (number, after)
    assert {19, 29} <= codes
    assert resumed > every // 38, "most interruptions come after the first change"


def test_a_run_that_had_finished_is_not_begun_again(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped while its records are taken away, nobody could tell any more what was done: nothing is done twice."""
    fresh(bench)
    run_to_the_end(bench, RULES)
    expected = list(rows_of_everything(bench))
    fresh(bench)
    (bench.directory / "report.json").unlink(missing_ok=True)
    with monkeypatch.context() as patched:
        patched.setattr("sanitizer.postgresql.ledger.remove", Interruption(2, after=False).around(ledger.remove))
        assert bench.sanitize(RULES).code != 0
    outcome = bench.sanitize(RULES)
    assert outcome.code == 12
    assert "has masked and verified all of it" in outcome.problems
    assert set(expected) <= set(rows_of_everything(bench)), "the records that are left stand beside them"


def test_killed_at_random_it_ends_in_the_same_data(bench: Workbench) -> None:
    """The process itself is killed, now and again; no session of it goes on beside the next one."""
    fresh(bench)
    whole = seconds_of_a_run(bench, RULES)
    expected = everything(bench)
    moments = random.Random(7)
    for _ in range(6):
        fresh(bench)
        for _ in range(2):
            if not (bench.directory / "report.json").exists():  # a run that has ended would begin anew
                kill_after(bench, RULES, moments.uniform(0.4, 1.0) * whole)
        ended = (bench.directory / "report.json").exists()
        if not ended:
            run_to_the_end(bench, RULES)
        found = everything(bench)
        # Killed once all was reported, it may leave its records beside the data.
        assert found == expected or (ended and set(expected) <= set(found))


def test_the_report_tells_what_an_earlier_process_neutralised(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken away before the run was stopped, it is there no more when the next process looks."""
    bench.sql("CREATE ROLE application LOGIN PASSWORD 'production-secret'")
    with monkeypatch.context() as patched:
        patched.setattr("sanitizer.pipeline.Pipeline._purge", Interruption(1, after=False).around(print))
        assert bench.sanitize("tables: {}").code == 29
    outcome = run_to_the_end(bench, "tables: {}")
    assert outcome.report is not None
    assert outcome.report["neutralised"] == [{"role": "application", "outcome": "no login"}]


def run_and_cut_off(bench: Workbench, statement: str) -> Outcome:
    """A run of which every session is ended by the server while it waits in a statement of the rules."""
    process = bench.start(bench.arguments("run", RULES.replace("before: [", f"before: [{statement}, ")))
    wait_for(bench, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sanitizer' AND query ~ 'pg_sleep'")
    bench.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sanitizer'")
    out, err = process.communicate(timeout=60)
    return Outcome(process.returncode, [json.loads(line) for line in err.splitlines()], out, None)


def test_a_lost_connection_is_taken_up_again(bench: Workbench) -> None:
    """What the lost session had not finished is done once; the lock is taken again; the run says so."""
    fresh(bench)
    run_to_the_end(bench, RULES)
    expected = everything(bench)
    fresh(bench)
    outcome = run_and_cut_off(bench, "SELECT pg_sleep(2)")
    assert outcome.code == 0, outcome.lines
    assert [line["event"] for line in outcome.lines if line["step"] == "connection"] == ["lost"]
    assert everything(bench) == expected


def test_a_server_that_does_not_come_back_means_destroy(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some minutes of trying the loss is the failure of what was being done."""
    monkeypatch.setattr("sanitizer.execution.PAUSES_SECONDS", (0.01, 0.01))
    bench.sql("CREATE DATABASE zoo", "postgres")
    bench.sql(
        "CREATE TABLE t (a text); CREATE FUNCTION leave() RETURNS void LANGUAGE sql AS 'SELECT pg_terminate_backend(pg_backend_pid())'",
        "zoo",
    )
    outcome = bench.sanitize(
        "databases: {shop: {tables: {}}, zoo: {tables: {public.t: {a: keep}}, sql: [SELECT public.leave()]}}"
    )
    bench.sql("DROP DATABASE zoo WITH (FORCE)", "postgres")
    bench.forget()
    assert outcome.code == 20, outcome.lines
    assert "the connection was lost" in outcome.message or "57P01" in outcome.message


@pytest.mark.parametrize(
    "changed", [{"run_id": "202601020300-zzzz"}, {"rules": "# another file\n"}, {"key": "b7" * 32}]
)
def test_only_the_same_run_goes_on(bench: Workbench, changed: dict[str, str]) -> None:
    """Another run id, other rules or another key are refused before anything changes, with what would be right."""
    fresh(bench)
    assert bench.sanitize(RULES.replace("after: [", "after: [SELECT 1/0, ")).code == 20
    before = list(rows_of_everything(bench))
    if "key" in changed:
        (bench.directory / "key").write_text(changed["key"])
    rules = RULES.replace("after: [", "after: [SELECT 1/0, ") + changed.get("rules", "")
    outcome = bench.sanitize(rules, **({"run_id": changed["run_id"]} if "run_id" in changed else {}))
    assert outcome.code == 12
    assert "run 202601020300-abcd began masking here and did not finish" in outcome.problems
    assert "--run-id 202601020300-abcd" in outcome.problems
    assert list(rows_of_everything(bench)) == before


def test_several_tables_are_masked_at_once_and_a_failure_ends_them_all(bench: Workbench) -> None:
    """Ctrl-C while tables are masked on several connections ends every one of them on the server too."""
    for number in range(3):
        bench.sql(f"CREATE TABLE t{number} (a text); INSERT INTO t{number} VALUES ('x')")
    rules = "tables: {" + ", ".join(f"public.t{number}: {{a: hash}}" for number in range(3)) + "}"
    with bench.connection().transaction():
        bench.sql("LOCK TABLE t0, t1, t2 IN ACCESS SHARE MODE")
        process = bench.start(bench.arguments("run", rules, connections=3))
        waiting = "SELECT count(*) = 3 FROM pg_stat_activity WHERE application_name = 'sanitizer' AND wait_event_type = 'Lock'"
        wait_for(bench, waiting, "postgres")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 29
        wait_for(
            bench, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'sanitizer')", "postgres"
        )
    assert bench.value("SELECT count(*) FROM t0 JOIN t1 USING (a) JOIN t2 USING (a) WHERE a = 'x'") == 1

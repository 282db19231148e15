"""A run that is stopped, killed or cut off on MariaDB goes on where it was, although definitions change outside of transactions there."""

import json
import random
import time

import pytest

from sanitizer.mysql.connection import Connection
from tests.sanitizer.interrupting import Interruption, kill_after, run_to_the_end, seconds_of_a_run, statements_of_a_run
from tests.sanitizer.mysql.workbench import MariaDbBench

SHOP = """
CREATE TABLE people (id INT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(80) UNIQUE, name VARCHAR(80), KEY (name)) AUTO_INCREMENT = 5000;
CREATE TABLE mails (id INT PRIMARY KEY, address VARCHAR(80), body TEXT, CONSTRAINT to_people FOREIGN KEY (address) REFERENCES people (email) ON DELETE CASCADE);
CREATE TABLE visits (id INT PRIMARY KEY, ip VARCHAR(80));
CREATE TABLE sessions (id INT PRIMARY KEY, token TEXT);
CREATE TABLE counted (id INT PRIMARY KEY, n INT);
CREATE TRIGGER stamped BEFORE UPDATE ON visits FOR EACH ROW SET NEW.ip = CONCAT(OLD.ip, ' seen');
INSERT INTO people (id, email, name) SELECT seq, CONCAT('p', seq, '@posteo.de'), CONCAT('Name ', seq) FROM seq_1_to_400;
INSERT INTO mails SELECT seq, CONCAT('p', seq, '@posteo.de'), CONCAT('body ', seq) FROM seq_1_to_300;
INSERT INTO visits SELECT seq, CONCAT('10.0.0.', seq MOD 250) FROM seq_1_to_300;
INSERT INTO sessions SELECT seq, CONCAT('token', seq) FROM seq_1_to_50;
INSERT INTO counted VALUES (1, 0)
"""
RULES = """
tables:
  people: {id: keep, email: email, name: hash}
  mails: {id: keep, address: follow, body: hash}
  visits: {delete: id > 290, columns: {id: keep, ip: {scramble: {}, where: id > 9}}}
  sessions: truncate
  counted: {id: keep, n: keep}
sql:
  before: [UPDATE counted SET n = n + 1]
  after: [UPDATE counted SET n = n + 100, "INSERT INTO counted VALUES (2, 0)"]
"""
TABLES = ("people", "mails", "visits", "sessions", "counted")


def fresh(bench: MariaDbBench) -> None:
    bench.forget()
    bench.sql("SET foreign_key_checks = 0")
    for (table,) in bench.sql("SHOW TABLES"):
        bench.sql(f"DROP TABLE `{table}`")
    bench.sql("SET foreign_key_checks = 1")
    for statement in SHOP.split(";\n"):
        bench.sql(statement)
    (bench.directory / "report.json").unlink(missing_ok=True)


def everything(bench: MariaDbBench) -> list[object]:
    """All rows, definitions with their counters and foreign keys, triggers, and which tables and databases there are."""
    rows = [row for table in TABLES for row in bench.sql(f"SELECT * FROM {table} ORDER BY 1")]
    defined = [bench.sql(f"SHOW CREATE TABLE {table}") for table in TABLES]
    triggers = bench.sql(
        "SELECT trigger_name, action_statement FROM information_schema.triggers WHERE trigger_schema = 'shop'"
    )
    return [*rows, *defined, triggers, bench.sql("SHOW TABLES"), bench.sql("SHOW DATABASES")]


def patch(monkeypatch: pytest.MonkeyPatch, interruption: Interruption) -> None:
    monkeypatch.setattr(Connection, "run", interruption.around(Connection.run))


def test_stopped_at_any_statement_it_ends_in_the_same_data(bench: MariaDbBench) -> None:
    """Before each of many statements, and after it: the same run again ends as an undisturbed one, definitions included."""
    fresh(bench)
    every = statements_of_a_run(bench, RULES, patch)
    expected = everything(bench)
    assert (1, 101) in expected, "each statement of the rules ran once"
    codes = set()
    for number in range(1, every + 1, 11):
        for after in (False, True)[: 1 if number == every else 2]:  # after the last one the run is over
            fresh(bench)
            with pytest.MonkeyPatch.context() as monkeypatch:
                patch(monkeypatch, Interruption(number, after=after))
                codes.add(bench.sanitize(RULES).code)
            (bench.directory / "report.json").unlink(missing_ok=True)
            run_to_the_end(bench, RULES)
            assert everything(bench) == expected, (number, after)
    assert {19, 29} <= codes


def test_killed_at_random_it_ends_in_the_same_data(bench: MariaDbBench) -> None:
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
        # Killed once all was reported, it may leave the database of its records.
        assert found == expected or (ended and found[:-1] == expected[:-1])


SLEEPING = "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"
OURS = "SELECT id FROM information_schema.processlist WHERE IS_USED_LOCK(CONCAT('sanitizer session ', id)) = id"


def test_a_lost_connection_is_taken_up_again(bench: MariaDbBench) -> None:
    """What the lost session had not finished is done once; the lock is taken again; the run says so."""
    fresh(bench)
    run_to_the_end(bench, RULES)
    expected = everything(bench)
    fresh(bench)
    process = bench.start(bench.arguments("run", RULES.replace("before: [", "before: [SELECT SLEEP(2), ")))
    deadline = time.monotonic() + 30
    while not bench.sql(SLEEPING):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    ours = bench.sql(OURS)
    assert len(ours) > 1, "the session that holds the lock too"
    bench.maria.superuser_sql(*(f"KILL {number}" for (number,) in ours))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    told = [line["event"] for line in map(json.loads, err.splitlines()) if line["step"] == "connection"]
    assert told.count("lost") == 1
    assert set(told) <= {"lost", "waits for another session"}, "a killed session may hold its locks for a moment"
    assert everything(bench) == expected


def test_only_the_same_run_goes_on(bench: MariaDbBench) -> None:
    """Another run id is refused before anything changes, with what would be right."""
    fresh(bench)
    assert bench.sanitize(RULES.replace("after: [", "after: [SELECT nothing, ")).code == 20
    outcome = bench.sanitize(RULES.replace("after: [", "after: [SELECT nothing, "), run_id="202601020300-zzzz")
    assert outcome.code == 12
    assert "--run-id 202601020300-abcd" in outcome.problems

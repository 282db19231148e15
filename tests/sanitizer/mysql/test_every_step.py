"""Leaves out every kind of step that purges or neutralises, one at a time: each time something is left, or verification fails."""

from collections.abc import Callable

import pytest

from sanitizer.mysql.session import MySqlSession
from sanitizer.names import TableName
from sanitizer.steps import Step
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.workbench import PASSWORD

PLANTED = """
    CREATE TABLE t (id INT PRIMARY KEY, m VARCHAR(60)); INSERT INTO t SELECT seq, CONCAT('planted-', seq) FROM seq_1_to_300;
    CREATE TABLE old LIKE t; INSERT INTO old SELECT * FROM t; UPDATE old SET m = 'fine';
    CREATE TABLE by_sql LIKE t; INSERT INTO by_sql SELECT * FROM t; ANALYZE TABLE by_sql PERSISTENT FOR ALL;
    CREATE TABLE dropped (id INT PRIMARY KEY, m VARCHAR(60), z INT); INSERT INTO dropped SELECT seq, 'planted', 1 FROM seq_1_to_99;
    ALTER TABLE dropped DROP COLUMN m, ALGORITHM = INSTANT;
    CREATE TABLE ver (id INT PRIMARY KEY, m VARCHAR(60)) WITH SYSTEM VERSIONING; INSERT INTO ver VALUES (1, 'planted-old'); UPDATE ver SET m = 'kept';
    CREATE EVENT e ON SCHEDULE EVERY 1 HOUR DO DELETE FROM t;
    CREATE DATABASE untouched; CREATE TABLE untouched.t LIKE t; INSERT INTO untouched.t SELECT * FROM t"""
# Statements have every table written anew, which counts its rows too: where there are none, only purging counts them.
RULES = """\
databases:
  shop:
    tables:
      t: {id: keep, m: hash}
      old: {id: keep, m: keep}
      by_sql: {id: keep, m: keep}
      dropped: {id: keep, z: keep}
      ver: {id: keep, m: keep}
    sql: ["UPDATE by_sql SET m = ''"]
  untouched: {tables: {t: {id: keep, m: hash}}}
"""
Execute = Callable[[MySqlSession, Step, str | None], frozenset[TableName]]


def everything_left(bench: MariaDbBench) -> list[str]:
    """Where something planted is found, or can still be done."""
    tables = ("t", "old", "by_sql", "dropped", "ver")
    bench.maria.superuser_sql(
        f"FLUSH TABLES {', '.join(f'shop.{table}' for table in tables)} FOR EXPORT", "UNLOCK TABLES"
    )
    left = [name for name in tables if b"planted" in (bench.maria.data / "shop" / f"{name}.ibd").read_bytes()]
    left += ["readable by SQL"] if "planted" in bench.everything_readable() else []
    accounts = "SELECT COUNT(*) FROM mysql.global_priv WHERE User = 'app' AND json_value(Priv, '$.authentication_string') RLIKE '[1-9A-F]'"
    enabled = "SELECT COUNT(*) FROM information_schema.events WHERE status = 'ENABLED'"
    return left + [query for query in (accounts, enabled) if bench.maria.superuser_sql(query) != [(0,)]]


def left_by(
    bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch, omitted: tuple[str, str] | None, seen: set[tuple[str, str]]
) -> list[str]:
    """A whole run on a fresh database, without the steps of one kind; verification that fails is told as left too."""
    execute: Execute = MySqlSession.execute

    def unless_omitted(session: MySqlSession, step: Step, entry: str | None = None) -> frozenset[TableName]:
        seen.add((step.phase, step.strategy))
        skipped = (step.phase, step.strategy) == omitted
        return execute(session, step._replace(statements=()) if skipped else step, entry)

    bench.clear()
    (bench.directory / "report.json").unlink(missing_ok=True)
    bench.sessions.clear()
    bench.sql(PLANTED)
    bench.maria.superuser_sql(
        f"CREATE USER 'app'@'%' IDENTIFIED BY '{PASSWORD}'", "GRANT FEDERATED ADMIN ON *.* TO master",
        "CREATE SERVER other FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h', USER 'u', PASSWORD 'planted')", "ANALYZE TABLE mysql.servers PERSISTENT FOR ALL",
        "SET GLOBAL innodb_stats_auto_recalc = OFF", "SET GLOBAL log_output = 'TABLE'", "SELECT 'planted'", "SET GLOBAL log_output = 'FILE'",
    )  # fmt: skip
    try:
        with monkeypatch.context() as patched:
            patched.setattr(MySqlSession, "execute", unless_omitted)
            outcome = bench.sanitize(RULES)
    finally:
        bench.maria.superuser_sql(
            "REVOKE FEDERATED ADMIN ON *.* FROM master", "SET GLOBAL innodb_stats_auto_recalc = ON"
        )
    assert outcome.code in (0, 23), f"{outcome.problems} {outcome.message}"
    return [*(["verification"] if outcome.code else []), *everything_left(bench)]


def test_no_step_can_be_left_out(bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all of them nothing is left. The kinds are those that a run really has; a new one is tried without being listed here."""
    seen: set[tuple[str, str]] = set()
    assert left_by(bench, monkeypatch, None, seen) == []
    tried = sorted(each for each in seen if each[0] in ("purge", "neutralise"))
    assert len(tried) >= 8, tried
    assert [each for each in tried if not left_by(bench, monkeypatch, each, seen)] == []

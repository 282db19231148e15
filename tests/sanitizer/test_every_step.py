"""Leaves out every kind of step that purges or neutralises, one at a time: each time something is left, or verification fails."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from sanitizer.names import TableName
from sanitizer.postgresql.session import PostgreSqlSession
from sanitizer.steps import Step
from tests.sanitizer import once
from tests.sanitizer.hiding import EVENT_TRIGGER, SLOT, SUBSCRIPTION, holding, superusers_things
from tests.sanitizer.workbench import Workbench

PLANTED = """
    CREATE TABLE t (id int, m text); INSERT INTO t SELECT i, 'planted_step-' || i % 90 FROM generate_series(1, 300) AS i; CREATE TABLE updated AS TABLE t;
    CREATE TABLE emptied AS TABLE t; CREATE TABLE off AS TABLE t; CREATE MATERIALIZED VIEW w AS TABLE off; CREATE TYPE uses AS (row updated); ANALYZE;
    ALTER TABLE off ALTER m SET STATISTICS 0; COMMENT ON TABLE t IS 'planted_step in a comment'; SELECT lo_from_bytea(0, 'planted_step in a large object');
    CREATE SERVER other FOREIGN DATA WRAPPER away OPTIONS (password 'planted_step'); CREATE USER MAPPING FOR master SERVER other OPTIONS (password 'planted_step');
    CREATE ROLE application LOGIN PASSWORD 'production-secret'; ALTER ROLE application SET application_name = 'token=planted_step'"""
OF_THE_SUPERUSER = f"""
    {SUBSCRIPTION}; UPDATE pg_subscription SET subowner = 'master'::regrole; {SLOT}; ALTER ROLE master REPLICATION;
    {EVENT_TRIGGER}; UPDATE pg_event_trigger SET evtowner = 'master'::regrole"""
RULES = """\
purge: forensic
large_objects: unlink
tables:
  public.t: {id: keep, m: hash}
  public.updated: {id: keep, m: hash}
  public.emptied: {id: keep, m: keep}
  public.off: {id: keep, m: keep}
sql: [COMMENT ON TABLE t IS NULL, DELETE FROM emptied, UPDATE off SET m = 'masked']
"""
STATES = """
SELECT (SELECT count(*) FROM pg_replication_slots) + (SELECT count(*) FROM pg_event_trigger WHERE evtenabled <> 'D')
     + (SELECT count(*) FROM pg_authid WHERE rolname = 'application' AND (rolcanlogin OR rolpassword IS NOT NULL))
"""
KEPT_STATISTICS = "SELECT count(*) FROM pg_stats s WHERE s::text ~ 'planted_step'"
KEPT_STATEMENTS = "SELECT count(*) FROM pg_stat_statements WHERE query ~ 'planted_step' AND query !~ 'pg_stat'"


class Kind(NamedTuple):
    """A kind of step: the same thing in several databases, or to several of a sort, is one."""

    phase: str
    strategy: str
    sort: str


def kind(step: Step) -> Kind:
    """The step's kind: its place without names."""
    return Kind(step.phase, step.strategy, "table" if "." in step.place else " ".join(step.place.split(" ")[:2]))


def everything_left(bench: Workbench) -> list[str]:
    """Where something planted is found, or can still be done."""
    left = sorted(holding(bench, "planted_step"))
    left += ["readable by SQL"] if "planted_step" in bench.server.dump() else []
    for what, query in {"state": STATES, "statistics": KEPT_STATISTICS, "statements": KEPT_STATEMENTS}.items():
        left += [what] if bench.server.superuser_sql(query, "shop") != "0" else []
    return left


Execute = Callable[[PostgreSqlSession, Step, str | None], frozenset[TableName]]


def left_by(bench: Workbench, monkeypatch: pytest.MonkeyPatch, omitted: Kind | None, seen: set[Kind]) -> list[str]:
    """A whole run on a fresh database, without the steps of one kind; verification that fails is told as left too."""
    execute: Execute = PostgreSqlSession.execute

    def unless_omitted(session: PostgreSqlSession, step: Step, entry: str | None = None) -> frozenset[TableName]:
        seen.add(kind(step))
        return execute(session, step._replace(statements=()) if kind(step) == omitted else step, entry)

    bench.clear()
    (bench.directory / "report.json").unlink(missing_ok=True)
    with superusers_things(bench), monkeypatch.context() as patched:
        bench.server.superuser_sql("SELECT pg_stat_statements_reset()")
        bench.sql(PLANTED)
        bench.server.superuser_sql(OF_THE_SUPERUSER, "shop")
        patched.setattr(PostgreSqlSession, "execute", unless_omitted)
        outcome = bench.sanitize(RULES)
        assert outcome.code in (0, 23), f"{outcome.problems} {outcome.message}"
        return [*(["verification"] if outcome.code else []), *everything_left(bench)]


@once
def test_no_step_can_be_left_out(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all of them nothing is left. The kinds are those that a run really has; a new one is tried without being listed here."""
    seen: set[Kind] = set()
    assert left_by(bench, monkeypatch, None, seen) == []
    tried = sorted(each for each in seen if each.phase in ("purge", "neutralise"))
    assert len(tried) >= 15, tried
    needless = [each for each in tried if not left_by(bench, monkeypatch, each, seen)]
    assert needless == []

"""What a real pg_cron has scheduled in production does not run, nor tell anything, in a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.installations import installations
from rehearsal.postgres import Server
from tests.sanitizer.workbench import PASSWORD, USER, Workbench

WITH_CRON = [programs for programs in installations().values() if (programs.parent / "lib/pg_cron.so").exists()]


@pytest.fixture
def scheduler(directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Workbench]:
    """A server of its own that runs pg_cron, whose extension is the superuser's, as on RDS."""
    preloaded = {"shared_preload_libraries": "pg_stat_statements,pg_cron", "cron.database_name": "shop"}
    server = Server(directory / "cron", WITH_CRON[0], preloaded)
    server.create(USER, PASSWORD, "shop")
    bench = Workbench(server, tmp_path, capsys)
    server.superuser_sql(
        "CREATE EXTENSION pg_cron; CREATE ROLE app LOGIN; GRANT app TO master; CREATE ROLE stranger LOGIN", "shop"
    )
    yield bench
    bench.close()
    server.destroy()


@pytest.mark.skipif(not WITH_CRON, reason="no PostgreSQL here has pg_cron")
def test_jobs_of_a_real_pg_cron_are_unscheduled(scheduler: Workbench) -> None:
    """With all that they said: the user's own, and those of roles that the user may be. Others' cannot run: those cannot log in any more."""
    root = scheduler.server.superuser_sql
    columns = """SELECT format('  cron.%s: {%s}', relname, (SELECT string_agg(attname || ': keep', ', ') FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0)) FROM pg_class c WHERE relnamespace = 'cron'::regnamespace AND relkind = 'r'"""
    rules = "tables:\n" + root(columns, "shop")
    outcome = scheduler.sanitize(rules)
    assert outcome.code == 12, outcome.lines
    assert "GRANT USAGE ON SCHEMA cron, and DELETE ON its tables, TO the master user" in outcome.problems
    root("GRANT USAGE ON SCHEMA cron TO master, app, stranger", "shop")
    for who in ("master", "app", "stranger"):
        root(f"SET ROLE {who}; SELECT cron.schedule('{who}', '0 0 1 1 *', 'SELECT ''planted''')", "shop")
        root(
            f"INSERT INTO cron.job_run_details (runid, username, return_message) SELECT max(jobid), '{who}', 'planted' FROM cron.job",
            "shop",
        )
    root("ANALYZE cron.job; ANALYZE cron.job_run_details", "shop")
    outcome = scheduler.sanitize(rules)
    assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
    left = "SELECT username FROM cron.job UNION ALL SELECT username FROM cron.job_run_details"
    assert root(left, "shop") == "stranger\nstranger"
    assert root("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'stranger'") == "f"
    assert scheduler.value("SELECT current_user || count(*) FROM cron.job") == "master0"
    assert scheduler.value("SELECT count(*) FROM pg_stats s WHERE s::text ~ 'planted'") == 0

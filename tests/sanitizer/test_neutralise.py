"""What a restored copy would open or do is taken away; what the user may not take away stops the run before anything is changed."""

from collections.abc import Iterator

import pytest
from psycopg import pq

from rehearsal.masters import SUPERUSER
from sanitizer.postgresql.dialect import PostgreSql
from sanitizer.postgresql.neutralise import database_openings
from sanitizer.postgresql.session import PostgreSqlSession
from sanitizer.rules import Rules
from sanitizer.steps import Step
from tests.sanitizer import everywhere, once, where_dumped
from tests.sanitizer.hiding import EVENT_TRIGGER, SLOT, SUBSCRIPTION, superusers_things
from tests.sanitizer.workbench import Workbench

OPENINGS = """
    CREATE SERVER other FOREIGN DATA WRAPPER away OPTIONS (host 'kept', port '1', password 'planted');
    CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (user 'planted'); CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (key 'planted')"""
FOREIGN_TABLE = (
    """CREATE FOREIGN TABLE f (m text) SERVER other OPTIONS (uri 'https://planted:planted@away/', other 'kept')"""
)


@pytest.fixture(autouse=True)
def _clean(bench: Workbench) -> Iterator[None]:
    with superusers_things(bench):
        yield


def run(bench: Workbench) -> dict[str, str]:
    """A run that succeeds; what its report says is neutralised."""
    outcome = bench.sanitize("tables: {}")
    assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
    assert outcome.report is not None
    return {each["role"]: each["outcome"] for each in outcome.report["neutralised"]}


def dumped(bench: Workbench) -> list[str]:
    """All that SQL can read on the server; pg_dump's own random words left out."""
    return [line for line in bench.server.dump().splitlines() if "restrict " not in line]


@where_dumped
def test_passwords_for_other_systems_do_not_leave(bench: Workbench) -> None:
    """Mappings, options of servers and foreign tables, and what the planner's statistics keep of those; the servers stay, and what opens nothing."""
    bench.sql(f"{OPENINGS}; ANALYZE pg_foreign_server")
    kept = "SELECT string_agg(concat_ws(' ', most_common_elems, most_common_vals, histogram_bounds), ' ') FROM pg_stats WHERE tablename = 'pg_foreign_server'"
    assert "planted" in bench.value(kept)
    told = run(bench)
    assert "planted" not in bench.server.dump() + bench.value(kept)
    assert bench.value("SELECT srvoptions FROM pg_foreign_server") == ["host=kept", "port=1"]
    assert told == {
        "user mapping of master for server other of shop": "dropped",
        "user mapping of PUBLIC for server other of shop": "dropped",
        "options password of server other of shop": "dropped",
    }


@where_dumped
def test_taking_away_is_safe_to_repeat(bench: Workbench) -> None:
    """A connection that is lost when all is done: the same steps then find nothing to do. Options of foreign tables too."""
    bench.sql(f"{OPENINGS}; {FOREIGN_TABLE}")
    bench.server.superuser_sql(f"{SUBSCRIPTION}; UPDATE pg_subscription SET subowner = 'master'::regrole", "shop")
    steps = [opening.step for opening in database_openings(bench.connection(), "shop")]
    assert len(steps) == 5
    session = PostgreSqlSession(bench.connection(), "shop")
    for step in (*steps, *steps):
        session.execute(step)
    assert "planted" not in bench.server.dump()
    assert bench.value("SELECT ftoptions FROM pg_foreign_table") == ["other=kept"]


def test_secrets_in_settings_do_not_leave(bench: Workbench) -> None:
    """Settings that only an application knows, and connection strings in any; a role's other settings stay."""
    bench.server.superuser_sql("""
        ALTER DATABASE shop SET app.secret = 'planted'; ALTER ROLE master IN DATABASE shop SET app.secret = 'planted';
        ALTER ROLE master SET application_name = 'host=a password=planted'; ALTER ROLE master SET work_mem = '5MB';
        GRANT SET ON PARAMETER "app.secret" TO master""")
    told = run(bench)
    assert "planted" not in bench.server.dump()
    assert bench.column("SELECT unnest(setconfig) FROM pg_db_role_setting ORDER BY 1") == ["work_mem=5MB"]
    assert told == dict.fromkeys(
        (
            'setting app.secret of DATABASE "shop"',
            'setting app.secret of ROLE "master" IN DATABASE "shop"',
            'setting application_name of ROLE "master"',
        ),
        "reset",
    )


def test_keys_are_secrets_by_their_names(bench: Workbench) -> None:
    """Of servers, of settings under the name of an extension that reads none such; a key that is no secret stays."""
    bench.sql(
        "CREATE SERVER other FOREIGN DATA WRAPPER away OPTIONS (access_key 'planted', \"sslKey\" 'planted', uri 'AccountKey=planted', primary_key 'kept')"
    )
    bench.server.superuser_sql("""
        ALTER DATABASE shop SET pgcrypto.encryption_key = 'planted'; GRANT SET ON PARAMETER pgcrypto.encryption_key TO master""")
    try:
        told = run(bench)
    finally:
        bench.server.superuser_sql("REVOKE ALL ON PARAMETER pgcrypto.encryption_key FROM master")
    assert "planted" not in bench.server.dump()
    assert bench.value("SELECT srvoptions FROM pg_foreign_server") == ["primary_key=kept"]
    assert told == {
        "options access_key, sslKey, uri of server other of shop": "dropped",
        'setting pgcrypto.encryption_key of DATABASE "shop"': "reset",
    }


@everywhere
def test_secrets_that_autovacuum_saw_in_settings_do_not_leave(bench: Workbench) -> None:
    """In the statistics of every database; they are made anew where the user may do that, and stop the run where not."""
    root = bench.server.superuser_sql
    root("""ALTER ROLE master SET application_name = 'host=a password=planted'""")
    for database in ("shop", "postgres"):
        root("ANALYZE pg_db_role_setting", database)
    kept = "SELECT count(*) FROM pg_stats s WHERE s::text ~ 'planted'"
    outcome = bench.sanitize("tables: {}")
    assert (outcome.code, bench.value(kept)) == (12, 1)
    assert outcome.problems.count("statistics of settings in") == 2
    assert "GRANT pg_maintain TO the master user" in outcome.problems
    if bench.connection().info.server_version >= 170000:
        root("GRANT pg_maintain TO master")
        try:
            run(bench)
        finally:
            root("REVOKE pg_maintain FROM master")
        assert (bench.value(kept), bench.value(kept, "postgres")) == (0, 0)
        assert bench.value("SELECT count(*) FROM pg_db_role_setting") == 0
        (bench.directory / "report.json").unlink()
    root("ALTER ROLE master RESET ALL; ALTER ROLE master SET work_mem = '5MB'")
    for database in ("shop", "postgres"):
        root("ANALYZE pg_db_role_setting", database)
    run(bench)


@everywhere
def test_nothing_goes_on_by_itself(bench: Workbench) -> None:
    """A subscription, a replication slot, an event trigger that replicas fire."""
    root = bench.server.superuser_sql
    root(f"{SUBSCRIPTION}; UPDATE pg_subscription SET subowner = 'master'::regrole", "shop")
    root(f"{EVENT_TRIGGER}; UPDATE pg_event_trigger SET evtowner = 'master'::regrole", "shop")
    root(f"ALTER ROLE master REPLICATION; {SLOT}")
    told = run(bench)
    assert root("SELECT (SELECT count(*) FROM pg_subscription) + (SELECT count(*) FROM pg_replication_slots)") == "0"
    assert bench.value("SELECT evtenabled::text FROM pg_event_trigger") == "D"
    assert told == {
        "subscription s of shop": "dropped",
        "event trigger acts of shop": "disabled",
        "replication slot stays": "dropped",
    }


@once
def test_a_slot_that_somebody_takes_up_meanwhile_fails_the_run(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody drops it then, and nothing may say that it was."""
    bench.server.superuser_sql(f"ALTER ROLE master REPLICATION; {SLOT}")
    place = f"host={bench.server._sockets} port={bench.server.port} user={SUPERUSER} replication=true"
    reader = pq.PGconn.connect(place.encode())
    plan = PostgreSql.plan_neutralise

    def taken_up(server: PostgreSql, rules: Rules) -> list[Step]:
        steps = plan(server, rules)
        position = bench.server.superuser_sql("SELECT pg_current_wal_lsn()")
        began = reader.exec_(f"START_REPLICATION SLOT stays PHYSICAL {position}".encode())
        assert began.status == pq.ExecStatus.COPY_BOTH, reader.get_error_message()
        return steps

    monkeypatch.setattr(PostgreSql, "plan_neutralise", taken_up)
    try:
        outcome = bench.sanitize("tables: {}")
    finally:
        reader.finish()
        bench.forget()
    assert (outcome.code, outcome.report) == (22, None)
    assert "dropped of replication slot stays in database postgres" in outcome.message


@everywhere
def test_jobs_of_pg_cron_are_unscheduled(bench: Workbench) -> None:
    """With all that they said; an extension of that name, its tables and its function are enough."""
    root = bench.server.superuser_sql
    bench.sql("""
        CREATE SCHEMA cron; CREATE TABLE cron.job (jobid bigint, command text); CREATE TABLE cron.job_run_details (return_message text);
        CREATE FUNCTION cron.unschedule(id bigint) RETURNS boolean LANGUAGE sql AS 'DELETE FROM cron.job WHERE jobid = id RETURNING true';
        INSERT INTO cron.job VALUES (1, 'planted'), (2, 'planted'); INSERT INTO cron.job_run_details VALUES ('planted')""")
    root(
        """SET allow_system_table_mods = on; INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        SELECT 99999, 'pg_cron', 'rdsadmin'::regrole, 'cron'::regnamespace, false, '1.6'""",
        "shop",
    )
    try:
        outcome = bench.sanitize(
            "tables: {cron.job: {jobid: keep, command: keep}, cron.job_run_details: {return_message: keep}}"
        )
        assert outcome.code == 0, outcome.problems
        assert bench.value("SELECT (SELECT count(*) FROM cron.job) + (SELECT count(*) FROM cron.job_run_details)") == 0
        assert outcome.report is not None
        assert {"role": "jobs of pg_cron in shop", "outcome": "unscheduled"} in outcome.report["neutralised"]
    finally:
        root("SET allow_system_table_mods = on; DELETE FROM pg_extension WHERE oid = 99999", "shop")


@where_dumped
def test_what_the_user_may_not_take_away_stops_the_run(bench: Workbench) -> None:
    """Before anything is changed, all at once, each with what to do in the source."""
    root = bench.server.superuser_sql
    root(f"SET ROLE boss; {OPENINGS}; {FOREIGN_TABLE}; CREATE TABLE t (m text)", "shop")
    root(f"SET ROLE boss; {SUBSCRIPTION}", "shop")
    root(f"SET ROLE boss; {EVENT_TRIGGER}; ALTER FOREIGN DATA WRAPPER away OPTIONS (ADD token 'planted')", "shop")
    root(f"ALTER DATABASE shop SET app.secret = 'planted'; ALTER ROLE ALL SET search_path = 'token=planted'; {SLOT}")
    before = dumped(bench)
    outcome = bench.sanitize("tables: {public.f: {m: keep}, public.t: {m: keep}}")
    assert (outcome.code, outcome.report) == (12, None)
    for place, remedy in {
        "user mapping of boss for server other of shop": 'In the source: ALTER SERVER "other" OWNER TO the master user',
        "options password of server other of shop": 'In the source: ALTER SERVER "other" OPTIONS (DROP "password")',
        "options uri of foreign table public.f of shop": 'ALTER FOREIGN TABLE "public"."f" OPTIONS (DROP "uri")',
        "options token of foreign data wrapper away of shop": 'ALTER FOREIGN DATA WRAPPER "away" OPTIONS (DROP "token")',
        "subscription s of shop": 'In the source: ALTER SUBSCRIPTION "s" OWNER TO the master user',
        "event trigger acts of shop": 'In the source: ALTER EVENT TRIGGER "acts" DISABLE',
        'setting app.secret of DATABASE "shop"': 'In the source: ALTER DATABASE "shop" RESET "app"."secret"',
        "setting search_path of ROLE ALL": 'In the source: ALTER ROLE ALL RESET "search_path"',
        "replication slot stays": "GRANT rds_replication TO the master user",
    }.items():
        said = [finding for finding in outcome.findings if finding["place"].endswith(f", {place}")]
        assert len(said) == 1, (place, outcome.problems)
        assert remedy in said[0]["remedy"]
    assert "planted" not in outcome.problems
    assert dumped(bench) == before

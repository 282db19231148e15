"""What masking leaves behind is gone: old rows, stored query results, statistics, statements, passwords."""

import psycopg
import pytest

from sanitizer.postgresql import purge
from tests.sanitizer import everywhere, once
from tests.sanitizer.workbench import Workbench

MARKED = "(SELECT i, 'planted-' || i FROM generate_series(1, 200) i)"


def bytes_on_disk(bench: Workbench, table: str) -> bytes:
    bench.server.superuser_sql("CHECKPOINT")
    return (bench.server.data / bench.value(f"SELECT pg_relation_filepath('{table}')")).read_bytes()


def statistics(bench: Workbench) -> str:
    kept = "concat_ws(' ', most_common_vals, histogram_bounds, most_common_elems)"
    plain = bench.value(f"SELECT string_agg({kept}, ' ') FROM pg_stats WHERE schemaname = 'public'") or ""
    return plain + str(bench.value("SELECT string_agg(most_common_vals::text, ' ') FROM pg_stats_ext"))


@everywhere
def test_no_old_row_is_left_in_any_table(bench: Workbench) -> None:
    """Neither where rules masked by UPDATE, nor where statements did, nor in a table that a statement touched after it was rewritten."""
    bench.sql(f"""
        CREATE TABLE updated (id int, m text); INSERT INTO updated {MARKED}; CREATE TYPE uses AS (row updated);
        CREATE TABLE by_sql (id int, m text); INSERT INTO by_sql {MARKED};
        CREATE TABLE twice (id int, m text, note text); INSERT INTO twice SELECT i, m, m FROM {MARKED} AS a (i, m);
        CREATE TABLE rewritten (id int, m text); INSERT INTO rewritten {MARKED}""")
    outcome = bench.mask(
        "  public.updated: {id: keep, m: hash}\n  public.by_sql: {id: keep, m: keep}\n  public.twice: {id: keep, m: hash, note: keep}\n"
        "  public.rewritten: {id: keep, m: hash}",
        "sql: [UPDATE by_sql SET m = '', UPDATE twice SET note = '']",
    )
    for table in ("updated", "by_sql", "twice", "rewritten"):
        assert b"planted-" not in bytes_on_disk(bench, table), table
    assert outcome.report is not None
    vacuumed = {step["place"] for step in outcome.report["purged"] if step["by"] == "vacuum full"}
    assert vacuumed == {"public.updated", "public.by_sql", "public.twice"}, (
        "what masking rewrote is not rewritten again"
    )


@everywhere
def test_stored_query_results_are_refreshed_in_their_order(bench: Workbench) -> None:
    """A materialized view may read another through a view; one never populated stays so."""
    bench.sql(f"""
        CREATE TABLE t (id int, m text); INSERT INTO t {MARKED};
        CREATE MATERIALIZED VIEW z_first AS SELECT m FROM t; CREATE VIEW between AS SELECT m FROM z_first;
        CREATE MATERIALIZED VIEW a_second AS SELECT m FROM between; CREATE MATERIALIZED VIEW empty AS SELECT m FROM t WITH NO DATA""")
    bench.mask("  public.t: {id: keep, m: hash}")
    for view in ("z_first", "a_second"):
        assert bench.value(f"SELECT count(*) FROM {view}") == 200
        assert bench.value(f"SELECT count(*) FROM {view} WHERE m LIKE 'planted%'") == 0
    assert bench.value("SELECT relispopulated FROM pg_class WHERE relname = 'empty'") is False


def test_stored_query_results_hold_what_their_owners_see(bench: Workbench) -> None:
    """Row level security decides what an owner sees, and may read other stored results for it: those are filled first; one that reads itself is refreshed."""
    bench.sql(f"""
        CREATE ROLE owner; GRANT owner TO master; GRANT CREATE, USAGE ON SCHEMA public TO owner; CREATE TABLE allowed AS SELECT 7 AS id, 'owner' AS who;
        CREATE TABLE t (id int, m text); INSERT INTO t {MARKED}; GRANT SELECT ON t TO owner; ALTER TABLE t ENABLE ROW LEVEL SECURITY;
        CREATE TABLE u (id int, m text); INSERT INTO u {MARKED}; GRANT SELECT ON u TO owner; ALTER TABLE u ENABLE ROW LEVEL SECURITY;
        CREATE MATERIALIZED VIEW z_allowed AS SELECT id, who FROM allowed; GRANT SELECT ON z_allowed TO owner;
        CREATE FUNCTION may(i int) RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT EXISTS (SELECT FROM z_allowed WHERE id = i AND who <> ''); END;
        CREATE POLICY p ON t USING (may(id)); CREATE MATERIALIZED VIEW a_seen AS SELECT * FROM t WITH NO DATA; ALTER MATERIALIZED VIEW a_seen OWNER TO owner;
        CREATE MATERIALIZED VIEW itself AS SELECT 3 AS id, m FROM u; ALTER MATERIALIZED VIEW itself OWNER TO owner;
        CREATE POLICY p ON u USING (id IN (SELECT id FROM itself)); REFRESH MATERIALIZED VIEW a_seen; REFRESH MATERIALIZED VIEW itself""")
    assert (bench.value("SELECT count(*) FROM a_seen"), bench.value("SELECT count(*) FROM itself")) == (1, 1)
    outcome = bench.mask(
        "  public.t: {id: keep, m: hash}\n  public.u: {id: keep, m: hash}\n  public.allowed: {id: keep, who: hash}"
    )
    assert bench.sql("SELECT * FROM a_seen") == bench.sql("SELECT * FROM t WHERE id = 7")
    assert bench.column("SELECT m FROM itself") == bench.column("SELECT m FROM u WHERE id = 3")
    assert outcome.report is not None
    strategies = {name: table["strategy"] for name, table in outcome.report["databases"]["shop"]["tables"].items()}
    assert strategies == {"public.t": "rewrite", "public.u": "update", "public.allowed": "rewrite"}


@everywhere
def test_planner_statistics_hold_no_original(bench: Workbench) -> None:
    """Of masked, updated, truncated, partitioned, once emptied tables; of truncated ones with views, arrays, partition keys; extended ones too."""
    bench.sql(f"""
        CREATE TABLE masked (id int, m text); INSERT INTO masked {MARKED}; CREATE STATISTICS e (mcv) ON id, m FROM masked;
        CREATE TABLE updated (id int, m text); INSERT INTO updated {MARKED}; CREATE TYPE uses AS (row updated);
        CREATE TABLE emptied (id int, m text); INSERT INTO emptied {MARKED};
        CREATE TABLE gone (id int, m text); INSERT INTO gone {MARKED}; CREATE STATISTICS f (mcv) ON id, m FROM gone;
        CREATE TABLE viewed (id int, m text NOT NULL, a text[], s tsvector NOT NULL); CREATE VIEW w AS SELECT * FROM viewed;
        INSERT INTO viewed SELECT i, m, ARRAY[m], to_tsvector(m) FROM {MARKED} AS a (i, m);
        CREATE TABLE parts (k text, m text) PARTITION BY HASH (k); CREATE TABLE p1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE p2 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1) PARTITION BY LIST (k); CREATE TABLE p3 PARTITION OF p2 DEFAULT;
        INSERT INTO parts SELECT m, m FROM {MARKED} AS a (i, m);
        ANALYZE; TRUNCATE emptied; UPDATE masked SET m = 'planted-x' WHERE id < 9""")
    assert statistics(bench).count("planted") > 1000
    bench.mask(
        "  public.masked: {id: keep, m: hash}\n  public.updated: {id: keep, m: hash}\n  public.emptied: {id: keep, m: email}\n"
        "  public.gone: truncate\n  public.viewed: truncate\n  public.parts: truncate"
    )
    assert "plant" not in statistics(bench)


@everywhere
def test_planner_statistics_that_analyze_would_leave_hold_no_original(bench: Workbench) -> None:
    """Of tables that statements emptied, and of columns, also of stored query results, for which ANALYZE is off: it stays off."""
    bench.sql(f"""
        CREATE TABLE emptied (id int PRIMARY KEY, m text, n text); INSERT INTO emptied SELECT i, m, m FROM {MARKED} AS a (i, m);
        CREATE TABLE points (id int REFERENCES emptied); CREATE TABLE off (id int, m text, n text); INSERT INTO off SELECT i, m, m FROM {MARKED} AS a (i, m);
        CREATE VIEW seen AS SELECT m FROM off; CREATE MATERIALIZED VIEW stored AS SELECT m FROM off; ANALYZE;
        ALTER TABLE off ALTER m SET STATISTICS 0; ALTER TABLE stored ALTER m SET STATISTICS 0""")
    assert statistics(bench).count("planted") > 400
    bench.mask(
        "  public.emptied: {id: keep, m: keep, n: keep}\n  public.points: {id: keep}\n  public.off: {id: keep, m: keep, n: hash}",
        "sql: [DELETE FROM emptied, UPDATE off SET m = 'masked']",
    )
    assert "planted" not in statistics(bench)
    off = "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attstattarget = 0 AND attrelid >= 16384 AND attnum > 0 ORDER BY 1"
    assert bench.sql(off) == [("off", "m"), ("stored", "m")]


@everywhere
def test_planner_statistics_of_emptied_tables_hold_nothing_whatever_uses_their_columns(bench: Workbench) -> None:
    """Views, expressions of indexes and extended statistics; emptied by a rule, by a statement or long ago; of partitions alone too."""
    for table in ("by_rule", "by_statement", "before"):
        bench.sql(f"""
            CREATE TABLE {table} (id int, m text); INSERT INTO {table} {MARKED}; CREATE VIEW seen_{table} AS SELECT m FROM {table};
            CREATE MATERIALIZED VIEW stored_{table} AS SELECT m FROM seen_{table} WHERE length(m) < 0;
            CREATE INDEX {table}_upper ON {table} (upper(m)); CREATE INDEX {table}_words ON {table} USING gin (to_tsvector('simple', m));
            CREATE STATISTICS {table}_both (mcv) ON id, m FROM {table}""")
        if bench.since(14):
            bench.sql(f"CREATE STATISTICS {table}_lower ON (lower(m)) FROM {table}")
    bench.sql(f"""
        CREATE TABLE parted (id int, m text) PARTITION BY RANGE (id); CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (0) TO (150);
        CREATE TABLE part_2 PARTITION OF parted DEFAULT; INSERT INTO parted {MARKED}; CREATE VIEW seen AS SELECT m FROM parted;
        ANALYZE; DELETE FROM before""")
    views = bench.sql("SELECT viewname, definition FROM pg_views WHERE viewname ~ '^seen' ORDER BY 1")
    bench.mask(
        "  public.by_rule: truncate\n  public.by_statement: {id: keep, m: keep}\n  public.before: {id: keep, m: keep}\n  public.parted: {id: keep, m: keep}",
        "sql: [DELETE FROM by_statement, DELETE FROM part_1, UPDATE parted SET m = 'masked']",
    )
    assert "planted" not in statistics(bench)
    if bench.since(14):
        kept = "concat_ws(' ', most_common_vals, histogram_bounds, most_common_elems)"
        assert "planted" not in bench.value(f"SELECT string_agg({kept}, ' ') FROM pg_stats_ext_exprs")
    assert bench.sql("SELECT viewname, definition FROM pg_views WHERE viewname ~ '^seen' ORDER BY 1") == views


@everywhere
def test_extended_statistics_for_which_analyze_is_off_hold_no_original(bench: Workbench) -> None:
    """They, or one of their columns; of a table that is masked by UPDATE, for a type uses its rows. It stays off."""
    for table in ("itself", "column_of_it"):
        bench.sql(f"""
            CREATE TABLE {table} (born date, kind int); INSERT INTO {table} SELECT '1971-03-04'::date + i % 40, 5 FROM generate_series(1, 400) i;
            CREATE TYPE holds_{table} AS (row {table}); CREATE STATISTICS of_{table} (mcv) ON born, kind FROM {table}; ANALYZE {table}""")
    bench.sql("ALTER STATISTICS of_itself SET STATISTICS 0; ALTER TABLE column_of_it ALTER born SET STATISTICS 0")
    assert statistics(bench).count("1971-03") > 40
    rules = "{born: {fixed: '2000-01-01'}, kind: keep}"
    bench.mask(f"  public.itself: {rules}\n  public.column_of_it: {rules}")
    assert "1971" not in statistics(bench)
    off = "SELECT (to_jsonb(s) ->> 'stxstattarget')::int FROM pg_statistic_ext s WHERE stxname = 'of_itself'"
    assert bench.value(off) == 0


@everywhere
def test_dropped_columns_are_gone_from_the_files(bench: Workbench) -> None:
    """Of a table that is masked, and of one that no rule changes, together with its deleted rows."""
    bench.sql("".join(
        f"CREATE TABLE {name} (id int, m text, n text); INSERT INTO {name} SELECT i, 'dropped-' || m, 'x' FROM {MARKED} AS a (i, m);"
        f"ALTER TABLE {name} DROP COLUMN m; INSERT INTO {name} SELECT i, m FROM {MARKED} AS a (i, m); DELETE FROM {name} WHERE n <> 'x';"
        for name in ("masked", "kept")))  # fmt: skip
    assert b"dropped-planted" in bytes_on_disk(bench, "kept")
    bench.mask("  public.masked: {id: keep, n: hash}\n  public.kept: {id: keep, n: keep}")
    for table in ("masked", "kept"):
        assert b"planted" not in bytes_on_disk(bench, table), table


@everywhere
def test_statement_statistics_are_forgotten(bench: Workbench) -> None:
    """Also where only another database shows them."""
    if not bench.value("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'", "postgres"):
        pytest.fail("this server has no pg_stat_statements: nothing is tested")
    bench.sql("CREATE TABLE t (m text)")
    bench.sql("SELECT pg_stat_statements_reset(); CREATE ROLE nightly PASSWORD 'planted-marker'", "postgres")
    bench.server.superuser_sql("DROP EXTENSION pg_stat_statements", "shop")
    assert bench.value("SELECT count(*) FROM pg_stat_statements WHERE query LIKE '%planted%'", "postgres") > 0
    try:
        bench.mask("  public.t: {m: keep}")
        assert (
            bench.value(
                "SELECT count(*) FROM pg_stat_statements WHERE query LIKE '%planted%' AND query NOT LIKE '%count%'",
                "postgres",
            )
            == 0
        )
    finally:
        bench.server.superuser_sql(
            "CREATE EXTENSION pg_stat_statements; GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO rds_superuser",
            "shop",
        )


@everywhere
def test_productions_passwords_open_nothing(bench: Workbench) -> None:
    """No role but the master and RDS's own can log in any more; the report names them."""
    bench.sql("CREATE ROLE application LOGIN PASSWORD 'production-secret'", "postgres")
    bench.sql("CREATE ROLE rdsreader LOGIN PASSWORD 'production-secret'", "postgres")  # a customer's, for all its name
    outcome = bench.sanitize("tables: {}")
    assert outcome.code == 0, outcome.lines
    with pytest.raises(psycopg.OperationalError, match=r"not permitted to log in|password authentication failed"):
        psycopg.connect(
            host="localhost", port=bench.server.port, user="application", password="production-secret", dbname="shop", sslmode="verify-full",
            sslrootcert=str(bench.server.ca_file),
        )  # fmt: skip
    left = "SELECT count(*) FROM pg_authid WHERE rolname IN ('application', 'rdsreader') AND (rolcanlogin OR rolpassword IS NOT NULL)"
    assert bench.server.superuser_sql(left) == "0"
    assert outcome.report is not None
    told = {role["role"]: role["outcome"] for role in outcome.report["neutralised"]}
    assert told == {"application": "no login", "rdsreader": "no login"}
    assert bench.value("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'master'") is True


def log_in(bench: Workbench, user: str) -> None:
    psycopg.connect(
        host="localhost", port=bench.server.port, user=user, password="production-secret", dbname="shop", sslmode="verify-full",
        sslrootcert=str(bench.server.ca_file),
    ).close()  # fmt: skip


@once
def test_roles_are_reset_or_kept_as_the_rules_file_says(bench: Workbench) -> None:
    """A reset role has no password, and whoever gets the snapshot may give it one; a kept one logs in as in production."""
    bench.sql("CREATE ROLE application LOGIN PASSWORD 'production-secret'", "postgres")
    kept = bench.sanitize("roles: keep\ntables: {}")
    assert kept.report is not None
    assert kept.report["neutralised"] == []
    assert kept.report["choices"]["roles"] == "keep"
    assert [limit.split(":")[0] for limit in kept.report["limits"]] == ["Production's passwords open the snapshot"]
    log_in(bench, "application")
    (bench.directory / "report.json").unlink()
    reset = bench.sanitize("roles: reset\ntables: {}")
    assert reset.report is not None
    assert reset.report["neutralised"] == [{"role": "application", "outcome": "password removed"}]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        log_in(bench, "application")
    bench.sql("ALTER ROLE application PASSWORD 'production-secret'", "postgres")
    log_in(bench, "application")


@everywhere
def test_a_role_that_cannot_log_in_has_no_password_either(bench: Workbench) -> None:
    """Whoever gets the snapshot may let it log in."""
    bench.sql("CREATE ROLE application NOLOGIN PASSWORD 'production-secret'", "postgres")
    outcome = bench.sanitize("tables: {}")
    assert outcome.report is not None
    assert outcome.report["neutralised"] == [{"role": "application", "outcome": "password removed"}]
    assert bench.server.superuser_sql("SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'application'") == "t"


@everywhere
def test_a_login_that_may_replicate_is_disabled_or_stops_the_run(bench: Workbench) -> None:
    """Before PostgreSQL 16 only a superuser alters it: told before anything is changed."""
    bench.sql("CREATE ROLE application LOGIN PASSWORD 'production-secret'", "postgres")
    bench.server.superuser_sql("ALTER ROLE application REPLICATION")
    outcome = bench.sanitize("tables: {}")
    if bench.since(16):
        assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
        assert bench.server.superuser_sql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'application'") == "f"
    else:
        assert (outcome.code, outcome.report) == (12, None)
        assert "application: the user may not take it away (no login)" in outcome.problems
        assert "make it NOREPLICATION" in outcome.problems


@once
def test_large_objects_are_refused_unless_the_rules_file_decides(bench: Workbench) -> None:
    """No rule masks them. Unlinked ones are gone from the files too, however many; others' cannot be unlinked; kept ones stay."""
    bench.sql("SELECT lo_from_bytea(0, ('planted-' || i)::bytea) FROM generate_series(1, 2500) AS i", "shop")
    bench.sql("SELECT lo_from_bytea(7, 'planted-elsewhere')", "postgres")
    outcome = bench.sanitize("tables: {}")
    assert (outcome.code, outcome.report) == (12, None)
    assert (
        "database shop: 2500 large object(s), which no rule masks | None | Write `large_objects: unlink`"
        in outcome.problems
    )
    assert "database postgres: 1 large object(s)" in outcome.problems
    kept = bench.sanitize("large_objects: keep\ntables: {}")
    assert kept.report is not None
    assert [limit.split(" (")[0] for limit in kept.report["limits"]] == ["Large objects"]
    assert bench.value("SELECT count(*) FROM pg_largeobject_metadata") == 2500
    bench.server.superuser_sql("CREATE ROLE stranger; ALTER LARGE OBJECT 7 OWNER TO stranger")
    assert (
        "database postgres: large objects belong to roles of which"
        in bench.sanitize("large_objects: unlink\ntables: {}").problems
    )
    bench.server.superuser_sql("ALTER LARGE OBJECT 7 OWNER TO master")
    (bench.directory / "report.json").unlink()
    outcome = bench.sanitize("large_objects: unlink\ntables: {}")
    assert outcome.report is not None
    for database in ("shop", "postgres"):
        assert bench.value("SELECT count(*) FROM pg_largeobject_metadata", database) == 0
        assert {"database": database, "place": "large objects", "by": "unlink"} in outcome.report["purged"]
    files = [
        bench.value("SELECT pg_relation_filepath('pg_largeobject')", database) for database in ("shop", "postgres")
    ]
    bench.server.superuser_sql("CHECKPOINT")
    assert [file for file in files if b"planted" in (bench.server.data / file).read_bytes()] == []


@once
def test_a_login_that_cannot_be_disabled_stops_the_run(bench: Workbench) -> None:
    """Since PostgreSQL 16 the master may not alter every role: then production's password would open the snapshot."""
    bench.sql("CREATE TABLE t (m text)")
    bench.server.superuser_sql("CREATE ROLE stranger LOGIN PASSWORD 'production-secret'")
    try:
        outcome = bench.sanitize("tables: {public.t: {m: keep}}")
    finally:
        bench.server.superuser_sql("DROP ROLE stranger")
    assert (outcome.code, outcome.report) == (12, None)
    assert (
        "stranger: the user may not take it away (no login), and production's password must not open"
        in outcome.problems
    )
    assert "WITH ADMIN OPTION" in outcome.problems


@everywhere
@pytest.mark.parametrize(
    "name", ["log_statement = 'all'", "log_min_duration_statement = 0", "session_preload_libraries = 'auto_explain'"]
)
def test_a_setting_that_would_log_the_key_stops_the_run(bench: Workbench, name: str) -> None:
    """A setting of the database travels with the snapshot and overrides the parameter group."""
    bench.sql("CREATE TABLE t (m text)")
    bench.server.superuser_sql(f"ALTER DATABASE shop SET {name}")
    try:
        outcome = bench.sanitize("tables: {public.t: {m: hash}}")
    finally:
        bench.server.superuser_sql("ALTER DATABASE shop RESET ALL")
    assert (outcome.code, outcome.report) == (12, None)
    assert f"{name.split(maxsplit=1)[0]} is" in outcome.problems
    assert "RESET" in outcome.problems


@once
def test_a_failing_purge_is_told_as_such(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 22: destroy."""
    monkeypatch.setattr(
        purge, "identifier", lambda name: __import__("psycopg").sql.Identifier(name.schema, "no_such_table")
    )
    bench.sql("CREATE TABLE t (m text)")
    outcome = bench.sanitize("tables: {public.t: {m: keep}}")
    assert (outcome.code, outcome.report) == (22, None)
    assert "vacuum full of public.t in database shop: SQLSTATE 42P01 (UndefinedTable)" in outcome.message

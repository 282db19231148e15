"""What is left in the raw bytes of the data directory: on every server here, with the rights that RDS always gave."""

from tests.sanitizer import everywhere
from tests.sanitizer.hiding import holding, superusers_things
from tests.sanitizer.workbench import Workbench

PLANTED = """
    CREATE TABLE t (id int, m text, n text); INSERT INTO t SELECT i, 'planted_byte-' || i, repeat('planted_byte', 9) FROM generate_series(1, 300) AS i;
    CREATE TABLE kept (id int, m text); INSERT INTO kept SELECT id, m FROM t; UPDATE kept SET m = 'fine'; CREATE INDEX ON t (m);
    CREATE STATISTICS e (mcv) ON m, n FROM t; ANALYZE; COMMENT ON TABLE t IS 'planted_byte in a comment';
    CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'planted_byte in a body' $$; CREATE VIEW v AS SELECT 'planted_byte in a view' AS x;
    CREATE MATERIALIZED VIEW w AS SELECT m FROM t; ALTER TABLE kept ALTER m SET DEFAULT 'planted_byte in a default';
    SELECT lo_from_bytea(0, 'planted_byte in a large object');
    CREATE SERVER other FOREIGN DATA WRAPPER away OPTIONS (password 'planted_byte'); CREATE USER MAPPING FOR master SERVER other OPTIONS (password 'planted_byte')"""
RULES = """\
purge: forensic
large_objects: unlink
tables:
  public.t: {id: keep, m: hash, n: set_null}
  public.kept: {id: keep, m: keep}
sql: [COMMENT ON TABLE t IS NULL, DROP FUNCTION f, DROP VIEW v, ALTER TABLE kept ALTER m DROP DEFAULT]
"""
HIDING = {
    "t",
    "kept",
    "w",
    "pg_description",
    "pg_foreign_server",
    "pg_largeobject",
    "pg_proc",
    "pg_statistic",
    "pg_user_mapping",
    "write-ahead log",
}


@everywhere
def test_forensic_leaves_no_raw_bytes(bench: Workbench) -> None:
    """Except in catalogs of the whole server, which only a superuser, or pg_maintain, writes anew, and in the log before PostgreSQL 15; nothing is rewritten twice."""
    with superusers_things(bench):
        bench.sql(PLANTED)
        bench.sql("ANALYZE pg_user_mapping, pg_foreign_server, pg_description, pg_proc")
        bench.server.superuser_sql("ANALYZE pg_largeobject", "shop")
        assert holding(bench, "planted_byte") >= HIDING
        outcome = bench.sanitize(RULES)
        assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
        assert holding(bench, "planted_byte") == (set() if bench.since(15) else {"write-ahead log"})
    assert outcome.report is not None
    purged = [step for step in outcome.report["purged"] if step["database"] == "shop" and step["by"] == "vacuum full"]
    assert [step["place"] for step in purged] == ["public.kept", "system catalogs"]

"""What is left in the raw bytes of the data directory, at either level."""

from pathlib import Path

import pytest

from tests.sanitizer.hiding import holding, superusers_things
from tests.sanitizer.workbench import Workbench

PLANTED = """
    CREATE TABLE t (id int, m text, n text); INSERT INTO t SELECT i, 'planted-' || i, repeat('planted', 9) FROM generate_series(1, 300) AS i;
    CREATE TABLE kept (id int, m text); INSERT INTO kept SELECT id, m FROM t; UPDATE kept SET m = 'fine'; CREATE INDEX ON t (m);
    CREATE STATISTICS e (mcv) ON m, n FROM t; ANALYZE; COMMENT ON TABLE t IS 'planted in a comment';
    CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'planted in a body' $$; CREATE VIEW v AS SELECT 'planted in a view' AS x;
    CREATE MATERIALIZED VIEW w AS SELECT m FROM t; ALTER TABLE kept ALTER m SET DEFAULT 'planted in a default';
    SELECT lo_from_bytea(0, 'planted in a large object');
    CREATE SERVER other FOREIGN DATA WRAPPER away OPTIONS (password 'planted'); CREATE USER MAPPING FOR master SERVER other OPTIONS (password 'planted')"""
RULES = """\
purge: {level}
large_objects: unlink
tables:
  public.t: {{id: keep, m: hash, n: set_null}}
  public.kept: {{id: keep, m: keep}}
sql: [COMMENT ON TABLE t IS NULL, DROP FUNCTION f, DROP VIEW v, ALTER TABLE kept ALTER m DROP DEFAULT]
"""
# As docs/hiding-places.md names them; other catalogs hold texts in other forms.
LEFT_BY_THOROUGH = {
    "pg_description",
    "pg_foreign_server",
    "pg_proc",
    "pg_statistic",
    "pg_user_mapping",
    "write-ahead log",
}


@pytest.mark.parametrize("level", ["thorough", "forensic"])
def test_raw_bytes_hold_what_the_level_says(bench: Workbench, level: str) -> None:
    """Nothing at all at `forensic`; at `thorough` old rows of system catalogs and the write-ahead log, where the docs say so."""
    with superusers_things(bench):
        bench.sql(PLANTED)
        bench.sql("ANALYZE pg_user_mapping, pg_foreign_server, pg_description, pg_proc")
        bench.server.superuser_sql("ANALYZE pg_largeobject", "shop")
        assert {"t", "kept", "w", "pg_largeobject", *LEFT_BY_THOROUGH} <= holding(bench)
        outcome = bench.sanitize(RULES.format(level=level))
        assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
        left = holding(bench)
    if level == "forensic":
        assert left == set()
    else:
        assert {"pg_description", "write-ahead log"} <= left
        assert left <= LEFT_BY_THOROUGH
        page = (Path(__file__).parents[2] / "docs" / "hiding-places.md").read_text()
        assert [name for name in left if name not in page] == []
    assert outcome.report is not None
    rewritten = [
        step["place"] for step in outcome.report["purged"] if step["database"] == "shop" and step["by"] == "vacuum full"
    ]
    catalogs = {"thorough": ["large objects"], "forensic": ["system catalogs"]}[level]
    assert rewritten == ["public.kept", *catalogs], "nothing is rewritten twice"

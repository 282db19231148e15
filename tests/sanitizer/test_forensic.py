"""What is left in the raw bytes of the data directory, at either level."""

from pathlib import Path

import pytest

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


def holding(bench: Workbench) -> set[str]:
    """The names of all relations, and kinds of files, that hold what was planted; storage of long values under its catalog's name."""
    bench.sql("CHECKPOINT")
    names = dict(
        line.split("|")
        for line in bench.server.superuser_sql(
            """SELECT pg_relation_filepath(c.oid), coalesce((SELECT t.relname FROM pg_class t WHERE t.reltoastrelid = c.oid), c.relname)
            FROM pg_class c WHERE c.relkind IN ('r', 'i', 't', 'm') AND pg_relation_filepath(c.oid) IS NOT NULL""",
            "shop",
        ).splitlines()
    )
    files = [file for file in bench.server.data.rglob("*") if file.is_file() and b"planted" in file.read_bytes()]
    paths = [file.relative_to(bench.server.data) for file in files]
    return {"write-ahead log" if path.parts[0] == "pg_wal" else _relation(path, names) for path in paths}


def _relation(path: Path, names: dict[str, str]) -> str:
    return names.get(str(path), str(path))


@pytest.mark.parametrize("level", ["thorough", "forensic"])
def test_raw_bytes_hold_what_the_level_says(bench: Workbench, level: str) -> None:
    """Nothing at all at `forensic`; at `thorough` old rows of system catalogs and the write-ahead log, where the docs say so."""
    root = bench.server.superuser_sql
    root("CREATE FOREIGN DATA WRAPPER away; GRANT USAGE ON FOREIGN DATA WRAPPER away TO master", "shop")
    try:
        bench.sql(PLANTED)
        assert {"t", "kept", "w", "pg_largeobject", *LEFT_BY_THOROUGH} <= holding(bench)
        outcome = bench.sanitize(RULES.format(level=level))
        assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
        left = holding(bench)
    finally:
        root("DROP FOREIGN DATA WRAPPER away CASCADE", "shop")
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

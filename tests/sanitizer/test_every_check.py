"""Leaves out every check of verify, one at a time: each time there is a fault that nothing else notices."""

from collections.abc import Iterator

import pytest

from sanitizer.postgresql import dialect, originals_queries
from tests.sanitizer import once
from tests.sanitizer.proving import MASKING, LeaveOut, Proof, open_server, places
from tests.sanitizer.workbench import Workbench

pytestmark = once
CLEAN = """
CREATE TABLE people (id int PRIMARY KEY, mail text UNIQUE, name text, tag text, no serial, UNIQUE (id, no));
CREATE TABLE child (id int, mail text CONSTRAINT child_mail REFERENCES people (mail));
CREATE TABLE kept (id int, m text, n text); CREATE STATISTICS kept_mcv (mcv) ON m, n FROM kept;
CREATE TABLE emptied (m text, n text); CREATE STATISTICS emptied_mcv (mcv) ON m, n FROM emptied;
CREATE TABLE parted (id int, m text) PARTITION BY LIST (m); CREATE TABLE parted_1 PARTITION OF parted DEFAULT;
CREATE MATERIALIZED VIEW seen AS SELECT m FROM kept WHERE id < 0; CREATE MATERIALIZED VIEW empty AS SELECT m FROM emptied;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE PUBLICATION news;
INSERT INTO people (id, mail, name, tag) SELECT i, 'planted.' || i || '@posteo.example', 'Planted' || chr(64 + i) || ' Lindqvist', 'tag ' || i FROM generate_series(1, 20) i;
INSERT INTO child SELECT id, mail FROM people; INSERT INTO kept SELECT i, 'fine', 'fine' FROM generate_series(1, 20) i; INSERT INTO emptied VALUES ('x', 'x');
"""
FOREIGN = """
CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE f (m text) SERVER files OPTIONS (filename '/dev/null');
ALTER FOREIGN TABLE f OWNER TO master; CREATE FOREIGN DATA WRAPPER away; CREATE SERVER other FOREIGN DATA WRAPPER away; GRANT USAGE ON FOREIGN SERVER other TO master
"""
RULES = """\
large_objects: keep
tables:
  public.people: {id: keep, mail: email, name: {name: fr_FR}, tag: hash, no: {sql: "21 - no"}}
  public.child: {id: keep, mail: email}
  public.kept: {id: keep, m: keep, n: keep}
  public.emptied: truncate
  public.parted: {id: keep, m: keep}
  public.f: {m: keep}
sql: [SELECT 1]
"""
ORIGINAL = "'PlantedF Lindqvist'"
WRONG = "INSERT INTO people (id, mail, name, no) SELECT 99, 'wrong', min(name), -1 FROM people"
COUNTED_AT_ONCE = "SELECT pg_stat_force_next_flush()"
NO_MORE = (f"DELETE FROM people WHERE id = 99; {COUNTED_AT_ONCE}", "VACUUM people")
IN_KEPT = f"INSERT INTO kept SELECT 1, {ORIGINAL}, {ORIGINAL} FROM generate_series(1, 5)"
NOT_IN_KEPT = (f"DELETE FROM kept WHERE n <> 'fine'; {COUNTED_AT_ONCE}", "VACUUM kept")
NOT_IN_EMPTIED = (f"DELETE FROM emptied; {COUNTED_AT_ONCE}", "VACUUM emptied")
SUPERUSER, DROP = "superuser: ", "DROP DATABASE shop WITH (FORCE)"
WITHOUT_STATISTICS = f"{SUPERUSER}DELETE FROM pg_statistic WHERE starelid = '{{}}'::regclass"
# What each check alone notices: statements of the master user, or of the superuser. Counts are compared before anything else is checked.
FAULTS: dict[str, tuple[str, ...]] = {
    "measurement rows": ("DELETE FROM kept WHERE id = 1",),
    "measurement rows (2)": ("UPDATE people SET name = NULL WHERE id = 1",),
    "measurement distinct values": ("UPDATE people SET tag = (SELECT tag FROM people WHERE id = 2) WHERE id = 1",),
    "measurement structure": ("CREATE INDEX ON kept (m)",),
    "verify masked columns": (WRONG,),
    "verify statistics": (WRONG, "ANALYZE people (mail)", *NO_MORE),
    "verify truncated tables": ("INSERT INTO emptied VALUES ('x')",),
    "verify statistics (2)": ("INSERT INTO emptied VALUES ('x', 'x'), ('x', 'x')", "ANALYZE emptied", *NOT_IN_EMPTIED,
                              f"{SUPERUSER}DELETE FROM pg_statistic_ext_data WHERE stxoid = (SELECT oid FROM pg_statistic_ext WHERE stxname = 'emptied_mcv')"),
    "verify extended statistics": ("INSERT INTO emptied VALUES ('x', 'x'), ('x', 'x')", "ANALYZE emptied", *NOT_IN_EMPTIED,
                                   WITHOUT_STATISTICS.format("emptied")),
    "verify statistics (3)": ("INSERT INTO emptied VALUES ('x'), ('x')", "REFRESH MATERIALIZED VIEW empty", "ANALYZE empty", *NOT_IN_EMPTIED, "REFRESH MATERIALIZED VIEW empty"),
    "verify statistics (4)": (f"{SUPERUSER}ALTER FOREIGN TABLE f OPTIONS (SET filename '/etc/passwd')", f"{SUPERUSER}ANALYZE f"),
    "soundness structure at the end": ("ALTER TABLE child DROP CONSTRAINT child_mail, ADD CONSTRAINT child_mail FOREIGN KEY (mail) REFERENCES people (mail) NOT VALID",),
    "soundness valid indexes": (f"{SUPERUSER}UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'people_pkey'::regclass",),
    "soundness foreign keys": ("SET session_replication_role = replica; INSERT INTO child SELECT 1, repeat('a', 20) || '@example.com'; RESET session_replication_role",),
    "soundness fresh statistics": (WITHOUT_STATISTICS.format("people"),),
    "soundness sequences": ("SELECT setval('people_no_seq', 5)",),
    "soundness old rows": ("UPDATE kept SET id = 7 WHERE id = 8", "ANALYZE kept"),
    "verification originals": (IN_KEPT,),
    "verification kept columns": ("INSERT INTO kept SELECT 1, 'ring +49 30 9018299', '' FROM generate_series(1, 20)",),
    "drift": ("ALTER TABLE kept ADD extra text",),
    "rows of 'r'": (IN_KEPT,),
    "rows of 'p'": (f"INSERT INTO parted VALUES (1, {ORIGINAL})",),
    "rows of 'm'": ("INSERT INTO kept VALUES (-1, 'PlantedF Lindqvist')", "REFRESH MATERIALIZED VIEW seen", f"DELETE FROM kept WHERE id < 0; {COUNTED_AT_ONCE}", "VACUUM kept"),
    "rows of 'v'": ("CREATE VIEW v AS SELECT reverse('tsivqdniL FdetnalP') AS who",),
    "place planner's statistics": (IN_KEPT, "ANALYZE kept", *NOT_IN_KEPT, f"{SUPERUSER}DELETE FROM pg_statistic_ext_data"),
    "place extended statistics": (IN_KEPT, "ANALYZE kept", *NOT_IN_KEPT, WITHOUT_STATISTICS.format("kept")),
    "place comments (1)": (f"COMMENT ON COLUMN kept.m IS {ORIGINAL}",),
    "place comments (2)": (f"COMMENT ON DATABASE shop IS {ORIGINAL}",),
    "place function bodies": (f"CREATE FUNCTION who() RETURNS text LANGUAGE sql AS $$ SELECT {ORIGINAL}::text $$",),
    "place default expressions": (f"ALTER TABLE kept ALTER m SET DEFAULT {ORIGINAL}",),
    "place initial values of aggregates": (f"CREATE AGGREGATE who (text) (sfunc = textcat, stype = text, initcond = {ORIGINAL})",),
    "place bounds of partitions": (f"CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN ({ORIGINAL})",),
    "place definitions of extended statistics": (f"CREATE STATISTICS kept_words ON (m || {ORIGINAL}) FROM kept",),
    "place enum labels": (f"CREATE TYPE boss AS ENUM ({ORIGINAL})",),
    "place domain defaults": (f"CREATE DOMAIN dear AS text DEFAULT {ORIGINAL}",),
    "place constraints": (f"ALTER TABLE kept ADD CHECK (m <> {ORIGINAL})",),
    "place definitions of views and rules": (f"CREATE VIEW v AS SELECT id FROM kept WHERE m <> {ORIGINAL}",),
    "place triggers": (f"CREATE TRIGGER t BEFORE UPDATE ON kept FOR EACH ROW EXECUTE FUNCTION f({ORIGINAL})",),
    "place indexes": (f"CREATE INDEX ON kept (id) WHERE m <> {ORIGINAL}",),
    "place publications": (f"ALTER PUBLICATION news ADD TABLE kept WHERE (m <> {ORIGINAL})",),
    "place policies": (f"CREATE POLICY p ON kept USING (m <> {ORIGINAL})",),
    "place settings of roles and databases": (f"ALTER DATABASE shop SET application_name = {ORIGINAL}",),
    "place foreign servers (1)": (f"{SUPERUSER}ALTER SERVER other OPTIONS (ADD host {ORIGINAL})",),
    "place foreign servers (2)": (f"{SUPERUSER}CREATE USER MAPPING FOR master SERVER other OPTIONS (user {ORIGINAL})",),
    "place foreign servers (3)": (f"{SUPERUSER}ALTER FOREIGN TABLE f OPTIONS (ADD null {ORIGINAL})",),
    "place large objects": (f"SELECT lo_from_bytea(0, {ORIGINAL})",),
}  # fmt: skip


@pytest.fixture
def proof(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proof]:
    """A masked database, and a copy of it to return to."""
    root = bench.server.superuser_sql
    try:
        bench.sql(CLEAN)
        root(FOREIGN, "shop")
        with open_server(bench, "postgres") as server:
            proof = Proof(bench, server, RULES, "postgres")
            leave(bench)
            root("CREATE DATABASE clean TEMPLATE shop")
            monkeypatch.setattr(dialect, "DATABASES", "SELECT 'shop'")
            yield proof
    finally:
        for statement in (DROP, "DROP DATABASE IF EXISTS clean", "CREATE DATABASE shop OWNER master"):
            root(statement)


def leave(bench: Workbench) -> None:
    """No connection is open to a database that is copied or dropped."""
    bench.close()
    bench.connections.clear()


def plant(bench: Workbench, statements: tuple[str, ...]) -> None:
    """The fault in a fresh copy."""
    bench.server.superuser_sql(DROP)
    bench.server.superuser_sql("CREATE DATABASE shop TEMPLATE clean OWNER master")
    for statement in statements:
        by_superuser = statement.removeprefix(SUPERUSER)
        if by_superuser != statement:
            bench.server.superuser_sql(by_superuser, "shop")
        else:
            bench.sql(statement)
    bench.server.superuser_sql("SELECT pg_stat_statements_reset()", "shop")  # a view shows these statements
    leave(bench)


def kinds_of_relations() -> dict[str, LeaveOut]:
    """How each kind of relation is left out of those that are read."""
    listed = originals_queries.COLUMNS.partition("relkind IN (")[2].partition(")")[0]

    def without(patch: pytest.MonkeyPatch, kind: str) -> None:
        rest = ", ".join(each for each in listed.split(", ") if each != kind)
        patch.setattr(
            "sanitizer.postgresql.originals.COLUMNS", originals_queries.COLUMNS.replace(f"({listed})", f"({rest})")
        )

    return {f"rows of {kind}": lambda patch, kind=kind: without(patch, kind) for kind in listed.split(", ")}  # type: ignore[misc]


def test_no_check_can_be_left_out(bench: Workbench, proof: Proof) -> None:
    """The checks are those of the code, and each place that is searched is one; a new one without a fault fails."""
    checks = {**proof.checks(), **kinds_of_relations(), **places(originals_queries.CATALOG, "place")}
    assert checks.keys() == FAULTS.keys()
    counted = proof.counted()
    unnoticed, noticed_by_others = [], {}
    for name, leave_out in checks.items():
        before = counted if name.startswith(MASKING) else None
        plant(bench, FAULTS[name])
        if not proof.found(before):
            unnoticed.append(name)
        with pytest.MonkeyPatch.context() as patch:
            leave_out(patch)
            noticed_by_others[name] = proof.found(before)
    assert unnoticed == []
    assert {name: found for name, found in noticed_by_others.items() if found} == {}

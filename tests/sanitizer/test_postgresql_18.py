"""What PostgreSQL 18 brought: columns computed when they are read, constraints that are not enforced, keys over time."""

import pytest

from sanitizer.postgresql.structure import read_structure
from tests.sanitizer.workbench import Workbench, rows_of_everything
from tests.versions import other_versions

pytestmark = pytest.mark.parametrize("server", [name for name in other_versions() if name == "node-18"], indirect=True)


def test_columns_that_are_computed_when_they_are_read_show_masked_values(bench: Workbench) -> None:
    """They store nothing, and stand against rewriting the columns that they read."""
    bench.sql("""
        CREATE TABLE t (id int PRIMARY KEY, m text, shouted text GENERATED ALWAYS AS (upper(m)), n text, fixed text GENERATED ALWAYS AS (n || '!') STORED);
        INSERT INTO t (id, m, n) SELECT i, 'planted-' || i, 'kept' FROM generate_series(1, 50) AS i; ANALYZE""")
    structure = read_structure(bench.connection())
    bench.mask("  public.t: {id: keep, m: hash, shouted: keep, n: keep, fixed: keep}")
    assert read_structure(bench.connection()) == structure
    assert (
        bench.value("SELECT count(*) FROM t WHERE shouted = upper(m) AND m ~ '^[0-9a-f]{32}$' AND fixed = 'kept!'")
        == 50
    )


@pytest.mark.parametrize("more", ["", ", shouted text GENERATED ALWAYS AS (upper(mail))"], ids=["rewritten", "updated"])
def test_constraints_that_are_not_enforced_forbid_nothing(bench: Workbench, more: str) -> None:
    """Neither before masking nor after it: rows may violate them, masked ones too; they return as they were."""
    bench.sql(f"""
        CREATE TABLE t (id int, mail text UNIQUE{more}, CONSTRAINT plain CHECK (mail LIKE 'planted%') NOT ENFORCED);
        INSERT INTO t SELECT i, 'planted-' || i || '@posteo.de' FROM generate_series(1, 50) AS i;
        CREATE TABLE u (mail text REFERENCES t (mail) NOT ENFORCED); INSERT INTO u SELECT mail FROM t WHERE id < 9; INSERT INTO u VALUES ('planted-99@posteo.de')""")
    structure = read_structure(bench.connection())
    bench.mask(
        f"  public.t: {{id: keep, mail: email{', shouted: keep' if more else ''}}}\n  public.u: {{mail: follow}}"
    )
    assert read_structure(bench.connection()) == structure
    assert not [row for row in rows_of_everything(bench) if "planted" in row.lower()]
    assert bench.value("SELECT count(*) FROM u JOIN t USING (mail)") == bench.value("SELECT count(*) - 1 FROM u")


@pytest.mark.parametrize("more", ["", "GENERATED ALWAYS AS (upper(m))"], ids=["rewritten", "updated"])
def test_columns_that_may_not_be_null_any_more(bench: Workbench, more: str) -> None:
    """Where a rewrite passes over rows that are null all the same, an UPDATE would fail: that is told before."""
    bench.sql(f"""
        CREATE TABLE t (m text, "N" text, more text {more}); INSERT INTO t (m) SELECT 'planted-' || i FROM generate_series(1, 50) AS i;
        ALTER TABLE t ADD CONSTRAINT filled NOT NULL "N" NOT VALID""")
    structure = read_structure(bench.connection())
    if more:
        told = bench.refuse('  public.t: {m: hash, "N": keep, more: keep}')
        assert (
            "50 masked row(s) of public.t would break the constraint filled, which is NOT VALID, but which an UPDATE must keep"
            in told
        )
        bench.sql("UPDATE t SET \"N\" = ''")
    bench.mask('  public.t: {m: hash, "N": keep, more: keep}')
    assert read_structure(bench.connection()) == structure
    assert bench.value("SELECT count(*) FROM t WHERE m ~ '^[0-9a-f]{32}$'") == 50


def test_keys_over_time_hold(bench: Workbench) -> None:
    """A counterpart may be several rows, which follow each other: that is no missing one."""
    bench.sql("""
        CREATE TABLE rooms (id int4range, during daterange, guest text, PRIMARY KEY (id, during WITHOUT OVERLAPS));
        INSERT INTO rooms VALUES ('[1,2)', '[2024-01-01,2024-06-01)', 'planted-1'), ('[1,2)', '[2024-06-01,2025-01-01)', 'planted-2');
        CREATE TABLE stays (id int4range, during daterange, guest text, FOREIGN KEY (id, PERIOD during) REFERENCES rooms (id, PERIOD during));
        INSERT INTO stays VALUES ('[1,2)', '[2024-03-01,2024-09-01)', 'planted-3'), (NULL, NULL, 'planted-4')""")
    structure = read_structure(bench.connection())
    bench.mask("""  public.rooms: {id: keep, during: keep, guest: hash}
  public.stays: {delete: id IS NULL, columns: {id: keep, during: keep, guest: hash}}""")
    assert read_structure(bench.connection()) == structure
    assert not [row for row in rows_of_everything(bench) if "planted" in row]
    assert (bench.value("SELECT count(*) FROM rooms"), bench.value("SELECT count(*) FROM stays")) == (2, 1)


def test_partitions_take_their_parents_names_for_what_is_not_null(bench: Workbench) -> None:
    """The server itself renames that constraint when the column is written anew: that is no finding, and nobody could undo it."""
    bench.sql("""
        CREATE TABLE p (id int, m text NOT NULL) PARTITION BY LIST (id); CREATE TABLE p1 (id int, m text CONSTRAINT own NOT NULL);
        ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1); INSERT INTO p SELECT 1, 'planted-' || i FROM generate_series(1, 50) AS i""")
    structure = read_structure(bench.connection())
    bench.mask("  public.p: {id: keep, m: hash}")
    assert read_structure(bench.connection()) == structure
    bench.sql("ALTER TABLE p ALTER m DROP NOT NULL")
    assert read_structure(bench.connection()) != structure

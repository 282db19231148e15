"""A table that several processes mask is emptied and filled again: but for the masked values it is what it was."""

import pytest
from hypothesis import given

from sanitizer.steps import Weight
from tests.sanitizer.features import FEATURES, UNPARTITIONED
from tests.sanitizer.schemas import Described, tables
from tests.sanitizer.test_same_structure import FEW, masked_and_the_same
from tests.sanitizer.workbench import Outcome, Workbench

# With these a table's rows might not be let in again, or something holds on to its indexes: it is masked by one process.
ALONE = {"constraints", "inheritance", "key", "key with more in it"}


@pytest.fixture(autouse=True)
def any_table_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanitizer.postgresql.masking.WORTH_SECONDS", -1e9)
    monkeypatch.setattr("sanitizer.postgresql.masking.rewriting", lambda *_: Weight())


def mask(bench: Workbench, tables_: str) -> Outcome:
    outcome = bench.sanitize(f"tables:\n{tables_}")
    assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
    return outcome


def strategies(outcome: Outcome) -> dict[str, str]:
    assert outcome.report is not None
    return {name: table["strategy"] for name, table in outcome.report["databases"]["shop"]["tables"].items()}


def reloaded_and_the_same(bench: Workbench, described: list[Described]) -> dict[tuple[str, ...], str]:
    """The strategy by the features of each table."""
    built, done = masked_and_the_same(bench, described)
    return {features: done[f"play.{name}"] for name, features in built.features.items()}


@FEW
@given(described=tables())
def test_any_schema_is_the_same_after_reloading(bench: Workbench, described: list[Described]) -> None:
    """Tables that are reloaded beside others that cannot be: foreign keys between them, and whatever depends on them."""
    reloaded_and_the_same(bench, described)


def test_whatever_a_table_has_is_there_when_it_is_filled_again(bench: Workbench) -> None:
    """Each kind of dependent, index and constraint on a table of its own; those that stand against it are masked otherwise."""
    described = [
        Described(False, "serial", "text", "text", frozenset("mn"), (feature,)) for feature in FEATURES | UNPARTITIONED
    ]
    done = reloaded_and_the_same(bench, described)
    assert {features for (features,), strategy in done.items() if strategy != "reload"} == ALONE


def test_rows_come_back_unseen_or_not_at_all(bench: Workbench) -> None:
    """A check may have let in what it refuses now; and no trigger sees rows go and come back."""
    bench.sql("""
        CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, m text, until timestamptz CHECK (until > now())); CREATE TABLE seen (m text);
        CREATE TABLE own (id int GENERATED ALWAYS AS IDENTITY, m text, n int, doubled int GENERATED ALWAYS AS (n * 2) STORED CHECK (n < 50));
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (OLD.m); RETURN NULL; END $$;
        CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (NEW.m); RETURN NEW; END $$;
        CREATE TRIGGER i BEFORE INSERT ON own FOR EACH ROW EXECUTE FUNCTION copy(); ALTER TABLE own ENABLE ALWAYS TRIGGER i;
        CREATE TRIGGER e AFTER TRUNCATE ON own FOR EACH STATEMENT EXECUTE FUNCTION see(); INSERT INTO t (m, until) VALUES ('planted', now() + '1 second');
        INSERT INTO own (m, n) SELECT 'planted' || i, i FROM generate_series(7, 9) i; DELETE FROM own WHERE id = 1; DELETE FROM seen; SELECT pg_sleep(1.1)""")
    outcome = mask(
        bench,
        "  public.t: {id: keep, m: hash, until: keep}\n  public.own: {id: keep, m: hash, n: keep, doubled: keep}\n  public.seen: {m: keep}",
    )
    assert strategies(outcome) == {"public.own": "reload", "public.seen": "keep", "public.t": "rewrite"}
    assert bench.sql("SELECT id, n, doubled FROM own ORDER BY id") == [(2, 8, 16), (3, 9, 18)]
    assert bench.value("SELECT count(*) FROM seen") == 0
    assert bench.sql("INSERT INTO own (m, n) VALUES ('new', 1) RETURNING id") == [(4,)]


def test_functions_of_the_session_work_in_every_process(bench: Workbench) -> None:
    """Check digits, letters one by one, documents of another form: the same as where one process masks."""
    bench.sql("""
        CREATE TABLE t (id int PRIMARY KEY, s text, i text, j jsonb);
        INSERT INTO t SELECT i, 'Ann ' || i, 'FR76' || i, jsonb_build_object('a', 'planted' || i, 'odd', i) FROM generate_series(1, 5000) i;
        CREATE TABLE u AS SELECT * FROM t; ALTER TABLE u ADD CHECK (id > 0) NOT VALID""")
    columns = "id: keep, s: scramble, i: {iban: FR}, j: {json: {$.a: lorem, unlisted: set_null}}"
    outcome = mask(bench, f"  public.t: {{{columns}}}\n  public.u: {{{columns}}}")
    assert strategies(outcome) == {"public.t": "reload", "public.u": "rewrite"}
    assert bench.value("SELECT count(*) FROM t JOIN u USING (id, s, i, j)") == 5000


def test_a_text_that_became_too_long_is_refused(bench: Workbench) -> None:
    """It is never cut in silence."""
    bench.sql("CREATE TABLE t (id int, m varchar(5)); INSERT INTO t SELECT i, 'abc' FROM generate_series(1, 9) i")
    outcome = bench.sanitize(
        "tables:\n  public.t: {id: keep, m: {sql: \"CASE WHEN id < 9 THEN 'x' ELSE repeat('y', 6) END\"}}",
        connections=1000,
    )
    assert outcome.code in {12, 21}
    assert bench.value("SELECT count(*) FROM t WHERE m = 'abc'") == 9


def test_where_it_is_not_worth_it_one_process_masks(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small tables are not dropped and built again for nothing."""
    monkeypatch.undo()
    bench.sql("CREATE TABLE t (m text); INSERT INTO t VALUES ('planted')")
    assert strategies(mask(bench, "  public.t: {m: hash}")) == {"public.t": "rewrite"}

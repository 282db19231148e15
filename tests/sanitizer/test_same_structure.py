"""Whatever a schema is built of: after masking pg_dump sees the schema that was there before."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.installations import installations
from sanitizer.postgresql.structure import read_structure, settled
from tests.sanitizer.features import FEATURES, ON_PARTITIONS, UNPARTITIONED
from tests.sanitizer.schemas import Built, Described, build, tables
from tests.sanitizer.test_masking import dump
from tests.sanitizer.workbench import Workbench
from tests.versions import other_versions

FEW = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
# Where all that a schema here may be built of is known.
NEWER = pytest.mark.parametrize("server", sorted({*installations(), *other_versions()} - {"node-13"}), indirect=True)


def counts(bench: Workbench) -> dict[str, int]:
    """The rows of every table and materialized view that holds any."""
    names = bench.column(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'play'::regnamespace AND c.relkind IN ('r', 'p', 'm') AND c.relispopulated"
    )
    return {name: bench.value(f"SELECT count(*) FROM {name}") for name in names}


def results(bench: Workbench) -> dict[str, str | None]:
    """What every materialized view with rows holds, as a digest of its rows in no order."""
    names = bench.column("""
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace = 'play'::regnamespace AND c.relkind = 'm' AND c.relispopulated ORDER BY c.oid""")
    return {name: bench.value(f"SELECT md5(string_agg(x::text, ';' ORDER BY x::text)) FROM {name} x") for name in names}


def refresh(bench: Workbench) -> None:
    """Fills what is filled."""
    for name in results(bench):
        bench.sql(f"REFRESH MATERIALIZED VIEW {name}")


def masked_and_the_same(
    bench: Workbench, described: list[Described], *, odd: bool = False
) -> tuple[Built, dict[str, str]]:
    """Builds the schema, masks it, and compares. Returns the strategy that each table got, too."""
    bench.forget()
    (bench.directory / "report.json").unlink(missing_ok=True)
    for role in {"writer", "reader", "third"} - set(bench.column("SELECT rolname FROM pg_roles")):
        bench.sql(f"CREATE ROLE {role}; GRANT {role} TO master")
    for publication in bench.column("SELECT quote_ident(pubname) FROM pg_publication"):
        bench.sql(f"DROP PUBLICATION {publication}")
    built = build(bench, described, odd=odd)
    refresh(bench)  # an owner or a policy may have changed since it was filled
    before, structure, rows = settled(dump(bench)), read_structure(bench.connection()), counts(bench)
    outcome = bench.mask(built.rules)
    assert settled(dump(bench)).splitlines() == before.splitlines()
    assert read_structure(bench.connection()) == structure
    if all(table.masked for table in described):
        assert counts(bench) == rows
    assert outcome.report is not None
    done = {name: each["strategy"] for name, each in outcome.report["databases"]["shop"]["tables"].items()}
    for name, table in zip(built.strategies, described, strict=True):
        assert table.masked or not bench.value(f"SELECT count(*) FROM {name}")
        for column in table.masked - {"d"}:
            assert bench.value(f"SELECT count(*) FROM {name} WHERE {column} !~ '^[0-9a-f]{{32}} *$'") == 0
    stored = results(bench)
    refresh(bench)
    assert results(bench) == stored
    bench.sql("DROP SCHEMA play CASCADE")
    return built, {name: done[name] for name in built.strategies}


@NEWER
@FEW
@given(described=tables(), odd=st.booleans())
def test_any_schema_is_the_same_after_masking(bench: Workbench, described: list[Described], odd: bool) -> None:
    """Views, triggers, rules, policies, publications, functions, indexes, constraints, keys, partitions, owners, grants, comments: in any mixture, under any names."""
    built, done = masked_and_the_same(bench, described, odd=odd)
    assert done == built.strategies


@pytest.mark.parametrize("masked", ["mn", ""], ids=["masked", "emptied"])
@pytest.mark.parametrize("partitioned", [False, True], ids=["ordinary tables", "partitioned tables"])
def test_whatever_may_depend_on_a_column_returns_as_it_was(bench: Workbench, partitioned: bool, masked: str) -> None:
    """Each kind of dependent on a table of its own, all masked, or emptied, in one run."""
    own = ON_PARTITIONS if partitioned else UNPARTITIONED
    described = [
        Described(partitioned, "serial", "text", "text", frozenset(masked), (feature,)) for feature in FEATURES | own
    ]
    built, done = masked_and_the_same(bench, described)
    assert done == built.strategies
    missing = (set(own) if partitioned else set(FEATURES | own)) - {
        each for taken in built.features.values() for each in taken
    }
    assert not missing, "the server did not take them: what do they prove?"

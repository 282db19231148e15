"""What is counted cheaply is counted right: many tables in one query, and values that an index keeps apart."""

import re
from contextlib import suppress

import psycopg
import pytest
from psycopg import sql

from sanitizer import drift
from sanitizer.dialect import Target
from sanitizer.engines import ENGINES
from sanitizer.measurement import Count
from sanitizer.postgresql import measure
from sanitizer.postgresql.predicates.seen import hexadecimal, like_pattern
from sanitizer.rules_file import read_rules
from tests.sanitizer import once
from tests.sanitizer.workbench import PASSWORD, USER, Workbench


def counted(bench: Workbench, rules: str, engine: str = "postgres") -> dict[str, Count]:
    """What a run would compare later, by table."""
    target = Target(bench.server.host, bench.server.port, USER, PASSWORD, bench.server.ca_file)
    with ENGINES[engine].open_server(target) as dialect, dialect.session("shop") as session:
        schema = session.schema()
        only = read_rules(rules.encode(), "rules.yaml").only
        assert only is not None
        found = session.measure(schema, drift.match_database(only, schema)).tables
    return {name.table: count for name, count in found.items()}


@once
def test_tables_asked_together_get_their_own_counts(bench: Workbench) -> None:
    """More tables than one query takes, each of another size."""
    numbers = range(1, 61)
    for number in numbers:
        bench.sql(
            f"CREATE TABLE t{number} (v text); INSERT INTO t{number} SELECT 'x' FROM generate_series(1, {number})"
        )
    found = counted(bench, "tables:\n" + "".join(f"  public.t{number}: {{v: hash}}\n" for number in numbers))
    assert found == {f"t{number}": Count(number, {"v": number}, {"v": 1}) for number in numbers}


@once
@pytest.mark.parametrize("hashed_bytes", [0, measure.HASHED_BYTES], ids=["large", "small"])
def test_only_an_index_that_holds_for_every_row_stands_for_a_count(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, hashed_bytes: int
) -> None:
    """One that could not be built, one of some rows, one of a partition: different values are counted all the same, in large tables and small ones."""
    monkeypatch.setattr(measure, "HASHED_BYTES", hashed_bytes)
    bench.sql("""
        CREATE TABLE broken (v text); INSERT INTO broken VALUES ('a'), ('a'), ('b');
        CREATE TABLE partial (v text); INSERT INTO partial VALUES ('a'), ('a'), ('b'); CREATE UNIQUE INDEX ON partial (v) WHERE v <> 'a';
        CREATE TABLE parted (k int, v text) PARTITION BY LIST (k); CREATE TABLE one PARTITION OF parted FOR VALUES IN (1);
        CREATE TABLE two PARTITION OF parted FOR VALUES IN (2); CREATE UNIQUE INDEX ON one (v); INSERT INTO parted VALUES (1, 'a'), (2, 'a'), (2, 'b');
        CREATE TABLE whole (v text UNIQUE); INSERT INTO whole VALUES ('a'), (NULL), (NULL), ('b');
    """)
    with suppress(psycopg.errors.UniqueViolation):
        bench.sql("CREATE UNIQUE INDEX CONCURRENTLY ON broken (v)")
    assert bench.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 'broken'::regclass") == 1
    tables = "".join(f"  public.{name}: {{v: hash}}\n" for name in ("broken", "partial", "whole"))
    found = counted(bench, f"tables:\n{tables}  public.parted: {{k: keep, v: hash}}\n")
    assert {name: count.distinct["v"] for name, count in found.items()} == {
        "broken": 2,
        "partial": 2,
        "parted": 2,
        "whole": 2,
    }


@once
def test_digits_are_recognised_exactly(bench: Workbench) -> None:
    """The cheap way says of every text what the pattern says."""
    ends = (
        "",
        "\n",
        "a",
        " ",
        "é",
        "@example.com",
        "@example.com\n",
        "@exampleXcom",
        "@@example.com",
        "\n@example.com",
        "é@example.com",
    )
    texts = [
        None,
        *(
            begin * times + end
            for begin in ("a", "9", "A", "é", "g", "0a")
            for times in (10, 19, 20, 31, 32)
            for end in ends
        ),
    ]
    for digits, after in ((32, ""), (20, "@example.com")):
        value = sql.SQL('(t.v COLLATE "C")')
        pattern = f"[0-9a-f]{{{digits}}}" + re.escape(after)
        query = sql.SQL("SELECT t.v, {} IS TRUE, {} IS TRUE FROM unnest({}::text[]) AS t(v)").format(
            hexadecimal(value, digits, after), like_pattern(value, pattern), sql.Literal(texts)
        )
        rows = bench.connection().execute(query).fetchall()
        assert [row for row in rows if row[1] != row[2]] == []
        assert 1 < sum(row[1] for row in rows) < len(rows)

"""Rules files of every sort against a real server: refused, and everything is as it was; or done to the end."""

from hypothesis import given
from hypothesis import strategies as st

from tests.sanitizer.mutating import KEY, rules_of, torn_lines, written
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.test_fuzzed_rules import NOTHING_CHANGED, fuzzed, performed

TABLES = {
    "people": {"id": KEY, "name": "text", "born": "date", "profile": "json", "salary": "number"},
    "orders": {"id": KEY, "person": KEY, "email": "text"},
}
FILL = """
    SET foreign_key_checks = 0; DROP TABLE IF EXISTS people, orders; SET foreign_key_checks = 1;
    CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, born date, profile json, salary decimal(8, 2) CHECK (salary > 0));
    CREATE TABLE orders (id int PRIMARY KEY, person int REFERENCES people (id), email varchar(40) UNIQUE);
    INSERT INTO people SELECT seq, CONCAT('Ann ', seq), '1980-01-01', '{"a": "x"}', 100 + seq FROM seq_1_to_20;
    INSERT INTO orders SELECT seq, seq, CONCAT('somebody', seq, '@example.net') FROM seq_1_to_20;
"""


def test_what_is_refused_leaves_a_real_server_as_it_was(bench: MariaDbBench) -> None:
    """Torn files, and files of any functions for any columns."""
    bench.sql(FILL)

    def state() -> tuple[dict[str, str], list[list[tuple[object, ...]]]]:
        return bench.structure(), [bench.sql(f"SELECT * FROM {table} ORDER BY id") for table in TABLES]

    @fuzzed(30)
    @given(st.one_of(rules_of(TABLES), rules_of(TABLES), torn_lines(written(TABLES))))
    def try_one(content: bytes) -> None:
        before = state()
        (bench.directory / "report.json").unlink(missing_ok=True)
        arguments = bench.arguments("run", "")
        bench.directory.joinpath("rules.yaml").write_bytes(content)
        code, said = performed(arguments)
        assert code in (0, *NOTHING_CHANGED), said
        if code:
            assert state() == before
        else:
            assert state()[0] == before[0]
            bench.sql(FILL)

    try_one()

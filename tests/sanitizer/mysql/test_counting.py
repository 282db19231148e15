"""Different values are counted right, by an index and without."""

from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.test_counting import counted


def test_an_index_tells_how_many_values_are_different(bench: MariaDbBench) -> None:
    """A plain index, a unique one, one of beginnings, one that the column does not begin, none: values that the collation equates count once."""
    kinds = {
        "plain": "KEY (v)",
        "beginnings": "KEY (v(2))",
        "second": "KEY (k, v)",
        "first": "KEY (v, k)",
        "none": "KEY (k)",
    }
    for name, key in kinds.items():
        bench.sql(f"""
            CREATE TABLE {name} (k int, v varchar(20) COLLATE utf8mb4_general_ci, {key});
            INSERT INTO {name} VALUES (1, 'abc'), (1, 'ABC'), (2, 'abd'), (2, NULL), (3, NULL), (3, 'b ')""")
    bench.sql(
        "CREATE TABLE apart (k int, v varchar(20) UNIQUE); INSERT INTO apart VALUES (1, 'a'), (2, NULL), (3, NULL), (4, 'b')"
    )
    tables = "".join(f"  {name}: {{k: keep, v: hash}}\n" for name in (*kinds, "apart"))
    found = counted(bench, f"tables:\n{tables}", "mariadb")
    assert {name: count.distinct["v"] for name, count in found.items()} == {**dict.fromkeys(kinds, 3), "apart": 2}
    assert {name: count.present["v"] for name, count in found.items()} == {**dict.fromkeys(kinds, 4), "apart": 2}

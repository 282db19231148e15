"""Every masking function on MariaDB, by its own declaration: what PostgreSQL writes is what MariaDB writes."""

import json
from collections.abc import Iterable
from typing import Any

from sanitizer.functions import FUNCTIONS, Example, Function
from tests.sanitizer.mysql.workbench import MariaDbBench

EXAMPLES: list[tuple[Function, Example]] = [
    (each, each.example) for each in FUNCTIONS.values() if each.example and each.name != "each"
]
DETERMINISTIC = [(function, example) for function, example in EXAMPLES if function.deterministic]
TYPES = {"text": "TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "jsonb": "JSON", "integer": "INT"}


def columns(examples: Iterable[tuple[Function, Example]]) -> str:
    return ", ".join(f"`{function.name}` {TYPES.get(example.type, example.type)}" for function, example in examples)


def rules(examples: Iterable[tuple[Function, Example]], table: str) -> str:
    return f"  {table}:\n    id: keep\n" + "".join(
        f"    {function.name}: {example.written}\n" for function, example in examples
    )


def create(bench: MariaDbBench, table: str, examples: Iterable[tuple[Function, Example]]) -> None:
    bench.sql(f"DROP TABLE IF EXISTS {table}; CREATE TABLE {table} (id INT PRIMARY KEY, {columns(examples)})")


def insert(bench: MariaDbBench, table: str, rows: Iterable[Iterable[Any]]) -> None:
    for number, row in enumerate(rows):
        values = list(row)
        bench.rows(f"INSERT INTO {table} VALUES (%s{', %s' * len(values)})", number, *values)


def texts(bench: MariaDbBench, table: str) -> list[dict[str, str | None]]:
    names = [name for (name, *_) in bench.sql(f"SHOW COLUMNS FROM {table}") if name != "id"]
    listed = ", ".join(f"CAST(`{name}` AS CHAR)" for name in names)
    return [dict(zip(names, row, strict=True)) for row in bench.sql(f"SELECT {listed} FROM {table} ORDER BY id")]


def test_every_example_is_what_happens(bench: MariaDbBench) -> None:
    """Input, rule and output as they are documented, to the letter what PostgreSQL writes; NULL becomes NULL unless the declaration says otherwise."""
    create(bench, "t", EXAMPLES)
    insert(bench, "t", [[example.before for _, example in EXAMPLES], [None for _ in EXAMPLES]])
    before = bench.structure()
    bench.mask(rules(EXAMPLES, "t"))
    assert bench.structure() == before
    masked, nulls = texts(bench, "t")
    documents = {"json": json.loads(str(masked.pop("json")))}
    expected = {function.name: example.after for function, example in EXAMPLES}
    assert documents == {"json": json.loads(str(expected.pop("json")))}
    assert masked == expected
    assert {name for name, value in nulls.items() if value is not None} == {"fixed"}

"""Every masking function on MariaDB, by its own declaration: what PostgreSQL writes is what MariaDB writes."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.postgres import Server, installations
from sanitizer.functions import FUNCTIONS, Example, Function
from sanitizer.functions.formats import IBANS, PHONES, Phone
from sanitizer.functions.measures import UNITS
from sanitizer.mysql import expressions, masking
from sanitizer.words import LOCALES
from tests.sanitizer import once
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.workbench import Workbench

EXAMPLES: list[tuple[Function, Example]] = [
    (each, each.example) for each in FUNCTIONS.values() if each.example and each.name != "each"
]
DETERMINISTIC = [(function, example) for function, example in EXAMPLES if function.deterministic]
OF_TEXT = [
    (function, example) for function, example in DETERMINISTIC if "text" in function.kinds or function.takes == "any"
]
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


def test_an_unmasked_value_is_recognised_for_every_function(
    bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verify finds each of them, but where the declaration says that nothing can be recognised; letters that scramble leaves look alike."""
    create(bench, "t", EXAMPLES)
    insert(bench, "t", [["Ännchen 17!" if example.type == "text" else example.before for _, example in EXAMPLES]])
    monkeypatch.setattr(expressions, "EXPRESSIONS", dict.fromkeys(expressions.EXPRESSIONS, lambda cell: cell.value))
    outcome = bench.sanitize(f"tables:\n{rules(EXAMPLES, 't')}")
    assert outcome.code == 23, outcome.message
    told = set(re.findall(r"1 row\(s\) of (\w+) in t hold", outcome.problems))
    assert told == {function.name for function, _ in EXAMPLES if function.recognised != "not"}


@once
def test_postgresql_and_mariadb_write_the_same(
    bench: MariaDbBench, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Locales, countries, parameters, long texts, other scripts, big and small numbers: where the collation compares code points."""
    values = [
        "Ann Bell",
        "Ünïcödé Ñandú 漢字 😀",
        "x",
        "",
        "7" * 70,
        "Zoë's 12\nlines\t& “quotes” \\ 'n' A1z",
        "2001:db8::7",
        "1.2.3.4",
    ]
    written = [
        *(f"{{{name}: {locale}}}" for locale in LOCALES for name in ("first_name", "last_name", "company", "street", "city", "postcode", "country", "name")),
        *(f"{{phone: {country}, format: {form}}}" for country in PHONES for form in Phone._fields),
        *(f"{{iban: {country}}}" for country in IBANS),
        "username", "uuid", "ip", "mac", "url", "card_number", "hash", "email", "scramble", "lorem",
        r"{pattern: 'AA-aa-##\#A'}", "{keep_first: 3}", "{keep_last: 2, with: x}", "{choice: [a, b, c, d, e]}",
        r"{regex: {match: '([a-z]+) ?(.)', replace: '<\2\1\\$\&>', otherwise: keep}}",
    ]  # fmt: skip
    numbers = ["-17", "0", "1", "52340", "2147483647", "-2147483000", "999"]
    of_numbers = ["{noise: 10%}", "{noise: 0.5%}", "{bucket: 1000}", "{bucket: 7}"]
    decimals = ["0.01", "-12.34", "9999.99", "0.00", "29999.00"]
    of_decimals = ["{noise: 50%}", "{noise: 3%}", "{bucket: 30000}", "{bucket: 0.25}"]
    dates = ["2024-02-29", "1984-05-17", "1999-12-31", "2000-01-01"]
    of_dates = [
        "{shift: 5d}",
        "{shift: 3000d}",
        *(f"{{truncate_to: {unit}}}" for unit in ("week", "month", "quarter", "year", "decade")),
    ]
    moments = ["2024-02-29 12:34:56", "1984-05-17 00:00:00", "2011-11-11 11:11:11.5"]
    of_moments = ["{shift: 12h}", "{shift: 30d}", *(f"{{truncate_to: {unit}}}" for unit in UNITS)]
    groups = [
        ("a", "text", "TEXT COLLATE utf8mb4_bin", values, written),
        ("b", "integer", "INT", numbers, of_numbers),
        ("c", "numeric(9,2)", "DECIMAL(9,2)", decimals, of_decimals),
        ("d", "date", "DATE", dates, of_dates),
        ("e", "timestamp(3)", "DATETIME(3)", moments, of_moments),
    ]  # fmt: skip
    (tmp_path / "other").mkdir()
    other = Workbench(server, next(iter(installations().values())), tmp_path / "other", capsys)
    other.clear()
    here, there = "", ""
    for table, postgres, maria, column, functions in groups:
        names = [f"c{number}" for number in range(len(functions))]
        other.sql(f"CREATE TABLE {table} (id int, {', '.join(f'{name} {postgres}' for name in names)})")
        bench.sql(f"CREATE TABLE {table} (id INT, {', '.join(f'{name} {maria}' for name in names)})")
        marks = ", ".join(["%s"] * (len(names) + 1))
        for number, value in enumerate([*column, None]):
            row = [number, *([value] * len(names))]
            bench.rows(f"INSERT INTO {table} VALUES ({marks})", *row)
            other.connection().execute(f"INSERT INTO {table} VALUES ({marks})".encode(), row)
        written_rules = "".join(f"    {name}: {rule}\n" for name, rule in zip(names, functions, strict=True))
        here += f"  {table}:\n    id: keep\n{written_rules}"
        there += f"  public.{table}:\n    id: keep\n{written_rules}"
    bench.mask(here)
    other.mask(there)
    for table, _, _, column, functions in groups:
        names = [f"c{number}" for number in range(len(functions))]
        ours = bench.sql(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
        theirs = other.sql(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
        for value, mine, its in zip([*column, None], ours, theirs, strict=True):
            for rule, one, two in zip(functions, mine, its, strict=True):
                assert str(one) == str(two), (rule, value)
    other.close()


def test_the_same_input_gives_the_same_output_in_every_table_and_run(
    bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By copy and by update, in another run; under another key every keyed output is another."""
    before = [example.before for _, example in DETERMINISTIC]
    found = []
    for key, used in (("5a" * 32, ""), ("5a" * 32, "a test says so"), ("77" * 32, "")):
        (bench.directory / "key").write_text(key)
        (bench.directory / "report.json").unlink(missing_ok=True)
        create(bench, "t", DETERMINISTIC)
        insert(bench, "t", [before])
        monkeypatch.setattr(masking, "swap_blockers", lambda _table, _flavour, used=used: [used] if used else [])
        outcome = bench.mask(rules(DETERMINISTIC, "t"))
        assert outcome.report is not None
        assert outcome.report["databases"]["shop"]["tables"]["t"]["strategy"] == ("update" if used else "copy and swap")
        found += texts(bench, "t")
    assert found[0] == found[1]
    same = {name for name, value in found[0].items() if value == found[2][name]}
    # One of two choices, one of three letters' case: these may agree by chance.
    assert same - {"choice"} == {function.name for function, _ in DETERMINISTIC if not function.keyed}


FEW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@FEW
@given(values=st.sets(ANY, min_size=1, max_size=25))
def test_any_text_is_masked_and_recognised(bench: MariaDbBench, values: set[str]) -> None:
    """Whatever it holds: every function of texts takes it, verify knows the output, unique functions keep values apart."""
    few = [each for each in OF_TEXT if each[1].type == "text"]
    create(bench, "t", few)
    insert(bench, "t", [[value] * len(few) for value in [*sorted(values), None]])
    (bench.directory / "report.json").unlink(missing_ok=True)
    bench.mask(rules(few, "t"))
    rows = texts(bench, "t")
    for function, example in few:
        outputs = [row[function.name] for row in rows]
        assert (outputs[-1] is None) or function.name == "fixed"
        if function.unique:  # the collation takes no notice of spaces at the end
            assert len(set(outputs[:-1])) == len({value.rstrip(" ") for value in values})
        if function.length and function.name != "fixed" and not function.parameter:
            assert all(len(output or "") <= (function.length(function.defaults) or 0) for output in outputs)
        if function.name in ("lorem", "scramble", "keep_first", "keep_last"):
            assert [len(output or "") for output in outputs[:-1]] == [len(value) for value in sorted(values)], example

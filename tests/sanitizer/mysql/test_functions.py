"""Every masking function on MariaDB, by its own declaration: what PostgreSQL writes is what MariaDB writes."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.postgres import Server
from sanitizer.checks import Checks
from sanitizer.functions import FUNCTIONS, Example, Function
from sanitizer.functions.formats import IBANS, PHONES, Phone
from sanitizer.functions.measures import UNITS
from sanitizer.mysql import expressions, masking
from sanitizer.words import LOCALES
from tests.sanitizer import once
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.test_verify import PATHS_OF_UNMASKED, UNMASKED
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
    bench: MariaDbBench,
    server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Locales, countries, parameters, long texts, other scripts, big and small numbers: where the collation compares code points."""
    monkeypatch.setattr(
        "sanitizer.originals._telling", lambda _: False
    )  # a regular expression leaves some of these values
    values = [
        "Ann Bell",
        "Ünïcödé Ñandú 漢字 😀",
        "x",
        "",
        "7" * 68 + "xy",
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
    other = Workbench(server, tmp_path / "other", capsys)
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
    for key, used in (("5a" * 32, ""), ("5a" * 32, "a test says so"), ("7e" * 31 + "c4", "")):
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
    with pytest.MonkeyPatch.context() as patch:
        # what stands in all columns, `regex` may have written itself
        patch.setattr("sanitizer.verification.Verification._search", lambda *_given: Checks())
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


def test_numbers_and_dates_stay_in_their_ranges(bench: MariaDbBench) -> None:
    """Limits of the types, zero, small numbers, dates that are none; no other date and no whole number but 0 stays where it was."""
    bench.sql("""
        CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, i INT, s TINYINT UNSIGNED, b BIGINT UNSIGNED, n DECIMAL(6,2), f FLOAT, d DATE, y DATE, z TIMESTAMP NULL, p DATETIME(3), q DATE, who INT);
        INSERT INTO t (i, s, b, n, f, d, y, z, p, q, who) VALUES
            (2147483647, 255, 18446744073709551615, 9999.99, 3.4e38, '9999-12-31', '9999-12-31', '2038-01-19 03:14:07', '9999-12-31 23:59:59.999', '9999-12-31', 1),
            (-2147483648, 0, 9223372036854775808, -9999.99, 0.1, '0001-01-01', '0001-01-01', '1970-01-01 00:00:01', '0001-01-01', '1984-05-17', 1),
            (1, 1, 5, 0.01, 0.1, '2024-02-29', '2024-02-29', '2024-02-29 12:00', '2024-02-29 12:00', '0000-00-00', 1), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        SET sql_mode = ''; INSERT INTO t (d, y, p, q) VALUES ('0000-00-00', '0000-00-00', '0000-00-00', '1984-00-00'), ('1984-00-00', '1984-07-00', '1984-00-00', '1984-07-00'); SET sql_mode = DEFAULT;
        INSERT INTO t (i, s, b, n, f, d, y, z, p, q, who) SELECT seq, seq % 250, seq, seq, seq, date '2024-01-01' + INTERVAL seq DAY, '2024-03-09', '2024-01-01', '2024-01-01', '2024-03-09', seq % 3 FROM seq_1_to_500;
        CREATE TABLE original AS SELECT * FROM t""")
    bench.mask(
        "  t: {id: keep, i: {noise: 10%}, s: {noise: 100%}, b: {noise: 1%}, n: {noise: 50%}, f: {bucket: 10}, d: {shift: 5d}, y: {shift: 400d},\n"
        "    z: {shift: 12h}, p: {shift: 30d, per: who}, q: {truncate_to: month}, who: keep}\n"
        "  original: {id: keep, i: keep, s: keep, b: keep, n: keep, f: keep, d: keep, y: keep, z: keep, p: keep, q: keep, who: keep}"
    )

    def counted(condition: str) -> int:
        return int(bench.sql(f"SELECT COUNT(*) FROM t JOIN original o USING (id) WHERE {condition}")[0][0])

    assert (
        counted("(t.i IS NULL) <> (o.i IS NULL) OR (t.d IS NULL) <> (o.d IS NULL) OR (t.z IS NULL) <> (o.z IS NULL)")
        == 0
    )
    assert counted("t.i = o.i AND id > 2") == 0
    assert counted("id > 2 AND ABS(CAST(t.i AS SIGNED) - o.i) > GREATEST(o.i / 10, 1)") == 0
    assert counted("t.s = o.s AND o.s NOT IN (0, 255)") == 0
    assert counted("t.b = o.b AND o.b < 18446744073709551615") == 0
    assert counted("t.i < 0 AND o.i > 0 OR t.n < 0 AND o.n > 0 OR t.i > 0 AND o.i < 0") == 0
    assert counted("t.f > o.f OR t.f < o.f - 10 AND o.f < 1e30") == 0
    assert counted("t.d = o.d OR t.y = o.y OR t.z = o.z OR t.p = o.p") == counted("o.d = 0") == 1
    assert counted("t.d = 0 AND t.y = 0 AND t.p = 0 AND o.d = 0") == 1
    assert counted("ABS(DATEDIFF(t.d, o.d)) > 5 AND MONTH(o.d) > 0") == 0
    assert bench.sql("SELECT CAST(q AS CHAR) FROM t WHERE id < 7 ORDER BY id") == [
        ("9999-12-01",), ("1984-05-01",), ("0000-00-00",), (None,), ("1984-01-01",), ("1984-01-01",)
    ]  # fmt: skip
    moves = "SELECT COUNT(DISTINCT TIMESTAMPDIFF(SECOND, o.p, t.p)) FROM t JOIN original o USING (id) WHERE YEAR(o.p) = 2024"
    assert bench.sql(moves) == [(3,)], "one move for each of three people"


def test_multiples_are_recognised_with_the_digits_that_a_float_holds(bench: MariaDbBench) -> None:
    """Of few digits after the point, of more than it holds, below zero; one that is no multiple is not."""
    bench.sql("""
        CREATE TABLE t (id INT PRIMARY KEY, f FLOAT, g FLOAT(9,2), h FLOAT);
        INSERT INTO t SELECT seq, 72.35 + seq, -1234.56 * seq, 4294967295 + 777777 * seq FROM seq_1_to_200""")
    bench.mask("  t: {id: keep, f: {bucket: 0.1}, g: {bucket: 0.3}, h: {bucket: 7}}")
    bench.sql("CREATE TABLE u (id INT PRIMARY KEY, f FLOAT); INSERT INTO u VALUES (1, 72.35), (2, 72.3)")
    rules = "tables: {u: {id: keep, f: {bucket: 0.1, where: 'id > 2'}}, t: truncate}"
    (bench.directory / "report.json").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(expressions.EXPRESSIONS, "bucket", lambda cell: cell.value)
        outcome = bench.sanitize(rules.replace(", where: 'id > 2'", ""))
    assert "1 row(s) of f in u hold what the function does not write" in outcome.problems


def test_conditions_choose_rows(bench: MariaDbBench) -> None:
    """Rows for which the condition is false stay and are counted; where it is NULL they are masked; subqueries see other tables as they were."""
    bench.sql("""
        CREATE TABLE t (role TEXT, email VARCHAR(60) UNIQUE, note TEXT); CREATE TABLE staff (role TEXT);
        CREATE TABLE b (role TEXT, note TEXT); INSERT INTO b VALUES ('staff', 'a'), ('user', 'b');
        INSERT INTO staff VALUES ('staff');
        INSERT INTO t VALUES ('staff', 'a@x.org', 'a'), ('user', 'b@x.org', 'b'), (NULL, 'c@x.org', 'c')""")
    condition = "where: role NOT IN (SELECT s.role FROM staff s)"
    outcome = bench.mask(
        "  b: {role: keep, note: {hash: {}, where: \"role <> 'staff' -- they agreed\"}}\n"
        f"  t:\n    role: keep\n    email: {{email: {{}}, where: \"role <> 'staff' -- they agreed\"}}\n"
        f"    note: {{set_null: {{}}, {condition}}}\n  staff: {{role: keep}}"
    )
    rows = bench.sql("SELECT role, email, note FROM t ORDER BY role IS NULL, role")
    assert rows[0] == ("staff", "a@x.org", "a")
    assert all(email.endswith("@example.com") and note is None for _, email, note in rows[1:])
    assert outcome.report is not None
    shop = outcome.report["databases"]["shop"]
    assert shop["rows_left_by_conditions"] == {"email of t": 1, "note of t": 1, "note of b": 1}
    assert shop["tables"]["t"]["columns"]["email"] == "email, where"


def test_a_condition_that_verify_sees_otherwise_is_caught(bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that should have been masked and were not are counted, those of which the condition is false are not."""
    bench.sql(
        "CREATE TABLE t (role TEXT, note TEXT); INSERT INTO t VALUES ('staff', 'planted'), ('user', 'planted'), (NULL, 'planted')"
    )
    monkeypatch.setitem(expressions.EXPRESSIONS, "hash", lambda cell: cell.value)
    outcome = bench.sanitize("tables: {t: {role: keep, note: {hash: {}, where: \"role <> 'staff'\"}}}")
    assert "2 row(s) of note in t hold what the function does not write" in outcome.problems


@pytest.mark.parametrize("strategy", ["copy and swap", "update"])
def test_templates_are_made_of_masked_columns(
    bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch, strategy: str
) -> None:
    """The invented person of one row is the same in all its columns, also where they are updated one after another; what is too long is cut."""
    if strategy == "update":
        monkeypatch.setattr(masking, "swap_blockers", lambda _table, _flavour: ["a test says so"])
    bench.sql("""
        CREATE TABLE t (id INT PRIMARY KEY, first_name TEXT, last_name VARCHAR(60), full_name TEXT, label VARCHAR(12), amount DECIMAL(8,2), made DATETIME(2), facts TEXT, who INT, seen TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP);
        INSERT INTO t SELECT seq, CONCAT('Ann', seq), CONCAT('Bell', seq), 'Ann Bell', 'Ann Bell', seq, '2024-01-01 10:00', 'x', seq % 3, '2001-01-01' FROM seq_1_to_200;
        INSERT INTO t VALUES (201, NULL, 'x', 'x', 'x', NULL, NULL, 'x', 1, NULL), (202, 'x', 'x', NULL, NULL, 1, '2024-01-01', NULL, NULL, NULL)""")
    bench.sql(
        "CREATE TABLE u (id INT PRIMARY KEY, a TEXT, b TEXT, c TEXT); INSERT INTO u VALUES (1, 'one', 'two', 'three')"
    )
    outcome = bench.mask(
        "  u: {id: keep, a: {fixed: x}, b: {sql: 'UPPER(a)'}, c: {template: '{a}{b}'}}\n"
        "  t: {first_name: {first_name: fr_FR}, full_name: {template: '{first_name} {last_name}'}, label: {template: 'No. {id}: {last_name}'}, last_name: last_name,\n"
        "      amount: {fixed: 7}, made: {shift: 5d, per: who}, facts: {template: '{amount}, {made}'}, id: keep, who: {noise: 50%}, seen: keep}"
    )
    assert outcome.report is not None
    assert outcome.report["databases"]["shop"]["tables"]["t"]["strategy"] == strategy

    def counted(condition: str) -> int:
        return int(bench.sql(f"SELECT COUNT(*) FROM t WHERE {condition}")[0][0])

    assert counted("full_name <> CONCAT(COALESCE(first_name, ''), ' ', last_name)") == 0
    assert counted("label <> LEFT(CONCAT('No. ', id, ': ', last_name), 12)") == 0
    assert counted("facts <> CONCAT('7.00, ', COALESCE(made, '')) OR facts NOT LIKE '7.00%'") == 0
    assert bench.sql("SELECT full_name, label, facts FROM t WHERE id = 202") == [(None, None, None)]
    assert bench.sql("SELECT COUNT(DISTINCT full_name) > 150, COUNT(DISTINCT made) FROM t") == [(1, 4)]
    assert counted("last_name LIKE 'Bell%' OR made = '2024-01-01 10:00'") == 0
    assert counted("seen = '2001-01-01'") == 200
    assert bench.sql("SELECT a, b, c FROM u") == [("x", "ONE", "xONE")]


def test_templates_show_values_as_their_columns_do(bench: MariaDbBench) -> None:
    """Digits of a FLOAT, places after the point, zeros before it, the spelling of identifiers and addresses."""
    columns = "f FLOAT, g FLOAT(7,3), z INT ZEROFILL, n DECIMAL(8,2) ZEROFILL, e DECIMAL(5,0) ZEROFILL, h FLOAT ZEROFILL, p DOUBLE(10,2), q DOUBLE ZEROFILL, d DOUBLE"
    numbers = [column.split()[0] for column in columns.split(", ")]
    bench.sql(f"""
        CREATE TABLE t (id INT PRIMARY KEY, {columns}, u UUID, i INET6, w TEXT);
        INSERT INTO t SELECT seq, seq * 1234.567, {", ".join(["seq * 7.35"] * 8)}, UUID(), '::1', 'x' FROM seq_1_to_50""")
    words = " ".join(f"{{{name}}}" for name in (*numbers, "u", "i"))
    rules = ", ".join(f"{name}: {{noise: 30%}}" for name in numbers)
    bench.mask(
        f"  t: {{id: keep, {rules}, u: {{fixed: AAAABBBB-1111-4111-8111-00727BAE9BE5}}, i: {{fixed: '::FFFF:192.0.2.1'}}, w: {{template: '{words}'}}}}"
    )
    assert bench.sql(f"SELECT COUNT(*) FROM t WHERE w <> CONCAT_WS(' ', {', '.join(numbers)}, u, i)") == [(0,)]
    assert bench.sql("SELECT COUNT(DISTINCT w), MIN(w LIKE '%.___ 00%::ffff:192.0.2.1') FROM t") == [(50, 1)]


def test_a_column_follows_its_foreign_key_or_is_like_another(bench: MariaDbBench) -> None:
    """By the constraint, through several of them, or by name: joins hold."""
    bench.sql("""
        CREATE TABLE a (m VARCHAR(40) PRIMARY KEY); CREATE TABLE b (m VARCHAR(40) PRIMARY KEY, FOREIGN KEY (m) REFERENCES a (m));
        CREATE TABLE c (m VARCHAR(40), copy VARCHAR(40), FOREIGN KEY (m) REFERENCES b (m));
        INSERT INTO a SELECT CONCAT('m', seq) FROM seq_1_to_9; INSERT INTO b SELECT m FROM a; INSERT INTO c SELECT m, m FROM b""")
    before = bench.structure()
    bench.mask("  a: {m: username}\n  b: {m: follow}\n  c: {m: follow, copy: {like: a.m}}")
    joined = "SELECT COUNT(*) FROM a JOIN b USING (m) JOIN c USING (m) WHERE c.copy = a.m AND m REGEXP '^[a-z]+_[0-9a-f]{16}$'"
    assert bench.sql(joined) == [(9,)]
    assert bench.structure() == before


def test_rows_are_deleted_before_masking(bench: MariaDbBench) -> None:
    """By a condition on originals, with all rows that point at them, triggers off; the others are masked and counted."""
    bench.sql("""
        CREATE TABLE p (id INT PRIMARY KEY, email TEXT); CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id));
        CREATE TABLE g (c INT, word TEXT, FOREIGN KEY (c) REFERENCES c (id) ON DELETE CASCADE); CREATE TABLE copies (m TEXT);
        CREATE TRIGGER copy BEFORE DELETE ON p FOR EACH ROW INSERT INTO copies VALUES (OLD.email);
        CREATE TRIGGER copy_too AFTER DELETE ON c FOR EACH ROW INSERT INTO copies VALUES (OLD.id);
        INSERT INTO p SELECT seq, CONCAT('planted', seq, '@x.org') FROM seq_1_to_9;
        INSERT INTO c SELECT seq, seq FROM seq_1_to_6; INSERT INTO g SELECT seq, CONCAT('w', seq) FROM seq_1_to_4""")
    before = bench.structure()
    tables = (
        "  p: {{delete: \"email REGEXP '[12]@'\", references: {0}, columns: {{id: keep, email: email}}}}\n"
        "  c: {{id: keep, p: keep}}\n  g: {{c: keep, word: hash}}\n  copies: {{m: keep}}"
    )
    problems = bench.refuse(tables.format("refuse"))
    assert (
        "2 row(s) of c point at rows of p that the condition deletes | delete | Write `references: cascade`" in problems
    )
    assert "2 row(s) of g point at rows of p" in problems
    assert bench.sql("SELECT COUNT(*) FROM p") == [(9,)]
    outcome = bench.mask(tables.format("cascade"))
    assert bench.sql("SELECT GROUP_CONCAT(id ORDER BY id) FROM p") == [("3,4,5,6,7,8,9",)]
    assert bench.sql("SELECT GROUP_CONCAT(p ORDER BY p) FROM c") == [("3,4,5,6",)]
    assert bench.sql("SELECT GROUP_CONCAT(c ORDER BY c) FROM g") == [("3,4",)]
    assert bench.sql("SELECT COUNT(*) FROM copies") == [(0,)]
    assert bench.sql("SELECT COUNT(*) FROM p WHERE email REGEXP '^[0-9a-f]{20}@example.com$'") == [(7,)]
    assert bench.structure() == before
    assert "planted1@" not in bench.everything_readable()
    assert outcome.report is not None
    told = outcome.report["databases"]["shop"]["tables"]["p"]
    assert (told["rows"], told["deleted"]) == (7, "rows of a condition, references: cascade")


DOCUMENT = """{"phone": "07946", "size": 17, "tags": ["a"], "who": {"name": "Ann", "note": "x"}, "items": [{"email": "a@x", "n": 1}, {"n": 2}, "odd"], "gone": null}"""
PATHS = "$.phone: phone, $.size: {bucket: 10}, $.who.name: first_name, '$.items[*].email': email, $.tags: keep"


def documents(bench: MariaDbBench, query: str) -> list[tuple[Any, ...]]:
    return [tuple(json.loads(each) if each is not None else None for each in row) for row in bench.sql(query)]


def test_paths_of_documents_are_masked_one_by_one(bench: MariaDbBench) -> None:
    """Inner keys, elements of lists, numbers; other keys stay or are cleared; what has another form than its path becomes null."""
    bench.sql("CREATE TABLE t (id INT, kept JSON, cleared JSON)")
    for row in (
        (1, DOCUMENT, DOCUMENT),
        (2, None, None),
        (3, "{}", "{}"),
        (4, '"text"', "[1]"),
        (5, '{"who": "Ann", "items": {"email": "a@x"}}', '{"phone": {"a": "b"}}'),
        (
            6,
            '{"phone": "07946", "phone": "planted", "size": "planted", "n\\u006f": 1}',
            '{"size": 1.5e3, "no": "planted"}',
        ),
        (7, '{"size": -12.50, "items": [], "ü \\"\\\\ ": "é\\n😀"}', '{"size": 12345678901234567890123456789012}'),
    ):
        bench.rows("INSERT INTO t VALUES (%s, %s, %s)", *row)
    bench.mask(
        f"  t: {{id: keep, kept: {{json: {{{PATHS}, unlisted: keep}}}}, cleared: {{json: {{{PATHS}, unlisted: set_null}}}}}}"
    )
    kept, cleared = documents(bench, "SELECT kept, cleared FROM t WHERE id = 1")[0]
    assert kept["phone"].startswith("+1 2")
    assert (kept["size"], kept["tags"], kept["who"]["note"], kept["items"][1:]) == (10, ["a"], "x", [{"n": 2}, None])
    assert kept["items"][0]["email"].endswith("@example.com")
    assert kept["items"][0]["n"] == 1
    assert (cleared["phone"], cleared["who"]["name"]) == (kept["phone"], kept["who"]["name"])
    assert (cleared["who"]["note"], cleared["items"][1]) == (None, {"n": None})
    rest = documents(bench, "SELECT kept, cleared FROM t WHERE id > 1 ORDER BY id")
    assert rest[:3] == [(None, None), ({}, {}), (None, None)]
    assert rest[3][0] == {"who": None, "items": None}
    assert rest[3][1]["phone"].startswith("+1 2")
    assert rest[4] == ({"phone": kept["phone"], "size": None, "no": None}, {"size": 1500, "no": None})
    assert rest[5] == ({"size": -20, "items": [], 'ü "\\ ': "é\n😀"}, {"size": None})
    assert "planted" not in bench.everything_readable()


NESTED = st.recursive(
    st.sampled_from(["planted", 7, None, True, 1.25]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@FEW
@given(found=st.lists(NESTED, min_size=1, max_size=40))
def test_no_document_keeps_what_no_path_allows(bench: MariaDbBench, found: list[Any]) -> None:
    """Whatever its form: listed paths are masked, everything else is gone, and verify agrees."""
    bench.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id INT, j JSON)")
    for number, document in enumerate(found):
        bench.rows("INSERT INTO t VALUES (%s, %s)", number, json.dumps(document))
    (bench.directory / "report.json").unlink(missing_ok=True)
    bench.mask("  t: {id: keep, j: {json: {$.a: hash, '$.b[*].c': email, $.d.a: {bucket: 5}, unlisted: set_null}}}")
    masked = [document for (document,) in documents(bench, "SELECT j FROM t ORDER BY id")]
    assert len(masked) == len(found)
    assert "planted" not in json.dumps(masked)
    for before, after in zip(found, masked, strict=True):
        if isinstance(before, dict) and before.get("a") is not None:
            assert len(after["a"]) == 32
        if not isinstance(before, dict):
            assert after is None


FORMS = st.fixed_dictionaries(
    {
        "a": st.sampled_from(["planted", '\\ " é', 7, None, ["planted"]]),
        "b": st.fixed_dictionaries({"c": st.sampled_from([12, 7.5, "x"]), "ü 'k'": st.sampled_from(["planted", None])}),
    }
)


@FEW
@given(found=st.lists(FORMS, min_size=1, max_size=20))
def test_a_document_of_the_expected_form_is_masked_like_any_other(bench: MariaDbBench, found: list[Any]) -> None:
    """One that has exactly the rules' keys is built another way than one with a key more: both give the same."""
    bench.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id INT, j JSON, more JSON)")
    for number, document in enumerate(found):
        bench.rows("INSERT INTO t VALUES (%s, %s, %s)", number, *map(json.dumps, (document, {**document, "z": 1})))
    (bench.directory / "report.json").unlink(missing_ok=True)
    rule = "{json: {$.a: hash, $.b.c: {bucket: 5}, '$.b.\"ü ''k''\"': email, unlisted: set_null}}"
    bench.mask(f"  t: {{id: keep, j: {rule}, more: {rule}}}")
    masked = documents(bench, "SELECT j, more FROM t ORDER BY id")
    assert [{**j, "z": None} for j, _ in masked] == [more for _, more in masked]
    assert len(masked) == len(found)


def test_no_unmasked_part_of_a_document_passes_verification(bench: MariaDbBench) -> None:
    """Texts where a number should be, other forms than the path says, keys without a path, keys that stand twice."""
    twice = ['{"odd": null, "odd": "planted"}', '{"f": "x", "f": "planted"}', '{"way": {"in": null, "in": "planted"}}']
    bench.sql("CREATE TABLE t (j JSON)")
    statements = [f"INSERT INTO t VALUES ('{document}')" for document in (*UNMASKED, *twice)]
    fine = [
        "{}",
        "null",
        '{"n": 7, "f": "x", "r": "b", "way": {"in": null}, "list": [null, {"in": null, "odd": null}], "odd": null}',
    ]
    statements += [f"INSERT INTO t VALUES ('{document}')" for document in fine]
    outcome = bench.sanitize(
        f"tables: {{t: {{j: {{json: {{{PATHS_OF_UNMASKED}}}}}}}}}\nsql: {{after: {json.dumps(statements)}}}"
    )
    assert f" {len(UNMASKED) + len(twice)} row(s) of j in t hold what the function does not write" in outcome.problems


def test_explain_prints_expressions_and_deletions(bench: MariaDbBench) -> None:
    """All that `run` would do, tried in a session that only reads; nothing is done."""
    bench.sql(
        "CREATE TABLE t (id INT, c VARCHAR(40), j JSON); INSERT INTO t VALUES (1, '4539578763621486', '{\"a\": \"planted\"}')"
    )
    arguments = bench.arguments(
        "explain",
        "tables: {t: {delete: id > 5, columns: {id: keep, c: card_number, j: {json: {$.a: scramble}}}}}",
        report=None,
        key_file=None,
        database=None,
        run_id=None,
    )
    before = bench.everything_readable()
    outcome = bench.perform(arguments)
    assert outcome.code == 0, outcome.lines
    assert outcome.stdout.index("DELETE FROM `t`") < outcome.stdout.index("INSERT INTO `sanitizer_copy_0`")
    assert bench.everything_readable() == before


def test_a_match_that_the_server_gives_up_leaves_no_value(bench: MariaDbBench) -> None:
    """MariaDB only warns that it took the value for one that does not match: told before anything changes, or else the end of the run."""
    rules = "databases: {shop: {tables: {t: {m: {regex: {match: '^(a+)+$', replace: x, otherwise: keep}}}}}}"
    bench.sql(
        "CREATE TABLE t (m VARCHAR(60)); INSERT INTO t SELECT CONCAT(REPEAT('a', 40), 'b planted') FROM seq_1_to_3"
    )
    assert bench.sanitize(rules).code == 12
    bench.sql(
        "DELETE FROM t; INSERT INTO t SELECT IF(seq < 2000, 'b', CONCAT(REPEAT('a', 40), 'b')) FROM seq_1_to_2000"
    )
    assert bench.sanitize(rules).code == 21

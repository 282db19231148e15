"""Every masking function on a real server, by its own declaration: what the pages and the editors' schema say is what happens."""

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanitizer.checks import Checks
from sanitizer.functions import FUNCTIONS, Example, Function
from sanitizer.postgresql import expressions
from tests.sanitizer import everywhere, once
from tests.sanitizer.workbench import Workbench

EXAMPLES: list[tuple[Function, Example]] = [(each, each.example) for each in FUNCTIONS.values() if each.example]
DETERMINISTIC = [(function, example) for function, example in EXAMPLES if function.deterministic]
OF_TEXT = [
    (function, example) for function, example in DETERMINISTIC if "text" in function.kinds or function.takes == "any"
]


def columns(examples: Iterable[tuple[Function, Example]], suffix: str = "") -> str:
    return ", ".join(f'"{function.name}" {example.type}{suffix}' for function, example in examples)


def rules(examples: Iterable[tuple[Function, Example]], table: str) -> str:
    return f"  public.{table}:\n" + "".join(
        f"    {function.name}: {example.written}\n" for function, example in examples
    )


def insert(bench: Workbench, table: str, rows: Iterable[Iterable[Any]]) -> None:
    with bench.connection().cursor() as cursor:
        for row in rows:
            values = list(row)
            cursor.execute(f"INSERT INTO {table} VALUES ({', '.join('%s' for _ in values)})".encode(), values)


def texts(bench: Workbench, table: str) -> list[dict[str, str | None]]:
    """All rows, in the order in which they lie there."""
    names = bench.column(
        f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum"
    )
    listed = ", ".join(f'"{name}"::text' for name in names)
    return [dict(zip(names, row, strict=True)) for row in bench.sql(f"SELECT {listed} FROM {table} ORDER BY ctid")]


def test_every_example_is_what_happens(bench: Workbench) -> None:
    """Input, rule and output as they are documented; NULL becomes NULL unless the declaration says otherwise."""
    bench.sql(f"CREATE TABLE t ({columns(EXAMPLES)})")
    insert(bench, "t", [[example.before for _, example in EXAMPLES], [None for _ in EXAMPLES]])
    bench.mask(rules(EXAMPLES, "t"))
    masked, nulls = texts(bench, "t")
    assert masked == {function.name: example.after for function, example in EXAMPLES}
    assert {name for name, value in nulls.items() if value is not None} == {"fixed"}


@once
def test_the_same_input_gives_the_same_output_in_every_table_and_run(bench: Workbench) -> None:
    """By rewrite and by update, in another database, in another run; under another key every keyed output is another."""
    create = f"CREATE TABLE {{}} ({columns(DETERMINISTIC)})"
    before = [example.before for _, example in DETERMINISTIC]
    found = []
    for key, used in (("5a" * 32, ""), ("5a" * 32, "CREATE TYPE uses AS (row t)"), ("7e" * 31 + "c4", "")):
        (bench.directory / "key").write_text(key)
        (bench.directory / "report.json").unlink(missing_ok=True)
        bench.sql("DROP TABLE IF EXISTS t CASCADE; " + create.format("t") + ";" + used)
        insert(bench, "t", [before])
        outcome = bench.mask(rules(DETERMINISTIC, "t"))
        assert outcome.report is not None
        strategy = outcome.report["databases"]["shop"]["tables"]["public.t"]["strategy"]
        assert strategy == ("update" if used else "rewrite")
        found += texts(bench, "t")
    assert found[0] == found[1]
    same = {name for name, value in found[0].items() if value == found[2][name]}
    # One of two choices, one of three letters' case: these may agree by chance.
    assert same - {"choice"} == {function.name for function, _ in DETERMINISTIC if not function.keyed}


FEW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
ANY = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@once
@FEW
@given(values=st.sets(ANY, min_size=1, max_size=25))
def test_any_text_is_masked_and_recognised(bench: Workbench, values: set[str]) -> None:
    """Whatever it holds: every function of texts takes it, verify knows the output, unique functions keep values apart."""
    few = [(function, example) for function, example in OF_TEXT if example.type == "text"]
    bench.sql(f"DROP TABLE IF EXISTS t; CREATE TABLE t ({columns(few)})")
    insert(bench, "t", [[value] * len(few) for value in [*sorted(values), None]])
    (bench.directory / "report.json").unlink(missing_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        # what stands in all columns, `regex` may have written itself
        patch.setattr("sanitizer.verification.Verification._search", lambda *_given: Checks())
        bench.mask(rules([each for each in few if each[0].name != "ip"], "t") + "    ip: hash\n")
    rows = texts(bench, "t")
    for function, example in few:
        outputs = [row[function.name] for row in rows]
        assert outputs[-1] is None
        if function.unique:
            assert len(set(outputs[:-1])) == len(values)
        if function.length and function.name != "fixed" and not function.parameter:
            assert all(len(output or "") <= (function.length(function.defaults) or 0) for output in outputs)
        if function.name in ("lorem", "scramble", "keep_first", "keep_last"):
            assert [len(output or "") for output in outputs[:-1]] == [len(value) for value in sorted(values)], example


@once
def test_numbers_and_dates_stay_in_their_ranges(bench: Workbench) -> None:
    """Limits of the types, infinity, zero, small numbers; no date and no whole number but 0 stays where it was."""
    bench.sql("""
        CREATE TABLE t (i int, s smallint, b bigint, n numeric(6,2), m numeric, f float8, d date, z timestamptz, p timestamp, who int);
        INSERT INTO t VALUES (2147483647, -32768, 9223372036854775807, 9999.99, 'NaN', 'Infinity', 'infinity', 'infinity', '-infinity', 1),
                             (2, 2, 2, 2, 2, 2, '2024-02-29', '2024-02-29', '2024-02-28', NULL),
                             (1, 0, -5, 0.01, 12.345, 0.1, '2024-02-29', '2024-02-29 12:00+02', '2024-02-29 12:00', 1),
                             (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        INSERT INTO t SELECT i, i, i, i, i, i, date '2024-01-01' + i, '2024-01-01', '2024-01-01', i % 3 FROM generate_series(1, 500) i;
        CREATE TABLE original AS SELECT * FROM t""")
    bench.mask(
        "  public.t: {i: {noise: 10%}, s: {noise: 100%}, b: {noise: 1%}, n: {noise: 50%}, m: {noise: 5%}, f: {noise: 20%}, d: {shift: 5d},\n"
        "    z: {shift: 12h}, p: {shift: 30d, per: who}, who: keep}\n"
        "  public.original: {i: keep, s: keep, b: keep, n: keep, m: keep, f: keep, d: keep, z: keep, p: keep, who: keep}"
    )
    pairs = "FROM (SELECT *, row_number() OVER (ORDER BY ctid) AS r FROM t) t JOIN (SELECT *, row_number() OVER (ORDER BY ctid) AS r FROM original) o USING (r)"
    assert (
        bench.value(f"SELECT count(*) {pairs} WHERE (t.i IS NULL) <> (o.i IS NULL) OR (t.d IS NULL) <> (o.d IS NULL)")
        == 0
    )
    assert bench.value(f"SELECT count(*) {pairs} WHERE t.i = o.i AND r > 1") == 0
    assert bench.value(f"SELECT max(abs(t.i - o.i)) {pairs} WHERE r > 1") > 10
    assert bench.value(f"SELECT count(*) {pairs} WHERE r > 2 AND abs(t.i - o.i) > greatest(o.i / 10, 1)") == 0
    assert bench.value(f"SELECT count(*) {pairs} WHERE t.s = o.s AND o.s <> 0 AND r > 1") == 0
    assert bench.value("SELECT count(*) FROM t WHERE i < 0 OR n < 0") == 0
    assert bench.value(f"SELECT count(*) {pairs} WHERE t.d = o.d AND isfinite(o.d)") == 0
    assert bench.value(f"SELECT max(abs(t.d - o.d)) {pairs} WHERE isfinite(o.d)") == 5
    assert bench.value(f"SELECT count(*) {pairs} WHERE t.z = o.z AND isfinite(o.z)") == 0
    assert bench.value(f"SELECT count(DISTINCT t.p - o.p) {pairs} WHERE isfinite(o.p) AND t.who IS NOT NULL") == 3, (
        "one move for each of three people"
    )


@once
def test_conditions_choose_rows(bench: Workbench) -> None:
    """Rows for which the condition is false stay and are counted; where it is NULL they are masked; subqueries lead to an update."""
    bench.sql("""
        CREATE TABLE t (role text, email text UNIQUE, note text); CREATE TABLE staff (role text);
        INSERT INTO staff VALUES ('staff');
        INSERT INTO t VALUES ('staff', 'a@x.org', 'a'), ('user', 'b@x.org', 'b'), (NULL, 'c@x.org', 'c')""")
    outcome = bench.mask(
        "  public.t:\n    role: keep\n    email: {email: {}, where: \"role <> 'staff' -- they agreed\"}\n"
        "    note: {set_null: {}, where: role NOT IN (SELECT s.role FROM staff s)}\n  public.staff: {role: keep}"
    )
    rows = bench.sql("SELECT role, email, note FROM t ORDER BY role NULLS LAST")
    assert rows[0] == ("staff", "a@x.org", "a")
    assert all(email.endswith("@example.com") and note is None for _, email, note in rows[1:])
    assert outcome.report is not None
    shop = outcome.report["databases"]["shop"]
    assert shop["rows_left_by_conditions"] == {"email of public.t": 1, "note of public.t": 1}
    assert shop["tables"]["public.t"]["columns"]["email"] == "email, where"
    assert shop["tables"]["public.t"]["strategy"] == "update"


@everywhere
@pytest.mark.parametrize(
    ("condition", "strategy"),
    [
        ("id > 3 AND kind IS DISTINCT FROM lower(kind) || id", "rewrite"),
        ("(id > 3) IS TRUE", "update"),
        ("nullif(id, 2) ISNULL OR lower(kind) Is Not Null AND id > 3", "update"),
    ],
)
def test_conditions_choose_rows_of_partitions(bench: Workbench, condition: str, strategy: str) -> None:
    """Some of which ALTER could read for the first partition only; so is a call that names its arguments."""
    bench.sql("""
        CREATE TABLE t (id int, kind text, m text, d date) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, 2, 3);
        CREATE TABLE t2 PARTITION OF t DEFAULT; INSERT INTO t SELECT i, 'k' || i, 'planted' || i, '2001-01-01' FROM generate_series(1, 6) AS i""")
    made = (
        "make_date(year => 1970, month => 1, day => 1 + id)" if strategy == "update" else "make_date(1970, 1, 1 + id)"
    )
    outcome = bench.mask(
        f"  public.t: {{id: keep, kind: keep, m: {{hash: {{}}, where: {json.dumps(condition)}}}, d: {{sql: '{made}'}}}}"
    )
    left = bench.value(f"SELECT count(*) FROM t WHERE NOT coalesce({condition}, true)")
    assert bench.value("SELECT count(*) FROM t WHERE m LIKE 'planted%'") == left > 0
    assert bench.value("SELECT count(*) FROM t WHERE d = date '1970-01-01' + id") == 6
    assert outcome.report["databases"]["shop"]["tables"]["public.t"]["strategy"] == strategy


@once
def test_templates_are_made_of_masked_columns(bench: Workbench) -> None:
    """The invented person of one row is the same in all its columns; what is too long is cut."""
    bench.sql("""
        CREATE TABLE t (id int, first_name text, last_name text, full_name text, label varchar(12));
        INSERT INTO t SELECT i, 'Ann' || i, 'Bell' || i, 'Ann Bell', 'Ann Bell' FROM generate_series(1, 200) i;
        INSERT INTO t VALUES (0, NULL, 'x', 'x', 'x'), (0, 'x', 'x', NULL, NULL); ANALYZE""")
    bench.mask(
        "  public.t: {id: keep, first_name: {first_name: fr_FR}, last_name: last_name, full_name: {template: '{first_name} {last_name}'},\n"
        "    label: {template: 'No. {id}: {last_name}'}}"
    )
    assert bench.value("SELECT count(*) FROM t WHERE full_name <> concat(first_name, ' ', last_name)") == 0
    assert bench.value("SELECT count(*) FROM t WHERE label <> left(concat('No. ', id, ': ', last_name), 12)") == 0
    assert bench.sql("SELECT full_name, label FROM t WHERE last_name IS NOT NULL AND full_name IS NULL") == [
        (None, None)
    ]
    assert bench.value("SELECT count(DISTINCT full_name) FROM t") > 150


@once
def test_a_column_follows_its_foreign_key_or_is_like_another(bench: Workbench) -> None:
    """By the constraint, through several of them, or by name: joins hold."""
    bench.sql("""
        CREATE TABLE a (m text PRIMARY KEY); CREATE TABLE b (m text PRIMARY KEY REFERENCES a); CREATE TABLE c (m text REFERENCES b, copy text);
        INSERT INTO a SELECT 'm' || i FROM generate_series(1, 9) i; INSERT INTO b SELECT m FROM a; INSERT INTO c SELECT m, m FROM b""")
    outcome = bench.mask(
        "  public.a: {m: username}\n  public.b: {m: follow}\n  public.c: {m: follow, copy: {like: public.a.m}}"
    )
    assert (
        bench.value(
            "SELECT count(*) FROM a JOIN b USING (m) JOIN c USING (m) WHERE c.copy = a.m AND m ~ '^[a-z]+_[0-9a-f]{16}$'"
        )
        == 9
    )
    assert outcome.report is not None
    assert outcome.report["databases"]["shop"]["tables"]["public.b"]["columns"] == {"m": "username"}


@once
def test_sets_give_rules_to_the_columns_that_are_there(bench: Workbench) -> None:
    """A table's own rule comes first; columns that the table lacks do not matter."""
    bench.sql("CREATE TABLE t (id int, email text, phone text); INSERT INTO t VALUES (1, 'a@x.org', '1')")
    outcome = bench.sanitize(
        "sets:\n  people/all: {email: email, phone: phone, fax: phone}\ntables:\n  public.t: {use: people/all, id: keep, phone: set_null}"
    )
    assert outcome.code == 0, outcome.lines
    ((email, phone),) = bench.sql("SELECT email, phone FROM t")
    assert email.endswith("@example.com")
    assert phone is None


@once
def test_multiples_are_recognised_with_the_digits_that_a_real_holds(bench: Workbench) -> None:
    """Of few digits after the point, of more than it holds, below zero, in arrays, none at all; one that is no multiple is not."""
    bench.sql("""
        CREATE TABLE t (f real, g real, h real, a real[]);
        INSERT INTO t SELECT 72.35 + i, -1234.56 * i, 4294967295 + 777777 * i, ARRAY[72.35 + i, -0.3] FROM generate_series(1, 200) i;
        INSERT INTO t VALUES ('NaN', 'Infinity', '-Infinity', '{NaN}'), (0, '-0', '3.4e38', NULL); CREATE TABLE u AS SELECT unnest('{72.3, 72.35}'::real[]) AS f""")
    bench.mask(
        "  public.t: {f: {bucket: 0.1}, g: {bucket: 0.3}, h: {bucket: 7}, a: {each: {bucket: 0.1}}}\n  public.u: {f: keep}"
    )
    (bench.directory / "report.json").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(expressions.EXPRESSIONS, "bucket", lambda cell: cell.value)
        outcome = bench.sanitize("tables: {public.t: truncate, public.u: {f: {bucket: 0.1}}}")
    assert "1 row(s) of f in public.u hold what the function does not write" in outcome.problems


@once
def test_elements_of_arrays_are_masked_one_by_one(bench: Workbench) -> None:
    """Their order, NULLs and empty arrays stay."""
    bench.sql("""
        CREATE TABLE t (e text[], n int[], v varchar(40)[]);
        INSERT INTO t VALUES ('{a,b,NULL,a}', '{15,29,NULL}', '{x}'), ('{}', '{}', '{}'), (NULL, NULL, NULL)""")
    bench.mask("  public.t: {e: {each: hash}, n: {each: {bucket: 10}}, v: {each: email}}")
    rows = bench.sql("SELECT e, n, v FROM t ORDER BY ctid")
    (a, b, nothing, again), numbers, mails = rows[0]
    assert (len(a), nothing, again, numbers) == (32, None, a, [10, 20, None])
    assert a != b
    assert mails[0].endswith("@example.com")
    assert rows[1:] == [([], [], []), (None, None, None)]


DOCUMENT = """{"phone": "07946", "size": 17, "tags": ["a"], "who": {"name": "Ann", "note": "x"}, "items": [{"email": "a@x", "n": 1}, {"n": 2}, "odd"], "gone": null}"""


@once
def test_paths_of_documents_are_masked_one_by_one(bench: Workbench) -> None:
    """Inner keys, elements of lists, numbers; other keys stay or are cleared; what has another form than its path becomes null."""
    bench.sql(f"""
        CREATE TABLE t (id int, kept jsonb, cleared json); INSERT INTO t VALUES (1, '{DOCUMENT}', '{DOCUMENT}'), (2, NULL, NULL),
            (3, '{{}}', '{{}}'), (4, '"text"', '[1]'), (5, '{{"who": "Ann", "items": {{"email": "a@x"}}}}', '{{"phone": {{"a": "b"}}}}')""")
    paths = "$.phone: phone, $.size: {bucket: 10}, $.who.name: first_name, '$.items[*].email': email, $.tags: keep"
    bench.mask(
        f"  public.t: {{id: keep, kept: {{json: {{{paths}, unlisted: keep}}}}, cleared: {{json: {{{paths}, unlisted: set_null}}}}}}"
    )
    kept, cleared = bench.sql("SELECT kept, cleared FROM t WHERE id = 1")[0]
    assert kept["phone"].startswith("+1 2")
    assert (kept["size"], kept["tags"], kept["who"]["note"], kept["items"][1:]) == (10, ["a"], "x", [{"n": 2}, None])
    assert kept["items"][0]["email"].endswith("@example.com")
    assert kept["items"][0]["n"] == 1
    assert (cleared["phone"], cleared["who"]["name"]) == (kept["phone"], kept["who"]["name"])
    assert (cleared["who"]["note"], cleared["items"][1]) == (None, {"n": None})
    rest = bench.sql("SELECT kept, cleared FROM t WHERE id > 1 ORDER BY id")
    assert rest[:3] == [(None, None), ({}, {}), (None, None)]
    assert rest[3][0] == {"who": None, "items": None}
    assert rest[3][1]["phone"].startswith("+1 2")


@once
def test_rows_are_deleted_before_masking(bench: Workbench) -> None:
    """By a condition on originals, with all rows that point at them, triggers off; the others are masked and counted."""
    bench.sql("""
        CREATE TABLE p (id int PRIMARY KEY, email text); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p);
        CREATE TABLE g (c int REFERENCES c ON DELETE CASCADE, word text); CREATE TABLE copies (m text);
        CREATE FUNCTION copy_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO copies VALUES (OLD.email); RETURN NULL; END $$;
        CREATE TRIGGER copy BEFORE DELETE ON p FOR EACH ROW EXECUTE FUNCTION copy_old();
        INSERT INTO p SELECT i, 'user' || i || '@x.org' FROM generate_series(1, 9) i;
        INSERT INTO c SELECT i, i FROM generate_series(1, 6) i; INSERT INTO g SELECT i, 'w' || i FROM generate_series(1, 4) i""")
    tables = (
        "  public.p: {{delete: \"email ~ '[12]@'\", references: {0}, columns: {{id: keep, email: email}}}}\n"
        "  public.c: {{id: keep, p: keep}}\n  public.g: {{c: keep, word: hash}}\n  public.copies: {{m: keep}}"
    )
    problems = bench.refuse(tables.format("refuse"))
    assert (
        "2 row(s) of public.c point at rows of public.p that the condition deletes | delete | Write `references: cascade`"
        in problems
    )
    assert "2 row(s) of public.g point at rows of public.p" in problems
    assert bench.value("SELECT count(*) FROM p") == 9
    outcome = bench.mask(tables.format("cascade"))
    assert bench.column("SELECT id FROM p ORDER BY id") == [3, 4, 5, 6, 7, 8, 9]
    assert bench.column("SELECT p FROM c ORDER BY p") == [3, 4, 5, 6]
    assert bench.column("SELECT c FROM g ORDER BY c") == [3, 4]
    assert bench.value("SELECT count(*) FROM copies") == 0
    assert bench.value("SELECT count(*) FROM p WHERE email ~ '^[0-9a-f]{20}@example.com$'") == 7
    assert outcome.report is not None
    told = outcome.report["databases"]["shop"]["tables"]["public.p"]
    assert (told["rows"], told["deleted"]) == (7, "rows of a condition, references: cascade")


@once
def test_rows_are_deleted_where_constraints_wait_for_the_end(bench: Workbench) -> None:
    """Foreign keys and triggers that are deferred: triggers are off meanwhile, and on again as they were."""
    bench.sql("""
        CREATE TABLE p (id int PRIMARY KEY, m text); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO p SELECT i, 'planted' || i FROM generate_series(1, 9) i; INSERT INTO c SELECT id, id FROM p;
        CREATE TABLE told (m text);
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO told VALUES (OLD.id); RETURN NULL; END';
        CREATE TRIGGER tells AFTER DELETE ON p FOR EACH ROW EXECUTE FUNCTION tell(); ALTER TABLE p ENABLE ALWAYS TRIGGER tells;
        CREATE CONSTRAINT TRIGGER later AFTER DELETE ON c DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell()""")
    bench.mask("""\
  public.p: {delete: "id > 6", references: cascade, columns: {id: keep, m: hash}}
  public.c: {id: keep, p: keep}
  public.told: {m: keep}""")
    assert (
        bench.value(
            "SELECT (SELECT count(*) FROM p) * 100 + (SELECT count(*) FROM c) * 10 + (SELECT count(*) FROM told)"
        )
        == 660
    )
    modes = "SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    assert bench.sql(modes) == [("later", "O"), ("tells", "A")]


@once
def test_outputs_nobody_can_recognise_are_told_in_the_report(bench: Workbench) -> None:
    """Columns by name, whether the function is the rule or stands inside one."""
    bench.sql(
        "CREATE TABLE t (d date, s text, j jsonb, e text); INSERT INTO t VALUES ('2024-01-01', 'a', '{\"a\": \"b\"}', 'x'); ANALYZE"
    )
    outcome = bench.mask(
        "  public.t: {d: {shift: 3d}, s: scramble, j: {json: {$.a: {regex: {match: b, replace: c}}}}, e: email}"
    )
    assert outcome.report is not None
    assert any(
        "statistics only of shop: d of public.t, shop: s of public.t, shop: j of public.t." in limit
        for limit in outcome.report["limits"]
    )


@once
def test_explain_prints_functions_expressions_and_deletions(bench: Workbench) -> None:
    """All that `run` would do, and nothing is done; what it prints can be fed to psql."""
    bench.sql("CREATE TABLE t (id int, c text); INSERT INTO t VALUES (1, '4539578763621486')")
    arguments = bench.arguments(
        "explain",
        "tables: {public.t: {delete: id > 5, columns: {id: keep, c: card_number}}}",
        report=None,
        key_file=None,
        database=None,
        run_id=None,
    )
    outcome = bench.perform(arguments)
    assert outcome.code == 0, outcome.lines
    create, alter = outcome.stdout.index('CREATE FUNCTION "pg_temp"'), outcome.stdout.index("ALTER TABLE")
    assert outcome.stdout.index("DELETE FROM") < create < alter
    assert bench.value("SELECT c FROM t") == "4539578763621486"


@once
def test_the_output_of_one_function_tells_nothing_about_another(bench: Workbench) -> None:
    """A hash of a customer's number beside dates that are moved by it: nobody computes the move from the hash."""
    hexadecimal = ("hash", "uuid", "mac", "url", "username")
    bench.sql(f"CREATE TABLE t ({', '.join(f'{name} text' for name in hexadecimal)}, id text, d date)")
    bench.sql(f"INSERT INTO t VALUES ({', '.join(['7'] * len(hexadecimal))}, '7', '2024-01-01')")
    bench.mask(
        "  public.t:\n"
        + "".join(f"    {name}: {name}\n" for name in hexadecimal)
        + "    id: keep\n    d: {shift: 3000d, per: id}\n"
    )
    row = texts(bench, "t")[0]
    digits = {re.sub(r".*[/_]|^02:|[:-]", "", str(row[name]))[:8] for name in hexadecimal}
    assert len(digits) == len(hexadecimal), digits
    days = (date.fromisoformat(str(row["d"])) - date(2024, 1, 1)).days
    assert days not in {int(str(row["hash"])[:15], 16) % 6000 - 3000 + nonzero for nonzero in (0, 1)}


DOCUMENTS = st.recursive(
    st.sampled_from(["planted", 7, None, True]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@once
@FEW
@given(documents=st.lists(DOCUMENTS, min_size=1, max_size=40))
def test_no_document_keeps_what_no_path_allows(bench: Workbench, documents: list[Any]) -> None:
    """Whatever its form: listed paths are masked, everything else is gone, and verify agrees."""
    bench.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (j jsonb)")
    insert(bench, "t", [[json.dumps(document)] for document in documents])
    (bench.directory / "report.json").unlink(missing_ok=True)
    bench.mask("  public.t: {j: {json: {$.a: hash, '$.b[*].c': email, $.d.a: {bucket: 5}, unlisted: set_null}}}")
    masked = bench.column("SELECT j FROM t ORDER BY ctid")
    assert len(masked) == len(documents)
    assert "planted" not in json.dumps(masked)
    for before, after in zip(documents, masked, strict=True):
        if isinstance(before, dict) and before.get("a") is not None:
            assert len(after["a"]) == 32
        if not isinstance(before, dict):
            assert after is None


FORMS = st.fixed_dictionaries(
    {
        "a": st.sampled_from(["planted", 7, None, ["planted"]]),
        "b": st.dictionaries(st.just("c"), st.sampled_from(["planted", 12, 7.5, None]))
        | st.sampled_from(["planted", None, []]),
    },
    optional={"d": st.just("kept"), "e": st.just([1, {}])},
)


@once
@FEW
@given(documents=st.lists(FORMS | st.sampled_from([None, 7, [], {}]), min_size=1, max_size=40))
def test_a_document_of_the_expected_form_is_masked_like_any_other(bench: Workbench, documents: list[Any]) -> None:
    """One that has exactly the rules' keys is built without a call, which columns of type json never are: both give the same."""
    bench.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (n1 jsonb, n2 json, k1 jsonb, k2 json)")
    insert(bench, "t", [[json.dumps(document)] * 4 for document in documents])
    (bench.directory / "report.json").unlink(missing_ok=True)
    paths = "$.a: email, $.b.c: {bucket: 5}"
    cleared, kept = (f"{{json: {{{paths}, unlisted: {unlisted}}}}}" for unlisted in ("set_null", "keep"))
    bench.mask(f"  public.t: {{n1: {cleared}, n2: {cleared}, k1: {kept}, k2: {kept}}}")
    assert bench.column("SELECT n1 = n2::jsonb AND k1 = k2::jsonb FROM t") == [True] * len(documents)

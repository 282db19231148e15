"""Verify sees what went wrong, whoever did it, and says where and how many: never what."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import psycopg
import pytest
from psycopg import sql

from sanitizer.functions import FUNCTIONS
from sanitizer.names import TableName
from sanitizer.postgresql import expressions, masking, purge
from sanitizer.postgresql.predicates import PREDICATES
from sanitizer.schema import Schema
from sanitizer.steps import Step
from tests.sanitizer import everywhere
from tests.sanitizer.workbench import Outcome, Workbench

pytestmark = everywhere
RULES = "tables:\n  public.t: {id: keep, m: email, h: hash, f: {fixed: x}, n: set_null}\n  public.s: truncate\n"


@pytest.fixture
def outcome_of(bench: Workbench) -> Callable[[str], Outcome]:
    """Sanitizes a table of planted values; verify must fail, without naming them."""
    bench.sql("""
        CREATE TABLE t (id int, m text, h text, f text, n text); CREATE TABLE s (m text); INSERT INTO s VALUES ('planted');
        INSERT INTO t SELECT i, 'planted' || i, 'planted' || i, 'planted', 'planted' FROM generate_series(1, 50) i; ANALYZE""")

    def run(statements: str = "") -> Outcome:
        outcome = bench.sanitize(RULES + statements)
        assert outcome.code == 23, outcome.lines
        assert outcome.report is None
        assert outcome.lines[-1]["event"] == "VerifyFailed"
        assert "planted" not in str(outcome)
        return outcome

    return run


def test_a_mask_that_returns_its_input_is_caught(
    outcome_of: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every function, in rows and in statistics."""

    def unchanged(cell: expressions.Cell) -> sql.Composable:
        return cell.value

    monkeypatch.setattr(expressions, "EXPRESSIONS", dict.fromkeys(expressions.EXPRESSIONS, unchanged))
    problems = outcome_of("").problems
    for column, rule in {"m": "email", "h": "hash", "f": "fixed", "n": "set_null"}.items():
        assert (
            f"rules.yaml:2: 50 row(s) of {column} in public.t hold what the function does not write | {rule}"
            in problems
        )
    assert "value(s) from before masking in the planner's statistics of m in public.t" in problems


def test_a_mask_that_merges_values_is_caught(
    outcome_of: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Distinct counts before and after must be equal."""
    monkeypatch.setitem(expressions.EXPRESSIONS, "hash", lambda _cell: sql.Literal("0" * 32))
    assert "49 different value(s) in h of public.t more or fewer than before masking" in outcome_of("").problems


def test_lost_rows_and_filled_in_nulls_are_caught(
    bench: Workbench, outcome_of: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts of rows and values before and after must be equal."""
    bench.sql("UPDATE t SET h = NULL WHERE id = 1")
    monkeypatch.setitem(expressions.EXPRESSIONS, "hash", lambda _cell: sql.SQL("md5(id::text)"))
    assert "1 value(s) in h of public.t more or fewer" in outcome_of("").problems


def test_a_constraint_that_did_not_return_is_caught(
    bench: Workbench, outcome_of: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The structure before and after must be equal."""
    bench.sql(
        "ALTER TABLE t ADD UNIQUE (m); ALTER TABLE t ADD own text; ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (own) REFERENCES t (m)"
    )
    monkeypatch.setattr(masking, "_with_foreign_key", lambda database, _key: nothing(database))
    monkeypatch.setattr("tests.sanitizer.test_verify.RULES", RULES.replace("id: keep", "id: keep, own: email"))
    assert "constraint k of public.t: 1 definition or state more or fewer" in outcome_of("").problems


def nothing(database: str) -> Step:
    """A step that does not bring back what it should."""
    return Step("mask", database, "nothing", "nothing", "a mistake", (), atomic=True)


def test_a_statement_that_brings_originals_back_is_caught(
    bench: Workbench, outcome_of: Callable[[str], Outcome]
) -> None:
    """From an audit table that was kept, into a masked column or an emptied table."""
    bench.sql("CREATE TABLE audit AS SELECT id, m FROM t")
    problems = outcome_of(
        "  public.audit: {id: keep, m: keep}\n"
        "sql:\n  - UPDATE t SET m = audit.m FROM audit WHERE audit.id = t.id AND t.id < 4\n  - INSERT INTO s SELECT m FROM audit"
    ).problems
    assert (
        "3 row(s) of m in public.t hold what the function does not write | email | If a statement writes this column, `keep` it"
        in problems
    )
    assert "50 row(s) in public.s, which the rules empty | truncate" in problems


def test_a_column_or_table_that_a_statement_adds_is_caught(outcome_of: Callable[[str], Outcome]) -> None:
    """Drift is looked for again at the end."""
    outcome = outcome_of("sql: [CREATE TABLE copy AS SELECT 1 AS x, ALTER TABLE t ADD extra text]")
    assert "table public.copy: has no rules" in outcome.problems
    assert "column extra: has no rule" in outcome.problems


def test_statistics_that_were_left_are_caught(
    bench: Workbench, outcome_of: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of columns that ANALYZE skips, of an emptied table, and of a materialized view that became empty."""
    bench.sql(
        "CREATE MATERIALIZED VIEW v AS SELECT m FROM s, generate_series(1, 3); CREATE TYPE uses AS (row t); ANALYZE; ALTER TABLE t ALTER m SET STATISTICS 0"
    )
    monkeypatch.setattr(purge, "plan_old_statistics", lambda _connection, _schema, _clean: iter(()))
    problems = outcome_of("").problems
    assert (
        "value(s) from before masking in the planner's statistics of m in public.t | email | Give the column a statistics target"
        in problems
    )
    assert "1 column(s) of materialized view public.v, now empty, left values in the planner's statistics" in problems


def test_a_purge_step_left_out_is_caught(
    bench: Workbench, outcome_of: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without ANALYZE the statistics still hold what was there."""
    bench.sql("CREATE TYPE uses AS (row t)")
    monkeypatch.setattr(purge, "plan_purge", lambda _schema, _clean: iter(()))
    monkeypatch.setattr(purge, "plan_statistics", lambda _database: iter(()))
    problems = outcome_of("").problems
    assert "in the planner's statistics of m in public.t" in problems
    assert "in the planner's statistics of h in public.t" in problems


def test_originals_are_recognised_under_every_function(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a masking function's outputs look like, this is none: unless the declaration says that nobody can tell, or by shape only."""
    examples = [(each, each.example) for each in FUNCTIONS.values() if each.example]
    columns = ", ".join(f'"{function.name}" {example.type}' for function, example in examples)
    originals = {"text": "original: 1", "text[]": "{original}"}
    bench.sql(f"CREATE TABLE t ({columns})")
    places = ", ".join("%s" for _ in examples)
    bench.connection().execute(
        f"INSERT INTO t VALUES ({places})".encode(),
        [originals.get(example.type, example.before) for _, example in examples],
    )
    monkeypatch.setattr(expressions, "EXPRESSIONS", dict.fromkeys(expressions.EXPRESSIONS, lambda cell: cell.value))
    outcome = bench.sanitize(
        "tables:\n  public.t:\n" + "".join(f"    {each.name}: {example.written}\n" for each, example in examples)
    )
    assert outcome.code == 23, outcome.lines
    caught = {
        function.name for function, _ in examples if f"1 row(s) of {function.name} in public.t" in outcome.problems
    }
    assert caught == {function.name for function, _ in examples if function.recognised == "exactly"}
    assert {name for name, predicate in PREDICATES.items() if predicate is None} == {
        function.name for function in FUNCTIONS.values() if function.recognised == "not"
    }


CHANGED = {
    "number": ("card_number", "'4000001234567890'"),
    "account": ("iban", "'DE00000000001234567890'"),
    "person": ("name", "'Veronica Lindqvist'"),
    "mail": ("{email: {}, where: id > 0}", "'planted@example.com'"),
    "whole": ("{template: '{person}!'}", "'Somebody else'"),
    "tags": ("{each: hash}", "'{planted}'::text[]"),
    "doc": ("{json: {'$.list[*].email': email, unlisted: set_null}}", '\'{"list": [{"email": "planted"}]}\'::jsonb'),
    "other": (
        "{json: {'$.list[*].email': email, unlisted: set_null}}",
        '\'{"list": [{"email": null, "phone": "planted"}]}\'::jsonb',
    ),
}


def test_a_single_wrong_value_is_caught(bench: Workbench) -> None:
    """A check digit, a name out of no list, one element, one inner key: written by a statement after masking."""
    types = {"tags": "text[]", "doc": "jsonb", "other": "jsonb"}
    columns = ", ".join(f"{name} {types.get(name, 'text')}" for name in CHANGED)
    bench.sql(f"CREATE TABLE t (id int, {columns}); INSERT INTO t (id) VALUES (1), (2)")
    rules = "".join(f"    {name}: {rule}\n" for name, (rule, _) in CHANGED.items())
    changes = ", ".join(f"{name} = {value}" for name, (_, value) in CHANGED.items())
    outcome = bench.sanitize(
        f"tables:\n  public.t:\n    id: keep\n{rules}sql:\n  - |\n    UPDATE t SET {changes} WHERE id = 2\n"
    )
    assert outcome.code == 23, outcome.lines
    assert [name for name in CHANGED if f"1 row(s) of {name} in public.t" not in outcome.problems] == []
    assert "planted" not in str(outcome.lines)


def test_statistics_that_no_row_explains_are_caught(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of functions whose outputs look like any other value, and of rules with conditions."""
    bench.sql("""
        CREATE TABLE t (id int, d date, m text); INSERT INTO t SELECT i, date '1980-01-01' + i, 'planted' || i FROM generate_series(1, 50) i;
        ANALYZE; CREATE TYPE uses AS (row t)""")
    monkeypatch.setattr(purge, "plan_purge", lambda _schema, _clean: iter(()))
    monkeypatch.setattr(purge, "plan_statistics", lambda _database: iter(()))
    outcome = bench.sanitize("tables: {public.t: {id: keep, d: {shift: 900d}, m: {email: {}, where: id > 3}}}")
    assert outcome.code == 23, outcome.lines
    for column in ("d", "m"):
        assert f"in the planner's statistics of {column} in public.t" in outcome.problems


UNMASKED = [
    '{"n": "planted"}',
    '{"n": {"planted": 1}}',
    '{"n": true}',
    '{"way": "planted"}',
    '{"way": ["planted"]}',
    '{"way": [{"in": "planted"}]}',
    '{"list": {"in": "planted"}}',
    '{"list": "planted"}',
    '{"list": ["planted"]}',
    '{"list": [{"in": "planted"}]}',
    '{"odd": "planted"}',
    '{"list": [{"odd": "planted"}]}',
    '{"r": ["planted"]}',
    '{"r": 17}',
    '{"f": "planted"}',
    '["planted"]',
    '"planted"',
]  # fmt: skip
PATHS_OF_UNMASKED = "$.n: {noise: 10%}, $.way.in: email, '$.list[*].in': email, $.r: {regex: {match: a, replace: b}}, $.f: {fixed: x}, unlisted: set_null"


def test_no_unmasked_part_of_a_document_passes_verification(bench: Workbench) -> None:
    """Texts where a number should be, other forms than the path says, keys without a path."""
    bench.sql("CREATE TABLE t (j jsonb)")
    statements = [f"INSERT INTO t VALUES ('{document}')" for document in UNMASKED]
    fine = [
        "{}",
        "null",
        '{"n": 7, "f": "x", "r": "b", "way": {"in": null}, "list": [null, {"in": null, "odd": null}], "odd": null}',
    ]
    statements += [f"INSERT INTO t VALUES ('{document}')" for document in fine]
    outcome = bench.sanitize(
        f"tables: {{public.t: {{j: {{json: {{{PATHS_OF_UNMASKED}}}}}}}}}\nsql: {{after: {json.dumps(statements)}}}"
    )
    assert f" {len(UNMASKED)} row(s) of j in public.t hold what the function does not write" in outcome.problems


def test_a_purge_that_changes_the_structure_is_caught(
    outcome_of: Callable[[str], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there at the end is what was counted after masking."""
    plan = purge.plan_purge

    def and_more(schema: Schema, clean: frozenset[TableName]) -> Iterator[Step]:
        yield from plan(schema, clean)
        yield Step("purge", schema.database, "t", "change", "a mistake", ("ALTER TABLE t ALTER id SET STATISTICS 7",))

    monkeypatch.setattr(purge, "plan_purge", and_more)
    told = "shop: columns of public.t: 1 definition or state is not what it was after masking"
    assert told in outcome_of("").problems


@pytest.mark.parametrize("rule", ["keep", "hash"])
def test_an_index_that_was_invalid_in_the_source_is_no_finding(bench: Workbench, rule: str) -> None:
    """It is valid afterwards, for it is built anew with its table."""
    bench.sql(
        "CREATE TABLE t (id int, m text); INSERT INTO t SELECT i, 'planted' || i FROM generate_series(1, 50) i; CREATE INDEX i ON t (m)"
    )
    bench.sql("CREATE TABLE other (m text)")
    bench.server.superuser_sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass", "shop")
    bench.mask(f"  public.t: {{id: keep, m: {rule}}}\n  public.other: {{m: hash}}")
    assert bench.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass")


@pytest.mark.parametrize(
    ("index", "rows", "told"),
    [
        ("(m)", "('a-7'), ('a-7')", "1 of its values stand in several rows"),
        ("(lower(m)) WHERE m <> ''", "('A-7'), ('a-7'), (''), (''), ('a-8'), ('a-8')", "2 of its values"),
        ("(m)", "(NULL), (NULL), ('a-7')", None),
        ("(m) WHERE m <> 'a-7'", "('a-7'), ('a-7')", None),
    ],
)
def test_an_invalid_unique_index_that_could_not_be_built_is_refused(
    bench: Workbench, index: str, rows: str, told: str | None
) -> None:
    """Where rows of a masked table are alike, before anything is changed; unless a statement may mend it. Else it is built, and valid."""
    bench.sql(f"CREATE TABLE t (m text, h text DEFAULT 'x'); INSERT INTO t VALUES {rows}")
    with pytest.raises(psycopg.errors.UniqueViolation) if told else nullcontext():
        bench.sql(f"CREATE UNIQUE INDEX CONCURRENTLY u ON t {index}")
    bench.server.superuser_sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'u'::regclass", "shop")
    rules = "tables:\n  public.t: {m: keep, h: hash}\n"
    outcome = bench.sanitize(rules)
    assert outcome.code == (12 if told else 0), outcome.problems
    if told:
        assert "unique index public.u is invalid" in outcome.problems
        assert told in outcome.problems
        rules = f"{rules}sql: {{before: [DROP INDEX u]}}" if "lower" in index else rules.replace("h: hash", "h: keep")
        assert bench.sanitize(rules).code == 0
    else:
        assert bench.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'u'::regclass")


def test_what_is_taken_away_on_purpose_is_no_finding(bench: Workbench) -> None:
    """Large objects with their comments, columns without statistics, secrets of roles; a table that its rules empty keeps its definition."""
    bench.sql("""
        SELECT lo_from_bytea(4711, 'planted'); COMMENT ON LARGE OBJECT 4711 IS 'a scan'; CREATE ROLE app LOGIN PASSWORD 'planted-7'; ALTER ROLE app SET application_name = 'token=planted';
        CREATE TABLE t (id serial PRIMARY KEY, m text); INSERT INTO t (m) SELECT 'planted' || i FROM generate_series(1, 50) i; ANALYZE; ALTER TABLE t ALTER m SET STATISTICS 0;
        CREATE TABLE gone (id serial PRIMARY KEY, m text UNIQUE); INSERT INTO gone (m) SELECT m FROM t; ANALYZE gone""")
    outcome = bench.sanitize(
        "large_objects: unlink\ntables:\n  public.t: {id: keep, m: hash}\n  public.gone: {delete: 'true', columns: {id: keep, m: hash}}\n"
    )
    assert outcome.code == 0, outcome.problems
    assert bench.value("SELECT count(*) FROM pg_largeobject_metadata") == 0


def test_statistics_of_rows_that_conditions_leave_are_recognised_of_every_type(bench: Workbench) -> None:
    """A cast to text writes some otherwise than the statistics: booleans, addresses, texts of fixed length."""
    columns = {
        "b": "boolean",
        "i": "inet",
        "c": "char(40)",
        "n": "name",
        "d": "date",
        "m": "money",
        "u": "uuid",
        "x": '"char"',
        "v": "bit(3)",
    }
    values = {
        "b": "i % 2 = 0", "i": "('81.2.69.' || i % 3)::inet", "c": "'k' || i % 3", "n": "'k' || i % 3", "d": "date '2001-01-01' + i % 3", "m": "i % 3",
        "u": "('7d444840-9dc0-11d1-b245-00000000000' || (i > 30)::int)::uuid", "x": "(i % 3)::text::\"char\"", "v": "(i % 3)::bit(3)",
    }  # fmt: skip
    functions = {
        "b": "fixed: 'true'",
        "i": "ip: {}",
        "d": "fixed: '2000-01-01'",
        "m": "fixed: '1'",
        "u": "uuid: {}",
        "v": "fixed: '111'",
    }
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    bench.sql(
        f"CREATE TABLE t (id int, {declared}); INSERT INTO t SELECT i, {', '.join(values.values())} FROM generate_series(1, 90) AS i"
    )
    rules = ", ".join(f"{name}: {{{functions.get(name, 'fixed: x')}, where: id > 30}}" for name in columns)
    bench.mask(f"  public.t: {{id: keep, {rules}}}")
    kept = "SELECT count(*) FROM pg_stats WHERE tablename = 't' AND attname <> 'id' AND most_common_vals IS NOT NULL"
    assert bench.value(kept) == len(columns)

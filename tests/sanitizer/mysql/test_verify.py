"""Verify sees what went wrong, whoever did it, and says where and how many: never what."""

from collections.abc import Callable

import pytest

from sanitizer.mysql import expressions, masking, purge
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.workbench import Outcome

RULES = "tables:\n  t: {id: keep, m: email, h: hash, f: {fixed: x}, n: set_null}\n  s: truncate\n"


@pytest.fixture
def outcome_of(bench: MariaDbBench) -> Callable[..., Outcome]:
    """Sanitizes a table of planted values; verify must fail, without naming them."""
    bench.sql("""
        CREATE TABLE t (id INT, m VARCHAR(60), h VARCHAR(60), f VARCHAR(60), n VARCHAR(60)); CREATE TABLE s (m VARCHAR(60)); INSERT INTO s VALUES ('planted');
        INSERT INTO t SELECT seq, CONCAT('planted', seq), CONCAT('planted', seq), 'planted', 'planted' FROM seq_1_to_50;
        ANALYZE TABLE t, s PERSISTENT FOR ALL""")

    def run(statements: str = "", rules: str = RULES) -> Outcome:
        outcome = bench.sanitize(rules + statements)
        assert outcome.code == 23, outcome.lines
        assert outcome.report is None
        assert "planted" not in str(outcome)
        return outcome

    return run


def test_a_mask_that_returns_its_input_is_caught(
    outcome_of: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every function's predicate knows its own outputs."""
    monkeypatch.setattr(expressions, "EXPRESSIONS", dict.fromkeys(expressions.EXPRESSIONS, lambda cell: cell.value))
    problems = outcome_of().problems
    for column, rule in {"m": "email", "h": "hash", "f": "fixed", "n": "set_null"}.items():
        assert f"rules.yaml:2: 50 row(s) of {column} in t hold what the function does not write | {rule}" in problems


@pytest.mark.parametrize(
    "almost", ["CONCAT(LEFT(MD5(h), 31), '\\n')", "CONCAT('g', LEFT(MD5(h), 31))", "UPPER(MD5(h))", "LEFT(MD5(h), 31)"]
)
def test_a_mask_that_writes_almost_the_right_shape_is_caught(
    outcome_of: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, almost: str
) -> None:
    """A line end, another letter, a capital (columns may not see the difference), one too few."""
    monkeypatch.setitem(expressions.EXPRESSIONS, "hash", lambda _cell: almost)
    assert "50 row(s) of h in t hold what" in outcome_of().problems


def test_a_mask_that_merges_values_is_caught(
    outcome_of: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Distinct counts before and after must be equal."""
    monkeypatch.setitem(expressions.EXPRESSIONS, "hash", lambda _cell: "REPEAT('0', 32)")
    assert "49 different value(s) in h of t more or fewer than before masking" in outcome_of().problems


def test_a_hash_that_ignores_the_collation_is_caught(
    bench: MariaDbBench, outcome_of: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values that were equal would be told apart."""
    bench.sql("UPDATE t SET h = IF(id % 2, 'PLANTED', 'planted')")
    monkeypatch.setitem(expressions.EXPRESSIONS, "hash", lambda cell: f"MD5({cell.value})")
    assert "1 different value(s) in h of t more or fewer" in outcome_of().problems


def test_lost_rows_are_caught(
    bench: MariaDbBench, outcome_of: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts before and after must be equal."""
    original = masking._filled
    monkeypatch.setattr(
        masking,
        "_filled",
        lambda *given: tuple(
            s.replace("FROM `t`", "FROM (SELECT * FROM `t` LIMIT 49) AS `t`") for s in original(*given)
        ),
    )
    assert "1 row(s) of t more or fewer" in outcome_of().problems


@pytest.mark.parametrize("lost", ["created", "_counter", "_added"])
def test_what_did_not_return_is_caught(
    bench: MariaDbBench, outcome_of: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """Triggers, the counter, keys and foreign keys."""
    bench.sql("""
        ALTER TABLE t ADD PRIMARY KEY (id), ADD UNIQUE KEY (h), MODIFY id INT AUTO_INCREMENT, AUTO_INCREMENT = 999;
        CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.n = 'x'""") if lost != "_added" else bench.sql(
        "ALTER TABLE t ADD KEY (h)"
    )
    bench.sql("UPDATE t SET n = NULL")
    monkeypatch.setattr(masking, lost, lambda *_given: ())
    said = "trigger g" if lost == "created" else "table t"
    assert f"{said}: 1 definition or state more or fewer" in outcome_of().problems


def test_foreign_keys_that_lost_their_rows_are_caught(bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server does not look, for it is told not to while tables are swapped."""
    bench.sql("""
        CREATE TABLE p (m VARCHAR(60) UNIQUE); CREATE TABLE c (m VARCHAR(60), CONSTRAINT k FOREIGN KEY (m) REFERENCES p (m));
        INSERT INTO p VALUES ('planted'); INSERT INTO c VALUES ('planted')""")
    hashes = iter(["REPEAT('0', 32)", "REPEAT('1', 32)"])
    monkeypatch.setattr("sanitizer.mysql.refusals.masked_column", lambda _row, _name: "1")
    monkeypatch.setattr("sanitizer.mysql.refusals.trial_refusals", lambda *_given: iter(()))
    monkeypatch.setitem(expressions.EXPRESSIONS, "hash", lambda _cell: next(hashes))
    outcome = bench.sanitize("tables:\n  p: {m: hash}\n  c: {m: hash}")
    assert outcome.code == 23, outcome.lines
    assert "rows without counterpart by k on c: 1 definition or state more or fewer" in outcome.problems


def test_a_statement_that_brings_originals_back_is_caught(
    bench: MariaDbBench, outcome_of: Callable[..., Outcome]
) -> None:
    """From an audit table that was kept, into a masked column or an emptied table."""
    bench.sql("CREATE TABLE audit AS SELECT id, m FROM t")
    problems = outcome_of(
        "  audit: {id: keep, m: keep}\nsql:\n  - UPDATE t JOIN audit USING (id) SET t.m = audit.m WHERE id < 4\n  - INSERT INTO s SELECT m FROM audit"
    ).problems
    assert (
        "3 row(s) of m in t hold what the function does not write | email | If a statement writes this column, `keep` it"
        in problems
    )
    assert "50 row(s) in s, which the rules empty | truncate" in problems


def test_a_table_that_a_statement_adds_is_caught(outcome_of: Callable[..., Outcome]) -> None:
    """Drift is looked for again at the end."""
    assert "table copy: has no rules" in outcome_of("sql: [CREATE TABLE copy AS SELECT 1 AS x]").problems


def test_a_table_that_a_statement_of_another_database_adds_is_caught(bench: MariaDbBench) -> None:
    """Also where that database was masked long before: its schema is read once more at the end."""
    bench.sql("""CREATE TABLE t (id INT, m VARCHAR(60)); INSERT INTO t SELECT seq, CONCAT('kept', seq, '@posteo.de') FROM seq_1_to_50;
        CREATE DATABASE warehouse; CREATE TABLE warehouse.t LIKE t;
        INSERT INTO warehouse.t SELECT id, CONCAT('planted', id, '@posteo.de') FROM t""")
    outcome = bench.sanitize("""
databases:
  shop: {tables: {t: {id: keep, m: email}}}
  warehouse: {tables: {t: {id: keep, m: email}}, sql: {before: [CREATE TABLE shop.copy AS SELECT * FROM t]}}
""")
    assert outcome.code == 23, outcome.problems
    assert "database shop, table copy: has no rules" in outcome.problems


def test_purge_steps_left_out_are_caught(
    bench: MariaDbBench, outcome_of: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statistics of tables masked where they stand, history."""
    bench.sql("ALTER TABLE t ADD SYSTEM VERSIONING; UPDATE t SET n = 'planted2'")
    monkeypatch.setattr(masking, "swap_blockers", lambda _table, _flavour: ["a test says so"])
    monkeypatch.setattr(purge, "plan_purge", lambda _schema, _clean, _flavour: iter(()))
    problems = outcome_of().problems
    assert "in the planner's statistics of m in t" in problems
    assert "in the planner's statistics of h in t" in problems
    assert "column(s) of s left values in the planner's statistics" in problems
    assert "row version(s) in the history of t" in problems


def test_kept_columns_of_people_fail_the_run_unless_a_rule_says_why(bench: MariaDbBench) -> None:
    """With place, kind and number, never the value."""
    bench.sql("CREATE TABLE t (id INT, m VARCHAR(60), d JSON, c VARCHAR(60))")
    bench.sql(
        "INSERT INTO t SELECT seq, CONCAT('planted', seq, '@posteo.example'), '{\"a\": \"sk_live_planted\"}', 'new' FROM seq_1_to_9"
    )
    outcome = bench.sanitize("tables:\n  t: {id: keep, m: keep, d: keep, c: keep}\n")
    assert outcome.code == 23, outcome.lines
    assert "planted" not in str(outcome)
    told = "rules.yaml:2: 9 of 9 sampled values of {} of t seem to be or hold {}, and it is kept | keep"
    assert told.format("m", "e-mail addresses") in outcome.problems
    assert told.format("d", "secrets, or digests of them") in outcome.problems
    assert len(outcome.findings) == 2
    bench.forget()
    assert bench.sanitize("tables:\n  t: {id: keep, m: {keep: {reason: invented}}, d: set_null, c: keep}\n").code == 0

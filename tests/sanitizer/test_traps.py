"""The traps that databases set for masking, each on a real server: a table is masked as it should be, or refused before anything changes.

What stands where, trap by trap:

- ALTER TYPE refuses a column that something uses: TAKEN_OFF, UPDATED_AROUND below; each dependent's exact return: test_same_structure.
  A partition key, a generated column: test_what_no_rule_can_change_is_refused.
- Foreign keys: test_foreign_keys_need_the_same_rule_on_both_sides, test_orphans_are_refused; the return of the constraint: test_masking,
  test_foreign_keys_on_masked_columns_hold_and_return_as_they_were.
- Uniqueness: test_permutations_are_refused, test_addresses_that_differ_by_case_stay_apart. NOT NULL, CHECK, lengths, exclusion constraints:
  test_refusals, test_what_trying_the_rules_shows_is_told_before_anything_changes. NOT VALID checks: test_checks_that_are_not_valid_yet.
- A publication without replica identity: test_a_publication_without_identity.
- Copies lose grants, options, triggers, keys, counters; drop, then rename: mysql/test_masking, test_nothing_but_values_changes.
  DROP TRIGGER under a binary log: mysql/test_refusals, test_a_version_nobody_tried_and_a_binary_log_are_refused.
- What a restored copy would do: test_what_a_copy_would_do_is_drift; passwords and logins: test_purge, test_productions_passwords_open_nothing; MySQL's
  events: mysql/test_purge, test_events_and_passwords_of_other_servers_do_not_leave.
- Rows an UPDATE skips (row level security, INSTEAD rules, triggers that return OLD), copies by triggers that are always on: UPDATED_AROUND,
  test_row_level_security_that_hides_rows_is_refused. Prepared transactions: test_refusals, test_open_prepared_transactions_are_refused.
- Beside the list: event triggers, tables on other servers.
"""

import hashlib
import re
from pathlib import Path

import psycopg
import pytest

from tests.sanitizer import once
from tests.sanitizer.test_masking import dump
from tests.sanitizer.workbench import KEY, Workbench, rows_of_everything

TABLE = """
CREATE TABLE copies (m text);
CREATE FUNCTION copy_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO copies VALUES (OLD.m); RETURN NEW; END $$;
CREATE FUNCTION keep_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO copies VALUES (OLD.m); RETURN OLD; END $$;
CREATE TABLE t (id int PRIMARY KEY, m text); INSERT INTO t SELECT i, 'planted-' || i FROM generate_series(1, 3) i;
"""
ALTER = "ALTER TABLE t ALTER m TYPE text USING upper(m)"
# What the server says no to while these are there; and that an UPDATE would copy originals, or skip rows.
TAKEN_OFF = {
    "a view": "CREATE VIEW v AS SELECT m FROM t",
    "a rule": "CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO copies VALUES (OLD.m)",
    "a rule instead": "CREATE RULE r AS ON UPDATE TO t WHERE OLD.m <> '' DO INSTEAD NOTHING",
    "a materialized view": "CREATE MATERIALIZED VIEW v AS SELECT m FROM t; CREATE INDEX ON v (m)",
    "a trigger on the column": "CREATE TRIGGER g BEFORE UPDATE OF m ON t FOR EACH ROW EXECUTE FUNCTION keep_old()",
    "a policy": "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (m LIKE 'plant%')",
    "a publication's filter": "ALTER TABLE t REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE t WHERE (m <> 'nobody')",
    "a function with a parsed body": "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(m) FROM t; END",
}
UPDATED_AROUND = {
    "a generated column": "ALTER TABLE t ADD g text GENERATED ALWAYS AS (lower(m)) STORED",
    "an inherited child": "CREATE TABLE o () INHERITS (t); INSERT INTO o VALUES (9, 'planted-9')",
    "a row type used elsewhere": "CREATE TABLE o (r t)",
    "a typed table": "CREATE TYPE y AS (id int, m text); DROP TABLE t; CREATE TABLE t OF y; INSERT INTO t VALUES (1, 'planted-1')",
}
RULES = {"a generated column": "id: keep, m: hash, g: keep"}
OTHERS = {"an inherited child": "id: keep, m: hash", "a row type used elsewhere": "r: keep"}


def test_what_stands_where_is_there() -> None:
    """Every test that the list above names exists."""
    here = Path(__file__).parent
    tests = {path.stem for path in here.rglob("test_*.py")}
    tests |= {
        name
        for path in here.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    named = set(re.findall(r"\btest_\w+", __doc__ or ""))
    assert named
    assert named <= tests


@pytest.mark.parametrize("trap", [*TAKEN_OFF, *UPDATED_AROUND])
def test_what_alter_refuses_is_masked_all_the_same(bench: Workbench, trap: str) -> None:
    """The server refuses to write the column anew; afterwards every row is masked, no original is anywhere, the schema is as it was."""
    bench.sql(TABLE + (TAKEN_OFF | UPDATED_AROUND)[trap])
    with pytest.raises(psycopg.Error):
        bench.sql(ALTER if trap != "an inherited child" else ALTER.replace("TABLE t", "TABLE ONLY t"))
    before = dump(bench)
    rules = f"  public.t: {{{RULES.get(trap, 'id: keep, m: hash')}}}\n  public.copies: {{m: keep}}\n"
    outcome = bench.mask(rules + (f"  public.o: {{{OTHERS[trap]}}}" if trap in OTHERS else ""))
    assert outcome.report is not None
    expected = "rewrite" if trap in TAKEN_OFF else "update"
    assert outcome.report["databases"]["shop"]["tables"]["public.t"]["strategy"] == expected
    originals = {1: "planted-1", 2: "planted-2", 3: "planted-3", 9: "planted-9"}
    for number, value in bench.sql("SELECT id, m FROM t"):
        assert value == hashlib.sha256(f"{KEY}{originals[number]}{KEY}".encode()).hexdigest()[:32]
    assert bench.value("SELECT count(*) FROM copies") == 0
    assert not any("planted" in row for row in rows_of_everything(bench))
    assert dump(bench) == before


def test_what_no_rule_can_change_is_refused(bench: Workbench) -> None:
    """A partition key, by name or by expression; a generated column. Beside a key the other columns are masked."""
    bench.sql("""
        CREATE TABLE p (k text, e text, m text, g text GENERATED ALWAYS AS (lower(m)) STORED) PARTITION BY RANGE (k, lower(e));
        CREATE TABLE q PARTITION OF p DEFAULT; INSERT INTO p VALUES ('k', 'e', 'planted')""")
    with pytest.raises(psycopg.Error):
        bench.sql("ALTER TABLE p ALTER k TYPE text USING upper(k)")
    problems = bench.refuse("  public.p: {k: hash, e: email, m: keep, g: hash}")
    for column, rule in (("k", "hash"), ("e", "email")):
        assert f"column {column} of public.p: it is part of the partition key | {rule} | `keep` it" in problems
    assert "column g of public.p: it is generated from other columns | hash | `keep` it" in problems
    assert bench.sql("SELECT * FROM p") == [("k", "e", "planted", "planted")]
    bench.sql("ALTER TABLE p DROP g")
    bench.mask("  public.p: {k: keep, e: keep, m: hash}")
    assert bench.value("SELECT m FROM q WHERE k = 'k' AND e = 'e'") != "planted"


def test_foreign_keys_need_the_same_rule_on_both_sides(bench: Workbench) -> None:
    """Two mappings would part child and parent."""
    bench.sql("""
        CREATE TABLE t (m text PRIMARY KEY); CREATE TABLE c (m text REFERENCES t ON UPDATE CASCADE); INSERT INTO t VALUES ('planted');
        INSERT INTO c VALUES ('planted')""")
    for other in ("email", "keep", "{hash: {}, where: m <> ''}"):
        problems = bench.refuse(f"  public.t: {{m: hash}}\n  public.c: {{m: {other}}}")
        assert "foreign key c_m_fkey on public.c joins column m of public.c to m of public.t" in problems
        assert "Give both columns the same rule" in problems
    assert bench.column("SELECT m FROM c JOIN t USING (m)") == ["planted"]


ORPHANS = """
CREATE TABLE t (a text, b int, PRIMARY KEY (a, b)) PARTITION BY LIST (b); CREATE TABLE t1 PARTITION OF t DEFAULT;
CREATE TABLE c (id int, a text, b int, FOREIGN KEY (a, b) REFERENCES t); INSERT INTO t VALUES ('planted', 1);
SET session_replication_role = replica; INSERT INTO c VALUES (1, 'planted', 1), (2, 'lost', 1), (3, 'lost', NULL); RESET session_replication_role
"""


def test_orphans_are_refused(bench: Workbench) -> None:
    """Sessions in replica mode left them; the constraint would not return. Not asked where they may be, or may go."""
    bench.sql(ORPHANS)
    bench.sql("ALTER TABLE c VALIDATE CONSTRAINT c_a_b_fkey")
    rules = "  public.t: {a: hash, b: keep}\n  public.c: {id: keep, a: hash, b: keep}"
    problems = bench.refuse(rules)
    assert (
        "1 row(s) of public.c have no counterpart in public.t, so foreign key c_a_b_fkey on public.c could not return | hash |"
        in problems
    )
    assert "lost" not in problems
    assert bench.value("SELECT count(*) FROM c WHERE a = 'lost'") == 2
    bench.mask(rules, "sql: {before: [DELETE FROM c WHERE id = 2]}")
    assert bench.value("SELECT count(*) FROM c JOIN t USING (a, b)") == 1
    bench.sql(
        "DROP TABLE c, t;"
        + ORPHANS
        + "; ALTER TABLE c DROP CONSTRAINT c_a_b_fkey, ADD FOREIGN KEY (a, b) REFERENCES t NOT VALID"
    )
    (bench.directory / "report.json").unlink()
    bench.mask(rules)
    assert bench.value("SELECT count(*) FROM c WHERE a ~ '^[0-9a-f]{32}$'") == 3


def test_permutations_are_refused(bench: Workbench) -> None:
    """One UPDATE would meet its own values in a unique index on the way; nobody can tell that an expression keeps values apart."""
    bench.sql(
        "CREATE TABLE t (n int UNIQUE, m text GENERATED ALWAYS AS (n::text) STORED); INSERT INTO t SELECT generate_series(1, 5)"
    )
    with pytest.raises(psycopg.errors.UniqueViolation):
        bench.sql("UPDATE t SET n = 6 - n")
    problems = bench.refuse("  public.t: {n: {sql: '6 - {column}'}, m: keep}")
    assert "column n of public.t: different values may become equal in the unique index t_n_key | sql" in problems
    assert bench.column("SELECT n FROM t ORDER BY n") == [1, 2, 3, 4, 5]


def test_addresses_that_differ_by_case_stay_apart(bench: Workbench) -> None:
    """Each is another value to a text column; where an index folds case they cannot both be there, and masked ones are lower case."""
    bench.sql("""
        CREATE TABLE t (m text UNIQUE, n text); CREATE UNIQUE INDEX ON t (lower(n));
        INSERT INTO t VALUES ('Ann@posteo.de', 'Ann@posteo.de'), ('ann@posteo.de', 'bob@posteo.de')""")
    bench.mask("  public.t: {m: email, n: email}")
    assert (
        bench.value("SELECT count(DISTINCT m) + count(DISTINCT lower(n)) FROM t WHERE m = lower(m) AND n = lower(n)")
        == 4
    )


@pytest.mark.parametrize(
    "beside", ["", "ALTER TABLE t ADD g text GENERATED ALWAYS AS (lower(m)) STORED"], ids=["rewrite", "update"]
)
def test_checks_that_are_not_valid_yet(bench: Workbench, beside: str) -> None:
    """A rewrite leaves rows alone that break one; an UPDATE would not, wherever they are: it is refused before it begins."""
    bench.sql(
        "CREATE TABLE t (id int, m text); INSERT INTO t SELECT i, 'planted-' || i FROM generate_series(1, 3000) i;"
        + beside
    )
    bench.sql(
        "ALTER TABLE t ADD CONSTRAINT early CHECK (id < 3000) NOT VALID, ADD CONSTRAINT long CHECK (length(m) > 20) NOT VALID"
    )
    rules = f"  public.t: {{id: keep, m: hash{', g: keep' if beside else ''}}}"
    if beside:
        problems = bench.refuse(rules)
        assert (
            "1 masked row(s) of public.t would break the constraint early, which is NOT VALID, but which an UPDATE must keep"
            in problems
        )
        assert "long" not in problems
        assert bench.value("SELECT count(*) FROM t WHERE m LIKE 'planted%'") == 3000
        bench.sql("DELETE FROM t WHERE id = 3000")
    before = dump(bench)
    bench.mask(rules)
    assert bench.value("SELECT count(*) FROM t WHERE m LIKE 'planted%'") == 0
    assert dump(bench) == before


def test_a_publication_without_identity(bench: Workbench) -> None:
    """It forbids an UPDATE, not a rewrite."""
    bench.sql("CREATE TABLE t (m text); INSERT INTO t VALUES ('planted'); CREATE PUBLICATION p FOR TABLE t")
    with pytest.raises(psycopg.Error):
        bench.sql("UPDATE t SET m = ''")
    before = dump(bench)
    bench.sql("ALTER TABLE t ADD g text GENERATED ALWAYS AS (lower(m)) STORED")
    problems = bench.refuse("  public.t: {m: hash, g: keep}")
    assert (
        "table public.t must be updated, but is published without a replica identity | None | In the source: ALTER TABLE"
        in problems
    )
    assert bench.value("SELECT m FROM t") == "planted"
    bench.sql("ALTER TABLE t DROP g")
    bench.mask("  public.t: {m: hash}")
    assert bench.value("SELECT m FROM t") != "planted"
    assert dump(bench) == before


def test_row_level_security_that_hides_rows_is_refused(bench: Workbench) -> None:
    """Forced on the owner too, it would hide rows from every count and UPDATE."""
    bench.sql(
        TABLE + "CREATE POLICY p ON t USING (id = 1); ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    )
    problems = bench.refuse("  public.t: {id: keep, m: hash}\n  public.copies: {m: keep}")
    assert (
        "row level security hides rows of table public.t from its owner | None | In the source: ALTER TABLE" in problems
    )
    bench.sql("ALTER TABLE t NO FORCE ROW LEVEL SECURITY")
    assert bench.value("SELECT count(*) FROM t WHERE m LIKE 'planted%'") == 3


@once
def test_what_a_copy_would_do_is_drift(bench: Workbench) -> None:
    """Scheduled jobs, hooks and mail settings are rows of tables: unless somebody has looked at them nothing runs."""
    bench.sql("""
        CREATE SCHEMA cron; CREATE TABLE cron.job (jobid int, schedule text, command text); INSERT INTO cron.job VALUES (1, '* * * * *', 'SELECT mail()');
        CREATE TABLE webhooks (url text); INSERT INTO webhooks VALUES ('https://hooks.posteo.de/planted')""")
    outcome = bench.sanitize("tables:\n  public.webhooks: {url: url}")
    assert outcome.code == 11
    assert "table cron.job: has no rules | None | Give it a rule for each column, or `truncate`" in outcome.problems
    outcome = bench.sanitize("tables:\n  cron.job: truncate")
    assert "table public.webhooks: has no rules" in outcome.problems
    bench.mask("  cron.job: truncate\n  public.webhooks: {url: url}")
    assert bench.value("SELECT count(*) FROM cron.job") == 0
    assert "posteo" not in bench.value("SELECT url FROM webhooks")


def test_event_triggers_are_refused(bench: Workbench) -> None:
    """They fire at the very statements that mask: one that forbids or records them, not one that is off."""
    bench.sql(TABLE)
    bench.server.superuser_sql(
        """CREATE ROLE boss SUPERUSER; SET ROLE boss; CREATE FUNCTION public.no() RETURNS event_trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no'; END $$; CREATE EVENT TRIGGER "No!" ON table_rewrite EXECUTE FUNCTION public.no()""",
        "shop",
    )
    rules = "  public.t: {id: keep, m: hash}\n  public.copies: {m: keep}"
    try:
        with pytest.raises(psycopg.Error):
            bench.sql(ALTER)
        problems = bench.refuse(rules)
        assert "database shop: event trigger No! would act on what masking does" in problems
        assert 'In the source: ALTER EVENT TRIGGER "No!" DISABLE' in problems
        assert bench.value("SELECT count(*) FROM t WHERE m LIKE 'planted%'") == 3
        bench.server.superuser_sql('ALTER EVENT TRIGGER "No!" DISABLE', "shop")
        bench.mask(rules)
    finally:
        bench.server.superuser_sql("DROP OWNED BY boss CASCADE", "shop")
    assert bench.value("SELECT count(*) FROM t WHERE m LIKE 'planted%'") == 0


def test_rows_on_another_server_are_refused(bench: Workbench) -> None:
    """A foreign table, and a partition that is one: their rows are not of this database."""
    bench.server.superuser_sql(
        "CREATE FOREIGN DATA WRAPPER away; GRANT USAGE ON FOREIGN DATA WRAPPER away TO master", "shop"
    )
    try:
        bench.sql("""
            CREATE SERVER other FOREIGN DATA WRAPPER away; CREATE FOREIGN TABLE f (m text) SERVER other;
            CREATE TABLE p (id int, m text) PARTITION BY LIST (id); CREATE FOREIGN TABLE p1 PARTITION OF p DEFAULT SERVER other""")
        problems = bench.refuse("  public.f: {m: hash}\n  public.p: {id: keep, m: keep}")
    finally:
        bench.server.superuser_sql("DROP FOREIGN DATA WRAPPER away CASCADE", "shop")
    assert "rows of table public.f are on another server | None | `keep` its columns, or drop" in problems
    assert (
        "a partition of table public.p is on another server, which would be asked for its rows | None | In the source"
        in problems
    )


def test_a_kept_foreign_table_is_not_read(bench: Workbench) -> None:
    """Its server cannot be reached from where masking happens; what the planner once saw there does not leave, or the run is red."""
    root = bench.server.superuser_sql
    root("CREATE EXTENSION postgres_fdw; GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO master", "shop")
    server, socket = bench.server, root("SHOW unix_socket_directories")
    try:
        bench.sql(f"""
            CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{socket}', port '{server.port}', dbname 'shop');
            CREATE TABLE own (m text); INSERT INTO own SELECT 'planted' FROM generate_series(1, 50);
            CREATE FOREIGN TABLE f (m text) SERVER there OPTIONS (table_name 'own'); CREATE FOREIGN TABLE g (m text) SERVER there OPTIONS (table_name 'own');
            CREATE VIEW v AS SELECT m FROM f; CREATE TYPE uses AS (row g)""")
        root(
            """CREATE USER MAPPING FOR master SERVER there OPTIONS (user 'rdsadmin', password_required 'false'); ANALYZE f; ANALYZE g;
            DROP USER MAPPING FOR master SERVER there""",
            "shop",
        )
        bench.sql("ALTER SERVER there OPTIONS (SET host '127.0.0.1', SET port '1')")
        rules = "tables: {public.own: truncate, public.f: {m: keep}, public.g: {m: keep}}\n"
        outcome = bench.sanitize(rules)
        assert outcome.code == 23, outcome.message
        assert [each["problem"] for each in outcome.findings] == [
            "1 column(s) of foreign table public.g left values of the other server in the planner's statistics"
        ]
        bench.forget()
        outcome = bench.sanitize(f"{rules}sql: [DROP TYPE uses]")
        assert outcome.code == 0, outcome.problems
        assert bench.value("SELECT count(*) FROM pg_stats s WHERE s::text ~ 'planted'") == 0
    finally:
        root("DROP EXTENSION postgres_fdw CASCADE", "shop")

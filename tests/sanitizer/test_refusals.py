"""What is refused before anything changes: drift and pre-flight, all findings at once, each with place, rule and remedy."""

import psycopg
import pytest

from tests.sanitizer import once
from tests.sanitizer.workbench import Workbench, rows_of_everything

SCHEMA = """
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL UNIQUE, short varchar(20), birthday date, tags text[]);
INSERT INTO users VALUES (1, 'planted-marker@posteo.de', 'planted-marker', '1970-01-01', '{planted-marker}');
CREATE TABLE orders (id int, email text REFERENCES users (email)); INSERT INTO orders VALUES (1, 'planted-marker@posteo.de');
"""
KEPT = "  public.users: {id: keep, email: keep, short: keep, birthday: keep, tags: keep}\n  public.orders: {id: keep, email: keep}\n"


def test_every_disagreement_of_rules_and_schema_is_told_at_once(bench: Workbench) -> None:
    """Unlisted and missing tables and columns, functions that do not take the type, partitions with rules of their own."""
    bench.sql(SCHEMA)
    bench.sql("""
        CREATE TABLE forgotten (x int); CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT;
        CREATE VIEW needs_no_rule AS SELECT * FROM users""")
    before = list(rows_of_everything(bench))
    problems = bench.refuse(
        "  public.users: {id: email, email: keep, birthday: hash, tags: hash, gone: keep}\n"
        "  public.orders: {id: keep, email: keep}\n  public.typo: truncate\n  public.p: {id: keep}\n  public.p1: {id: keep}",
        code=11,
    )
    assert (
        "database shop, table public.forgotten: has no rules | None | Give it a rule for each column, or `truncate`"
        in problems
    )
    assert "database shop, table public.users, column short: has no rule" in problems
    assert "rules.yaml:2: table public.users has no column gone" in problems
    assert "rules.yaml:2: column id of public.users is integer, which the function does not take | email |" in problems
    assert "column birthday of public.users is date" in problems
    assert "column tags of public.users is text[]" in problems
    assert "rules.yaml:4: table public.typo does not exist in database shop" in problems
    assert "rules.yaml:6: table public.p1 is a partition of public.p" in problems
    assert len(problems.splitlines()) == 8
    assert list(rows_of_everything(bench)) == before


def test_a_database_nobody_listed_stops_the_run(bench: Workbench) -> None:
    """An unlisted database, a listed one that is not there, tables in `postgres` itself: all are drift; `rdsadmin` and empty ones of the server's are not."""
    bench.sql("CREATE DATABASE crm", "postgres")
    bench.sql("CREATE TABLE secrets (x text)", "postgres")
    outcome = bench.sanitize("databases: {shop: {tables: {}}, billing: {tables: {}}}")
    assert outcome.code == 11
    assert "database crm: has no rules | None | List it below `databases`" in outcome.problems
    assert "database postgres: has no rules" in outcome.problems
    assert "rules.yaml:1: database billing does not exist on the server" in outcome.problems
    assert len(outcome.findings) == 3
    bench.sql("DROP TABLE secrets", "postgres")
    outcome = bench.sanitize("sql: [SELECT 1]")
    assert outcome.code == 11
    assert "names no database, but the server has 2: crm, shop" in outcome.problems


def test_everything_that_masking_would_break_is_told_at_once(bench: Workbench) -> None:
    """Each refusal names table, column, rule and remedy; nothing has changed."""
    bench.sql(SCHEMA)
    bench.sql("""
        CREATE DOMAIN word AS varchar(10) NOT NULL;
        CREATE TABLE t (a int NOT NULL, b text UNIQUE, c varchar(31), e text GENERATED ALWAYS AS (upper(b)) STORED,
                        f int UNIQUE NULLS NOT DISTINCT, g date, h word, i text, EXCLUDE USING btree (i WITH =));
        CREATE UNIQUE INDEX lowered ON t (lower(c));
        CREATE TABLE p (k text, at date) PARTITION BY LIST (lower(k));
        CREATE TABLE s (id int PRIMARY KEY); CREATE TABLE r (s int REFERENCES s);
        CREATE TABLE hidden (x text); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE TABLE published (x text, y text GENERATED ALWAYS AS (upper(x)) STORED); CREATE PUBLICATION pub FOR TABLE published""")
    before = list(rows_of_everything(bench))
    problems = bench.refuse(
        "  public.users: {id: keep, email: email, short: email, birthday: keep, tags: keep}\n  public.orders: {id: keep, email: hash}\n"
        "  public.t: {a: set_null, b: {fixed: x}, c: hash, e: hash, f: set_null, g: {fixed: planted}, h: set_null, i: {fixed: x}}\n"
        "  public.p: {k: hash, at: keep}\n  public.s: truncate\n  public.r: {s: keep}\n  public.hidden: {x: keep}\n  public.published: {x: hash, y: keep}"
    )
    for expected in (
        "rules.yaml:2: column short of public.users: the output has 32 characters, character varying(20) holds 20 | email | Use",
        "foreign key orders_email_fkey on public.orders joins column email of public.orders to email of public.users, whose rule is email | hash | Give both",
        "rules.yaml:4: column a of public.t: it is NOT NULL | set_null | Use `fixed`, `hash` or `email`",
        "column b of public.t: all rows would be equal in the unique index t_b_key | fixed | Use `hash` or `email`",
        "column c of public.t: the output has 32 characters, character varying(31) holds 31",
        "column e of public.t: it is generated from other columns",
        "column f of public.t: the unique index t_f_key allows one NULL only",
        "column g of public.t: date does not take the given value | fixed | Write a value of the column's type",
        "column h of public.t: it is NOT NULL",
        "column i of public.t: all rows would be equal in the unique index t_i_excl",
        "column k of public.p: it is part of the partition key",
        "rules.yaml:7: foreign key r_s_fkey on public.r would point at rows that `truncate` removes from public.s | truncate | Truncate public.r too, or",
        "rules.yaml:8: row level security hides rows of table public.hidden from its owner",
        "table public.published must be updated, but is published without a replica identity",
    ):
        assert expected in problems
    assert len(problems.splitlines()) == 14
    assert list(rows_of_everything(bench)) == before
    assert "planted-marker" not in problems


def test_a_collation_that_calls_different_values_equal_is_refused(bench: Workbench) -> None:
    """The keyed hash would tell such values apart. (Only PostgreSQL built with ICU has such collations.)"""
    try:
        bench.sql("CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    except psycopg.errors.FeatureNotSupported:
        return
    bench.sql("CREATE TABLE t (m text COLLATE folding)")
    assert "column m of public.t: its collation calls different values equal" in bench.refuse("  public.t: {m: email}")


@once
def test_what_the_user_may_not_do_is_told_before(bench: Workbench) -> None:
    """Tables and materialized views of strangers, databases where no schema can be created, statistics that cannot be reset."""
    bench.sql(SCHEMA)
    bench.server.superuser_sql(
        """CREATE ROLE stranger; GRANT CREATE ON SCHEMA public TO stranger; SET ROLE stranger;
        CREATE TABLE theirs (x text); CREATE MATERIALIZED VIEW mine AS SELECT 1 AS x; RESET ROLE; GRANT SELECT ON theirs TO master""",
        "shop",
    )
    bench.server.superuser_sql(
        "ALTER DATABASE postgres OWNER TO rdsadmin; ALTER DATABASE shop OWNER TO rdsadmin; REVOKE EXECUTE ON FUNCTION pg_stat_statements_reset FROM rds_superuser"
    )
    try:
        problems = bench.refuse(KEPT + "  public.theirs: {x: keep}")
    finally:
        bench.server.superuser_sql(
            "ALTER DATABASE postgres OWNER TO master; ALTER DATABASE shop OWNER TO master; GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO rds_superuser"
        )
        bench.server.superuser_sql("DROP OWNED BY stranger", "shop")
    assert (
        "table public.theirs belongs to a role of which the user is no member | None | In the source: GRANT" in problems
    )
    assert "materialized view public.mine belongs to a role" in problems
    for database in ("postgres", "shop"):
        assert f"database {database}: the user may not create a schema here" in problems
        assert f'GRANT CREATE ON DATABASE "{database}" TO the master user' in problems
    assert "database postgres: pg_stat_statements keeps values, and the user may not reset it" in problems


def test_open_prepared_transactions_are_refused(bench: Workbench) -> None:
    """They would come back with originals, or block masking for ever."""
    if bench.value("SHOW max_prepared_transactions") == "0":
        bench.server.parameters["max_prepared_transactions"] = "2"
        bench.close()
        bench.connections.clear()
        bench.server.stop()
        bench.server.start()
    bench.sql(SCHEMA)
    bench.sql("BEGIN; INSERT INTO orders VALUES (2, NULL); PREPARE TRANSACTION 'later'")
    try:
        problems = bench.refuse(KEPT)
    finally:
        bench.sql("ROLLBACK PREPARED 'later'")
    assert "database shop: 1 prepared transaction(s) hold rows that masking cannot see" in problems


def test_temporary_tables_of_others_are_refused_where_nothing_drops_them(bench: Workbench) -> None:
    """Their statistics would be in the snapshot; autovacuum drops them, and nobody else can."""
    root = bench.server.superuser_sql
    root("ALTER SYSTEM SET autovacuum = off")
    root("SELECT pg_reload_conf()")
    try:
        bench.sql("CREATE TEMPORARY TABLE of_a_session (m text)")
        outcome = bench.sanitize("tables: {}")
    finally:
        root("ALTER SYSTEM RESET autovacuum")
        root("SELECT pg_reload_conf()")
        bench.sql("DISCARD TEMP")
    assert outcome.code == 12, outcome.lines
    told = "database shop: 1 temporary table(s) are left of sessions that were open when the snapshot was taken, and autovacuum is off"
    assert told in outcome.problems


@once
def test_a_version_nobody_tried_is_refused(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too old and too new servers are named before anything changes."""
    monkeypatch.setattr("sanitizer.postgresql.refusals.NEWEST", 14)
    assert "server: PostgreSQL 17 is not supported" in bench.refuse("  {}")


def test_what_trying_the_rules_shows_is_told_before_anything_changes(bench: Workbench) -> None:
    """Lengths, types, uniqueness, CHECK, NOT NULL, conditions, expressions, values, documents, arrays: table, column, rule, remedy."""
    bench.sql("""
        CREATE TABLE t (id int PRIMARY KEY, name varchar(10), code text UNIQUE, n int, d date, small text CHECK (length(small) < 5) NOT NULL,
                        must text NOT NULL, role text, j jsonb, a text[], born date, c varchar(3), x text);
        CREATE UNIQUE INDEX one ON t (id, name); CREATE UNIQUE INDEX two ON t (role, x);
        INSERT INTO t SELECT i, 'a', 'c' || i, i, '2000-01-01', 'abc', 'planted-marker', 'r', '{"a": 1, "b": "planted-marker"}', '{{a},{b}}', '2000-01-01', 'c', i
        FROM generate_series(1, 20) i;
        CREATE TABLE f (code text REFERENCES t (code)); CREATE TABLE s (id int PRIMARY KEY, boss int REFERENCES s)""")
    before = list(rows_of_everything(bench))
    problems = bench.refuse(
        """\
  public.t:
    id: keep
    name: name
    code: phone
    n: {bucket: 0.5}
    d: {truncate_to: day}
    small: hash
    must: {regex: {match: '[0-9', replace: x}}
    role: {email: {}, where: "name = 'planted' OR missing = 1"}
    j: {json: {$.a: {bucket: 10}}}
    a: {each: hash}
    born: {choice: [2001-01-01, never]}
    c: {each: hash}
    x: {sql: "max({column})"}
  public.f: {code: {phone: {}, where: 1 = 1}}
  public.s: {delete: id = 1, columns: {id: keep, boss: keep}}""".replace(
            "    c: {each: hash}\n", "    c: {choice: [a, long]}\n"
        )
    )
    for expected in (
        "rules.yaml:4: column name of public.t: the output has 23 characters, character varying(10) holds 10 | name | Use",
        "rules.yaml:5: column code of public.t: different values may become equal in the unique index t_code_key | phone | Use `hash`",
        "column x of public.t: different values may become equal in the unique index two | sql",
        "rules.yaml:6: column n of public.t: its whole numbers need a whole size above 1 | bucket: 0.5 | Correct the parameter",
        "rules.yaml:7: column d of public.t: its dates would stay as they are | truncate_to: day",
        "rules.yaml:9: column must of public.t: PostgreSQL does not take the regular expression | regex | Write a POSIX",
        "rules.yaml:10: the condition of public.t is none over columns that `keep` leaves: SQLSTATE 42703",
        "rules.yaml:11: column j of public.t: 20 document(s) with keys that no path names | json",
        "rules.yaml:12: column a of public.t: 20 array(s) of several dimensions | each: hash",
        "rules.yaml:13: column born of public.t: date does not take the given value | choice | Write a value of the column's type",
        "rules.yaml:14: column c of public.t: the output has 4 characters, character varying(3) holds 3 | choice",
        "rules.yaml:15: the expression for public.t is none for a single row: SQLSTATE 42803",
        "foreign key f_code_fkey on public.f joins column code of public.f to code of public.t, whose rule is phone | phone, where",
        "foreign keys lead from public.s back to itself",
    ):
        assert expected in problems, problems
    assert "unique index one" not in problems, "the primary key keeps those rows apart"
    assert list(rows_of_everything(bench)) == before
    assert "planted" not in problems


@once
def test_what_opens_or_calls_by_its_name_is_not_kept_without_a_reason(bench: Workbench) -> None:
    """Tokens, mail servers, web hooks: told by their names, whatever is in them. Not numbers, states, and what a foreign key joins."""
    bench.sql("""
        CREATE TABLE apps (id int PRIMARY KEY, api_token uuid, "smtpHost" text, secrets jsonb, token_count int, token_type text, salted boolean, url text);
        CREATE TABLE web_hooks (id int PRIMARY KEY, url text, state text); CREATE TABLE tokens (token text PRIMARY KEY);
        CREATE TABLE used (token text REFERENCES tokens)""")
    kept = "  public.apps: {id: keep, api_token: %s, smtpHost: %s, secrets: %s, token_count: keep, token_type: keep, salted: keep, url: keep}\n"
    others = "  public.web_hooks: {id: keep, url: %s, state: keep}\n  public.tokens: {token: %s}\n  public.used: {token: %s}\n"
    problems = bench.refuse(kept % (("keep",) * 3) + others % (("keep",) * 3))
    told = [line.partition(" is kept, and by its name")[0] for line in problems.splitlines() if "by its name" in line]
    expected = ["2: column api_token", "2: column smtpHost", "2: column secrets", "3: column url", "4: column token"]
    assert [each.rpartition("rules.yaml:")[2].partition(" of ")[0] for each in told] == expected
    reason = "{keep: {reason: a test}}"
    assert bench.mask(kept % (reason, "hash", "{fixed: '{}'}") + others % ("hash", reason, "keep")).report is not None


@once
def test_a_few_rows_are_masked_for_trial(bench: Workbench) -> None:
    """What their outputs would break is told before anything changes: constraints, NOT NULL, domains, casts."""
    bench.sql("""
        CREATE DOMAIN word AS text CHECK (VALUE !~ '@');
        CREATE TABLE t (a text CHECK (length(a) < 5), b text NOT NULL, c word, d int, e text);
        INSERT INTO t SELECT 'abc', 'no digits', 'w', 5, 'x' FROM generate_series(1, 20)""")
    problems = bench.refuse("""\
  public.t:
    a: hash
    b: {regex: {match: '[0-9]', replace: x}}
    c: email
    d: {sql: "{column} / 0"}
    e: {template: '{a}'}""")
    assert (
        "rules.yaml:2: 20 of 1000 masked rows of public.t at most would break the constraint t_a_check" not in problems
    )
    assert "rules.yaml:5: column c of public.t: masking a few rows fails: SQLSTATE 23514 (CheckViolation)" in problems
    assert "rules.yaml:6: column d of public.t: masking a few rows fails: SQLSTATE 22012 (DivisionByZero)" in problems
    problems = bench.refuse("""\
  public.t:
    a: hash
    b: {regex: {match: '[0-9]', replace: x}}
    c: hash
    d: {noise: 5%}
    e: {template: '{a}'}""")
    assert "20 of 1000 masked rows of public.t at most would break the constraint t_a_check" in problems
    assert "20 of 1000 masked rows of public.t at most would break that b is NOT NULL" in problems
    assert bench.value("SELECT count(*) FROM t WHERE a = 'abc'") == 20


@once
def test_what_an_expression_or_a_replacement_makes_too_long_is_told(bench: Workbench) -> None:
    """In a partition, in a domain, padded; spaces at the end are no letters, as the server sees it."""
    bench.sql("""
        CREATE DOMAIN short AS varchar(6); CREATE TABLE t (id int, a varchar(12), b char(9), c short, d varchar(12), e text) PARTITION BY LIST (id);
        CREATE TABLE p PARTITION OF t DEFAULT; INSERT INTO t SELECT i, 'abc', 'abc', 'abc', 'abc', 'abc' FROM generate_series(1, 20) AS i""")
    problems = bench.refuse(
        """  public.t: {id: keep, a: {sql: "md5({column})"}, b: {regex: {match: b, replace: planted-marker}}, c: {sql: "upper({column}) || id || '-long'"}, d: {sql: "'short' || repeat(' ', 90)"}, e: {sql: "md5({column})"}}"""
    )
    assert "20 of 1000 masked rows of public.t at most would break that a holds 12 characters" in problems
    assert "would break that b holds 9 characters" in problems
    assert "would break that c holds 6 characters" in problems
    assert len(problems.splitlines()) == 3
    bench.mask(
        """  public.t: {id: keep, a: keep, b: keep, c: {sql: "upper({column})"}, d: {sql: "'short' || repeat(' ', 90)"}, e: {sql: "md5({column})"}}"""
    )


@once
def test_documents_that_cannot_be_read_are_told(bench: Workbench) -> None:
    """JSON that jsonb does not take is found before anything changes, and told without the document."""
    bench.sql('CREATE TABLE t (j json); INSERT INTO t VALUES (\'{"a": "planted\\u0000"}\')')
    for unlisted in ("fail", "keep"):
        problems = bench.refuse(f"  public.t: {{j: {{json: {{$.a: email, unlisted: {unlisted}}}}}}}")
        assert "column j of public.t: " in problems
        assert "fails: SQLSTATE 22P05 (UntranslatableCharacter)" in problems
        assert "planted" not in problems


@once
def test_what_an_engine_cannot_do_is_refused(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions, also inside others, conditions and deletions: nothing that the rules say is passed over in silence."""
    bench.sql("CREATE TABLE t (a text, b text[], c text)")
    monkeypatch.setattr("sanitizer.postgresql.dialect.PostgreSql.understands", frozenset({"keep", "email", "each"}))
    problems = bench.refuse(
        "  public.t: {delete: a = b, columns: {a: {email: {}, where: c = c}, b: {each: name}, c: keep}}"
    )
    for word in ("delete", "where", "name"):
        assert f"rules.yaml:2: table public.t: this engine has no `{word}` yet | {word} |" in problems
    assert "no `each`" not in problems


def test_what_refers_to_nothing_is_drift(bench: Workbench) -> None:
    """Sets without a column, `follow` without a foreign key, templates and moves by columns that are not there, wrong elements."""
    bench.sql("CREATE TABLE t (a text, b text, d date, e int[], f text)")
    outcome = bench.sanitize("""\
sets:
  people/all: {email: email}
tables:
  public.t: {use: people/all, a: follow, b: {template: '{missing}'}, d: {shift: 3d, per: gone}, e: {each: hash}, f: {template: '{b}'}}""")
    assert outcome.code == 11
    for expected in (
        "rules.yaml:4: table public.t has no column of the set people/all | None | Leave the set out",
        "rules.yaml:4: column a of public.t has no foreign key to a column with a rule | follow | Give it a rule of its own, or {like:",
        "column b of public.t needs column missing, which the table does not have | template",
        "column d of public.t needs column gone, which the table does not have | shift: 3d, per: gone",
        "column e of public.t is integer[], which the function does not take | each: hash",
        "column f of public.t is made of column b, which is made of others itself | template | Name the columns",
    ):
        assert expected in outcome.problems, outcome.problems


@once
def test_a_database_whose_bytes_nobody_can_read_is_refused(bench: Workbench) -> None:
    """SQL_ASCII takes any bytes and says of none what it is."""
    bench.sql("CREATE DATABASE other ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0", "postgres")
    bench.sql("CREATE TABLE people (name text)", "other")
    outcome = bench.sanitize("databases:\n  shop: {tables: {}}\n  other: {tables: {public.people: {name: name}}}\n")
    assert outcome.code == 12, outcome.lines
    assert "database other: its encoding is SQL_ASCII" in outcome.problems


@once
def test_a_check_of_a_generated_column_forbids_nothing(bench: Workbench) -> None:
    """It holds of what is generated from masked values, which a trial of a few rows does not see."""
    bench.sql("""CREATE TABLE t (m text, large text GENERATED ALWAYS AS (upper(m)) STORED, CHECK (large = upper(m)));
        INSERT INTO t VALUES ('planted-marker')""")
    bench.mask("  public.t: {m: hash, large: keep}")
    assert bench.value("SELECT count(*) FROM t WHERE large = upper(m) AND m <> 'planted-marker'") == 1


@once
def test_what_stands_where_the_run_records_what_it_does_is_told_before(bench: Workbench) -> None:
    """A schema of that name with anything but an earlier ledger, of which only the rest would be lost."""
    ledger = "CREATE SCHEMA sanitizer_begun; CREATE TABLE sanitizer_begun.ledger (entry text PRIMARY KEY, content text NOT NULL)"
    bench.sql(
        f"CREATE TABLE t (m text); INSERT INTO t VALUES ('planted-marker'); {ledger}; CREATE VIEW sanitizer_begun.v AS SELECT 1"
    )
    problems = bench.refuse("  public.t: {m: hash}")
    assert "database shop: 1 object(s) are in the schema sanitizer_begun, which the run needs for itself" in problems
    bench.sql("DROP VIEW sanitizer_begun.v")
    bench.mask("  public.t: {m: hash}")

"""Masking on real servers: which rows change, how, and what stays as it was."""

import hashlib
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from sanitizer.names import TableName
from sanitizer.postgresql.structure import read_structure
from tests.sanitizer import once
from tests.sanitizer.workbench import KEY, Workbench

EMAIL = re.compile(r"[0-9a-f]{20}@example\.com")
HASH = re.compile(r"[0-9a-f]{32}")
USERS = "CREATE TABLE users (id int PRIMARY KEY, email varchar(100) UNIQUE, name text, note text, age int);"
FIVE = "INSERT INTO users SELECT i, 'Person' || i || '@posteo.de', 'Name ' || i % 3, 'note', i FROM generate_series(1, 5) i"


def dump(bench: Workbench) -> str:
    """The schema as pg_dump writes it; as we read it ourselves where there is no pg_dump for the server."""
    if bench.since(18):
        return "\n".join(f"{name}: {told}" for name, told in sorted(read_structure(bench.connection()).items()))
    lines = bench.program("pg_dump", "-s").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("\\restrict", "\\unrestrict")))


def test_each_function_writes_what_it_promises(bench: Workbench) -> None:
    """Every rule changes its column as documented; NULL stays NULL under keyed functions; fixed reaches every row; kept columns stay."""
    bench.sql(USERS + FIVE + "; INSERT INTO users VALUES (6, NULL, NULL, NULL, 6)")
    bench.mask(
        "  public.users: {id: keep, email: email, name: hash, note: {fixed: '100% \"it''s\" \\'}, age: set_null}"
    )
    rows = bench.sql("SELECT * FROM users ORDER BY id")
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert all(EMAIL.fullmatch(row[1]) for row in rows[:5])
    assert all(HASH.fullmatch(row[2]) for row in rows[:5])
    assert (rows[5][1], rows[5][2]) == (None, None)
    assert {row[3] for row in rows} == {'100% "it\'s" \\'}
    assert {row[4] for row in rows} == {None}


def test_the_same_value_and_key_give_the_same_output_everywhere(bench: Workbench) -> None:
    """Tables, databases, strategies and column types do not matter: joins and distinct counts survive."""
    bench.sql(USERS + FIVE)
    bench.sql(
        "CREATE TABLE mails (address text, padded char(60), g text GENERATED ALWAYS AS (upper(address)) STORED); INSERT INTO mails SELECT email, email FROM users"
    )
    bench.sql("CREATE DATABASE crm", "postgres")
    bench.sql(
        "CREATE TABLE contacts (email text); INSERT INTO contacts VALUES ('Person1@posteo.de'), ('person1@posteo.de')",
        "crm",
    )
    rules = """
databases:
  shop: {tables: {public.users: {id: keep, email: email, name: hash, note: keep, age: keep}, public.mails: {address: email, padded: email, g: keep}}}
  crm: {tables: {public.contacts: {email: email}}}
"""
    outcome = bench.sanitize(rules)
    assert outcome.code == 0, outcome.lines
    assert outcome.report is not None
    strategies = {name: table["strategy"] for name, table in outcome.report["databases"]["shop"]["tables"].items()}
    assert strategies == {"public.users": "rewrite", "public.mails": "update"}
    assert (
        bench.value(
            "SELECT count(*) FROM users JOIN mails ON users.email = mails.address AND mails.padded = users.email"
        )
        == 5
    )
    assert bench.value("SELECT count(DISTINCT name) FROM users") == 3
    first = bench.value("SELECT email FROM users WHERE id = 1")
    same, folded = bench.column("SELECT email FROM contacts", "crm")
    assert same == first, "another database, the same person"
    assert folded != first, "text compares with case, so does the mapping"


def test_another_key_gives_unrelated_outputs(bench: Workbench) -> None:
    """Without the key nobody can tell which output belongs to which value, not even with the same values masked under another."""
    bench.sql(USERS + FIVE)
    bench.mask("  public.users: {id: keep, email: hash, name: hash, note: keep, age: keep}")
    first = set(bench.column("SELECT email FROM users"))
    bench.sql("TRUNCATE users; " + FIVE)
    (bench.directory / "key").write_text("b7" * 32)
    (bench.directory / "report.json").unlink()
    bench.mask("  public.users: {id: keep, email: hash, name: hash, note: keep, age: keep}")
    assert not first & set(bench.column("SELECT email FROM users"))


FEW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
STORABLE = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


@once
@FEW
@given(values=st.sets(st.text(STORABLE, max_size=40), min_size=1, max_size=40))
def test_different_values_stay_different(bench: Workbench, values: set[str]) -> None:
    """Any text is masked, and a unique column stays unique."""
    bench.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (a text UNIQUE, b text UNIQUE)")
    with bench.connection().cursor() as cursor:
        cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(value, value) for value in values])
    (bench.directory / "report.json").unlink(missing_ok=True)
    bench.mask("  public.t: {a: email, b: hash}")
    rows = bench.sql("SELECT a, b FROM t")
    assert len({row[0] for row in rows}) == len({row[1] for row in rows}) == len(values)
    assert all(EMAIL.fullmatch(row[0]) and HASH.fullmatch(row[1]) for row in rows)


UGLY = st.text(st.characters(exclude_characters="\0\n\r", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10)


@once
@FEW
@given(names=st.lists(st.tuples(UGLY, UGLY, UGLY), min_size=8, max_size=8, unique_by=lambda names: names[0]))
def test_ugly_names_are_quoted(bench: Workbench, names: list[tuple[str, str, str]]) -> None:
    """Mixed case, quotes, dots, percent signs, braces, any script: names reach the server as they are, and back."""
    bench.sql("DROP OWNED BY CURRENT_USER CASCADE")
    (bench.directory / "report.json").unlink(missing_ok=True)
    rules = []
    for table, column, other in names:
        schema, quoted = sql.Identifier("S" + table), sql.Identifier("S" + table, table)
        columns = sql.Identifier(column), sql.Identifier(other + "x" + column)
        create = sql.SQL("CREATE SCHEMA {0}; CREATE TABLE {1} ({2} text, {3} text); INSERT INTO {1} VALUES ('a', 'b')")
        bench.connection().execute(create.format(schema, quoted, *columns))
        words = [str(TableName("S" + table, table)), column, other + "x" + column]
        name, hashed, fixed = ("'" + word.replace("'", "''") + "'" for word in words)
        rules.append(f"  ? {name}\n  : ? {hashed}\n    : hash\n    ? {fixed}\n    : {{fixed: c}}")
    bench.mask("\n".join(rules))
    for table, _, _ in names:
        query = sql.SQL("SELECT * FROM {}").format(sql.Identifier("S" + table, table))
        ((hashed, fixed),) = bench.connection().execute(query)
        assert HASH.fullmatch(hashed)
        assert fixed == "c"


def test_case_insensitive_columns_keep_their_equality(bench: Workbench) -> None:
    """citext calls A@x and a@x equal: they are equal after masking too."""
    bench.sql(
        "CREATE EXTENSION citext; CREATE TABLE t (m citext); INSERT INTO t VALUES ('A@x.org'), ('a@x.org'), ('b@x.org')"
    )
    bench.mask("  public.t: {m: email}")
    assert bench.value("SELECT count(DISTINCT m) FROM t") == 2
    assert bench.value("SELECT count(DISTINCT m::text) FROM t") == 2


def test_foreign_keys_on_masked_columns_hold_and_return_as_they_were(bench: Workbench) -> None:
    """Both sides are mapped alike; the constraint comes back with its actions, its comment, its being (not) valid; self references too."""
    bench.sql(USERS + FIVE)
    bench.sql("""
        CREATE TABLE letters (email varchar(100) REFERENCES users (email) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
                              boss text, own text UNIQUE);
        ALTER TABLE letters ADD CONSTRAINT "Boss?" FOREIGN KEY (boss) REFERENCES letters (own) NOT VALID;
        COMMENT ON CONSTRAINT letters_email_fkey ON letters IS 'it''s ours';
        INSERT INTO letters SELECT email, NULL, name || id FROM users; UPDATE letters SET boss = own""")
    before = dump(bench)
    bench.mask(
        "  public.users: {id: keep, email: email, name: keep, note: keep, age: keep}\n  public.letters: {email: email, boss: hash, own: hash}"
    )
    assert bench.value("SELECT count(*) FROM letters JOIN users USING (email)") == 5
    assert bench.value("SELECT count(*) FROM letters WHERE boss = own") == 5
    assert dump(bench) == before


def test_nothing_but_values_changes(bench: Workbench) -> None:
    """Types, domains, collations, defaults, storage, indexes, grants, comments, statistics targets, triggers, partitions: pg_dump sees no difference."""
    bench.sql("""
        CREATE DOMAIN address AS varchar(80) CHECK (VALUE <> '');
        CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m address COLLATE "C" NOT NULL DEFAULT 'x', n varchar(64) COLLATE "POSIX", l char(40), k text);
        ALTER TABLE a ALTER m SET STATISTICS 7, ALTER k SET STORAGE EXTERNAL, ALTER k SET COMPRESSION pglz, ALTER n SET (n_distinct = -0.5);
        CREATE INDEX ON a (lower(m)) WHERE n IS NOT NULL; CREATE UNIQUE INDEX ON a (n, m); CREATE STATISTICS s ON m, n FROM a;
        COMMENT ON COLUMN a.m IS 'mail'; GRANT SELECT (m) ON a TO PUBLIC; ALTER TABLE a ADD CHECK (length(k) > 1), CLUSTER ON a_pkey;
        INSERT INTO a (m, n, l, k) SELECT 'a' || i, 'b' || i, 'c' || i, repeat('d', i * 100) FROM generate_series(1, 50) i;
        CREATE TABLE p (id int, m text, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (id);
        CREATE TABLE p1a PARTITION OF p1 FOR VALUES IN (1, 2); CREATE TABLE p1b PARTITION OF p1 DEFAULT; CREATE TABLE p2 PARTITION OF p DEFAULT;
        INSERT INTO p SELECT i, 'm' || i, '2025-12-25'::date + i FROM generate_series(1, 20) i""")
    before = dump(bench)
    outcome = bench.mask(
        "  public.a: {id: keep, m: hash, n: hash, l: hash, k: hash}\n  public.p: {id: keep, m: email, at: keep}"
    )
    assert outcome.report is not None
    assert {table["strategy"] for table in outcome.report["databases"]["shop"]["tables"].values()} == {"rewrite"}
    assert dump(bench) == before
    assert bench.value("SELECT count(*) FROM p WHERE m ~ '^[0-9a-f]{20}@example.com$'") == 20
    assert bench.value("SELECT count(*) FROM a WHERE length(l) = 32 AND k ~ '^[0-9a-f]{32}$'") == 50


# Each beside a generated column, which no server before 17 can take out of the way; the last ones forbid a rewrite themselves.
BLOCKERS = {
    "generated column": "",
    "view": "CREATE VIEW v AS SELECT m FROM t",
    "materialized view": "CREATE MATERIALIZED VIEW v AS SELECT m FROM t",
    "rule that copies": "CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO copies VALUES (OLD.m)",
    "rule instead": "CREATE RULE r AS ON UPDATE TO t DO INSTEAD NOTHING",
    "trigger on the column": "CREATE TRIGGER g AFTER UPDATE OF m ON t FOR EACH ROW EXECUTE FUNCTION copy_old()",
    "trigger that is always on": """
        CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION copy_old(); ALTER TABLE t ENABLE ALWAYS TRIGGER g""",
    "trigger that keeps the old row": """
        CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep_old();
        CREATE TRIGGER h BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep_old(); ALTER TABLE t ENABLE REPLICA TRIGGER h""",
    "policy": "CREATE POLICY p ON t USING (m <> '')",
    "deferred constraint": "ALTER TABLE t ADD CONSTRAINT u UNIQUE (m) DEFERRABLE INITIALLY DEFERRED",
    "row type": "CREATE TABLE o (r t)",
    "array of the row type": "CREATE TABLE o (r t[])",
    "inheritance": "CREATE TABLE o (r text) INHERITS (t); INSERT INTO o VALUES (9, 'secret-child', 'x')",
}
GENERATED = "ALTER TABLE t ADD g text GENERATED ALWAYS AS (upper(m)) STORED;"
OTHER_RULES = {
    "row type": "{id: keep, m: hash}\n  row type.o: {r: keep}",
    "array of the row type": "{id: keep, m: hash}\n  array of the row type.o: {r: keep}",
    "inheritance": "{id: keep, m: hash}\n  inheritance.o: {id: keep, m: hash, r: keep}",
}


def test_what_forbids_a_rewrite_is_updated_around(bench: Workbench) -> None:
    """What cannot be taken out of ALTER's way leads to one UPDATE that copies nothing, skips no row, and leaves the schema as it was."""
    for blocker, dependent in BLOCKERS.items():
        bench.sql(f"""
            CREATE SCHEMA "{blocker}"; SET search_path = "{blocker}"; CREATE TABLE copies (m text);
            CREATE FUNCTION copy_old() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO "{blocker}".copies VALUES (OLD.m); RETURN NEW; END $$;
            CREATE FUNCTION keep_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;
            CREATE TABLE t (id int PRIMARY KEY, m text); INSERT INTO t SELECT i, 'secret-' || i FROM generate_series(1, 3) i;
            {"" if blocker in OTHER_RULES else GENERATED} {dependent}; RESET search_path""")
    before = dump(bench)
    originals = [*(f"secret-{i}" for i in (1, 2, 3)), "secret-child"]
    expected = {hashlib.sha256(f"{KEY}{original}{KEY}".encode()).hexdigest()[:32] for original in originals}
    tables = [
        f"  {name}.copies: {{m: keep}}\n  {name}.t: {OTHER_RULES.get(name, '{id: keep, m: hash, g: keep}')}"
        for name in BLOCKERS
    ]
    outcome = bench.mask("\n".join(tables))
    assert outcome.report is not None
    for blocker in BLOCKERS:
        assert outcome.report["databases"]["shop"]["tables"][f"{blocker}.t"]["strategy"] == "update", blocker
        assert bench.value(f'SELECT count(*) FROM "{blocker}".copies') == 0, blocker
        rows = bench.sql(f'SELECT id, m, t::text FROM "{blocker}".t')
        assert rows == [(i, m, text) for i, m, text in rows if m in expected and "SECRET" not in text], blocker
        assert len(rows) == (4 if blocker == "inheritance" else 3), blocker
    assert dump(bench) == before


def test_triggers_on_partitions_return_each_in_its_own_mode(bench: Workbench) -> None:
    """A partition's trigger may be off while its parent's is on."""
    bench.sql("""
        CREATE TABLE copies (m text);
        CREATE FUNCTION copy_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO copies VALUES (OLD.m); RETURN NEW; END $$;
        CREATE TABLE p (id int, m text) PARTITION BY LIST (id);
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE TABLE p3 PARTITION OF p FOR VALUES IN (3);
        CREATE TRIGGER g AFTER UPDATE ON p FOR EACH ROW EXECUTE FUNCTION copy_old();
        CREATE TRIGGER own AFTER UPDATE ON p3 FOR EACH ROW EXECUTE FUNCTION copy_old();
        ALTER TABLE p1 DISABLE TRIGGER g; ALTER TABLE p2 ENABLE ALWAYS TRIGGER g;
        INSERT INTO p VALUES (1, 'secret'), (2, 'secret'), (3, 'secret'); ALTER TABLE p ADD g text GENERATED ALWAYS AS (upper(m)) STORED""")
    modes = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    before = bench.sql(modes)
    assert {mode for _, _, mode in before} == {"O", "A", "D"}
    bench.mask("  public.p: {id: keep, m: hash, g: keep}\n  public.copies: {m: keep}")
    assert bench.sql(modes) == before
    assert bench.value("SELECT count(*) FROM copies") == 0
    assert bench.value("SELECT count(*) FROM p WHERE m = 'secret'") == 0


def test_truncated_tables_are_empty_though_foreign_keys_and_triggers_would_mind(bench: Workbench) -> None:
    """Tables that point at each other are emptied; a nulled reference to an emptied table is allowed; TRUNCATE triggers copy nothing."""
    bench.sql("""
        CREATE TABLE s (id int PRIMARY KEY, s int REFERENCES s, token text); ALTER TABLE s ALTER token SET STORAGE EXTERNAL;
        ALTER TABLE s ALTER token SET COMPRESSION pglz; CREATE TABLE c (s int REFERENCES s); CREATE TABLE o (s int REFERENCES s, x int);
        INSERT INTO s SELECT i, 1, 'secret' || i FROM generate_series(1, 10) i; INSERT INTO c VALUES (1); INSERT INTO o VALUES (2, 5);
        CREATE TABLE copies (m text);
        CREATE FUNCTION copy_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO copies SELECT token FROM s; RETURN NULL; END $$;
        CREATE TRIGGER g BEFORE TRUNCATE ON s EXECUTE FUNCTION copy_all()""")
    before = dump(bench)
    bench.mask(
        "  public.s: truncate\n  public.c: truncate\n  public.o: {s: set_null, x: keep}\n  public.copies: {m: keep}"
    )
    assert [bench.value(f"SELECT count(*) FROM {table}") for table in ("s", "c", "o", "copies")] == [0, 0, 1, 0]
    assert dump(bench) == before


def test_statements_run_in_order_before_and_after_the_rules(bench: Workbench) -> None:
    """Before sees originals, after sees masked values, each its own transaction, `%` and several lines allowed."""
    bench.sql(USERS + FIVE + "; CREATE TABLE log (n serial, word text)")
    statements = """
sql:
  before:
    - INSERT INTO log (word) SELECT 'before ' || email FROM users WHERE id = 1 AND email LIKE '%posteo%'
    - DELETE FROM users WHERE id > 3
  after:
    - |
      INSERT INTO log (word)
      SELECT 'after ' || count(*) FROM users WHERE email LIKE '%@example.com'
    - UPDATE log SET word = 'before' WHERE word LIKE 'before%'"""
    outcome = bench.mask(
        "  public.users: {id: keep, email: email, name: keep, note: keep, age: keep}\n  public.log: {n: keep, word: keep}",
        statements,
    )
    assert bench.column("SELECT word FROM log ORDER BY n") == ["before", "after 3"]
    assert outcome.report is not None
    assert outcome.report["databases"]["shop"]["statements"] == 4
    assert outcome.report["databases"]["shop"]["tables"]["public.users"]["rows"] == 3


def test_a_file_of_statements_alone_masks_the_origins_way(bench: Workbench) -> None:
    """No tables are listed: the statements do everything, and need no masking key."""
    bench.sql(USERS + FIVE)
    outcome = bench.sanitize(
        "sql:\n  - UPDATE users SET email = id || '@example.com'\n  - UPDATE users SET name = NULL", key_file=None
    )
    assert outcome.code == 0, outcome.lines
    assert bench.sql("SELECT email, name FROM users WHERE id = 2") == [("2@example.com", None)]
    assert outcome.report is not None
    assert outcome.report["databases"]["shop"] == {"tables": {}, "statements": 2, "rules": "statements only"}


def test_the_key_stays_out_of_everything_the_server_keeps(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """No statement's text holds it, whether logged or kept by pg_stat_statements; nor do the report and what we say."""
    bench.sql(USERS + FIVE)
    bench.server.superuser_sql(
        "ALTER ROLE master SET log_statement = 'all'; ALTER ROLE master SET log_parameter_max_length = 0"
    )
    monkeypatch.setattr("sanitizer.postgresql.dialect.PostgreSql.plan_server_purge", lambda _self, _rules: [])
    try:
        outcome = bench.mask("  public.users: {id: keep, email: email, name: hash, note: keep, age: keep}")
    finally:
        bench.server.superuser_sql("ALTER ROLE master RESET ALL")
    log = bench.server.log_file.read_text()
    texts = "SELECT string_agg(query, ' ') FROM pg_stat_statements"
    kept = bench.server.superuser_sql(texts, "shop")
    assert "set_config('sanitizer.key'" in log
    assert "ALTER TABLE" in kept
    assert KEY not in log + kept + str(outcome)


OTHER_READINGS = (
    "array_nulls = off",
    "standard_conforming_strings = off",
    "quote_all_identifiers = on",
    "transform_null_equals = on",
)


def test_settings_of_a_database_do_not_change_what_a_run_does(bench: Workbench) -> None:
    """Set for a database or a role they travel with the snapshot, and decide how values are read and written as texts."""
    written = []
    for chosen in ((), OTHER_READINGS):
        bench.sql(r"""
            DROP TABLE IF EXISTS t; CREATE TABLE t (id int, m text, a text[], j jsonb);
            INSERT INTO t SELECT i, 'a\' || i, ARRAY['NULL', NULL, 'b' || i], '{"k": "c\\d"}' FROM generate_series(1, 50) i""")
        for setting in chosen:
            bench.sql(f"ALTER DATABASE shop SET {setting}")
        try:
            bench.mask("  public.t: {id: keep, m: scramble, a: {each: hash}, j: {json: {$.k: hash}}}")
        finally:
            bench.sql("ALTER DATABASE shop RESET ALL")
        (bench.directory / "report.json").unlink()
        written.append(bench.sql("SELECT * FROM t ORDER BY id"))
    assert written[0] == written[1]


UNNAMED_OPERATORS = {
    "CREATE TRIGGER x BEFORE UPDATE OF e ON t FOR EACH ROW WHEN (OLD.e IS DISTINCT FROM NEW.e) EXECUTE FUNCTION noted()": "rewrite",
    "CREATE VIEW v AS SELECT nullif(e, f) AS x, e IS DISTINCT FROM f AS y, CASE e WHEN f THEN 1 ELSE 2 END AS z FROM t": "rewrite",
    "CREATE MATERIALIZED VIEW v AS SELECT e, g FROM t JOIN o USING (e) WHERE e IS DISTINCT FROM f": "rewrite",
    "CREATE VIEW v AS SELECT (e, id) < (f, g) AS x FROM t": "update",
    "ALTER TABLE t ADD CHECK (e IS DISTINCT FROM 'z'), ADD EXCLUDE USING btree ((nullif(e, 'q')) WITH =)": "rewrite",
    "CREATE INDEX x ON t (nullif(e, f)) WHERE e IS DISTINCT FROM f; CREATE STATISTICS x ON (nullif(e, f)), id FROM t": "rewrite",
    "CREATE POLICY x ON t USING (e IS DISTINCT FROM f)": "rewrite",
    "CREATE FUNCTION fn() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t WHERE e IS DISTINCT FROM f; END": "rewrite",
    "CREATE RULE x AS ON UPDATE TO t WHERE OLD.e IS DISTINCT FROM NEW.e DO ALSO INSERT INTO o VALUES (OLD.e)": "rewrite",
}


@once
@pytest.mark.parametrize(("definition", "strategy"), UNNAMED_OPERATORS.items())
def test_operators_of_extensions_are_found_again_where_a_definition_does_not_name_their_schema(
    bench: Workbench, definition: str, strategy: str
) -> None:
    """The extension is in a schema on nobody's path; without it, texts would be compared in their capitals."""
    bench.sql(f"""
        CREATE SCHEMA "the extensions"; CREATE EXTENSION citext SCHEMA "the extensions"; SET search_path = public, "the extensions";
        CREATE TABLE t (id int PRIMARY KEY, e citext, f citext, g int); CREATE TABLE o (e citext);
        INSERT INTO t SELECT i, 'Ann' || i, 'aNN' || i, i FROM generate_series(1, 9) AS i;
        CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; {definition}; RESET search_path""")
    before = dump(bench), read_structure(bench.connection())
    outcome = bench.mask("  public.t: {id: keep, e: hash, f: {fixed: X}, g: keep}\n  public.o: {e: keep}")
    assert (dump(bench), read_structure(bench.connection())) == before
    assert outcome.report["databases"]["shop"]["tables"]["public.t"]["strategy"] == strategy

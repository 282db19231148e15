"""What is refused before anything changes: drift and pre-flight, all findings at once, each with place, rule and remedy."""

from concurrent.futures import ThreadPoolExecutor

import pymysql
import pytest

from sanitizer.functions import DELETE, FUNCTIONS, KEEP, WHERE
from sanitizer.mysql.dialect import MySql
from sanitizer.mysql.expressions import EXPRESSIONS
from sanitizer.mysql.predicates import PREDICATES
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.workbench import PASSWORD


def test_every_function_but_that_of_arrays_has_an_expression_and_a_predicate() -> None:
    """And none is made up; there are no arrays here."""
    assert set(EXPRESSIONS) == set(PREDICATES) == set(FUNCTIONS) - {KEEP, "each"}
    assert MySql.understands == {KEEP, WHERE, DELETE, *EXPRESSIONS}


def test_every_disagreement_of_rules_and_schema_is_told_at_once(bench: MariaDbBench) -> None:
    """Unlisted and missing tables and columns, wrong types, a PostgreSQL name; sequences and views need no rule."""
    bench.sql("""
        CREATE TABLE users (id INT, email VARCHAR(50), bin VARBINARY(40), doc JSON, e ENUM('a'), born DATE); CREATE TABLE forgotten (x INT);
        CREATE VIEW v AS SELECT * FROM users; CREATE SEQUENCE s; CREATE DATABASE crm""")
    outcome = bench.sanitize(
        "databases:\n  shop:\n    tables:\n      users: {id: email, email: keep, bin: hash, doc: hash, e: hash, gone: keep}\n      public.forgotten: {x: keep}"
    )
    assert outcome.code == 11
    problems = outcome.problems
    for said in (
        "database crm: has no rules",
        "database shop, table forgotten: has no rules",
        "database shop, table users, column born: has no rule",
        "table users has no column gone",
        "column id of users is int(11), which the function does not take",
        "column bin of users is varbinary(40)",
        "column doc of users is json",
        "column e of users is enum('a')",
        "table public.forgotten does not exist in database shop | None | Did you mean `forgotten`?",
    ):
        assert said in problems
    assert len(problems.splitlines()) == 9
    bench.sql("DROP DATABASE crm")
    assert "column e of users is enum('a'), which the function does not take" in bench.refuse(
        "  users: {id: keep, email: {each: hash}, bin: keep, doc: keep, e: {each: email}, born: keep}\n  forgotten: {x: keep}",
        11,
    )


def test_everything_that_masking_would_break_is_told_at_once(bench: MariaDbBench) -> None:
    """Each refusal names table, column, rule and remedy; nothing has changed."""
    bench.sql("""
        CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(60) NOT NULL UNIQUE, short VARCHAR(20), u INT NOT NULL);
        CREATE TABLE orders (id INT, email VARCHAR(60), CONSTRAINT k FOREIGN KEY (email) REFERENCES users (email));
        CREATE TABLE t (a VARCHAR(40), b VARCHAR(60) UNIQUE, g VARCHAR(70) AS (UPPER(a)), d DATE, n DECIMAL(4, 2) NOT NULL, e ENUM('p', 'q'), p VARCHAR(60), c VARCHAR(60) CHECK (c LIKE 'planted%'),
                        UNIQUE KEY part (p(6)), CONSTRAINT both_ CHECK (a <> b));
        CREATE TABLE parts (k VARCHAR(40), PRIMARY KEY (k)) PARTITION BY KEY () PARTITIONS 2; CREATE TABLE s (id INT PRIMARY KEY);
        CREATE TABLE r (s INT REFERENCES s (id));
        CREATE TABLE log (x VARCHAR(60) NOT NULL) ENGINE = CSV; CREATE DATABASE crm;
        CREATE TABLE crm.far (m VARCHAR(60), CONSTRAINT far FOREIGN KEY (m) REFERENCES shop.users (email));
        INSERT INTO t (a, b, d, n, c) VALUES ('planted-marker', 'planted', '2020-01-01', 1, 'planted-marker')""")
    before = bench.everything_readable()
    outcome = bench.sanitize(
        "databases:\n crm: {tables: {far: {m: keep}}}\n shop:\n  tables:\n"
        "   users: {id: keep, email: email, short: email, u: set_null}\n   orders: {id: keep, email: hash}\n"
        "   t: {a: hash, b: {fixed: x}, g: hash, d: {fixed: planted}, n: {fixed: '123.4'}, e: {fixed: r}, p: hash, c: hash}\n"
        "   parts: {k: hash}\n   s: truncate\n   r: {s: keep}\n   log: {x: hash}"
    )
    assert outcome.code == 12, outcome.message
    problems = outcome.problems
    for said in (
        "column short of users: the output has 32 characters, varchar(20) holds 20 | email",
        "column u of users: it is NOT NULL | set_null",
        "foreign key k on orders joins column email of orders to email of users, whose rule is email | hash",
        "column b of t: all rows would be equal in the unique index b | fixed",
        "column g of t: it is generated from other columns",
        "column d of t: date does not take the given value",
        "column n of t: decimal(4,2) does not take the given value",
        "column e of t: enum('p','q') does not take the given value",
        "column p of t: a unique index looks at its first 6 characters only",
        "column k of parts: it is part of the partition key",
        "foreign key r_ibfk_1 on r would point at rows that `truncate` removes from s",
        "table log is kept by the engine CSV",
        "foreign key far on crm.far joins users to crm.far in another database",
    ):
        assert said in problems, (said, problems)
    assert len(problems.splitlines()) == 13
    assert bench.everything_readable() == before
    assert "planted-marker" not in str(outcome)


def test_a_few_rows_are_masked_before_anything_changes(bench: MariaDbBench) -> None:
    """Columns, CHECK constraints, unique indexes and generated columns that would not take the outputs are named, whatever the table is like."""
    bench.sql("""
        CREATE TABLE c (id INT, m VARCHAR(60), CONSTRAINT of_c_first CHECK (m LIKE 'planted%')); INSERT INTO c VALUES (1, 'planted');
        CREATE TABLE l (id INT, m VARCHAR(60) CHARACTER SET ascii, n INT) PARTITION BY HASH (id) PARTITIONS 2; INSERT INTO l VALUES (1, 'planted', 1);
        CREATE TABLE g (m VARCHAR(60), k VARCHAR(10) AS (m) STORED); INSERT INTO g (m) VALUES ('planted');
        CREATE TABLE n (m VARCHAR(60) NOT NULL, w TEXT, FULLTEXT KEY words (w)); INSERT INTO n VALUES ('planted', 'planted');
        CREATE TABLE f (m VARCHAR(60), FULLTEXT KEY words (m)); INSERT INTO f VALUES ('planted')""")
    before = bench.everything_readable()
    problems = bench.refuse(
        "  c: {id: keep, m: hash}\n  l: {id: keep, m: {choice: [é]}, n: {sql: 'IF({column} = 1, REPEAT(9, 20), 1)'}}\n  g: {m: hash, k: keep}\n"
        "  n: {m: {regex: {match: '\\d', replace: '0'}}, w: keep}\n  f: {m: hash}"
    )
    for said in (
        "masking a few rows of c fails: error 4025 (CONSTRAINT_FAILED), constraint of_c_first",
        "column m of l: varchar(60) does not take the given value | choice | Write a value",
        "masking a few rows of g fails: error 1406",
        "column m of n: masking a few rows fails: error 1048 (BAD_NULL_ERROR), column m | regex | Use a function",
    ):
        assert said in problems, (said, problems)
    assert len(problems.splitlines()) == 4
    again = "  c: {id: keep, m: keep}\n  l: {id: keep, m: hash, n: {sql: 'IF({column} = 1, REPEAT(9, 20), 1)'}}\n  g: {m: keep, k: keep}\n  n: {m: keep, w: keep}\n  f: {m: hash}"
    assert "column n of l: masking a few rows fails: error 1264" in bench.refuse(again)
    assert bench.everything_readable() == before


def test_words_that_a_character_set_cannot_write_are_refused(bench: MariaDbBench) -> None:
    """Whatever the few rows that are there would draw; where it has the letters, nothing is said."""
    bench.sql(
        "CREATE TABLE t (a VARCHAR(60) CHARACTER SET ascii, l VARCHAR(60) CHARACTER SET latin1); INSERT INTO t VALUES ('planted', 'planted')"
    )
    problems = bench.refuse("  t: {a: {name: fr_FR}, l: {street: fr_FR}}")
    assert (
        "column a of t: its character set, that of ascii_general_ci, lacks letters of the locale's words | name: fr_FR"
        in problems
    )
    assert len(problems.splitlines()) == 1
    bench.mask("  t: {a: hash, l: {street: fr_FR}}")


def test_conditions_and_expressions_that_are_none_are_refused(bench: MariaDbBench) -> None:
    """Unknown columns, columns that masking changes, aggregates, wrong regular expressions, circles of foreign keys."""
    bench.sql("""
        CREATE TABLE t (id INT PRIMARY KEY, m VARCHAR(60), n VARCHAR(60), boss INT, doc JSON, FOREIGN KEY (boss) REFERENCES t (id));
        INSERT INTO t VALUES (1, 'planted', 'planted', NULL, '{"a": 1, "planted": 2}')""")
    columns = "id: keep, boss: keep"
    problems = bench.refuse(
        f"  t: {{delete: id > 1, columns: {{{columns}, m: {{hash: {{}}, where: 'n = 1'}}, n: {{sql: 'MAX({{column}})'}}, doc: {{json: {{$.a: hash}}}}}}}}"
    )
    for said in (
        "the condition of t is none over columns that `keep` leaves: error 1054 (BAD_FIELD_ERROR), column n | hash, where | Name columns",
        "the expression for t is none for a single row: error 1111 (INVALID_GROUP_FUNC_USE) | sql",
        "column doc of t: 1 document(s) with keys that no path names | json: {$.a: hash, unlisted: fail} | Give each key a path",
        "foreign keys lead from t back to itself",
    ):
        assert said in problems, (said, problems)
    problems = bench.refuse(
        f"  t: {{delete: gone = 1, columns: {{{columns}, m: {{regex: {{match: '(', replace: ''}}}}, n: {{fixed: x}}, doc: set_null}}}}"
    )
    assert "column m of t: the server does not take the regular expression | regex" in problems
    assert "the condition of t is none: error 1054 (BAD_FIELD_ERROR), column gone | delete" in problems
    assert "planted" not in problems


def test_triggers_that_could_not_return_are_refused(bench: MariaDbBench) -> None:
    """In another's name, in letters that would be lost; on tables that do not change they do not matter."""
    bench.sql("CREATE TABLE t (m VARCHAR(60)); CREATE TABLE s (m VARCHAR(60)); CREATE TABLE k (m VARCHAR(60))")
    bench.maria.superuser_sql(
        "CREATE TRIGGER shop.a BEFORE INSERT ON shop.t FOR EACH ROW SET NEW.m = 'x'",
        "CREATE TRIGGER shop.k BEFORE INSERT ON shop.k FOR EACH ROW SET NEW.m = 'x'",
    )
    latin = pymysql.connect(host="localhost", port=bench.maria.port, user="master", password="Sehr-geheim-7", database="shop", charset="latin1",
                            ssl_ca=str(bench.maria.ca_file))  # fmt: skip
    with latin.cursor() as cursor:
        cursor.execute("CREATE TRIGGER b BEFORE INSERT ON s FOR EACH ROW SET NEW.m = 'é'")
    latin.close()
    problems = bench.refuse("  t: {m: hash}\n  s: truncate\n  k: {m: keep}")
    assert "trigger a of t belongs to rdsadmin@localhost, in whose name the user may not create it again" in problems
    assert "trigger b of s was written in latin1" in problems
    assert len(problems.splitlines()) == 2
    bench.maria.superuser_sql("GRANT SET USER ON *.* TO master")
    try:
        before = bench.structure()
        bench.mask("  t: {m: hash}\n  s: {m: keep}\n  k: {m: keep}")
        assert bench.structure() == before
    finally:
        bench.maria.superuser_sql("REVOKE SET USER ON *.* FROM master")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("log_output", "'TABLE'", "the server logs statements into tables of its own"),
        ("event_scheduler", "ON", "events are enabled and the scheduler is on"),
        ("local_infile", "OFF", "local_infile is off, and the masking key has no other way in"),
    ],
)
def test_settings_that_would_defeat_masking_are_refused(bench: MariaDbBench, name: str, value: str, said: str) -> None:
    """Each names the parameter that helps."""
    bench.sql(
        "CREATE TABLE t (m VARCHAR(60)); CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS NOW() + INTERVAL 1 DAY DO SELECT 1"
    )
    (before,) = bench.maria.superuser_sql(f"SELECT @@GLOBAL.{name}")[0]
    bench.maria.superuser_sql(f"SET GLOBAL {name} = {value}")
    try:
        problems = bench.refuse("  t: {m: hash}")
    finally:
        bench.maria.superuser_sql(f"SET GLOBAL {name} = {before!r}")
    assert said in problems
    assert "Parameter group of temporary databases" in problems
    assert len(problems.splitlines()) == 1


def test_what_the_user_may_not_do_is_told_before(bench: MariaDbBench) -> None:
    """Every missing privilege, and how to give it; the one for histories where there are any."""
    bench.sql("CREATE TABLE t (m VARCHAR(60)) WITH SYSTEM VERSIONING; CREATE TABLE s (m VARCHAR(60))")
    bench.maria.superuser_sql("REVOKE TRIGGER, DELETE HISTORY ON *.* FROM master")
    try:
        problems = bench.refuse("  t: {m: keep}\n  s: {m: hash}")
    finally:
        bench.maria.superuser_sql("GRANT TRIGGER, DELETE HISTORY ON *.* TO master WITH GRANT OPTION")
    assert "the user has not the privilege(s) TRIGGER | None | In the source: GRANT TRIGGER ON" in problems
    assert "table t has a history that holds originals, and the user may not delete it" in problems
    assert len(problems.splitlines()) == 2


def test_a_plugin_that_judges_passwords_is_refused_while_it_would_keep_them(bench: MariaDbBench) -> None:
    """Not where passwords are kept, nor where the server lets hashes pass: then they go, with all that the plugin keeps of older ones."""
    bench.maria.superuser_sql("INSTALL SONAME 'password_reuse_check'")
    strict = "a plugin judges new passwords, and takes none that is only a hash"
    hashes = "SELECT COUNT(*) FROM mysql.password_reuse_check_history"
    try:
        bench.mask("  {}")
        (bench.directory / "report.json").unlink()
        bench.maria.superuser_sql(f"CREATE USER 'app'@'%' IDENTIFIED BY '{PASSWORD}'")
        assert bench.sql(hashes) == [(1,)]
        problems = bench.refuse("  {}")
        assert f"{strict}: no account's password could be taken away" in problems
        assert "Parameter group of temporary databases: strict_password_validation = 0" in problems
        assert bench.sanitize("roles: keep\ntables: {}").code == 0
        (bench.directory / "report.json").unlink()
        assert bench.sql(hashes) == [(1,)]
        bench.maria.superuser_sql("SET GLOBAL strict_password_validation = OFF")
        bench.mask("  {}")
        assert bench.sql(hashes) == [(0,)]
    finally:
        bench.maria.superuser_sql(
            "SET GLOBAL strict_password_validation = ON", "UNINSTALL SONAME 'password_reuse_check'",
            "DROP TABLE IF EXISTS mysql.password_reuse_check_history",
        )  # fmt: skip


def test_a_table_that_a_broken_off_change_left_is_refused(bench: MariaDbBench) -> None:
    """As long as the change goes on, its table is what a server that is killed leaves: hidden, and readable by its name."""
    bench.sql(
        "CREATE TABLE t (id INT PRIMARY KEY, m VARCHAR(60)); INSERT INTO t SELECT seq, 'planted' FROM seq_1_to_99999"
    )
    session = bench.connect()
    slow = "ALTER TABLE t ADD COLUMN z VARCHAR(130) AS (SHA2(REPEAT(m, 20000), 512)) STORED, ALGORITHM = COPY"
    left = "SELECT name FROM information_schema.innodb_sys_tables WHERE name RLIKE '/#sql'"
    with ThreadPoolExecutor(1) as other:
        change = other.submit(session.query, slow)
        try:
            while not (found := bench.sql(left)):
                assert not change.done()
            problems = bench.refuse("  t: {id: keep, m: hash}")
            hidden = f"`#mysql50#{found[0][0].partition('/')[2]}`"
            assert bench.sql(f"SELECT COUNT(*) FROM {hidden}") == [(0,)]
            assert not change.done()
        finally:
            bench.maria.superuser_sql(f"KILL QUERY {session.thread_id()}")
            assert isinstance(change.exception(), pymysql.Error)
    session.close()
    assert f"server: table {found[0][0]} was left by a change that broke off" in problems
    assert f"DROP TABLE {hidden}" in problems
    assert len(problems.splitlines()) == 1
    bench.sql(f"DROP TABLE {hidden}")  # for it was looked at, the change has left it behind indeed
    bench.mask("  t: {id: keep, m: hash}")


def test_a_second_password_of_the_user_itself_is_refused(bench: MariaDbBench) -> None:
    """It would open the copy as it opens production: the run changes every account but its own."""
    only = f"ALTER USER 'master'@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('{PASSWORD}')"
    bench.maria.superuser_sql(f"{only} OR mysql_native_password USING PASSWORD('planted')")
    try:
        problems = bench.refuse("  {}")
        assert bench.sanitize("roles: keep\ntables: {}").code == 0
        (bench.directory / "report.json").unlink()
    finally:
        bench.maria.superuser_sql(only)
    assert problems.startswith("server: the user itself may log in by a second password or method")
    assert len(problems.splitlines()) == 1
    bench.mask("  {}")


def test_a_replica_is_refused_where_its_relay_log_can_be_read(bench: MariaDbBench) -> None:
    """By whoever may look at replicas: statements that its source sent stand in it, and it can be started again."""
    bench.sql("CREATE TABLE t (m VARCHAR(60)); INSERT INTO t VALUES ('planted')")
    bench.maria.superuser_sql(
        "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'u', MASTER_PASSWORD = 'planted'",
        "GRANT SLAVE MONITOR ON *.* TO master",
    )
    try:
        problems = bench.refuse("  t: {m: hash}")
    finally:
        bench.maria.superuser_sql("RESET SLAVE ALL", "REVOKE SLAVE MONITOR ON *.* FROM master")
    assert problems.startswith("server: the server is a replica of another: its relay log keeps originals")
    assert len(problems.splitlines()) == 1


def test_tables_in_the_servers_own_databases_are_refused(bench: MariaDbBench) -> None:
    """No rule reaches them, and whoever gets the snapshot reads them; those that RDS and plugins make there are no findings."""
    bench.sql("CREATE TABLE t (m VARCHAR(60)); INSERT INTO t VALUES ('planted')")
    tables = ("mysql.audit", "mysql.users", "sys.copy", "mysql.rds_history", "mysql.slow_log_backup")
    bench.maria.superuser_sql(*(f"CREATE TABLE {table} AS SELECT * FROM shop.t" for table in tables))
    try:
        problems = bench.refuse("  t: {m: hash}")
        bench.maria.superuser_sql("DROP TABLE mysql.audit, mysql.users, sys.copy")
        bench.mask("  t: {m: hash}")
    finally:
        bench.maria.superuser_sql(f"DROP TABLE IF EXISTS {', '.join(tables)}")
    for table in ("mysql.audit", "mysql.users", "sys.copy"):
        assert f"table {table} is in the server's own database, where no rule reaches it" in problems
    assert len(problems.splitlines()) == 3


def test_open_prepared_transactions_are_refused(bench: MariaDbBench) -> None:
    """They would come back with originals, or block masking for ever."""
    bench.sql("CREATE TABLE t (m VARCHAR(60))")
    bench.sql("XA START 'later'; INSERT INTO t VALUES ('planted'); XA END 'later'; XA PREPARE 'later'")
    try:
        outcome = bench.sanitize("tables: {t: {m: keep}}")
    finally:
        bench.sql("XA ROLLBACK 'later'")
    assert outcome.code == 12, outcome.message
    assert "1 prepared transaction(s) hold rows that masking cannot see" in outcome.problems


def test_passwords_of_other_servers_in_definitions_are_refused(bench: MariaDbBench) -> None:
    """No statement takes them out of a table on another server; a comment that speaks of passwords is none."""
    bench.sql("""
        CREATE TABLE far (id INT PRIMARY KEY) CONNECTION = 'mysql://user:planted@away/shop/far';
        CREATE TABLE wrapped (id INT PRIMARY KEY) COMMENT = 'wrapper "mysql", password "planted"';
        CREATE TABLE spaced (id INT PRIMARY KEY) CONNECTION = 'mysql://user:planted or so@away/shop/far';
        CREATE TABLE quoted (id INT PRIMARY KEY) CONNECTION = 'mysql://user:''planted''@away/shop/far';
        CREATE TABLE short (id INT PRIMARY KEY) CONNECTION = 'Driver=x;UID=user;PWD=planted';
        CREATE TABLE open_ (id INT PRIMARY KEY) CONNECTION = 'mysql://user@away:3306/shop/far', COMMENT = 'user@away: pwds of old';
        CREATE TABLE named (id INT PRIMARY KEY, p INT COMMENT 'password = x') CONNECTION = 'away/far', COMMENT = 'of passwords'""")
    holding = ("far", "wrapped", "spaced", "quoted", "short")
    kept = "".join(f"  {table}: {{id: keep}}\n" for table in (*holding, "open_"))
    problems = bench.refuse(f"{kept}  named: {{id: keep, p: keep}}")
    for table in holding:
        assert f"database shop, table {table}: its definition holds a password of another server" in problems
    assert len(problems.splitlines()) == len(holding)
    assert "planted" not in problems


def test_names_that_could_be_mistaken_are_refused(bench: MariaDbBench) -> None:
    """A table that the sanitizer's own would hide, and a line end, for definitions are read line by line."""
    bench.sql("CREATE TABLE sanitizer_key (m VARCHAR(60)); CREATE TABLE t (`m\nKEY` VARCHAR(60))")
    problems = bench.refuse('  sanitizer_key: {m: hash}\n  t: {"m\\nKEY": hash}')
    assert "table sanitizer_key: the sanitizer needs this name for itself" in problems
    assert "table t: a name holds the end of a line" in problems


def test_a_table_that_the_server_writes_anew_by_no_statement_is_refused(bench: MariaDbBench) -> None:
    """MariaDB takes a unique key by hashes that leaves out the partition key, and then no change of the table but its removal."""
    bench.sql("""
        CREATE TABLE t (id INT PRIMARY KEY, m INT) PARTITION BY HASH (id) PARTITIONS 2; ALTER TABLE t ADD UNIQUE KEY once (m) USING HASH;
        CREATE TABLE u (id INT, m INT, PRIMARY KEY (id, m), UNIQUE (m, id)) PARTITION BY KEY () PARTITIONS 2;
        CREATE TABLE v (id INT PRIMARY KEY, m TEXT, n VARCHAR(3000), UNIQUE (m), UNIQUE (n)) PARTITION BY HASH (id) PARTITIONS 2; ALTER TABLE v FORCE""")
    with pytest.raises(pymysql.Error):
        bench.sql("ALTER TABLE t FORCE")
    others = "  u: {id: keep, m: keep}\n  v: {id: keep, m: hash, n: keep}"
    problems = bench.refuse(f"  t: {{id: keep, m: keep}}\n{others}")
    assert "database shop, table t: unique index once leaves out columns of the partition key" in problems
    assert len(problems.splitlines()) == 1
    bench.sql("ALTER TABLE t DROP INDEX once; ALTER TABLE t FORCE")
    bench.mask(f"  t: {{id: keep, m: keep}}\n{others}")


def test_a_version_nobody_tried_and_a_binary_log_are_refused(
    bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything changes."""
    from sanitizer.mysql import refusals
    from sanitizer.mysql.flavours import MARIADB

    flavour = MARIADB._replace(versions=((5, 5), (10, 4)))
    monkeypatch.setattr("sanitizer.mysql.connection.flavour_of", lambda _version: flavour)
    monkeypatch.setattr(refusals, "STATE", refusals.STATE.replace("@@log_bin", "1"))
    problems = bench.refuse("  {}")
    assert "is not supported | None | Use a source of 5.5 to 10.4" in problems
    assert "the binary log is on: it keeps originals" in problems

"""What masking leaves behind is gone: history, statistics, statements in logs, words of indexes, passwords, events."""

import pymysql
import pytest

from sanitizer.mysql import masking
from sanitizer.mysql.flavours import MARIADB
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.workbench import PASSWORD

T = "CREATE TABLE t (id INT PRIMARY KEY, m VARCHAR(60), n VARCHAR(60)); INSERT INTO t SELECT seq, CONCAT('planted-', seq), 'planted' FROM seq_1_to_300;"


@pytest.fixture
def in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no table could be swapped."""
    monkeypatch.setattr(masking, "swap_blockers", lambda _table, _flavour: ["a test says so"])


def log_a_statement(bench: MariaDbBench) -> None:
    bench.maria.superuser_sql("SET GLOBAL log_output = 'TABLE'", "SELECT 'planted'", "SET GLOBAL log_output = 'FILE'")
    for log, text in {"general_log": "argument", "slow_log": "sql_text"}.items():
        assert bench.sql(f"SELECT COUNT(*) FROM mysql.{log} WHERE {text} LIKE '%planted%'") == [(1,)]


def test_nothing_of_the_originals_can_be_read_by_sql(bench: MariaDbBench) -> None:
    """Rows, history, statistics with histograms, logs; of masked, emptied, kept tables and those that statements change."""
    bench.sql(
        T
        + """
        CREATE TABLE gone LIKE t; INSERT INTO gone SELECT * FROM t; CREATE TABLE by_sql LIKE t; INSERT INTO by_sql SELECT * FROM t;
        CREATE TABLE emptied LIKE t; INSERT INTO emptied SELECT * FROM t;
        CREATE TABLE ver (id INT PRIMARY KEY, m VARCHAR(60)) WITH SYSTEM VERSIONING; INSERT INTO ver VALUES (1, 'planted-old'); UPDATE ver SET m = 'kept';
        CREATE TABLE dropped (id INT PRIMARY KEY, m VARCHAR(60), z INT); INSERT INTO dropped SELECT seq, 'planted', 1 FROM seq_1_to_99;
        ALTER TABLE dropped DROP COLUMN m, ALGORITHM = INSTANT;
        CREATE TABLE words (id INT PRIMARY KEY, w TEXT, FULLTEXT KEY (w)); INSERT INTO words VALUES (1, 'plantedword here');
        SET histogram_type = 'JSON_HB';
        ANALYZE TABLE t, gone, by_sql, emptied, ver, words PERSISTENT FOR ALL"""
    )
    log_a_statement(bench)
    assert bench.everything_readable().count("planted") > 1000
    bench.mask(
        "  t: {id: keep, m: hash, n: set_null}\n  gone: truncate\n  by_sql: {id: keep, m: keep, n: keep}\n  emptied: {id: keep, m: keep, n: keep}\n"
        "  ver: {id: keep, m: keep}\n  dropped: {id: keep, z: keep}\n  words: {id: keep, w: hash}",
        "sql: [\"UPDATE by_sql SET m = '', n = ''\", DELETE FROM emptied]",
    )
    assert "planted" not in bench.everything_readable()
    bench.maria.superuser_sql("FLUSH TABLES shop.by_sql, shop.dropped, shop.t FOR EXPORT", "UNLOCK TABLES")
    for table in ("t", "by_sql", "dropped", "gone", "ver", "words"):
        assert b"planted" not in (bench.maria.data / "shop" / f"{table}.ibd").read_bytes(), table
    assert not [file for file in (bench.maria.data / "shop").glob("FTS*") if b"plantedword" in file.read_bytes()]


@pytest.mark.usefixtures("in_place")
def test_an_update_leaves_nothing_either(bench: MariaDbBench) -> None:
    """History, statistics and old rows of tables that are masked where they stand."""
    bench.sql(
        T
        + """
        CREATE TABLE gone LIKE t; INSERT INTO gone SELECT * FROM t; CREATE TABLE words (id INT PRIMARY KEY, w TEXT, FULLTEXT KEY (w));
        CREATE TABLE ver (id INT PRIMARY KEY, m VARCHAR(60)) WITH SYSTEM VERSIONING; INSERT INTO ver VALUES (1, 'planted-v'); UPDATE ver SET m = 'planted-w';
        INSERT INTO words VALUES (1, 'plantedword here'); ANALYZE TABLE t, gone, words, ver PERSISTENT FOR ALL"""
    )
    before = bench.structure()
    outcome = bench.mask(
        "  t: {id: keep, m: email, n: {fixed: x}}\n  gone: truncate\n  ver: {id: keep, m: hash}\n  words: {id: keep, w: hash}"
    )
    assert {table["strategy"] for table in outcome.report["databases"]["shop"]["tables"].values()} == {
        "update",
        "truncate",
    }
    assert "planted" not in bench.everything_readable()
    assert bench.structure() == before
    bench.maria.superuser_sql("FLUSH TABLES shop.t FOR EXPORT", "UNLOCK TABLES")
    assert b"planted" not in (bench.maria.data / "shop" / "t.ibd").read_bytes()
    assert not [file for file in (bench.maria.data / "shop").glob("FTS*") if b"plantedword" in file.read_bytes()]


def test_what_masking_copied_is_not_written_again(bench: MariaDbBench) -> None:
    """Only other tables are rebuilt; after a statement, which may have touched any, every one."""
    bench.sql(T + "CREATE TABLE s LIKE t")
    rules = "  t: {id: keep, m: hash, n: hash}\n  s: {id: keep, m: keep, n: keep}"

    def rebuilt(sql: str = "") -> set[str]:
        (bench.directory / "report.json").unlink(missing_ok=True)
        return {step["place"] for step in bench.mask(rules, sql).report["purged"] if step["by"] == "rebuild"}

    assert rebuilt() == {"s"}
    assert rebuilt("sql: [UPDATE s SET m = n]") == {"s", "t"}


def test_what_a_statement_of_another_database_changed_is_written_again(bench: MariaDbBench) -> None:
    """Nothing tells which tables it wrote to; what it replaced would lie in their files."""
    bench.sql(f"{T} CREATE DATABASE warehouse")
    outcome = bench.sanitize("""
databases:
  shop: {tables: {t: {id: keep, m: hash, n: keep}}}
  warehouse: {tables: {}, sql: [UPDATE shop.t SET n = 0]}
""")
    assert outcome.code == 0, outcome.problems
    assert outcome.report is not None
    assert {"database": "shop", "place": "t", "by": "rebuild"} in outcome.report["purged"]


def test_rows_that_the_server_took_while_it_was_not_strict_are_written_anew_as_they_are(bench: MariaDbBench) -> None:
    """Computed from what is no number, against a constraint, under the number 0: rebuilding judges nothing, and changes nothing."""
    bench.sql("""
        SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO', check_constraint_checks = 0;
        CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, k VARCHAR(10), c INT CHECK (c > 0), g INT AS (k) STORED, v TINYINT AS (k) VIRTUAL, KEY (v)) ENGINE = MyISAM;
        INSERT INTO t (id, k, c) VALUES (0, 'abc', 1), (3, '999', -1); CREATE TABLE s LIKE t; ALTER TABLE s ENGINE = InnoDB; INSERT INTO s (id, k, c) SELECT id, k, c FROM t;
        SET sql_mode = DEFAULT, check_constraint_checks = 1""")
    before = [bench.sql("SELECT * FROM t"), bench.sql("SELECT * FROM s"), bench.structure()]
    kept = "{id: keep, k: keep, c: keep, g: keep, v: keep}"
    outcome = bench.mask(f"  t: {kept}\n  s: {kept}")
    assert {step["place"] for step in outcome.report["purged"] if step["by"] == "rebuild"} == {"t", "s"}
    assert [bench.sql("SELECT * FROM t"), bench.sql("SELECT * FROM s"), bench.structure()] == before


def test_unique_keys_that_were_made_by_hashes_still_are_when_their_table_is_written_anew(bench: MariaDbBench) -> None:
    """The server itself would make ordinary ones of those that are short enough; the order of all keys stays, and foreign keys hold."""
    bench.sql("""
        CREATE TABLE t (id INT PRIMARY KEY, m VARCHAR(20), n INT, d DATE, w TEXT, UNIQUE (n, d), KEY (n) USING HASH, FULLTEXT KEY (w));
        ALTER TABLE t ADD UNIQUE KEY `by ``hash` (m) USING HASH, ADD UNIQUE KEY (w), ADD UNIQUE KEY (d, m);
        CREATE TABLE child (id INT AUTO_INCREMENT, n INT, f INT REFERENCES t (n), PRIMARY KEY (n), KEY (id)); ALTER TABLE child ADD UNIQUE KEY (f) USING HASH;
        INSERT INTO t VALUES (1, 'x', 1, '2001-01-01', 'some words'); INSERT INTO child VALUES (5, 1, 1)""")
    before = bench.structure()
    assert before["TABLE t"].count("USING HASH") == 3
    outcome = bench.mask("  t: {id: keep, m: keep, n: keep, d: keep, w: keep}\n  child: {id: keep, n: keep, f: keep}")
    assert {step["place"] for step in outcome.report["purged"] if step["by"] == "rebuild"} == {"t", "child"}
    assert bench.structure() == before


def test_productions_passwords_open_nothing(bench: MariaDbBench) -> None:
    """No account but the master's and RDS's own can log in, and no hash of a password is left to be guessed; roles stay."""
    bench.maria.superuser_sql(
        f"CREATE USER 'app'@'%' IDENTIFIED BY '{PASSWORD}', 'o''x'@'10.%' IDENTIFIED BY 'x', 'master'@'10.0.0.1' IDENTIFIED BY 'x'",
        "CREATE USER 'locked'@'%' IDENTIFIED BY 'x' ACCOUNT LOCK", "CREATE ROLE readers", "GRANT SELECT ON *.* TO 'app'@'%'",
    )  # fmt: skip
    bench.connect(user="app").close()
    try:
        outcome = bench.mask("  {}")
        with pytest.raises(pymysql.OperationalError, match=r"denied|locked"):
            bench.connect(user="app")
        left = bench.maria.superuser_sql(
            "SELECT User FROM mysql.global_priv WHERE json_value(Priv, '$.authentication_string') RLIKE '[1-9A-F]' ORDER BY User"
        )
        assert left == [("master",)]
        told = {row["role"]: row["outcome"] for row in outcome.report["neutralised"]}
        assert told == {
            "app@%": "no login",
            "locked@%": "no login",
            "o'x@10.%": "no login",
            "master@10.0.0.1": "no login",
        }
        assert bench.maria.superuser_sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'readers'") == [(1,)]
    finally:
        bench.maria.superuser_sql("DROP ROLE readers", "DROP USER 'o''x'@'10.%'", "DROP USER 'master'@'10.0.0.1'")


def test_accounts_are_reset_or_kept_as_the_rules_file_says(bench: MariaDbBench) -> None:
    """A reset account has no password, and whoever gets the snapshot may give it one; a kept one logs in as in production."""
    bench.maria.superuser_sql(f"CREATE USER 'app'@'%' IDENTIFIED BY '{PASSWORD}'", "GRANT SELECT ON *.* TO 'app'@'%'")
    kept = bench.sanitize("roles: keep\ntables: {}")
    assert (kept.code, kept.report["neutralised"]) == (0, [])
    bench.connect(user="app").close()
    (bench.directory / "report.json").unlink()
    reset = bench.sanitize("roles: reset\ntables: {}")
    assert reset.report["neutralised"] == [{"role": "app@%", "outcome": "password removed"}]
    with pytest.raises(pymysql.OperationalError, match="denied"):
        bench.connect(user="app")
    bench.maria.superuser_sql(f"ALTER USER 'app'@'%' IDENTIFIED BY '{PASSWORD}'")
    bench.connect(user="app").close()


def test_events_and_passwords_of_other_servers_do_not_leave(bench: MariaDbBench) -> None:
    """Events are disabled; a federated server's password is dropped, or refuses the run where the user may not drop it."""
    bench.sql(
        "CREATE EVENT e ON SCHEDULE EVERY 1 HOUR DO DELETE FROM t; CREATE EVENT off ON SCHEDULE EVERY 1 HOUR DISABLE DO SELECT 1"
    )
    bench.maria.superuser_sql(
        "CREATE SERVER other FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h', USER 'u', PASSWORD 'planted-secret')"
    )
    assert "mysql.servers holds passwords of other servers, and the user may not drop them" in bench.refuse("  {}")
    bench.maria.superuser_sql("GRANT FEDERATED ADMIN ON *.* TO master")
    try:
        outcome = bench.mask("  {}")
    finally:
        bench.maria.superuser_sql("REVOKE FEDERATED ADMIN ON *.* FROM master")
    assert bench.sql("SELECT event_name, status FROM information_schema.events ORDER BY 1") == [
        ("e", "DISABLED"),
        ("off", "DISABLED"),
    ]
    assert "planted" not in bench.everything_readable()
    told = {row["role"]: row["outcome"] for row in outcome.report["neutralised"]}
    assert told == {"event e of shop": "disabled", "server other": "dropped"}


def test_rdss_procedures_empty_the_logs_where_they_are(bench: MariaDbBench) -> None:
    """On RDS the master may not truncate the log tables; rotating twice empties the backup table too."""
    for log in ("general_log", "slow_log"):
        bench.maria.superuser_sql(
            f"CREATE TABLE mysql.{log}_backup LIKE mysql.{log}",
            f"CREATE PROCEDURE mysql.rds_rotate_{log} () BEGIN DROP TABLE mysql.{log}_backup; CREATE TABLE mysql.{log}_backup ENGINE = MyISAM AS SELECT * FROM mysql.{log}; "
            f"TRUNCATE mysql.{log}; END",
        )
    log_a_statement(bench)
    try:
        bench.mask("  {}")
        for log in ("general_log", "slow_log"):
            assert bench.maria.superuser_sql(
                f"SELECT (SELECT COUNT(*) FROM mysql.{log}) + (SELECT COUNT(*) FROM mysql.{log}_backup)"
            ) == [(0,)]
    finally:
        for log in ("general_log", "slow_log"):
            bench.maria.superuser_sql(f"DROP PROCEDURE mysql.rds_rotate_{log}", f"DROP TABLE mysql.{log}_backup")


def test_statistics_of_tables_that_no_rules_speak_of_do_not_leave(bench: MariaDbBench) -> None:
    """Of the server's own tables, a password among them, and of tables that are gone: a restored dump brings such."""
    bench.sql(T)
    bench.maria.superuser_sql(
        "CREATE SERVER other FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h', USER 'u', PASSWORD 'planted-secret')",
        "GRANT FEDERATED ADMIN ON *.* TO master",
    )
    bench.sql("""
        ANALYZE TABLE mysql.servers PERSISTENT FOR ALL;
        INSERT INTO mysql.column_stats (db_name, table_name, column_name, min_value) VALUES ('gone', 't', 'm', 'planted'), ('shop', 'gone', 'm', 'planted')""")
    try:
        outcome = bench.mask("  t: {id: keep, m: hash, n: keep}", "sql: [ANALYZE TABLE t PERSISTENT FOR ALL]")
    finally:
        bench.maria.superuser_sql("REVOKE FEDERATED ADMIN ON *.* FROM master")
    assert [step["by"] for step in outcome.report["purged"] if step["place"] == "mysql.column_stats"] == [
        "forget strays"
    ]
    left = bench.sql("SELECT db_name, table_name, column_name FROM mysql.column_stats ORDER BY 1, 2, 3")
    assert left == [("shop", "t", "id"), ("shop", "t", "m"), ("shop", "t", "n")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sql_select_limit", "5"),
        ("alter_algorithm", "'INSTANT'"),
        ("init_connect", "'SET autocommit = 0, foreign_key_checks = 0'"),
    ],
)
def test_settings_of_the_server_do_not_change_what_a_run_does(bench: MariaDbBench, name: str, value: str) -> None:
    """Whoever reads only some rows of a catalog sees only some columns; whoever may not copy a table cannot rebuild it."""
    bench.sql(f"{T} CREATE TABLE copied AS SELECT n AS id, n, m FROM t")
    (before,) = bench.maria.superuser_sql(f"SELECT @@GLOBAL.{name}")[0]
    bench.maria.superuser_sql(f"SET GLOBAL {name} = {value}")
    try:
        outcome = bench.sanitize(
            "tables:\n  t: {id: keep, m: hash, n: {keep: {reason: none}}}\n  copied: {id: keep, n: keep, m: keep}"
        )
    finally:
        bench.maria.superuser_sql(f"SET GLOBAL {name} = {before!r}")
    assert outcome.code == 23, outcome.message
    assert "shop: m of copied: 300 text(s)" in outcome.problems


def test_a_failing_purge_is_told_as_such(bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 22, also where the server tells a failure in rows instead of raising it."""
    bench.sql(T)
    flavour = MARIADB._replace(forget_statistics="ANALYZE TABLE no_such_table")
    monkeypatch.setattr("sanitizer.mysql.connection.flavour_of", lambda _version: flavour)
    bench.sql("CREATE TABLE s LIKE t; INSERT INTO s SELECT * FROM t; ANALYZE TABLE s PERSISTENT FOR ALL")
    outcome = bench.sanitize("tables:\n  t: {id: keep, m: hash, n: hash}\n  s: {id: keep, m: keep, n: keep}")
    assert outcome.code == 22
    assert "forget statistics of s in database shop" in outcome.message

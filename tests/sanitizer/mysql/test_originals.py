"""Verify finds an original wherever it was copied to, says where and how many, never what, and cries at nothing else."""

import re

import pytest

from sanitizer.mysql import expressions
from tests.sanitizer.mysql.workbench import MariaDbBench

TABLE = """
CREATE TABLE people (id INT PRIMARY KEY, mail VARCHAR(60), name VARCHAR(60), phone VARCHAR(60));
INSERT INTO people SELECT seq, CONCAT('Planted.', seq, '@posteo.example'), CONCAT('Planted', CHAR(97 + seq), ' Lindqvist'), CONCAT('+33 6 98 76 54 ', 10 + seq)
FROM seq_1_to_20;
"""
RULES = "tables:\n  people: {id: keep, mail: email, name: {name: fr_FR}, phone: {phone: FR}}\n"
# A column of a kept table, made of the masked one.
CELLS = {
    "as it is": "mail",
    "another case": "UPPER(mail)",
    "the middle of a text": r"CONCAT('met <', mail, '>\n')",
    "a name in a text": r"CONCAT('Dear\t', name, ',')",
    "a number without its spaces": "REPLACE(phone, ' ', '')",
    "a document": r"JSON_OBJECT('a', JSON_ARRAY(JSON_OBJECT('b', CONCAT('\n', name))))",
    "a key of a document": "JSON_OBJECT(mail, 1)",
    "binary": "CAST(CONCAT('é', CHAR(0), mail) AS BINARY)",
    "another character set": "CONVERT(CONCAT('é ', mail) USING latin1)",
    "a large number": "CAST(REPLACE(REPLACE(phone, ' ', ''), '+', '') AS UNSIGNED)",
    "a number of any size": "CAST(REPLACE(REPLACE(phone, ' ', ''), '+', '') AS DECIMAL(20, 2))",
    "base64": "TO_BASE64(mail)",
    "hex": "HEX(phone)",
    "a login as HTTP sends it": "CONCAT('Basic ', TO_BASE64(CONCAT(mail, ':secret')))",
    "base64 in lines": "TO_BASE64(CONCAT(REPEAT('Dear all ', 6), name))",
    "hex as a literal": "CONCAT('0x', HEX(CONCAT('was ', name, '!')))",
    "a digest": "MD5(mail)",
    "a digest of small letters": "UPPER(SHA2(LOWER(mail), 256))",
}
# What else shows an original. Of binary digests some hold bytes that mean something else to whoever reads texts.
PLACES = {
    "CREATE TABLE digests AS SELECT UNHEX(SHA2(LOWER(mail), 256)) AS d FROM people": "d of digests: 1",
    "ALTER TABLE people COMMENT 'ask Planted.3@posteo.example'": "people of comments of tables: 1 ",
    "ALTER TABLE people MODIFY id INT COMMENT 'ask Planted.3@posteo.example'": "people.id of comments, defaults and labels: 1 ",
    "ALTER TABLE cells ADD owner VARCHAR(60) DEFAULT 'planted.4@posteo.example' AFTER n": "owner of cells: 20 ",
    "ALTER TABLE cells ADD boss ENUM ('planted.5@posteo.example')": "cells.boss of comments, defaults and labels: 1 ",
    "CREATE INDEX i ON people (mail) COMMENT 'planted.5@posteo.example'": "i of comments of indexes: 1 ",
    "CREATE FUNCTION f() RETURNS TEXT RETURN 'planted.6@posteo.example'": "f of routines: 1 ",
    "CREATE FUNCTION h(a INT) RETURNS SET('planted.8@posteo.example') RETURN NULL": "h of parameters of routines: 1 ",
    "ALTER TABLE people ADD CONSTRAINT no_staff CHECK (id = 9 OR mail <> 'planted.9@posteo.example')": "people.no_staff of check constraints: 1 ",
    "CREATE TRIGGER g BEFORE INSERT ON people FOR EACH ROW SET NEW.mail = 'planted.7@posteo.example'": "g of triggers: 1 ",
    "CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DO SELECT 'Plantedb Lindqvist'": "e of events: 1 ",
    "CREATE VIEW v AS SELECT 'Plantedc Lindqvist' AS who": "v of views: 1 ",
    "ANALYZE TABLE cells PERSISTENT FOR ALL": "cells.as it is of planner's statistics: 2 ",
}


def test_an_original_is_found_in_every_place_that_shows_it(bench: MariaDbBench) -> None:
    """Everything that SQL shows to whoever gets the database."""
    cells = ", ".join(f"{value} AS `{name}`" for name, value in CELLS.items())
    for statement in (TABLE, f"CREATE TABLE cells AS SELECT 7 AS n, {cells} FROM people", *PLACES):
        bench.sql(statement)
    kept = ", ".join(f'"{name}": keep' for name in ("n", "owner", "boss", *CELLS))
    outcome = bench.sanitize(f"{RULES}  cells: {{{kept}}}\n  digests: {{d: keep}}\n")
    assert outcome.code == 23, outcome.lines
    assert outcome.report is None
    assert "planted" not in str(outcome).lower()
    told = [
        *(f"shop: {name} of cells: 20 text(s)" for name in CELLS),
        *(f"shop: {each}" for each in PLACES.values()),
    ]
    assert [each for each in told if each not in outcome.problems] == []


def test_an_original_that_looks_masked_is_looked_for_too(bench: MariaDbBench) -> None:
    """Tokens of as many hexadecimal digits as a hash has: no key makes the same of another. In documents too."""
    bench.sql("""
        CREATE TABLE people (id INT PRIMARY KEY, token CHAR(32), doc JSON);
        INSERT INTO people SELECT seq, MD5(CONCAT(seq, 't')), JSON_OBJECT('token', MD5(CONCAT(seq, 'd'))) FROM seq_1_to_20;
        CREATE TABLE visits AS SELECT UPPER(token) AS token, JSON_VALUE(doc, '$.token') AS `inner` FROM people""")
    kept = "{token: {keep: {reason: a test}}, inner: keep}"
    rules = f"tables:\n  people: {{id: keep, token: hash, doc: {{json: {{$.token: hash}}}}}}\n  visits: {kept}\n"
    problems = bench.sanitize(rules).problems
    assert "shop: token of visits: 20 text(s)" in problems
    assert "shop: inner of visits: 20 text(s)" in problems


def test_a_masked_uuid_is_looked_for_too(bench: MariaDbBench) -> None:
    """In a column of its own type, and in texts: who is known by one in another table would be known again."""
    bench.sql("""
        CREATE TABLE people (id UUID PRIMARY KEY); INSERT INTO people SELECT UUID() FROM seq_1_to_20;
        CREATE TABLE visits (person UUID, said TEXT); INSERT INTO visits SELECT id, CONCAT('by ', UPPER(id)) FROM people""")
    problems = bench.sanitize("tables:\n  people: {id: uuid}\n  visits: {person: keep, said: keep}").problems
    assert "shop: person of visits: 20 text(s)" in problems
    assert "shop: said of visits: 20 text(s)" in problems


def test_what_masking_missed_is_found_by_its_originals_alone(
    bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mask that returns its input, even where nobody recognises what it should have written."""
    bench.sql(TABLE)
    monkeypatch.setattr(expressions, "EXPRESSIONS", dict.fromkeys(expressions.EXPRESSIONS, lambda cell: cell.value))
    monkeypatch.setattr("sanitizer.mysql.verify.recognised", lambda _seen: None)
    problems = bench.sanitize(RULES).problems
    for column in ("mail", "name", "phone"):
        assert f"shop: {column} of people: 20 text(s)" in problems


def test_what_rules_leave_is_no_finding(bench: MariaDbBench) -> None:
    """Rows of conditions, kept paths of documents, texts that an expression keeps, outputs that production holds already, common words."""
    bench.sql("""
        CREATE TABLE t (id INT, mail VARCHAR(60), doc JSON, note VARCHAR(60), country VARCHAR(60), masked VARCHAR(60), who VARCHAR(60), state VARCHAR(60));
        CREATE TABLE places (country VARCHAR(60), doc VARCHAR(60), note VARCHAR(60), mail VARCHAR(60), who VARCHAR(60), state VARCHAR(60));
        INSERT INTO t SELECT seq, CONCAT('staff', seq, '@posteo.example'),
            JSON_OBJECT('way', CONCAT('newsletter-2024-', seq), 'from', CONCAT('customer', seq, '@posteo.example')), CONCAT('Ticket ', 1000000 + seq),
            IF(seq % 2, 'Czechia', 'Slovenia'), CONCAT(LPAD(seq, 20, '0'), '@example.com'), 'Emmanuelle Fontaine', 'disabled' FROM seq_1_to_40;
        INSERT INTO places SELECT country, JSON_VALUE(doc, '$.way'), note, masked, who, state FROM t""")
    bench.mask("""  t: {id: keep, mail: {email: {}, where: id > 20}, doc: {json: {$.way: keep, $.from: email}},
      note: {regex: {match: 'x', replace: 'y', otherwise: keep}}, country: {country: fr_FR}, masked: email, who: {name: fr_FR}, state: {fixed: disabled}}
  places: {country: keep, doc: keep, note: keep, mail: keep, who: {keep: {reason: of invented persons}}, state: keep}""")


def test_a_key_that_the_rules_keep_is_no_original_where_what_refers_to_it_is_masked(bench: MariaDbBench) -> None:
    """Who takes away whose orders these are leaves the people as they are."""
    bench.sql("""
        CREATE TABLE people (id UUID, code VARCHAR(40), UNIQUE (id), UNIQUE (code, id));
        INSERT INTO people SELECT UUID(), CONCAT('customer-2024-', seq) FROM seq_1_to_40;
        CREATE TABLE orders (owner UUID REFERENCES people (id), code VARCHAR(40), `by` UUID, FOREIGN KEY (code, `by`) REFERENCES people (code, id));
        INSERT INTO orders SELECT id, code, id FROM people""")
    bench.mask("  people: {id: keep, code: keep}\n  orders: {owner: set_null, code: set_null, by: set_null}")


def test_what_the_rules_call_common_may_stand_elsewhere(bench: MariaDbBench) -> None:
    """Postcodes that another table lists. The report says so."""
    bench.sql("""
        CREATE TABLE people (postcode VARCHAR(40), doc JSON); INSERT INTO people SELECT CONCAT('SW', seq, ' 1AA'), JSON_OBJECT('at', CONCAT('NW', seq, ' 1AA')) FROM seq_1_to_40;
        CREATE TABLE postcodes AS SELECT postcode, JSON_VALUE(doc, '$.at') AS `at` FROM people""")
    common = "{postcode: fr_FR, common: all are listed}"
    report = bench.mask(
        f"  people: {{postcode: {common}, doc: {{json: {{$.at: {common}}}}}}}\n  postcodes: {{postcode: keep, at: keep}}"
    ).report
    assert "by right: shop: postcode of people (all are listed); shop: doc of people (all are listed)." in str(report)


def test_a_number_that_the_server_gave_is_no_original(bench: MariaDbBench) -> None:
    """Keys, and what refers to them, are numbers of rows; a large table has some of as many digits as people have in theirs."""
    bench.sql("""
        CREATE TABLE people (ssn VARCHAR(40)); INSERT INTO people SELECT 600000000 + 7 * seq FROM seq_1_to_40;
        CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, n INT) AUTO_INCREMENT = 600000000; INSERT INTO orders (n) SELECT seq FROM seq_1_to_400;
        CREATE TABLE orderlines (line INT REFERENCES orders (id)); INSERT INTO orderlines SELECT id FROM orders""")
    bench.mask("  people: {ssn: hash}\n  orders: {id: keep, n: keep}\n  orderlines: {line: keep}")


def test_labels_of_a_masked_column_are_no_originals(bench: MariaDbBench) -> None:
    """They are what its definition says, which masking leaves."""
    bench.sql("""
        CREATE TABLE t (id INT, s SET ('newsletter-2024', 'planted-2023'), e ENUM ('newsletter-2024', 'planted-2023'));
        INSERT INTO t SELECT seq, 'newsletter-2024,planted-2023', 'planted-2023' FROM seq_1_to_20""")
    bench.mask("  t: {id: keep, s: set_null, e: set_null}")


def test_what_stands_for_no_value_is_no_original(bench: MariaDbBench) -> None:
    """One character over and over: numbers of zeros, in a masked column and in a kept one."""
    bench.sql("""
        CREATE TABLE t (id UUID, phone VARCHAR(60)); CREATE TABLE kept (id UUID, n VARCHAR(60), x VARCHAR(60));
        INSERT INTO t VALUES ('00000000-0000-0000-0000-000000000000', '000-000-0000'), (UUID(), '999999999'), (UUID(), 'xxxxxxxx');
        INSERT INTO kept VALUES ('00000000-0000-0000-0000-000000000000', '000-000-0000', '999999999'), (NULL, 'xxxxxxxx', '0000000000')""")
    bench.mask("  t: {id: uuid, phone: {phone: FR}}\n  kept: {id: keep, n: keep, x: keep}")


def test_rows_that_the_server_cannot_send_as_one_text_are_searched_too(bench: MariaDbBench) -> None:
    """Longer than any value may be; and separators in values, which leave a row without names."""
    for statement in (
        TABLE,
        "CREATE TABLE files (a LONGTEXT, b LONGTEXT)",
        "INSERT INTO files SELECT REPEAT('x ', 5000000), CONCAT(REPEAT('y ', 5000000), mail) FROM people WHERE id = 3",
        "INSERT INTO files VALUES ('short', NULL), (NULL, NULL), (NULL, 'planted.4@posteo.example')",
        r"CREATE TABLE parted AS SELECT CONCAT('x', CHAR(31 USING utf8mb4), mail) AS a, 1 AS n FROM people",
    ):
        bench.sql(statement)
    outcome = bench.sanitize(f"{RULES}  files: {{a: keep, b: keep}}\n  parted: {{a: keep, n: keep}}\n")
    assert "shop: b of files: 2 text(s)" in outcome.problems
    assert "shop: parted: 20 text(s)" in outcome.problems


def test_a_value_longer_than_the_servers_packets_is_searched_too(bench: MariaDbBench) -> None:
    """Of such texts and binary values some of the server's functions make NULL, with a warning that nobody reads."""
    for statement in (
        TABLE,
        "CREATE TABLE files (a LONGTEXT, l LONGTEXT CHARACTER SET latin1, b LONGBLOB)",
        "INSERT INTO files SELECT CONCAT(f, mail), CONCAT(f, mail), CONCAT(f, mail) FROM people, (SELECT REPEAT('x ', 600000) AS f) AS filling WHERE id = 3",
    ):
        bench.sql(statement)
    bench.maria.superuser_sql("SET GLOBAL max_allowed_packet = 1048576")
    try:
        outcome = bench.sanitize(f"{RULES}  files: {{a: keep, l: keep, b: keep}}\n")
    finally:
        bench.maria.superuser_sql("SET GLOBAL max_allowed_packet = DEFAULT")
    assert outcome.code == 23, outcome.lines
    for column in ("a", "l", "b"):
        assert f"shop: {column} of files: 1 text(s)" in outcome.problems


SPARSE_RULES = """tables:
  t: {id: keep, rare: email, never: email, blank: email, picked: {email: {}, where: "id = 40000"}, often: email, note: {keep: {reason: x}}}
"""


def sparse(bench: MariaDbBench) -> None:
    """Columns that are empty nearly everywhere, each in its own way; of one most values belong to others."""
    columns = ", ".join(f"{name} VARCHAR(60)" for name in ("rare", "never", "picked", "often", "note"))
    bench.sql(f"CREATE TABLE t (id INT PRIMARY KEY, {columns}, blank VARCHAR(60) NOT NULL DEFAULT '')")
    bench.sql("""
        INSERT INTO t (id, rare, blank, picked, often, note)
        SELECT seq, IF(seq = 49007, 'Rare.1@posteo.example', NULL), IF(seq = 31007, 'Blank.1@posteo.example', ''), CONCAT('Picked.', seq, '@posteo.example'),
            IF(seq % 90 = 0, CONCAT('Often.', seq, '@posteo.example'), NULL), IF(seq = 47007, 'ask ann.smith@gmx.de', NULL)
        FROM seq_1_to_50000""")
    bench.sql("ANALYZE TABLE t")


def test_values_of_columns_that_are_empty_nearly_everywhere_are_sought_too(bench: MariaDbBench) -> None:
    """However few rows have one, and wherever they stand; the others' sample is as large as ever."""
    sparse(bench)
    picked = "IF(id = 40000, picked, NULL) AS picked"
    bench.sql(
        f"CREATE TABLE copy AS SELECT rare, blank, {picked}, often FROM t WHERE id % 90 = 0 OR id IN (49007, 31007, 40000)"
    )
    problems = bench.sanitize(
        f"{SPARSE_RULES}  copy: {{rare: keep, blank: keep, picked: keep, often: keep}}\n"
    ).problems
    for column in ("rare", "blank", "picked"):
        assert f"shop: {column} of copy: 1 text(s)" in problems
    often = re.search(r"shop: often of copy: (\d+) text", problems)
    assert often is not None
    assert 200 <= int(often[1]) <= 300


def test_a_kept_column_that_is_empty_nearly_everywhere_is_looked_at_too(bench: MariaDbBench) -> None:
    """One address in fifty thousand rows is an address."""
    sparse(bench)
    outcome = bench.sanitize(SPARSE_RULES.replace("note: {keep: {reason: x}}", "note: keep"))
    assert outcome.code == 23
    assert "1 of 1 sampled values of note of t seem" in outcome.problems


def test_of_large_tables_some_rows_are_searched_where_the_rules_say_so(
    bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From all over them; of others every row."""
    monkeypatch.setattr("sanitizer.pipeline.SEARCHED_ROWS", 500)
    for statement in (
        TABLE,
        "CREATE TABLE large AS SELECT mail AS m FROM people, seq_1_to_200",
        "CREATE TABLE small AS SELECT mail AS m FROM people",
        "ANALYZE TABLE large",
    ):
        bench.sql(statement)
    problems = bench.sanitize(f"originals: sampled\n{RULES}  large: {{m: keep}}\n  small: {{m: keep}}\n").problems
    assert "shop: m of small: 20 text(s)" in problems
    found = re.search(r"shop: m of large: (\d+) text", problems)
    assert found is not None
    assert 0 < int(found[1]) < 2000


def test_of_a_view_is_searched_what_it_shows_in_time(bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails, takes too long, writes, or shows many rows makes no run red: the report says that it was not searched whole. A short one is."""
    monkeypatch.setattr("sanitizer.mysql.originals.VIEW_SECONDS", 1)
    for room in ("mysql.originals", "verification"):
        monkeypatch.setattr(f"sanitizer.{room}.VIEW_ROWS", 10)
    for statement in (
        TABLE,
        "CREATE TABLE counter (n INT); CREATE TABLE gone (t TEXT)",
        "CREATE FUNCTION counted() RETURNS TEXT BEGIN INSERT INTO counter VALUES (1); RETURN 'one'; END",
        "CREATE VIEW failing AS SELECT CAST((SELECT id FROM people) AS CHAR) AS t",
        "CREATE VIEW slow AS SELECT CAST(SLEEP(60) AS CHAR) AS t",
        "CREATE VIEW writing AS SELECT counted() AS t",
        "CREATE VIEW `long` AS SELECT name FROM people",
        "CREATE VIEW short AS SELECT name FROM people LIMIT 5",
        "CREATE VIEW broken AS SELECT t FROM gone",
        "DROP TABLE gone",
    ):
        bench.sql(statement)
    report = bench.sanitize(f"{RULES}  counter: {{n: keep}}\n").report
    assert report is not None
    shown = "What it shows of tables was searched there."
    assert sorted(limit for limit in report["limits"] if "view" in limit) == [
        f"shop: only the first 10 rows of view long were searched. {shown}",
        f"shop: view failing was not searched whole: error 1242 (SUBQUERY_NO_1_ROW). {shown}",
        f"shop: view slow was not searched whole: error 1969 (STATEMENT_TIMEOUT). {shown}",
        f"shop: view writing was not searched whole: error 1792 (OperationalError). {shown}",
    ]
    assert bench.rows("SELECT COUNT(*) FROM counter") == [(0,)]

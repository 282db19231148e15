"""Verify finds an original wherever it was copied to, says where and how many, never what, and cries at nothing else."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from psycopg import sql

from sanitizer.functions import FUNCTIONS
from sanitizer.originals import Texts
from sanitizer.postgresql import expressions
from sanitizer.postgresql.session import PostgreSqlSession
from sanitizer.rules import OF_THE_SERVER
from sanitizer.verification import SEARCHED_ROWS
from tests.sanitizer import once
from tests.sanitizer.workbench import Workbench

pytestmark = once
TABLE = """
CREATE TABLE people (id int PRIMARY KEY, mail text, name text, phone text);
INSERT INTO people SELECT i, 'Planted.' || i || '@posteo.example', 'Planted' || chr(97 + i) || ' Lindqvist', '+33 6 98 76 54 ' || 10 + i
FROM generate_series(1, 20) i;
"""
RULES = "  public.people: {id: keep, mail: email, name: {name: fr_FR}, phone: {phone: FR}}\n"


@pytest.fixture
def found(bench: Workbench) -> Callable[..., str]:
    """What a run says that must find originals."""

    def run(statements: str = "", rules: str = "", after: str = "") -> str:
        bench.sql(TABLE + statements)
        outcome = bench.sanitize(
            f"large_objects: keep\ntables:\n{RULES}{rules}{f'sql: {{after: [{after}]}}' if after else ''}"
        )
        assert outcome.code == 23, outcome.lines
        assert outcome.report is None
        assert outcome.lines[-1]["event"] == "VerifyFailed"
        assert "planted" not in str(outcome).lower()
        return outcome.problems

    return run


# A column of a kept table, made of the masked one.
CELLS = {
    "as it is": "mail",
    "another case": "upper(mail)",
    "the middle of a text": "E'met <' || mail || E'>\\n'",
    "a name in a text": "E'Dear\\t' || name || E',\\n'",
    "a number without its spaces": "replace(phone, ' ', '')",
    "a document": "jsonb_build_object('a', jsonb_build_array(jsonb_build_object(E'b\\nc', E'\\n' || name)))",
    "an escaped document": """('{"a": "\\u0050' || substr(mail, 2) || '"}')::json""",
    "a key of a document": "jsonb_build_object(mail, 1)",
    "an array": "ARRAY['x', name]",
    "xml": "xmlelement(name p, mail)",
    "binary": "convert_to('é' || chr(10) || mail, 'UTF8')",
    "a row": "row(1, people.*)::text",
    "words of a search": "to_tsvector('simple', mail)",
    "a domain": "mail::address",
    "a composite": "(mail, 1)::pair",
    "binary in an array": "ARRAY[convert_to(mail, 'UTF8')]",
    "binary in a composite": "(convert_to(mail, 'UTF8'), 1)::bytes",
    "a range": "words(mail, mail, '[]')",
    "ranges": "ARRAY[words(name, name, '[]')]",
    "a large number": "regexp_replace(phone, '\\D', '', 'g')::bigint",
    "a number of any size": "regexp_replace(phone, '\\D', '', 'g')::numeric(20, 2)",
    "large numbers": "ARRAY[regexp_replace(phone, '\\D', '', 'g')::bigint]",
    "base64": "encode(convert_to(mail, 'UTF8'), 'base64')",
    "hex": "encode(convert_to(phone, 'UTF8'), 'hex')",
    "a login as HTTP sends it": "'Basic ' || encode(convert_to(mail || ':secret', 'UTF8'), 'base64')",
    "signed claims": "'eyJhbGciOiJIUzI1NiJ9.' || rtrim(translate(replace(encode(convert_to('{\"sub\": 7, \"who\": \"' || mail || '\", \"é\": 1}', 'UTF8'), 'base64'), chr(10), ''), '+/', '-_'), '=') || '.c2lnbmF0dXJl'",
    "base64 in lines": "'To: x' || chr(10) || encode(convert_to(repeat('Dear all ', 6) || name || chr(10), 'UTF8'), 'base64') || '--'",
    "base64 in a document": """format('{"a": "%s"}', replace(encode(convert_to('?~?~?>?' || name || '?~?~', 'UTF8'), 'base64'), '/', chr(92) || '/'))::json""",
    "base64 in base64": "encode(convert_to('x ' || encode(convert_to('was ' || mail, 'UTF8'), 'base64'), 'UTF8'), 'base64')",
    "base64 of a binary frame": "encode(convert_to('x', 'UTF8') || decode('0001ff031219', 'hex') || convert_to(mail, 'UTF8') || decode('00ff9c', 'hex'), 'base64')",
    "hex as a literal": "'0x' || encode(convert_to('was ' || name || '!', 'UTF8'), 'hex')",
    "hex as binary values": "convert_to('was ' || mail, 'UTF8')::text",
    "a digest": "md5(mail)",
    "a digest of small letters": "encode(sha256(convert_to(lower(mail), 'UTF8')), 'hex')",
    "a digest in a document": "jsonb_build_object('id', upper(md5(name)))",
    "a digest in base64": "encode(sha256(convert_to(mail, 'UTF8')), 'base64')",
    "a digest of a number's digits": "encode(sha256(convert_to(regexp_replace(phone, '\\D', '', 'g'), 'UTF8')), 'hex')",
}
# What else shows an original. Of binary digests some hold bytes that mean something else to whoever reads texts.
PLACES = {
    "CREATE TABLE digests AS SELECT sha256(convert_to(lower(mail), 'UTF8')) AS d FROM people": "d of public.digests: 1",
    "CREATE TABLE parted (m text) PARTITION BY HASH (m); CREATE TABLE part PARTITION OF parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);"
    " INSERT INTO parted SELECT mail FROM people": "m of public.parted: 20 ",
    "CREATE TABLE audit (old text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit SELECT OLD.mail; RETURN NEW; END';"
    " CREATE TRIGGER g BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION f(); UPDATE people SET id = id": "old of public.audit: 20 ",
    'CREATE MATERIALIZED VIEW seen AS SELECT "as it is" AS m FROM cells': "m of public.seen: 20 ",
    "ANALYZE": "public.cells.as it is of planner's statistics: 1 ",
    "COMMENT ON COLUMN people.id IS 'ask Planted.3@posteo.example'": "table column public.people.id of comments: 1 ",
    "CREATE FUNCTION who() RETURNS text LANGUAGE sql AS 'SELECT ''planted.4@posteo.example''::text'": "public.who of function bodies: 2 ",
    "ALTER TABLE people ALTER id SET DEFAULT length('planted.5@posteo.example')": "public.people.id of default expressions: 1 ",
    "CREATE VIEW v AS SELECT 'Plantedb Lindqvist' AS who": "public.v of definitions of views and rules: 1 ",
    "ALTER TABLE people ADD CHECK (id <> length('planted.5@posteo.example'))": "public.people_id_check of constraints: 1 ",
    "CREATE TYPE boss AS ENUM ('planted.6@posteo.example')": "boss of enum labels: 1 ",
    "CREATE INDEX i ON people (id) WHERE length('planted.6@posteo.example') > 7": "public.i of indexes: 1 ",
    "CREATE AGGREGATE joined (text) (sfunc = textcat, stype = text, initcond = 'planted.6@posteo.example')": "public.joined of initial values of aggregates: 1 ",
    "CREATE TABLE bound (m text) PARTITION BY LIST (m); CREATE TABLE bound_1 PARTITION OF bound FOR VALUES IN ('planted.6@posteo.example')": "public.bound_1 of bounds of partitions: 1 ",
    "CREATE STATISTICS worded ON (mail || 'planted.6@posteo.example') FROM people": "public.worded of definitions of extended statistics: 1 ",
    "CREATE DOMAIN dear AS text DEFAULT 'planted.6@posteo.example'": "dear of domain defaults: 1 ",
    "CREATE TRIGGER t BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION f('planted.6@posteo.example')": "public.people.t of triggers: 1 ",
    "CREATE POLICY p ON audit USING (old <> 'planted.6@posteo.example')": "public.audit.p of policies: 1 ",
    "CREATE PUBLICATION news FOR TABLE audit WHERE (old <> 'planted.6@posteo.example')": "news of public.audit of publications: 1 ",
    "ALTER DATABASE shop SET application_name = 'planted.6@posteo.example'": "@shop of settings of roles and databases: 1 ",
    "CREATE STATISTICS twins (mcv) ON phone, mail FROM mcv": "public.twins of extended statistics: 1 ",
    "SELECT lo_from_bytea(4711, convert_to(mail, 'UTF8')) FROM people WHERE id = 9": "4711 of large objects: 1 ",
    "SELECT lo_from_bytea(4712, convert_to(repeat('x ', 1500000) || mail, 'UTF8')) FROM people WHERE id = 9": "4712 of large objects: 1 ",
}


def test_an_original_is_found_in_every_place_that_shows_it(bench: Workbench, found: Callable[..., str]) -> None:
    """Everything that SQL shows to whoever gets the database."""
    cells = ", ".join(f'{value} AS "{name}"' for name, value in CELLS.items())
    made = f"""CREATE DOMAIN address AS text; CREATE TYPE pair AS (a text, b int); CREATE TYPE bytes AS (a bytea, b int);
        CREATE TYPE words AS RANGE (subtype = text); CREATE TABLE cells AS SELECT 7 AS n, {cells} FROM people;
        CREATE TABLE mcv AS SELECT phone, mail FROM people, generate_series(1, 3)"""
    kept = ", ".join(f'"{name}": keep' for name in ("n", *CELLS))
    rules = f"  public.cells: {{{kept}}}\n  public.parted: {{m: keep}}\n  public.audit: {{old: keep}}\n  public.mcv: {{phone: keep, mail: keep}}\n  public.bound: {{m: keep}}\n  public.digests: {{d: keep}}\n"
    problems = found("; ".join((made, *PLACES)), rules)
    bench.sql("ALTER DATABASE shop RESET application_name; SELECT lo_unlink(4711), lo_unlink(4712)")
    told = [
        *(f"shop: {name} of public.cells: 20 text(s)" for name in CELLS),
        *(f"shop: {each}" for each in PLACES.values()),
    ]
    assert [each for each in told if each not in problems] == []


# A name beyond ASCII, as people and programs write it.
FORMS = {
    "capitals": "upper(name)",
    "in quotation marks": "chr(8220) || name || chr(8221)",
    "after a dash": "chr(8211) || name || chr(8230)",
    "with an apostrophe": "'l' || chr(8217) || name",
    "not to be broken": "replace(name, ' ', chr(160))",
    "with a mark nobody sees": "name || chr(8203)",
    "with a hyphen nobody sees": "replace(name, 'qv', 'q' || chr(173) || 'v')",
    "beside a face": "name || chr(128512)",
    "letters and accents apart": "normalize(name, NFD)",
    "wide": "replace(name, 'P', chr(65328))",
    "in an address of a page": "'/find?q=' || replace(replace(replace(name, ' ', '%20'), 'é', '%C3%A9'), 'ä', '%c3%a4') || '&x=1'",
    "as a form sends it": "'q=' || replace(name, ' ', '+')",
    "in HTML": "'<b>' || replace(replace(replace(name, ' ', '&nbsp;'), 'é', '&#233;'), 'ä', '&auml;') || '</b>'",
    "in HTML by numbers": "replace(replace(name, 'ä', '&#xE4;'), 'P', '&#80;')",
}


def test_an_original_is_found_however_its_letters_are_written(bench: Workbench) -> None:
    """Case and accents beyond ASCII, typographers' marks, characters that nobody sees."""
    bench.sql("""CREATE TABLE people (id int PRIMARY KEY, name text);
        INSERT INTO people SELECT i, 'Planté' || chr(97 + i) || ' Längqvißt' FROM generate_series(1, 20) i""")
    cells = ", ".join(f'{value} AS "{name}"' for name, value in FORMS.items())
    bench.sql(f"CREATE TABLE cells AS SELECT {cells} FROM people")
    kept = ", ".join(f'"{name}": keep' for name in FORMS)
    rules = f"tables:\n  public.people: {{id: keep, name: {{name: fr_FR}}}}\n  public.cells: {{{kept}}}\n"
    outcome = bench.sanitize(rules)
    assert outcome.code == 23, outcome.lines
    assert [name for name in FORMS if f"shop: {name} of public.cells: 20 text(s)" not in outcome.problems] == []


@pytest.mark.parametrize("encoding", ["LATIN1", "EUC_JP"])
def test_a_database_of_any_encoding_is_masked_and_searched(bench: Workbench, encoding: str) -> None:
    """What stands in its columns is recognised as what masking wrote; copies are found."""
    bench.sql(f"CREATE DATABASE other ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0", "postgres")
    bench.connection("other").execute("SET client_encoding = 'UTF8'")
    bench.sql("""CREATE TABLE people (id int PRIMARY KEY, name text);
        INSERT INTO people SELECT i, 'Planté' || chr(97 + i) || ' Längqvist' FROM generate_series(1, 20) i""", "other")  # fmt: skip
    listed = "databases:\n  shop: {tables: {}}\n  other:\n    tables:\n      public.people: {id: keep, name: {name: fr_FR}}\n"
    outcome = bench.sanitize(listed)
    assert outcome.code == 0, f"{outcome.problems} {outcome.message}"
    bench.sql(
        "UPDATE people SET name = 'Planté' || chr(97 + id) || ' Længqvist'; CREATE TABLE copy AS SELECT name FROM people",
        "other",
    )
    outcome = bench.sanitize(f"{listed}      public.copy: {{name: keep}}\n")
    assert outcome.code == 23, outcome.lines
    assert "other: name of public.copy: 20 text(s)" in outcome.problems
    assert "public.people" not in outcome.problems


@pytest.mark.parametrize("path", ["public, pg_catalog", '"public","pg_catalog"'])
def test_nothing_hides_behind_a_view_that_is_called_like_one_of_the_servers(
    found: Callable[..., str], bench: Workbench, path: str
) -> None:
    """Where a database looks into the catalog last, developers' views and functions stand before the server's."""
    bench.sql(f"ALTER DATABASE shop SET search_path = {path}")
    try:
        problems = found("""
            CREATE TABLE copy AS SELECT convert_to(mail, 'UTF8') AS m FROM people; COMMENT ON TABLE copy IS 'ask Planted.3@posteo.example';
            CREATE VIEW public.pg_description AS SELECT * FROM pg_catalog.pg_description WHERE false;
            CREATE VIEW public.pg_attribute AS SELECT attrelid, attname, attnum, atttypid, attisdropped FROM pg_catalog.pg_attribute WHERE false""",
            "  public.copy: {m: keep}\n")  # fmt: skip
    finally:
        bench.sql("ALTER DATABASE shop RESET search_path", "postgres")
    assert "shop: m of public.copy: 20 text(s)" in problems
    assert "shop: table public.copy of comments: 1 text(s)" in problems


@pytest.mark.parametrize("key", ["'Planted.' || i || '@posteo.example'", "'+33 6 98 76 54 ' || 10 + i"])
def test_an_address_that_is_a_key_of_a_document_is_found(bench: Workbench, key: str) -> None:
    """Rules for documents write values anew, and no keys; other keys are the document's form."""
    bench.sql(f"""CREATE TABLE people (id int PRIMARY KEY, doc jsonb);
        INSERT INTO people SELECT i, jsonb_build_object({key}, 1, 'address2', 'x', '1700000000000', i) FROM generate_series(1, 20) i""")
    rules = "tables: {public.people: {id: keep, doc: {json: {$.name: name, unlisted: %s}}}}"
    outcome = bench.sanitize(rules % "set_null")
    assert outcome.code == 23, outcome.lines
    assert "shop: doc of public.people: 20 text(s)" in outcome.problems
    bench.forget()
    bench.sql("UPDATE people SET doc = jsonb_build_object('address2', 'x', '1700000000000', id)")
    assert bench.sanitize(rules % "set_null").code == 0


def test_a_copy_of_a_binary_value_is_found(bench: Workbench) -> None:
    """Whatever holds it: a text too."""
    bench.sql("""CREATE TABLE people (id int PRIMARY KEY, mail bytea);
        INSERT INTO people SELECT i, convert_to('Planté.' || i || '@posteo.example', 'UTF8') FROM generate_series(1, 20) i;
        CREATE TABLE copy AS SELECT mail, convert_from(mail, 'UTF8') AS said FROM people""")
    outcome = bench.sanitize(
        "tables: {public.people: {id: keep, mail: set_null}, public.copy: {mail: keep, said: keep}}"
    )
    assert outcome.code == 23, outcome.lines
    assert "shop: mail of public.copy: 20 text(s)" in outcome.problems
    assert "shop: said of public.copy: 20 text(s)" in outcome.problems


def test_a_copy_of_another_database_is_found(bench: Workbench) -> None:
    """What was masked in one must stand in none."""
    bench.sql(TABLE)
    bench.sql("CREATE DATABASE other", "postgres")
    bench.sql("CREATE TABLE copy (m text); INSERT INTO copy VALUES ('see planted.7@posteo.example')", "other")
    people = RULES.replace("  public", "      public")
    rules = f"databases:\n  shop:\n    tables:\n{people}  other:\n    tables:\n      public.copy: {{m: keep}}\n"
    outcome = bench.sanitize(rules)
    assert outcome.code == 23, outcome.lines
    assert "other: m of public.copy: 1 text(s)" in outcome.problems


def test_a_copy_in_the_servers_own_databases_is_found(bench: Workbench) -> None:
    """No rules speak of them while nobody put tables there, but functions, views and comments show what they hold to everybody."""
    bench.sql(TABLE)
    view = "CREATE VIEW v AS SELECT 'Planted.7@posteo.example' AS m; COMMENT ON VIEW v IS '+33 6 98 76 54 18'"
    function = "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$SELECT 'Planted.9@posteo.example'$$"
    bench.sql(view, "postgres")
    bench.server.superuser_sql(function, "template1")
    try:
        outcome = bench.sanitize(f"tables:\n{RULES}")
    finally:
        bench.server.superuser_sql("DROP FUNCTION public.f()", "template1")
    assert outcome.code == 23, outcome.lines
    assert {finding["place"] for finding in outcome.findings} >= {
        "postgres: m of public.v",
        "postgres: public.v of definitions of views and rules",
        "postgres: view public.v of comments",
        "template1: public.f of function bodies",
    }


def test_what_masking_missed_is_found_by_its_originals_alone(
    found: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mask that returns its input, even where nobody recognises what it should have written."""

    def unchanged(cell: expressions.Cell) -> sql.Composable:
        return cell.value

    monkeypatch.setattr(expressions, "EXPRESSIONS", dict.fromkeys(expressions.EXPRESSIONS, unchanged))
    monkeypatch.setattr("sanitizer.postgresql.verify.recognised", lambda _seen: None)
    problems = found()
    for column in ("mail", "name", "phone"):
        assert f"shop: {column} of public.people: 20 text(s)" in problems


def test_rows_that_a_statement_missed_are_found(found: Callable[..., str]) -> None:
    """A statement that masks by hand, with a condition too narrow; and row level security that hides rows from it."""
    statements = "CREATE TABLE other AS SELECT id, mail AS m FROM people; CREATE TABLE secret AS SELECT id, mail AS m FROM people"
    hidden = """ALTER TABLE secret ENABLE ROW LEVEL SECURITY; ALTER TABLE secret FORCE ROW LEVEL SECURITY; CREATE POLICY p ON secret USING (id > 5);
        SET LOCAL row_security = on; UPDATE secret SET m = 'x'; ALTER TABLE secret NO FORCE ROW LEVEL SECURITY"""
    after = json.dumps(["UPDATE other SET m = 'x' WHERE id > 3", f"DO $$ BEGIN {hidden}; END $$"]).strip("[]")
    problems = found(statements, "  public.other: {id: keep, m: keep}\n  public.secret: {id: keep, m: keep}\n", after)
    assert "shop: m of public.other: 3 text(s)" in problems
    assert "shop: m of public.secret: 5 text(s)" in problems


def test_every_column_whose_function_forgets_its_originals_is_sampled(bench: Workbench) -> None:
    """Texts of each function; not those that it leaves as they are."""
    functions = [each for each in FUNCTIONS.values() if each.example and each.example.type == "text"]
    names = ", ".join(f'"{each.name}" text' for each in functions)
    bench.sql(f"CREATE TABLE t (id int, {names}); CREATE TABLE copy (m text)")
    for each in functions:
        assert each.example
        original = f"planted {each.name} 4711"
        bench.connection().execute(f'INSERT INTO t ("{each.name}") VALUES (%s)'.encode(), [original])
        bench.connection().execute(b"INSERT INTO copy VALUES (%s)", [original])
    columns = "".join(f"    {each.name}: {each.example.written}\n" for each in functions if each.example)
    outcome = bench.sanitize(f"tables:\n  public.t:\n    id: keep\n{columns}  public.copy: {{m: keep}}\n")
    assert outcome.code == 23, outcome.lines
    assert f"shop: m of public.copy: {len(functions)} text(s)" in outcome.problems


def test_what_rules_leave_is_no_finding(bench: Workbench) -> None:
    """Rows of conditions, kept paths of documents, texts that an expression keeps, outputs that production holds already, common words."""
    bench.sql("""
        CREATE TABLE t (id int, mail text, doc jsonb, tags text[], note text, country text, city text, masked text, who text);
        CREATE TABLE places (country text, doc text, note text, mail text, city text, who text);
        INSERT INTO t SELECT i, 'staff' || i || '@posteo.example', jsonb_build_object('way', 'newsletter-2024-' || i, 'from', 'customer' || i || '@posteo.example'),
            ARRAY['customer' || i], 'Ticket ' || 1000000 + i, CASE i % 2 WHEN 0 THEN 'Czechia' ELSE 'Slovenia' END, 'Paris', lpad(i::text, 20, '0') || '@example.com',
            'Emmanuelle Fontaine'
        FROM generate_series(1, 40) i;
        INSERT INTO places SELECT country, doc ->> 'way', note, masked, city, who FROM t; ANALYZE""")
    bench.mask("""  public.t: {id: keep, mail: {email: {}, where: id > 20}, doc: {json: {$.way: keep, $.from: email}}, tags: {each: hash},
      note: {regex: {match: 'x', replace: 'y', otherwise: keep}}, country: {country: fr_FR}, city: {city: fr_FR}, masked: email, who: {name: fr_FR}}
  public.places: {country: keep, doc: keep, note: keep, mail: keep, city: keep, who: {keep: {reason: of invented persons}}}""")


def test_a_key_that_the_rules_keep_is_no_original_where_what_refers_to_it_is_masked(bench: Workbench) -> None:
    """Who takes away whose orders these are leaves the people as they are."""
    bench.sql("""
        CREATE TABLE people (id uuid, code text, UNIQUE (id), UNIQUE (code, id));
        INSERT INTO people SELECT gen_random_uuid(), 'customer-2024-' || i FROM generate_series(1, 40) i;
        CREATE TABLE orders (owner uuid REFERENCES people (id), code text, by uuid, FOREIGN KEY (by, code) REFERENCES people (id, code));
        INSERT INTO orders SELECT id, code, id FROM people""")
    bench.mask(
        "  public.people: {id: {keep: {reason: a test}}, code: keep}\n  public.orders: {owner: set_null, code: set_null, by: set_null}"
    )


@pytest.mark.parametrize("sought", ["none", "a", "b", "c"])
def test_what_the_rules_call_common_may_stand_elsewhere(bench: Workbench, sought: str) -> None:
    """Postcodes that another table lists, in columns, documents and arrays; nothing else. The report says so."""
    bench.sql("""
        CREATE TABLE people (id int, postcode text, doc jsonb, visited text[]);
        INSERT INTO people SELECT i, 'SW' || i || ' 1AA', jsonb_build_object('at', 'NW' || i || ' 2BB'), ARRAY['SE' || i || ' 3CC'] FROM generate_series(1, 40) i;
        CREATE TABLE postcodes AS SELECT postcode AS a, doc ->> 'at' AS b, visited[1] AS c FROM people;
        CREATE VIEW places AS SELECT * FROM postcodes; ANALYZE postcodes""")
    a, b, c = ("" if sought == column else ", common: postcodes are listed" for column in "abc")
    outcome = bench.sanitize(f"""tables:
  public.people:
    {{id: keep, postcode: {{postcode: fr_FR{a}}}, doc: {{json: {{$.at: {{postcode: fr_FR{b}}}}}}}, visited: {{each: {{postcode: fr_FR{c}}}}}}}
  public.postcodes: {{a: keep, b: keep, c: keep}}\n""")
    if sought == "none":
        told = "rules say that they stand elsewhere by right: shop: postcode of public.people (postcodes are listed); "
        assert told in str(outcome.report), outcome.problems
    else:
        found = re.findall(r"(\w) of public.postcodes: 40 text", outcome.problems)
        assert (outcome.code, found) == (23, [sought])


def test_names_that_are_words_of_the_language_too_are_found_where_they_are_copies(bench: Workbench) -> None:
    """In a copy of the column, its statistics and documents of it; not in descriptions of goods, seasons and roles."""
    bench.sql("""
        CREATE TABLE people (last_name text, username text);
        INSERT INTO people SELECT 'Planted' || chr(97 + i / 8) || chr(97 + i % 8), 'planter' || chr(97 + i / 8) || chr(97 + i % 8) FROM generate_series(1, 60) i;
        INSERT INTO people VALUES ('Winter', 'administrator'), ('Summer', 'support'), ('Zimmermann', 'visitor');
        CREATE TABLE goods (season text, described text); CREATE TABLE roles (role text); COMMENT ON TABLE roles IS 'administrator';
        INSERT INTO goods VALUES ('winter', 'A summer hat for Winter'), ('summer', 'Zimmermann, Winter & Co.'), ('all', 'for the summer, "Winter"');
        INSERT INTO roles VALUES ('administrator'), ('support'), ('visitor'); ANALYZE goods, roles""")
    rules = "  public.people: {last_name: last_name, username: username}\n  public.goods: {season: keep, described: keep}\n  public.roles: {role: keep}"
    bench.mask(rules)
    bench.sql("DROP TABLE people, goods, roles")
    bench.sql("""
        CREATE TABLE people (last_name text, username text);
        INSERT INTO people SELECT 'Planted' || chr(97 + i / 8) || chr(97 + i % 8), 'planter' || chr(97 + i / 8) || chr(97 + i % 8) FROM generate_series(1, 60) i;
        CREATE TABLE goods AS SELECT last_name AS season, jsonb_build_object('by', username) AS described FROM people;
        CREATE TABLE roles AS SELECT username AS role FROM people LIMIT 5; ANALYZE goods, roles""")
    problems = bench.refuse(rules, 23)
    for place in (
        "season of public.goods: 60",
        "described of public.goods: 60",
        "role of public.roles: 5",
        "public.goods.season of planner's statistics: 60",
    ):
        assert f"shop: {place} text(s)" in problems


def test_a_number_that_the_database_gave_is_no_original(bench: Workbench) -> None:
    """Keys, and what refers to them, are numbers of rows; a large table has some of as many digits as people have in theirs."""
    bench.sql("""
        CREATE TABLE people (ssn text); INSERT INTO people SELECT 600000000 + 7 * i FROM generate_series(1, 40) i;
        CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY (START 600000000) PRIMARY KEY, serial bigserial);
        ALTER SEQUENCE orders_serial_seq RESTART 600000000;
        INSERT INTO orders SELECT FROM generate_series(1, 400);
        CREATE TABLE lines (line bigint REFERENCES orders); INSERT INTO lines SELECT id FROM orders;""")
    bench.mask("  public.people: {ssn: hash}\n  public.orders: {id: keep, serial: keep}\n  public.lines: {line: keep}")


def test_the_sample_is_as_large_as_asked(bench: Workbench) -> None:
    """And says how large it was."""
    bench.sql(TABLE)
    assert bench.mask(RULES).report["originals"] > 50  # type: ignore[index]
    (bench.directory / "report.json").unlink()
    bench.sql("DROP TABLE people;" + TABLE)
    outcome = bench.sanitize(f"sampled_values: 2\ntables:\n{RULES}")
    assert outcome.report is not None
    assert 0 < outcome.report["originals"] <= 8


# Columns that are empty nearly everywhere, each in its own way; of one most values belong to others.
SPARSE = """
CREATE TABLE t (id int, rare text, never text, blank text NOT NULL DEFAULT '', picked text, often text, note text, tags text[]);
INSERT INTO t SELECT i, CASE i WHEN 49007 THEN 'Rare.1@posteo.example' END, NULL, CASE i WHEN 31007 THEN 'Blank.1@posteo.example' ELSE '' END,
    'Picked.' || i || '@posteo.example', CASE WHEN i % 90 = 0 THEN 'Often.' || i || '@posteo.example' END,
    CASE i WHEN 47007 THEN 'ask ann.smith@gmx.de' END, CASE i WHEN 45007 THEN ARRAY['Tagged.1@posteo.example'] END
FROM generate_series(1, 50000) i;
"""
SPARSE_RULES = """  public.t:
    {id: keep, rare: email, never: email, blank: email, picked: {email: {}, where: "id = 40000"}, often: email, note: {keep: {reason: x}}, tags: {each: email}}
"""


def test_values_of_columns_that_are_empty_nearly_everywhere_are_sought_too(found: Callable[..., str]) -> None:
    """However few rows have one, and wherever they stand; the others' sample is as large as ever."""
    copies = """
        CREATE TABLE copy AS SELECT rare, blank, CASE id WHEN 40000 THEN picked END AS picked, often, tags FROM t WHERE id % 90 = 0 OR id IN (49007, 31007, 45007, 40000)"""
    problems = found(
        SPARSE + copies,
        SPARSE_RULES + "  public.copy: {rare: keep, blank: keep, picked: keep, often: keep, tags: keep}\n",
    )
    for column in ("rare", "blank", "picked", "tags"):
        assert f"shop: {column} of public.copy: 1 text(s)" in problems
    often = re.search(r"shop: often of public.copy: (\d+) text", problems)
    assert often is not None
    assert 200 <= int(often[1]) <= 300


def test_a_kept_column_that_is_empty_nearly_everywhere_is_looked_at_too(bench: Workbench) -> None:
    """One address in fifty thousand rows is an address."""
    bench.sql(SPARSE)
    outcome = bench.sanitize("tables:\n" + SPARSE_RULES.replace("note: {keep: {reason: x}}", "note: keep"))
    assert outcome.code == 23
    assert "1 of 1 sampled values of note of public.t seem" in outcome.problems


def test_a_column_without_an_original_that_tells_anything_is_named_in_the_report(bench: Workbench) -> None:
    """Where all that was read may have been written by masking, nobody looked for any. Of a column without values there was none to look for."""
    bench.sql("CREATE TABLE t (id int, rare text, never text, invented text, mail text)")
    bench.sql("""
        INSERT INTO t SELECT i, CASE i WHEN 7 THEN invented END, NULL, invented, 'Mail.' || i || '@posteo.example'
        FROM generate_series(1, 50000) i, concat(left(md5(i::text), 20), '@example.com') AS invented""")
    outcome = bench.sanitize("tables: {public.t: {id: keep, rare: email, never: email, invented: email, mail: email}}")
    assert outcome.report is not None
    said = [limit for limit in outcome.report["limits"] if "was looked for" in limit]
    assert said == [
        f"shop: no original of {column} of public.t was looked for: no sampled row held one that is certain to be changed."
        for column in ("rare", "invented")
    ]


def test_of_large_tables_some_rows_are_searched_where_the_rules_say_so(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From all over them; of others every row. As the rules file tells, and the report."""
    assert f"{SEARCHED_ROWS:,} rows" in OF_THE_SERVER["originals"]["sampled"]
    monkeypatch.setattr("sanitizer.pipeline.SEARCHED_ROWS", 500)
    bench.sql(
        f"{TABLE} CREATE TABLE large AS SELECT mail AS m, repeat('x', 90) AS x FROM people, generate_series(1, 200);"
        "CREATE TABLE small AS SELECT mail AS m FROM people; ANALYZE"
    )
    kept = "  public.large: {m: keep, x: keep}\n  public.small: {m: keep}\n"
    problems = bench.sanitize(f"originals: sampled\ntables:\n{RULES}{kept}").problems
    assert "shop: m of public.small: 20 text(s)" in problems
    found = re.search(r"m of public\.large: (\d+) text", problems)
    assert found is not None
    assert 0 < int(found[1]) < 2000


def test_of_a_table_with_many_rows_and_columns_each_finding_names_its_column(found: Callable[..., str]) -> None:
    """Also where what parts cells and rows stands in a cell: then what is found in these rows is named by the table alone."""
    columns = [f"c{number}" for number in range(130)]
    problems = found(f"""
        CREATE TABLE wide ({", ".join(f"{column} text" for column in columns)});
        INSERT INTO wide (c0, c50, c129) SELECT 'x', 'y', md5(i::text) FROM generate_series(1, 3000) i;
        UPDATE wide SET c100 = 'ask planted.7@posteo.example' WHERE ctid = '(0,5)';
        CREATE TABLE parted (a text, b text);
        INSERT INTO parted SELECT 'x', E'planted.8@\\x1f\\x1eposteo.example';
        CREATE TABLE pages (a text, b text); INSERT INTO pages SELECT 'x', 'planted.' || i || '@posteo.example' FROM generate_series(1, 5000) i;""",
        f"""  public.wide: {{{", ".join(f"{column}: keep" for column in columns)}}}
  public.parted: {{a: keep, b: keep}}
  public.pages: {{a: keep, b: {{keep: {{reason: a test}}}}}}
""",
    )  # fmt: skip
    assert "shop: c100 of public.wide: 1 text(s)" in problems
    assert "shop: public.parted: 1 text(s)" in problems
    assert "shop: b of public.pages: 20 text(s)" in problems


def test_rows_that_hold_long_values_are_read_one_by_one(bench: Workbench) -> None:
    """The server makes no text of more than a GB, which the rows of a page together might have."""
    bench.sql("""
        CREATE TABLE long (a text);
        INSERT INTO long SELECT string_agg(md5((i * j)::text), '') FROM generate_series(1, 40) i, generate_series(1, 2000) j GROUP BY i;
        CREATE TABLE short (a text); INSERT INTO short SELECT md5(i::text) FROM generate_series(1, 5000) i""")
    with bench.connection() as connection:
        session = PostgreSqlSession(connection, "shop")
        rows = {texts.place: len([*session.read(texts)]) for texts in session.texts(session.schema(), None)}
    assert rows["public.long"] == 40
    assert bench.since(14) == (rows["public.short"] < 50)


def test_an_original_that_looks_masked_is_looked_for_too(bench: Workbench) -> None:
    """Tokens of as many hexadecimal digits as a hash has, UUIDs: no key makes the same of another. In documents, texts and columns of their types."""
    bench.sql("""
        CREATE TABLE people (id uuid PRIMARY KEY, token text, doc jsonb);
        INSERT INTO people SELECT overlay(md5(i || 'i') PLACING '4' FROM 13)::uuid, md5(i || 't'), jsonb_build_object('token', md5(i || 'd')) FROM generate_series(1, 20) i;
        CREATE TABLE visits AS SELECT id AS person, ARRAY[id] AS persons, 'by ' || upper(id::text) AS said, upper(token) AS token, doc ->> 'token' AS inner FROM people""")
    kept = ", ".join(
        f"{column}: {{keep: {{reason: a test}}}}" for column in ("person", "persons", "said", "token", "inner")
    )
    rules = f"tables:\n  public.people: {{id: uuid, token: hash, doc: {{json: {{$.token: hash}}}}}}\n  public.visits: {{{kept}}}\n"
    outcome = bench.sanitize(rules)
    assert outcome.code == 23, outcome.lines
    for column in ("person", "persons", "said", "token", "inner"):
        assert f"shop: {column} of public.visits: 20 text(s)" in outcome.problems


def test_of_a_view_is_searched_what_it_shows_in_time(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails, takes too long, writes, or shows many rows makes no run red: the report says that it was not searched whole. A short one is."""
    monkeypatch.setattr("sanitizer.postgresql.originals.VIEW_SECONDS", 1)
    for room in ("postgresql.originals", "verification"):
        monkeypatch.setattr(f"sanitizer.{room}.VIEW_ROWS", 10)
    bench.sql(f"""{TABLE} CREATE SEQUENCE counter; CREATE FUNCTION counted() RETURNS text LANGUAGE sql AS 'SELECT nextval(''counter'')::text';
        CREATE VIEW failing AS SELECT (1 / (id - id))::text AS t FROM people; CREATE VIEW slow AS SELECT pg_sleep(60)::text AS t;
        CREATE VIEW writing AS SELECT counted() AS t; CREATE VIEW long AS SELECT name FROM people; CREATE VIEW short AS SELECT name FROM people LIMIT 5""")
    report = bench.mask(RULES).report
    assert report is not None
    shown = "What it shows of tables was searched there."
    assert sorted(limit for limit in report["limits"] if "view public" in limit and "pg_stat" not in limit) == [
        f"shop: only the first 10 rows of view public.long were searched. {shown}",
        f"shop: view public.failing was not searched whole: SQLSTATE 22012 (DivisionByZero). {shown}",
        f"shop: view public.slow was not searched whole: SQLSTATE 57014 (QueryCanceled). {shown}",
        f"shop: view public.writing was not searched whole: SQLSTATE 25006 (ReadOnlySqlTransaction). {shown}",
    ]
    assert bench.value("SELECT is_called FROM counter") is False


def test_many_views_do_not_keep_a_run(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """When all that they have is used up, the others are named in the report."""
    monkeypatch.setattr("sanitizer.verification.VIEWS_SECONDS", 0)
    bench.sql(f"{TABLE} CREATE VIEW one AS SELECT name FROM people; CREATE VIEW two AS SELECT name FROM people")
    report = bench.mask(RULES).report
    assert report is not None
    for view in ("one", "two"):
        limit = f"shop: view public.{view} was not searched: others have taken 0 minutes. What it shows of tables was searched there."
        assert limit in report["limits"]


def test_a_search_whose_connection_breaks_is_made_again(
    found: Callable[..., str], bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And counts nothing twice."""
    read, broken = PostgreSqlSession.read, []

    def torn(session: PostgreSqlSession, texts: Texts) -> Iterator[bytes]:
        rows = read(session, texts)
        if texts.place == "public.copy" and not broken:
            yield next(rows)
            broken.append(texts)
            bench.server.superuser_sql(f"SELECT pg_terminate_backend({session.number}, 5000)")
        yield from rows

    monkeypatch.setattr(PostgreSqlSession, "read", torn)
    large = "CREATE TABLE copy AS SELECT mail || repeat(' x', 3000) AS m FROM people, generate_series(1, 1000)"
    assert "shop: m of public.copy: 20000 text(s)" in found(large, "  public.copy: {m: keep}\n")
    assert broken


def test_a_run_taken_up_by_another_process_says_that_it_knows_no_originals(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a warning and in the report; nothing that outlives a process holds them."""
    bench.sql(TABLE)

    def stop(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sanitizer.pipeline.Pipeline._purge_server", stop)
        assert bench.sanitize(f"tables:\n{RULES}").code == 29
    assert "planted" not in str(bench.sql("SELECT * FROM sanitizer_begun.ledger")).lower()
    outcome = bench.sanitize(f"tables:\n{RULES}")
    assert any(
        line["event"] == "warning" and "originals are not looked for" in line["problem"] for line in outcome.lines
    )
    assert outcome.report is not None
    assert outcome.report["originals"] is None
    assert any(limit.startswith("No original was looked for") for limit in outcome.report["limits"])

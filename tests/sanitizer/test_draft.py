"""A draft from a live server: it says why, keeps nothing that looks personal, and passes its own checks and the whole run."""

from pathlib import Path

import psycopg
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sanitizer.functions import FUNCTIONS
from sanitizer.guesses import kind_named
from sanitizer.names import TableName
from sanitizer.postgresql.connection import Target
from sanitizer.postgresql.dialect import open_server
from sanitizer.recognisers import recognise
from sanitizer.rules import Rule
from sanitizer.rules_file import read_rules
from sanitizer.rules_text import Database, Line, Listed, scalar, written
from sanitizer.traits import Family
from tests.sanitizer import once
from tests.sanitizer.workbench import PASSWORD, USER, Outcome, Workbench, rows_of_everything

# Every planted value holds the marker, or is one of these.
MARKER = "Quillfeather"
PLANTED = (
    MARKER, "quillfeather", "+33 6 10 05 54 33", "33610055433", "4111111111111111", "DE89370400440532013000", "203.0.113.77",
    "1971-02-03", "9434765919", "48.858371", "hunter2", "Rue des Lilas", "catholic", "diabetes", "7654321",
)  # fmt: skip

# One column or more of every kind, told by its name or by its values alone; and everything that refuses a rule.
SCHEMA = r"""
CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION ltree; CREATE EXTENSION btree_gist;
CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TYPE address AS (street text, city text);
CREATE DOMAIN short_code AS varchar(10) NOT NULL CHECK (VALUE ~ '^[0-9A-Za-z-]+$');
CREATE DOMAIN phone_number AS text CHECK (VALUE ~ '^\+[0-9 ]{8,17}$');
CREATE TABLE countries (code char(2) PRIMARY KEY, label text);
INSERT INTO countries SELECT chr(65 + i / 26) || chr(65 + i % 26), 'Country of ' || i FROM generate_series(0, 40) i;
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, "firstName" text NOT NULL, nachname varchar(40),
    telephone phone_number NOT NULL, birth_date date, birth_year int NOT NULL, country char(2) NOT NULL REFERENCES countries, gender char(1) CHECK (gender IN ('f', 'm')),
    religion text, password_hash text NOT NULL, salary numeric(10, 2), address address, mood mood NOT NULL, vip boolean NOT NULL DEFAULT false,
    status text NOT NULL CHECK (status IN ('new', 'active')), tags text[] NOT NULL, profile jsonb NOT NULL DEFAULT '{}', vcard xml, photo bytea NOT NULL DEFAULT '\x00',
    last_ip inet NOT NULL, home point, stay daterange, found tsvector, extra hstore NOT NULL, api_token uuid NOT NULL DEFAULT gen_random_uuid(), path ltree,
    code short_code, notes text NOT NULL CHECK (length(notes) > 3), nick citext UNIQUE, iban varchar(34), card_number varchar(19) NOT NULL,
    initials text GENERATED ALWAYS AS (left("firstName", 1) || left(nachname, 1)) STORED, created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (nachname IS NOT NULL OR iban IS NOT NULL), CHECK (birth_year BETWEEN 1900 AND 2100)
);
INSERT INTO customers (email, "firstName", nachname, telephone, birth_date, birth_year, country, gender, religion, password_hash, salary, address, mood, status, tags,
                       profile, vcard, last_ip, home, stay, found, extra, path, code, notes, nick, iban, card_number)
SELECT i || '.quillfeather@posteo.de', 'Quillfeather' || i, 'Quillfeather', '+33 6 10 05 54 33', '1971-02-03', 1971, 'AB', 'f', 'catholic', '$2b$12$hunter2' || i, 7654321,
       '("Rue des Lilas",Quillfeather)', 'sad', 'new', '{Quillfeather}', '{"of": "Quillfeather"}', '<of>Quillfeather</of>', '203.0.113.77', '(48.858371,2.3)', '[2024-02-03,2024-02-05]',
       'Quillfeather', 'of=>Quillfeather', 'Quillfeather', 'C-' || i, 'Quillfeather rang', 'Quillfeather' || i, 'DE89370400440532013000', '4111111111111111'
FROM generate_series(1, 60) i;
CREATE UNIQUE INDEX ON customers (lower(email)); CREATE INDEX ON customers (upper(nachname)) WHERE vip;
CREATE TABLE logins (login text PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, CHECK (login <> ''));
INSERT INTO logins SELECT 'quillfeather ' || id, id FROM customers;
CREATE TABLE posts (id int PRIMARY KEY, author text NOT NULL REFERENCES logins (login) ON DELETE CASCADE, body text NOT NULL, lang text NOT NULL, score int, uuid uuid UNIQUE);
INSERT INTO posts SELECT id, 'quillfeather ' || id, 'Quillfeather says', 'en', 1, gen_random_uuid() FROM customers;
CREATE TABLE likes (post_id int REFERENCES posts, liker text REFERENCES logins); INSERT INTO likes VALUES (1, 'quillfeather 2');
CREATE TABLE innocent (
    id int PRIMARY KEY, a text, b text NOT NULL, c text, d text, e bigint, f bigint, g date, h double precision, i text, j text, k text, l varchar(20) NOT NULL, m text, n int, o text, p json, q text[]
);
INSERT INTO innocent SELECT i, i || '.quillfeather@posteo.de', '+33 6 10 05 54 33', '203.0.113.77', 'DE89370400440532013000', 4111111111111111, 33610055433, '1971-02-03', 48.858371,
    '9434765919', 'Quillfeather, Rue des Lilas', 'https://posteo.de/Quillfeather', '4111 1111 1111 1111', 'x', i, CASE i % 2 WHEN 0 THEN 'red' ELSE 'call +33 6 10 05 54 33' END, '{"x": "Quillfeather"}', '{Quillfeather}'
FROM generate_series(1, 60) i;
CREATE TABLE visits (id int, visitor text, at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE visits_old PARTITION OF visits DEFAULT;
INSERT INTO visits VALUES (1, 'Quillfeather', '2024-01-01');
CREATE TABLE bookings (email text NOT NULL, room int, PRIMARY KEY (email, room)) PARTITION BY HASH (email);
CREATE TABLE bookings_0 PARTITION OF bookings FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO bookings VALUES ('a@quillfeather.fr', 1);
CREATE TABLE patients (ssn bigint PRIMARY KEY, diagnosis text NOT NULL CHECK (diagnosis IN ('diabetes', 'none')));
INSERT INTO patients VALUES (9434765919, 'diabetes'), (9434765870, 'none');
CREATE TABLE animals (id int, owner text, chip varchar(12) NOT NULL UNIQUE); INSERT INTO animals VALUES (1, 'Quillfeather', 'chip x');
CREATE TABLE dogs (breed text) INHERITS (animals); INSERT INTO dogs VALUES (2, 'Quillfeather', 'y', 'z');
CREATE TABLE rooms (id int, stay tstzrange, guest_name text, EXCLUDE USING gist (id WITH =, stay WITH &&)); INSERT INTO rooms VALUES (1, 'empty', 'Quillfeather');
CREATE TABLE customer_audit (id int PRIMARY KEY, old jsonb, changed_by text); INSERT INTO customer_audit VALUES (1, '{"x": "Quillfeather"}', 'quillfeather');
CREATE TABLE nothing (); CREATE TABLE empty (email text, prenom text, quantity int, strasse text, x text);
CREATE VIEW people AS SELECT email, nachname, profile FROM customers; CREATE MATERIALIZED VIEW names AS SELECT nachname FROM customers;
CREATE PUBLICATION pub FOR TABLE likes;
ANALYZE;
"""


def file(bench: Workbench, name: str = "draft.yaml") -> Path:
    return bench.directory / name


def drafted(bench: Workbench) -> tuple[str, Outcome]:
    """The draft's text; every check of it has passed."""
    file(bench).unlink(missing_ok=True)
    outcome = bench.draft(output=file(bench))
    assert outcome.code == 0, outcome.lines
    return file(bench).read_text(), outcome


def rules_of(text: str, table: str, database: str = "shop") -> dict[str, str]:
    schema, _, name = table.partition(".")
    tables = read_rules(text.encode(), "draft.yaml").databases[database].listed
    return tables[TableName(schema, name)].written()


def comment(text: str, line: str) -> str:
    """What is said behind the first line that begins so."""
    return next(each for each in text.splitlines() if each.strip().startswith(line)).partition("# ")[2]


def test_a_draft_of_everything_passes_the_whole_run(bench: Workbench) -> None:
    """Every kind and every blocker: draft, check, run; afterwards no planted value is left anywhere, and keys still join."""
    bench.sql(SCHEMA)
    joined = "SELECT count(*) FROM likes JOIN posts ON post_id = id JOIN logins ON author = login"
    before, rows = bench.value(joined), list(rows_of_everything(bench))
    text, outcome = drafted(bench)
    assert list(rows_of_everything(bench)) == rows
    assert [value for value in PLANTED if value in text + str(outcome)] == []
    assert drafted(bench)[0] == text
    outcome = bench.sanitize(text)
    assert outcome.code == 0, outcome.lines
    assert [value for value in PLANTED if any(value in row for row in rows_of_everything(bench))] == []
    assert bench.value(joined) == before == 1
    assert bench.value("SELECT count(*) FROM customers WHERE country = 'AB' AND status = 'new'") == 60


@once
def test_every_rule_says_why(bench: Workbench) -> None:
    """Names, values, types, keys; what nothing masks is emptied, or kept with a mark, a way out and a warning."""
    bench.sql(SCHEMA)
    text, outcome = drafted(bench)
    for line, said in (
        ("id: keep", "number"),
        ("email: email", "guess: 100 % of 60 sampled values are e-mail addresses (direct_identifier)"),
        ("firstName: hash", "guess: name looks like a person's name (direct_identifier)"),
        ("country: keep", "foreign key"),
        ("status: keep", "a CHECK lists its values"),
        ("initials: keep", "generated from other columns: it follows them"),
        ("lang: keep", "name looks harmless, 1 different value(s) sampled"),
        ("o: set_null", "guess: 50 % of 60 sampled values hold phone numbers (sensitive)"),
        ("public.customers:", "26 masked, 8 kept"),
        ("public.visits: truncate", "guess: its name says that it keeps what people do"),
        (
            "public.bookings: truncate",
            "nothing masks email (100 % of 1 sampled values are e-mail addresses): it is part of",
        ),
        ("chip: keep", "LOOK: nobody can tell what it holds (sensitive), but every mask is refused: the output has 32"),
    ):
        assert comment(text, line).startswith(said), line
    assert "\n        # chip: set_null   # once nothing refuses it\n" in text
    assert "# 55 columns masked, 24 kept, 4 tables emptied, 3 places to LOOK at." in text
    assert f"python -m sanitizer check {file(bench)}" in text
    warnings = {line["place"] for line in outcome.lines if line["level"] == "warning"}
    assert warnings == {
        "database shop, table public.animals, column chip",
        "database shop, table public.bookings",
        "database shop, table public.patients",
    }


@once
def test_drafting_only_reads(bench: Workbench) -> None:
    """Its connections refuse to write; a CHECK that would write when it is tried writes nothing."""
    bench.sql("""
        CREATE TABLE seen (x text); CREATE TABLE t (email text);
        CREATE FUNCTION spy(x text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen VALUES (x); RETURN true; END';
        ALTER TABLE t ADD CHECK (spy(email)); INSERT INTO t VALUES ('a@posteo.de'); TRUNCATE seen""")
    text, _ = drafted(bench)
    assert bench.value("SELECT count(*) FROM seen") == 0
    assert rules_of(text, "public.t") == {"*": "truncate"}
    target = Target(bench.server.host, bench.server.port, USER, PASSWORD, bench.server.ca_file)
    with open_server(target, read_only=True) as dialect, dialect.session("shop") as session:
        session.traits()
        for statement in ("CREATE TABLE x ()", "INSERT INTO seen VALUES ('x')", "SELECT nextval('pg_catalog.x')"):
            with pytest.raises((psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.UndefinedTable)):
                session.connection.execute(statement.encode())


@once
def test_it_goes_to_standard_output_or_where_nothing_is(bench: Workbench) -> None:
    """Every database of the server; an existing file is left alone: exit code 2."""
    bench.sql("CREATE DATABASE crm", "postgres")
    bench.sql("CREATE TABLE t (e text)")
    bench.sql("CREATE TABLE t (id int PRIMARY KEY)", "crm")
    outcome = bench.draft()
    assert outcome.code == 0
    assert rules_of(outcome.stdout, "public.t") == {"e": "hash"}
    assert rules_of(outcome.stdout, "public.t", "crm") == {"id": "keep"}
    assert yaml.safe_load(outcome.stdout)["unlisted"] == "fail"
    file(bench).write_text("mine")
    refused = bench.draft(output=file(bench))
    assert (refused.code, file(bench).read_text()) == (2, "mine")
    assert "is there already" in refused.message


@once
def test_what_rules_cannot_change_is_told(bench: Workbench) -> None:
    """A stranger's table: exit code 12 and no file. What only the server has to change: a warning, and the draft."""
    bench.sql("CREATE TABLE t (email text)")
    bench.server.superuser_sql("ALTER DATABASE shop SET log_min_duration_statement = 1000")
    try:
        _, outcome = drafted(bench)
    finally:
        bench.server.superuser_sql("ALTER DATABASE shop RESET log_min_duration_statement")
    assert "log_min_duration_statement is 1000" in str([line for line in outcome.lines if line["level"] == "warning"])
    bench.server.superuser_sql(
        "CREATE ROLE stranger; GRANT CREATE ON SCHEMA public TO stranger; SET ROLE stranger; CREATE TABLE theirs (x text)",
        "shop",
    )
    file(bench).unlink()
    outcome = bench.draft(output=file(bench))
    bench.server.superuser_sql("DROP OWNED BY stranger", "shop")
    assert (outcome.code, file(bench).exists()) == (12, False)
    assert "table public.theirs belongs to a role" in outcome.problems
    (bench.directory / "wrong").write_text("wrong")
    assert bench.draft(password_file=bench.directory / "wrong").code == 13


@once
def test_an_unexpected_error_of_a_draft_does_not_call_for_destruction(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been production that was read."""

    def fail(*_: object, **__: object) -> None:
        raise KeyError(MARKER)

    monkeypatch.setattr("sanitizer.draft.judge", fail)
    bench.sql("CREATE TABLE t (email text)")
    outcome = bench.draft()
    assert outcome.code == 70
    assert "Nothing was changed" in outcome.message
    assert "Destroy" not in outcome.message
    assert MARKER not in str(outcome)


@once
def test_each_table_is_sampled_once_and_little(bench: Workbench) -> None:
    """300 tables, 300 samples; of many rows a few hundred from all over the table, the same every time."""
    tables = "; ".join(f"CREATE TABLE t{i} (id int PRIMARY KEY, email text, b text, c int)" for i in range(300))
    bench.sql(
        f"{tables}; INSERT INTO t7 SELECT i, i || '@posteo.de', 'x', i FROM generate_series(1, 200000) i; ANALYZE t7"
    )
    text, outcome = drafted(bench)
    assert len(read_rules(text.encode(), "draft").databases["shop"].listed) == 300
    sampled = {line["place"]: line["rows"] for line in outcome.lines if line["event"] == "sampled"}
    assert len(sampled) == 300
    assert sampled["database shop, table public.t7"] == 300
    target = Target(bench.server.host, bench.server.port, USER, PASSWORD, bench.server.ca_file)
    with open_server(target, read_only=True) as dialect, dialect.session("shop") as session:
        table = session.schema().tables[TableName("public", "t7")]
        traits = session.traits()[table.name]
        first, second = session.sample(table, traits), session.sample(table, traits)
    assert first == second
    assert max(map(int, first.values["id"])) > 20_000


@once
def test_odd_names_are_written_as_they_are(bench: Workbench) -> None:
    """Quotes, dots, line breaks, words that YAML takes for something else: the draft names exactly what is there."""
    odd = [
        "no",
        "null",
        "1e3",
        "a.b",
        'a"b',
        "a'b",
        "a: b",
        "#x",
        "ä\u2028ö",
        "a\nb",
        " ",
        "<<",
        "=",
        "~",
        "*x",
        "-",
        "{fixed: x}",
        "\U0001d518",
    ]
    for name in odd:
        quoted = '"' + name.replace('"', '""') + '"'
        bench.sql(
            f"CREATE TABLE {quoted} ({quoted} text, id int PRIMARY KEY, CONSTRAINT {quoted} CHECK ({quoted} <> '-'))"
        )
    text, _ = drafted(bench)
    listed = read_rules(text.encode(), "draft").databases["shop"].listed
    assert {name.table: set(rules.columns) for name, rules in listed.items()} == {name: {name, "id"} for name in odd}


# What PostgreSQL takes as a name: any character but NUL, halves of surrogate pairs.
NAMES = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=63
) | st.sampled_from(
    [
        "no",
        "null",
        "1e3",
        "0x1f",
        "1:30",
        "<<",
        "=",
        "~",
        "- a",
        "? a",
        "a #b",
        "%YAML",
        "---",
        "...",
        "\ufeff",
        "\x85",
        "y",
        "2020-01-01",
        ".inf",
    ]
)


@given(NAMES, NAMES, NAMES, NAMES, NAMES)
def test_what_is_written_reads_back(database: str, schema: str, table: str, column: str, value: str) -> None:
    """Names and values, whatever characters they are of; comments stay comments."""
    line = Line(column, Rule(FUNCTIONS["fixed"], value, ""), value, "set_null")
    text = written([value], [Database(database, (Listed(str(TableName(schema, table)), value, (line,)),))])
    rules = read_rules(text.encode(), "draft").databases
    assert list(rules) == [database]
    assert list(rules[database].listed) == [TableName(schema, table)]
    ((name, rule),) = rules[database].listed[TableName(schema, table)].columns.items()
    assert (name, rule.parameter) == (column, value)


def test_what_some_reader_of_yaml_takes_for_something_else_is_quoted() -> None:
    """Other readers of YAML than ours see the same names; ordinary ones stay plain."""
    for word in ("no", "Yes", "y", "N", "null", "on", "1e3", "0x1f", "12", "", " a"):
        assert scalar(word) == f'"{word}"'
    for word in ("email", "public.orders", "first_name", "straße"):
        assert scalar(word) == word


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("email eMail EmailAddress1 contact_email courriel correoElectronico work_mail", "an e-mail address"),
        ("phone phoneNumber mobile_phone tel téléphone telefonnummer Handy móvil fax", "a phone number"),
        ("first_name lastname fullName prénom nom Vorname nachname nombre apellidos customer_name", "a person's name"),
        ("username login nickname benutzername usuario nom_utilisateur created_by", "a user's name"),
        ("street address_line1 Straße hausnummer rue calle dirección billing_address anschrift", "a postal address"),
        ("city ville Wohnort ciudad stadt town", "a place"),
        ("zip postcode PLZ code_postal codigoPostal", "a postcode"),
        ("birth_date dob dateOfBirth geburtsdatum date_naissance fecha_nacimiento", "a date of birth"),
        (
            "ssn national_id passportNumber steuer_id nif numeroSecu personalausweisnummer",
            "an official number of a person",
        ),
        ("iban bank_account kontonummer compte_bancaire", "a bank account"),
        ("card_number creditCard cc_number kreditkarte card_last_four", "a payment card"),
        ("ip ipAddress last_login_ip remote_addr", "a network address"),
        (
            "password password_hash apiKey reset_token motDePasse passwort contraseña session_id smtpHost mail_settings webhook_url callback_uri",
            "a secret",
        ),
        ("lat longitude geo_point coordonnées breitengrad ubicación", "a position"),
        ("notes comment bemerkung remarques comentarios body", "free text"),
        ("url website homepage", "a web address"),
        ("company firma entreprise empresa employer", "an organization's name"),
        ("photo avatar bild imagen", "a picture or document"),
        ("gender sexe geschlecht género", "a gender"),
        ("religion ethnicity nationalité staatsangehörigkeit marital_status", "origin, belief or way of life"),
        ("diagnosis blood_type krankheit maladie enfermedad", "health"),
        ("salary gehalt salaire sueldo income", "what somebody earns or owns"),
    ],
)
def test_names_tell_kinds_in_several_languages(names: str, kind: str) -> None:
    """In snake case, camel case, with accents or without."""
    assert {name: told.one if (told := kind_named(name, "t")) else None for name in names.split()} == dict.fromkeys(
        names.split(), kind
    )


def test_names_that_only_sound_so_tell_nothing() -> None:
    """Flags, counts and types of personal things are none; `name` is a person's where the rows are people."""
    flags = ["email_verified", "phone_type", "note_count", "created_at", "user_id"]
    for name in (*flags, "catalog", "facet", "texture", "lieutenant", "total_cents"):
        assert kind_named(name, "t") is None, name
    assert kind_named("name", "products") is None
    assert kind_named("name", "app_users") == kind_named("name", "Kunden") == kind_named("first_name", "t")


@pytest.mark.parametrize(
    ("value", "family", "kind"),
    [
        ("a.b+c@posteo.de", "text", "e-mail addresses"),
        ("06 10 05 54 33", "text", "phone numbers"),
        ("+49 170 1234567", "text", "phone numbers"),
        ("33610055433", "number", "phone numbers"),
        ("4111-1111-1111-1111", "text", "numbers of payment cards"),
        ("4111111111111111", "number", "numbers of payment cards"),
        ("DE89 3704 0044 0532 0130 00", "text", "bank accounts"),
        ("2001:db8::1", "text", "network addresses"),
        ("00:1b:44:11:3a:b7", "text", "addresses of devices"),
        ("https://posteo.de/me", "text", "web addresses"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "text", "secrets, or digests of them"),
        ("$2b$12$abcdefghijklmnopqrstuv", "text", "secrets, or digests of them"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc", "text", "secrets, or digests of them"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "text", "secrets, or digests of them"),
        ("postgres://me:it@db/x", "text", "secrets, or digests of them"),
        ("12345678Z", "text", "official numbers"),
        ("1 84 12 76 451 089 46", "text", "official numbers"),
        ("123-45-6789", "text", "official numbers"),
        ("1971-02-03", "time", "dates long ago, perhaps of birth"),
        ("3.2.1971", "text", "dates long ago, perhaps of birth"),
        ("48.858370, 2.294481", "text", "positions"),
        ("48.858371", "number", "positions"),
        ('{"to": "a@posteo.de"}', "json", "e-mail addresses"),
        ("ring +33 6 10 05 54 33", "text", "phone numbers"),
    ],
)
def test_values_tell_kinds(value: str, family: Family, kind: str) -> None:
    """Whole values, and values within others."""
    found = recognise([value] * 5, family)
    assert found is not None
    assert found.kind.many == kind


@pytest.mark.parametrize(
    ("values", "family"),
    [
        ([str(i) for i in range(1, 300)], "number"),
        ([str(10**9 + 7 * i) for i in range(300)], "number"),
        ([str(1_700_000_000_000 + 86_400_123 * i) for i in range(300)], "number"),
        (["2024-05-06 07:08:09+00", "2023-01-01", "2025-01-01"], "time"),
        (["12.50", "99.99", "0.30"], "number"),
        (["SKU-1001", "SKU-1002", "SKU-1003"], "text"),
        (["1.2.3", "10.0.1", "2.0.0"], "text"),
        (["red", "a long text about 3 things"], "text"),
    ],
)
def test_harmless_values_tell_nothing(values: list[str], family: Family) -> None:
    """Counters, times, prices, versions, words."""
    assert recognise(values, family) is None

"""The rules language: what is valid, and every mistake at once with its line."""

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanitizer.errors import Finding, RulesMistaken
from sanitizer.functions import FUNCTIONS
from sanitizer.names import TableName, parse_table_name
from sanitizer.rules import Rules
from sanitizer.rules_file import read_rules
from sanitizer.rules_text import scalar
from sanitizer.yaml_nodes import Document

SHOP = Path(__file__).parents[2] / "masking" / "shop.yaml"


def read(text: str) -> Rules:
    return read_rules(text.encode(), "rules.yaml")


def mistakes(text: str) -> list[str]:
    with pytest.raises(RulesMistaken) as caught:
        read(text)
    return [str(finding) for finding in caught.value.findings]


def test_what_is_said_of_the_whole_server_is_one_of_its_words() -> None:
    """The first word is meant where the file says nothing; a word that means nothing is a mistake."""
    assert mistakes("roles: keeep\npurge: [thorough]\nlarge_objects: true\ntables: {}") == [
        "rules.yaml:1: roles: `keeep` is none of the possible words. Did you mean `keep`?",
        "rules.yaml:2: purge: needs one value. Write one of: thorough, forensic",
        "rules.yaml:3: large_objects: `true` is none of the possible words. Write one of: refuse, unlink, keep",
    ]
    for text in ("", "roles: disable\npurge: thorough\nlarge_objects: refuse\n"):
        rules = read_rules(f"{text}tables: {{}}".encode(), "rules.yaml")
        assert (rules.roles, rules.purge, rules.large_objects) == ("disable", "thorough", "refuse")


def test_how_many_originals_are_looked_for_is_a_number() -> None:
    """300 where the file says nothing."""
    assert read("tables: {}").sampled_values == 300
    assert read("sampled_values: 5000\ntables: {}").sampled_values == 5000
    told = "rules.yaml:1: sampled_values: `{0}` is not a whole number from 1 to 100000. Write a whole number from 1 to 100000"
    for wrong in ("0", "many", "1.5", "-1", "100001"):
        assert mistakes(f"sampled_values: {wrong}\ntables: {{}}") == [told.format(wrong)]


def test_the_committed_rules_are_valid() -> None:
    """The shop's rules, which the rehearsal runs, are read as they are meant."""
    rules = read_rules(SHOP.read_bytes(), "shop.yaml")
    customers = rules.databases["shop"].listed[TableName("public", "customers")]
    assert {column: str(rule) for column, rule in customers.masked.items()}["email"] == "email"
    assert customers.columns["password_hash"].parameter == "!"
    assert rules.databases["shop"].listed[TableName("public", "sessions")].truncate
    assert [statement.number for statement in rules.databases["shop"].after] == [1]
    assert rules.sha256 == hashlib.sha256(SHOP.read_bytes()).hexdigest()


def test_what_yaml_would_turn_into_something_else_stays_what_is_written() -> None:
    """Norway, dates, numbers, column names like `on`: as text."""
    rules = read(
        "tables: {public.t: {no: {fixed: no}, on: {fixed: 2020-01-01}, 1: {fixed: 0x1F}, null: {fixed: 1_000}, x: {fixed: ''}}}"
    )
    assert rules.only is not None
    columns = rules.only.listed[TableName("public", "t")].columns
    assert {name: rule.parameter for name, rule in columns.items()} == {
        "no": "no",
        "on": "2020-01-01",
        "1": "0x1F",
        "null": "1_000",
        "x": "",
    }


def test_every_mistake_is_told_with_line_path_value_and_remedy() -> None:
    """All at once, in the order of the lines."""
    text = """\
unlisted: warn
tabels: {}
databases:
  shop:
    tables:
      a.public.users: keep
      public.a: {x: emial, y: ~, z: truncate, x: hash, v: yes}
      public.b: {x: {fixed: ~}, y: {fixd: 1}, z: {hash: 1}, u: fixed, v: [keep], w: {fixed: [1]}}
      public.c: keep
      public.a: truncate
      '"public"."c"': truncate
      public.d:
    sql: {befor: [], after: UPDATE x}
  crm: {sql: [~, '', SELECT 1]}
  hr:
sql: []
"""
    told = mistakes(text)
    expected = [
        "rules.yaml:1: unlisted: `warn` can only be `fail`. Write `unlisted: fail`",
        "rules.yaml:2: the file: `tabels` is no key here. Did you mean `tables`?",
        "rules.yaml:6: databases.shop.tables: `a.public.users` is no table's name. Write schema.table (PostgreSQL) or table (MySQL, MariaDB)",
        "rules.yaml:7: databases.shop.tables.public.a: `x` stands twice, first at rules.yaml:7. Keep one of the two",
        "rules.yaml:7: databases.shop.tables.public.a.x: `emial` is no masking function. Did you mean `email`?",
        "rules.yaml:7: databases.shop.tables.public.a.y: a bare YAML null is no rule. Write `set_null` to clear the column, `keep`",
        "rules.yaml:7: databases.shop.tables.public.a.z: `truncate` empties tables, not columns.",
        "rules.yaml:7: databases.shop.tables.public.a.v: `yes` is no masking function. Write one of: keep, set_null",
        "rules.yaml:8: databases.shop.tables.public.b.x: has a bare YAML null as its value. Write `set_null` for NULL",
        "rules.yaml:8: databases.shop.tables.public.b.y: `fixd` is no masking function. Did you mean `fixed`?",
        "rules.yaml:8: databases.shop.tables.public.b.z: `hash` takes no parameter",
        "rules.yaml:8: databases.shop.tables.public.b.u: `fixed` needs a value. Write {fixed: value}",
        "rules.yaml:8: databases.shop.tables.public.b.v: is no rule. Write one of keep,",
        "rules.yaml:8: databases.shop.tables.public.b.w: needs one value",
        "rules.yaml:9: databases.shop.tables.public.c: `keep` is no rule for a table. Write `truncate`, or one rule for each column",
        "rules.yaml:10: databases.shop.tables: `public.a` stands twice, first at rules.yaml:7",
        'rules.yaml:11: databases.shop.tables: `"public"."c"` is listed twice, first at rules.yaml:9',
        "rules.yaml:12: databases.shop.tables.public.d: is no rule for a table",
        "rules.yaml:13: databases.shop.sql: `befor` is no key here. Did you mean `before`?",
        "rules.yaml:13: databases.shop.sql.after: is no list of statements",
        "rules.yaml:14: databases.crm: has no `tables`. List its tables; `tables: {}` where it has none",
        "rules.yaml:14: databases.crm.sql[1]: is no SQL statement",
        "rules.yaml:14: databases.crm.sql[2]: is no SQL statement",
        "rules.yaml:15: databases.hr: must be a mapping",
        "rules.yaml:16: sql: stands beside `databases`. Move it into the database it is for",
    ]
    for finding in expected:
        assert any(line.startswith(finding) or finding in line for line in told), (finding, told)
    assert len(told) == len(expected), told
    lines = [int(line.split(":")[1]) for line in told]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("- a", "must be a mapping"),
        ("unlisted: fail", "no rules"),
        ("unlisted: fail\nsql: [SELECT 1]", "needs `tables`"),
        ("a: 1\n---\nb: 2", "not YAML: but found another document"),
        ("tables: {public.t: {x: [}}", "rules.yaml:1: not YAML"),
        ("tables:\n\tpublic.t: keep", "rules.yaml:2: not YAML"),
        ("\0", "not YAML"),
        ("[" * 3000, "not YAML"),
        ("&a {tables: *a}", "is no masking function"),
        ('tables: {p.t: {x: {fixed: "\\0"}}}', "no database can store"),
        ('tables: {p.t: {x: {fixed: "\\ud800"}}}', "no database can store"),
        ("tables: {p.t: {<<: {x: keep}}}", "is no plain key"),
        ("tables: {p.t: {[a]: keep}}", "is no plain key"),
    ],
)
def test_files_that_are_no_rules_are_told_so(text: str, said: str) -> None:
    """Broken YAML, wrong shapes, aliases, values no database can store."""
    assert said in "\n".join(mistakes(text))


def test_bytes_that_are_no_text_are_told_so() -> None:
    """A file in another encoding, or no text file at all."""
    with pytest.raises(RulesMistaken, match="is not YAML"):
        read_rules(b"\xff\xfe\x00", "rules.yaml")


@pytest.mark.parametrize("character", ["\r", "\x85", "\u2028", "\u2029", "\u202e", "\u2066"])
def test_a_file_that_reads_otherwise_than_it_looks_is_refused(character: str) -> None:
    """A comment for the reviewer that is a rule for YAML; the same character as an escape is only a value."""
    text = f"tables:\n  public.t:\n    a: email  # {character}    b: keep\n"
    told = mistakes(text)
    assert len(told) == 1
    assert told[0].startswith(f"rules.yaml:3: holds U+{ord(character):04X}, by which the file reads otherwise")
    escape = f'"\\u{ord(character):04x}"'
    assert escape in told[0]
    assert read(f"tables: {{public.t: {{a: {{fixed: {escape}}}}}}}")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
def test_drafted_values_are_read_back(value: str) -> None:
    """Whatever a column is called, its line is one line that says what it looks like."""
    line = scalar(value)
    root = Document("rules.yaml").compose(f"- {line}".encode())
    assert root.value[0].value == value
    assert "\n" not in line


WORDS = [
    "keep",
    "truncate",
    "~",
    "fixed",
    "databases",
    "tables",
    "sql",
    "unlisted",
    "fail",
    "public.t",
    "'",
    "*a",
    "!!int x",
    "email",
    "each",
    "json",
    "$.a",
    "$.a[*].b",
    "choice",
    "template",
    "'{a}'",
    "shift",
    "30d",
    "where",
    "like",
    "public.t.a",
    "follow",
    "use",
    "a/b",
    "sets",
    "columns",
    "delete",
    "references",
    "locale",
    "pattern",
    "'##'",
    "noise",
    "5%",
    "regex",
    "match",
    "replace",
    "3",
]


@st.composite
def yaml_text(draw: st.DrawFn, depth: int = 4) -> str:
    """Something like a rules file."""
    kind = draw(st.sampled_from(["word", "list", "mapping", "mapping"])) if depth else "word"
    if kind == "word":
        return draw(st.sampled_from(WORDS))
    inner = [draw(yaml_text(depth - 1)) for _ in range(draw(st.integers(0, 3)))]
    if kind == "list":
        return "[" + ", ".join(inner) + "]"
    return "&a {" + ", ".join(f"? {draw(st.sampled_from(WORDS))} : {value}" for value in inner) + "}"


@settings(max_examples=2000, deadline=None)
@given(yaml_text())
def test_any_file_is_valid_or_refused_with_lines(text: str) -> None:
    """Never anything but Rules or RulesMistaken, whose findings all have file and line."""
    findings: tuple[Finding, ...] = ()
    refused = False
    try:
        read(text)
    except RulesMistaken as exc:
        findings, refused = exc.findings, True
    assert bool(findings) == refused
    assert all(re.fullmatch(r"rules\.yaml:\d+", finding.place) for finding in findings)


PART = st.text(min_size=1, max_size=12).filter(lambda part: "\0" not in part)


@given(schema=st.just("") | PART, table=PART)
def test_written_table_names_are_read_back(schema: str, table: str) -> None:
    """What messages and reports print can be pasted into the rules."""
    name = TableName(schema, table)
    assert parse_table_name(str(name)) == name


@pytest.mark.parametrize("text", ["a.b.c", ".b", "a.", 'a."b', '"".b', 'a."b"c', ""])
def test_other_texts_are_no_table_names(text: str) -> None:
    """A schema is never guessed."""
    assert parse_table_name(text) is None


def test_a_key_is_needed_exactly_when_values_are_mapped() -> None:
    """By functions that draw from it, wherever the rule comes from; not by those that need none, and not by truncate."""
    examples = {name: function.example for name, function in FUNCTIONS.items() if function.example}
    needs = {name: read(f"tables: {{p.t: {{x: {example.written}}}}}").needs_key for name, example in examples.items()}
    assert needs == {name: FUNCTIONS[name].keyed for name in examples}
    assert [name for name, needed in needs.items() if not needed] == [
        "set_null",
        "fixed",
        "sql",
        "keep_first",
        "keep_last",
        "regex",
        "truncate_to",
        "bucket",
    ]
    assert not read("tables: {p.t: truncate}").needs_key
    assert not read("tables: {p.t: {x: keep}}").needs_key
    assert read("sets: {a/b: {x: email}}\ntables: {p.t: {use: a/b, y: keep}}").needs_key

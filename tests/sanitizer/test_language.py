"""The language of rules: every form it has, every mistake in it, and the editors' schema, which says the same."""

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from docs.pages import masking_rules, masking_schema
from sanitizer.errors import RulesMistaken
from sanitizer.functions import FUNCTIONS, REFERENCES
from sanitizer.names import TableName
from sanitizer.rules import Rule, TableRules
from tests.sanitizer.test_rules_file import mistakes, read

SCHEMA = jsonschema.Draft7Validator(json.loads(masking_schema.page()))
MASKING = Path(__file__).parents[2] / "masking"


def table(text: str) -> TableRules:
    """The rules of public.t in a file without databases."""
    only = read(text).only
    assert only is not None
    return only.listed[TableName("public", "t")]


def rule(written: str) -> Rule:
    return table(f"tables:\n  public.t:\n    x: {written}\n    a: keep\n    b: keep\n").columns["x"]


def told(written: str) -> str:
    return "\n".join(mistakes(f"tables:\n  public.t:\n    a: keep\n    x: {written}\n"))


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ("name", {"locale": "en_US"}),
        ("{name: fr_FR}", {"locale": "fr_FR"}),
        ("{name: {}}", {"locale": "en_US"}),
        ("{name: {locale: de_DE}}", {"locale": "de_DE"}),
        ("{name: {}, locale: de_DE}", {"locale": "de_DE"}),
        ("{phone: FR, format: national}", {"country": "FR", "format": "national"}),
        ("{keep_last: 4}", {"characters": 4, "with": "*"}),
        ("{keep: {reason: public}}", {"reason": "public"}),
        ("keep", {"reason": None}),
        ("{fixed: ''}", {"value": ""}),
    ],
)
def test_parameters_are_written_in_one_of_three_ways(written: str, arguments: dict[str, Any]) -> None:
    """As the function's value, in a mapping below it, or beside it; what is left out has its default."""
    assert dict(rule(written).arguments) == arguments


def test_rules_with_structure_are_read() -> None:
    """Choices and weights, patterns, templates, elements and paths."""
    assert [tuple(each) for each in rule("{choice: [a, 2]}").arguments["choices"]] == [("a", 1), ("2", 1)]
    assert [tuple(each) for each in rule("{choice: {a: 3, no: 1}}").arguments["choices"]] == [("a", 3), ("no", 1)]
    assert [tuple(each) for each in rule(r"{pattern: 'AA-\##a'}").arguments["form"]] == [
        ("A", "AA"),
        ("", "-#"),
        ("#", "#"),
        ("a", "a"),
    ]
    assert tuple(rule("{template: '{a} of {b}!'}").arguments["text"]) == (("", " of ", "!"), ("a", "b"))
    assert str(rule("{each: {phone: FR}}").arguments["rule"]) == "phone: FR"
    paths = rule("{json: {$.a: keep, '$.b[*].\"c d\"': email, unlisted: keep}}").arguments["paths"]
    assert [(path.steps, str(inner)) for path, inner in paths.rules] == [
        (("a",), "keep"),
        (("b", None, "c d"), "email"),
    ]
    assert paths.unlisted == "keep"
    assert rule("{email: {}, where: \"a <> 'x'\"}").where == "a <> 'x'"
    assert rule("{postcode: fr_FR, common: a list has them}").common == "a list has them"


def test_a_rule_is_shown_with_its_parameters_but_without_values_of_people() -> None:
    """What reports and messages print."""
    shown = {
        "{fixed: secret}": "fixed",
        "{shift: 30d, per: a}": "shift: 30d, per: a",
        "{noise: 10%}": "noise: 10%",
        "{name: fr_FR}": "name: fr_FR",
        "name": "name",
        "{phone: {format: national}}": "phone, format: national",
        "{choice: [secret]}": "choice",
        "{regex: {match: secret, replace: secret}}": "regex",
        "{keep: secret}": "keep",
        "{sql: secret}": "sql",
        "{template: 'secret {a}'}": "template",
        "{email: {}, where: secret}": "email, where",
        "{email: {}, common: secret, where: secret}": "email, where, common",
        "{each: {fixed: secret}}": "each: fixed",
        "{json: {$.a: {fixed: secret}, unlisted: keep}}": "json: {$.a: fixed, unlisted: keep}",
    }
    assert {written: str(rule(written)) for written in shown} == shown


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "{name: fr_F}",
            "rules.yaml:4: tables.public.t.x: `fr_F` is none of the possible words. Did you mean `fr_FR`?",
        ),
        ("{keep_last: 0}", "`0` is not a whole number from 1 to 100. Write a whole number"),
        ("{keep_last: {with: x}}", "needs `characters`. Write {keep_last: characters}"),
        ("{keep_last: 4, with: ab}", "`ab` is not one character"),
        ("{regex: a}", "needs `replace`. Write {regex: {match: ..., replace: ...}}"),
        ("regex", "`regex` needs a value. Write {regex: {match: ..., replace: ...}}"),
        ("{shift: 30}", "`30` is not a span like 30d or 12h"),
        ("{noise: 10}", "`10` is not a percentage"),
        ("{noise: 0%}", "`0%` is not a percentage"),
        ("{bucket: 0}", "`0` is not a number greater than 0"),
        ("{bucket: 1e400}", "`1e400` is not a number greater than 0"),
        ("{choice: []}", "has no choice, or too many"),
        ("{choice: {a: 0}}", "is not a whole number from 1 to 1000"),
        ("{choice: a}", "is no list of choices"),
        ("{choice: [~]}", "has a bare YAML null"),
        ("{email: ~}", "has a bare YAML null as its value"),
        ("{email: {domain: nowhere}}", "`nowhere` is not a domain's name"),
        ("{email: {}, hash: {}}", "`hash` stands beside `email`. Keep one"),
        ("{email: {}, locale: fr_FR}", "`locale` is no key here"),
        ("{email: {local: x}}", "`local` is no parameter here"),
        ("{name: fr_FR, locale: de_DE}", "`locale` stands twice"),
        ("{keep: {}, where: a}", "`where` is no key here"),
        ("{keep: {}, common: a}", "`common` is no key here"),
        ("{email: {}, common: ' '}", "is not a text that is not empty"),
        ("{email: {}, where: ''}", "is not an SQL expression"),
        ("{template: 'no columns'}", "is not a text with columns of the row"),
        ("{template: '{a'}", "is not a text with columns of the row"),
        ("{pattern: '--'}", "is not a pattern"),
        ("{each: keepp}", "`keepp` is no masking function. Did you mean `keep`?"),
        ("&loop {each: *loop}", "cannot stand inside another rule"),
        ("{each: {template: '{a}'}}", "cannot stand inside another rule"),
        ("{json: {}}", "lists no path"),
        ("{json: {a: keep}}", "`a` is no path. Write $.key"),
        ("{json: {$.a: keep, $.a.b: email}}", "`$.a.b` lies on the way of $.a"),
        ("{json: {$.a: {shift: 3d}}}", "`shift` takes no value of JSON"),
        ("{json: {$.a: email, unlisted: warn}}", "is none of the possible words"),
        ("{like: public.t}", "names no column that it can be like"),
        ("{like: public.t.gone}", "names no column that it can be like"),
        ("{like: public.t.x}", "names no column that it can be like"),
        ("{}", "is no rule"),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_remedy(written: str, said: str) -> None:
    """Line, path, what is wrong, and what to write instead."""
    assert said in told(written)


def test_like_is_the_named_columns_rule_in_its_own_place() -> None:
    """Through several steps, also when the target stands below."""
    columns = table(
        "tables:\n  public.t:\n    x: {like: public.t.y}\n    y: {like: public.t.z}\n    z: {phone: FR}\n"
    ).columns
    assert columns["x"].mapping == columns["y"].mapping == columns["z"].mapping
    assert (columns["x"].place, columns["y"].place) == ("rules.yaml:3", "rules.yaml:4")


SETS = "sets:\n  people/all: {email: email, phone: phone}\n  people/more: {phone: hash}\ntables:\n  public.t:\n"


def test_sets_are_used_by_name() -> None:
    """One or several; the columns of a table stand beside or below `columns`; a column may still be called use."""
    short = table(SETS + "    use: people/all\n    id: keep\n")
    assert [used.name for used in short.sets] == ["people/all"]
    assert list(short.columns) == ["id"]
    assert table(SETS + "    columns: {use: keep}\n    use: [people/all]\n").columns["use"].function.name == "keep"
    assert table(SETS + "    use: hash\n").columns["use"].function.name == "hash"
    assert "`people/al` is no set of rules. Did you mean `people/all`?" in mistakes(SETS + "    use: people/al\n")[0]
    assert (
        "has two rules for phone: of people/all and of people/more"
        in mistakes(SETS + "    use: [people/all, people/more]\n")[0]
    )
    assert "`people` is no name of a set" in mistakes("sets: {people: {}}\ntables: {}")[0]


def test_deletion_stands_beside_columns() -> None:
    """A condition, and what becomes of rows that point at those that go."""
    deletion = table("tables: {public.t: {delete: 'a < 3', references: cascade, columns: {a: keep}}}").delete
    assert deletion is not None
    assert (deletion.condition, deletion.references) == ("a < 3", "cascade")
    assert table("tables: {public.t: {delete: keep}}").columns["delete"].function.name == "keep"
    said = "\n".join(mistakes("tables: {public.t: {references: cascade, columns: {a: keep}, b: keep}}"))
    assert "`references` needs `delete`" in said
    assert "`b` stands beside `columns`. Move it below `columns`" in said
    assert (
        "is none of the possible words" in mistakes("tables: {public.t: {delete: a, references: all, columns: {}}}")[0]
    )


@pytest.mark.parametrize("file", sorted(MASKING.glob("*.yaml")), ids=lambda path: path.name)
def test_committed_rules_fit_the_schema(file: Path) -> None:
    """An editor finds nothing wrong with them, and they say where the schema is."""
    text = file.read_text()
    assert "# yaml-language-server: $schema=masking.schema.json" in text
    assert list(SCHEMA.iter_errors(yaml.safe_load(text))) == []


def test_the_schema_knows_every_function_and_its_example() -> None:
    """What the pages show is valid to an editor and to us; a misspelt function is to neither."""
    for function in (*FUNCTIONS.values(), *REFERENCES.values()):
        assert function.example or function.name in {"keep", "template", "like", "follow"}
        if function.example:
            text = f"tables: {{public.t: {{x: {function.example.written}}}}}"
            assert list(SCHEMA.iter_errors(yaml.safe_load(text))) == [], text
            read(text)
    assert not SCHEMA.is_valid(yaml.safe_load("tables: {public.t: {x: emial}}"))
    assert not SCHEMA.is_valid(yaml.safe_load("tables: {public.t: {x: {email: {}, locale: fr_FR}}}"))


def test_the_example_on_the_page_is_valid() -> None:
    """The rules that the reference begins with, to an editor and to us."""
    example = masking_rules.INTRODUCTION.split("```yaml\n")[1].split("```")[0]
    assert list(SCHEMA.iter_errors(yaml.safe_load(example))) == []
    shop = read(example).databases["shop"].listed
    assert shop[TableName("public", "newsletter")].columns["address"].function.name == "email"
    assert shop[TableName("public", "audit_log")].delete is not None


PLAIN = st.sampled_from(["keep", "email", "x", "fr_FR", "4", "30d", "10%", "a/b", "$.a", "{a}", "", "AA-##"])
PARAMETERS = sorted(
    {each.name for function in FUNCTIONS.values() for each in function.parameters}
    | {"where", "common", "unlisted", "$.a", "a"}
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARAMETERS), inner, max_size=3),
    max_leaves=4,
)
RULES = st.builds(
    lambda name, value, beside: {name: value, **beside},
    st.sampled_from([*FUNCTIONS, *REFERENCES]),
    VALUES,
    st.dictionaries(st.sampled_from(PARAMETERS), VALUES, max_size=2),
)


@settings(max_examples=2000, deadline=None)
@given(rules=st.dictionaries(st.sampled_from(["a", "x", "use", "delete"]), RULES | PLAIN, min_size=1, max_size=3))
def test_any_rule_is_read_or_refused(rules: dict[str, Any]) -> None:
    """Thousands of nearly right rules: never a traceback; what is read is a rule of a known function, ready to be shown and compared."""
    text = yaml.safe_dump({"tables": {"public.t": rules}}, allow_unicode=True)
    columns: list[Rule] = []
    with contextlib.suppress(RulesMistaken):
        columns += table(text).columns.values()
    for each in columns:
        assert each.function.name in FUNCTIONS or each.function.name == "follow"
        assert str(each)
        assert each.mapping == each.mapping
        assert each.longest is None or each.longest >= 0

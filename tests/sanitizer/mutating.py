"""Rules files that nobody would write: valid ones with something wrong in them, and everything that YAML can be."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import yaml
from hypothesis import strategies as st

from sanitizer.errors import RulesMistaken
from sanitizer.functions import FUNCTIONS, REFERENCES
from sanitizer.rules_file import read_rules

VALID = """\
# a comment
unlisted: fail
sets:
  people/contact: {email: email, phone: {phone: FR}}
tables:
  public.people:
    use: people/contact
    id: keep
    name: {name: fr_FR}
    born: {shift: 30d, per: id}
    notes: {lorem: {}, where: "id > 0"}
    profile: {json: {$.phone: phone, $.tags: keep, unlisted: set_null}}
    labels: {each: hash}
    salary: {noise: 10%}
    status: {choice: {open: 3, closed: 1}}
    code: {pattern: AA-####}
    card: {keep_last: 4}
    greeting: {template: "{name} ({id})"}
    country: {keep: {reason: needed}}
  public.orders:
    delete: "id < 0"
    references: cascade
    columns:
      id: keep
      person: follow
      email: {like: public.people.email}
  public.sessions: truncate
sql:
  before:
    - SELECT 1
  after:
    - |
      SELECT 2
"""

WORDS = [
    *FUNCTIONS, *REFERENCES, "tables", "databases", "sql", "sets", "use", "columns", "delete", "references", "unlisted", "where", "per", "before", "after",
    "public.people", "people", "id", "name", "email", "$.a", "$.a[*].b", "people/contact", "truncate", "match", "replace", "expression", "domain", "locale",
]  # fmt: skip

# As they stand in the text.
PIECES = [
    "", "null", "~", "''", "{}", "[]", "[[]]", "{{}: {}}", "&a [*a]", "&a {a: *a}", "*a", "*nobody", "&a", "!!python/object/apply:os.system ['true']",
    "!!python/name:os.system", "!!binary aGk=", "!!null x", "!!int abc", "!!float 1", "!!set {a, b}", "!!omap [a: 1]", "!mine x", "!", "? [a, b]", "? a", "<<: {id: keep}",
    "<<", "- - - a", "- ", ": ", ":", "|", ">", "|9", ">-", "%YAML 9.9", "%TAG ! x", "---", "...", "--- a", "\t", "\t\t", "\r", "\r\n", "\x00", "\x07", "\x1b[31m",
    "\ufeff", "\u2028", "\x85", "\xa0", "\u202e", "\U0001f600", "e\u0301", "\u0660\u0661", '"\\0"', '"\\ud800"', '"\\U0010ffff"', '"\\xff"', "'", '"', "`", "@", "#", " # ", "{", "}", "[", "]",
    ",", "9" * 400, "-1", "0", "1e400", ".nan", ".inf", "0x1F", "1_000", "1:30", "2020-01-01", "99999d", "30d", "0d", "101%", "0%", "100%", "no", "on", "true", "$", "$.", "$.a.b", "$[*]",
    "{name}", "{", "{}{", "\\", "AA-##\\", "((((", "(a+)+$", "[", "x" * 3000, "a" * 70 + ".example", "select 1; drop table x", "'; --", "/*", "1=1) or (1=1", '{a: {a: {a: {a: 1}}}}',
    "[" * 60 + "]" * 60, "[" * 3000, "{a: " * 60 + "1" + "}" * 60, "{a: " * 2000, "each: {each: {each: keep}}", "json: {$.a: {json: {$.b: keep}}}",
    "&a [x, x, x, x, x, x, x, x], &b [*a, *a, *a, *a, *a, *a, *a, *a], [*b, *b, *b, *b, *b, *b, *b, *b]",
]  # fmt: skip


@st.composite
def torn_texts(draw: st.DrawFn, valid: str = VALID) -> bytes:
    """A valid file's bytes with pieces put in, taken out, doubled and exchanged."""
    content = valid.encode()
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(content)))
        end = min(len(content), begin + draw(st.sampled_from([0, 1, 3, 10, 40])))
        piece = draw(
            st.one_of(
                st.sampled_from(PIECES).map(str.encode),
                st.sampled_from(WORDS).map(str.encode),
                st.binary(max_size=6),
                st.text(max_size=6).map(lambda text: text.encode("utf-8", "surrogatepass")),
                st.just(content[begin:end] * 2),
            )
        )
        content = content[:begin] + piece + content[end:]
    return content


@st.composite
def torn_lines(draw: st.DrawFn, valid: str = VALID) -> bytes:
    """A valid file's lines: left out, doubled, exchanged, moved in and out; the value of one replaced."""
    lines = valid.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        here, there = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        key, _, value = lines[here].partition(":")
        piece = draw(st.sampled_from(PIECES))
        written = [
            lines[there],
            f"  {lines[here]}",
            lines[here].removeprefix("  "),
            f"{key}: {piece}",
            f"{piece}:{value}",
        ]
        lines[here : here + draw(st.integers(0, 1))] = draw(st.sampled_from([[], *([line] for line in written)]))
        lines = lines or [""]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


_scalars = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(PIECES),
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=8),
    st.dates(),
    st.binary(max_size=4),
)
_trees = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5) | st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every place in a tree of mappings and lists: its container, and where it is in that."""
    pairs = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    return [(tree, key) for key, _ in pairs] + [place for _, inner in pairs for place in places(inner)]


@st.composite
def other_trees(draw: st.DrawFn, valid: str = VALID) -> bytes:
    """A valid file that says something else in some places: other values of every type, other keys."""
    tree = yaml.load(valid, Loader=yaml.BaseLoader)
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(places(tree)))
        if isinstance(container, dict) and draw(st.booleans()):
            value = container.pop(key)
            container[draw(st.sampled_from(WORDS) | st.text(max_size=8) | st.integers() | st.none())] = value
        else:
            container[key] = draw(_trees)
    return yaml.dump(
        tree,
        allow_unicode=draw(st.booleans()),
        default_flow_style=draw(st.sampled_from([True, False, None])),
        sort_keys=False,
    ).encode("utf-8", "surrogatepass")


VALUES = [
    "0", "4", "1000", "30d", "12h", "year", "10%", "2.5", "FR", "fr_FR", "AA-##", "'{id}'", "x", "'[0-9]+'", "'('", "[a, b]", "{a: 1, b: 2}", "{$.a: hash}",
    "{$.a: {fixed: x}, unlisted: keep}", "hash", "keep", "example.org", "'1'", "'2020-01-01'", "'{}'", "'{a}'", "id", "'{column}'", "'no_such({column})'", "'1/0'",
    "cascade",
]  # fmt: skip


def _accepted() -> dict[str, list[str]]:
    """Rules that are valid as a file, by what columns their functions take: each function alone, and with values for its parameters."""
    found: dict[str, list[str]] = {}
    for function in FUNCTIONS.values():
        forms = [function.name, *(f"{{{function.name}: {value}}}" for value in VALUES)]
        forms += [
            f"{{{function.name}: {{{each.name}: {value}}}}}" for each in function.parameters[1:] for value in VALUES
        ]
        forms += [
            f"{form[:-1]}, where: {where}}}" for form in forms[-1:] for where in ("'id > 3'", "'id'", "'true or'")
        ]
        for form in forms:
            with suppress(RulesMistaken):
                read_rules(f"tables: {{t: {{c: {form}}}}}".encode(), "rules.yaml")
                for kind in function.kinds:
                    found.setdefault(kind, []).append(form)
    return found


ACCEPTED = _accepted()
KEY = "key"


@st.composite
def rules_of(draw: st.DrawFn, tables: Mapping[str, Mapping[str, str]]) -> bytes:
    """Rules that are valid as a file for tables of columns of these kinds: functions that take such a column, with any parameters; keys are kept."""
    lines = ["tables:"]
    for table, columns in tables.items():
        lines.append(f"  {table}:")
        for column, kind in columns.items():
            fitting = ["keep"] if kind == KEY else [*ACCEPTED.get(kind, ()), *ACCEPTED["any"]]
            lines.append(f"    {column}: {draw(st.sampled_from(['keep', 'keep']) | st.sampled_from(fitting))}")
    return "\n".join(lines).encode()


def written(tables: Mapping[str, Mapping[str, str]]) -> str:
    """A valid file that keeps everything."""
    return "tables:\n" + "".join(
        f"  {table}:\n" + "".join(f"    {column}: keep\n" for column in columns) for table, columns in tables.items()
    )


FILES = st.one_of(
    torn_texts(),
    torn_lines(),
    other_trees(),
    st.binary(max_size=200),
    st.sampled_from(PIECES).map(lambda piece: piece.encode("utf-8", "surrogatepass")),
)

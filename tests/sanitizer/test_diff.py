"""A change of the rules, told so that nobody overlooks what is newly kept; and examples that say what the SQL does."""

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sanitizer.diff import Kind, compare
from sanitizer.diff_shown import FORMATS, coloured, markdown, plain
from sanitizer.examples import ADDRESS, INVENTED, KEY, REFERENCES
from sanitizer.functions import FUNCTIONS, Example
from sanitizer.rules import Rules
from sanitizer.rules_file import read_rules
from tests.sanitizer.workbench import Workbench

SHOP = (Path(__file__).parents[2] / "masking" / "shop.yaml").read_text()
NAME = FUNCTIONS["name"].example or Example("", "", "")
ODD = ["", " ", "Ünïcode ✓", 'it\'s \\ "quoted"', "x" * 300]


def rules(text: str) -> Rules | None:
    """The rules of a text; None for no file."""
    return read_rules(text.encode(), "rules.yaml") if text else None


def table(columns: str) -> str:
    return f"databases: {{shop: {{tables: {{public.t: {columns}}}}}}}"


def test_every_masking_function_has_an_example() -> None:
    """In Python, with the parameter it is tried with, or declared; test_functions.py holds the real SQL to those declared."""
    assert {name for name, function in FUNCTIONS.items() if name not in REFERENCES and not function.example} == {
        "template"  # made of other columns, of which an example of one value tells nothing
    }
    for name, reference in REFERENCES.items():
        assert (reference.parameter is not None) == FUNCTIONS[name].parameter, name


@pytest.mark.parametrize("name", REFERENCES)
def test_examples_are_what_the_database_makes(bench: Workbench, name: str) -> None:
    """Python's reference and the real SQL agree on every invented value, and on odd ones."""
    reference = REFERENCES[name]
    values = [*dict.fromkeys([reference.invented or ADDRESS, *(value for _, value in INVENTED), *ODD])]
    bench.sql("CREATE TABLE t (number int, value text)")
    with bench.connection().cursor() as cursor:
        cursor.executemany("INSERT INTO t VALUES (%s, %s)", list(enumerate(values)))
    (bench.directory / "key").write_text(KEY)
    rule = name if reference.parameter is None else json.dumps({name: reference.parameter})
    outcome = bench.sanitize(f"tables: {{public.t: {{number: keep, value: {rule}}}}}")
    assert outcome.code == 0, outcome.lines
    assert bench.column("SELECT value FROM t ORDER BY number") == [
        reference.becomes(value, reference.parameter) for value in values
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{a: hash}", "{a: keep}", [("newly kept", "a", "hash", "keep")]),
        ("{a: keep}", "{a: hash}", [("no longer kept", "a", "keep", "hash")]),
        ("{a: {fixed: x}}", "{a: {fixed: y}}", [("masked differently", "a", "{fixed: x}", "{fixed: y}")]),
        ("{a: hash}", "{a: hash, b: keep}", [("newly kept", "b", "not listed", "keep")]),
        ("{a: hash}", "{a: hash, b: email}", [("added", "b", "not listed", "email")]),
        ("{a: hash, b: keep}", "{a: hash}", [("removed", "b", "keep", "not listed")]),
        (
            "truncate",
            "{a: hash}",
            [
                ("newly kept", None, "truncate", "its rows stay"),
                ("masked differently", "a", "truncate", "hash"),
            ],
        ),
        ("{a: hash}", "truncate", [("no longer kept", None, "its rows stay", "truncate")]),
        ("{a: keep, b: email}", "{b: email, a: keep}", []),
        ("truncate", "truncate", []),
    ],
)
def test_each_change_of_a_table_is_told_for_what_it_means(
    old: str, new: str, said: list[tuple[str, str | None, str, str]]
) -> None:
    """What was masked, emptied or unknown and is kept now is `newly kept`, and nothing else is; order does not matter."""
    diff = compare(rules(table(old)), rules(table(new)))
    assert [(each.kind, each.column, each.before, each.after) for each in diff.changes] == said
    assert diff.loosened == any(kind == "newly kept" for kind, *_ in said)


@pytest.mark.parametrize(
    ("old", "new", "said", "loosened"),
    [
        (
            "",
            table("{a: hash}"),
            ["added shop", "added shop public.t", "added shop public.t.a"],
            False,
        ),
        (
            "",
            table("{b: hash, a: keep}"),
            ["newly kept shop public.t.a", "added shop", "added shop public.t", "added shop public.t.b"],
            True,
        ),
        (table("{a: keep}"), "", ["removed shop"], False),
        (table("truncate"), "databases: {shop: {tables: {}}}", ["removed shop public.t"], False),
        (table("{a: hash}"), "sql: [DELETE FROM t]", ["newly kept shop", "newly kept shop public.t.a"], True),
        (
            "sql: [DELETE FROM t]",
            table("{a: hash}"),
            ["no longer kept shop", "no longer kept shop public.t.a"],
            False,
        ),
        ("", "sql: [DELETE FROM t]", ["newly kept the one database"], True),
        ("tables: {public.t: {a: hash}}", table("{a: hash}"), [], False),
        (
            "databases: {crm: {tables: {}}}",
            "databases: {shop: {tables: {}}}",
            ["added shop", "removed crm"],
            False,
        ),
    ],
)
def test_databases_and_files_that_come_and_go_are_told(old: str, new: str, said: list[str], loosened: bool) -> None:
    """New ones are told column by column, kept ones first; statements alone keep whatever they do not change."""
    diff = compare(rules(old), rules(new))
    assert [f"{each.kind} {each}" for each in diff.changes] == said
    assert bool(diff.newly_kept) == loosened


def test_changed_statements_are_shown_and_never_called_harmless() -> None:
    """One statement that goes, changes or comes: nobody can tell from a rule what it keeps."""
    old = rules("sql: {before: [SELECT 1], after: [UPDATE t SET a = 1, UPDATE t SET b = 2]}")
    new = rules("sql: {before: [SELECT 1], after: [UPDATE t SET a = 1, UPDATE t SET b = 3]}")
    diff = compare(old, new)
    assert diff.changes == ()
    assert diff.loosened
    assert "-UPDATE t SET b = 2;\n+UPDATE t SET b = 3;" in markdown(diff)
    assert " UPDATE t SET a = 1;" in markdown(diff)
    assert "SELECT 1" not in markdown(diff)
    assert not compare(
        old, rules("sql: {before: ['SELECT 1 '], after: [UPDATE t SET a = 1, UPDATE t SET b = 2]}")
    ).loosened


def test_whatever_else_a_rules_file_says_one_day_is_told_too() -> None:
    """A setting that the rules get later (say, what happens to unlisted columns) cannot change in silence."""

    @dataclass(frozen=True)
    class LaterRules(Rules):
        unlisted: str = "fail"

    old, new = (LaterRules("rules.yaml", "", {}, None, unlisted=unlisted) for unlisted in ("fail", "warn"))
    (change,) = compare(old, new).changes
    assert (change.kind, change.before, change.after) == (Kind.SETTING, "unlisted: fail", "unlisted: warn")
    assert compare(old, new).loosened


def test_a_comment_shows_newly_kept_values_first_and_in_bold() -> None:
    """The reviewer's eye falls on the address that will be readable; a column that stays masked looks harmless."""
    new = SHOP.replace("contact_email: {like: public.customers.email}", "contact_email: keep")
    new = new.replace("full_name: {name: fr_FR}", "full_name: hash").replace(
        "like: public.customers.full_name", "name: fr_FR"
    )
    lines = markdown(compare(rules(SHOP), rules(new))).splitlines()
    assert lines[2].startswith("**1 newly kept**: ")
    masked = REFERENCES["email"].becomes(ADDRESS, None)
    assert lines[6:] == [
        f"| **newly kept** | **`shop public.orders.contact_email`** | **`email`** | **`keep`** | **`{ADDRESS}`** | **`{masked}`** | **`{ADDRESS}`** |",
        f"| masked differently | `shop public.customers.full_name` | `{{name: fr_FR}}` | `hash` | `{NAME.before}` | `{NAME.after} (for example by name)` | `{REFERENCES['hash'].becomes(NAME.before, None)}` |",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{a: {phone: FR}}", "{a: {phone: DE}}", ("masked differently", "{phone: FR}", "{phone: DE}")),
        ("{a: email}", "{a: {email: a.test}}", ("masked differently", "email", "{email: a.test}")),
        ("{a: {shift: 30d, per: b}, b: keep}", "{a: {shift: 30d}, b: keep}", ("masked differently", "{shift: 30d, per: b}", "{shift: 30d}")),
        ("{a: {choice: [x, y]}}", "{a: {choice: {x: 3, y: 1}}}", ("masked differently", "{choice: {x: 1, y: 1}}", "{choice: {x: 3, y: 1}}")),
        ("{a: hash}", "{a: {hash: {}, where: b > 1}, b: keep}", ("may be kept", "hash", "{hash: {}, where: b > 1}")),
        ("{a: hash}", "{a: {hash: {}, common: a list}}", ("may be kept", "hash", "{hash: {}, common: a list}")),
        ("{a: hash}", "{a: follow}", ("may be kept", "hash", "follow")),
        ("{a: {json: {$.x: hash, $.y: hash}}}", "{a: {json: {$.x: hash, $.y: keep}}}", ("may be kept", "{json: {$.x: hash, $.y: hash, unlisted: fail}}", "{json: {$.x: hash, $.y: keep, unlisted: fail}}")),
        ("{a: {keep: {reason: one}}}", "{a: {keep: {reason: two}}}", None),
        ("{use: s/t, a: keep}", "{a: keep, e: email}", None),
        ("{use: s/t, a: keep}", "{a: keep, e: keep}", ("newly kept", "email", "keep")),
        ("{delete: a > 1, columns: {a: keep}}", "{a: keep}", ("setting changed", "delete: a > 1 (references: refuse)", "delete: None")),
        ("{delete: a > 1, columns: {a: keep}}", "\n   {delete: a > 1, columns: {a: keep}}", None),
    ],
)  # fmt: skip
def test_parameters_conditions_and_deletions_are_compared(
    old: str, new: str, said: tuple[str, str, str] | None
) -> None:
    """Whatever decides what is read; what may leave originals behind is told as loosening; lines that only moved are no change."""
    before, after = (rules(f"sets: {{s/t: {{e: email}}}}\n{table(columns)}") for columns in (old, new))
    diff = compare(before, after)
    changes = [(change.kind.value, change.before, change.after) for change in diff.changes if change.column != "b"]
    assert changes == ([said] if said else [])
    assert diff.loosened == bool(said and said[0] != "masked differently")


def test_nothing_of_a_rules_file_is_markup_in_a_comment() -> None:
    """Names and statements of whoever proposes a change can close no code, mention nobody, and hide no text."""
    name = "a`|b @everyone ![x](http://x) \\u202e \\e[31m\\n# h"
    diff = compare(rules(table("{a: keep}")), rules(table(f'{{a: keep, "{name}": keep}}').rstrip() + "\n"))
    (row,) = (line for line in markdown(diff).splitlines() if "everyone" in line)
    assert "**`` shop public.t.a`\\|b @everyone ![x](http://x) � �[31m # h ``**" in row
    assert "\033[31m" not in plain(diff)
    assert "\u202e" not in coloured(diff)
    fenced = markdown(compare(rules("sql: [SELECT 1]"), rules("sql: ['SELECT ''```\n# h''']")))
    assert fenced.count("````") == 2


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The real command, its output not to a terminal."""
    whole = [sys.executable, "-m", "sanitizer", "diff", *arguments]
    return subprocess.run(whole, capture_output=True, text=True, check=False)


def test_the_exit_code_tells_loosened_from_not(tmp_path: Path) -> None:
    """0 or 3 where --exit-code asks for it, 0 where it does not; nothing on standard error."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(table("{a: hash}"))
    new.write_text(table("{a: keep}"))
    for arguments, code in (
        ((old, new), 0),
        ((old, new, "--exit-code"), 3),
        ((new, old, "--exit-code"), 0),
        ((old, old, "--exit-code"), 0),
        (("-", new, "--exit-code"), 3),
        ((new, "-", "--exit-code"), 0),
    ):
        done = command(*map(str, arguments))
        assert (done.returncode, done.stderr) == (code, ""), arguments
    assert "No rule changed." in command(str(old), str(old)).stdout
    assert json.loads(command(str(old), str(new), "--format", "json").stdout)["newly_kept"] == 1


def test_mistakes_of_both_files_are_told_at_once(tmp_path: Path) -> None:
    """Exit code 10, every mistake with file and line, no diff; a file that is not there is one of them."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(table("{a: hsh}"))
    new.write_text(f"unlisted: no\n{table('{a: kep}')}")
    done = command(str(old), str(new))
    findings = [line for line in map(json.loads, done.stderr.splitlines()) if line["event"] == "finding"]
    assert done.returncode == 10
    assert done.stdout == ""
    assert [finding["place"] for finding in findings] == [f"{old}:1", f"{new}:1", f"{new}:2"]
    done = command(str(tmp_path / "none.yaml"), str(new))
    assert done.returncode == 10
    assert "none.yaml" in done.stderr
    assert "kep" in done.stderr
    done = command("-", "-")
    assert done.returncode == 2
    assert "One of OLD and NEW must be a rules file" in done.stderr


def test_a_terminal_shows_colours_and_other_programs_get_none(tmp_path: Path) -> None:
    """Text with what is newly kept in bold red on a terminal; Markdown where nobody looks."""
    new = tmp_path / "new.yaml"
    new.write_text(table("{a: keep}"))
    main, terminal = pty.openpty()
    arguments = [sys.executable, "-m", "sanitizer", "diff", "-", str(new)]
    subprocess.run(arguments, stdout=terminal, check=True)
    os.close(terminal)
    assert "\033[1m\033[31mnewly kept        shop public.t.a: not listed -> keep" in os.read(main, 65536).decode()
    os.close(main)
    assert command("-", str(new)).stdout == markdown(compare(None, read_rules(new.read_bytes(), str(new))))
    assert "\033" not in command("-", str(new), "--format", "text").stdout
    assert set(FORMATS) == {"markdown", "text", "json"}

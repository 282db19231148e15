"""What a report says, and that readers can rely on it."""

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from docs.pages.report_schema import Schema, schema
from sanitizer import VERSION
from sanitizer.measurement import Count, Measurement
from sanitizer.names import TableName
from sanitizer.pipeline import Masked, Outcome
from sanitizer.report import report
from sanitizer.rules_file import read_rules
from sanitizer.schema import Schema as Database
from sanitizer.steps import Step

PROJECT = Path(__file__).parents[2]
RULES = """
databases:
  shop:
    tables:
      public.people:
        id: keep
        email: email
        country: {keep: {reason: "tax reports need it, <b>& nothing</b> else"}}
        note: {hash: {}, where: "id > 3"}
      public.sessions: truncate
      public.log: {delete: "id < 3", columns: {id: keep}}
    sql: [SELECT 1]
  old: {tables: {}}
"""
EMPTY = Database("shop", {}, {}, (), ())


def a_report(choices: str = "", **differences: Any) -> bytes:
    """The report of a run that had something of everything, and what the rules file may say of the whole server."""
    rules = read_rules(f"{choices}\n{RULES}".encode(), "rules.yaml")
    counts = {TableName("public", name): Count(rows, {}, {}) for name, rows in (("people", 1200), ("sessions", 0), ("log", 7))}  # fmt: skip
    masked = {
        "shop": Masked(EMPTY, Measurement(counts, {}), {"public.people": "rewrite", "public.sessions": "truncate"}, frozenset()),
        "old": Masked(EMPTY, Measurement({}, {}), {}, frozenset()),
    }  # fmt: skip
    outcome = Outcome(
        rules=rules.databases,
        masked=masked,
        purged=(Step("purge", "shop", "statistics of <i>", "VACUUM FULL", "originals", ("VACUUM",)),),
        neutralised={"app": "cannot log in"},
        checks={"masked columns": 2, "rows": 3},
        left_by_conditions={"shop": {"note of public.people": 3}, "old": {}},
        took_seconds={"inspect": 0.25, "mask": 61.5, "purge": 12.0, "neutralise": 0.1, "verify": 8.0},
        resumed=False,
        unread=("shop: view public.v was not searched whole.",),
        originals=600,
    )
    told: dict[str, Any] = {"run_id": "202601020300-abcd", "database": "orders", "engine": ("postgres", "17.10")}
    times = {"started_at": datetime(2026, 1, 2, 3, tzinfo=UTC), "finished_at": datetime(2026, 1, 2, 3, 2, tzinfo=UTC)}
    return report(outcome=outcome, rules=rules, **{**told, **times, **differences})


def closed(told: Any) -> Any:
    """The schema, but no field that it does not know is accepted."""
    if isinstance(told, list):
        return [closed(each) for each in told]
    if not isinstance(told, dict):
        return told
    inner = {name: closed(each) for name, each in told.items()}
    return {**inner, "additionalProperties": False} if "properties" in told and "type" in told else inner


def check(told: Any, against: Schema) -> None:
    """Raises: ValidationError."""
    Draft202012Validator(against, format_checker=FormatChecker()).validate(told)


def fields(told: Schema) -> Iterator[Schema]:
    """Every field of the schema that has a name."""
    yield from told.get("properties", {}).values()
    for each in (*told.get("properties", {}).values(), told.get("items"), told.get("additionalProperties")):
        if each:
            yield from fields(each)


@pytest.mark.parametrize("snapshot_at", [None, datetime(2026, 1, 2, 1, tzinfo=UTC)])
def test_a_report_is_what_its_schema_says(snapshot_at: datetime | None) -> None:
    """And has no field that the schema does not explain."""
    Draft202012Validator.check_schema(schema())
    check(json.loads(a_report(snapshot_at=snapshot_at)), closed(schema()))


@pytest.mark.parametrize(
    "field", ["verdict", "databases", "phases", "limits", "rules_sha256", "snapshot_at", "choices"]
)
def test_a_report_without_one_of_its_fields_is_refused(field: str) -> None:
    """Every field at the top is always there."""
    told = json.loads(a_report())
    del told[field]
    with pytest.raises(ValidationError):
        check(told, schema())


def test_every_field_has_a_meaning() -> None:
    """It is what the page on reports is made of."""
    assert all(each.get("description") for each in fields(schema()))


def test_a_report_tells_who_wrote_it_how_long_it_took_and_how_old_the_data_is() -> None:
    """Phases in their order, in seconds; the snapshot's time where it is known."""
    told = json.loads(a_report(snapshot_at=datetime(2026, 1, 2, 1, tzinfo=UTC)))
    assert told["sanitizer"] == {"version": VERSION}
    assert told["snapshot_at"] == "2026-01-02T01:00:00+00:00"
    assert [each["name"] for each in told["phases"]] == ["inspect", "mask", "purge", "neutralise", "verify"]
    assert told["phases"][1]["seconds"] == 61.5
    assert told["rows_verified"] == 1200


def test_a_report_tells_why_a_column_is_kept() -> None:
    """In the rules' own words; a column that is kept without a reason has none."""
    people = json.loads(a_report())["databases"]["shop"]["tables"]["public.people"]
    assert people["columns"]["country"] == "keep"
    assert people["reasons"] == {"country": "tax reports need it, <b>& nothing</b> else"}


def test_a_report_tells_what_the_rules_decide_for_the_whole_server() -> None:
    """In the rules' own words; what is meant where they say nothing is said too."""
    usual = {"purge": "thorough", "roles": "disable", "large_objects": "refuse", "originals": "everywhere"}
    assert json.loads(a_report())["choices"] == usual
    told = json.loads(a_report("purge: forensic\nroles: keep\nlarge_objects: unlink\noriginals: sampled"))
    assert told["choices"] == {"purge": "forensic", "roles": "keep", "large_objects": "unlink", "originals": "sampled"}


@pytest.mark.parametrize(
    ("choices", "engine", "beginnings"),
    [
        ("", "postgres", []),
        ("roles: reset\nlarge_objects: unlink", "postgres", []),
        ("roles: keep", "postgres", ["Production's passwords open"]),
        ("large_objects: keep", "postgres", ["Large objects ("]),
        ("originals: sampled", "postgres", ["Of large tables only some rows"]),
        ("roles: keep\nlarge_objects: keep", "postgres", ["Production's passwords open", "Large objects ("]),
        ("roles: keep\nlarge_objects: keep", "mariadb", ["Production's passwords open"]),  # which has no large objects
    ],
)
def test_what_the_rules_let_leave_is_among_the_limits(choices: str, engine: str, beginnings: list[str]) -> None:
    """Passwords that open the snapshot, and files that no rule masks; nothing where neither leaves."""
    told, usual = (json.loads(a_report(each, engine=(engine, "1")))["limits"] for each in (choices, ""))
    more = [limit for limit in told if limit not in usual]
    assert [limit[: len(beginning)] for limit, beginning in zip(more, beginnings, strict=True)] == beginnings


def test_the_version_in_reports_is_the_projects() -> None:
    """The image has no pyproject.toml."""
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"] == VERSION

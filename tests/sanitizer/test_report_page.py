"""The page that a data protection officer reads."""

import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from sanitizer.report_page import MOST_BARS, WHAT_CHOICES_MEAN, page
from sanitizer.rules import OF_THE_SERVER
from tests.sanitizer.test_report import a_report
from tests.sanitizer.workbench import Workbench

VOID = {"meta", "rect"}
PLANTED = "<script>alert('&')</script>\"><img src=x onerror=y>"


class Read(HTMLParser):
    """The page as a browser takes it: elements that close, texts, attributes."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(content.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def edited(**differences: Any) -> bytes:
    """A report that says something else."""
    return json.dumps({**json.loads(a_report()), **differences}).encode()


def test_the_page_says_on_top_whether_when_and_how_much() -> None:
    """Verdict and time, masked and kept columns, age of the data; then the parts in their order."""
    text = Read(page(a_report())).text
    summary = text[: text.index("What this report does not claim")]
    for said in (
        "Verified : all 5 checks passed on 02 January 2026, 03:02 UTC.",
        "Columns masked 2",
        "Tables emptied 1",
        "Columns kept 3, 1 of them with a reason",
        "Rows in these tables 1,207",
        "Data as of not known to the sanitizer",
        "postgres 17.10",
    ):
        assert said in summary
    headings = ["does not claim", "How long each phase took", "Rows by table", "Masked", "Kept as they are", "Verified"]
    places = [text.index(heading, len(summary)) for heading in headings]
    assert places == sorted(places)


def test_the_page_says_everything_that_the_report_says() -> None:
    """Rules, reasons, purged, neutralised, deleted, checks by kind, rows that conditions left, times by phase."""
    text = Read(page(a_report())).text
    for said in (
        "shop public.people email email 1,200",
        "shop public.people note hash, where 1,200",
        "shop public.sessions all rows truncate 0",
        "shop public.people country tax reports need it, <b>& nothing</b> else",
        "shop public.people id no reason is written in the rules",
        "note of public.people 3",
        "shop public.log rows of a condition",
        "statistics of <i> VACUUM FULL",
        "app cannot log in",
        "masked columns 2",
        "mask 1 min 2 s",
        "On 1,200 rows",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("choice", "word"), [(choice, word) for choice, words in OF_THE_SERVER.items() for word in words]
)
def test_the_page_explains_every_decision_for_the_whole_server(choice: str, word: str) -> None:
    """In words for people, beside those of the rules."""
    text = Read(page(a_report(f"{choice}: {word}"))).text
    about, meanings = WHAT_CHOICES_MEAN[choice]
    assert f"{about} {meanings[word]} {choice}: {word}" in text


def test_the_page_says_on_top_what_the_rules_let_leave() -> None:
    """Before anything that was done."""
    text = Read(page(a_report("roles: keep\nlarge_objects: keep"))).text
    limits = text[text.index("What this report does not claim") : text.index("How long each phase took")]
    assert "Production's passwords open the snapshot" in limits
    assert "Large objects (files" in limits


def test_the_page_names_the_digest_of_exactly_these_bytes() -> None:
    """One byte more is another report."""
    for content in (a_report(), a_report() + b"\n"):
        assert hashlib.sha256(content).hexdigest() in Read(page(content)).text


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    """No script, no address, and a policy that forbids the browser both."""
    content = page(a_report())
    read = Read(content)
    assert not read.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not [each for each in read.attributes if each[1] in {"src", "href", "style"} or each[1].startswith("on")]
    assert not re.search(rb"url\(|@import|https?:", content)
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in read.attributes


def planted(value: Any) -> Any:
    """The report with markup in every name and text."""
    if isinstance(value, dict):
        return {key + PLANTED: planted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [planted(each) for each in value]
    return value + PLANTED if isinstance(value, str) else value


def test_everything_is_escaped() -> None:
    """Names of databases, tables, columns and roles, rules, reasons, places: whatever they hold stays text."""
    told = json.loads(a_report())
    names = ("databases", "tables", "columns", "reasons", "rows_left_by_conditions")
    for live in list(told["databases"]):
        database = told["databases"].pop(live)
        for name in list(database["tables"]):
            table = database["tables"].pop(name)
            for field in names[2:]:
                if field in table:
                    table[field] = planted(table[field])
            database["tables"][name + PLANTED] = {**table, "strategy": table["strategy"] + PLANTED}
        if "rows_left_by_conditions" in database:
            database["rows_left_by_conditions"] = planted(database["rows_left_by_conditions"])
        told["databases"][live + PLANTED] = database
    for field in ("purged", "neutralised"):
        told[field] = [{name: value + PLANTED for name, value in each.items()} for each in told[field]]
    told["verified"], told["limits"] = planted(told["verified"]), planted(told["limits"])
    told["phases"] = [{**each, "name": each["name"] + PLANTED} for each in told["phases"]]
    told["choices"] = planted(told["choices"])
    for field in ("run_id", "database", "rules_sha256"):
        told[field] += PLANTED
    told["sanitizer"], told["engine"] = ({name: value + PLANTED for name, value in told[field].items()} for field in ("sanitizer", "engine"))  # fmt: skip
    read = Read(page(json.dumps(told).encode()))
    plain = Read(page(a_report()))
    assert read.tags <= plain.tags
    assert {(tag, name) for tag, name, _ in read.attributes} <= {(tag, name) for tag, name, _ in plain.attributes}
    assert read.text.count(PLANTED) > 40


def test_a_report_with_nothing_in_it_is_a_page_too() -> None:
    """Sentences stand where tables would be empty."""
    nothing: dict[str, Any] = {"databases": {}, "purged": [], "neutralised": [], "verified": {}, "limits": [], "phases": [], "choices": {}}  # fmt: skip
    text = Read(page(edited(**nothing))).text
    for said in (
        "No rule masks a column",
        "No column is kept",
        "nothing to purge",
        "There is nothing to add",
        "does not say",
    ):
        assert said in text


def test_a_page_of_another_verdict_does_not_look_verified() -> None:
    """There is no such report today."""
    assert "Not verified: failed" in Read(page(edited(verdict="failed"))).text


def test_the_largest_tables_are_in_the_picture() -> None:
    """And the page says how many are not."""
    table = {"rows": 1, "strategy": "keep", "columns": {"id": "keep"}}
    tables = {f"public.t{number}": {**table, "rows": number} for number in range(MOST_BARS + 5)}
    text = Read(page(edited(databases={"shop": {"tables": tables, "statements": 0, "rules": "every column"}}))).text
    picture = text[text.index("Rows by table") : text.index("Masked")]
    assert "public.t24" in picture
    assert "public.t4 " not in picture
    assert "and 5 smaller tables" in picture


@pytest.mark.parametrize("given", ["2026-01-02T03:00:00+02:00", "2026-01-02T01:00:00Z"])
def test_a_run_tells_how_old_the_data_is(bench: Workbench, given: str) -> None:
    """In UTC, whatever zone the time was given in."""
    bench.sql("CREATE TABLE t (id int, m text); INSERT INTO t VALUES (1, 'planted')")
    outcome = bench.sanitize("tables: {public.t: {id: keep, m: email}}", snapshot_at=given)
    assert outcome.report is not None
    assert outcome.report["snapshot_at"] == "2026-01-02T01:00:00+00:00"
    assert "Data as of 02 January 2026, 01:00 UTC" in Read((bench.directory / "report.html").read_bytes()).text


def test_a_time_without_a_zone_is_a_mistake(bench: Workbench) -> None:
    """Nobody can tell how old that is: exit code 2, before anything is changed."""
    assert bench.sanitize("tables: {}", snapshot_at="2026-01-02T01:00:00").code == 2


@pytest.mark.parametrize("name", ["report.json", "report"])
def test_a_run_writes_the_page_beside_the_report(bench: Workbench, name: str) -> None:
    """Its own, also where an older one lies; the digest is that of the bytes on disk."""
    bench.sql("CREATE TABLE t (id int, m text); INSERT INTO t VALUES (1, 'planted')")
    (bench.directory / "report.html").write_text("an older one")
    outcome = bench.sanitize("tables: {public.t: {id: keep, m: email}}", report=bench.directory / name)
    assert outcome.code == 0, outcome.lines
    written = (bench.directory / "report.html").read_bytes()
    report = (bench.directory / name).read_bytes()
    assert written == page(report)
    assert hashlib.sha256(report).hexdigest().encode() in written

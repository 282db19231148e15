"""Whatever a rules file holds: it is read or refused, with lines; nothing of ours breaks, and no database is touched by one that is refused."""

import io
import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanitizer import engines
from sanitizer.__main__ import main
from sanitizer.errors import EXIT_CODES, ConnectionFailed, Finding, NothingChanged, RulesMistaken
from sanitizer.postgresql.structure import read_structure
from sanitizer.rules import Rules
from sanitizer.rules_file import read_rules
from tests.sanitizer import once
from tests.sanitizer.mutating import FILES, KEY, VALID, rules_of, torn_lines, torn_texts, written
from tests.sanitizer.workbench import Workbench, rows_of_everything

NOTHING_CHANGED = [code for kind, code in EXIT_CODES.items() if issubclass(kind, NothingChanged)]
LINE = re.compile(r"rules\.yaml:[1-9]\d*\Z")


def fuzzed(examples: int) -> settings:
    """So many examples, however long one of them takes on a busy machine."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


def test_the_file_that_is_mutated_is_valid() -> None:
    """Else its mutations would all be wrong in the same way."""
    assert read_rules(VALID.encode(), "rules.yaml").needs_key


@fuzzed(2500)
@given(FILES)
def test_every_file_is_read_or_refused_with_lines(content: bytes) -> None:
    """No other error, ever; each mistake says where it is and what to do."""
    rules, mistakes = refused(content)
    for finding in mistakes:
        assert LINE.match(finding.place), finding
        assert 1 <= int(finding.place.rpartition(":")[2]) <= content.count(b"\n") + 1
        assert finding.problem
        assert finding.remedy
    assert mistakes or (rules and (rules.databases or rules.only))


def refused(content: bytes) -> tuple[Rules | None, tuple[Finding, ...]]:
    """The rules, or the mistakes in them."""
    try:
        return read_rules(content, "rules.yaml"), ()
    except RulesMistaken as exc:
        return None, exc.findings


class Touched(ConnectionFailed):
    """Somebody opened the server."""


@pytest.fixture
def untouchable(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every server that is asked for is noted, and cannot be reached."""
    asked: list[str] = []

    def open_server(*_: object, **__: object) -> None:
        asked.append("opened")
        raise Touched("It cannot be reached")

    engine = engines.ENGINES["postgres"]._replace(open_server=open_server)  # type: ignore[arg-type]
    monkeypatch.setitem(engines.ENGINES, "postgres", engine)
    return asked


@contextmanager
def handlers_kept() -> Iterator[None]:
    """The command sets signal handlers of its own."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def performed(arguments: list[str]) -> tuple[int, list[dict[str, str]]]:
    """The exit code and what was said; every line is JSON, which no traceback is."""
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")  # as the interpreter opens it
    with redirect_stderr(stream), handlers_kept():
        code = main(arguments)
    stream.seek(0)
    return code, [json.loads(line) for line in stream.read().split("\n") if line]


@fuzzed(700)
@given(content=FILES)
def test_a_refused_file_ends_the_command_before_any_server_is_asked(
    content: bytes, tmp_path: Path, untouchable: list[str]
) -> None:
    """Exit code 10 and lines, or the server is asked: one or the other, and nothing else."""
    arguments = ["run", "--host", "localhost", "--user", "x", "--database", "shop", "--run-id", "x"]
    for name, text in {"rules.yaml": content, "password": b"x", "key": b"5a" * 32, "ca.pem": b""}.items():
        (tmp_path / name).write_bytes(text)
    files = {
        "rules": "rules.yaml",
        "password-file": "password",
        "key-file": "key",
        "ca-file": "ca.pem",
        "report": "report.json",
    }
    untouchable.clear()
    code, said = performed(
        arguments + [word for name, file in files.items() for word in (f"--{name}", str(tmp_path / file))]
    )
    assert (code, len(untouchable)) in ((EXIT_CODES[RulesMistaken], 0), (EXIT_CODES[ConnectionFailed], 1)), said
    findings = [line for line in said if line["event"] == "finding"]
    assert untouchable or findings
    assert all(LINE.search(line["place"]) for line in findings)


TABLES = {
    "public.people": {
        "id": KEY,
        "name": "text",
        "born": "date",
        "profile": "json",
        "labels": "array",
        "salary": "number",
    },
    "public.orders": {"id": KEY, "person": KEY, "email": "text"},
}
FILL = """
    CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, born date, profile jsonb, labels text[], salary numeric(8, 2) CHECK (salary > 0));
    CREATE TABLE orders (id int PRIMARY KEY, person int REFERENCES people, email varchar(40) UNIQUE);
    CREATE VIEW known AS SELECT name FROM people;
    INSERT INTO people SELECT i, 'Ann ' || i, '1980-01-01', '{"a": "x"}', '{a,b}', 100 + i FROM generate_series(1, 20) AS i;
    INSERT INTO orders SELECT i, i, 'somebody' || i || '@example.net' FROM generate_series(1, 20) AS i;
"""


def state(bench: Workbench) -> tuple[dict[str, str], list[str]]:
    """All definitions, and all rows of all tables."""
    return read_structure(bench.connection()), sorted(rows_of_everything(bench))


@once
def test_what_is_refused_leaves_a_real_server_as_it_was(bench: Workbench) -> None:
    """Torn files, and files of any functions for any columns: refused by what is written, by the schema or by its rows; or done to the end."""
    bench.sql(FILL)

    @fuzzed(40)
    @given(st.one_of(rules_of(TABLES), rules_of(TABLES), torn_lines(written(TABLES)), torn_texts(written(TABLES))))
    def try_one(content: bytes) -> None:
        before = state(bench)
        (bench.directory / "report.json").unlink(missing_ok=True)
        arguments = bench.arguments("run", "")
        bench.directory.joinpath("rules.yaml").write_bytes(content)
        code, said = performed(arguments)
        assert code in (0, *NOTHING_CHANGED), said
        if code:
            assert state(bench) == before
        else:
            assert state(bench)[0] == before[0]
            bench.sql("DROP TABLE people, orders CASCADE")
            bench.sql(FILL)

    try_one()

"""The last test of a session hears what runs say, finds what they may not say, and cannot be green for want of anything heard."""

import base64
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import sanitizer.__main__
from sanitizer.journal import Journal
from tests.outputs import records, search
from tests.outputs.records import Record
from tests.outputs.session import LEAST, is_whole, missing
from tests.outputs.stages import SHOWN_ON_PURPOSE
from tests.sanitizer.workbench import Workbench

PROJECT = Path(__file__).parents[2]
KEY = "3b" * 31 + "d9"
SECRET = "Lindqvist"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record of this test's own."""
    made = tmp_path / "outputs"
    made.mkdir()
    monkeypatch.setenv(records.FOLDER, str(made))
    return made


def found(folder: Path) -> str:
    """All that the search tells."""
    return "\n".join(search.found(records.read(folder)))


SPOKEN = {
    "as it is": SECRET,
    "in other letters": SECRET.upper(),
    "in a line of a journal": json.dumps({"event": "x", "problem": f"no {SECRET} here"}),
    "as a name": json.dumps({SECRET: 1}),
    "in JSON in JSON": json.dumps({"cause": json.dumps({"cause": json.dumps([SECRET])})}),
    "between other lines": f'{{"a": 1}}\nTraceback: {SECRET}\n{{"b": 2}}',
}


@pytest.mark.parametrize("how", SPOKEN)
def test_an_original_is_found_however_it_is_said(folder: Path, how: str) -> None:
    """Where, what and how often is told; the value is not."""
    records.plant([SECRET, "something else"], "a run")
    records.say("journal", SPOKEN[how], "a run")
    assert found(folder) == "a run: journal: an original, 1 times"


def test_originals_with_quotes_and_accents_are_found_in_every_writing(folder: Path) -> None:
    """JSON and HTML write them otherwise."""
    records.plant(["place du Marché", "<O'Hara & Sons>"], "a run")
    records.say("states", json.dumps({"output": json.dumps({"at": "place du Marché"})}), "a run")
    records.say("page", "<!DOCTYPE html><p>&lt;O&#x27;Hara &amp; Sons&gt;</p>", "a run")
    assert found(folder).splitlines() == ["a run: page: an original, 1 times", "a run: states: an original, 1 times"]


def test_what_other_runs_hold_or_what_is_planted_later_is_no_finding(folder: Path) -> None:
    """Every run answers for what was in its own database by then; short values stand in too many words."""
    records.plant([SECRET], "another run")
    records.plant(["paris"], "a run")
    records.say("journal", f"{SECRET} in paris", "a run")
    records.plant([SECRET], "a run")
    assert found(folder) == ""


@pytest.mark.parametrize(
    "said", [KEY, KEY.upper(), KEY[:32], base64.b64encode(bytes.fromhex(KEY)).decode(), base64.b64encode(KEY.encode()).decode()]
)  # fmt: skip
def test_the_key_is_found_in_every_form(folder: Path, said: str) -> None:
    """In anything that any run says, whoever used it; half of it is too much."""
    records.use_key(KEY)
    records.say("states", json.dumps({"output": said}), "a run")
    assert "a run: states: the masking key" in found(folder)


def test_passwords_and_markers_are_found_whoever_says_them(folder: Path) -> None:
    """Neither belongs to one run."""
    records.use_password("Nobody-knows-1")
    records.say("calls of AWS", '["task", {"Body": "Nobody-knows-1, anne.keller7@posteo.example"}]', "a run")
    assert found(folder).splitlines() == [
        "a run: calls of AWS: a password, 1 times",
        "a run: calls of AWS: a planted marker, 1 times",
    ]


def test_the_key_is_found_in_a_servers_log_of_any_size(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where two blocks meet, and when the server's folder is gone."""
    monkeypatch.setattr(search, "BLOCK_BYTES", 50)
    log = tmp_path / "server.log"
    log.write_text("x" * 30 + KEY + "x" * 100)
    records.use_key(KEY)
    records.keep_log("a server's log", log, "a server")
    log.unlink()
    assert "a server: a server's log: the masking key" in found(folder)


def test_a_sanitizer_that_logs_a_value_is_found(
    bench: Workbench, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process: what a test put into the database by SQL is known, and what the command writes is heard."""
    bench.sql(f"CREATE TABLE t (m text); INSERT INTO t VALUES ('{SECRET} & Sons')")
    assert bench.sanitize("tables: {public.t: {m: email}}").code == 0
    assert found(folder) == ""
    note = Journal.note
    monkeypatch.setattr(Journal, "note", lambda self, step, event, **told: note(self, step, f"{event} {SECRET} & Sons", **told))  # fmt: skip
    (bench.directory / "report.json").unlink()
    assert bench.sanitize("tables: {public.t: {m: email}}").code == 0
    assert ": journal: an original, " in found(folder)


def test_reports_and_pages_are_heard_and_other_processes_too(bench: Workbench, folder: Path) -> None:
    """A table that is called as what one of its kept columns holds: report and page name it."""
    table = SECRET.lower()
    bench.sql(f"CREATE TABLE {table} (m text, k text); INSERT INTO {table} VALUES ('Ekström & Sons', '{SECRET}')")
    ended = bench.run(bench.arguments("run", f"tables: {{public.{table}: {{m: email, k: keep}}}}"))
    assert ended.code == 0
    told = found(folder)
    for kind in ("report", "page"):
        assert f": {kind}: an original, " in told
    assert records.read(folder).runs == Counter({"sanitizer in a process: run on postgres": 1})


def test_the_screens_of_other_programs_are_heard(folder: Path) -> None:
    """What they were told is wrong, they name."""
    for program, wrong in (("rehearsal", "--planted"), ("handlers.release", "--deny=planted")):
        command = [sys.executable, "-m", program, wrong]
        subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
        assert f": stderr of {program}: a planted marker" in found(folder)


def test_a_rehearsals_screen_may_show_invented_people_in_one_table_only() -> None:
    """The rows before and after masking, up to the next title."""
    rows = "  where  before\n  shop.customers  anne.keller7@posteo.example\n\n"
    screen = f"The run\n  Begin\nRows before and after\n{rows}Masked\n  anne.keller7@posteo.example\n"
    assert SHOWN_ON_PURPOSE.sub("", screen) == "The run\n  Begin\nMasked\n  anne.keller7@posteo.example\n"


def test_the_command_in_this_process_is_heard(folder: Path, tmp_path: Path) -> None:
    """Whoever calls it, under whichever name."""
    assert sanitizer.__main__.main(["check", str(tmp_path / "planted.yaml")]) == 10
    assert "sanitizer in this process: other" in records.read(folder).runs
    assert ": journal: a planted marker" in found(folder)


def session(tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A session of its own, whose record lies where this test can see it."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "tests/outputs/leaking.py", *options]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_a_session_in_which_a_run_says_something_is_red(workers: list[str], tmp_path: Path) -> None:
    """Although each of its tests is green. What was said can be looked at."""
    red = session(tmp_path, *workers)
    assert red.returncode == 1, red.stdout
    assert "1 failed, 2 passed" in red.stdout
    assert ": journal: a planted marker, " in red.stdout
    assert len(list(tmp_path.glob("outputs-*"))) == 1


def test_a_session_in_which_no_run_says_anything_is_green(tmp_path: Path) -> None:
    """And nothing is left of it."""
    green = session(tmp_path, "-k", "harmless")
    assert green.returncode == 0, green.stdout
    assert "2 passed, 1 deselected" in green.stdout
    assert list(tmp_path.glob("outputs-*")) == []


def test_a_whole_session_in_which_nothing_was_heard_is_red() -> None:
    """Each kind of run that is missing is named."""
    told = missing(Record([], [], {}, set(), set(), Counter()))
    assert len(told) > len(LEAST)
    assert all(any(line.startswith(kind) for line in told) for kind in LEAST)


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        ([], True),
        (["-n", "2", "--dist", "loadfile"], True),
        (["-k", "isolation"], False),
        (["-x"], False),
        (["--lf"], False),
        (["--ignore", "tests/whole"], False),
        (["--deselect", "tests/test_engines.py"], False),
        (["tests/test_engines.py"], False),
    ],
)
def test_a_session_is_whole_when_nothing_narrows_it(arguments: list[str], whole: bool) -> None:
    """Then it must have heard enough; the tests of one file need not."""
    made = pytest.Config.fromdictargs({}, ["--rootdir", str(PROJECT), "-c", str(PROJECT / "pyproject.toml"), *arguments])  # fmt: skip
    assert is_whole(made) is whole

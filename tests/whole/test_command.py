"""`python -m rehearsal` as a person meets it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal.installations import free_port, installations
from rehearsal.keeping import PORT
from rehearsal.on_postgres import Postgres
from rehearsal.stage import PROJECT, Stage
from tests.versions import other_versions

COMMAND = [sys.executable, "-m", "rehearsal", "--plain"]
OTHERS = {name: programs for name, programs in {**installations(), **other_versions()}.items() if name != "bundled"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Temporary files go where this test can see that none stays; short, since sockets' paths are limited."""
    folder = Path("/tmp") / f"t{os.getpid()}-{tmp_path.name[-2:]}"
    folder.mkdir(mode=0o711)
    return {**os.environ, "TMPDIR": str(folder)}


def _left(environment: dict[str, str]) -> list[str]:
    """Files, and processes that run in the folder."""
    folder = Path(environment["TMPDIR"])
    files = [path.name for path in folder.iterdir()]
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    processes = [line for line in listing.splitlines() if str(folder) in line]
    if not files:
        folder.rmdir()
    return files + processes


def test_whole_rehearsal_is_shown_and_leaves_nothing(environment: dict[str, str]) -> None:
    """Every state, its waits, rows before and after, what was masked, shared and checked, and where the report lies."""
    ended = subprocess.run(
        COMMAND, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for shown in (
        "AwaitTemporaryDatabase",
        "asked",
        "Sanitize",
        "Rows before and after",
        "@example.com",
        "Masked",
        "111122223333",
    ):
        assert shown in ended.stdout
    assert "production is what it was" in ended.stdout
    assert "\x1b" not in ended.stdout, "colours on what is no terminal"
    assert re.search(r"the report, for people: (\S+\.html)", ended.stdout)
    assert _left(environment) == []


@pytest.mark.parametrize("shown", ["an emulated AWS account", "AwaitRawSnapshot", "Sanitize"])
def test_interrupt_leaves_no_process_and_no_file(environment: dict[str, str], shown: str) -> None:
    """Ctrl-C while production is filled, while RDS restores, and at the end of the run."""
    with subprocess.Popen(
        COMMAND, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as started:
        assert started.stdout is not None
        output = ""
        while shown not in output:
            line = started.stdout.readline()
            assert line, output
            output += line
        time.sleep(0.5)
        started.send_signal(signal.SIGINT)
        output += started.stdout.read()
        started.wait(60)
    assert started.returncode == 130, output
    assert "Traceback" not in output
    assert _left(environment) == []


def test_own_data_are_rehearsed_by_statements_and_kept(environment: dict[str, str], tmp_path: Path) -> None:
    """A dump, the stack's `sql`, JSON alone on stdout; the copy that is kept starts as its README says, and its master user logs in."""
    statements, kept = tmp_path / "masks.sql", Path(environment["TMPDIR"]).with_suffix(".kept")
    statements.write_text(
        "UPDATE sales.employees SET first_name = 'x', last_name = 'y', notes = NULL, photo = NULL;\n"
        "UPDATE sales.customers\n  SET contact_name = NULL;\n"
    )
    dump = PROJECT / "tests/whole/samples/northwind.sql"
    command = [*COMMAND, "--dump", str(dump), "--sql", str(statements), "--keep", str(kept), "--json"]
    try:
        ended = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        told = json.loads(ended.stdout)
        assert (ended.returncode, told["status"], told["leftovers"]) == (0, "succeeded", []), ended.stderr
        assert told["rows"]["northwind.sales.employees"] == {"before": 9, "after": 9}
        assert [state["state"] for state in told["states"]][-1] == "Succeeded"
        assert told["report"]["verdict"] == "verified"
        assert "Rosalind" not in ended.stdout + ended.stderr
        told_port, port = str(PORT), str(free_port())  # the machine may use the port that the README names
        commands = re.findall(r"^    (\S.*)$", (kept / "README.md").read_text(), re.MULTILINE)
        start, log_in, stop = (command.replace(told_port, port) for command in commands)
        subprocess.run(start, shell=True, check=True, stdout=subprocess.DEVNULL)
        try:
            query = "SELECT first_name, count(*) FROM sales.employees GROUP BY 1"
            asked = f'{log_in} -At -c "{query}"'
            assert subprocess.run(asked, shell=True, check=True, capture_output=True, text=True).stdout == "x|9\n"
        finally:
            subprocess.run(stop, shell=True, check=True, stdout=subprocess.DEVNULL)
        assert {file.name for file in kept.iterdir()} == {
            "README.md",
            "data",
            "password",
            "report.html",
            "report.json",
            "rules.yaml",
        }
        assert _left(environment) == []
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def test_dump_that_cannot_be_loaded_ends_with_three(environment: dict[str, str], tmp_path: Path) -> None:
    """Nothing is rehearsed; the line is named, the value in it is not, and nothing is left."""
    dump = tmp_path / "own.sql"
    dump.write_text("CREATE TABLE t (a int);\nINSERT INTO t VALUES ('ada.secret@example.org');\n")
    command = [*COMMAND, "--dump", str(dump), "--json"]
    ended = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, json.loads(ended.stdout)["status"]) == (3, "not loaded"), ended.stderr
    assert "own.sql:2: INSERT INTO t: SQLSTATE 22P02" in ended.stderr
    assert "secret" not in ended.stdout + ended.stderr
    assert _left(environment) == []


def test_watched_failure_ends_with_one(environment: dict[str, str]) -> None:
    """The state, what was cleaned up, and that production is what it was."""
    command = [*COMMAND, "--fail", "AwaitTemporaryDatabase"]
    ended = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    for shown in (
        "What failed: AwaitTemporaryDatabase, as asked",
        "NeverAvailable",
        "gone",
        "production is what it was",
    ):
        assert shown in ended.stdout
    assert _left(environment) == []


def test_mistakes_are_told_before_anything_starts(environment: dict[str, str]) -> None:
    """Exit code 2, at once."""
    command = [*COMMAND, "--dump", "nowhere.sql", "--postgres-bin", "/nowhere", "--json"]
    ended = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, json.loads(ended.stdout)["status"]) == (2, "refused")
    assert "nowhere.sql: it cannot be read" in ended.stderr
    assert "--postgres-bin: /nowhere has no postgres" in ended.stderr
    assert _left(environment) == []


def test_help_has_examples() -> None:
    """Who asks is told how."""
    told = subprocess.run([*COMMAND, "--help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "examples:" in told
    assert "exit codes:" in told


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_run_succeeds_on_the_servers_installed_here(name: str) -> None:
    """Not only on the version that comes with the packages."""
    with Stage(engine=Postgres(OTHERS[name])) as stage:
        ended = stage.run()
        assert ended["status"] == "SUCCEEDED", ended

"""`python -m rehearsal` as a person meets it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal.installations import installations
from rehearsal.stage import PROJECT, Stage

COMMAND = [sys.executable, "-m", "rehearsal", "--plain"]


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
    assert re.search(r"the report: (\S+)", ended.stdout)
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


def test_help_has_examples() -> None:
    """Who asks is told how."""
    told = subprocess.run([*COMMAND, "--help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "examples:" in told
    assert "exit codes:" in told


@pytest.mark.parametrize("name", sorted(set(installations()) - {"bundled"}))
def test_run_succeeds_on_the_servers_installed_here(name: str) -> None:
    """Not only on the version that comes with the packages."""
    with Stage(programs=installations()[name]) as stage:
        ended = stage.run()
        assert ended["status"] == "SUCCEEDED", ended

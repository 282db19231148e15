"""A copy of the project as a git repository of its own, and programs that write down how they were called."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

PROJECT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis")
INSTALLED = (
    f"{sys.prefix}/sanitizer.installed",
    f"{sys.prefix}/program.installed",
    f"{sys.prefix}/development.installed",
    "policy/.venv/pack.installed",
)
RECORDER = """#!{python}
import json, os, sys
given = sys.stdin.read() if "--input" in sys.argv else ""
with open({calls!r}, "a") as calls:
    calls.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:], given]) + "\\n")
{body}
"""


class Done(NamedTuple):
    """How a make target ended."""

    code: int
    out: str
    error: str


class Repository:
    """The project, committed as `main`, with a branch checked out; make runs there."""

    def __init__(self, path: Path, programs: Path) -> None:
        self.path = path
        self.programs = programs
        shutil.copytree(PROJECT, path, ignore=LEFT_OUT)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("as it is")
        self.git("checkout", "--quiet", "-b", "change")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
        return subprocess.run(
            ["git", *identity, *arguments], cwd=self.path, check=True, capture_output=True, text=True
        ).stdout

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def write(self, file: str, text: str = "# changed\n") -> None:
        path = self.path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + text)

    def make(self, target: str, **environment: str) -> Done:
        """The target, where everything that it installs is taken to be there."""
        taken = [word for stamp in INSTALLED for word in ("-o", stamp)]
        answers = ("GITHUB_", "MAKE", "GH_TOKEN", "PULL_REQUEST", "BASE", "STACK", "IMAGE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(answers)}
        done = subprocess.run(
            ["make", "--no-print-directory", *taken, target, f"VENV={sys.prefix}", f"PYTHON={sys.executable}"],
            cwd=self.path,
            capture_output=True,
            text=True,
            check=False,
            env={**kept, "PATH": f"{self.programs}:{kept['PATH']}", **environment},
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def program(self, name: str, body: str = "") -> None:
        """A program of this name that writes down how it was called, then does what the Python text says."""
        path = self.programs / name
        path.write_text(RECORDER.format(python=sys.executable, calls=str(self.programs / "calls"), body=body))
        path.chmod(0o755)

    @property
    def calls(self) -> list[list[Any]]:
        """How the programs were called, in order; the last word is what they were given as input."""
        calls = self.programs / "calls"
        return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    programs = tmp_path / "programs"
    programs.mkdir()
    return Repository(tmp_path / "project", programs)

"""The programs that are called, and the files by which the steps of a workflow hear of results."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BUILD = Path("build")
INSTALL = {
    "git": "your system's package manager has it",
    "pulumi": "https://www.pulumi.com/docs/iac/download-install/ (the version that requirements.txt names)",
    "docker": "https://docs.docker.com/engine/install/ (with buildx)",
    "gh": "https://cli.github.com/",
}


def call(*command: str, given: bytes | None = None) -> bytes:
    """What the program answers; ends with what it said when it fails or is not installed."""
    done = subprocess.run(_found(command), input=given, capture_output=True, check=False)  # noqa: S603 - a fixed program
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {said}")
    return done.stdout


def follow(*command: str) -> tuple[int, str]:
    """The program's exit code and all that it said, which is passed on while it works."""
    said = []
    with subprocess.Popen(  # noqa: S603 - a fixed program
        _found(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()
    return process.returncode, "".join(said)


def write(name: str, text: str) -> None:
    """A file of the build folder."""
    BUILD.mkdir(exist_ok=True)
    (BUILD / name).write_text(text)


def tell_later_steps(**outputs: str) -> None:
    """The step's outputs, where this runs in a workflow."""
    _append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in outputs.items()))


def summarize(text: str) -> None:
    """Adds to the page of the run, where this runs in a workflow."""
    _append("GITHUB_STEP_SUMMARY", text)


def fenced(text: str, language: str = "") -> str:
    """Text as it is, in Markdown; no fence in it can end the block."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def _append(variable: str, text: str) -> None:
    if os.environ.get(variable):
        with Path(os.environ[variable]).open("a") as file:
            file.write(text)


def _found(command: Sequence[str]) -> Sequence[str]:
    program = command[0]
    if not shutil.which(program):
        sys.exit(f"{program} is not installed. Install it: {INSTALL[program]}")
    return command

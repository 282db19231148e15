"""Where runs are heard: tests need not hand anything over, so none can forget to."""

import functools
import itertools
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, TextIO

import sanitizer.__main__
from rehearsal.mariadb import MariaDbServer
from rehearsal.postgres import Server
from rehearsal.stage import Stage
from tests.outputs import records, stages

PROGRAMS = ("sanitizer", "rehearsal", "handlers")
FILES = {".json": "report", ".html": "page", ".signature": "signature"}

# Parameters of temporary databases, whose logs hold nothing; what tests do themselves stands in those of other servers.
SILENT = {"log_min_messages": "panic", "general_log": "0"}


class Heard:
    """A stream that keeps what is written to it."""

    def __init__(self, out: TextIO) -> None:
        self._out, self.parts = out, list[str]()

    def write(self, text: str) -> int:
        self.parts.append(text)
        return self._out.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


def listen() -> None:
    """From now on everything is heard: the command in this process and in others, rehearsals, servers that end."""
    sanitizer.__main__.main = _around_main(sanitizer.__main__.main)
    subprocess.Popen.communicate = _around_communicate(subprocess.Popen.communicate)  # type: ignore[method-assign]
    Stage.__exit__ = _around_exit(Stage.__exit__)  # type: ignore[method-assign]
    for server in (Server, MariaDbServer):
        server.destroy = _around_destroy(server.destroy)  # type: ignore[method-assign]


def _around_main(main: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(main)
    def heard(arguments: Sequence[str] | None = None) -> int:
        out, err = Heard(sys.stdout), Heard(sys.stderr)
        try:
            with redirect_stdout(out), redirect_stderr(err):  # type: ignore[type-var]
                return main(arguments)
        finally:
            _ran(list(arguments or sys.argv[1:]), "this process", "".join(out.parts), "".join(err.parts))

    return heard


def _around_communicate(communicate: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(communicate)
    def heard(process: Any, *given: Any, **named: Any) -> Any:
        said = communicate(process, *given, **named)
        words = [str(word) for word in process.args] if isinstance(process.args, list | tuple) else []
        if "-m" in words[:-1]:
            program, *arguments = words[words.index("-m") + 1 :]
            out, err = (text.decode(errors="replace") if isinstance(text, bytes) else text or "" for text in said)
            if program == "sanitizer":
                _ran(arguments, "a process", out, err)
            elif program.partition(".")[0] in PROGRAMS:
                records.count(f"{program} in a process")
                records.say(f"stdout of {program}", stages.SHOWN_ON_PURPOSE.sub("", out))
                records.say(f"stderr of {program}", err)
        return said

    return heard


def _ran(arguments: list[str], where: str, out: str, err: str) -> None:
    """The sanitizer's command came to its end."""
    given = dict(itertools.pairwise(arguments))
    action = (
        f"{arguments[0]} on {given.get('--engine', 'postgres')}" if arguments[:1] in (["run"], ["explain"]) else "other"
    )
    records.count(f"sanitizer in {where}: {action}")
    records.say("stdout", out)
    records.say("journal", err)
    report = Path(given.get("--report", ""))
    if report.name:
        for file in report.parent.glob("report*"):
            if file.suffix in FILES and file.is_file():
                records.say(FILES[file.suffix], file.read_text(errors="replace"))
    key = Path(given.get("--key-file", ""))
    if key.is_file() and re.fullmatch("[0-9a-fA-F]{64}", text := key.read_text(errors="replace").strip()):
        records.use_key(text.lower())


def _around_exit(leave: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(leave)
    def heard(stage: Stage, *told: object) -> None:
        try:
            if records.here() is not None:
                stages.take(stage)
        finally:
            leave(stage, *told)

    return heard


def _around_destroy(destroy: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(destroy)
    def heard(server: Any) -> None:
        for file in (server.log_file, *(server.data.glob("*.log"))):
            if SILENT.items() & server.parameters.items() and file.exists():
                records.say("log of a temporary database", file.read_text(errors="replace") or "(empty)")
            else:
                records.keep_log(f"a server's {file.name}", file)
        destroy(server)

    return heard

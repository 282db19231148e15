"""The record of a session: what was said, what must not be in it. One folder for all processes of the session, a file for each."""

import json
import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = "TESTS_OUTPUTS"  # environment: workers and what they start inherit it
_lock = threading.Lock()


class Said(NamedTuple):
    """Something that a run produced. `of` is the test or the rehearsal it belongs to."""

    of: str
    kind: str
    text: str
    at: int = 0  # the later, the more


class Record(NamedTuple):
    """All of a session."""

    said: list[Said]
    logs: list[Said]  # of servers that tests write to themselves: `text` is a file's path
    planted: dict[str, dict[str, int]]  # by what it belongs to: each value, and since when
    keys: set[str]
    passwords: set[str]
    runs: Counter[str]  # by kind

    def __bool__(self) -> bool:
        """Whether anything ran."""
        return bool(self.runs)


def here() -> Path | None:
    """The session's folder; None where nobody listens."""
    return Path(os.environ[FOLDER]) if os.environ.get(FOLDER) else None


def current_test() -> str:
    """The test that runs, as a file and a name."""
    return os.environ.get("PYTEST_CURRENT_TEST", "no test").rsplit(" (", 1)[0]


def say(kind: str, text: str, of: str | None = None) -> None:
    """A run produced this text."""
    if text:
        _write({"of": of or current_test(), "kind": kind, "said": text})


def keep_log(kind: str, file: Path, of: str | None = None) -> None:
    """A server wrote this file; it is kept although the server's folder goes."""
    folder = here()
    if folder is not None and file.exists():
        kept = folder / f"{os.getpid()}-{threading.get_ident()}-{file.stat().st_ino}.log"
        kept.unlink(missing_ok=True)
        try:
            os.link(file, kept)
        except OSError:  # the folder lies on another disk
            shutil.copyfile(file, kept)
        _write({"of": of or current_test(), "kind": kind, "log": str(kept)})


def plant(values: Iterable[str], of: str | None = None) -> None:
    """These values are in a database, and may be nowhere else."""
    if every := sorted(set(values)):
        _write({"of": of or current_test(), "planted": every})


def use_key(key: str) -> None:
    """A masking key, as hexadecimal digits."""
    _write({"key": key})


def use_password(password: str) -> None:
    """A password of production, or of a temporary database."""
    _write({"password": password})


def count(run: str) -> None:
    """A run of that kind took place."""
    _write({"run": run})


def read(folder: Path) -> Record:
    """What all processes have written."""
    record = Record([], [], {}, set(), set(), Counter())
    for at, each in enumerate(_lines(folder)):
        if "said" in each:
            record.said.append(Said(each["of"], each["kind"], each["said"], at))
        elif "log" in each:
            record.logs.append(Said(each["of"], each["kind"], each["log"], at))
        elif "planted" in each:
            since = record.planted.setdefault(each["of"], {})
            for value in each["planted"]:
                since.setdefault(value, at)
        elif "key" in each:
            record.keys.add(each["key"])
        elif "password" in each:
            record.passwords.add(each["password"])
        else:
            record.runs[each["run"]] += 1
    return record


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _write(entry: dict[str, Any]) -> None:
    folder = here()
    if folder is not None:
        with _lock, (folder / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

"""The folder of a session, and its last test: run by whoever waits for all workers, when they have ended."""

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from rehearsal.mariadb import absence
from tests.outputs import records
from tests.outputs.records import Record

SEARCHED = pytest.StashKey[str]()  # what the last test looked through, in a line
LAST = Path(__file__).parent / "test_every_output.py"
NARROWING = ("keyword", "markexpr", "maxfail", "lf", "stepwise", "deselect", "ignore", "ignore_glob")  # options
# How many runs of each kind a whole session has at least; where fewer are heard, the ear is broken, not the runs quiet.
LEAST = {
    "sanitizer in this process: run on postgres": 400,
    "sanitizer in a process: run on postgres": 10,
    "sanitizer in this process: explain on postgres": 1,
    "sanitizer in this process: other": 20,
    "sanitizer in a process: other": 5,
    "rehearsal on postgres": 8,
    "execution on postgres": 40,
    "rehearsal in a process": 5,
}
LEAST_ON_MARIADB = {
    "sanitizer in this process: run on mariadb": 180,
    "sanitizer in a process: run on mariadb": 10,
    "rehearsal on mariadb": 1,
    "execution on mariadb": 2,
}
# What has to be among the things that were heard.
KINDS = (
    "journal",
    "stdout",
    "report",
    "page",
    "signature",
    "stdout of rehearsal",
    "stderr of rehearsal",
    "states",
    "log of a function",
    "log of a task",
    "environment of a task",
    "calls of AWS",
    "tags",
    "object in the bucket",
    "message to people",
    "log of a temporary database",
    "a server's server.log",
)


def is_worker(config: pytest.Config) -> bool:
    """Whether another process waits for this one."""
    return hasattr(config, "workerinput")


def is_whole(config: pytest.Config) -> bool:
    """Whether every test was asked for, and none of them was to stop the others."""
    narrowed = any(getattr(config.option, name, None) for name in NARROWING)
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed


def begin(config: pytest.Config) -> None:
    """Makes the folder, in the process that the others inherit from."""
    if not is_worker(config):
        os.environ[records.FOLDER] = tempfile.mkdtemp(prefix="outputs-")


def put_off(items: list[pytest.Item]) -> None:
    """The last test runs in no worker: others may still be at work."""
    items[:] = [item for item in items if item.path != LAST]


def end(session: pytest.Session) -> None:
    """Runs the last test, if anything was heard or should have been; where it finds nothing, the folder goes."""
    if is_worker(session.config):
        return
    folder = records.here()
    assert folder is not None
    before = session.testsfailed
    if not session.config.option.collectonly and (any(folder.iterdir()) or is_whole(session.config)):
        for item in pytest.Module.from_parent(session, path=LAST).collect():
            session.testscollected += 1
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    if session.testsfailed > before:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    else:
        shutil.rmtree(folder)


def missing(record: Record) -> list[str]:
    """Kinds of runs, and of what they produce, of which a whole session should have heard more."""
    least = {**LEAST, **({} if absence() else LEAST_ON_MARIADB)}
    few = [f"{kind}: {record.runs[kind]} of at least {number}" for kind, number in least.items()
           if record.runs[kind] < number]  # fmt: skip
    heard = {said.kind for said in (*record.said, *record.logs)}
    return few + [f"{kind}: none" for kind in KINDS if kind not in heard]


def in_words(record: Record) -> str:
    """How much was heard, in a line."""
    kinds = Counter(said.kind for said in record.said)
    originals = sum(map(len, record.planted.values()))
    return (
        f"looked through what {sum(record.runs.values()):,} runs produced ({sum(kinds.values()):,} texts of {len(kinds)} kinds, "
        f"{len(record.logs)} logs of servers) for {originals:,} planted values and {len(record.keys)} keys"
    )

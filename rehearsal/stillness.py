"""Servers of many processes that stand still for a moment, so that their files are those of one instant, as a storage snapshot has them."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from rehearsal.errors import ServerError

STOP_SECONDS = 10.0
PAUSE_SECONDS = 0.001
STOPPED = frozenset("TtZX")


@contextlib.contextmanager
def standing_still(parent: int) -> Iterator[None]:
    """No process of the server runs: first the parent is stopped, so that no child comes, then its children.

    Raises:
        ServerError: a process goes on.
    """
    stopped = []
    try:
        for processes in ([parent], _children(parent)):
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGSTOP)
                    stopped.append(process)
            _await_stopped(processes)
        yield
    finally:
        for process in reversed(stopped):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def _await_stopped(processes: list[int]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        while _state(process)[0] not in STOPPED:
            if time.monotonic() > deadline:
                raise ServerError(f"process {process} does not stand still")
            time.sleep(PAUSE_SECONDS)


def _children(parent: int) -> list[int]:
    return [
        int(each.name)
        for each in Path("/proc").iterdir()
        if each.name.isdigit() and _state(int(each.name))[1] == str(parent)
    ]


def _state(process: int) -> tuple[str, str]:
    """What the kernel says it does, and its parent; one that has ended is gone."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return "X", ""
    state, parent = told.rpartition(")")[2].split()[:2]
    return state, parent

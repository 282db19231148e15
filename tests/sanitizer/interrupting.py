"""Ends a run at a chosen statement, before it is sent or after it was done, and looks at what several runs come to."""

import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.sanitizer.workbench import Outcome, Workbench

Wrapped = Callable[..., Any]


class Interruption:
    """Raises as Ctrl-C does, at the given statement of those that are counted from the mark on; later ones pass."""

    def __init__(self, at: int | None, *, after: bool) -> None:
        self.at, self.after, self.seen = at, after, 0

    def around(self, method: Wrapped) -> Wrapped:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.seen += 1
            due = self.seen == self.at
            if due and not self.after:
                raise KeyboardInterrupt
            done = method(*arguments, **named)
            if due:
                raise KeyboardInterrupt
            return done

        return counted


def run_to_the_end(bench: Workbench, rules: str, **options: object) -> Outcome:
    """The run again, as whoever started it would; it must succeed now."""
    outcome = bench.sanitize(rules, **options)
    assert outcome.code == 0, outcome.lines
    return outcome


def statements_of_a_run(bench: Workbench, rules: str, patch: Callable[[pytest.MonkeyPatch, Interruption], None]) -> int:
    """How many statements an undisturbed run sends."""
    counting = Interruption(None, after=False)
    with pytest.MonkeyPatch.context() as monkeypatch:
        patch(monkeypatch, counting)
        run_to_the_end(bench, rules)
    return counting.seen


def kill_after(bench: Workbench, rules: str, seconds: float, **options: object) -> int | None:
    """Starts the real command and kills it, without a chance to say anything, unless it has ended; its exit code."""
    process = bench.start(bench.arguments("run", rules, **options))
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode


def seconds_of_a_run(bench: Workbench, rules: str, **options: object) -> float:
    """How long the real command takes undisturbed."""
    began = time.monotonic()
    outcome = bench.run(bench.arguments("run", rules, **options))
    assert outcome.code == 0, outcome.lines
    return time.monotonic() - began

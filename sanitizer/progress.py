"""How far a phase is, told now and then: what is done of all that is to do, and how long the rest takes at this pace."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sanitizer.journal import Journal
from sanitizer.steps import Step

TERMINAL_SECONDS, LOG_SECONDS = 1.0, 30.0
LEAST_SECONDS = 0.001  # of a step nobody can estimate: an ALTER of the catalog alone


class Progress:
    """Of the steps of one database. Steps are begun and ended from several threads."""

    def __init__(self, journal: Journal, database: str, steps: Sequence[Step]) -> None:
        self._journal, self._database = journal, database
        self._all = [step.weight for step in steps]
        self._expected = {id(step): max(step.weight.seconds, LEAST_SECONDS) for step in steps}
        self._began = time.monotonic()
        self._running: dict[int, float] = {}
        self._done: list[Step] = []
        self._over = threading.Event()
        self._teller = threading.Thread(target=self._tell_regularly, daemon=True)

    def __enter__(self) -> Self:
        self._teller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._teller.join()

    @contextmanager
    def of(self, step: Step) -> Iterator[None]:
        """Around a step: its end is told, with what it took."""
        began = self._running[id(step)] = time.monotonic()
        try:
            yield
        finally:
            del self._running[id(step)]
        self._done.append(step)
        seconds = round(time.monotonic() - began, 3)
        self._journal.note(step.phase, step.strategy, place=step.place, in_database=step.database, seconds=seconds)

    def share(self) -> float:
        """What is done, between 0 and 1, as far as the estimates of the steps hold among each other."""
        now, pace = time.monotonic(), self._pace()
        ended = sum(self._expected[id(step)] for step in list(self._done))
        begun = sum(
            min((now - since) / pace, 0.95 * self._expected[step]) for step, since in list(self._running.items())
        )
        return min(1.0, (ended + begun) / sum(self._expected.values()))

    def _pace(self) -> float:
        """Real seconds of one step for an estimated one: what the ended steps took together, or as estimated."""
        ended = sum(self._expected[id(step)] for step in list(self._done))
        elapsed = time.monotonic() - self._began
        return max(elapsed / ended, 0.1) if ended > 1.0 else 1.0

    def _tell_regularly(self) -> None:
        pause = TERMINAL_SECONDS if self._journal.readable else LOG_SECONDS
        while not self._over.wait(pause):
            self._tell()

    def _tell(self) -> None:
        share, elapsed = self.share(), time.monotonic() - self._began
        done = list(self._done)
        self._journal.progress(
            self._database,
            share=share,
            steps=(len(done), len(self._all)),
            rows=(sum(step.weight.rows for step in done), sum(weight.rows for weight in self._all)),
            size_bytes=(
                sum(step.weight.size_bytes for step in done),
                sum(weight.size_bytes for weight in self._all),
            ),
            seconds_left=elapsed * (1 - share) / share if share > 0 else None,
        )

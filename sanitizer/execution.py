"""Does planned steps in one database: each exactly once, several at a time where they allow it, over connections that are taken up again."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from itertools import groupby
from types import TracebackType
from typing import Generic, Self, TypeVar

from sanitizer.dialect import Dialect, Session
from sanitizer.errors import ConnectionFailed, ConnectionLost, Contended
from sanitizer.journal import Journal
from sanitizer.names import TableName
from sanitizer.progress import Progress
from sanitizer.steps import FAILURES, Phase, Step

# While a server restarts, or fails over.
PAUSES_SECONDS: tuple[float, ...] = (0.5, 1, 2, 5, 10, 20, 30, 60, 60, 60, 60)

CANCEL_AGAIN_SECONDS = 1.0

Answer = TypeVar("Answer")
Work = TypeVar("Work")


class Line:
    """A connection to one database, with the key and what lives in sessions; one that is lost is opened anew."""

    def __init__(self, dialect: Dialect, database: str, key: str | None, journal: Journal) -> None:
        self._dialect, self._database, self._key, self._journal = dialect, database, key, journal
        self._prepared: list[Step] = []
        self._number = 0
        self._stack = ExitStack()
        self.session = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def prepare(self, steps: Iterable[Step]) -> None:
        """Does these steps now, and again in every session that takes this one's place."""
        for step in steps:
            self._prepared.append(step)
            self.session.execute(step)

    def ask(self, question: Callable[[Session], Answer]) -> Answer:
        """The answer to what may be asked twice.

        Raises: ConnectionLost, Contended, when the server does not come back, or others do not let go, in some minutes.
        """
        for pause_seconds in PAUSES_SECONDS:
            try:
                return question(self.session)
            except Contended:
                self._note("waits for another session", pause_seconds)
            except ConnectionLost:
                self._note("lost", pause_seconds)
                self._reopen()
        return question(self.session)

    def _note(self, event: str, pause_seconds: float) -> None:
        self._journal.note("connection", event, in_database=self._database, trying_again_in_seconds=pause_seconds)
        time.sleep(pause_seconds)

    def perform(self, step: Step, entry: str) -> frozenset[TableName]:
        """Does the step, unless it is recorded as done. Safe to repeat."""

        def unless_done(session: Session) -> frozenset[TableName]:
            done = session.recall(entry).get(entry)
            return touched(done) if done is not None else session.execute(step, entry)

        return self.answer(step.phase, unless_done)

    def answer(self, phase: Phase, question: Callable[[Session], Answer]) -> Answer:
        """As `ask`.

        Raises: what a step of the phase fails with, when the server does not come back, or others do not let go.
        """
        try:
            return self.ask(question)
        except (ConnectionLost, Contended) as exc:
            raise FAILURES[phase](exc.message) from exc

    def _open(self) -> Session:
        session = self._stack.enter_context(self._dialect.session(self._database))
        self._number = session.number
        if self._key:
            session.use_key(self._key)
        for step in self._prepared:
            session.execute(step)
        return session

    def _reopen(self) -> None:
        """A new session, once the server has ended the old one: what that did is then undone or recorded."""
        self._stack.close()
        with suppress(ConnectionFailed, ConnectionLost):  # a closed session is lost, whatever it is asked
            self._dialect.end_sessions(self._number)
            self.session = self._open()


Perform = Callable[[Line, Step], None]


class Execution:
    """Performs the steps of one database and records them; those that are recorded already are left out."""

    def __init__(self, dialect: Dialect, database: str, key: str | None, journal: Journal, connections: int) -> None:
        self._open: Callable[[], Line] = partial(Line, dialect, database, key, journal)
        self._database, self._journal, self._connections = database, journal, connections

    def perform(self, steps: Sequence[Step]) -> frozenset[TableName]:
        """Does the steps in their order; the tables in which old versions of rows are left.

        Raises: a kind of DestroyDatabase, when all that was under way has ended.
        """
        if not steps:
            return frozenset()
        entries = {id(step): f"{step.phase} {number}" for number, step in enumerate(steps)}
        with self._open() as line:
            phase = steps[0].phase
            recorded = line.ask(lambda session: session.recall(f"{phase} "))
            dirty = {table for content in recorded.values() for table in touched(content)}
            left = [step for step in steps if entries[id(step)] not in recorded]
            if recorded:
                done = len(steps) - len(left)
                self._journal.note("resume", "done already", in_database=self._database, steps=done, left=len(left))
            with Progress(self._journal, self._database, left) as progress:

                def perform(line: Line, step: Step) -> None:
                    with progress.of(step):
                        dirty.update(line.perform(step, entries[id(step)]))

                self._all(line, left, perform)
        return frozenset(dirty)

    def _all(self, line: Line, steps: list[Step], perform: Perform) -> None:
        prepared = [step for step in steps if step.session_only]
        line.prepare(prepared)
        for parallel, group in groupby((step for step in steps if not step.session_only), lambda step: step.parallel):
            if parallel:
                Together(self._open, perform, prepared).perform(line, _chains(group), self._connections)
            else:
                for step in group:
                    perform(line, step)


class Together(Generic[Work]):
    """Work at the same time, over several connections. Whatever ends a piece of it ends all, and is what is told."""

    def __init__(
        self, open_line: Callable[[], Line], perform: Callable[[Line, Work], None], prepared: Sequence[Step] = ()
    ) -> None:
        self._open = open_line
        self._prepared = prepared
        self._perform = perform
        self._waiting: deque[Sequence[Work]] = deque()
        self._lines: list[Line] = []
        self._failure: BaseException | None = None
        self._lock = threading.Lock()

    def perform(self, line: Line, chains: Sequence[Sequence[Work]], connections: int) -> None:
        """Chains are begun in their order; what is in one of them stays in its."""
        self._waiting.extend(chains)
        threads = [threading.Thread(target=self._work_beside) for _ in range(min(connections, len(chains)) - 1)]
        for thread in threads:
            thread.start()
        try:
            self._work(line)
        except BaseException as exc:  # noqa: BLE001 - a signal too; raised below, once all has ended
            self._fail(exc)
        for thread in threads:
            while thread.is_alive():
                self._cancel_if_failed()
                thread.join(CANCEL_AGAIN_SECONDS)
        if self._failure is not None:
            raise self._failure

    def _work_beside(self) -> None:
        try:
            with self._open() as line:
                line.prepare(self._prepared)
                self._work(line)
        except BaseException as exc:  # noqa: BLE001 - raised in the thread that asked
            self._fail(exc)

    def _work(self, line: Line) -> None:
        with self._lock:
            self._lines.append(line)
        while self._waiting and self._failure is None:
            with self._lock:
                chain: Sequence[Work] = self._waiting.popleft() if self._waiting else ()
            for piece in chain:
                if self._failure is None:
                    self._perform(line, piece)

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self._failure = self._failure or error
        self._cancel_if_failed()

    def _cancel_if_failed(self) -> None:
        """Also what a thread had just begun when the failure came."""
        if self._failure is not None:
            for line in list(self._lines):
                line.session.cancel()


def touched(recorded: str) -> frozenset[TableName]:
    """The tables in which a recorded step left old versions of rows."""
    return frozenset(TableName(*name) for name in json.loads(recorded))


def _chains(steps: Iterable[Step]) -> list[list[Step]]:
    """Steps of the same place stay in their order; what takes longest begins first."""
    chains: dict[str, list[Step]] = {}
    for step in steps:
        chains.setdefault(step.place, []).append(step)
    return sorted(chains.values(), key=lambda chain: -sum(step.weight.seconds for step in chain))

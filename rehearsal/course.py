"""The course of a run, told while it goes on: which states, for how long, which of them failed and why."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from handlers import flow
from handlers.step import ContainerTask

QUIET = frozenset({"NotReady"})
# The state that puts a failure into words -> the state that failed.
EXPLAINED = {part.explained_by.name: part.name for part in flow.BODY if isinstance(part, ContainerTask)}


@dataclass
class State:
    """One state of the run."""

    name: str
    entered: datetime  # virtual
    at_seconds: float  # virtual, since the run's start
    began: float = field(default_factory=time.monotonic)
    asked: int = 1
    took_seconds: float = 0.0  # virtual
    really_seconds: float = 0.0
    error: str = ""

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        virtual, real = round(self.took_seconds, 3), round(self.really_seconds, 3)
        return {"state": self.name, "at_seconds": round(self.at_seconds, 3), "virtual_seconds": virtual, "real_seconds": real,
                "asked": self.asked, "error": self.error or None}  # fmt: skip


class Ending(NamedTuple):
    """What failed first, in which state, and in which words."""

    state: str
    error: str
    cause: str


class Course:
    """Listens to an execution; `entered`, `waiting` and `left` are told what a person may want to see."""

    def __init__(
        self,
        entered: Callable[[State], None],
        waiting: Callable[[State, datetime], None],
        left: Callable[[State], None],
    ) -> None:
        self.states: list[State] = []
        self._entered, self._waiting, self._left = entered, waiting, left
        self._now: State | None = None

    def listen(self, _execution: str, event: dict[str, Any]) -> None:
        """One event of the history."""
        at: datetime = event["timestamp"]
        kind = str(getattr(event["type"], "value", event["type"]))
        if kind.endswith("StateEntered"):
            begun = self.states[0].entered if self.states else at
            self._now = State(event["stateEnteredEventDetails"]["name"], at, (at - begun).total_seconds())
            self.states.append(self._now)
            self._entered(self._now)
        elif self._now and kind == "TaskFailed":
            error = event.get("taskFailedEventDetails", {}).get("error", "")
            if error in QUIET:
                self._now.asked += 1
                self._waiting(self._now, at)
            else:
                self._now.error = error
        elif self._now and kind == "TaskSucceeded":
            self._now.error = ""  # it was tried again
        elif self._now and (kind.endswith("StateExited") or kind == "ExecutionFailed"):
            self._leave(self._now, at)

    def _leave(self, state: State, at: datetime) -> None:
        state.took_seconds = (at - state.entered).total_seconds()
        state.really_seconds = time.monotonic() - state.began
        self._now = None
        self._left(state)

    def ending(self, ended: dict[str, Any]) -> Ending:
        """What made the run fail."""
        wanted = ended.get("error", "")
        said = json.loads(ended.get("cause") or "{}")
        if wanted == "LeftoversRemain" and "Error" not in said:
            state, failure = next(iter(said.items()))
            return Ending(state, wanted, f"{failure.get('Error')}: {words(failure)}")
        failed = next((state.name for state in self.states if state.error == wanted), "?")
        return Ending(EXPLAINED.get(failed, failed), wanted, words(said))


def words(failure: dict[str, Any]) -> str:
    """The message in an error that a state has caught."""
    cause = failure.get("Cause", "")
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return str(cause)

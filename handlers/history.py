"""What an execution did, read from its history: where it stopped, its plan, and what it used."""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from handlers import cost, flow
from handlers.names import PLAN_FIELDS, Plan
from handlers.permissions import Permission
from handlers.step import ContainerTask

READING = (
    Permission(("states:GetExecutionHistory",), ("arn:{partition}:states:{region}:{account}:execution:{prefix}-*",)),
)
CONTAINERS = {part.explained_by.name: part.name for part in flow.BODY if isinstance(part, ContainerTask)}
CLEANING = frozenset({part.name for part in flow.FINALLY} | {"Verdict"})
FREE = ("ExecutionStarted", "TaskStateEntered")  # a task's transition is counted when it is scheduled, each time anew


class Entered(NamedTuple):
    """A state, and when it was entered."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Story:
    """An execution as its history tells it."""

    states: tuple[Entered, ...]
    plan: Plan | None
    transitions: int

    @property
    def stopped_in(self) -> str | None:
        """The state in which it first failed or, where nothing did, the last one before the clean-up."""
        names = [each.name for each in self.states]
        end = next((place for place, name in enumerate(names) if name in CLEANING), len(names))
        return CONTAINERS.get(names[end - 1], names[end - 1]) if end else None

    def used(self, until: datetime) -> cost.Used | None:
        """What it used; nothing is known before it had a plan."""
        if self.plan is None:
            return None
        database = self._from_to("RestoreTemporaryDatabase", "DeleteTemporaryDatabase", until)
        task = self._from_to("Sanitize", "Sanitize", until)
        return cost.used(self.plan, database=database, task=task, transitions=self.transitions)

    def _from_to(self, first: str, last: str, until: datetime) -> timedelta:
        """From entering one state to leaving another; to the end where that did not come, and nothing where neither did."""
        entered = {each.name: each.at for each in self.states}
        left = {each.name: following.at for each, following in itertools.pairwise(self.states)}
        return left.get(last, until) - entered[first] if first in entered else timedelta()


def read(stepfunctions: Any, execution: str) -> Story:
    """The execution's story. Its whole history is read: pages of 1,000 events, 25 at most."""
    pages = stepfunctions.get_paginator("get_execution_history").paginate(executionArn=execution)
    events = [event for page in pages for event in page["events"]]
    states = tuple(
        Entered(event["stateEnteredEventDetails"]["name"], event["timestamp"])
        for event in events
        if "stateEnteredEventDetails" in event
    )
    return Story(states, next(_plans(events), None), _transitions(events))


def _plans(events: Iterable[Mapping[str, Any]]) -> Iterator[Plan]:
    for event in events:
        left = event.get("stateExitedEventDetails") or {}
        if left.get("name") == flow.PLAN.name:
            plan = json.loads(left.get("output") or "{}").get("plan")
            if plan:
                yield Plan(**{field: plan.get(field) for field in PLAN_FIELDS})


def _transitions(events: Iterable[Mapping[str, Any]]) -> int:
    kinds = [str(event["type"]) for event in events]
    return sum(kind == "TaskScheduled" or (kind.endswith("StateEntered") and kind not in FREE) for kind in kinds)

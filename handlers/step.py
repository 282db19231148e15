"""One step of a run: what it does, what it may do, who does it and how long it is waited for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

from handlers.clients import Aws
from handlers.database import Database
from handlers.errors import NeverAvailable, RunError
from handlers.names import Plan
from handlers.permissions import Permission
from handlers.settings import Settings

Role = Literal["worker", "sharer"]
Result = Mapping[str, Any] | None


class Features(NamedTuple):
    """What a database's configuration asks of its runs."""

    new_snapshot: bool
    reencrypt: bool
    share: bool
    hold: bool = False

    @property
    def taken(self) -> str:
        """The kind of the snapshot that is taken of the temporary database: the last one, unless a copy follows."""
        return "intermediate" if self.reencrypt else "sanitized"


@dataclass(frozen=True)
class Run:
    """All that a step is given: no clock, no environment, no client of its own."""

    settings: Settings
    aws: Aws
    database: Database
    now: datetime
    event: Mapping[str, Any]

    @cached_property
    def plan(self) -> Plan:
        """The plan of this run, as the state machine carries it."""
        return Plan(**self.event["plan"])


Declared = Permission | Callable[[Features], tuple[Permission, ...]]


@dataclass(frozen=True)
class Action:
    """A function of a run together with the permissions it needs."""

    perform: Callable[[Run], Result]
    declared: tuple[Declared, ...]

    @property
    def name(self) -> str:
        """The state's name: the function's, in the state machine's spelling."""
        return "".join(word.capitalize() for word in self.perform.__name__.split("_"))

    def permissions(self, features: Features) -> tuple[Permission, ...]:
        """What a role needs to perform this, no more."""
        parts = ((part,) if isinstance(part, Permission) else part(features) for part in self.declared)
        return tuple(permission for part in parts for permission in part)

    def __call__(self, run: Run) -> Result:
        """Perform the action; safe to repeat."""
        return self.perform(run)


def needs(*declared: Declared) -> Callable[[Callable[[Run], Result]], Action]:
    """Declare what a function of a run may do, beside the function."""
    return lambda perform: Action(perform, declared)


class Patience(NamedTuple):
    """How often a step that was not ready is asked again, how many times, and what it is called when that was not enough."""

    every_seconds: int
    times: int
    then: type[RunError] = NeverAvailable


def patience(*, every_seconds: int, up_to_hours: int, then: type[RunError] = NeverAvailable) -> Patience:
    """Patience for so many hours, looking so often."""
    return Patience(every_seconds, up_to_hours * 3600 // every_seconds, then)


def always(_features: Features) -> bool:
    """It is part of every run."""
    return True


class Step(NamedTuple):
    """A state of the run that a Lambda performs."""

    action: Action
    role: Role = "worker"
    patience: Patience = Patience(0, 0)
    when: Callable[[Features], bool] = always
    reads: Literal["plan", "execution", "error", "spent"] = "plan"
    keeps: str | None = None  # the field of the state document that holds the result
    result: tuple[str, ...] = ()  # the fields of that result

    @property
    def name(self) -> str:
        """The state's name."""
        return self.action.name


class ContainerTask(NamedTuple):
    """A state that runs the sanitizer's container to its end. A step puts its failure into the run's words."""

    name: str
    at_most_hours: int
    permissions: tuple[Permission, ...]
    explained_by: Step
    when: Callable[[Features], bool] = always

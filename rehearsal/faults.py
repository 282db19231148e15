"""What can go wrong with a call: an error instead of it, an answer lost after its effect, a caller that dies after its effect."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from rehearsal.errors import AwsError


class Loss(Enum):
    """Both happen after the call has had its effect."""

    LOST_RESPONSE = "the connection closes before the answer"
    CRASH = "the process that called dies before the answer"


def _anything(_: Mapping[str, Any]) -> bool:
    return True


@dataclass
class Fault:
    """What happens to the next calls of one operation."""

    service: str
    operation: str
    outcome: AwsError | Loss
    times: int = 1
    matching: Callable[[Mapping[str, Any]], bool] = _anything
    role: str | None = None  # the caller's role name; any caller without it


@dataclass
class Faults:
    """The faults that wait for their calls."""

    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        """Let the fault wait for its calls."""
        with self._lock:
            self._waiting.append(fault)

    def take(self, service: str, operation: str, parameters: Mapping[str, Any], role: str) -> AwsError | Loss | None:
        """What this call runs into; each fault is used up after its number of times."""
        with self._lock:
            for fault in self._waiting:
                named = (fault.service, fault.operation) == (service, operation) and fault.role in (None, role)
                if named and fault.times > 0 and fault.matching(parameters):
                    fault.times -= 1
                    return fault.outcome
        return None

    @property
    def unused(self) -> list[Fault]:
        """Faults that no call has met yet: a test that injects one wants to see none here."""
        with self._lock:
            return [fault for fault in self._waiting if fault.times > 0]

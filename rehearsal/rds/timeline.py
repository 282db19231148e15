"""A status that changes as virtual time passes."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Self


class Change(NamedTuple):
    """What happens at a moment: an effect, then a new status."""

    due: datetime
    status: str | None
    effect: Callable[[], object] | None


class Timeline:
    """A status, and the changes that lie ahead of it."""

    def __init__(self, status: str) -> None:
        self.status = status
        self._ahead: list[Change] = []

    def then(self, due: datetime, status: str | None = None, effect: Callable[[], object] | None = None) -> Self:
        """Plan a change; one that is due earlier comes first, whenever it was planned."""
        self._ahead.append(Change(due, status, effect))
        self._ahead.sort(key=lambda change: change.due)
        return self

    def restart(self, status: str) -> Self:
        """Take a status now, and forget what lay ahead."""
        self.status = status
        self._ahead.clear()
        return self

    def settle(self, now: datetime) -> None:
        """Let everything happen that is due."""
        while self._ahead and self._ahead[0].due <= now:
            change = self._ahead.pop(0)
            if change.effect is not None:
                change.effect()
            if change.status is not None:
                self.status = change.status

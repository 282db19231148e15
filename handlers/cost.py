"""What a run used, in words and numbers. No price list is built in: prices differ by region and by contract."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.names import Plan, started

VCPU, MEMORY_GIB = 1, 2  # of the sanitizer's task
STATES = 25  # of a run that does everything
WAITS_EVERY = timedelta(minutes=1)  # most waits ask so often, and each time is a transition


@dataclass(frozen=True)
class Used:
    """What a run used until a moment; the clean-up that follows an announcement adds minutes to it."""

    database_hours: float
    instance_class: str
    storage_gib: int
    task_hours: float
    transitions: int
    price_per_hour: float | None

    @property
    def price(self) -> float | None:
        """What the temporary database costs, in whatever its price was told in."""
        return None if self.price_per_hour is None else round(self.database_hours * self.price_per_hour, 2)

    def __str__(self) -> str:
        """For people."""
        parts = [
            f"{self.database_hours:.1f} h of {self.instance_class} with {self.storage_gib} GiB",
            f"{self.task_hours:.1f} h of Fargate ({VCPU} vCPU, {MEMORY_GIB} GiB)",
            f"{self.transitions} state transitions (about)",
            f"a snapshot of at most {self.storage_gib} GiB",
        ]
        if self.price is not None:
            parts.append(f"the temporary database: {self.price:.2f} at {self.price_per_hour:.2f} an hour")
        return ", ".join(parts)

    def told(self) -> dict[str, Any]:
        """For programs: the numbers, and the words."""
        return {**asdict(self), "database_price": self.price, "in_words": str(self)}


def used(plan: Plan, *, database: timedelta, task: timedelta, transitions: int) -> Used:
    """What the run of this plan used."""
    return Used(
        database_hours=round(database / timedelta(hours=1), 2),
        instance_class=plan.instance_class,
        storage_gib=plan.storage_gib,
        task_hours=round(task / timedelta(hours=1), 2),
        transitions=transitions,
        price_per_hour=plan.price_per_hour,
    )


def so_far(plan: Plan, restored: Mapping[str, str], now: datetime, sanitizing: timedelta) -> Used:
    """What a run used up to its announcement. The transitions are estimated: nearly all other time is spent asking again."""
    waiting = now - started(plan.run_id) - sanitizing
    return used(
        plan,
        database=now - datetime.fromisoformat(restored["at"]),
        task=sanitizing,
        transitions=STATES + max(0, waiting // WAITS_EVERY),
    )

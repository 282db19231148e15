"""What a run used, in numbers that add up and words that people read."""

import json
from datetime import timedelta

from components.task import CPU, MEMORY_MIB
from handlers import cost
from tests.handlers.fakes import NOW
from tests.handlers.world import ENVIRONMENT, World


def test_the_announcement_says_what_the_run_used() -> None:
    """From the restore's time to the announcement's; the sanitizer's hours are its report's; money only where a price was told."""
    world = World(environment={**ENVIRONMENT, "PRICE_PER_HOUR": "0.5", "INSTANCE_CLASS": "db.r6g.large"})
    world.run_until("Announce")
    world.document["restored"] = {"at": (NOW + timedelta(minutes=12)).isoformat()}
    world.perform("Announce", now=world.later(2.5))
    used = json.loads(world.s3.objects["announced/orders/latest.json"])["cost"]
    assert used == {
        "database_hours": 2.3,
        "instance_class": "db.r6g.large",
        "storage_gib": 500,
        "task_hours": 0.4,
        "transitions": 25 + 126,
        "price_per_hour": 0.5,
        "database_price": 1.15,
        "in_words": (
            "2.3 h of db.r6g.large with 500 GiB, 0.4 h of Fargate (1 vCPU, 2 GiB), 151 state transitions (about), "
            "a snapshot of at most 500 GiB, the temporary database: 1.15 at 0.50 an hour"
        ),
    }


def test_without_a_price_nothing_is_said_of_money() -> None:
    """Prices differ by region and by contract."""
    world = World().run_until("Retire")
    used = json.loads(world.s3.objects["announced/orders/latest.json"])["cost"]
    assert (used["database_price"], used["price_per_hour"]) == (None, None)
    assert "an hour" not in used["in_words"]


def test_the_task_has_one_size_in_both_rooms() -> None:
    """The task definition gives it, the message says it."""
    assert (int(CPU) / 1024, int(MEMORY_MIB) / 1024) == (cost.VCPU, cost.MEMORY_GIB)

"""How old the newest sanitized snapshot is, measured every hour, whatever else goes wrong."""

from datetime import timedelta

import pytest

from handlers.errors import AwsRefused, LeftoversRemain
from tests.handlers.fakes import NOW, refusal
from tests.handlers.test_cleanup import kept
from tests.handlers.world import HOLDING, World


def measured(world: World, hours: float = 0) -> float:
    world.sweep(hours=hours)
    return world.cloudwatch.values["orders"]


def test_the_newest_announced_snapshot_counts() -> None:
    """From its run's start; older ones and those of other stacks do not matter."""
    world = World()
    kept(world, 9)
    kept(world, 2)
    kept(world, 1, stack="test")
    kept(world, 1, database="customers")
    assert measured(world) == 48
    assert measured(world, hours=6) == 54


def test_one_that_somebody_deleted_does_not_count() -> None:
    """Its announcement alone is nothing to restore."""
    world = World()
    kept(world, 9)
    del world.rds.snapshots[kept(world, 2)]
    assert measured(world) == 9 * 24


def test_one_that_waits_for_a_release_does_not_count() -> None:
    """Nobody can use it yet."""
    world = World(environment={**World().environment, "HOLD": "true"}).run_until(None, HOLDING)
    kept(world, 3)
    assert measured(world) == 72


def test_where_nothing_ever_started_the_first_deployment_counts() -> None:
    """A schedule that never fires has no failed run to tell of it: the age of the oldest rules grows."""
    world = World()
    for number, days in enumerate((5, 40, 1)):
        key = f"rules/orders/{number}.yaml"
        world.s3.put_json(key, {})
        world.s3.modified[key] = NOW - timedelta(days=days)
    assert measured(world) == 40 * 24


def test_what_was_never_deployed_is_not_measured() -> None:
    """Missing data ring the alarm too."""
    world = World()
    world.sweep()
    assert world.cloudwatch.values == {}


def test_a_sweep_in_vain_measures_all_the_same() -> None:
    """What cannot be removed is another matter."""
    world = World().run_until("TakeOver")
    kept(world, 1)
    world.stepfunctions.executions[world.execution] = "ABORTED"
    world.rds.faults["delete_db_snapshot"] = refusal("AccessDenied", "DeleteDBSnapshot", 403)
    with pytest.raises(LeftoversRemain):
        world.sweep()
    assert world.cloudwatch.values == {"orders": 24}


def test_a_measure_that_cannot_be_told_makes_the_sweep_red() -> None:
    """After it has swept."""
    world = World().run_until("TakeOver")
    kept(world, 1)
    world.stepfunctions.executions[world.execution] = "ABORTED"
    world.cloudwatch.faults["put_metric_data"] = refusal("AccessDenied", "PutMetricData", 403)
    with pytest.raises(AwsRefused, match="PutMetricData"):
        world.sweep()
    assert world.name("raw") not in world.rds.snapshots

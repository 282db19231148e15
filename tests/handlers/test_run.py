"""A whole run, walked step by step against fakes."""

import pytest

from handlers import flow
from handlers.step import Features
from tests.handlers.fakes import iam_action
from tests.handlers.world import CONSUMER, ENVIRONMENT, EVERYTHING, World

UNSHARED = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("SHARE_")}


def test_a_run_leaves_the_sanitized_snapshot_and_nothing_else() -> None:
    """Afterwards the account holds the source and one sanitized snapshot, shared with the configured account."""
    world = World()
    list(world.walk())
    world.rds.settle()
    assert set(world.rds.instances) == {"orders-prod"}
    assert set(world.rds.snapshots) == {world.name("sanitized")}
    assert world.rds.shared == {world.name("sanitized"): [CONSUMER]}


def test_a_run_without_sharing_leaves_its_snapshot_too() -> None:
    """Without a share key there is no copy: the snapshot of the temporary database is the sanitized one."""
    world = World(environment=dict(UNSHARED))
    list(world.walk(Features(new_snapshot=True, reencrypt=False, share=False)))
    assert set(world.rds.snapshots) == {world.name("sanitized")}
    assert not world.rds.made("copy_db_snapshot")


def test_the_sanitizer_is_told_from_when_the_data_is() -> None:
    """The time of the snapshot that was restored, or nothing where RDS does not say; the report then says so too."""
    world = World().run_until("AwaitTemporaryDatabase")
    snapshot = world.rds.snapshots[world.name("raw")]
    assert world.document["restored"]["data_from"] == snapshot["SnapshotCreateTime"].isoformat()
    for time in ("OriginalSnapshotCreateTime", "SnapshotCreateTime"):
        snapshot[time] = None
    result = world.perform("RestoreTemporaryDatabase")
    assert result is not None
    assert result["data_from"] == ""


def test_the_source_is_only_described_and_snapshotted() -> None:
    """No other call names production."""
    world = World()
    list(world.walk())
    naming = {name for _service, name, parameters in world.calls if "orders-prod" in str(parameters)}
    assert naming == {"describe_db_instances", "create_db_snapshot"}


@pytest.mark.parametrize("step", list(World().walk()))
def test_every_step_is_safe_to_repeat(step: str) -> None:
    """A step that is performed twice, because its answer was lost, changes nothing more and ends the run the same."""
    world = World()
    for done in world.walk():
        if done == step and step != "Sanitize":
            world.perform(done)
    world.rds.settle()
    assert set(world.rds.instances) == {"orders-prod"}
    assert set(world.rds.snapshots) == {world.name("sanitized")}


@pytest.mark.parametrize("features", [EVERYTHING, Features(new_snapshot=False, reencrypt=False, share=False)])
def test_each_step_makes_only_calls_that_it_declares(features: Features) -> None:
    """A call without a permission beside its step would be refused by AWS."""
    world = World(environment=dict(ENVIRONMENT if features.share else UNSHARED))
    if not features.new_snapshot:
        world.environment.update(SNAPSHOT="latest", MAX_AGE_SECONDS="90000")
        world.rds.add_snapshot("rds:orders-prod-1", world.rds.instances["orders-prod"], [], kind="automated")
    for name in world.walk(features):
        if name != "Sanitize":
            allowed = {action for may in flow.step(name).action.permissions(features) for action in may.actions}
            assert {iam_action(service, call) for service, call in world.journal} <= allowed, name
        world.journal.clear()

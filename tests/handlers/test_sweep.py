"""The sweep removes what runs have left, and only that."""

import pytest

from handlers import sweep
from handlers.errors import LeftoversRemain
from tests.handlers.fakes import refusal
from tests.handlers.test_cleanup import kept, tagged
from tests.handlers.world import World


def aborted(step: str) -> World:
    """The world after an execution that was aborted before that step."""
    world = World().run_until(step)
    world.stepfunctions.executions[world.execution] = "ABORTED"
    return world


@pytest.mark.parametrize("step", [name for name in World().walk() if name != "Plan"])
def test_an_aborted_run_is_swept_clean(step: str) -> None:
    """Wherever it was: the source stays, and the sanitized snapshot if it was announced."""
    world = aborted(step)
    finished = f"announced/orders/{world.run_id}.json" in world.s3.objects
    world.sweep()
    world.rds.settle()
    assert set(world.rds.instances) == {"orders-prod"}
    assert set(world.rds.snapshots) == ({world.name("sanitized")} if finished else set())


@pytest.mark.parametrize("step", [name for name in World().walk() if name != "Plan"])
def test_a_run_that_goes_on_is_spared(step: str) -> None:
    """At every step of it."""
    world = World().run_until(step)
    before = (set(world.rds.instances), set(world.rds.snapshots))
    assert world.sweep() == []
    world.rds.settle()
    assert (set(world.rds.instances), set(world.rds.snapshots)) == before


def test_a_dry_run_names_everything_and_removes_nothing() -> None:
    """For people who want to see first."""
    world = aborted("Share")
    world.ecs.add_task("arn:task/1", world.run_id)
    before = (dict(world.rds.instances), dict(world.rds.snapshots))
    names = world.sweep(dry_run=True)
    assert set(names) == {
        "arn:task/1",
        *(world.name(kind) for kind in ("raw", "temporary", "intermediate", "sanitized")),
    }
    assert (world.rds.instances, world.rds.snapshots) == before
    assert world.ecs.tasks["arn:task/1"]["lastStatus"] == "RUNNING"


def test_look_alikes_still_stand() -> None:
    """Name and tags must agree, with each other and with the stack; what was announced stays."""
    world = World()
    source = world.rds.instances["orders-prod"]
    run = "202404010300-abcd"
    snapshots = {
        f"ss-prod-raw-orders-{run}": [],
        f"ss-prod-raw-customers-{run}": tagged("raw", run, stack="test", database="customers"),
        f"ss-prod-intermediate-orders-{run}": tagged("raw", run),
        "before-the-migration": tagged("raw", run),
        "ss-prod-raw-orders-other": tagged("raw", run),
    }
    for name, tags in snapshots.items():
        world.rds.add_snapshot(name, source, tags)
    announced = kept(world, 3)
    world.rds.add_instance(f"ss-prod-temporary-orders-{run}")
    world.rds.add_instance("orders-staging", tags=tagged("temporary", run))
    world.ecs.add_task("arn:task/foreign", None)
    assert world.sweep() == []
    assert set(world.rds.snapshots) == {announced, *snapshots}
    assert len(world.rds.instances) == 3
    assert world.ecs.tasks["arn:task/foreign"]["lastStatus"] == "RUNNING"


def test_what_cannot_be_removed_does_not_keep_the_rest() -> None:
    """It is named, and the sweep is red."""
    world = aborted("StopTask")
    world.rds.faults["delete_db_instance"] = refusal("InvalidDBInstanceState", "DeleteDBInstance")
    with pytest.raises(LeftoversRemain, match=f"{world.name('temporary')} .NotReady"):
        world.sweep()
    assert world.name("raw") not in world.rds.snapshots


def test_what_is_being_deleted_already_is_left_to_go() -> None:
    """It is no leftover, and no reason for red."""
    world = aborted("TakeOver")
    world.perform("DeleteTemporaryDatabase")
    assert world.sweep() == [world.name("raw")]


def test_a_run_that_ends_during_the_sweep_keeps_its_snapshot() -> None:
    """It was listed while unannounced; its announcement is looked for after the locks."""
    world = World().run_until("Announce")

    def end() -> None:
        world.perform("Announce")
        world.stepfunctions.executions[world.execution] = "SUCCEEDED"

    world.stepfunctions.before["describe_execution"] = end
    world.sweep()
    assert world.name("sanitized") in world.rds.snapshots


def test_a_sweep_that_cannot_tell_who_runs_removes_nothing() -> None:
    """It fails instead."""
    world = aborted("Share")
    world.stepfunctions.faults["describe_execution"] = refusal("AccessDeniedException", "DescribeExecution")
    with pytest.raises(Exception, match="AccessDenied"):
        world.sweep()
    assert not world.rds.made("delete_db_instance")


def test_people_can_sweep_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each thing, and a dry run on demand."""
    world = aborted("RestoreTemporaryDatabase")
    monkeypatch.setattr(sweep, "clients", lambda: world.aws)
    told = ["--stack", "prod", "--prefix", "ss-prod", "--bucket", "bucket", "--cluster", "cluster"]
    assert sweep.main([*told, "--dry-run"]) == 0
    assert capsys.readouterr().out == (f"raw {world.name('raw')} of run {world.run_id} would be removed\n1 left over\n")
    assert world.name("raw") in world.rds.snapshots
    assert sweep.main(told) == 0
    assert not world.rds.snapshots

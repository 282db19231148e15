"""What is past its time goes, what is temporary goes, and only what is ours."""

from datetime import timedelta
from itertools import product

import pytest

from handlers.errors import LeftoversRemain, NotOurs, NotReady
from tests.handlers.fakes import NOW, refusal
from tests.handlers.world import World

CLEANING = ["DeleteTemporaryDatabase", "DeleteRawSnapshot", "DeleteIntermediateSnapshot", "DeleteUnfinishedSnapshot"]
KIND = dict(zip(CLEANING, ["temporary", "raw", "intermediate", "sanitized"], strict=True))


def tagged(kind: str = "sanitized", run: str = "", **differences: str) -> list[dict[str, str]]:
    """The tags of something that a run made."""
    tags = {"stack": "prod", "database": "orders", "run": run, "kind": kind, **differences}
    return [{"Key": f"sanitized-snapshots:{key}", "Value": value} for key, value in tags.items()]


def kept(world: World, days: int, *, announced: bool = True, name: str | None = None, **differences: str) -> str:
    """A sanitized snapshot of a run some days ago."""
    when = NOW - timedelta(days=days)
    run = f"{when:%Y%m%d%H%M}-abcd"
    name = name or f"ss-prod-sanitized-orders-{run}"
    tags = tagged(**{"run": run, **differences})
    world.rds.add_snapshot(name, world.rds.instances["orders-prod"], tags)["OriginalSnapshotCreateTime"] = when
    if announced:
        world.s3.put_json(f"announced/orders/{run}.json", {})
    return name


@pytest.mark.parametrize(
    ("count", "age_days", "staying"),
    [(None, None, [0, 1, 2, 3]), (2, None, [0, 1]), (None, 2, [0, 1, 2]), (3, 1, [0, 1]), (1, 90, [0])],
)
def test_sanitized_snapshots_stay_by_count_and_age(count: int | None, age_days: int | None, staying: list[int]) -> None:
    """Past either limit they are retired."""
    world = World().run_until("Retire")
    names = {0: world.name("sanitized"), **{days: kept(world, days) for days in (1, 2, 3)}}
    world.environment |= {"KEEP_COUNT": str(count or ""), "KEEP_AGE_SECONDS": str((age_days or 0) * 86400 or "")}
    world.perform("Retire")
    sanitized = {name for name in world.rds.snapshots if "-sanitized-" in name}
    assert sanitized == {names[days] for days in staying}


def test_the_newest_is_never_retired() -> None:
    """Whatever the limits: developers without a snapshot are not what they are for."""
    world = World().run_until("Plan")
    world.perform("Plan")
    newest = kept(world, 200)
    kept(world, 300)
    world.environment |= {"KEEP_COUNT": "1", "KEEP_AGE_SECONDS": "86400"}
    world.perform("Retire")
    assert set(world.rds.snapshots) == {newest}


def test_only_announced_sanitized_snapshots_of_this_database_are_retired() -> None:
    """Look-alikes stay: without tags, of another stack or database, of another kind, never announced, under a free name."""
    world = World().run_until("Retire")
    world.environment["KEEP_COUNT"] = "1"
    alike = {
        kept(world, 10, stack="test"),
        kept(world, 11, database="customers"),
        kept(world, 12, kind="raw"),
        kept(world, 13, announced=False),
        kept(world, 14, name="kept-for-the-audit"),
        kept(world, 15, run="202001010000-aaaa"),
    }
    world.rds.add_snapshot("ss-prod-sanitized-orders-202404010300-abcd", world.rds.instances["orders-prod"], [])
    old = kept(world, 16)
    world.perform("Retire")
    assert old not in world.rds.snapshots
    assert alike | {"ss-prod-sanitized-orders-202404010300-abcd"} <= set(world.rds.snapshots)


@pytest.mark.parametrize("status", ["deleting", "creating"])
def test_what_cannot_be_retired_now_does_not_spoil_the_run(status: str) -> None:
    """A first attempt, or somebody else, is deleting it: the next run looks again."""
    world = World().run_until("Retire")
    world.environment["KEEP_COUNT"] = "1"
    busy, old = kept(world, 1), kept(world, 2)
    world.rds.snapshots[busy]["Status"] = status
    world.perform("Retire")
    assert old not in world.rds.snapshots
    assert [asked["DBSnapshotIdentifier"] for asked in world.rds.made("delete_db_snapshot")] == [old]


@pytest.mark.parametrize(
    ("step", "call", "missing"),
    [
        ("DeleteTemporaryDatabase", "delete_db_instance", "DBInstanceNotFound"),
        ("DeleteRawSnapshot", "delete_db_snapshot", "DBSnapshotNotFound"),
    ],
)
def test_what_is_gone_between_the_look_and_the_deletion_is_gone(step: str, call: str, missing: str) -> None:
    """The sweep, a person or an attempt whose answer was lost was faster."""
    world = World().run_until("TakeOver")
    world.rds.faults[call] = refusal(missing, call, 404)
    world.perform(step)


@pytest.mark.parametrize("step", CLEANING)
def test_a_clean_up_step_finds_nothing_to_do_when_nothing_is_there(step: str) -> None:
    """A run that failed at once cleans up all the same."""
    world = World().run_until("TakeRawSnapshot")
    world.perform(step)
    assert set(world.rds.instances) == {"orders-prod"}


@pytest.mark.parametrize("step", CLEANING[1:])
def test_a_snapshot_that_is_not_ours_is_left(step: str) -> None:
    """Ours by name is not enough."""
    world = World().run_until("TakeRawSnapshot")
    name = world.name(KIND[step])
    world.rds.add_snapshot(name, world.rds.instances["orders-prod"], tagged(KIND[step], "202405040300-aaaa"))
    with pytest.raises(NotOurs, match=name):
        world.perform(step)
    assert name in world.rds.snapshots


@pytest.mark.parametrize("busy", ["creating", "modifying", "backing-up"])
def test_a_busy_database_is_deleted_as_soon_as_it_can_be(busy: str) -> None:
    """RDS deletes none in such a status: the step asks again."""
    world = World().run_until("TakeOver")
    instance = world.rds.instances[world.name("temporary")]
    instance["DBInstanceStatus"] = busy
    with pytest.raises(NotReady):
        world.perform("DeleteTemporaryDatabase")
    instance["DBInstanceStatus"] = "available"
    world.perform("DeleteTemporaryDatabase")
    assert instance["DBInstanceStatus"] == "deleting"


def test_a_protected_database_is_deleted_too() -> None:
    """Somebody's policy may have protected it: it is ours."""
    world = World().run_until("TakeOver")
    world.rds.instances[world.name("temporary")]["DeletionProtection"] = True
    world.perform("DeleteTemporaryDatabase")
    world.rds.settle()
    assert world.name("temporary") not in world.rds.instances


def test_a_creating_snapshot_is_deleted_as_soon_as_it_can_be() -> None:
    """And not before."""
    world = World().run_until("TakeRawSnapshot")
    world.perform("TakeRawSnapshot")
    with pytest.raises(NotReady):
        world.perform("DeleteRawSnapshot")
    world.rds.settle()
    world.perform("DeleteRawSnapshot")
    assert not world.rds.snapshots


def test_a_sanitized_snapshot_that_was_not_announced_goes_and_an_announced_one_stays() -> None:
    """A run that failed after sharing leaves nothing that people could rely on."""
    failed, finished = World().run_until("Announce"), World().run_until("Retire")
    for world in (failed, finished):
        world.perform("DeleteUnfinishedSnapshot")
    assert failed.name("sanitized") not in failed.rds.snapshots
    assert finished.name("sanitized") in finished.rds.snapshots


@pytest.mark.parametrize("step", [name for name in World().walk() if name not in (*CLEANING, "StopTask", "AwaitGone")])
def test_whichever_step_failed_the_clean_up_leaves_nothing(step: str) -> None:
    """A run that ends before that step leaves the source, and a sanitized snapshot only once it was announced."""
    world = World().run_until(step)
    if step == "Plan":
        return
    for name in ("StopTask", *CLEANING):
        world.perform(name)
    world.rds.settle()
    world.perform("AwaitGone")
    assert set(world.rds.instances) == {"orders-prod"}
    assert set(world.rds.snapshots) == ({world.name("sanitized")} if step == "Retire" else set())


@pytest.mark.parametrize(("kind", "manual"), product(["awsbackup", "manual"], [True]))
def test_copies_that_others_took_of_the_temporary_database_are_named(kind: str, *, manual: bool) -> None:
    """A backup plan that takes everything has taken raw data too, and we may not delete it."""
    world = World().run_until("AwaitTemporaryDatabase")
    temporary = world.rds.instances[world.name("temporary")]
    foreign = world.rds.add_snapshot("awsbackup:job-1", temporary, [], kind=kind)
    for name in CLEANING:
        world.perform(name)
    world.rds.settle()
    with pytest.raises(LeftoversRemain, match=foreign["DBSnapshotArn"]):
        world.perform("AwaitGone")


def test_what_is_not_ours_is_not_waited_for() -> None:
    """The step that found it has said so already."""
    world = World().run_until("AwaitGone")
    world.rds.add_snapshot(world.name("raw"), world.rds.instances["orders-prod"], [])
    world.perform("AwaitGone")


def test_automated_backups_that_are_kept_of_it_are_named() -> None:
    """Although the restore asks for none."""
    world = World().run_until("AwaitGone")
    arn = "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1"
    world.rds.backups.append({"DBInstanceIdentifier": world.name("temporary"), "DBInstanceAutomatedBackupsArn": arn})
    with pytest.raises(LeftoversRemain, match=arn):
        world.perform("AwaitGone")


def test_the_tasks_of_the_run_are_stopped_and_no_others() -> None:
    """Those of another database's run share the cluster."""
    world = World().run_until("StopTask")
    world.ecs.add_task("arn:task/ours", world.run_id)
    world.ecs.add_task("arn:task/other", "202405040300-aaaa")
    world.perform("StopTask")
    assert {arn: task["lastStatus"] for arn, task in world.ecs.tasks.items()} == {
        "arn:task/ours": "STOPPED",
        "arn:task/other": "RUNNING",
    }

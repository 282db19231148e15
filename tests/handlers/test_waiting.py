"""Every wait is not ready at first, becomes ready, and has an end; nothing that is not ours is taken for ours."""

import pytest

from handlers import flow
from handlers.errors import (
    AwsRefused,
    AwsUnavailable,
    LeftoversRemain,
    NeverAvailable,
    NotOurs,
    NotReady,
    RunError,
    SnapshotFailed,
)
from tests.handlers.fakes import refusal
from tests.handlers.world import EVERYTHING, World

WAITS = [
    "AwaitRawSnapshot",
    "AwaitTemporaryDatabase",
    "AwaitTakenOver",
    "AwaitSanitizedSnapshot",
    "AwaitReEncrypted",
    "AwaitGone",
]
SNAPSHOT_WAITS = {"AwaitRawSnapshot": "raw", "AwaitSanitizedSnapshot": "intermediate", "AwaitReEncrypted": "sanitized"}


def unsettled(step: str) -> World:
    """The world as a step finds it that comes right after the one before."""
    world = World()
    if step != "AwaitGone":
        assert list(world.walk(until=step))
        return world
    list(world.walk(until="DeleteTemporaryDatabase"))
    for deletion in flow.run(EVERYTHING).finally_[1:-1]:
        world.perform(deletion.name)
    return world


@pytest.mark.parametrize("step", WAITS)
def test_a_wait_is_not_ready_until_it_is(step: str) -> None:
    """What was begun takes its time, and the wait tells the one from the other."""
    world = unsettled(step)
    with pytest.raises(NotReady):
        world.perform(step)
    world.rds.settle()
    world.perform(step)


def test_every_wait_of_the_flow_is_tried_here() -> None:
    """A wait that is not would be one that nobody has seen wait."""
    planned = flow.run(EVERYTHING)
    assert [part.name for part in (*planned.body, *planned.finally_) if part.name.startswith("Await")] == WAITS


@pytest.mark.parametrize("step", WAITS)
def test_patience_runs_out_under_a_name(step: str) -> None:
    """The last attempt does not say NotReady, which would tell nobody anything."""
    world = unsettled(step)
    patience = flow.step(step).patience
    with pytest.raises(NotReady):
        world.perform(step, attempt=patience.times - 1)
    with pytest.raises(LeftoversRemain if step == "AwaitGone" else NeverAvailable, match="after being asked"):
        world.perform(step, attempt=patience.times)


@pytest.mark.parametrize(("step", "kind"), SNAPSHOT_WAITS.items())
@pytest.mark.parametrize("end", ["failed", "deleting", "gone"])
def test_a_snapshot_that_cannot_come_any_more_ends_the_wait(step: str, kind: str, end: str) -> None:
    """Failed, being deleted or gone: waiting on would be in vain."""
    world = unsettled(step)
    if end == "gone":
        del world.rds.snapshots[world.name(kind)]
    else:
        world.rds.snapshots[world.name(kind)]["Status"] = end
    with pytest.raises(SnapshotFailed, match=world.name(kind)):
        world.perform(step)


@pytest.mark.parametrize("end", ["failed", "incompatible-restore", "storage-full", "restore-error", "deleting", "gone"])
@pytest.mark.parametrize("step", ["AwaitTemporaryDatabase", "AwaitTakenOver"])
def test_a_database_that_cannot_come_any_more_ends_the_wait(step: str, end: str) -> None:
    """The status says so, or there is none."""
    world = unsettled(step)
    if end == "gone":
        del world.rds.instances[world.name("temporary")]
    else:
        world.rds.instances[world.name("temporary")]["DBInstanceStatus"] = end
    with pytest.raises(NeverAvailable, match=world.name("temporary")):
        world.perform(step)


@pytest.mark.parametrize("status", ["storage-initialization", "storage-optimization"])
@pytest.mark.parametrize("step", ["AwaitTemporaryDatabase", "AwaitTakenOver"])
def test_a_database_that_rds_works_on_in_the_background_is_ready(step: str, status: str) -> None:
    """Loading the volume of a large restore takes longer than all patience, and hinders nobody."""
    world = unsettled(step)
    world.rds.settle()
    world.rds.instances[world.name("temporary")]["DBInstanceStatus"] = status
    world.perform(step)


@pytest.mark.parametrize("missing", ["pending", "secret", "inactive"])
def test_available_is_not_taken_over(missing: str) -> None:
    """After the request the status stays `available` for a while, with production's password still in force."""
    world = World().run_until("CheckIsolation")
    instance = world.rds.instances[world.name("temporary")]
    if missing == "pending":
        instance["PendingModifiedValues"] = {"MasterUserPassword": "****"}
    elif missing == "secret":
        del instance["MasterUserSecret"]
    else:
        instance["MasterUserSecret"]["SecretStatus"] = "impaired"
    with pytest.raises(NotReady):
        world.perform("AwaitTakenOver")


def test_a_password_that_was_taken_over_is_not_changed_again() -> None:
    """A repetition after the end would lock the sanitizer out."""
    world = World().run_until("Sanitize")
    world.perform("TakeOver")
    assert world.perform("AwaitTakenOver")["user"] == "master"


def test_the_connection_names_a_secret_and_holds_none() -> None:
    """Host, port as text, user, and where the password is kept."""
    world = World().run_until("CheckIsolation")
    connection = world.perform("AwaitTakenOver")
    assert connection == {
        "host": f"{world.name('temporary')}.example",
        "port": "5432",
        "user": "master",
        "secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1",
    }


@pytest.mark.parametrize(
    ("step", "kind"),
    [("TakeRawSnapshot", "raw"), ("TakeSanitizedSnapshot", "intermediate"), ("ReEncrypt", "sanitized")],
)
def test_a_snapshot_under_our_name_without_our_tags_is_not_ours(step: str, kind: str) -> None:
    """Somebody else's is not used, and not overwritten."""
    world = World().run_until(step)
    world.rds.add_snapshot(world.name(kind), world.rds.instances["orders-prod"], [])
    with pytest.raises(NotOurs, match=world.name(kind)):
        world.perform(step)


@pytest.mark.parametrize(
    "step", ["RestoreTemporaryDatabase", "AwaitTemporaryDatabase", "TakeOver", "DeleteTemporaryDatabase"]
)
def test_a_database_under_our_name_without_our_tags_is_not_ours(step: str) -> None:
    """It is neither used nor taken over nor deleted."""
    world = World().run_until("RestoreTemporaryDatabase")
    world.rds.add_instance(world.name("temporary"))
    with pytest.raises(NotOurs, match=world.name("temporary")):
        world.perform(step)
    assert not world.rds.made("modify_db_instance")
    assert not world.rds.made("delete_db_instance")


def test_a_busy_source_is_waited_for() -> None:
    """A backup window is no reason to fail the run."""
    world = World().run_until("TakeRawSnapshot")
    world.rds.instances["orders-prod"]["DBInstanceStatus"] = "backing-up"
    with pytest.raises(NotReady):
        world.perform("TakeRawSnapshot")
    patience = flow.step("TakeRawSnapshot").patience
    with pytest.raises(NeverAvailable):
        world.perform("TakeRawSnapshot", attempt=patience.times)
    world.rds.settle()
    world.perform("TakeRawSnapshot")


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("Throttling", 400, AwsUnavailable),
        ("InternalFailure", 500, AwsUnavailable),
        ("NeverHeardOf", 503, AwsUnavailable),
        ("SnapshotQuotaExceeded", 400, AwsRefused),
        ("AccessDenied", 403, AwsRefused),
    ],
)
def test_an_error_of_aws_says_whether_to_try_again(code: str, status: int, error: type[RunError]) -> None:
    """And which operation it was."""
    world = World().run_until("TakeRawSnapshot")
    world.rds.faults["create_db_snapshot"] = refusal(code, "CreateDBSnapshot", status)
    with pytest.raises(error, match=f"CreateDBSnapshot was answered {code}"):
        world.perform("TakeRawSnapshot")


def test_the_restore_says_everything() -> None:
    """What is not said RDS takes from the source, or from the VPC's defaults."""
    world = World().run_until("AwaitTemporaryDatabase")
    (asked,) = world.rds.made("restore_db_instance_from_db_snapshot")
    tags = {tag["Key"].removeprefix("sanitized-snapshots:"): tag["Value"] for tag in asked.pop("Tags")}
    assert tags == {
        "stack": "prod",
        "database": "orders",
        "run": world.run_id,
        "kind": "temporary",
        "expires": "2024-05-10T03:00:00Z",
    }
    assert asked == {
        "DBInstanceIdentifier": world.name("temporary"),
        "DBSnapshotIdentifier": world.name("raw"),
        "DBInstanceClass": "db.t4g.medium",
        "Port": 5432,
        "DBSubnetGroupName": "ss-prod-isolated",
        "DBParameterGroupName": "ss-prod-postgres15",
        "OptionGroupName": "default:postgres-15",
        "VpcSecurityGroupIds": ["sg-temporary"],
        "PubliclyAccessible": False,
        "MultiAZ": False,
        "BackupRetentionPeriod": 0,
        "DeletionProtection": False,
        "AutoMinorVersionUpgrade": False,
        "EnableIAMDatabaseAuthentication": False,
        "EnableCloudwatchLogsExports": [],
        "CopyTagsToSnapshot": False,
        "EngineLifecycleSupport": "open-source-rds-extended-support",
    }


def test_support_for_old_versions_is_asked_for_where_there_is_any() -> None:
    """RDS sells it for PostgreSQL and MySQL."""
    world = World()
    world.rds.instances["orders-prod"].update(Engine="mariadb", EngineVersion="10.11.8")
    (asked,) = world.run_until("AwaitTemporaryDatabase").rds.made("restore_db_instance_from_db_snapshot")
    assert "EngineLifecycleSupport" not in asked
    assert asked["OptionGroupName"] == "default:mariadb-10-11"


def test_the_restore_takes_the_storage_it_is_told() -> None:
    """A volume that is too full to rewrite tables gets a larger one; where nothing is told, RDS takes the snapshot's."""
    world = World()
    world.environment["STORAGE_GIB"] = "800"
    (asked,) = world.run_until("AwaitTemporaryDatabase").rds.made("restore_db_instance_from_db_snapshot")
    assert asked["AllocatedStorage"] == 800

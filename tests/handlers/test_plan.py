"""The plan refuses what cannot work, finds the right snapshot, and chooses the same names whenever it is asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers.errors import AlreadyRunning, DuplicateStart, IsolationBroken, NeverAvailable, NotReady, SourceUnsupported
from handlers.names import KINDS
from tests.handlers.fakes import NOW
from tests.handlers.world import ENVIRONMENT, SHARE_KEY, SOURCE_KEY, World

LATEST = {**ENVIRONMENT, "SNAPSHOT": "latest", "MAX_AGE_SECONDS": str(26 * 3600)}


def source(world: World) -> dict[str, Any]:
    """The production instance."""
    return world.rds.instances["orders-prod"]


def become(world: World, engine: str, version: str) -> None:
    """The source is of another engine."""
    source(world).update(Engine=engine, EngineVersion=version)


BROKEN: dict[str, tuple[Callable[[World], object], str]] = {
    "a missing source": (lambda w: w.rds.instances.clear(), "there is no DB instance"),
    "another engine": (lambda w: source(w).update(Engine="oracle-ee"), "engine is not supported"),
    "Aurora for PostgreSQL": (lambda w: source(w).update(Engine="aurora-postgresql"), "engine is not supported"),
    "Aurora for MySQL": (lambda w: become(w, "aurora-mysql", "8.0.mysql_aurora.3.08.0"), "engine is not supported"),
    "a MySQL that is too old": (lambda w: become(w, "mysql", "5.7.44"), "MySQL 8.0 to 8.4"),
    "a MariaDB that is too old": (lambda w: become(w, "mariadb", "10.5.23"), "MariaDB 10.6 to 11.8"),
    "a MariaDB that is too new": (lambda w: become(w, "mariadb", "12.0.2"), "not in that version"),
    "a source under our prefix": (lambda w: w.environment.update(PREFIX="orders"), "its name begins like"),
    "a stopped source": (lambda w: source(w).update(DBInstanceStatus="stopped"), "present status"),
    "a full source": (lambda w: source(w).update(DBInstanceStatus="storage-full"), "present status"),
    "too little storage": (lambda w: w.environment.update(STORAGE_GIB="499"), "less storage than it has"),
    "TDE": (lambda w: source(w).update(TdeCredentialArn="arn"), "transparent data encryption"),
    "sharing with all": (lambda w: w.environment.update(SHARE_ACCOUNTS="all"), "no account number"),
    "sharing with a name": (lambda w: w.environment.update(SHARE_ACCOUNTS="111122223333,qa"), "no account number"),
    "accounts without a key": (lambda w: w.environment.pop("SHARE_KMS_KEY"), "without a share key"),
    "the source's key as share key": (lambda w: source(w).update(KmsKeyId=SHARE_KEY), "holds raw data"),
    "an alias of the source's key": (lambda w: w.kms.metadata.update(Arn=SOURCE_KEY), "holds raw data"),
    "an AWS-managed share key": (lambda w: w.kms.metadata.update(KeyManager="AWS"), "KeyManager"),
    "a disabled share key": (lambda w: w.kms.metadata.update(KeyState="Disabled"), "KeyState"),
    "an HMAC share key": (lambda w: w.kms.metadata.update(KeyUsage="GENERATE_VERIFY_MAC"), "KeyUsage"),
    "a share key that forbids grants": (lambda w: setattr(w.kms, "grantable", False), "cannot be used"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_work_is_refused_before_anything_exists(case: str) -> None:
    """The message names the source, the rule and the remedy; nothing was made but the lock."""
    world = World()
    break_it, rule = BROKEN[case]
    break_it(world)
    with pytest.raises(SourceUnsupported, match=rule) as refused:
        world.perform("Plan")
    assert world.environment["SOURCE"] in str(refused.value)
    changing = {name for _service, name, _ in world.calls if not name.startswith(("describe_", "get_", "list_"))}
    assert changing <= {"put_object", "create_grant"}


@pytest.mark.parametrize(
    ("engine", "version", "options"),
    [
        ("postgres", "13.4", "default:postgres-13"),
        ("mysql", "8.0.36", "default:mysql-8-0"),
        ("mysql", "8.4.3", "default:mysql-8-4"),
        ("mariadb", "10.6.14", "default:mariadb-10-6"),
        ("mariadb", "11.8.2", "default:mariadb-11-8"),
    ],
)
def test_each_engine_is_planned_for_by_its_name(engine: str, version: str, options: str) -> None:
    """The sanitizer hears which it is; the temporary database has none of production's options."""
    world = World()
    become(world, engine, version)
    plan = world.perform("Plan")
    assert (plan["engine"], plan["option_group"]) == (engine, options)


@pytest.mark.parametrize("status", ["available", "storage-optimization"])
def test_an_unencrypted_source_can_be_shared_under_a_key(status: str) -> None:
    """Copying an instance snapshot under a key encrypts it."""
    world = World()
    source(world).update(DBInstanceStatus=status)
    del source(world)["KmsKeyId"]
    assert world.perform("Plan")["taken_snapshot"] == world.name("intermediate")


@pytest.mark.parametrize("status", ["backing-up", "modifying", "storage-initialization"])
def test_a_source_that_is_busy_for_a_while_is_planned_for(status: str) -> None:
    """The nightly backup may be going on when the schedule strikes: taking the snapshot is what waits for it."""
    world = World()
    source(world)["DBInstanceStatus"] = status
    world.perform("Plan")
    if status != "storage-initialization":
        with pytest.raises(NotReady):
            world.perform("TakeRawSnapshot")


def test_a_source_whose_name_merely_begins_like_the_prefix_is_taken() -> None:
    """The stack config allows it, so the run must."""
    world = World()
    world.environment["PREFIX"] = "order"
    world.perform("Plan")


def test_the_latest_snapshot_does_not_need_an_available_source() -> None:
    """A stopped source has backups too."""
    world = World(environment=dict(LATEST))
    source(world)["DBInstanceStatus"] = "stopped"
    world.rds.add_snapshot("rds:orders-prod-1", source(world), [], kind="automated")
    assert world.perform("Plan")["restore_from"] == "rds:orders-prod-1"


def test_isolation_is_checked_before_anything_exists() -> None:
    """A production group among the temporary ones stops the plan."""
    world = World()
    world.environment["TEMPORARY_SECURITY_GROUP_1"] = "sg-production"
    with pytest.raises(IsolationBroken, match="sg-production"):
        world.perform("Plan")


def test_the_names_are_those_that_everything_is_found_by() -> None:
    """Prefix, kind, database and run make every identifier; a retried Plan gives the same ones."""
    world = World()
    plan = world.perform("Plan")
    assert plan == world.perform("Plan")
    assert plan["run_id"].startswith("202405050300-")
    assert [plan["raw_snapshot"], plan["temporary_database"], plan["taken_snapshot"], plan["sanitized_snapshot"]] == [
        world.name(kind) for kind in KINDS
    ]
    assert plan["report_uri"] == f"s3://bucket/reports/orders/{world.run_id}/report.json"


def test_names_fit_what_rds_allows() -> None:
    """63 characters for a database, 255 for a snapshot, with the longest prefix and database name."""
    world = World()
    world.environment.update(PREFIX="ss-fourteen-more", DATABASE="d" * 16)
    plan = world.perform("Plan")
    assert len(plan["temporary_database"]) <= 63
    assert not any("--" in plan[name] or plan[name].endswith("-") for name in plan if name.endswith("_snapshot"))


def older(world: World, name: str, hours: float, **differences: Any) -> None:
    """An automated snapshot of the source, some hours old."""
    snapshot = world.rds.add_snapshot(name, source(world), [], kind="automated")
    snapshot["OriginalSnapshotCreateTime"] = snapshot["SnapshotCreateTime"] = NOW - timedelta(hours=hours)
    snapshot.update(differences)


def test_the_latest_snapshot_is_the_newest_that_counts() -> None:
    """Available, of this very database, taken by RDS or a person, and as old as its data; not one of ours or of a namesake."""
    world = World(environment=dict(LATEST))
    older(world, "rds:older", 20)
    older(world, "rds:wanted", 10)
    older(world, "rds:creating", 1, Status="creating")
    older(world, "rds:of-a-namesake", 2, DbiResourceId="db-before-it-was-renamed")
    older(world, "copied-today", 30, SnapshotCreateTime=NOW, SnapshotType="manual")
    older(world, "ss-prod-raw-orders-202405040300-abcd", 3, SnapshotType="manual")
    older(world, "raw-of-another-stack", 4, TagList=[{"Key": "sanitized-snapshots:stack", "Value": "test"}])
    older(world, "awsbackup:job-1", 5, SnapshotType="awsbackup")
    older(world, "under-a-key-of-somebody-else", 6, KmsKeyId=SOURCE_KEY + "-not", SnapshotType="manual")
    assert world.perform("Plan")["restore_from"] == "rds:wanted"


def test_no_snapshot_within_the_age_is_an_error() -> None:
    """Old data is not passed off as yesterday's."""
    world = World(environment=dict(LATEST))
    older(world, "rds:too-old", 27)
    with pytest.raises(NeverAvailable, match="1 day, 2:00:00"):
        world.perform("Plan")


def test_a_found_snapshot_under_the_share_key_is_refused() -> None:
    """Restoring it would put raw data under the key that consumers may use."""
    world = World(environment=dict(LATEST))
    older(world, "made-by-hand", 1, KmsKeyId=SHARE_KEY, SnapshotType="manual")
    with pytest.raises(SourceUnsupported, match="holds raw data"):
        world.perform("Plan")


def test_while_another_run_goes_on_nothing_is_planned() -> None:
    """The loser neither creates nor deletes, and says who works."""
    first = World()
    first.perform("Plan")
    second = World(s3=first.s3, stepfunctions=first.stepfunctions, execution=first.execution + "-second")
    with pytest.raises(AlreadyRunning, match=first.execution):
        second.perform("Plan")
    assert not second.rds.calls


@pytest.mark.parametrize(("status", "served"), [("RUNNING", True), ("SUCCEEDED", True), ("FAILED", False)])
def test_the_same_slot_twice_is_no_failure(status: str, served: bool) -> None:
    """The scheduler delivers at least once. A slot whose execution failed may be tried again by hand."""
    first = World(slot="2024-05-05T03:00:00Z")
    first.perform("Plan")
    first.stepfunctions.executions[first.execution] = status
    second = World(
        s3=first.s3, stepfunctions=first.stepfunctions, slot=first.slot, execution=first.execution + "-second"
    )
    if served:
        with pytest.raises(DuplicateStart):
            second.perform("Plan")
    else:
        assert second.perform("Plan")["run_id"] == second.run_id

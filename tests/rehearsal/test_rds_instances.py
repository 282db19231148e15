"""Instances take their time, carry what they were given and what nobody asked otherwise, and refuse what AWS refuses."""

import time

import psycopg
import pytest

from rehearsal.rds import Delays
from tests.rehearsal.conftest import ACCOUNT, CONSUMER, Region, refusal

USUAL = Delays()


def _named(value: object) -> str:
    """The name of a case: what is asked for, and what comes of it."""
    return " ".join(f"{key}={str(said)[:24]}" for key, said in value.items()) if isinstance(value, dict) else str(value)


def status(region: Region, name: str) -> str:
    return str(region.instance(name)["DBInstanceStatus"])


def test_a_restored_instance_is_creating_then_modifying_then_available(region: Region) -> None:
    """A wait that looks once, or takes the first endpoint for readiness, is caught."""
    name = region.restore()
    assert status(region, name) == "creating"
    assert "Endpoint" not in region.instance(name)
    region.later(USUAL.restore_seconds)
    assert status(region, name) == "modifying"
    assert region.instance(name)["Endpoint"]["Port"] == 5432
    region.later(USUAL.settle_restored_seconds)
    assert status(region, name) == "available"
    region.delete(name)


def test_a_created_instance_is_backed_up_before_it_is_available(region: Region) -> None:
    """With a retention period, the first backup comes first."""
    name = region.name()
    assert region.create(name)["DBInstanceStatus"] == "creating"
    region.later(USUAL.create_seconds)
    assert status(region, name) == "backing-up"
    region.later(USUAL.first_backup_seconds)
    assert status(region, name) == "available"
    region.delete(name)


def test_a_deleted_instance_is_deleting_then_gone(region: Region) -> None:
    """`Gone` is that Describe does not find it; before, it is still there."""
    name = region.restore()
    region.later()
    region.delete(name)
    assert status(region, name) == "deleting"
    assert (
        refusal(region, "DeleteDBInstance", DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        == "InvalidDBInstanceState"
    )
    region.later(USUAL.delete_seconds)
    assert refusal(region, "DescribeDBInstances", DBInstanceIdentifier=name) == "DBInstanceNotFound"


def test_a_deleted_instances_server_is_stopped_and_its_files_removed(region: Region) -> None:
    """Deleting removes the data, not only the entry."""
    name = region.restore()
    region.later()
    server = region.rds.server(name, ACCOUNT)
    region.delete(name)
    for _ in range(200):
        if not server.directory.exists():
            break
        time.sleep(0.05)
    assert not server.directory.exists()
    assert not server.running


def test_a_restored_instance_holds_the_snapshots_data_under_the_old_password(region: Region) -> None:
    """Nothing but a new password keeps production's people out of the copy, and the other way round."""
    name = region.restore()
    region.later()
    with region.connect(name, region.password) as connection:
        assert connection.execute("SELECT email FROM customers").fetchall() == [("ada@example.org",)]
    assert "MasterUserSecret" not in region.instance(name)
    region.delete(name)


def test_a_restore_takes_from_the_source_what_nobody_asked_otherwise(region: Region) -> None:
    """The traps of a terse restore: default group, tags, backups, two zones, exported logs, insights."""
    name = region.restore()
    made = region.instance(name)
    assert [group["VpcSecurityGroupId"] for group in made["VpcSecurityGroups"]] == ["sg-one-default"]
    assert made["TagList"] == [{"Key": "team", "Value": "shop"}]
    assert made["BackupRetentionPeriod"] == 7
    assert made["MultiAZ"] is True
    assert made["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert made["PerformanceInsightsEnabled"] is True
    assert made["DeletionProtection"] is False
    assert (
        made["DBParameterGroups"][0]["DBParameterGroupName"]
        == f"default.postgres{region.rds.engine_version.split('.')[0]}"
    )
    assert (made["StorageEncrypted"], made["KmsKeyId"]) == (True, region.key)
    region.later()
    region.delete(name)


def test_a_restore_is_what_was_asked_for(region: Region) -> None:
    """False, zero and empty lists are answers too."""
    name = region.restore(
        DBInstanceClass="db.m6g.large", Port=5433, VpcSecurityGroupIds=["sg-one-ours"], PubliclyAccessible=False, MultiAZ=False,
        BackupRetentionPeriod=0, DeletionProtection=False, AutoMinorVersionUpgrade=False, EnableIAMDatabaseAuthentication=False,
        EnableCloudwatchLogsExports=[], CopyTagsToSnapshot=False, Tags=[{"Key": "kind", "Value": "temporary"}],
        EngineLifecycleSupport="open-source-rds-extended-support-disabled",
    )  # fmt: skip
    made = region.instance(name)
    asked = {
        "DBInstanceClass": "db.m6g.large", "PubliclyAccessible": False, "MultiAZ": False, "BackupRetentionPeriod": 0,
        "AutoMinorVersionUpgrade": False, "IAMDatabaseAuthenticationEnabled": False, "EnabledCloudwatchLogsExports": [],
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled", "TagList": [{"Key": "kind", "Value": "temporary"}],
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-one-ours", "Status": "active"}],
    }  # fmt: skip
    assert {key: made[key] for key in asked} == asked
    region.later()
    assert (
        refusal(region, "DescribeDBInstanceAutomatedBackups", DBInstanceIdentifier=name)
        == "DBInstanceAutomatedBackupNotFound"
    )
    region.delete(name)


def test_a_restored_volume_may_be_larger_and_never_smaller(region: Region) -> None:
    """More room than the snapshot has can be asked for; less is refused."""
    name = region.restore(AllocatedStorage=40)
    assert region.instance(name)["AllocatedStorage"] == 40
    asked = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": "base", "AllocatedStorage": 19}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **asked) == "InvalidParameterValue"
    region.later()
    region.delete(name)


def test_two_restores_have_ids_of_their_own(region: Region) -> None:
    """`DbiResourceId` tells one life of a name from the next."""
    ids = {region.instance(name)["DbiResourceId"] for name in ("source", region.restore(), region.restore())}
    assert len(ids) == 3


def test_the_settings_of_a_parameter_group_reach_the_server(region: Region) -> None:
    """Those that the server knows; RDS's own and formulas are kept and mean nothing here."""
    group = _parameter_group(region)
    given = {"work_mem": "4321", "rds.force_ssl": "1", "shared_buffers": "{DBInstanceClassMemory/32768}"}
    region.call(
        "ModifyDBParameterGroup", DBParameterGroupName=group,
        Parameters=[{"ParameterName": key, "ParameterValue": value, "ApplyMethod": "immediate"} for key, value in given.items()],
    )  # fmt: skip
    name = region.restore(DBParameterGroupName=group)
    region.later()
    assert region.instance(name)["DBParameterGroups"] == [
        {"DBParameterGroupName": group, "ParameterApplyStatus": "in-sync"}
    ]
    assert (
        region.rds.server(name, ACCOUNT).superuser_sql("SELECT setting FROM pg_settings WHERE name = 'work_mem'")
        == "4321"
    )
    region.delete(name)


def _parameter_group(region: Region, family: str | None = None) -> str:
    name = region.name("parameters")
    family = family or f"postgres{region.rds.engine_version.split('.')[0]}"
    region.call("CreateDBParameterGroup", DBParameterGroupName=name, DBParameterGroupFamily=family, Description="tests")
    return name


def test_instances_are_listed_in_pages_and_by_filters(region: Region) -> None:
    """Who reads the first page only misses things; other accounts' instances are not listed at all."""
    listed = region.call("DescribeDBInstances", Filters=[{"Name": "db-instance-id", "Values": ["source", "nothing"]}])
    assert [each["DBInstanceIdentifier"] for each in listed["DBInstances"]] == ["source"]
    assert region.call("DescribeDBInstances", CONSUMER)["DBInstances"] == []
    assert (
        refusal(region, "DescribeDBInstances", Filters=[{"Name": "color", "Values": ["red"]}])
        == "InvalidParameterValue"
    )


def test_an_instance_that_is_to_fail_takes_the_given_status_and_can_be_removed(region: Region) -> None:
    """The fault that ends a wait: the instance never becomes available, has no endpoint, and may be deleted."""
    region.rds.never_available("hindered-*")
    name = region.name("hindered")
    region.call("RestoreDBInstanceFromDBSnapshot", DBInstanceIdentifier=name, DBSnapshotIdentifier="base")
    assert status(region, name) == "creating"
    region.later(100 * 3600)
    assert status(region, name) == "incompatible-network"
    assert "Endpoint" not in region.instance(name)
    region.delete(name)
    region.later()
    assert refusal(region, "DescribeDBInstances", DBInstanceIdentifier=name) == "DBInstanceNotFound"


def test_an_instance_that_hangs_in_creating_cannot_be_removed(region: Region) -> None:
    """As on AWS: a clean-up has to say that something is left over."""
    region.rds.never_available("hanging-*", "creating")
    name = region.name("hanging")
    region.call("RestoreDBInstanceFromDBSnapshot", DBInstanceIdentifier=name, DBSnapshotIdentifier="base")
    region.later(100 * 3600)
    assert (
        refusal(region, "DeleteDBInstance", DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        == "InvalidDBInstanceState"
    )


# --- modifying


def test_only_an_available_instance_is_modified(region: Region) -> None:
    """Guard: while it is created or backed up, changes are refused."""
    name = region.restore()
    change = {"DBInstanceIdentifier": name, "ManageMasterUserPassword": True}
    assert refusal(region, "ModifyDBInstance", **change) == "InvalidDBInstanceState"
    region.later()
    region.call("CreateDBSnapshot", DBInstanceIdentifier=name, DBSnapshotIdentifier=region.name())
    assert refusal(region, "ModifyDBInstance", **change) == "InvalidDBInstanceState"
    region.later()
    region.call("ModifyDBInstance", **change)
    region.later()
    region.delete(name)


def test_settings_change_at_once_and_a_retention_period_only_on_demand(region: Region) -> None:
    """Without ApplyImmediately it waits for a maintenance window that never comes here."""
    name = region.restore(DeletionProtection=True)
    region.later()
    region.call(
        "ModifyDBInstance", DBInstanceIdentifier=name, DeletionProtection=False, EnablePerformanceInsights=False,
        BackupRetentionPeriod=0, VpcSecurityGroupIds=["sg-one-other"],
    )  # fmt: skip
    changed = region.instance(name)
    assert (changed["DeletionProtection"], changed["PerformanceInsightsEnabled"]) == (False, False)
    assert (changed["BackupRetentionPeriod"], changed["PendingModifiedValues"]) == (7, {"BackupRetentionPeriod": 0})
    assert [group["VpcSecurityGroupId"] for group in changed["VpcSecurityGroups"]] == ["sg-one-other"]
    region.call("ModifyDBInstance", DBInstanceIdentifier=name, BackupRetentionPeriod=0, ApplyImmediately=True)
    assert region.instance(name)["BackupRetentionPeriod"] == 0
    region.delete(name)


# --- deleting


def test_a_protected_instance_is_not_deleted(region: Region) -> None:
    """Guard: deletion protection is lifted first."""
    code = refusal(region, "DeleteDBInstance", DBInstanceIdentifier="source", SkipFinalSnapshot=True)
    assert code == "InvalidParameterCombination"
    assert status(region, "source") == "available"


def test_a_busy_instance_is_not_deleted(region: Region) -> None:
    """Guard: a clean-up that comes too early has to come again."""
    name = region.restore()
    delete = {"DBInstanceIdentifier": name, "SkipFinalSnapshot": True}
    assert refusal(region, "DeleteDBInstance", **delete) == "InvalidDBInstanceState"
    region.later(USUAL.restore_seconds)
    assert refusal(region, "DeleteDBInstance", **delete) == "InvalidDBInstanceState"
    region.later()
    region.call("CreateDBSnapshot", DBInstanceIdentifier=name, DBSnapshotIdentifier=region.name())
    assert refusal(region, "DeleteDBInstance", **delete) == "InvalidDBInstanceState"
    region.later()
    region.call("DeleteDBInstance", **delete)


def test_deleting_says_what_becomes_of_the_last_snapshot(region: Region) -> None:
    """Guard: neither silence nor a contradiction; and the last snapshot, where asked for, holds the data."""
    name, last = region.restore(), region.name("last")
    region.later()
    assert refusal(region, "DeleteDBInstance", DBInstanceIdentifier=name) == "InvalidParameterCombination"
    both = {"SkipFinalSnapshot": True, "FinalDBSnapshotIdentifier": last}
    assert refusal(region, "DeleteDBInstance", DBInstanceIdentifier=name, **both) == "InvalidParameterCombination"
    region.call("DeleteDBInstance", DBInstanceIdentifier=name, FinalDBSnapshotIdentifier=last)
    region.later()
    restored = region.restore(last)
    region.later()
    with region.connect(restored, region.password) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (1,)
    region.delete(restored)


def test_automated_backups_go_with_the_instance_unless_asked_otherwise(region: Region) -> None:
    """What outlives a database is listed, and has a name of its own."""
    kept, dropped = region.restore(), region.restore()
    region.later()
    automated = region.rds.take_automated_snapshot(dropped, ACCOUNT)
    assert (
        len(region.call("DescribeDBInstanceAutomatedBackups", DBInstanceIdentifier=kept)["DBInstanceAutomatedBackups"])
        == 1
    )
    region.call("DeleteDBInstance", DBInstanceIdentifier=kept, SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    region.delete(dropped)
    region.later()
    (left,) = region.call("DescribeDBInstanceAutomatedBackups", DBInstanceIdentifier=kept)["DBInstanceAutomatedBackups"]
    assert left["Status"] == "retained"
    assert (
        refusal(region, "DescribeDBInstanceAutomatedBackups", DBInstanceIdentifier=dropped)
        == "DBInstanceAutomatedBackupNotFound"
    )
    assert refusal(region, "DescribeDBSnapshots", DBSnapshotIdentifier=automated) == "DBSnapshotNotFound"


# --- guards of creation and restore


@pytest.mark.parametrize("name", ["1st", "ends-", "double--hyphen", "under_score", "a" * 64, "-a", "dot.ted"])
def test_an_instances_name_is_well_formed(region: Region, name: str) -> None:
    """Guard: letters, digits, single hyphens; 63 at most."""
    asked = {"DBInstanceIdentifier": name, "DBSnapshotIdentifier": "base"}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **asked) == "InvalidParameterValue"


def test_an_instances_name_is_unique_whatever_its_case(region: Region) -> None:
    """Guard: a repeated restore is told that the instance exists."""
    asked = {"DBInstanceIdentifier": "SOURCE", "DBSnapshotIdentifier": "base"}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **asked) == "DBInstanceAlreadyExists"


def test_an_instance_class_is_well_formed(region: Region) -> None:
    """Guard: db.family.size."""
    asked = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": "base", "DBInstanceClass": "large"}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **asked) == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"DBSubnetGroupName": "nowhere"}, "DBSubnetGroupNotFoundFault"),
        ({"DBParameterGroupName": "nothing"}, "DBParameterGroupNotFound"),
        ({"VpcSecurityGroupIds": ["sg-three-unknown"]}, "InvalidParameterValue"),
        ({"VpcSecurityGroupIds": ["sg-two-elsewhere"]}, "InvalidParameterCombination"),
        ({"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ({"DBSnapshotIdentifier": "none-such"}, "DBSnapshotNotFound"),
    ],
    ids=_named,
)
def test_a_restore_into_what_does_not_exist_or_fit_is_refused(
    region: Region, asked: dict[str, object], code: str
) -> None:
    """Guards: groups exist and lie in one VPC; a restore makes no managed password."""
    asked = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": "base", **asked}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **asked) == code


def test_a_parameter_group_of_another_family_is_refused(region: Region) -> None:
    """Guard: a group is for one engine version."""
    group = _parameter_group(region, "postgres9")
    asked = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": "base", "DBParameterGroupName": group}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **asked) == "InvalidParameterCombination"


def test_a_security_group_of_another_vpc_is_not_attached_later_either(region: Region) -> None:
    """Guard: the same for changes."""
    code = refusal(region, "ModifyDBInstance", DBInstanceIdentifier="source", VpcSecurityGroupIds=["sg-two-elsewhere"])
    assert code == "InvalidParameterCombination"


CREATION = {
    "Engine": "postgres", "DBInstanceClass": "db.t4g.medium", "AllocatedStorage": 20, "MasterUsername": "shop_admin",
    "MasterUserPassword": "long-enough-secret",
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Engine": "oracle-ee"}, "InvalidParameterValue"),
        ({"Port": 80}, "InvalidParameterValue"),
        ({"OptionGroupName": "default:postgres-9"}, "OptionGroupNotFoundFault"),
        ({"EngineVersion": "9.6"}, "InvalidParameterCombination"),
        ({"MasterUsername": "rdsadmin"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with a blank"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with/slash"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "x" * 129}, "InvalidParameterValue"),
        ({"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ({"KmsKeyId": "alias/unknown"}, "InvalidParameterCombination"),
        ({"KmsKeyId": "alias/unknown", "StorageEncrypted": True}, "KMSKeyNotAccessibleFault"),
        ({"AllocatedStorage": 200_000}, "StorageQuotaExceeded"),
        ({"Tags": [{"Key": "aws:reserved", "Value": "x"}]}, "InvalidParameterValue"),
        ({"Tags": [{"Key": "k", "Value": "semi;colon"}]}, "InvalidParameterValue"),
        ({"Tags": [{"Key": f"k{n}", "Value": "x"} for n in range(51)]}, "InvalidParameterValue"),
        ({"DBInstanceClass": 5}, "InvalidParameterValue"),
        ({"Timezone": "UTC"}, "NotEmulated"),
    ],
    ids=_named,
)
def test_a_creation_that_aws_would_refuse_is_refused(region: Region, asked: dict[str, object], code: str) -> None:
    """Guards of CreateDBInstance; and what is not emulated says so instead of being ignored."""
    assert refusal(region, "CreateDBInstance", DBInstanceIdentifier=region.name(), **{**CREATION, **asked}) == code


def test_a_password_is_needed(region: Region) -> None:
    """Guard: an instance without any password cannot be made."""
    asked = {name: value for name, value in CREATION.items() if name != "MasterUserPassword"}
    assert refusal(region, "CreateDBInstance", DBInstanceIdentifier=region.name(), **asked) == "InvalidParameterValue"


def test_an_account_has_a_limited_number_of_instances(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: the quota counts the account's own."""
    quotas = type(region.rds._region.quotas)(instances=1)
    monkeypatch.setattr(region.rds._region, "quotas", quotas)
    asked = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": "base"}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **asked) == "InstanceQuotaExceeded"


def test_a_key_that_was_taken_away_stops_restores(region: Region) -> None:
    """Guard: without its key, a snapshot is only bytes."""
    key = region.keys.new(ACCOUNT)
    snapshot = region.copied(KmsKeyId=key)
    del region.keys.held[key]
    asked = {"DBInstanceIdentifier": region.name(), "DBSnapshotIdentifier": snapshot}
    assert refusal(region, "RestoreDBInstanceFromDBSnapshot", **asked) == "KMSKeyNotAccessibleFault"


def test_an_unknown_operation_is_refused(region: Region) -> None:
    """The emulation says what it does not know."""
    with pytest.raises(Exception, match="does not know StopDBInstance"):
        region.rds.call("StopDBInstance", {"DBInstanceIdentifier": "source"}, ACCOUNT)


def test_the_source_is_untouched_by_all_of_this(region: Region) -> None:
    """Whatever happens to copies, production's rows and password stay."""
    with region.connect("source", region.password) as connection:
        assert connection.execute("SELECT email FROM customers").fetchall() == [("ada@example.org",)]
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        region.connect("source", "another-password")

"""A DB instance: RDS's names for what a run asks of a database, and the permissions beside them.

Each `may_...` is what the operation of that name needs, as a function of what it is used on.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from handlers.database import Description, Placement, Snapshot
from handlers.errors import code
from handlers.permissions import (
    GRANT_FOR_RDS,
    RDS,
    TEMPORARY,
    VIA_RDS,
    Conditions,
    Permission,
    carrying_our_tags,
    creating_with_our_tags,
    snapshot_arn,
    tagging_at_creation,
)

Permissions = tuple[Permission, ...]


def may_describe(*resources: str) -> Permissions:
    """To look at databases."""
    return (Permission(("rds:DescribeDBInstances",), resources),)


def may_describe_snapshots(*resources: str) -> Permissions:
    """To look at snapshots; a listing needs both wildcards, and shows no data."""
    return (Permission(("rds:DescribeDBSnapshots",), resources or (f"{RDS}:db:*", f"{RDS}:snapshot:*")),)


def may_take_snapshot(database: str, kind: str) -> Permissions:
    """To take a snapshot of one kind, of one database: RDS wants to see both named."""
    snapshot = snapshot_arn(kind)
    return (
        Permission(("rds:CreateDBSnapshot",), (database, snapshot), creating_with_our_tags(kind)),
        tagging_at_creation(snapshot, kind),
    )


def may_copy_snapshot(kind: str, copy: str) -> Permissions:
    """To copy a snapshot of ours to another kind, under the share key."""
    return (
        Permission(("rds:CopyDBSnapshot",), (snapshot_arn(kind),), carrying_our_tags(kind)),
        Permission(("rds:CopyDBSnapshot",), (snapshot_arn(copy),), creating_with_our_tags(copy)),
        tagging_at_creation(snapshot_arn(copy), copy),
        *may_have_rds_use("{source_key}", "{share_key}"),
    )


def may_have_rds_use(*keys: str) -> Permissions:
    """To let RDS, and only RDS, use a key for what it makes on the role's behalf."""
    return (
        Permission(("kms:CreateGrant",), keys, GRANT_FOR_RDS),
        Permission(("kms:DescribeKey",), keys, VIA_RDS),
    )


def may_restore(snapshots: str) -> Permissions:
    """To restore: into our subnet group and parameter group, with our tags, never public."""
    asked = {**creating_with_our_tags("temporary"), "Bool": {"rds:PubliclyAccessible": "false"}}
    groups = (f"{RDS}:subgrp:{{subnet_group}}", f"{RDS}:pg:{{parameter_group}}", f"{RDS}:og:default:*")
    return (
        Permission(("rds:RestoreDBInstanceFromDBSnapshot",), (TEMPORARY, *groups, snapshots), asked),
        tagging_at_creation(TEMPORARY, "temporary"),
        *may_have_rds_use("{source_key}"),
    )


def may_take_over() -> Permissions:
    """To have RDS make and keep the temporary database's password; production's secrets carry another tag."""
    secrets = ("arn:{partition}:secretsmanager:{region}:{account}:secret:rds!db-*",)
    owner = {"StringLike": {"aws:ResourceTag/aws:rds:primaryDBInstanceArn": TEMPORARY}}
    keys = ("arn:{partition}:kms:{region}:{account}:key/*",)
    default_key = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/aws/secretsmanager"}}
    return (
        Permission(("rds:ModifyDBInstance",), (TEMPORARY,), carrying_our_tags("temporary")),
        Permission(
            ("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
            secrets,
            {"Bool": {"aws:ViaAWSService": "true"}},
        ),
        Permission(("secretsmanager:RotateSecret",), secrets, owner),
        Permission(("kms:DescribeKey",), keys, default_key),
    )


def may_share() -> Permissions:
    """To give other accounts a sanitized snapshot, and to read back who has it. RDS has no condition for the accounts."""
    return (
        Permission(
            ("rds:ModifyDBSnapshotAttribute", "rds:DescribeDBSnapshotAttributes"),
            (snapshot_arn("sanitized"),),
            carrying_our_tags("sanitized"),
        ),
    )


def may_delete(resource: str, conditions: Conditions) -> Permissions:
    """To delete temporary databases, lifting a protection that someone gave them."""
    return (Permission(("rds:DeleteDBInstance", "rds:ModifyDBInstance"), (resource,), conditions),)


def may_delete_snapshots(resources: tuple[str, ...], conditions: Conditions) -> Permissions:
    """To delete snapshots."""
    return (Permission(("rds:DeleteDBSnapshot",), resources, conditions),)


def may_list_backups() -> Permissions:
    """To see which backups of a temporary database others have made; a listing, it shows no data."""
    resources = (f"{RDS}:db:*", f"{RDS}:auto-backup:*")
    return (Permission(("rds:DescribeDBInstanceAutomatedBackups",), resources),)


class Instance:
    """A DB instance, as the client `rds` sees it."""

    def __init__(self, rds: Any) -> None:
        self._rds = rds

    def describe(self, identifier: str) -> Description | None:
        """The instance of that name."""
        answer = _found(lambda: self._rds.describe_db_instances(DBInstanceIdentifier=identifier), "DBInstanceNotFound")
        return _description(answer["DBInstances"][0]) if answer else None

    def all(self) -> Iterator[Description]:
        """Every instance of the account, in pages."""
        for page in self._rds.get_paginator("describe_db_instances").paginate():
            yield from map(_description, page["DBInstances"])

    def snapshot(self, identifier: str) -> Snapshot | None:
        """The snapshot of that name."""
        answer = _found(lambda: self._rds.describe_db_snapshots(DBSnapshotIdentifier=identifier), "DBSnapshotNotFound")
        return _snapshot(answer["DBSnapshots"][0]) if answer and answer["DBSnapshots"] else None

    def snapshots(self) -> Iterator[Snapshot]:
        """Every snapshot of the account, in pages; those of AWS Backup have to be asked for."""
        pages = self._rds.get_paginator("describe_db_snapshots")
        for asked in ({}, {"SnapshotType": "awsbackup"}):
            for page in pages.paginate(**asked):
                yield from map(_snapshot, page["DBSnapshots"])

    def take_snapshot(self, identifier: str, snapshot: str, tags: Mapping[str, str]) -> bool:
        """Whether a snapshot was begun: not if one of that name stands already."""
        return _made(
            lambda: self._rds.create_db_snapshot(
                DBInstanceIdentifier=identifier, DBSnapshotIdentifier=snapshot, Tags=_listed(tags)
            ),
            "DBSnapshotAlreadyExists",
        )

    def copy_snapshot(self, snapshot: str, copy: str, key: str, tags: Mapping[str, str]) -> bool:
        """Whether a copy under a key was begun: not if one of that name stands already."""
        return _made(
            lambda: self._rds.copy_db_snapshot(
                SourceDBSnapshotIdentifier=snapshot,
                TargetDBSnapshotIdentifier=copy,
                KmsKeyId=key,
                CopyTags=False,
                Tags=_listed(tags),
            ),
            "DBSnapshotAlreadyExists",
        )

    def restore(self, identifier: str, snapshot: str, tags: Mapping[str, str], placement: Placement) -> bool:
        """Whether a restore was begun: not if an instance of that name stands already.

        Everything is said, because what is not said RDS takes from the source or from the VPC's defaults.
        """
        more: dict[str, Any] = {} if placement.storage_gib is None else {"AllocatedStorage": placement.storage_gib}
        if placement.extended_support:  # without it RDS upgrades an old engine
            more["EngineLifecycleSupport"] = "open-source-rds-extended-support"
        return _made(
            lambda: self._rds.restore_db_instance_from_db_snapshot(
                DBInstanceIdentifier=identifier,
                DBSnapshotIdentifier=snapshot,
                DBInstanceClass=placement.instance_class,
                Port=placement.port,
                DBSubnetGroupName=placement.subnet_group,
                DBParameterGroupName=placement.parameter_group,
                OptionGroupName=placement.option_group,
                VpcSecurityGroupIds=list(placement.groups),
                PubliclyAccessible=False,
                MultiAZ=False,
                BackupRetentionPeriod=0,
                DeletionProtection=False,
                AutoMinorVersionUpgrade=False,
                EnableIAMDatabaseAuthentication=False,
                EnableCloudwatchLogsExports=[],
                CopyTagsToSnapshot=False,
                Tags=_listed(tags),
                **more,
            ),
            "DBInstanceAlreadyExists",
        )

    def take_over(self, identifier: str) -> None:
        """Have RDS give the master a new password and keep it; and no statements in Performance Insights."""
        self._rds.modify_db_instance(
            DBInstanceIdentifier=identifier,
            ManageMasterUserPassword=True,
            EnablePerformanceInsights=False,
            ApplyImmediately=True,
        )

    def share(self, snapshot: str, accounts: tuple[str, ...]) -> frozenset[str]:
        """Let accounts restore a snapshot; who may, afterwards."""
        self._rds.modify_db_snapshot_attribute(
            DBSnapshotIdentifier=snapshot, AttributeName="restore", ValuesToAdd=list(accounts)
        )
        answer = self._rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=snapshot)
        attributes = answer["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
        return frozenset(
            value for each in attributes if each["AttributeName"] == "restore" for value in each["AttributeValues"]
        )

    def delete(self, found: Description) -> None:
        """Delete an instance with its automated backups, and keep no last snapshot of it. Safe to repeat."""
        if found.protected:
            self._rds.modify_db_instance(
                DBInstanceIdentifier=found.identifier, DeletionProtection=False, ApplyImmediately=True
            )
        _found(
            lambda: self._rds.delete_db_instance(
                DBInstanceIdentifier=found.identifier, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
            ),
            "DBInstanceNotFound",
        )

    def delete_snapshot(self, identifier: str) -> None:
        """Delete a manual snapshot. Safe to repeat."""
        _found(lambda: self._rds.delete_db_snapshot(DBSnapshotIdentifier=identifier), "DBSnapshotNotFound")

    def automated_backups(self, identifier: str) -> list[str]:
        """The automated backups that are kept of an instance of that name, existing or not."""
        answer = _found(
            lambda: self._rds.describe_db_instance_automated_backups(DBInstanceIdentifier=identifier),
            "DBInstanceAutomatedBackupNotFound",
        )
        return [each["DBInstanceAutomatedBackupsArn"] for each in (answer or {}).get("DBInstanceAutomatedBackups", [])]


def _found(look: Callable[[], dict[str, Any]], missing: str) -> dict[str, Any] | None:
    try:
        return look()
    except ClientError as error:
        if code(error) in (missing, f"{missing}Fault"):
            return None
        raise


def _made(make: Callable[[], object], existing: str) -> bool:
    try:
        make()
    except ClientError as error:
        if code(error) in (existing, f"{existing}Fault"):
            return False
        raise
    return True


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _mapped(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags}


def _description(said: Mapping[str, Any]) -> Description:
    endpoint, secret = said.get("Endpoint", {}), said.get("MasterUserSecret", {})
    return Description(
        identifier=said["DBInstanceIdentifier"],
        arn=said["DBInstanceArn"],
        resource_id=said["DbiResourceId"],
        status=said["DBInstanceStatus"],
        engine=said["Engine"],
        engine_version=said["EngineVersion"],
        instance_class=said["DBInstanceClass"],
        storage_gib=said.get("AllocatedStorage", 0),
        host=endpoint.get("Address", ""),
        port=endpoint.get("Port", 0),
        user=said.get("MasterUsername", ""),
        groups=frozenset(each["VpcSecurityGroupId"] for each in said.get("VpcSecurityGroups", [])),
        subnet_group=said.get("DBSubnetGroup", {}).get("DBSubnetGroupName", ""),
        parameter_groups=frozenset(each["DBParameterGroupName"] for each in said.get("DBParameterGroups", [])),
        public=said.get("PubliclyAccessible", False),
        protected=said.get("DeletionProtection", False),
        insights=said.get("PerformanceInsightsEnabled", False),
        key=said.get("KmsKeyId"),
        tde=bool(said.get("TdeCredentialArn")),
        pending=bool(said.get("PendingModifiedValues")),
        secret_arn=secret.get("SecretArn"),
        secret_status=secret.get("SecretStatus"),
        tags=_mapped(said.get("TagList", [])),
    )


def _snapshot(said: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        identifier=said["DBSnapshotIdentifier"],
        arn=said["DBSnapshotArn"],
        status=said["Status"],
        of=said["DBInstanceIdentifier"],
        of_resource_id=said.get("DbiResourceId", ""),
        kind=said["SnapshotType"],
        key=said.get("KmsKeyId"),
        data_from=said.get("OriginalSnapshotCreateTime") or said.get("SnapshotCreateTime"),
        tags=_mapped(said.get("TagList", [])),
    )

"""Why RDS refuses to make, change or delete an instance: one guard, one reason.

Each raises AwsError with the code that AWS uses, or does nothing.
Where AWS's code for a refusal is not documented, the nearest modelled one stands here; callers must not depend on it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.errors import AwsError
from rehearsal.rds.neighbours import Networks
from rehearsal.rds.resources import Instance, ParameterGroup, SubnetGroup

NAME = re.compile(r"[a-z](?:-?[a-z0-9])*", re.IGNORECASE)
INSTANCE_CLASS = re.compile(r"db\.[a-z0-9-]+\.[a-z0-9]+")
RESERVED_USERS = frozenset({"rdsadmin", "rds_superuser"})
DELETABLE_INSTANCES = frozenset(
    {"available", "failed", "incompatible-network", "incompatible-parameters", "incompatible-restore", "restore-error",
     "inaccessible-encryption-credentials", "storage-full", "storage-optimization", "stopped"}
)  # fmt: skip


def instance_is_well_named(identifier: str) -> None:
    """1 to 63 letters, digits and single hyphens; a letter first, no hyphen last."""
    if len(identifier) > 63 or not NAME.fullmatch(identifier):
        raise _invalid(f"The parameter DBInstanceIdentifier is not a valid identifier: {identifier}")


def instance_name_is_free(taken: Iterable[str], identifier: str) -> None:
    """Names of instances are unique in an account."""
    if identifier in taken:
        raise AwsError("DBInstanceAlreadyExists", f"DB instance already exists: {identifier}")


def port_is_allowed(port: int) -> None:
    """Ports below 1150 are not given to databases."""
    if not 1150 <= port <= 65535:
        raise _invalid(f"Invalid database port: {port}. Valid port numbers are 1150-65535.")


def class_exists(instance_class: str) -> None:
    """An instance class looks like db.r6g.large."""
    if not INSTANCE_CLASS.fullmatch(instance_class):
        raise _invalid(f"Invalid DB Instance class: {instance_class}")


def instance_can_be_snapshotted(held: Instance) -> None:
    """Only an available instance is snapshotted: not one that is being created, changed, backed up or deleted."""
    if held.status not in ("available", "storage-optimization"):
        raise _instance_state(
            held, "Cannot create a snapshot because the database instance is not currently in the available state"
        )


def instance_can_be_modified(held: Instance) -> None:
    """Only an available instance is modified."""
    if held.status not in ("available", "storage-optimization"):
        raise _instance_state(held, "Database instance is not in available state")


def instance_can_be_deleted(held: Instance) -> None:
    """An instance that is busy (created, modified, backed up, deleted) cannot be deleted."""
    if held.status not in DELETABLE_INSTANCES:
        raise _instance_state(held, f"Instance {held.identifier} is currently {held.status} and cannot be deleted")


def instance_is_unprotected(held: Instance) -> None:
    """Deletion protection is lifted first."""
    if held.shown["DeletionProtection"]:
        raise AwsError(
            "InvalidParameterCombination",
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        )


def final_snapshot_is_decided(*, skipped: bool, name: str | None) -> None:
    """Deleting says whether a last snapshot is taken, and what it is called."""
    if skipped and name:
        raise AwsError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier cannot be specified when deleting with SkipFinalSnapshot.",
        )
    if not skipped and not name:
        raise AwsError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )


def family_matches(group: ParameterGroup, family: str) -> None:
    """A parameter group is for one engine version."""
    if group.family != family:
        raise AwsError(
            "InvalidParameterCombination",
            f"The parameter group {group.name} with DBParameterGroupFamily {group.family} can't be used for this instance. "
            f"Please use a parameter group with DBParameterGroupFamily {family}",
        )


def support_is_offered(settings: Mapping[str, Any], *, offered: bool) -> None:
    """RDS sells support for old versions of some engines; AWS says only which, and not what it answers for the others."""
    if not offered and "EngineLifecycleSupport" in settings:
        raise AwsError("InvalidParameterCombination", "EngineLifecycleSupport is not available for this engine.")


def option_group_exists(name: str | None, default: str) -> None:
    """Only the engine's own option group, without any option, is there."""
    if name not in (None, default):
        raise AwsError("OptionGroupNotFoundFault", f"Specified OptionGroupName: {name} not found.", 404)


def groups_lie_in_the_vpc(networks: Networks, groups: Iterable[str], subnets: SubnetGroup, account: str) -> None:
    """Security groups exist, and belong to the VPC that the instance is placed in."""
    for group in groups:
        vpc = networks.vpc_of_group(group, account)
        if vpc is None:
            raise _invalid(f"Invalid security group , groupId= {group}, groupName=.")
        if vpc != subnets.vpc:
            raise AwsError(
                "InvalidParameterCombination",
                f"The DB instance and EC2 security group are in different VPCs. The DB instance is in {subnets.vpc} and the "
                f"EC2 security group is in {vpc}",
            )


def instances_are_few(existing: int, most: int) -> None:
    """An account has a limited number of instances."""
    if existing >= most:
        raise AwsError("InstanceQuotaExceeded", f"Cannot create more than {most} DB instances")


def storage_is_within_quota(held_gib: int, asked_gib: int, most_gib: int) -> None:
    """An account has a limited amount of storage."""
    if held_gib + asked_gib > most_gib:
        raise AwsError(
            "StorageQuotaExceeded", f"{held_gib + asked_gib} GiB of storage would exceed the quota of {most_gib} GiB"
        )


def master_is_not_reserved(user: str) -> None:
    """Some names are RDS's own."""
    if user.lower() in RESERVED_USERS:
        raise _invalid(f"MasterUsername {user} cannot be used as it is a reserved word used by the engine")


def password_is_allowed(password: str) -> None:
    """8 to 128 printable characters, without / \" @ and space."""
    if not 8 <= len(password) <= 128 or any(sign in password for sign in '/"@ ') or not password.isascii():
        raise _invalid("The parameter MasterUserPassword is not a valid password.")


def password_has_one_source(settings: Mapping[str, Any]) -> None:
    """Either the caller makes the password or RDS does."""
    if settings.get("ManageMasterUserPassword") and "MasterUserPassword" in settings:
        raise AwsError(
            "InvalidParameterCombination", "You can't specify MasterUserPassword when ManageMasterUserPassword is true."
        )


def restore_makes_no_secret(settings: Mapping[str, Any]) -> None:
    """A restored PostgreSQL instance keeps its password; RDS takes it over by ModifyDBInstance only."""
    if settings.get("ManageMasterUserPassword"):
        raise AwsError(
            "InvalidParameterCombination", "ManageMasterUserPassword is supported at restore for RDS for Oracle only."
        )


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def _instance_state(held: Instance, message: str) -> AwsError:
    return AwsError("InvalidDBInstanceState", f"{message}. {held.identifier} is {held.status}.")

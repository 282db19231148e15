"""What each API call takes: the action, the resources it is asked for, the condition values it carries, and what it implies.

From AWS's service authorization reference. A call that no row describes is refused, so that the table grows with the code.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rehearsal import implied_permissions as implied
from rehearsal.asked import Asked
from rehearsal.iam import Need


class Resource(NamedTuple):
    """A resource type and the parameter that names it; `absent` stands in where the parameter is not given.

    Without `absent`, a resource that is not named is not asked for.
    """

    kind: str
    parameter: str
    absent: str | None = None


# Further permissions that a call implies.
Implication = Callable[[Asked], Iterable[Need]]


@dataclass(frozen=True)
class Row:
    """One operation's line in the table; without resources it is asked for `*`."""

    action: str
    resources: tuple[Resource, ...] = ()
    values: Mapping[str, str] | None = None  # condition key -> parameter
    implies: tuple[Implication, ...] = ()


class UnknownOperationError(Exception):
    """No row says what this call takes."""


def needs(asked: Asked) -> list[Need]:
    """Every permission the call takes.

    Raises: UnknownOperationError.
    """
    try:
        row = ROWS[asked.service][asked.operation]
    except KeyError:
        raise UnknownOperationError(
            f"{asked.service} {asked.operation} has no row in rehearsal/authorization.py: "
            "look its action and resources up in AWS's service authorization reference and add one"
        ) from None
    if row is NOTHING:
        return []
    values = {key: asked.parameters.get(parameter) for key, parameter in (row.values or {}).items()}
    needed = [
        asked.need(row.action, arn, kind=kind, values=values)
        for kind, parameter, absent in row.resources
        for arn in asked.arns(kind, parameter, absent)
    ]
    if not row.resources:
        needed = [asked.need(row.action, "*", values=values)]
    return needed + [extra for implication in row.implies for extra in implication(asked)]


NOTHING = Row("")  # AWS asks for no permission

_DB = Resource("db", "DBInstanceIdentifier")
_SNAPSHOT = Resource("snapshot", "DBSnapshotIdentifier")
_GROUPS = (
    Resource("pg", "DBParameterGroupName"),
    Resource("og", "OptionGroupName"),
    Resource("subgrp", "DBSubnetGroupName"),
)
_SHAPE = {
    "rds:DatabaseClass": "DBInstanceClass",
    "rds:MultiAz": "MultiAZ",
    "rds:PubliclyAccessible": "PubliclyAccessible",
    "rds:ManageMasterUserPassword": "ManageMasterUserPassword",
}
_ANY_RDS = Resource("any", "ResourceName")

_RDS = {
    "AddTagsToResource": Row("rds:AddTagsToResource", (_ANY_RDS,)),
    "CopyDBSnapshot": Row(
        "rds:CopyDBSnapshot",
        (Resource("snapshot", "SourceDBSnapshotIdentifier"), Resource("snapshot", "TargetDBSnapshotIdentifier")),
        implies=(implied.tagging("snapshot", "TargetDBSnapshotIdentifier"), implied.keys_of_copy),
    ),
    "CreateDBInstance": Row(
        "rds:CreateDBInstance",
        (_DB, *_GROUPS),
        _SHAPE | {"rds:DatabaseEngine": "Engine"},
        (implied.tagging("db", "DBInstanceIdentifier"), implied.managed_password, implied.monitoring_role),
    ),
    "CreateDBSnapshot": Row(
        "rds:CreateDBSnapshot", (_DB, _SNAPSHOT), implies=(implied.tagging("snapshot", "DBSnapshotIdentifier"),)
    ),
    "DeleteDBInstance": Row("rds:DeleteDBInstance", (_DB,), implies=(implied.final_snapshot,)),
    "DeleteDBInstanceAutomatedBackup": Row("rds:DeleteDBInstanceAutomatedBackup", (Resource("auto-backup", "DbiResourceId", "*"),)),
    "DeleteDBSnapshot": Row("rds:DeleteDBSnapshot", (_SNAPSHOT,)),
    "DescribeDBClusters": Row("rds:DescribeDBClusters", (Resource("cluster", "DBClusterIdentifier", "*"),)),
    "DescribeDBEngineVersions": Row("rds:DescribeDBEngineVersions"),
    "DescribeDBInstanceAutomatedBackups": Row(
        "rds:DescribeDBInstanceAutomatedBackups",
        (Resource("auto-backup", "DBInstanceAutomatedBackupsArn", "*"), Resource("db", "DBInstanceIdentifier")),
    ),
    "DescribeDBInstances": Row("rds:DescribeDBInstances", (Resource("db", "DBInstanceIdentifier", "*"),)),
    "DescribeDBParameterGroups": Row("rds:DescribeDBParameterGroups", (Resource("pg", "DBParameterGroupName", "*"),)),
    "DescribeDBParameters": Row("rds:DescribeDBParameters", (Resource("pg", "DBParameterGroupName"),)),
    "DescribeDBSnapshotAttributes": Row("rds:DescribeDBSnapshotAttributes", (_SNAPSHOT,)),
    "DescribeDBSnapshots": Row("rds:DescribeDBSnapshots", (Resource("snapshot", "DBSnapshotIdentifier", "*"), _DB)),
    "DescribeDBSubnetGroups": Row("rds:DescribeDBSubnetGroups", (Resource("subgrp", "DBSubnetGroupName", "*"),)),
    "DescribeOptionGroups": Row("rds:DescribeOptionGroups", (Resource("og", "OptionGroupName", "*"),)),
    "DescribeOrderableDBInstanceOptions": Row("rds:DescribeOrderableDBInstanceOptions"),
    "ListTagsForResource": Row("rds:ListTagsForResource", (_ANY_RDS,)),
    "ModifyDBInstance": Row(
        "rds:ModifyDBInstance", (_DB, *_GROUPS), _SHAPE, (implied.managed_password, implied.monitoring_role)
    ),
    "ModifyDBSnapshotAttribute": Row("rds:ModifyDBSnapshotAttribute", (_SNAPSHOT,)),
    "RebootDBInstance": Row("rds:RebootDBInstance", (_DB,)),
    "RemoveTagsFromResource": Row("rds:RemoveTagsFromResource", (_ANY_RDS,)),
    "RestoreDBInstanceFromDBSnapshot": Row(
        "rds:RestoreDBInstanceFromDBSnapshot",
        (
            _DB,
            _SNAPSHOT,
            Resource("subgrp", "DBSubnetGroupName", "default"),
            Resource("pg", "DBParameterGroupName", "default"),
            Resource("og", "OptionGroupName", "default"),
        ),
        _SHAPE,
        (implied.tagging("db", "DBInstanceIdentifier"), implied.keys_of_restore),
    ),
    "RestoreDBInstanceToPointInTime": Row(
        "rds:RestoreDBInstanceToPointInTime",
        (
            Resource("db", "SourceDBInstanceIdentifier"),
            Resource("db", "TargetDBInstanceIdentifier"),
            Resource("subgrp", "DBSubnetGroupName", "default"),
            Resource("pg", "DBParameterGroupName", "default"),
            Resource("og", "OptionGroupName", "default"),
        ),
        _SHAPE,
        (implied.tagging("db", "TargetDBInstanceIdentifier"),),
    ),
    "StartDBInstance": Row("rds:StartDBInstance", (_DB,)),
    "StopDBInstance": Row("rds:StopDBInstance", (_DB,)),
}  # fmt: skip

_ECS = {
    "DescribeClusters": Row("ecs:DescribeClusters", (Resource("cluster", "clusters", "default"),)),
    "DescribeTaskDefinition": Row("ecs:DescribeTaskDefinition"),
    "DescribeTasks": Row("ecs:DescribeTasks", (Resource("task", "tasks"),)),
    "ListTaskDefinitions": Row("ecs:ListTaskDefinitions"),
    # Fargate has no container instances; the cluster stands in the ARN and in the condition ecs:cluster.
    "ListTasks": Row("ecs:ListTasks", (Resource("container-instance", "containerInstance", "*"),)),
    "RunTask": Row("ecs:RunTask", (Resource("task-definition", "taskDefinition"),), implies=(implied.task_roles,)),
    "StopTask": Row("ecs:StopTask", (Resource("task", "task"),)),
}

_KEY = Resource("key", "KeyId")
_SIGNING = {"kms:SigningAlgorithm": "SigningAlgorithm", "kms:MessageType": "MessageType"}
_KMS = {
    "CreateGrant": Row(
        "kms:CreateGrant", (_KEY,), {"kms:GranteePrincipal": "GranteePrincipal", "kms:GrantOperations": "Operations"}
    ),
    "Decrypt": Row("kms:Decrypt", (_KEY,)),
    "DescribeKey": Row("kms:DescribeKey", (_KEY,)),
    "Encrypt": Row("kms:Encrypt", (_KEY,)),
    "GenerateDataKey": Row("kms:GenerateDataKey", (_KEY,)),
    "GetPublicKey": Row("kms:GetPublicKey", (_KEY,)),
    "Sign": Row("kms:Sign", (_KEY,), _SIGNING),
    "Verify": Row("kms:Verify", (_KEY,), _SIGNING),
    "GenerateMac": Row("kms:GenerateMac", (_KEY,), {"kms:MacAlgorithm": "MacAlgorithm"}),
    "VerifyMac": Row("kms:VerifyMac", (_KEY,), {"kms:MacAlgorithm": "MacAlgorithm"}),
}

_SECRET = Resource("secret", "SecretId")
_SECRET_ID = {"secretsmanager:SecretId": "SecretId"}
_SECRETS_MANAGER = {
    "DeleteSecret": Row("secretsmanager:DeleteSecret", (_SECRET,), _SECRET_ID),
    "DescribeSecret": Row("secretsmanager:DescribeSecret", (_SECRET,), _SECRET_ID),
    "GetSecretValue": Row("secretsmanager:GetSecretValue", (_SECRET,), _SECRET_ID),
    "ListSecrets": Row("secretsmanager:ListSecrets"),
    "PutSecretValue": Row("secretsmanager:PutSecretValue", (_SECRET,), _SECRET_ID),
    "RotateSecret": Row("secretsmanager:RotateSecret", (_SECRET,), _SECRET_ID),
}

_BUCKET = (Resource("bucket", "Bucket"),)
_OBJECT = (Resource("object", "Key"),)
_S3 = {
    "DeleteObject": Row("s3:DeleteObject", _OBJECT),
    "DeleteObjects": Row("s3:DeleteObject", (Resource("object", "Delete.Objects.Key"),)),
    "GetBucketLocation": Row("s3:GetBucketLocation", _BUCKET),
    "GetObject": Row("s3:GetObject", _OBJECT),
    "HeadBucket": Row("s3:ListBucket", _BUCKET),
    "HeadObject": Row("s3:GetObject", _OBJECT),
    "ListObjects": Row("s3:ListBucket", _BUCKET, {"s3:prefix": "Prefix"}),
    "ListObjectsV2": Row("s3:ListBucket", _BUCKET, {"s3:prefix": "Prefix"}),
    "PutObject": Row(
        "s3:PutObject", _OBJECT, {"s3:x-amz-server-side-encryption": "ServerSideEncryption"}, (implied.conditional_put,)
    ),
}

_EXECUTION = (Resource("arn", "executionArn"),)
_MACHINE = (Resource("arn", "stateMachineArn"),)
_STEP_FUNCTIONS = {
    "DescribeExecution": Row("states:DescribeExecution", _EXECUTION),
    "DescribeStateMachine": Row("states:DescribeStateMachine", _MACHINE),
    "GetExecutionHistory": Row("states:GetExecutionHistory", _EXECUTION),
    "ListExecutions": Row("states:ListExecutions", _MACHINE),
    "ListStateMachines": Row("states:ListStateMachines"),
    "StartExecution": Row("states:StartExecution", _MACHINE),
    "StopExecution": Row("states:StopExecution", _EXECUTION),
}

_EC2_READS = (
    "DescribeNetworkInterfaces", "DescribeRouteTables", "DescribeSecurityGroupRules", "DescribeSecurityGroups",
    "DescribeSubnets", "DescribeVpcs",
)  # fmt: skip

ROWS: dict[str, dict[str, Row]] = {
    "rds": _RDS,
    "ecs": _ECS,
    "kms": _KMS,
    "secretsmanager": _SECRETS_MANAGER,
    "s3": _S3,
    "stepfunctions": _STEP_FUNCTIONS,
    "ec2": {operation: Row(f"ec2:{operation}") for operation in _EC2_READS},
    "lambda": {"Invoke": Row("lambda:InvokeFunction", (Resource("function", "FunctionName"),))},
    "events": {"PutEvents": Row("events:PutEvents", (Resource("event-bus", "Entries.EventBusName", "default"),))},
    "sns": {"Publish": Row("sns:Publish", (Resource("arn", "TopicArn"),))},
    "cloudwatch": {"PutMetricData": Row("cloudwatch:PutMetricData", values={"cloudwatch:namespace": "Namespace"})},
    "sts": {"GetCallerIdentity": NOTHING},
}


def parameters_of(row: Row) -> set[str]:
    """The parameters a row reads, for checking the table against the service's model."""
    named: set[str] = {resource.parameter.split(".")[0] for resource in row.resources}
    return named | set((row.values or {}).values())

"""What a call implies beyond its own action: tagging at creation, roles passed on, keys and secrets used in the caller's name."""

from collections.abc import Callable, Iterable

from rehearsal.asked import PARTITION, Asked
from rehearsal.iam import Need, context_of

# RDS names a secret it makes by an id that nobody knows beforehand.
NEW_NAME = "rds!db-00000000-0000-0000-0000-000000000000"


def tagging(kind: str, parameter: str) -> Callable[[Asked], Iterable[Need]]:
    """Tags at creation take rds:AddTagsToResource on what is created."""

    def implied(asked: Asked) -> Iterable[Need]:
        if asked.request_tags():
            for arn in asked.arns(kind, parameter):
                yield asked.need("rds:AddTagsToResource", arn, kind=kind)

    return implied


def final_snapshot(asked: Asked) -> Iterable[Need]:
    """A last snapshot before deletion is a snapshot like any other."""
    if name := asked.parameters.get("FinalDBSnapshotIdentifier"):
        yield asked.need("rds:CreateDBSnapshot", asked.arns("db", "DBInstanceIdentifier")[0], kind="db")
        yield asked.need("rds:CreateDBSnapshot", asked.arn("snapshot", name), kind="snapshot")


def monitoring_role(asked: Asked) -> Iterable[Need]:
    """Enhanced monitoring takes iam:PassRole for its role."""
    if role := asked.parameters.get("MonitoringRoleArn"):
        yield _pass_role(asked, role, "monitoring.rds.amazonaws.com")


def managed_password(asked: Asked) -> Iterable[Need]:
    """RDS makes the master secret in the caller's name: the secret, its tags, and the key it is kept under."""
    if not asked.parameters.get("ManageMasterUserPassword"):
        return
    secret = f"arn:{PARTITION}:secretsmanager:{asked.region}:{asked.account}:secret:{NEW_NAME}"
    database = asked.arns("db", "DBInstanceIdentifier")[0]
    tags: dict[str, object] = {
        "aws:RequestTag/aws:rds:primaryDBInstanceArn": database,
        "aws:RequestTag/aws:secretsmanager:owningService": "rds",
        "aws:TagKeys": ["aws:rds:primaryDBInstanceArn", "aws:secretsmanager:owningService"],
    }
    for action in ("CreateSecret", "TagResource"):
        yield _through_rds(asked, f"secretsmanager:{action}", secret, tags)
    named_key = asked.parameters.get("MasterUserSecretKmsKeyId")
    key = asked.facts.key_arn(named_key or "alias/aws/secretsmanager", asked.account)
    yield _use(asked, "kms:DescribeKey", key)
    if named_key:
        for action in ("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"):
            yield _use(asked, action, key)


def keys_of_restore(asked: Asked) -> Iterable[Need]:
    """Restoring under a customer-managed key lets RDS use that key in the caller's name."""
    snapshot = asked.facts.db_snapshot(str(asked.parameters.get("DBSnapshotIdentifier", "")), asked.account)
    yield from _use_of_key(asked, (snapshot or {}).get("KmsKeyId"))


def keys_of_copy(asked: Asked) -> Iterable[Need]:
    """Copying reads under the source's key and writes under the target's."""
    snapshot = asked.facts.db_snapshot(str(asked.parameters.get("SourceDBSnapshotIdentifier", "")), asked.account)
    source_key = (snapshot or {}).get("KmsKeyId")
    yield from _use_of_key(asked, source_key)
    target_key = asked.parameters.get("KmsKeyId")
    if target_key != source_key:
        yield from _use_of_key(asked, target_key)


def task_roles(asked: Asked) -> Iterable[Need]:
    """Running a task passes its task role and its execution role to ECS."""
    definition = asked.facts.task_definition(str(asked.parameters.get("taskDefinition", ""))) or {}
    overrides = asked.parameters.get("overrides") or {}
    for name in ("taskRoleArn", "executionRoleArn"):
        if role := overrides.get(name) or definition.get(name):
            yield _pass_role(asked, role, "ecs-tasks.amazonaws.com")


def conditional_put(asked: Asked) -> Iterable[Need]:
    """Overwriting only a known version tells about that version: S3 asks for reading too."""
    if asked.parameters.get("IfMatch"):
        yield from (asked.need("s3:GetObject", arn) for arn in asked.arns("object", "Key"))


def _use_of_key(asked: Asked, key: str | None) -> Iterable[Need]:
    if key is None:
        return
    arn = asked.facts.key_arn(key, asked.account)
    if asked.facts.is_customer_managed(arn):
        yield _use(asked, "kms:DescribeKey", arn)
        yield _use(asked, "kms:CreateGrant", arn)


def _use(asked: Asked, action: str, key_arn: str) -> Need:
    values: dict[str, object] = {
        "kms:CallerAccount": asked.account,
        "kms:ResourceAliases": asked.facts.key_aliases(key_arn) or None,
        "kms:ViaService": f"rds.{asked.region}.amazonaws.com",
    }
    if action == "kms:CreateGrant":
        values["kms:GrantIsForAWSResource"] = True
    values |= {f"aws:ResourceTag/{key}": value for key, value in asked.facts.tags(key_arn).items()}
    return _through_rds(asked, action, key_arn, values)


def _through_rds(asked: Asked, action: str, resource: str, values: dict[str, object]) -> Need:
    """RDS's own call in the caller's name: it has its own tags and parameters, not those of the call that led to it."""
    common = {
        "aws:CalledVia": ["rds.amazonaws.com"],
        "aws:PrincipalAccount": asked.account,
        "aws:PrincipalArn": asked.principal_arn,
        "aws:SecureTransport": True,
        "aws:ViaAWSService": True,
    }
    return Need(action, resource, context_of(common | values))


def _pass_role(asked: Asked, role_arn: str, service: str) -> Need:
    return Need(
        "iam:PassRole", role_arn, context_of({"iam:PassedToService": service, "aws:PrincipalArn": asked.principal_arn})
    )

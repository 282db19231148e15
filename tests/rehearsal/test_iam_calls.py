"""Real calls through boto3, judged by deployed roles: which permission each call takes, on what, under which conditions."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.account import ACCOUNT, REGION, EmulatedAccount
from tests.rehearsal import fixtures_gate
from tests.rehearsal.fixtures_gate import RDS, NotebookRds, allow, listed, role

Json = dict[str, Any]
OURS = {"sanitized-snapshots:stack": "prod"}
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-*"

account, rds = fixtures_gate.account, fixtures_gate.rds


class Actor:
    """A role whose statements can be changed, and the one call it tries."""

    def __init__(self, account: EmulatedAccount, service: str, operation: str, **parameters: Any) -> None:
        self.account, self.arn = account, role(account, f"actor-{len(account.gate.calls)}")
        self._call = lambda: getattr(account.client(service, self.arn), operation)(**parameters)

    def refusal(self, *statements: Json) -> str | None:
        """What the call is refused with under these statements; None when it is allowed."""
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow("none:Nothing"), *statements]})
        name = self.arn.rsplit("/", 1)[-1]
        self.account.client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
        try:
            self._call()
        except ClientError as error:
            if (
                "Denied" not in error.response["Error"]["Code"]
                and "Unauthorized" not in error.response["Error"]["Code"]
            ):
                return None
            return str(error.response["Error"]["Message"])
        return None

    def takes_exactly(self, *statements: Json) -> None:
        """The statements together allow the call; each one left out denies it, naming an action of that statement."""
        assert self.refusal(*statements) is None
        for left_out in statements:
            refusal = self.refusal(*(other for other in statements if other is not left_out))
            assert refusal is not None, left_out
            actions = left_out["Action"] if isinstance(left_out["Action"], list) else [left_out["Action"]]
            assert any(f"perform: {action} on" in refusal for action in actions), refusal


def key_of(account: EmulatedAccount) -> str:
    return str(account.client("kms").create_key()["KeyMetadata"]["Arn"])


def test_a_snapshot_takes_the_database_the_snapshot_and_tagging(account: EmulatedAccount, rds: NotebookRds) -> None:
    """CreateDBSnapshot is asked for both ARNs; tags at creation need rds:AddTagsToResource on the snapshot."""
    asked = {"DBSnapshotIdentifier": "ss-raw", "DBInstanceIdentifier": "orders", "Tags": listed(OURS)}
    Actor(account, "rds", "create_db_snapshot", **asked).takes_exactly(
        allow("rds:CreateDBSnapshot", f"{RDS}:db:orders"),
        allow("rds:CreateDBSnapshot", f"{RDS}:snapshot:ss-*"),
        allow("rds:AddTagsToResource", f"{RDS}:snapshot:ss-*"),
    )


def test_an_untagged_snapshot_takes_no_tagging(account: EmulatedAccount) -> None:
    """Without tags rds:AddTagsToResource is not asked for."""
    actor = Actor(account, "rds", "create_db_snapshot", DBSnapshotIdentifier="s", DBInstanceIdentifier="d")
    actor.takes_exactly(allow("rds:CreateDBSnapshot", [f"{RDS}:db:d", f"{RDS}:snapshot:s"]))


@pytest.mark.parametrize("key", ["aws:RequestTag/sanitized-snapshots:stack", "rds:req-tag/sanitized-snapshots:stack"])
def test_tags_of_the_request_are_conditions(account: EmulatedAccount, key: str) -> None:
    """A role may be bound to the tags it gives."""
    for value, name, refused in (("prod", "a", False), ("other", "b", True)):
        actor = Actor(
            account,
            "rds",
            "create_db_snapshot",
            DBSnapshotIdentifier=name,
            DBInstanceIdentifier="d",
            Tags=listed({"sanitized-snapshots:stack": value}),
        )
        assert (actor.refusal(allow("rds:*", StringEquals={key: "prod"})) is not None) is refused


def test_tag_keys_are_conditions(account: EmulatedAccount) -> None:
    """ForAllValues on aws:TagKeys bounds the keys a role may set."""
    limit = allow("rds:*", **{"ForAllValues:StringLike": {"aws:TagKeys": ["sanitized-snapshots:*"]}})
    for tags, refused in ((OURS, False), (OURS | {"backup": "yes"}, True)):
        actor = Actor(
            account, "rds", "create_db_snapshot", DBSnapshotIdentifier="s", DBInstanceIdentifier="d", Tags=listed(tags)
        )
        assert (actor.refusal(limit) is not None) is refused


@pytest.mark.parametrize("key", ["aws:ResourceTag/sanitized-snapshots:stack", "rds:db-tag/sanitized-snapshots:stack"])
def test_tags_of_the_database_are_conditions(account: EmulatedAccount, rds: NotebookRds, key: str) -> None:
    """Deleting can be bound to our tag, whoever's name the database bears."""
    rds.add_instance("ss-ours", OURS)
    rds.add_instance("ss-theirs", {"sanitized-snapshots:stack": "other"})
    rds.add_instance("ss-untagged")
    for name, refused in (("ss-ours", False), ("ss-theirs", True), ("ss-untagged", True)):
        actor = Actor(account, "rds", "delete_db_instance", DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        assert (
            actor.refusal(allow("rds:DeleteDBInstance", f"{RDS}:db:ss-*", StringEquals={key: "prod"})) is not None
        ) is refused


def test_tags_of_the_snapshot_are_conditions(account: EmulatedAccount, rds: NotebookRds) -> None:
    """Sharing can be bound to sanitized snapshots; a database's tag key says nothing about a snapshot."""
    rds.add_snapshot("ss-raw", {"sanitized-snapshots:kind": "raw"})
    rds.add_snapshot("ss-sanitized", {"sanitized-snapshots:kind": "sanitized"})
    only = allow(
        "rds:ModifyDBSnapshotAttribute", StringEquals={"rds:snapshot-tag/sanitized-snapshots:kind": "sanitized"}
    )
    wrong = allow("rds:ModifyDBSnapshotAttribute", StringEquals={"rds:db-tag/sanitized-snapshots:kind": "sanitized"})
    for name, refused in (("ss-raw", True), ("ss-sanitized", False)):
        actor = Actor(
            account,
            "rds",
            "modify_db_snapshot_attribute",
            DBSnapshotIdentifier=name,
            AttributeName="restore",
            ValuesToAdd=["1"],
        )
        assert (actor.refusal(only) is not None) is refused
        assert actor.refusal(wrong) is not None


def test_the_source_is_out_of_reach(account: EmulatedAccount, rds: NotebookRds) -> None:
    """An explicit Deny on the source leaves describing and snapshotting, whatever else is allowed."""
    rds.add_instance("orders")
    guard = {"Effect": "Deny", "NotAction": ["rds:Describe*", "rds:CreateDBSnapshot"], "Resource": f"{RDS}:db:orders"}
    for operation, parameters, refused in (
        ("describe_db_instances", {}, False),
        ("create_db_snapshot", {"DBSnapshotIdentifier": "s"}, False),
        ("modify_db_instance", {"DeletionProtection": False}, True),
        ("delete_db_instance", {"SkipFinalSnapshot": True}, True),
    ):
        actor = Actor(account, "rds", operation, DBInstanceIdentifier="orders", **parameters)
        refusal = actor.refusal(allow("rds:*"), guard)
        assert ("explicit deny" in refusal if refusal else False) is refused
    assert "orders" in rds.instances


def test_describing_everything_takes_everything(account: EmulatedAccount) -> None:
    """A Describe without a name is asked for `*`: a permission on a prefix does not answer it."""
    actor = Actor(account, "rds", "describe_db_instances")
    assert "db:*" in str(actor.refusal(allow("rds:DescribeDBInstances", f"{RDS}:db:ss-*")))
    assert actor.refusal(allow("rds:DescribeDBInstances", f"{RDS}:db:*")) is None


def test_restoring_takes_every_group(account: EmulatedAccount, rds: NotebookRds) -> None:
    """A restore is asked for the database, the snapshot, and its subnet, parameter and option groups: the default ones too."""
    rds.add_snapshot("ss-raw")
    asked = {
        "DBInstanceIdentifier": "ss-t",
        "DBSnapshotIdentifier": "ss-raw",
        "DBSubnetGroupName": "ours",
        "DBParameterGroupName": "ours",
    }
    action = "rds:RestoreDBInstanceFromDBSnapshot"
    arns = ["db:ss-t", "snapshot:ss-raw", "subgrp:ours", "pg:ours", "og:default:postgres-15"]
    Actor(account, "rds", "restore_db_instance_from_db_snapshot", **asked).takes_exactly(
        *(allow(action, f"{RDS}:{arn}") for arn in arns)
    )
    asked = {"DBInstanceIdentifier": "ss-u", "DBSnapshotIdentifier": "ss-raw"}
    arns = ["db:ss-u", "snapshot:ss-raw", "subgrp:default", "pg:default.postgres15", "og:default:postgres-15"]
    Actor(account, "rds", "restore_db_instance_from_db_snapshot", **asked).takes_exactly(
        *(allow(action, f"{RDS}:{arn}") for arn in arns)
    )


def test_a_restore_can_be_kept_private(account: EmulatedAccount, rds: NotebookRds) -> None:
    """rds:PubliclyAccessible carries what the request says; unsaid, it is not there."""
    rds.add_snapshot("s")
    private = allow("rds:*", Bool={"rds:PubliclyAccessible": "false"})
    for said, refused in (({"PubliclyAccessible": False}, False), ({"PubliclyAccessible": True}, True), ({}, True)):
        actor = Actor(
            account,
            "rds",
            "restore_db_instance_from_db_snapshot",
            DBInstanceIdentifier="d",
            DBSnapshotIdentifier="s",
            **said,
        )
        assert (actor.refusal(private) is not None) is refused


def test_a_customers_key_has_to_be_granted(account: EmulatedAccount, rds: NotebookRds) -> None:
    """Restoring under a customer-managed key takes kms:DescribeKey and kms:CreateGrant through RDS; aws/rds takes neither."""
    ours = key_of(account)
    rds.add_snapshot("under-key", KmsKeyId=ours)
    aws_managed = account.client("kms").describe_key(KeyId="alias/aws/rds")["KeyMetadata"]["Arn"]
    rds.add_snapshot("under-aws-rds", KmsKeyId=aws_managed)
    via_rds = {"kms:ViaService": f"rds.{REGION}.amazonaws.com"}
    restore = allow("rds:RestoreDBInstanceFromDBSnapshot")
    Actor(
        account,
        "rds",
        "restore_db_instance_from_db_snapshot",
        DBInstanceIdentifier="d",
        DBSnapshotIdentifier="under-key",
    ).takes_exactly(
        restore,
        allow("kms:DescribeKey", ours, StringEquals=via_rds),
        allow("kms:CreateGrant", ours, StringEquals=via_rds, Bool={"kms:GrantIsForAWSResource": "true"}),
    )
    Actor(
        account,
        "rds",
        "restore_db_instance_from_db_snapshot",
        DBInstanceIdentifier="d",
        DBSnapshotIdentifier="under-aws-rds",
    ).takes_exactly(restore)


def test_a_copy_takes_both_keys(account: EmulatedAccount, rds: NotebookRds) -> None:
    """Re-encrypting is asked for source and target snapshot, and for the use of both keys."""
    source, target = key_of(account), key_of(account)
    rds.add_snapshot("a", KmsKeyId=source)
    asked = {
        "SourceDBSnapshotIdentifier": "a",
        "TargetDBSnapshotIdentifier": "b",
        "KmsKeyId": target,
        "Tags": listed(OURS),
    }
    Actor(account, "rds", "copy_db_snapshot", **asked).takes_exactly(
        allow("rds:CopyDBSnapshot", f"{RDS}:snapshot:a"),
        allow("rds:CopyDBSnapshot", f"{RDS}:snapshot:b"),
        allow("rds:AddTagsToResource", f"{RDS}:snapshot:b"),
        allow(["kms:DescribeKey", "kms:CreateGrant"], source),
        allow(["kms:DescribeKey", "kms:CreateGrant"], target),
    )


def test_a_managed_password_takes_its_secret(account: EmulatedAccount, rds: NotebookRds) -> None:
    """ManageMasterUserPassword lets RDS make and tag the secret in the caller's name, and look at the key."""
    rds.add_instance("ss-t")
    Actor(
        account, "rds", "modify_db_instance", DBInstanceIdentifier="ss-t", ManageMasterUserPassword=True
    ).takes_exactly(
        allow("rds:ModifyDBInstance", f"{RDS}:db:ss-t"),
        allow("secretsmanager:CreateSecret", SECRET),
        allow("secretsmanager:TagResource", SECRET),
        allow("kms:DescribeKey", "*", StringEquals={"kms:ViaService": f"rds.{REGION}.amazonaws.com"}),
    )


def test_a_managed_password_under_a_customers_key(account: EmulatedAccount, rds: NotebookRds) -> None:
    """A key of one's own for the secret has to be usable too."""
    rds.add_instance("ss-t")
    key = key_of(account)
    Actor(
        account,
        "rds",
        "modify_db_instance",
        DBInstanceIdentifier="ss-t",
        ManageMasterUserPassword=True,
        MasterUserSecretKmsKeyId=key,
    ).takes_exactly(
        allow(["rds:ModifyDBInstance", "secretsmanager:CreateSecret", "secretsmanager:TagResource"]),
        *(allow(f"kms:{action}", key) for action in ("DescribeKey", "CreateGrant", "Decrypt", "GenerateDataKey")),
    )


def test_what_rds_does_in_the_callers_name_can_be_told_apart(account: EmulatedAccount, rds: NotebookRds) -> None:
    """The secret is made via an AWS service, for that database, under a key known by its alias; the role's own calls are not."""
    rds.add_instance("ss-t")
    actor = Actor(account, "rds", "modify_db_instance", DBInstanceIdentifier="ss-t", ManageMasterUserPassword=True)
    via = {"aws:ViaAWSService": "true"}
    for_ours = {"aws:RequestTag/aws:rds:primaryDBInstanceArn": f"{RDS}:db:ss-*"}
    alias = {"kms:ResourceAliases": "alias/aws/secretsmanager"}
    actor.takes_exactly(
        allow("rds:ModifyDBInstance", Bool={"aws:ViaAWSService": "false"}),
        allow("secretsmanager:CreateSecret", SECRET, Bool=via),
        allow("secretsmanager:TagResource", SECRET, StringLike=for_ours),
        allow("kms:DescribeKey", **{"ForAnyValue:StringEquals": alias}),
    )


@pytest.mark.parametrize(
    ("policy", "refused"),
    [
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}, False),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:DescribeKey"}, True),
        ({"Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "kms:*"}, True),
        (
            {
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "kms:*",
                "Condition": {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/other"}},
            },
            True,
        ),
    ],
)
def test_a_keys_own_policy_has_the_last_word(account: EmulatedAccount, policy: Json, *, refused: bool) -> None:
    """A role's permission counts for a key only as far as the key's policy hands it to the account."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **policy}]})
    key = account.client("kms").create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256", Policy=document)[
        "KeyMetadata"
    ]["Arn"]
    actor = Actor(account, "kms", "generate_mac", KeyId=key, MacAlgorithm="HMAC_SHA_256", Message=b"m")
    assert actor.refusal() is not None
    assert (actor.refusal(allow("kms:GenerateMac")) is not None) is refused


def test_a_key_may_name_a_role_itself(account: EmulatedAccount) -> None:
    """A role that the key's policy names needs no permission of its own, and one it denies has none."""
    named, other = role(account, "named"), role(account, "other", allow("kms:*"))
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": named}, "Action": "kms:GenerateMac", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Deny", "Principal": {"AWS": other}, "Action": "kms:GenerateMac", "Resource": "*"},
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    key = account.client("kms").create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256", Policy=document)[
        "KeyMetadata"
    ]["Arn"]
    asked = {"KeyId": key, "MacAlgorithm": "HMAC_SHA_256", "Message": b"m"}
    assert account.client("kms", named).generate_mac(**asked)["Mac"]
    with pytest.raises(ClientError, match="explicit deny"):
        account.client("kms", other).generate_mac(**asked)


def test_a_buckets_policy_can_deny(account: EmulatedAccount) -> None:
    """What a bucket's policy denies nobody may; denying plain HTTP leaves the rehearsal alone, which stands for TLS."""
    s3 = account.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    everyone = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/*"}
    actor = Actor(account, "s3", "put_object", Bucket="bucket", Key="k", Body=b"")
    for statement, refused in (
        (everyone | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, False),
        (everyone, True),
    ):
        s3.put_bucket_policy(Bucket="bucket", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        assert (actor.refusal(allow("s3:PutObject")) is not None) is refused


def test_productions_secret_stays_closed(account: EmulatedAccount) -> None:
    """Reading managed secrets can be bound to those of our own databases by the tag that RDS sets."""
    secrets = account.client("secretsmanager")
    by_owner = {}
    for name, database in (("ours", "ss-temporary"), ("production", "orders")):
        tags = listed({"aws:rds:primaryDBInstanceArn": f"{RDS}:db:{database}"})
        by_owner[name] = secrets.create_secret(Name=f"rds!db-{name}", SecretString="{}", Tags=tags)["ARN"]
    condition = {"aws:ResourceTag/aws:rds:primaryDBInstanceArn": f"{RDS}:db:ss-*"}
    for name, refused in (("ours", False), ("production", True)):
        actor = Actor(account, "secretsmanager", "get_secret_value", SecretId=by_owner[name])
        assert (
            actor.refusal(allow("secretsmanager:GetSecretValue", SECRET, StringLike=condition)) is not None
        ) is refused


def test_running_a_task_passes_its_roles(account: EmulatedAccount) -> None:
    """RunTask takes the definition in that cluster, and iam:PassRole for both roles, to ECS tasks only."""
    ecs = account.client("ecs")
    cluster = ecs.create_cluster(clusterName="c")["cluster"]["clusterArn"]
    task, execution = (role(account, name, service="ecs-tasks.amazonaws.com") for name in ("task", "execution"))
    definition = ecs.register_task_definition(
        family="tool",
        taskRoleArn=task,
        executionRoleArn=execution,
        containerDefinitions=[{"name": "t", "image": "none"}],
    )["taskDefinition"]["taskDefinitionArn"]
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    actor = Actor(account, "ecs", "run_task", cluster="c", taskDefinition="tool", networkConfiguration=network)
    to_tasks = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    actor.takes_exactly(
        allow("ecs:RunTask", definition, ArnEquals={"ecs:cluster": cluster}),
        allow("iam:PassRole", task, StringEquals=to_tasks),
        allow("iam:PassRole", execution, StringEquals=to_tasks),
    )
    assert actor.refusal(
        allow("*"),
        {"Effect": "Deny", "Action": "ecs:*", "Resource": "*", "Condition": {"ArnEquals": {"ecs:cluster": cluster}}},
    )
    assert actor.refusal(
        allow("ecs:RunTask"), allow("iam:PassRole", StringEquals={"iam:PassedToService": "lambda.amazonaws.com"})
    )


def test_tasks_are_asked_for_by_arn_and_cluster(account: EmulatedAccount) -> None:
    """Stopping, describing and listing tasks can be bound to one cluster."""
    cluster = account.client("ecs").create_cluster(clusterName="c")["cluster"]["clusterArn"]
    account.client("ecs").create_cluster(clusterName="other")
    bound = allow("ecs:*", StringEquals={"ecs:cluster": cluster})
    task = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/c/1"
    for operation, parameters in (
        ("stop_task", {"task": "1"}),
        ("describe_tasks", {"tasks": ["1"]}),
        ("list_tasks", {}),
    ):
        assert Actor(account, "ecs", operation, cluster="c", **parameters).refusal(bound) is None
        assert Actor(account, "ecs", operation, cluster="other", **parameters).refusal(bound) is not None
    assert Actor(account, "ecs", "stop_task", cluster="c", task="1").refusal(allow("ecs:StopTask", task)) is None
    assert Actor(account, "ecs", "stop_task", cluster="c", task="2").refusal(allow("ecs:StopTask", task)) is not None


def test_a_mac_takes_its_algorithm(account: EmulatedAccount) -> None:
    """The masking key can be bound to one algorithm; a direct CreateGrant is none for an AWS resource."""
    key = account.client("kms").create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256")["KeyMetadata"]["Arn"]
    actor = Actor(account, "kms", "generate_mac", KeyId=key, MacAlgorithm="HMAC_SHA_256", Message=b"m")
    assert actor.refusal(allow("kms:GenerateMac", key, StringEquals={"kms:MacAlgorithm": "HMAC_SHA_256"})) is None
    assert actor.refusal(allow("kms:GenerateMac", key, StringEquals={"kms:MacAlgorithm": "HMAC_SHA_512"})) is not None
    grant = Actor(
        account,
        "kms",
        "create_grant",
        KeyId=key,
        GranteePrincipal="rds.amazonaws.com",
        Operations=["Decrypt"],
        DryRun=True,
    )
    assert grant.refusal(allow("kms:CreateGrant", key)) is None
    assert grant.refusal(allow("kms:CreateGrant", key, Bool={"kms:GrantIsForAWSResource": "true"})) is not None
    assert (
        grant.refusal(allow("kms:CreateGrant", key, StringEquals={"kms:ViaService": f"rds.{REGION}.amazonaws.com"}))
        is not None
    )


def test_objects_and_prefixes(account: EmulatedAccount) -> None:
    """Objects are asked for one by one, lists by prefix; overwriting a known version takes reading as well."""
    s3 = account.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    etag = s3.put_object(Bucket="bucket", Key="locks/orders", Body=b"1")["ETag"]
    objects = "arn:aws:s3:::bucket/locks/*"
    Actor(account, "s3", "put_object", Bucket="bucket", Key="locks/x", Body=b"", IfNoneMatch="*").takes_exactly(
        allow("s3:PutObject", objects)
    )
    assert (
        Actor(account, "s3", "put_object", Bucket="bucket", Key="rules/x", Body=b"").refusal(
            allow("s3:PutObject", objects)
        )
        is not None
    )
    changed = Actor(account, "s3", "put_object", Bucket="bucket", Key="locks/orders", Body=b"1", IfMatch=etag)
    changed.takes_exactly(allow("s3:PutObject", objects), allow("s3:GetObject", objects))
    listing = allow("s3:ListBucket", "arn:aws:s3:::bucket", StringLike={"s3:prefix": "reports/*"})
    assert Actor(account, "s3", "list_objects_v2", Bucket="bucket", Prefix="reports/orders/").refusal(listing) is None
    assert Actor(account, "s3", "list_objects_v2", Bucket="bucket").refusal(listing) is not None


def test_attached_policies_count(account: EmulatedAccount) -> None:
    """A managed policy of the account's own allows as an inline one does."""
    arn = role(account, "attached")
    iam = account.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": allow("ec2:DescribeSubnets")})
    policy = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        account.client("ec2", arn).describe_subnets()
    iam.attach_role_policy(RoleName="attached", PolicyArn=policy)
    assert account.client("ec2", arn).describe_subnets()["Subnets"]


def test_an_operation_that_nobody_described_is_denied(account: EmulatedAccount) -> None:
    """What the table does not know is refused even to a role that may do everything, with a word on what to do."""
    actor = Actor(account, "rds", "promote_read_replica", DBInstanceIdentifier="d")
    assert "no row in rehearsal/authorization.py" in str(actor.refusal(allow("*")))


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("rds", "describe_db_instances", {}, "AccessDenied"),
        ("ec2", "describe_subnets", {}, "UnauthorizedOperation"),
        ("ecs", "list_tasks", {}, "AccessDeniedException"),
        ("kms", "describe_key", {"KeyId": "k"}, "AccessDeniedException"),
        ("s3", "get_object", {"Bucket": "bucket", "Key": "k"}, "AccessDenied"),
        ("lambda", "invoke", {"FunctionName": "f"}, "AccessDeniedException"),
        ("stepfunctions", "list_state_machines", {}, "AccessDeniedException"),
        ("sns", "publish", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:t", "Message": "m"}, "AuthorizationError"),
    ],
)
def test_denials_have_each_services_own_code(
    account: EmulatedAccount, service: str, operation: str, parameters: Json, code: str
) -> None:
    """The code a program has to expect differs from service to service; the record has it too."""
    with pytest.raises(ClientError, match="not authorized") as denied:
        getattr(account.client(service, role(account, "nobody")), operation)(**parameters)
    assert denied.value.response["Error"]["Code"] == code
    assert account.gate.calls[-1].error == code

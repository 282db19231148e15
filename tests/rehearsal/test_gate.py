"""The gate names, records and answers every call; faults strike where they are told to."""

import botocore.exceptions
import pytest
from botocore.config import Config

from rehearsal.account import CONSUMER_ACCOUNT, EmulatedAccount
from rehearsal.errors import AwsError
from rehearsal.faults import Fault, Loss
from tests.rehearsal import fixtures_gate
from tests.rehearsal.fixtures_gate import NotebookRds, allow, listed, role

ClientError = botocore.exceptions.ClientError

account, rds = fixtures_gate.account, fixtures_gate.rds


def test_every_protocol_is_named_and_recorded(account: EmulatedAccount) -> None:
    """Whatever wire protocol a service speaks, the record tells its operation and parameters."""
    account.client("rds").create_db_snapshot(
        DBSnapshotIdentifier="s", DBInstanceIdentifier="d", Tags=listed({"k": "v"})
    )
    account.client("ec2").describe_security_groups(GroupIds=[])
    account.client("sts").get_caller_identity()
    account.client("ecs").create_cluster(clusterName="c")
    account.client("kms").create_key(Description="d")
    account.client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    account.client("s3").put_object(Bucket="bucket", Key="a/b c.txt", Body=b"text", IfNoneMatch="*")
    account.client("s3").list_objects_v2(Bucket="bucket", Prefix="a/")
    account.client("events").put_rule(Name="r", ScheduleExpression="rate(1 day)")
    account.client("stepfunctions").list_state_machines()
    recorded = {(call.service, call.operation): call.parameters for call in account.gate.calls}
    assert recorded["rds", "CreateDBSnapshot"] == {
        "DBSnapshotIdentifier": "s", "DBInstanceIdentifier": "d", "Tags": [{"Key": "k", "Value": "v"}],
    }  # fmt: skip
    assert recorded["ecs", "CreateCluster"] == {"clusterName": "c"}
    assert recorded["kms", "CreateKey"] == {"Description": "d"}
    put = recorded["s3", "PutObject"]
    assert (put["Bucket"], put["Key"], put["Body"], put["IfNoneMatch"]) == ("bucket", "a/b c.txt", b"text", "*")
    assert recorded["s3", "ListObjectsV2"]["Prefix"] == "a/"
    assert recorded["events", "PutRule"]["Name"] == "r"
    assert {
        ("ec2", "DescribeSecurityGroups"),
        ("sts", "GetCallerIdentity"),
        ("stepfunctions", "ListStateMachines"),
    } <= set(recorded)
    assert account.client("s3").get_object(Bucket="bucket", Key="a/b c.txt")["Body"].read() == b"text"


def test_errors_keep_their_modelled_shape(account: EmulatedAccount) -> None:
    """A refusal by one of our services arrives as the exception that boto3 models, and is recorded."""
    client = account.client("rds")
    with pytest.raises(client.exceptions.DBInstanceNotFoundFault, match="nothing not found"):
        client.describe_db_instances(DBInstanceIdentifier="nothing")
    with pytest.raises(ClientError):
        account.client("s3").get_object(Bucket="missing", Key="k")
    assert [call.error for call in account.gate.calls] == ["DBInstanceNotFound", "NoSuchBucket"]


def test_the_record_says_who_called(account: EmulatedAccount) -> None:
    """Operator, role, or another account: each call carries its caller, and what allowed it."""
    reader = role(account, "reader", allow("rds:DescribeDBSnapshots") | {"Sid": "Read"})
    account.client("rds", reader).describe_db_snapshots()
    account.client("rds", account_id=CONSUMER_ACCOUNT).describe_db_snapshots()
    by_role, by_consumer = account.gate.calls_of("rds")
    assert (by_role.role, by_role.allowed_by) == ("reader", ("rds:DescribeDBSnapshots: inline/Read",))
    assert (by_consumer.role, by_consumer.account, by_consumer.allowed_by) == ("operator", CONSUMER_ACCOUNT, ())


def test_unknown_credentials_are_refused(account: EmulatedAccount) -> None:
    """Keys that nobody was given open nothing, nor does a known key id without its session token."""
    import boto3

    keys = account.credentials()
    for key_id, token in (("ASIA" + "A" * 16, "x"), (keys.access_key_id, "guessed")):
        stranger = boto3.client(
            "rds", region_name="eu-west-1", endpoint_url=account.endpoint_url, aws_access_key_id=key_id, aws_secret_access_key="s",
            aws_session_token=token,
        )  # fmt: skip
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            stranger.describe_db_instances()
    assert account.gate.calls == []


def test_an_injected_error_comes_instead_of_the_call(account: EmulatedAccount, rds: NotebookRds) -> None:
    """The fault strikes as often as told, the matching calls only, and leaves no effect."""
    account.gate.inject(
        Fault("rds", "CreateDBSnapshot", AwsError("ThrottlingException", "Rate exceeded"), times=2,
              matching=lambda asked: asked["DBSnapshotIdentifier"] == "struck")
    )  # fmt: skip
    client = account.client("rds")
    client.create_db_snapshot(DBSnapshotIdentifier="spared", DBInstanceIdentifier="d")
    for _ in range(2):
        with pytest.raises(ClientError, match="Rate exceeded"):
            client.create_db_snapshot(DBSnapshotIdentifier="struck", DBInstanceIdentifier="d")
    assert set(rds.snapshots) == {"spared"}
    client.create_db_snapshot(DBSnapshotIdentifier="struck", DBInstanceIdentifier="d")
    assert account.gate.unused_faults == []


def test_a_lost_response_has_had_its_effect(account: EmulatedAccount, rds: NotebookRds) -> None:
    """The caller sees a broken connection; what it asked for has happened all the same."""
    account.gate.inject(Fault("rds", "CreateDBSnapshot", Loss.LOST_RESPONSE))
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        account.client("rds").create_db_snapshot(DBSnapshotIdentifier="s", DBInstanceIdentifier="d")
    assert set(rds.snapshots) == {"s"}


def test_a_retrying_client_meets_its_own_effect(account: EmulatedAccount) -> None:
    """boto3's own retry after a lost response repeats the call, as it does against AWS."""
    import boto3

    account.gate.inject(Fault("rds", "CreateDBSnapshot", Loss.LOST_RESPONSE))
    keys = account.credentials()
    client = boto3.client(
        "rds", region_name="eu-west-1", endpoint_url=account.endpoint_url, aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key, aws_session_token=keys.session_token,
        config=Config(retries={"mode": "standard", "total_max_attempts": 2}),
    )  # fmt: skip
    with pytest.raises(ClientError, match="AlreadyExists"):
        client.create_db_snapshot(DBSnapshotIdentifier="s", DBInstanceIdentifier="d")


def test_kms_dry_run_creates_no_grant(account: EmulatedAccount) -> None:
    """What would be allowed ends in DryRunOperationException, and there is no grant; a missing key is not found."""
    kms = account.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    with pytest.raises(kms.exceptions.DryRunOperationException):
        kms.create_grant(KeyId=key, GranteePrincipal="rds.amazonaws.com", Operations=["Decrypt"], DryRun=True)
    assert kms.list_grants(KeyId=key)["Grants"] == []
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.create_grant(KeyId=key[:-4] + "0000", GranteePrincipal="x", Operations=["Decrypt"], DryRun=True)


def test_a_missing_key_is_a_secret_to_who_may_not_list(account: EmulatedAccount) -> None:
    """Without s3:ListBucket a missing object answers 403, with it 404; an existing one answers either way."""
    s3 = account.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="bucket", Key="there", Body=b"x")
    reader = account.client("s3", role(account, "reader", allow("s3:GetObject", "arn:aws:s3:::bucket/*")))
    lister = account.client(
        "s3",
        role(
            account,
            "lister",
            allow("s3:GetObject", "arn:aws:s3:::bucket/*"),
            allow("s3:ListBucket", "arn:aws:s3:::bucket"),
        ),
    )
    assert reader.get_object(Bucket="bucket", Key="there")["Body"].read() == b"x"
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.get_object(Bucket="bucket", Key="missing")
    with pytest.raises(lister.exceptions.NoSuchKey):
        lister.get_object(Bucket="bucket", Key="missing")

"""RDS beside moto's EC2 and KMS, and its end."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rehearsal.clock import Clock
from rehearsal.rds import Rds
from rehearsal.rds.moto_neighbours import MotoKeys, MotoNetworks
from tests.rehearsal.conftest import ACCOUNT, CONSUMER, REGION, DictionarySecrets


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield boto3.client("kms", region_name=REGION)


def test_networks_are_those_of_ec2(kms: Any) -> None:
    """Subnets, groups, the default VPC and its default group; None for what is not there."""
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=f"{REGION}b")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="ours", Description="ours", VpcId=vpc)["GroupId"]
    own = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    default = ec2.describe_security_groups(Filters=own)["SecurityGroups"][0]["GroupId"]
    (given,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    networks = MotoNetworks(REGION)
    found = networks.subnet(subnet, ACCOUNT)
    assert found is not None
    assert (found.vpc, found.zone) == (vpc, f"{REGION}b")
    assert networks.vpc_of_group(group, ACCOUNT) == vpc
    assert networks.default_group(vpc, ACCOUNT) == default
    assert networks.default_vpc(ACCOUNT) == given["VpcId"]
    assert networks.subnet("subnet-none", ACCOUNT) is None
    assert networks.vpc_of_group("sg-none", ACCOUNT) is None


def test_a_key_is_found_by_id_alias_and_arn_while_it_is_enabled(kms: Any) -> None:
    """A key that is disabled, or that makes HMACs, encrypts no database."""
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/ours", TargetKeyId=key["KeyId"])
    keys = MotoKeys(REGION)
    for name in (key["KeyId"], key["Arn"], "alias/ours", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/ours"):
        assert keys.find(name, ACCOUNT) == key["Arn"]
    hmac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    assert keys.find(hmac, ACCOUNT) is None
    assert keys.find("alias/unknown", ACCOUNT) is None
    kms.disable_key(KeyId=key["KeyId"])
    assert keys.find(key["Arn"], ACCOUNT) is None


def test_another_account_uses_a_key_only_where_its_policy_says_so(kms: Any) -> None:
    """Sharing under a key that the consumer may not use would share nothing."""
    closed = kms.create_key()["KeyMetadata"]["Arn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{CONSUMER}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    opened = kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]
    keys = MotoKeys(REGION)
    assert keys.find(closed, CONSUMER) is None
    assert keys.find(opened, CONSUMER) == opened


def test_the_default_key_serves_its_own_account_only(kms: Any) -> None:
    """aws/rds is there without anybody making it."""
    keys = MotoKeys(REGION)
    assert keys.find("alias/aws/rds", ACCOUNT) == keys.default(ACCOUNT)
    assert keys.find(keys.default(ACCOUNT), CONSUMER) is None
    assert keys.default(ACCOUNT) != keys.default(CONSUMER)


def test_closing_leaves_neither_servers_nor_files(kms: Any) -> None:
    """Even while an instance is being created and another deleted."""
    clock, root = (
        Clock(),
        Path(tempfile.mkdtemp(prefix="test-rds-")),
    )  # pytest closes its own directories to other users
    rds = Rds(clock, root, DictionarySecrets())
    settings = {
        "Engine": "postgres", "DBInstanceClass": "db.t4g.medium", "AllocatedStorage": 20, "MasterUsername": "shop_admin",
        "MasterUserPassword": "long-enough-secret",
    }  # fmt: skip
    for name in ("one", "two"):
        rds.call("CreateDBInstance", {"DBInstanceIdentifier": name, **settings}, ACCOUNT)
    clock.sleep(3600)
    servers = [rds.server(name, ACCOUNT) for name in ("one", "two")]
    rds.call("DeleteDBInstance", {"DBInstanceIdentifier": "one", "SkipFinalSnapshot": True}, ACCOUNT)
    rds.call("CreateDBInstance", {"DBInstanceIdentifier": "three", **settings}, ACCOUNT)
    rds.close()
    assert not root.exists()
    assert not any(server.running for server in servers)

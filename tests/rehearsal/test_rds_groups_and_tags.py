"""Subnet groups, parameter groups and tags: made, shown, refused as on AWS."""

from typing import Any

import pytest

from tests.rehearsal.conftest import ACCOUNT, CONSUMER, MODEL, Region, assert_shaped, refusal


def subnets(name: str, *ids: str) -> dict[str, Any]:
    return {"DBSubnetGroupName": name, "DBSubnetGroupDescription": "tests", "SubnetIds": list(ids)}


def test_a_subnet_group_lies_in_one_vpc_and_two_zones(region: Region) -> None:
    """It shows its VPC, and an instance restored into it lies there."""
    name = region.name("Subnets")
    region.call("CreateDBSubnetGroup", **subnets(name, "subnet-two-a", "subnet-two-b"))
    (shown,) = region.call("DescribeDBSubnetGroups", DBSubnetGroupName=name)["DBSubnetGroups"]
    assert (shown["DBSubnetGroupName"], shown["VpcId"]) == (name.lower(), "vpc-two")
    restored = region.restore(DBSubnetGroupName=name)
    made = region.instance(restored)
    assert made["DBSubnetGroup"]["VpcId"] == "vpc-two"
    assert [group["VpcSecurityGroupId"] for group in made["VpcSecurityGroups"]] == ["sg-two-default"]
    region.later()
    region.delete(restored)


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        (("subnet-one-a",), "DBSubnetGroupDoesNotCoverEnoughAZs"),
        (("subnet-one-a", "subnet-two-b"), "InvalidSubnet"),
        (("subnet-one-a", "subnet-one-none"), "InvalidSubnet"),
    ],
    ids=["one zone", "two VPCs", "an unknown subnet"],
)
def test_a_subnet_group_that_aws_would_refuse_is_refused(region: Region, ids: tuple[str, ...], code: str) -> None:
    """Guards: two zones, one VPC, subnets that exist."""
    assert refusal(region, "CreateDBSubnetGroup", **subnets(region.name(), *ids)) == code


def test_a_groups_name_is_unique_in_its_account(region: Region) -> None:
    """Another account may use it too, and sees its own only."""
    name = region.name("mine")
    both = subnets(name, "subnet-one-a", "subnet-one-b")
    parameters = {"DBParameterGroupName": name, "DBParameterGroupFamily": "postgres17", "Description": "tests"}
    region.call("CreateDBSubnetGroup", **both)
    region.call("CreateDBParameterGroup", **parameters)
    assert refusal(region, "CreateDBSubnetGroup", **both) == "DBSubnetGroupAlreadyExists"
    assert refusal(region, "CreateDBParameterGroup", **parameters) == "DBParameterGroupAlreadyExists"
    assert region.call("DescribeDBSubnetGroups", CONSUMER)["DBSubnetGroups"] == []
    assert region.call("DescribeDBParameterGroups", CONSUMER)["DBParameterGroups"] == []
    assert name in [each["DBSubnetGroupName"] for each in region.call("DescribeDBSubnetGroups")["DBSubnetGroups"]]
    assert name in [
        each["DBParameterGroupName"] for each in region.call("DescribeDBParameterGroups")["DBParameterGroups"]
    ]


def test_a_parameter_that_does_not_exist_or_is_aws_own_is_refused(region: Region) -> None:
    """Guards: a spelling mistake in a setting is no setting; the default groups stay as they are."""
    name = region.name("parameters")
    region.call(
        "CreateDBParameterGroup", DBParameterGroupName=name, DBParameterGroupFamily="postgres17", Description="tests"
    )
    major = region.rds.engine_version.split(".")[0]
    for group, parameter in ((name, "wrok_mem"), (name, "port"), (f"default.postgres{major}", "work_mem")):
        given = [{"ParameterName": parameter, "ParameterValue": "1", "ApplyMethod": "immediate"}]
        change = {"DBParameterGroupName": group, "Parameters": given}
        assert refusal(region, "ModifyDBParameterGroup", **change) == "InvalidParameterValue"


def test_tags_are_added_and_listed(region: Region) -> None:
    """By ARN, for whatever has one; another account's things are not touched."""
    name = region.copied(Tags=[{"Key": "a", "Value": "1"}])
    arn = region.snapshot(name)["DBSnapshotArn"]
    region.call("AddTagsToResource", ResourceName=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
    expected = [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}]
    assert region.call("ListTagsForResource", ResourceName=arn)["TagList"] == expected
    assert region.snapshot(name)["TagList"] == expected
    assert refusal(region, "ListTagsForResource", CONSUMER, ResourceName=arn) == "InvalidParameterValue"
    assert (
        refusal(region, "AddTagsToResource", ResourceName=arn, Tags=[{"Key": "aws:x", "Value": "1"}])
        == "InvalidParameterValue"
    )


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("db", "DBInstanceNotFound"),
        ("snapshot", "DBSnapshotNotFound"),
        ("pg", "DBParameterGroupNotFound"),
        ("subgrp", "DBSubnetGroupNotFoundFault"),
        ("color", "InvalidParameterValue"),
    ],
)
def test_tags_of_what_does_not_exist_are_refused_by_kind(region: Region, kind: str, code: str) -> None:
    """The error says what is missing."""
    arn = f"arn:aws:rds:eu-west-1:{ACCOUNT}:{kind}:none"
    assert refusal(region, "ListTagsForResource", ResourceName=arn) == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"DBInstances": [{"Color": "red"}]},
        {"DBInstances": {}},
        {"DBInstances": [{"MultiAZ": "yes"}]},
        {"DBInstances": [{"AllocatedStorage": True}]},
        {"DBInstances": [{"InstanceCreateTime": "today"}]},
        {"DBInstances": [{"MasterUserSecret": {"SecretStatus": None}}]},
    ],
)
def test_the_check_of_shapes_sees_what_is_wrong(wrong: dict[str, Any]) -> None:
    """Every answer in these tests passed it, so it had better notice."""
    with pytest.raises(AssertionError):
        assert_shaped(wrong, MODEL.operation_model("DescribeDBInstances").output_shape)

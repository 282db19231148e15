"""The roles that the page on pull requests tells people to paste: they cover the program, exist in AWS's tables, and are held apart."""

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from rehearsal.recording import Recording, record
from tests.components.fake_cloud import FakeCloud
from tests.workflows.conftest import PROJECT

PAGE = (PROJECT / "docs/pull-requests.md").read_text()
BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
TRUSTS, POLICIES = BLOCKS[::2], BLOCKS[1::2]
PREVIEW, IMAGE, DEPLOY = POLICIES
# What creates each resource type; a new type needs a row here, and its rights on the page.
CREATED_BY = {
    "aws:cloudwatch/dashboard:Dashboard": "cloudwatch:PutDashboard",
    "aws:cloudwatch/eventRule:EventRule": "events:PutRule",
    "aws:cloudwatch/eventTarget:EventTarget": "events:PutTargets",
    "aws:cloudwatch/logGroup:LogGroup": "logs:CreateLogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "cloudwatch:PutMetricAlarm",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "ec2:RevokeSecurityGroupIngress",
    "aws:ec2/internetGateway:InternetGateway": "ec2:CreateInternetGateway",
    "aws:ec2/route:Route": "ec2:CreateRoute",
    "aws:ec2/routeTable:RouteTable": "ec2:CreateRouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "ec2:AssociateRouteTable",
    "aws:ec2/securityGroup:SecurityGroup": "ec2:CreateSecurityGroup",
    "aws:ec2/subnet:Subnet": "ec2:CreateSubnet",
    "aws:ec2/vpc:Vpc": "ec2:CreateVpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "ec2:CreateVpcEndpoint",
    "aws:ecs/cluster:Cluster": "ecs:CreateCluster",
    "aws:ecs/taskDefinition:TaskDefinition": "ecs:RegisterTaskDefinition",
    "aws:iam/role:Role": "iam:CreateRole",
    "aws:iam/rolePolicy:RolePolicy": "iam:PutRolePolicy",
    "aws:kms/key:Key": "kms:CreateKey",
    "aws:lambda/function:Function": "lambda:CreateFunction",
    "aws:lambda/permission:Permission": "lambda:AddPermission",
    "aws:rds/parameterGroup:ParameterGroup": "rds:CreateDBParameterGroup",
    "aws:rds/subnetGroup:SubnetGroup": "rds:CreateDBSubnetGroup",
    "aws:s3/bucket:Bucket": "s3:CreateBucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "aws:s3/bucketNotification:BucketNotification": "s3:PutBucketNotification",
    "aws:s3/bucketObjectv2:BucketObjectv2": "s3:PutObject",
    "aws:s3/bucketPolicy:BucketPolicy": "s3:PutBucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "s3:PutEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning": "s3:PutBucketVersioning",
    "aws:scheduler/schedule:Schedule": "scheduler:CreateSchedule",
    "aws:sfn/stateMachine:StateMachine": "states:CreateStateMachine",
    "aws:sns/topic:Topic": "sns:CreateTopic",
    "aws:sns/topicPolicy:TopicPolicy": "sns:SetTopicAttributes",
    "aws:sns/topicSubscription:TopicSubscription": "sns:Subscribe",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "ec2:AuthorizeSecurityGroupEgress",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ec2:AuthorizeSecurityGroupIngress",
}
LOOKED_UP_BY = {
    "aws:ec2/getPrefixList:getPrefixList": ("ec2:DescribePrefixLists",),
    "aws:index/getAvailabilityZones:getAvailabilityZones": ("ec2:DescribeAvailabilityZones",),
    "aws:index/getCallerIdentity:getCallerIdentity": ("sts:GetCallerIdentity",),
    "aws:index/getPartition:getPartition": (),
    "aws:index/getRegion:getRegion": (),
    "aws:rds/getInstance:getInstance": ("rds:DescribeDBInstances", "rds:ListTagsForResource"),
    "aws:rds/getSubnetGroup:getSubnetGroup": ("rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"),
}


@pytest.fixture(scope="module")
def prod() -> Recording:
    """What `pulumi up` of the worked example asks for."""
    return record(PROJECT, "prod", FakeCloud(region="eu-west-3"))


def actions(policy: dict[str, Any]) -> list[str]:
    every = [statement["Action"] for statement in policy["Statement"]]
    return [action for some in every for action in ([some] if isinstance(some, str) else some)]


def allows(policy: dict[str, Any], action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in actions(policy))


def test_the_deploy_role_covers_every_resource_type_of_the_program(prod: Recording) -> None:
    """A new type of resource without rights would fail half way through a deployment."""
    types = {each.type for each in prod.records.values() if each.type.startswith("aws:")}
    assert types - set(CREATED_BY) == set()
    assert [CREATED_BY[each] for each in sorted(types) if not allows(DEPLOY, CREATED_BY[each])] == []


def test_both_roles_cover_every_look_up_of_the_program(prod: Recording) -> None:
    """A preview reads what the program looks up, and no more than that and the state."""
    looked_up = {token for token, _ in prod.invokes}
    assert looked_up - set(LOOKED_UP_BY) == set()
    needed = {action for token in looked_up for action in LOOKED_UP_BY[token]}
    assert all(allows(DEPLOY, action) for action in needed)
    (reading,) = (each for each in PREVIEW["Statement"] if each["Sid"] == "LookUp")
    assert set(reading["Action"]) == needed


def test_every_action_exists() -> None:
    """A misspelt action allows nothing, in silence."""
    for policy in POLICIES:
        for action in actions(policy):
            if "*" not in action:
                assert get_action_data(*action.split(":")), action


def test_no_role_can_change_production_share_snapshots_or_use_a_key() -> None:
    """What the run's own roles are held apart for cannot be done by the role that deploys them."""
    forbidden = ("rds:ModifyDBInstance", "rds:DeleteDBInstance", "rds:ModifyDBSnapshotAttribute", "rds:CopyDBSnapshot")
    forbidden += (
        "rds:RestoreDBInstanceFromDBSnapshot",
        "kms:GenerateMac",
        "kms:Sign",
        "kms:ScheduleKeyDeletion",
        "secretsmanager:GetSecretValue",
    )
    assert [action for policy in POLICIES for action in forbidden if allows(policy, action)] == []
    for action in actions(PREVIEW):
        assert re.match(r"\w+:(Describe|Get|List|Decrypt)", action), action


def test_each_role_is_trusted_in_one_place_only() -> None:
    """Pull requests read, one environment pushes images, one deploys; the repository and the audience are exact."""
    subjects = []
    for trust in TRUSTS:
        (statement,) = trust["Statement"]
        (condition,) = statement["Condition"].items()
        assert condition[0] == "StringEquals"
        assert condition[1].pop("token.actions.githubusercontent.com:aud") == "sts.amazonaws.com"
        subjects += condition[1].values()
    assert subjects == [
        f"repo:OWNER/REPOSITORY:{place}" for place in ("pull_request", "environment:image", "environment:prod")
    ]


def test_the_page_names_what_is_there() -> None:
    """Every target, workflow and variable that the page names exists, and every variable that a workflow reads is on it."""
    makefile = (PROJECT / "Makefile").read_text()
    for target in re.findall(r"`make ([a-z-]+)", PAGE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    files = sorted((PROJECT / ".github/workflows").glob("*.yml"))
    assert sorted(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == [file.stem for file in files]
    read = {name for file in files for name in re.findall(r"vars\.([A-Z_]+)", file.read_text())}
    assert [name for name in read if f"`{name}`" not in PAGE] == []

"""A cloud that invents ids and ARNs, or in a preview leaves them unknown, as a first `pulumi preview` does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

ACCOUNT = "123456789012"
PRODUCTION_GROUPS = ["sg-0production1", "sg-0production2"]
SOURCE_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/11111111-2222-4333-8444-555555555555"
SOURCE_VPC, SOURCE_SUBNETS = "vpc-0production", ["subnet-0production1", "subnet-0production2"]
ARNS = {
    "Bucket": "s3:::{name}",
    "Cluster": "ecs:{region}:{account}:cluster/{name}",
    "EventRule": "events:{region}:{account}:rule/{name}",
    "Function": "lambda:{region}:{account}:function:{name}",
    "Key": "kms:{region}:{account}:key/{name}",
    "LogGroup": "logs:{region}:{account}:log-group:{name}",
    "MetricAlarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "ParameterGroup": "rds:{region}:{account}:pg:{name}",
    "Role": "iam::{account}:role/{name}",
    "Schedule": "scheduler:{region}:{account}:schedule/default/{name}",
    "StateMachine": "states:{region}:{account}:stateMachine:{name}",
    "SubnetGroup": "rds:{region}:{account}:subgrp:{name}",
    "TaskDefinition": "ecs:{region}:{account}:task-definition/{name}:1",
    "Topic": "sns:{region}:{account}:{name}",
}
IDS = {"SecurityGroup": "sg-", "Subnet": "subnet-", "Vpc": "vpc-"}
S3_PREFIX_LIST = "pl-0s3"
VPC = "vpc-0a1b2c3d"
ROUTES = {
    "internet": {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-0a1b2c3d"},
    "nat": {"cidrBlock": "0.0.0.0/0", "gatewayId": "", "natGatewayId": "nat-0a1b2c3d"},
    "none": {"cidrBlock": "10.0.0.0/16", "gatewayId": "local"},
}


@dataclass
class ExistingVpc:
    """A VPC that is there already: its subnets (zone and kind of route), its groups (letting out or not), its names."""

    id: str = VPC
    subnets: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"subnet-0000000a": ("a", "nat"), "subnet-0000000b": ("b", "nat")}
    )
    groups: dict[str, bool] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()  # subnets and groups that belong to another VPC
    main_table: tuple[str, ...] = ()  # subnets without a route table of their own
    dns: bool = True

    def of(self, id_: str) -> str:
        """The VPC of a subnet or a group."""
        return "vpc-00000000" if id_ in self.elsewhere else self.id


class FakeCloud(Mocks):
    """Answers registrations and lookups without any AWS."""

    def __init__(
        self,
        *,
        preview: bool = False,
        region: str = "eu-west-1",
        source: dict[str, Any] | None = None,
        existing: ExistingVpc | None = None,
    ) -> None:
        self.preview, self.region = preview, region
        self.existing = existing or ExistingVpc()
        self.source = source or {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """The id and outputs of a new resource; of a component, none: they are its children's."""
        if not args.custom:
            return "", {}
        if self.preview:
            return "", dict(args.inputs)
        kind = args.typ.rsplit(":", 1)[1]
        name = (
            args.inputs.get("name") or args.inputs.get("bucket") or args.inputs.get("family") or f"{args.name}-a1b2c3d"
        )
        state = {"name": name, **args.inputs}
        if kind in ARNS:
            state["arn"] = "arn:aws:" + ARNS[kind].format(region=self.region, account=ACCOUNT, name=name)
        if kind == "Repository":
            state["repositoryUrl"] = f"{ACCOUNT}.dkr.ecr.{self.region}.amazonaws.com/{name}"
        if kind == "Image":
            state["digest"] = f"sha256:{'d' * 64}"
        if kind == "Function":
            state |= {"version": "1", "qualifiedArn": f"{state['arn']}:1"}
        return IDS.get(kind, "") + name, state

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """The answer to a lookup."""
        return self._answer(args.token, args.args), []

    def _answer(self, token: str, asked: dict[str, Any]) -> dict[str, Any]:
        match token:
            case "aws:index/getPartition:getPartition":
                return {"partition": "aws", "id": "aws"}
            case "aws:index/getRegion:getRegion":
                return {"region": self.region, "id": self.region}
            case "aws:index/getCallerIdentity:getCallerIdentity":
                return {"accountId": ACCOUNT, "id": ACCOUNT}
            case "aws:index/getAvailabilityZones:getAvailabilityZones":
                return {"names": [f"{self.region}{zone}" for zone in "abc"], "id": self.region}
            case "aws:rds/getInstance:getInstance":
                return self._instance(asked["dbInstanceIdentifier"])
            case "aws:rds/getSubnetGroup:getSubnetGroup":
                return {
                    "name": asked["name"],
                    "vpcId": SOURCE_VPC,
                    "subnetIds": list(SOURCE_SUBNETS),
                    "id": asked["name"],
                }
            case "aws:ec2/getPrefixList:getPrefixList":
                return {"id": S3_PREFIX_LIST, "name": asked["name"]}
            case _ if answer := LOOKUPS.get(token):
                return answer(self.existing, asked)
        raise NotImplementedError(f"the fake cloud cannot answer {token}")

    def _instance(self, identifier: str) -> dict[str, Any]:
        return {
            "id": identifier,
            "dbInstanceIdentifier": identifier,
            "engine": "postgres",
            "engineVersion": "15.10",
            "port": 5432,
            "kmsKeyId": SOURCE_KEY,
            "vpcSecurityGroups": list(PRODUCTION_GROUPS),
            "dbSubnetGroup": "production",
            "dbParameterGroups": ["production-postgres15"],
            **self.source,
        }


def _wanted(asked: dict[str, Any]) -> list[str]:
    (only,) = asked["filters"]
    return list(only["values"])


def _listed(asked: dict[str, Any], there: Any) -> dict[str, Any]:
    return {"id": "x", "ids": [each for each in _wanted(asked) if each in there]}


def _route_tables(vpc: ExistingVpc, asked: dict[str, Any]) -> dict[str, Any]:
    (only,) = asked["filters"]
    if only["name"] == "association.main":
        return {"id": "x", "ids": ["rtb-main"]}
    return {"id": "x", "ids": [f"rtb-{each}" for each in only["values"] if each not in vpc.main_table]}


def _route_table(vpc: ExistingVpc, asked: dict[str, Any]) -> dict[str, Any]:
    subnet = asked["routeTableId"].removeprefix("rtb-")
    kind = vpc.subnets[subnet][1] if subnet in vpc.subnets else "internet"
    return {"id": asked["routeTableId"], "routes": [ROUTES["none"], ROUTES[kind]]}


def _groups(vpc: ExistingVpc, asked: dict[str, Any]) -> dict[str, Any]:
    found = _listed(asked, vpc.groups)
    return {**found, "vpcIds": [vpc.of(each) for each in found["ids"]]}


def _rule(vpc: ExistingVpc, asked: dict[str, Any]) -> dict[str, Any]:
    group = asked["securityGroupRuleId"].removeprefix("sgr-")
    return {"id": "x", "securityGroupId": group, "isEgress": vpc.groups[group]}


LOOKUPS: dict[str, Callable[[ExistingVpc, dict[str, Any]], dict[str, Any]]] = {
    "aws:ec2/getSubnets:getSubnets": lambda vpc, asked: _listed(asked, vpc.subnets),
    "aws:ec2/getSubnet:getSubnet": lambda vpc, asked: {
        "id": asked["id"],
        "vpcId": vpc.of(asked["id"]),
        "availabilityZone": vpc.subnets[asked["id"]][0],
    },
    "aws:ec2/getRouteTables:getRouteTables": _route_tables,
    "aws:ec2/getRouteTable:getRouteTable": _route_table,
    "aws:ec2/getVpc:getVpc": lambda vpc, asked: {
        "id": asked["id"],
        "enableDnsSupport": True,
        "enableDnsHostnames": vpc.dns,
        "cidrBlockAssociations": [{"cidrBlock": "10.20.0.0/16"}, {"cidrBlock": "100.64.0.0/16"}],
    },
    "aws:ec2/getSecurityGroups:getSecurityGroups": _groups,
    "aws:vpc/getSecurityGroupRules:getSecurityGroupRules": lambda vpc, asked: {
        "id": "x",
        "ids": [f"sgr-{each}" for each in _wanted(asked) if each in vpc.groups],
    },
    "aws:vpc/getSecurityGroupRule:getSecurityGroupRule": _rule,
}

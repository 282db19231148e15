"""What the program looks up in the emulated account, as pulumi-aws answers it. A lookup that is not in the table is refused."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.account import ACCOUNT, REGION

Client = Callable[[str], Any]
Asked = Mapping[str, Any]
Answer = dict[str, Any]


def _filters(asked: Asked) -> list[dict[str, Any]]:
    found = [{"Name": each["name"], "Values": each["values"]} for each in asked.get("filters", ())]
    return [*found, {"Name": "vpc-id", "Values": [asked["vpcId"]]}] if asked.get("vpcId") else found


def _zones(client: Client, _asked: Asked) -> Answer:
    zones = client("ec2").describe_availability_zones()["AvailabilityZones"]
    return {"names": [zone["ZoneName"] for zone in zones], "id": REGION}


def _subnets(client: Client, asked: Asked) -> Answer:
    found = client("ec2").describe_subnets(Filters=_filters(asked))["Subnets"]
    return {"id": REGION, "ids": [each["SubnetId"] for each in found]}


def _subnet(client: Client, asked: Asked) -> Answer:
    found = client("ec2").describe_subnets(SubnetIds=[asked["id"]])["Subnets"][0]
    return {"id": asked["id"], "vpcId": found["VpcId"], "availabilityZone": found["AvailabilityZone"]}


def _vpc(client: Client, asked: Asked) -> Answer:
    ec2, id_ = client("ec2"), asked["id"]
    found = ec2.describe_vpcs(VpcIds=[id_])["Vpcs"][0]
    names = ("enableDnsSupport", "enableDnsHostnames")
    said = {
        name: ec2.describe_vpc_attribute(VpcId=id_, Attribute=name)[name[0].upper() + name[1:]]["Value"]
        for name in names
    }
    ranges = [{"cidrBlock": each["CidrBlock"]} for each in found["CidrBlockAssociationSet"]]
    return {"id": id_, "cidrBlock": found["CidrBlock"], "cidrBlockAssociations": ranges, **said}


def _route_tables(client: Client, asked: Asked) -> Answer:
    found = client("ec2").describe_route_tables(Filters=_filters(asked))["RouteTables"]
    return {"id": REGION, "ids": [each["RouteTableId"] for each in found]}


def _route_table(client: Client, asked: Asked) -> Answer:
    found = client("ec2").describe_route_tables(RouteTableIds=[asked["routeTableId"]])["RouteTables"][0]
    members = {"cidrBlock": "DestinationCidrBlock", "gatewayId": "GatewayId", "natGatewayId": "NatGatewayId"}
    routes = [{ours: route.get(theirs, "") for ours, theirs in members.items()} for route in found["Routes"]]
    return {"id": asked["routeTableId"], "routes": routes}


def _groups(client: Client, asked: Asked) -> Answer:
    found = client("ec2").describe_security_groups(Filters=_filters(asked))["SecurityGroups"]
    return {
        "id": REGION,
        "ids": [each["GroupId"] for each in found],
        "vpcIds": [each["VpcId"] for each in found],
    }


def _group_rules(client: Client, asked: Asked) -> Answer:
    found = client("ec2").describe_security_group_rules(Filters=_filters(asked))["SecurityGroupRules"]
    return {"id": REGION, "ids": [each["SecurityGroupRuleId"] for each in found]}


def _group_rule(client: Client, asked: Asked) -> Answer:
    id_ = asked["securityGroupRuleId"]
    found = client("ec2").describe_security_group_rules(SecurityGroupRuleIds=[id_])["SecurityGroupRules"][0]
    return {"id": id_, "securityGroupId": found["GroupId"], "isEgress": found["IsEgress"]}


def _subnet_group(client: Client, asked: Asked) -> Answer:
    found = client("rds").describe_db_subnet_groups(DBSubnetGroupName=asked["name"])["DBSubnetGroups"][0]
    subnets = [subnet["SubnetIdentifier"] for subnet in found["Subnets"]]
    return {"id": asked["name"], "name": asked["name"], "vpcId": found["VpcId"], "subnetIds": subnets}


def _prefix_list(client: Client, asked: Asked) -> Answer:
    wanted = [{"Name": "prefix-list-name", "Values": [asked["name"]]}]
    found = client("ec2").describe_managed_prefix_lists(Filters=wanted)["PrefixLists"][0]
    return {"id": found["PrefixListId"], "name": found["PrefixListName"]}


def _instance(client: Client, asked: Asked) -> Answer:
    identifier = asked["dbInstanceIdentifier"]
    found = client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
    return {
        "id": identifier,
        "dbInstanceIdentifier": identifier,
        "engine": found["Engine"],
        "engineVersion": found["EngineVersion"],
        "port": found["Endpoint"]["Port"],
        "kmsKeyId": found.get("KmsKeyId", ""),
        "vpcSecurityGroups": [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]],
        "dbSubnetGroup": found["DBSubnetGroup"]["DBSubnetGroupName"],
        "dbParameterGroups": [group["DBParameterGroupName"] for group in found["DBParameterGroups"]],
    }


LOOKUPS: dict[str, Callable[[Client, Asked], Answer]] = {
    "aws:index/getPartition:getPartition": lambda _client, _asked: {"partition": "aws", "id": "aws"},
    "aws:index/getRegion:getRegion": lambda _client, _asked: {"region": REGION, "id": REGION},
    "aws:index/getCallerIdentity:getCallerIdentity": lambda _client, _asked: {"accountId": ACCOUNT, "id": ACCOUNT},
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
    "aws:ec2/getRouteTable:getRouteTable": _route_table,
    "aws:ec2/getRouteTables:getRouteTables": _route_tables,
    "aws:ec2/getSecurityGroups:getSecurityGroups": _groups,
    "aws:ec2/getSubnet:getSubnet": _subnet,
    "aws:ec2/getSubnets:getSubnets": _subnets,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:rds/getSubnetGroup:getSubnetGroup": _subnet_group,
    "aws:rds/getInstance:getInstance": _instance,
    "aws:vpc/getSecurityGroupRule:getSecurityGroupRule": _group_rule,
    "aws:vpc/getSecurityGroupRules:getSecurityGroupRules": _group_rules,
}

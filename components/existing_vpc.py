"""A VPC that exists: looked up, never changed. What cannot work there is said before anything is made.

The lookups are plain ones, not outputs: all of them have been answered when the first resource is registered.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pulumi_aws as aws

from components.mistakes import Mistake, SettingsMistaken, mistake_at
from components.network import Network, Way, anywhere, service_name, storage
from components.network_settings import Network as Told

INTERNET_GATEWAY = "igw-"
PLACE = "sanitized-snapshots:network"
# What a route can lead to; the gateway of a route is the internet, a virtual private gateway, or `local`.
TARGETS = (
    "carrier_gateway_id",
    "core_network_arn",
    "gateway_id",
    "instance_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
)


class Subnet(NamedTuple):
    """A subnet, and what its default route leads to: empty where it has none."""

    id: str
    vpc_id: str
    zone: str
    default_route: str


def existing_vpc(told: Told, source: str) -> Network:
    """The network that `vpcId` and `subnetIds` name; `source` is the database that given groups must stay apart from.

    Raises: SettingsMistaken, with everything that cannot work.
    """
    subnets = {id_: _subnet(id_) for id_ in _found(aws.ec2.get_subnets, "subnet-id", told.subnet_ids)}
    mistakes = [*_subnet_mistakes(told, subnets), *_group_mistakes(told, source)]
    if told.endpoints == "existing":
        mistakes += _name_mistakes(told)
    else:
        mistakes += _route_mistakes(told, subnets)
    if mistakes:
        raise SettingsMistaken(mistakes)
    by_gateway = any(subnet.default_route.startswith(INTERNET_GATEWAY) for subnet in subnets.values())
    return Network(
        vpc_id=str(told.vpc_id),
        database_subnet_ids=list(told.subnet_ids),
        sanitizer_subnet_ids=list(told.subnet_ids),
        public_address=told.endpoints != "existing" and by_gateway,
        ways=tuple(_to_endpoints(told)) if told.endpoints == "existing" else (anywhere(),),
        temporary_group_ids=told.temporary_security_group_ids,
    )


def _found(look_up: Callable[..., Any], key: str, ids: Sequence[str]) -> list[str]:
    return list(look_up(filters=[{"name": key, "values": list(ids)}]).ids) if ids else []


def _subnet(id_: str) -> Subnet:
    found = aws.ec2.get_subnet(id=id_)
    # A subnet that is associated with no route table uses the VPC's main one.
    tables = _tables(found.vpc_id, "subnet-id", id_) or _tables(found.vpc_id, "main", "true")
    routes = aws.ec2.get_route_table(route_table_id=tables[0]).routes
    default = next((route for route in routes if route.cidr_block == "0.0.0.0/0"), None)
    leads_to = next((str(getattr(default, target)) for target in TARGETS if getattr(default, target, "")), "")
    return Subnet(id_, found.vpc_id, found.availability_zone, leads_to)


def _tables(vpc_id: str, association: str, value: str) -> Sequence[str]:
    return aws.ec2.get_route_tables(
        vpc_id=vpc_id, filters=[{"name": f"association.{association}", "values": [value]}]
    ).ids


def _subnet_mistakes(told: Told, subnets: Mapping[str, Subnet]) -> Iterator[Mistake]:
    for number, id_ in enumerate(told.subnet_ids):
        at = f"{PLACE}.subnetIds[{number}]"
        if id_ not in subnets:
            remedy = "Copy the id of one that exists, or correct `aws:region`"
            yield mistake_at(at, id_, "There is no such subnet in this account and region", remedy)
        elif subnets[id_].vpc_id != told.vpc_id:
            rule = f"It lies in {subnets[id_].vpc_id}"
            yield mistake_at(at, id_, rule, f"Name subnets of {told.vpc_id}, or correct `vpcId`")
    zones = {subnet.zone for subnet in subnets.values()}
    if len(zones) == 1 and len(subnets) == len(told.subnet_ids):
        rule = f"RDS needs subnets in two availability zones, and all of these are in {zones.pop()}"
        yield mistake_at(f"{PLACE}.subnetIds", list(told.subnet_ids), rule, "Add one in another zone")


def _route_mistakes(told: Told, subnets: Mapping[str, Subnet]) -> Iterator[Mistake]:
    for number, id_ in enumerate(told.subnet_ids):
        if id_ in subnets and not subnets[id_].default_route:
            yield mistake_at(
                f"{PLACE}.subnetIds[{number}]",
                id_,
                "It has no default route, so the sanitizer could not fetch its image there",
                "Name subnets that have one, or write `endpoints: existing` where the VPC has endpoints",
            )
    ways = {subnet.default_route.startswith(INTERNET_GATEWAY) for subnet in subnets.values() if subnet.default_route}
    if len(ways) > 1:
        rule = "Some have an internet gateway and some have not: a task gets a public address in all of them or in none"
        yield mistake_at(f"{PLACE}.subnetIds", list(told.subnet_ids), rule, "Name subnets of one kind")


def _name_mistakes(told: Told) -> Iterator[Mistake]:
    vpc = aws.ec2.get_vpc(id=told.vpc_id)
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        rule = "Endpoints go by AWS's own names, for which a VPC has to have DNS support and DNS hostnames"
        yield mistake_at(f"{PLACE}.vpcId", told.vpc_id, rule, "Have them switched on there")


def _group_mistakes(told: Told, source: str) -> Iterator[Mistake]:
    if not told.temporary_security_group_ids:
        return
    given = list(told.temporary_security_group_ids)
    found = aws.ec2.get_security_groups(filters=[{"name": "group-id", "values": given}])
    vpcs = dict(zip(found.ids, found.vpc_ids, strict=True))
    productions = aws.rds.get_instance(db_instance_identifier=source).vpc_security_groups
    open_ones = _letting_out(given)
    for number, group in enumerate(given):
        at = f"{PLACE}.temporarySecurityGroupIds[{number}]"
        if group not in vpcs:
            remedy = "Copy the id of one that exists, or correct `aws:region`"
            yield mistake_at(at, group, "There is no such security group in this account and region", remedy)
        elif vpcs[group] != told.vpc_id:
            yield mistake_at(at, group, f"It belongs to {vpcs[group]}", f"Name groups of {told.vpc_id}")
        if group in productions:
            rule = f"It is production's: {source} is in it"
            yield mistake_at(at, group, rule, "Name groups that nothing else is in, or remove it to have one made")
        if group in open_ones:
            rule = "It lets something out, and a temporary database may reach nothing"
            yield mistake_at(at, group, rule, "Remove its outbound rules (a new group has one), or name another")


def _letting_out(groups: Sequence[str]) -> set[str]:
    rules = _found(aws.vpc.get_security_group_rules, "group-id", groups)
    looked_up = (aws.vpc.get_security_group_rule(security_group_rule_id=rule) for rule in rules)
    return {rule.security_group_id for rule in looked_up if rule.is_egress}


def _to_endpoints(told: Told) -> Iterator[Way]:
    """To wherever in the VPC its endpoints are; they are in groups that we do not know."""
    associations = aws.ec2.get_vpc(id=told.vpc_id).cidr_block_associations
    for number, each in enumerate(associations):
        yield Way(f"endpoints-{number}", "AWS APIs and the image registry", cidr=each.cidr_block)
    yield storage(aws.ec2.get_prefix_list(name=service_name("s3", aws.get_region().region)).id)

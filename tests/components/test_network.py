"""Who can reach whom, computed from the recorded graph."""

import json
from collections import defaultdict
from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from components.own_vpc import ZONES, subnet_ranges
from rehearsal.recording import Recording
from tests.components.fake_cloud import PRODUCTION_GROUPS

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
SUBNET, ASSOCIATION = "aws:ec2/subnet:Subnet", "aws:ec2/routeTableAssociation:RouteTableAssociation"
ROUTE, TABLE = "aws:ec2/route:Route", "aws:ec2/routeTable:RouteTable"
WORLD = "0.0.0.0/0"
End = tuple[str, int, int]  # a group's logical name or a range, from port, to port


def rules(recording: Recording, type_: str) -> dict[str, set[End]]:
    """For each group what its rules let in (or out)."""
    names = {group.id: group.name for group in recording.of_type(GROUP)}
    found: defaultdict[str, set[End]] = defaultdict(set)
    for rule in (record.inputs for record in recording.of_type(type_)):
        other = rule["cidrIpv4"] if "cidrIpv4" in rule else names[rule["referencedSecurityGroupId"]]
        assert rule["ipProtocol"] == "tcp"
        found[names[rule["securityGroupId"]]].add((other, rule["fromPort"], rule["toPort"]))
    return dict(found)


def test_only_its_own_sanitizer_reaches_a_temporary_database(up: Recording, two: Recording) -> None:
    """On the database's port and no other; one database's sanitizer does not reach another's temporary database."""
    for recording, databases in ((up, ["shop"]), (two, ["orders", "orders-archive"])):
        assert rules(recording, INGRESS) == {
            f"{name}-temporary": {(f"{name}-sanitizer", 5432, 5432)} for name in databases
        }


def test_nothing_leaves_a_temporary_database(up: Recording) -> None:
    """Its group has no rule outwards, and says so to AWS, whose default lets everything out."""
    assert "shop-temporary" not in rules(up, EGRESS)
    group = up.one(GROUP, "shop-temporary")
    assert group.inputs["egress"] == []
    assert "ingress" not in group.inputs


def test_the_sanitizer_speaks_https_and_to_its_own_database_only(up: Recording, two: Recording) -> None:
    """HTTPS for AWS and the registry, the database's port to its own temporary group; and nothing comes in."""
    for recording, name in ((up, "shop"), (two, "orders"), (two, "orders-archive")):
        assert rules(recording, EGRESS)[f"{name}-sanitizer"] == {(WORLD, 443, 443), (f"{name}-temporary", 5432, 5432)}
        assert f"{name}-sanitizer" not in rules(recording, INGRESS)


def test_a_forgotten_group_reaches_nothing(up: Recording) -> None:
    """The VPC's default group, which RDS would take where none is named, lets nothing in or out."""
    default = up.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert (default["ingress"], default["egress"]) == ([], [])


def test_temporary_databases_have_no_route_out(up: Recording) -> None:
    """Their subnet group has two zones; its subnets' route table has no route, and is nobody else's."""
    group = up.one("aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"]
    isolated = [subnet for subnet in up.of_type(SUBNET) if subnet.id in group]
    assert len(isolated) == len(group) == len({subnet.inputs["availabilityZone"] for subnet in isolated}) == ZONES
    tables = {a.inputs["subnetId"]: a.inputs["routeTableId"] for a in up.of_type(ASSOCIATION)}
    (table,) = {tables[subnet.id] for subnet in isolated}
    assert table not in {route.inputs["routeTableId"] for route in up.of_type(ROUTE)}
    assert [record.inputs["routes"] for record in up.of_type(TABLE) if record.id == table] == [[]]
    assert {subnet for subnet, its in tables.items() if its == table} == set(group)


def test_the_sanitizer_runs_where_it_can_fetch_its_image(up: Recording) -> None:
    """In subnets with a route to the internet, with a public address, in a group that lets nothing in."""
    states = json.loads(up.one("aws:sfn/stateMachine:StateMachine").inputs["definition"])["States"]
    network = states["Sanitize"]["Parameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    routed = {route.inputs["routeTableId"] for route in up.of_type(ROUTE)}
    tables = {a.inputs["subnetId"]: a.inputs["routeTableId"] for a in up.of_type(ASSOCIATION)}
    assert {tables[subnet] for subnet in network["Subnets"]} == routed
    assert network["AssignPublicIp"] == "ENABLED"
    assert network["SecurityGroups"] == [up.one(GROUP, "shop-sanitizer").id]


def test_no_subnet_gives_public_addresses_by_itself(up: Recording) -> None:
    """Only what asks for a public address has one."""
    assert len(up.of_type(SUBNET)) == 2 * ZONES
    assert not any(subnet.inputs["mapPublicIpOnLaunch"] for subnet in up.of_type(SUBNET))


def test_no_group_of_ours_is_productions(up: Recording) -> None:
    """The component says which groups are its own and which it stays out of; they have nothing in common."""
    component = up.one("sanitized-snapshots:index:SanitizedSnapshots").inputs
    assert component["temporarySecurityGroupIds"] == [up.one(GROUP, "shop-temporary").id]
    assert component["forbiddenSecurityGroupIds"] == PRODUCTION_GROUPS
    assert not {group.id for group in up.of_type(GROUP)} & set(PRODUCTION_GROUPS)


@given(st.integers(16, 24), st.integers(0, 255))
def test_subnets_divide_the_range_without_overlap(prefix: int, second: int) -> None:
    """Every subnet lies in the VPC's range, is large enough for AWS, and shares no address with another."""
    whole = IPv4Network((f"10.{second}.0.0", prefix))
    parts = list(subnet_ranges(whole))
    assert len(parts) == 2 * ZONES
    assert all(part.subnet_of(whole) and part.prefixlen <= 28 for part in parts)
    assert sum(part.num_addresses for part in parts) == whole.num_addresses

"""Nothing but its own sanitizer reaches a temporary database, which reaches nothing: whatever network the stack is given."""

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pulumi_aws as aws
import pytest

from components.endpoints import INTERFACES
from components.isolation import Isolation
from components.own_vpc import OwnVpc
from rehearsal.recording import Recording
from tests.components.fake_cloud import PRODUCTION_GROUPS, VPC, ExistingVpc, FakeCloud
from tests.components.projects import record_with, whole_program
from tests.components.reachability import INTERNET, PRODUCTION, STORAGE, World, endpoint, sanitizer, temporary
from tests.policy.broken_programs import every, isolation

PORT, HTTPS = 5432, 443
ONE = ({"name": "orders", "source": {"instance": "orders-prod"}},)
TWO = (*ONE, {"name": "orders-archive", "source": {"instance": "archive-prod"}})
EXISTING = {"vpcId": VPC, "subnetIds": ["subnet-0000000a", "subnet-0000000b"]}
GIVEN = ["sg-0000000a", "sg-0000000b"]
NETWORKS: dict[str, dict[str, Any]] = {
    "own": {},
    "own, endpoints": {"endpoints": True},
    "existing": EXISTING,
    "existing, endpoints": {**EXISTING, "endpoints": "existing"},
    "existing, groups": {**EXISTING, "temporarySecurityGroupIds": GIVEN},
}
ANYWHERE = {
    INTERNET,
    STORAGE,
    PRODUCTION,
    "the default group",
}  # at worst: what the graph says nothing of lets HTTPS in
REACHED = {
    "own": {INTERNET, STORAGE, PRODUCTION},
    "own, endpoints": {STORAGE, *map(endpoint, INTERFACES)},
    "existing": ANYWHERE,
    "existing, endpoints": ANYWHERE - {INTERNET},
    "existing, groups": ANYWHERE,
}
MODES = pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
Program = Callable[[], object]


def graph(folder: Path, network: str, *, preview: bool, program: Program = whole_program) -> Recording:
    existing = ExistingVpc(groups=dict.fromkeys(GIVEN, False))
    cloud = FakeCloud(preview=preview, existing=existing)
    databases = ONE if "groups" in network else TWO
    return record_with(
        folder, "dev", *databases, cloud=cloud, preview=preview, program=program, network=NETWORKS[network]
    )


def violations(recording: Recording, network: str) -> list[str]:
    """What is not as promised, as sentences."""
    world = World(recording)
    edges, found = world.edges(), []
    for name in world.databases:
        wanted = {(sanitizer(name), PORT, PORT)}
        into = {(each.source, each.first, each.last) for each in edges if each.target == temporary(name)}
        out_of = {each.target for each in edges if each.source == temporary(name)}
        around = {each.source for each in edges if each.target == sanitizer(name)}
        beyond = {each for each in edges if each.source == sanitizer(name) and each.target != temporary(name)}
        found += [f"{source} reaches {temporary(name)}" for source, *_ in into - wanted]
        found += [f"{sanitizer(name)} does not reach its database" for _ in wanted - into]
        found += [f"{temporary(name)} reaches {target}" for target in out_of]
        found += [f"{source} reaches {sanitizer(name)}" for source in around]
        unlike = {each.target for each in beyond} ^ REACHED[network]
        found += [f"{sanitizer(name)} and {target}" for target in unlike]
        found += [f"{sanitizer(name)} reaches {each}" for each in beyond if (each.first, each.last) != (HTTPS, HTTPS)]
        if network.startswith("own"):
            found += [f"a route from {temporary(name)} to {way}" for way in world.ways_out(temporary(name))]
    if network == "own, endpoints":
        own = {node.name for node in world.nodes} - {INTERNET, STORAGE, PRODUCTION}
        found += [f"a route from {node} to {INTERNET}" for node in own if INTERNET in world.ways_out(node)]
        ends = set(map(endpoint, INTERFACES))
        found += [f"{each.source} reaches {each.target}" for each in edges if each.source in ends]
        allowed = set(map(sanitizer, world.databases))
        found += [
            f"{each.source} reaches {each.target}"
            for each in edges
            if each.target in ends and each.source not in allowed
        ]
    return sorted(found)


@MODES
@pytest.mark.parametrize("network", NETWORKS)
def test_only_its_own_sanitizer_reaches_a_temporary_database(tmp_path: Path, network: str, preview: bool) -> None:
    """On the database's port; the temporary database reaches nothing; nothing reaches a sanitizer, which reaches what it must."""
    assert violations(graph(tmp_path, network, preview=preview), network) == []


@MODES
def test_without_internet_there_is_nothing_to_reach_it_by(tmp_path: Path, preview: bool) -> None:
    """No internet gateway, no NAT, no route, no public address: an endpoint for each service, S3's in one route table."""
    recording = graph(tmp_path, "own, endpoints", preview=preview)
    kinds = {record.type for record in recording.records.values()}
    assert not [kind for kind in kinds if any(word in kind for word in ("Gateway:", "Eip", "ec2/route:"))]
    endpoints = recording.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
    services = {record.inputs["serviceName"]: record.inputs["vpcEndpointType"] for record in endpoints}
    interfaces = {f"com.amazonaws.eu-west-1.{service}": "Interface" for service in INTERFACES}
    assert services == {**interfaces, "com.amazonaws.eu-west-1.s3": "Gateway"}
    assert all(each.inputs["privateDnsEnabled"] for each in endpoints if each.inputs["vpcEndpointType"] == "Interface")
    machine = recording.one("aws:sfn/stateMachine:StateMachine", "orders").inputs["definition"]
    assert preview or '"AssignPublicIp": "DISABLED"' in machine


# Our program with one thing broken: each a way in which somebody could open it.


vpc = partial(every, OwnVpc)
NUMBERS = itertools.count()


def rule(kind: Any, **what: Any) -> None:
    kind(f"opened-{next(NUMBERS)}", ip_protocol="tcp", from_port=PORT, to_port=PORT, **what)


def let_in(**what: Any) -> Program:
    """Something more is let into each temporary database."""

    def change(made: Isolation) -> None:
        rule(aws.vpc.SecurityGroupIngressRule, security_group_id=made.temporary_group_ids[0], **what)

    return within(isolation, change)


def let_out(**what: Any) -> Program:
    """Temporary databases may send."""

    def change(made: Isolation) -> None:
        rule(aws.vpc.SecurityGroupEgressRule, security_group_id=made.temporary_group_ids[0], **what)

    return within(isolation, change)


def within(changing: Callable[[Any], Any], change: Callable[[Any], object]) -> Program:
    def program() -> object:
        with changing(change):
            return whole_program()

    return program


def _share_a_group() -> Program:
    first: list[Any] = []

    def change(made: Isolation) -> None:
        first.extend(made.temporary_group_ids[:1])
        rule(
            aws.vpc.SecurityGroupIngressRule,
            security_group_id=first[0],
            referenced_security_group_id=made.sanitizer_group_id,
        )
        rule(
            aws.vpc.SecurityGroupEgressRule,
            security_group_id=made.sanitizer_group_id,
            referenced_security_group_id=first[0],
        )

    return within(isolation, change)


def _sanitizer_everywhere(made: Isolation) -> None:
    rule(aws.vpc.SecurityGroupEgressRule, security_group_id=made.sanitizer_group_id, cidr_ipv4="0.0.0.0/0")


def _sanitizer_open(made: Isolation) -> None:
    rule(aws.vpc.SecurityGroupIngressRule, security_group_id=made.sanitizer_group_id, cidr_ipv4="10.0.0.0/8")


def _productions_group(made: Isolation) -> None:
    made.temporary_group_ids[0] = PRODUCTION_GROUPS[0]


def _internet(made: OwnVpc) -> None:
    gateway = aws.ec2.InternetGateway("opened", vpc_id=made.network.vpc_id)
    aws.ec2.Route(
        "opened", route_table_id=made.sanitizer_table_id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id
    )


def _isolated_gateway(made: OwnVpc) -> None:
    """S3 answers in the databases' subnets too."""
    table = aws.ec2.RouteTable("opened", vpc_id=made.network.vpc_id)
    aws.ec2.RouteTableAssociation("opened", route_table_id=table.id, subnet_id=made.network.database_subnet_ids[0])
    made.sanitizer_table_id = table.id


def _wide_endpoints(made: OwnVpc) -> None:
    kind = aws.vpc.SecurityGroupIngressRule
    kind("opened", security_group_id=made.endpoint_group_id, ip_protocol="-1", cidr_ipv4="10.0.0.0/8")


def _sending_endpoints(made: OwnVpc) -> None:
    kind = aws.vpc.SecurityGroupEgressRule
    kind("opened", security_group_id=made.endpoint_group_id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0")


BROKEN: dict[str, tuple[str, Program, str]] = {
    "production is let in": (
        "own",
        let_in(referenced_security_group_id=PRODUCTION_GROUPS[0]),
        f"{PRODUCTION} reaches {temporary('orders')}",
    ),
    "a range is let in": (
        "own, endpoints",
        let_in(cidr_ipv4="10.0.0.0/8"),
        f"{PRODUCTION} reaches {temporary('orders-archive')}",
    ),
    "something is let in to given groups": (
        "existing, groups",
        let_in(cidr_ipv4="0.0.0.0/0"),
        f"{PRODUCTION} reaches {temporary('orders')}",
    ),
    "a temporary database sends": (
        "existing",
        let_out(cidr_ipv4="0.0.0.0/0"),
        f"{temporary('orders')} reaches {INTERNET}",
    ),
    "another's sanitizer is let in": (
        "own",
        _share_a_group(),
        f"{sanitizer('orders-archive')} reaches {temporary('orders')}",
    ),
    "a sanitizer goes everywhere": (
        "own, endpoints",
        within(isolation, _sanitizer_everywhere),
        f"{sanitizer('orders')} and {PRODUCTION}",
    ),
    "a sanitizer lets something in": (
        "own",
        within(isolation, _sanitizer_open),
        f"{PRODUCTION} reaches {sanitizer('orders')}",
    ),
    "a temporary database is in production's group": (
        "own",
        within(isolation, _productions_group),
        f"{PRODUCTION} reaches {temporary('orders')}",
    ),
    "a route leads to the internet": (
        "own, endpoints",
        within(vpc, _internet),
        f"a route from {sanitizer('orders')} to {INTERNET}",
    ),
    "S3's gateway is in the databases' route table": (
        "own, endpoints",
        within(vpc, _isolated_gateway),
        f"a route from {temporary('orders')} to {STORAGE}",
    ),
    "endpoints let everybody in": (
        "own, endpoints",
        within(vpc, _wide_endpoints),
        f"{PRODUCTION} reaches {endpoint('kms')}",
    ),
    "endpoints send": ("own, endpoints", within(vpc, _sending_endpoints), f"{endpoint('kms')} reaches {PRODUCTION}"),
}


@MODES
@pytest.mark.parametrize("way", BROKEN)
def test_an_opening_is_seen(tmp_path: Path, way: str, preview: bool) -> None:
    """A rule, a route or a group more than there should be is named by what it opens."""
    network, program, says = BROKEN[way]
    assert says in violations(graph(tmp_path, network, preview=preview, program=program), network)

"""Who could reach whom: a small model of VPCs over a recorded graph.

Things are known by their place in the graph, so it holds in a preview too, where no id is known. What the graph does not say is
taken at its worst: production's groups let everything in and out, are in the same network, and the routes of a VPC that exists
lead everywhere.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any, NamedTuple

from rehearsal.recording import Record, Recording
from rehearsal.wire_values import UNKNOWN
from tests.components.fake_cloud import PRODUCTION_GROUPS, S3_PREFIX_LIST

GROUP, DEFAULT_GROUP = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
TABLE, ROUTE = "aws:ec2/routeTable:RouteTable", "aws:ec2/route:Route"
ASSOCIATION, SUBNET = "aws:ec2/routeTableAssociation:RouteTableAssociation", "aws:ec2/subnet:Subnet"
GATEWAY, ENDPOINT = "aws:ec2/internetGateway:InternetGateway", "aws:ec2/vpcEndpoint:VpcEndpoint"
SUBNET_GROUP, COMPONENT = "aws:rds/subnetGroup:SubnetGroup", "sanitized-snapshots:index:SanitizedSnapshots"
STATE_MACHINE = "aws:sfn/stateMachine:StateMachine"
INTERNET, STORAGE, PRODUCTION, DEFAULT, INSIDE = "the internet", "S3", "production", "the default group", "inside"
Refs = frozenset[str]


class Rule(NamedTuple):
    """One peer (a group, a range or a prefix list) on a range of ports."""

    peer: str
    first: int
    last: int


EVERYTHING = Rule("0.0.0.0/0", 0, 65535)


class Node(NamedTuple):
    """Something that sends or receives: its groups (None: nothing filters), its subnets, whether it has a public address."""

    name: str
    place: str = INSIDE
    groups: Refs | None = None
    subnets: Refs = frozenset()
    public: bool = False


class Edge(NamedTuple):
    """One node reaches another, on a range of ports."""

    source: str
    target: str
    first: int
    last: int


class World:
    """The network of a recorded stack, with everything that matters in and around it."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._urns = {record.id: record.urn for record in recording.records.values() if record.id}
        self._tables: defaultdict[str, Refs] = defaultdict(frozenset)  # all of them, where a subnet has several
        for record in recording.of_type(ASSOCIATION):
            for subnet in self.refs(record, "subnetId"):
                self._tables[subnet] |= self.refs(record, "routeTableId")
        self.databases = [record.name for record in recording.of_type(COMPONENT)]
        self.into, self.out_of = self._rules(INGRESS, "ingress"), self._rules(EGRESS, "egress")
        self.nodes = list(self._nodes())

    def refs(self, record: Record, key: str) -> Refs:
        """What a property refers to: resources of this graph by URN, others by id."""
        value = record.inputs.get(key)
        values = value if isinstance(value, list) else [] if value is None else [value]
        known = {self._urns.get(each, each) for each in values if each != UNKNOWN}
        return frozenset(known | set(record.property_dependencies.get(key, ()) if UNKNOWN in values else ()))

    def edges(self) -> set[Edge]:
        """Every pair of nodes of which one reaches the other."""
        return {
            Edge(source.name, target.name, max(out.first, into.first), min(out.last, into.last))
            for source in self.nodes
            for target in self.nodes
            if source != target and self._path(source, target)
            for out in self._rules_of(source, self.out_of)
            for into in self._rules_of(target, self.into)
            if _meant(out, target) and _meant(into, source) and max(out.first, into.first) <= min(out.last, into.last)
        }

    def ways_out(self, node: str) -> set[str]:
        """Where the routes of a node's subnets lead besides their own VPC, whatever its groups say."""
        (found,) = [each for each in self.nodes if each.name == node]
        return {way for subnet in found.subnets for way in self._ways(subnet)}

    def _rules(self, type_: str, inline: str) -> dict[str, list[Rule]]:
        found: defaultdict[str, list[Rule]] = defaultdict(list)
        for record in self._recording.of_type(type_):
            for group in self.refs(record, "securityGroupId"):
                found[group] += [Rule(peer, *_ports(record.inputs)) for peer in self._peers(record)]
        for record in (*self._recording.of_type(GROUP), *self._recording.of_type(DEFAULT_GROUP)):
            for entry in record.inputs.get(inline) or ():
                peers = [
                    *entry.get("cidrBlocks", ()),
                    *entry.get("securityGroups", ()),
                    *entry.get("prefixListIds", ()),
                ]
                peers += [record.urn] if entry.get("self") else []
                found[record.urn] += [Rule(self._urns.get(peer, peer), *_ports(entry)) for peer in peers]
        return found

    def _peers(self, record: Record) -> Iterator[str]:
        for key in ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"):
            yield from self.refs(record, key)

    def _rules_of(self, node: Node, rules: dict[str, list[Rule]]) -> list[Rule]:
        if node.groups is None:
            return [EVERYTHING]
        return [rule for group in node.groups for rule in rules.get(group, ())]

    def _nodes(self) -> Iterator[Node]:
        yield Node(INTERNET, INTERNET)
        yield Node(STORAGE, STORAGE)
        yield Node(PRODUCTION, groups=None)
        defaults = self._recording.of_type(DEFAULT_GROUP)
        yield Node(DEFAULT, groups=frozenset(each.urn for each in defaults) if defaults else None)
        isolated = self.refs(self._recording.one(SUBNET_GROUP), "subnetIds")
        for name in self.databases:
            groups = self.refs(self._recording.one(COMPONENT, name), "temporarySecurityGroupIds")
            yield Node(temporary(name), groups=None if groups & set(PRODUCTION_GROUPS) else groups, subnets=isolated)
            yield self._sanitizer(name)
        for record in self._recording.of_type(ENDPOINT):
            if record.inputs["vpcEndpointType"] == "Interface":
                groups, subnets = self.refs(record, "securityGroupIds"), self.refs(record, "subnetIds")
                yield Node(endpoint(record.inputs["serviceName"].split(".", 3)[3]), groups=groups, subnets=subnets)

    def _sanitizer(self, name: str) -> Node:
        machine = self._recording.one(STATE_MACHINE, name)
        if machine.inputs["definition"] == UNKNOWN:
            made_from = [self._recording.records[urn] for urn in machine.property_dependencies["definition"]]
            groups = frozenset(each.urn for each in made_from if each.type == GROUP)
            subnets = frozenset(each.urn for each in made_from if each.type == SUBNET)
            return Node(sanitizer(name), groups=groups, subnets=subnets or frozenset({UNKNOWN}), public=True)
        task = json.loads(machine.inputs["definition"])["States"]["Sanitize"]["Parameters"]
        network: dict[str, Any] = task["NetworkConfiguration"]["AwsvpcConfiguration"]
        groups = frozenset(self._urns.get(each, each) for each in network["SecurityGroups"])
        subnets = frozenset(self._urns.get(each, each) for each in network["Subnets"])
        return Node(sanitizer(name), groups=groups, subnets=subnets, public=network["AssignPublicIp"] == "ENABLED")

    def _path(self, source: Node, target: Node) -> bool:
        match source.place, target.place:
            case (place, _) if place == STORAGE:
                return False  # it answers, and asks nobody
            case (place, other) if place == other == INSIDE:
                return True
            case (place, other) if place == INTERNET:
                return other == INSIDE and target.public and INTERNET in self.ways_out(target.name)
            case (_, other) if other == INTERNET:
                return INTERNET in self.ways_out(source.name)
        return bool(self.ways_out(source.name) & {INTERNET, STORAGE})

    def _ways(self, subnet: str) -> set[str]:
        if subnet not in self._tables:
            return {INTERNET}  # of a VPC that exists
        tables, gateways = self._tables[subnet], self._recording.of_type(ENDPOINT)
        through = {STORAGE for each in gateways if tables & self.refs(each, "routeTableIds")}
        routes = [each for each in self._recording.of_type(ROUTE) if tables & self.refs(each, "routeTableId")]
        inline = [each for each in self._recording.of_type(TABLE) if each.urn in tables and each.inputs.get("routes")]
        return through | ({INTERNET} if routes or inline else set())


def sanitizer(database: str) -> str:
    """A database's sanitizer."""
    return f"the sanitizer of {database}"


def temporary(database: str) -> str:
    """A database's temporary databases."""
    return f"the temporary database of {database}"


def endpoint(service: str) -> str:
    """An interface endpoint."""
    return f"the endpoint {service}"


def _ports(entry: dict[str, Any]) -> tuple[int, int]:
    if entry.get("ipProtocol", entry.get("protocol")) == "-1":
        return 0, 65535
    return entry["fromPort"], entry["toPort"]


def _meant(rule: Rule, node: Node) -> bool:
    """Whether the rule speaks of the node."""
    if "/" not in rule.peer or rule.peer.startswith("urn:"):
        named = node.groups if node.groups is not None else set(PRODUCTION_GROUPS) if node.name == PRODUCTION else set()
        return rule.peer in named or (rule.peer == S3_PREFIX_LIST and node.place == STORAGE)
    if ":" in rule.peer or rule.peer == "0.0.0.0/0":
        return True
    return IPv4Network(rule.peer).is_global == (node.place != INSIDE)

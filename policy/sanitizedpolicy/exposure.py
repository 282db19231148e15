"""What the whole internet could reach."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, NamedTuple

from pulumi_policy import Severity

from sanitizedpolicy.reading import UNKNOWN, Unknown, listed, read
from sanitizedpolicy.verdicts import Config, Resource, Verdict, option, policy, verdict
from sanitizedpolicy.words import INSTANCE, SECURITY_GROUP, SUBNET, is_ours

CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
FUNCTION_URL, FUNCTION_PERMISSION = "aws:lambda/functionUrl:FunctionUrl", "aws:lambda/permission:Permission"
RANGES = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")
# Shorter prefixes hold a good part of the internet, also where they are written in halves.
SHORTEST = {4: 8, 6: 16}


class Opening(NamedTuple):
    """A range that may come in, and the ports that it may come to."""

    range: Any
    ports: tuple[Any, Any]


@policy(
    name="databases-are-not-public",
    sentence="No database has a public address.",
    types=(INSTANCE, CLUSTER_INSTANCE),
    severity=Severity.CRITICAL,
    remedy="Set publiclyAccessible to false, and reach the database from inside its VPC",
)
def databases_are_not_public(database: Resource, _config: Config) -> Iterator[Verdict]:
    """Left out it means false."""
    public = read(database.props, "publiclyAccessible")
    yield verdict(public, "publiclyAccessible is true", public)


@policy(
    name="nothing-lets-the-world-in",
    sentence="No security group lets the whole internet in.",
    types=(INGRESS_RULE, OLD_RULE, SECURITY_GROUP, DEFAULT_GROUP),
    severity=Severity.CRITICAL,
    remedy="Name the security group or the ranges that may come in; what the public is served on goes into `publicPorts`",
    config={
        "publicPorts": option(
            "array", [], "Ports that anybody may come to, such as 443 of a load balancer.", items={"type": "integer"}
        )
    },
)
def nothing_lets_the_world_in(rule: Resource, config: Config) -> Iterator[Verdict]:
    """Rules of every kind, and those that stand in groups."""
    for opening in _openings(rule):
        single = opening.ports[0] == opening.ports[1] and opening.ports[0] in config["publicPorts"]
        yield None if single else _too_wide(opening.range)


@policy(
    name="rules-stand-by-themselves",
    sentence="Security groups of sanitized snapshots carry no inline rule: each rule is a resource, which the other policies see.",
    types=(SECURITY_GROUP,),
    severity=Severity.MEDIUM,
    remedy="Make each rule a SecurityGroupIngressRule or SecurityGroupEgressRule",
    config={"everywhere": option("boolean", default=False, description="Also for groups of other programs.")},
)
def rules_stand_by_themselves(group: Resource, config: Config) -> Iterator[Verdict]:
    """An empty list is no rule: it takes away the one that AWS would put there."""
    if config["everywhere"] or is_ours(group.urn):
        for direction in ("ingress", "egress"):
            inline = read(group.props, direction)
            yield verdict(inline, f"it has inline {direction} rules", inline)


@policy(
    name="subnets-give-no-public-address",
    sentence="No subnet gives public addresses to whatever is started in it.",
    types=(SUBNET,),
    severity=Severity.HIGH,
    remedy="Set mapPublicIpOnLaunch to false; what needs a public address asks for one itself",
)
def subnets_give_no_public_address(subnet: Resource, _config: Config) -> Iterator[Verdict]:
    """Left out it means false."""
    public = read(subnet.props, "mapPublicIpOnLaunch")
    yield verdict(public, "mapPublicIpOnLaunch is true", public)


@policy(
    name="functions-answer-no-strangers",
    sentence="No Lambda function can be called without credentials or by every account.",
    types=(FUNCTION_URL, FUNCTION_PERMISSION),
    severity=Severity.HIGH,
    remedy="Use authorizationType AWS_IAM, and name the service or account that may call",
)
def functions_answer_no_strangers(opening: Resource, _config: Config) -> Iterator[Verdict]:
    """A function's URL, and a permission to invoke it."""
    if opening.resource_type == FUNCTION_URL:
        yield "anybody may call the function's URL" if read(opening.props, "authorizationType") == "NONE" else None
    else:
        anybody = read(opening.props, "principal") == "*" and not read(opening.props, "principalOrgId")
        yield "every account may call the function" if anybody else None


def _openings(rule: Resource) -> Iterator[Opening]:
    if rule.resource_type == OLD_RULE and read(rule.props, "type") != "ingress":
        return
    if rule.resource_type in (SECURITY_GROUP, DEFAULT_GROUP):
        rules = listed(read(rule.props, "ingress"))
    else:
        rules = [read(rule.props)]
    for each in rules:
        if not isinstance(each, dict):
            yield Opening(UNKNOWN, (None, None))
            continue
        sources = [source for key in RANGES for source in listed(each.get(key))]
        for source in sources or [None]:
            yield Opening(source, (each.get("fromPort"), each.get("toPort")))


def _too_wide(source: Any) -> Verdict:
    """None is a rule that names no range: a group, or a prefix list."""
    if source is None or isinstance(source, Unknown):
        return source
    try:
        network = ip_network(str(source), strict=False)
    except ValueError:
        return f"{source} is no range of addresses"
    if network.is_private and network.prefixlen:
        return None
    return f"{source} may come in" if network.prefixlen < SHORTEST[network.version] else None

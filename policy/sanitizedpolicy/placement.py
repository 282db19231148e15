"""Where temporary databases stand: in subnets, a VPC and under parameters that are not production's."""

from collections.abc import Iterator
from typing import NamedTuple

from pulumi_policy import PolicyResource, Severity

from sanitizedpolicy.graph import made_from
from sanitizedpolicy.reading import UNKNOWN, Groups, Unknown, groups_in, text, variables
from sanitizedpolicy.verdicts import Stack, Verdict, option, stack_policy, verdict
from sanitizedpolicy.words import (
    CLUSTER,
    COMPONENT,
    FUNCTION,
    INSTANCE,
    PARAMETER_GROUP,
    SUBNET,
    SUBNET_GROUP,
)

SUBNETS, SOURCE_SUBNETS = "temporarySubnetIds", "sourceSubnetIds"
SUBNET_GROUP_VARIABLE, PARAMETER_GROUP_VARIABLE = "SUBNET_GROUP", "PARAMETER_GROUP"
SOURCE_SUBNET_GROUP, SOURCE_PARAMETER_GROUPS = "sourceSubnetGroup", "sourceParameterGroups"
# How the groups begin that RDS makes itself.
DEFAULT = ("default.", "default-vpc-")
VPC, SOURCE_VPC = "temporaryVpcId", "sourceVpcId"


class Places(NamedTuple):
    """Where the databases of a program stand: known ids, and places in the graph."""

    ids: frozenset[str]
    urns: frozenset[str]


@stack_policy(
    name="temporary-subnets-are-not-productions",
    sentence="Temporary databases have a subnet group of their own, and share no subnet with the source or a database of the program.",
    types=(COMPONENT, FUNCTION, SUBNET_GROUP, INSTANCE, CLUSTER),
    severity=Severity.CRITICAL,
    remedy="Give temporary databases subnets and a subnet group that no other database uses",
    always=True,
)
def subnets_are_their_own(stack: Stack) -> Iterator[tuple[PolicyResource, Verdict]]:
    """By names and ids where they are known, and by the graph."""
    production = _database_subnets(stack)
    groups = _database_subnet_groups(stack)
    for component in stack.of(COMPONENT):
        own, sources = groups_in(component.props, SUBNETS), groups_in(component.props, SOURCE_SUBNETS)
        yield component, _missing(own, "temporary subnets") or _missing(sources, "subnets of the source")
        shared = [
            *sorted(own.known & (sources.known | production.ids)),
            *made_from(component, SUBNETS, production.urns),
        ]
        for subnet in shared:
            yield component, f"temporary databases would be in production's subnet {subnet}"
        source = text(component.props, SOURCE_SUBNET_GROUP)
        theirs = groups._replace(ids=groups.ids | ({source} if isinstance(source, str) else set()))
        yield from _told(stack, component, SUBNET_GROUP_VARIABLE, "subnet group", theirs)


@stack_policy(
    name="temporary-databases-stand-in-a-vpc-of-their-own",
    sentence="Temporary databases are not in the VPC of the source.",
    types=(COMPONENT, SUBNET, INSTANCE, CLUSTER),
    severity=Severity.HIGH,
    remedy="Use another VPC; where the source's own VPC is meant, set `allowSourceVpc` for this policy",
    config={
        "allowSourceVpc": option(
            "boolean", default=False, description="Temporary databases may be in the source's VPC."
        )
    },
    always=True,
)
def vpc_is_their_own(stack: Stack) -> Iterator[tuple[PolicyResource, Verdict]]:
    """By ids where they are known, and by the graph."""
    subnets = _database_subnets(stack).urns
    vpcs = {
        vpc.urn
        for subnet in stack.of(SUBNET)
        if subnet.urn in subnets
        for vpc in subnet.property_dependencies.get("vpcId", ())
    }
    for component in stack.of(COMPONENT):
        own, source = text(component.props, VPC), text(component.props, SOURCE_VPC)
        if own is None or source is None:
            yield component, "it does not say which VPCs temporary databases and the source are in"
        elif stack.config["allowSourceVpc"]:
            yield component, None
        elif made_from(component, VPC, vpcs) or (own is not UNKNOWN and own == source):
            yield component, "temporary databases would be in the VPC of the source"
        else:
            made_here = own is UNKNOWN and component.property_dependencies.get(
                VPC
            )  # so it is not one that exists already
            yield component, UNKNOWN if UNKNOWN in (source, None if made_here else own) else None


@stack_policy(
    name="temporary-parameter-groups-are-not-productions",
    sentence="Temporary databases have a parameter group of their own: not the source's, not another database's, not the default one.",
    types=(COMPONENT, FUNCTION, PARAMETER_GROUP, INSTANCE, CLUSTER),
    severity=Severity.HIGH,
    remedy="Name a parameter group that is made for temporary databases: production's may run jobs and log what it is told",
    always=True,
)
def parameter_groups_are_their_own(stack: Stack) -> Iterator[tuple[PolicyResource, Verdict]]:
    """What the functions are told, against what the source and the databases of the program have."""
    theirs = _used(stack, PARAMETER_GROUP, {INSTANCE: "parameterGroupName"})
    for component in stack.of(COMPONENT):
        sources = groups_in(component.props, SOURCE_PARAMETER_GROUPS)
        yield component, _missing(sources, "parameter groups of the source")
        yield from _told(
            stack,
            component,
            PARAMETER_GROUP_VARIABLE,
            "parameter group",
            theirs._replace(ids=theirs.ids | sources.known),
        )


def _told(
    stack: Stack, component: PolicyResource, variable: str, what: str, theirs: Places
) -> Iterator[tuple[PolicyResource, Verdict]]:
    """What the functions of a component restore temporary databases with, against what production has."""
    for function in stack.inside(component, FUNCTION):
        told = variables(function.props)
        group = told if isinstance(told, Unknown) else text(told, variable)
        yield function, verdict(not group, f"it is told no {what} ({variable})", group)
        if isinstance(group, str):
            default = group == "default" or group.startswith(DEFAULT)
            yield function, verdict(default, f"it restores temporary databases with the default {what} {group}")
            known = group in theirs.ids
            yield function, verdict(known, f"it restores temporary databases with production's {what} {group}")
        for name in made_from(function, "environment", theirs.urns):
            yield function, f"it is told of production's {what} {name}"


def _missing(found: Groups, what: str) -> str | None:
    return f"it names no {what}, so that nothing can be compared" if found.missing else None


def _database_subnet_groups(stack: Stack) -> Places:
    return _used(stack, SUBNET_GROUP, {INSTANCE: "dbSubnetGroupName", CLUSTER: "dbSubnetGroupName"})


def _database_subnets(stack: Stack) -> Places:
    """The subnets of the program's own databases."""
    groups = [each for each in stack.of(SUBNET_GROUP) if each.urn in _database_subnet_groups(stack).urns]
    ids = {subnet for group in groups for subnet in groups_in(group.props, "subnetIds").known}
    urns = {subnet.urn for group in groups for subnet in group.property_dependencies.get("subnetIds", ())}
    return Places(frozenset(ids), frozenset(urns))


def _used(stack: Stack, type_: str, keys: dict[str, str]) -> Places:
    """What the program's own databases use of that type: by name, and by place in the graph."""
    ids, urns = set(), set()
    for database in stack.of(*keys):
        key = keys[database.resource_type]
        name = text(database.props, key)
        ids |= {name} if isinstance(name, str) else set()
        urns |= {each.urn for each in database.property_dependencies.get(key, ()) if each.resource_type == type_}
    urns |= {each.urn for each in stack.of(type_) if text(each.props, "name") in ids}
    return Places(frozenset(ids), frozenset(urns))

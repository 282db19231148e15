"""Over the whole stack: no temporary database and no sanitizer depends on a production group, whatever is still unknown."""

from collections.abc import Iterable, Iterator
from typing import Any

from pulumi_policy import PolicyResource, Severity

from sanitizedpolicy.groups import production_groups
from sanitizedpolicy.reading import UNKNOWN, document, get, groups_in, numbered_groups, variables
from sanitizedpolicy.verdicts import Stack, Verdict, stack_policy
from sanitizedpolicy.words import (
    ALSO_PRODUCTION,
    COMPONENT,
    DATABASES,
    FORBIDDEN,
    FORBIDDEN_VARIABLE,
    FUNCTION,
    SECURITY_GROUP,
    STATE_MACHINE,
    TEMPORARY,
    belongs_to_us,
)


@stack_policy(
    name="production-and-temporary-stay-apart",
    sentence="No temporary database and no sanitizer is in a production group, also where ids are not known yet.",
    types=(COMPONENT, STATE_MACHINE, *DATABASES),
    severity=Severity.CRITICAL,
    remedy="Give them security groups of their own, which no other database of the program has",
    config=ALSO_PRODUCTION,
    always=True,
)
def graph_keeps_them_apart(stack: Stack) -> Iterator[tuple[PolicyResource, Verdict]]:
    """By what is known, and by what is made from what."""
    ids = production_ids(stack.resources) | production_groups(stack.config)
    urns = production_urns(stack.resources, ids)
    for component in stack.of(COMPONENT):
        yield component, None
        known = sorted(groups_in(component.props, TEMPORARY).known & ids)
        for group in (*made_from(component, TEMPORARY, urns), *known):
            yield component, f"temporary databases would be in production's security group {group}"
    for machine in stack.of(STATE_MACHINE):
        if belongs_to_us(machine.urn):
            yield machine, None
            for group in made_from(machine, "definition", urns):
                yield machine, f"the sanitizer would be in production's security group {group}"
            for problem in _problems_of(get(machine.props, "definition"), ids):
                yield machine, problem


def production_ids(resources: Iterable[PolicyResource]) -> frozenset[str]:
    """The known ids of production's groups: what the components and their functions were told to stay out of."""
    found: set[str] = set()
    for resource in resources:
        if resource.resource_type == COMPONENT:
            found |= groups_in(resource.props, FORBIDDEN).known
        elif resource.resource_type == FUNCTION:
            found |= numbered_groups(variables(resource.props), FORBIDDEN_VARIABLE).known
        elif resource.resource_type in DATABASES:
            found |= groups_in(resource.props, DATABASES[resource.resource_type]).known
    return frozenset(found)


def production_urns(resources: Iterable[PolicyResource], ids: frozenset[str]) -> frozenset[str]:
    """Production's groups that this very program makes: their ids may be unknown, their places in the graph are not."""
    found: set[str] = set()
    for resource in resources:
        if resource.resource_type == SECURITY_GROUP and get(resource.props, "id") in ids:
            found.add(resource.urn)
        key = FORBIDDEN if resource.resource_type == COMPONENT else DATABASES.get(resource.resource_type)
        if key:
            found |= {each.urn for each in resource.property_dependencies.get(key, ())}
    return frozenset(found)


def made_from(resource: PolicyResource, key: str, urns: Iterable[str]) -> list[str]:
    """The names of those resources that a property is made from."""
    return [each.name for each in resource.property_dependencies.get(key, ()) if each.urn in urns]


def _problems_of(definition: Any, production: frozenset[str]) -> Iterator[str]:
    """What a known definition says of the sanitizer's groups."""
    if definition is UNKNOWN:
        return
    for configuration in network_configurations(document(definition)):
        groups = configuration.get("SecurityGroups") or ()
        if not groups:
            yield "the sanitizer's task names no security group, and would be in the VPC's default group"
        for group in sorted(production.intersection(groups)):
            yield f"the sanitizer would be in production's security group {group}"


def network_configurations(node: Any) -> Iterator[dict[str, Any]]:
    """The network of every task that a definition runs."""
    if isinstance(node, dict):
        parameters = node.get("Parameters") or {}
        if str(node.get("Resource", "")).rsplit(":", 1)[-1].startswith("runTask"):
            yield (parameters.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration") or {}
        for value in node.values():
            yield from network_configurations(value)
    elif isinstance(node, list):
        for value in node:
            yield from network_configurations(value)

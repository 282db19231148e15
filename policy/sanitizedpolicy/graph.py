"""Over the whole stack: no temporary database and no sanitizer depends on a production group, whatever is still unknown."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pulumi_policy import PolicyResource, Severity, StackValidationArgs, StackValidationPolicy

from sanitizedpolicy.reading import get, groups_in, numbered_groups
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
    also_production,
    belongs_to_us,
)

Report = Callable[..., None]


def _validate(args: StackValidationArgs, report: Report) -> None:
    ids = production_ids(args.resources) | also_production(args.get_config())
    urns = production_urns(args.resources, ids)
    for resource in args.resources:
        if resource.resource_type == COMPONENT:
            named = [*_depends_on(resource, TEMPORARY, urns), *sorted(groups_in(resource.props, TEMPORARY).known & ids)]
            for group in named:
                report(f"temporary databases would be in production's security group {group}", resource.urn)
        if resource.resource_type == STATE_MACHINE and belongs_to_us(resource.urn):
            for group in _depends_on(resource, "definition", urns):
                report(f"the sanitizer would be in production's security group {group}", resource.urn)
            for problem in _problems_of(get(resource.props, "definition"), ids):
                report(problem, resource.urn)


def production_ids(resources: Iterable[PolicyResource]) -> frozenset[str]:
    """The known ids of production's groups: what the components and their functions were told to stay out of."""
    found: set[str] = set()
    for resource in resources:
        if resource.resource_type == COMPONENT:
            found |= groups_in(resource.props, FORBIDDEN).known
        elif resource.resource_type == FUNCTION:
            found |= numbered_groups(get(resource.props, "environment", "variables"), FORBIDDEN_VARIABLE).known
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


def _depends_on(resource: PolicyResource, key: str, urns: frozenset[str]) -> list[str]:
    """The names of those groups that a property is made from."""
    return [each.name for each in resource.property_dependencies.get(key, ()) if each.urn in urns]


def _problems_of(definition: Any, production: frozenset[str]) -> Iterator[str]:
    """What a known definition says of the sanitizer's groups."""
    if not isinstance(definition, str):
        return
    for configuration in network_configurations(json.loads(definition)):
        groups = configuration.get("SecurityGroups") or ()
        if not groups:
            yield "the sanitizer's task names no security group: it would be in the VPC's default group"
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


graph_keeps_them_apart = StackValidationPolicy(
    name="production-and-temporary-stay-apart",
    description="No temporary database and no sanitizer is in a production group, also where ids are not known yet.",
    validate=_validate,
    severity=Severity.CRITICAL,
    config_schema=ALSO_PRODUCTION,
)

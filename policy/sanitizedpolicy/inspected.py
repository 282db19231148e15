"""A check that found nothing to check is no check: each component must have been looked at, from every side."""

from collections.abc import Callable, Iterable

from pulumi_policy import PolicyResource, Severity, StackValidationArgs, StackValidationPolicy

from sanitizedpolicy.reading import get, groups_in, numbered_groups
from sanitizedpolicy.words import (
    COMPONENT,
    FORBIDDEN,
    FORBIDDEN_VARIABLE,
    FUNCTION,
    STATE_MACHINE,
    TEMPORARY,
    TEMPORARY_VARIABLE,
    belongs_to_us,
)

Report = Callable[..., None]


def _validate(args: StackValidationArgs, report: Report) -> None:
    ours = [resource for resource in args.resources if belongs_to_us(resource.urn)]
    components = [resource for resource in ours if resource.resource_type == COMPONENT]
    if ours and not components:
        report("parts of sanitized snapshots are deployed without their component: nothing says what to stay out of")
    for component in components:
        inside = [resource for resource in ours if resource.parent and resource.parent.urn == component.urn]
        for absent in uninspected(component, inside):
            report(f"{absent}: the isolation of {component.name} was not inspected", component.urn)


def uninspected(component: PolicyResource, inside: Iterable[PolicyResource]) -> list[str]:
    """What there should have been to inspect, and was not."""
    functions = [resource for resource in inside if resource.resource_type == FUNCTION]
    looked_at = {
        "no list of temporary groups": not groups_in(component.props, TEMPORARY).missing,
        "no list of production's groups": not groups_in(component.props, FORBIDDEN).missing,
        "no function": bool(functions),
        "a function without groups": all(_carries_both(function) for function in functions),
        "no state machine": any(resource.resource_type == STATE_MACHINE for resource in inside),
    }
    return [what for what, was_there in looked_at.items() if not was_there]


def _carries_both(function: PolicyResource) -> bool:
    variables = get(function.props, "environment", "variables")
    return not any(numbered_groups(variables, start).missing for start in (TEMPORARY_VARIABLE, FORBIDDEN_VARIABLE))


isolation_was_inspected = StackValidationPolicy(
    name="isolation-was-inspected",
    description="Where sanitized snapshots are deployed, the pack found their groups, functions and state machine.",
    validate=_validate,
    severity=Severity.HIGH,
)

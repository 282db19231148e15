"""Before a resource is created or changed: the groups of temporary databases are named, and none of them is production's."""

from collections.abc import Callable

from pulumi_policy import ResourceValidationArgs, ResourceValidationPolicy, Severity

from sanitizedpolicy.reading import UNKNOWN, Groups, get, groups_in, numbered_groups
from sanitizedpolicy.words import (
    ALSO_PRODUCTION,
    COMPONENT,
    FORBIDDEN,
    FORBIDDEN_VARIABLE,
    FUNCTION,
    SANITIZER_VARIABLE,
    TEMPORARY,
    TEMPORARY_VARIABLE,
    also_production,
    belongs_to_us,
)

Report = Callable[..., None]


def check_disjoint(temporary: Groups, forbidden: Groups, more: frozenset[str], where: str, report: Report) -> None:
    """Report what is missing, and each production group among the temporary ones."""
    if temporary.missing:
        report(f"{where} names no group for temporary databases: RDS would put them into the VPC's default group")
    if forbidden.missing:
        report(f"{where} names none of production's groups: nothing can be compared; look up the source's groups")
    for group in sorted(temporary.known & (forbidden.known | more)):
        report(
            f"{where} puts temporary databases into production's security group {group}: give them groups of their own"
        )


def _component(args: ResourceValidationArgs, report: Report) -> None:
    if args.resource_type != COMPONENT:
        return
    temporary, forbidden = groups_in(args.props, TEMPORARY), groups_in(args.props, FORBIDDEN)
    check_disjoint(temporary, forbidden, also_production(args.get_config()), "the component", report)


def _function(args: ResourceValidationArgs, report: Report) -> None:
    if args.resource_type != FUNCTION:
        return
    variables = get(args.props, "environment", "variables")
    if variables is None and get(args.props, "environment") is UNKNOWN:
        variables = UNKNOWN
    temporary = numbered_groups(variables, TEMPORARY_VARIABLE)
    if temporary.missing and not belongs_to_us(args.urn):
        return
    forbidden = numbered_groups(variables, FORBIDDEN_VARIABLE)
    more = also_production(args.get_config())
    check_disjoint(temporary, forbidden, more, "the function's environment", report)
    sanitizer = get(variables, SANITIZER_VARIABLE)
    if isinstance(sanitizer, str) and sanitizer in forbidden.known | more:
        report(f"the function's environment puts the sanitizer into production's security group {sanitizer}")


component_lists_are_disjoint = ResourceValidationPolicy(
    name="temporary-groups-are-not-productions",
    description="The security groups of temporary databases are named, and none of them is production's.",
    validate=_component,
    severity=Severity.CRITICAL,
    config_schema=ALSO_PRODUCTION,
)
functions_carry_disjoint_lists = ResourceValidationPolicy(
    name="functions-carry-groups-that-are-not-productions",
    description="The groups that the functions restore temporary databases into are named, and none of them is production's.",
    validate=_function,
    severity=Severity.CRITICAL,
    config_schema=ALSO_PRODUCTION,
)

"""Before a resource is created or changed: the groups of temporary databases are named, and none of them is production's."""

from collections.abc import Iterator

from pulumi_policy import Severity

from sanitizedpolicy.reading import Groups, groups_in, numbered_groups, variables
from sanitizedpolicy.verdicts import Config, Resource, Verdict, policy
from sanitizedpolicy.words import (
    ALSO_PRODUCTION,
    COMPONENT,
    FORBIDDEN,
    FORBIDDEN_VARIABLE,
    FUNCTION,
    SANITIZER_VARIABLE,
    TEMPORARY,
    TEMPORARY_VARIABLE,
    belongs_to_us,
)

REMEDY = (
    "Give temporary databases and the sanitizer security groups of their own, and look up those of the source: RDS puts a "
    "database without groups into the VPC's default group"
)


def _disjoint(temporary: Groups, forbidden: Groups, config: Config) -> Iterator[Verdict]:
    """What is missing, and each production group among the temporary ones."""
    shared = temporary.known & (forbidden.known | production_groups(config))
    yield "it names no group for temporary databases" if temporary.missing else None
    yield "it names none of production's groups, so that nothing can be compared" if forbidden.missing else None
    for group in sorted(shared):
        yield f"it puts temporary databases into production's security group {group}"


def production_groups(config: Config) -> frozenset[str]:
    """The groups that the pack's configuration adds to production's."""
    return frozenset(config["productionSecurityGroupIds"])


@policy(
    name="temporary-groups-are-not-productions",
    sentence="The security groups of temporary databases are named, and none of them is production's.",
    types=(COMPONENT,),
    severity=Severity.CRITICAL,
    remedy=REMEDY,
    config=ALSO_PRODUCTION,
    always=True,
)
def component_lists_are_disjoint(component: Resource, config: Config) -> Iterator[Verdict]:
    """The component's lists, element by element."""
    yield from _disjoint(groups_in(component.props, TEMPORARY), groups_in(component.props, FORBIDDEN), config)


@policy(
    name="functions-carry-groups-that-are-not-productions",
    sentence="The groups that the functions restore temporary databases into are named, and none of them is production's.",
    types=(FUNCTION,),
    severity=Severity.CRITICAL,
    remedy=REMEDY,
    config=ALSO_PRODUCTION,
    always=True,
)
def functions_carry_disjoint_lists(function: Resource, config: Config) -> Iterator[Verdict]:
    """What a function is told, variable by variable; a function that carries groups is ours wherever it stands."""
    told = variables(function.props)
    temporary = numbered_groups(told, TEMPORARY_VARIABLE)
    if not belongs_to_us(function.urn) and not temporary.known:
        return
    forbidden = numbered_groups(told, FORBIDDEN_VARIABLE)
    yield from _disjoint(temporary, forbidden, config)
    sanitizer = told.get(SANITIZER_VARIABLE) if isinstance(told, dict) else None
    if isinstance(sanitizer, str) and sanitizer in forbidden.known | production_groups(config):
        yield f"it puts the sanitizer into production's security group {sanitizer}"

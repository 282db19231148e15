"""A check that found nothing to check is no check: each component must have been looked at, from every side."""

from collections.abc import Iterator, Sequence

from pulumi_policy import PolicyResource, Severity

from sanitizedpolicy.verdicts import Policy, ResourcePolicy, Stack, StackPolicy, Verdict, stack_policy
from sanitizedpolicy.words import COMPONENT, belongs_to_us


def inspection(policies: Sequence[Policy]) -> StackPolicy:
    """The policy that watches the others: those that always find something in a component of ours must have found it."""

    @stack_policy(
        name="nothing-goes-uninspected",
        sentence="Where sanitized snapshots are deployed, each policy about them found something to look at.",
        types=(COMPONENT,),
        severity=Severity.HIGH,
        remedy="Deploy the component whole; where its parts were renamed, teach the pack the new names",
    )
    def check(stack: Stack) -> Iterator[tuple[PolicyResource, Verdict]]:
        components = stack.of(COMPONENT)
        orphans = [] if components else [each for each in stack.resources if belongs_to_us(each.urn)]
        for orphan in orphans[:1]:
            yield (
                orphan,
                "parts of sanitized snapshots are deployed without their component: nothing says what to avoid",
            )
        for component in components:
            yield component, None
            looked_at = [component, *stack.inside(component)]
            for each in policies:
                if each.told.always and not _found(each, looked_at):
                    yield component, f"{each.told.name} had nothing to look at ({', '.join(each.told.types)})"

    return check


def _found(policy: Policy, resources: Sequence[PolicyResource]) -> bool:
    if isinstance(policy, ResourcePolicy):
        return any(policy.verdicts(resource, {}) for resource in resources)
    return bool(policy.verdicts(resources, {}))

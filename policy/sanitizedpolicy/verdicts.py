"""What a policy is: a sentence, what it looks at, and one verdict for each thing that it found there.

A check yields once for each thing that it looked at: what is wrong with it, None where nothing is, UNKNOWN where that shows
only after deployment. So a policy that looked at nothing is told from one that found nothing wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pulumi_policy import (
    PolicyConfigSchema,
    PolicyResource,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from sanitizedpolicy.reading import UNKNOWN, Unknown

Verdict = str | None | Unknown
Config = Mapping[str, Any]
Resource = ResourceValidationArgs | PolicyResource
Report = Callable[..., None]
Check = Callable[[Resource, Config], Iterable[Verdict]]


class Told(NamedTuple):
    """What a policy says of itself. `always`: every one of our components has something for it to look at."""

    name: str
    sentence: str
    types: Sequence[str]
    severity: Severity
    remedy: str
    config: Mapping[str, dict[str, Any]] = {}
    always: bool = False

    @property
    def keywords(self) -> dict[str, Any]:
        """The same, as the policy SDK takes it."""
        schema = PolicyConfigSchema(properties=dict(self.config)) if self.config else None
        said = {"name": self.name, "description": self.sentence, "severity": self.severity}
        return {**said, "remediation_steps": self.remedy, "config_schema": schema}

    def configured(self, given: Config) -> Config:
        """Every option: as given, or its default."""
        return {**{name: option["default"] for name, option in self.config.items()}, **given}

    def mistaken(self, given: Config) -> Iterator[str]:
        """Options that the policy does not have: a mistyped one would leave the default in force, and nobody would know."""
        for name in sorted(set(given) - set(self.config)):
            known = ", ".join(f"`{option}`" for option in self.config) or "none"
            yield f"its configuration says `{name}`, and the options of {self.name} are: {known}"


class Stack(NamedTuple):
    """Everything that a program deploys, and the policy's configuration."""

    resources: Sequence[PolicyResource]
    config: Config

    def of(self, *types: str) -> list[PolicyResource]:
        """The resources of these types."""
        return [resource for resource in self.resources if resource.resource_type in types]

    def inside(self, component: PolicyResource, *types: str) -> list[PolicyResource]:
        """The resources (of these types, where any are named) that stand inside the component, however deep."""
        among = self.of(*types) if types else self.resources
        return [resource for resource in among if component.urn in _ancestors(resource)]


StackCheck = Callable[[Stack], Iterable[tuple[PolicyResource, Verdict]]]


class ResourcePolicy(ResourceValidationPolicy):
    """Judges each resource by itself, before it is created or changed."""

    def __init__(self, told: Told, check: Check) -> None:
        super().__init__(**told.keywords)
        self.told, self._check = told, check

    def verdicts(self, resource: Resource, given: Config) -> list[Verdict]:
        """What the policy says of everything that it looks at in the resource."""
        if resource.resource_type not in self.told.types:
            return []
        return list(self._check(resource, self.told.configured(given)))

    def validate(self, args: ResourceValidationArgs, report_violation: Report) -> None:
        """Report what is wrong."""
        verdicts = self.verdicts(args, args.get_config())
        if verdicts:
            _report(
                [*verdicts, *self.told.mistaken(args.get_config())], args.name, args.urn, self.told, report_violation
            )


class StackPolicy(StackValidationPolicy):
    """Judges resources together, with what is made from what: so it sees what is still unknown in a first preview."""

    def __init__(self, told: Told, check: StackCheck) -> None:
        super().__init__(**told.keywords)
        self.told, self._check = told, check

    def verdicts(self, resources: Sequence[PolicyResource], given: Config) -> list[tuple[PolicyResource, Verdict]]:
        """Each thing that the policy looks at, with what it says of it."""
        return list(self._check(Stack(resources, self.told.configured(given))))

    def validate(self, args: StackValidationArgs, report_violation: Report) -> None:
        """Report what is wrong."""
        for resource, verdict in self.verdicts(args.resources, args.get_config()):
            _report([verdict], resource.name, resource.urn, self.told, report_violation)
        for mistake in self.told.mistaken(args.get_config()):
            report_violation(mistake, None)


Policy = ResourcePolicy | StackPolicy


def policy(**told: Any) -> Callable[[Check], ResourcePolicy]:
    """The check becomes a policy that judges each resource of the types."""
    return lambda check: ResourcePolicy(Told(**told), check)


def stack_policy(**told: Any) -> Callable[[StackCheck], StackPolicy]:
    """The check becomes a policy that judges the whole stack."""
    return lambda check: StackPolicy(Told(**told), check)


def verdict(wrong: object, problem: str, *read: Any) -> Verdict:
    """The problem where something is wrong; UNKNOWN where part of what was read is not known yet."""
    if any(each is UNKNOWN for each in read):
        return UNKNOWN
    return problem if wrong else None


def option(kind: str, default: Any, description: str, **rule: Any) -> dict[str, Any]:
    """One option of a policy, in the words of JSON schema."""
    return {"type": kind, "default": default, "description": description, **rule}


def texts(description: str, *default: str) -> dict[str, Any]:
    """An option that is a list of texts."""
    return option("array", list(default), description, items={"type": "string"})


def _report(verdicts: Iterable[Verdict], name: str, urn: str, told: Told, report: Report) -> None:
    for problem in verdicts:
        if isinstance(problem, str):
            report(f"{name}: {problem}. {told.remedy}", urn)


def _ancestors(resource: PolicyResource) -> Iterator[str]:
    above = resource.parent
    while above is not None:
        yield above.urn
        above = above.parent

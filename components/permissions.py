"""Declared permissions become the narrowest IAM documents: filled in, merged, sorted, and never the source's."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

from handlers.permissions import Permission

Statement = dict[str, Any]
Key = tuple[str, ...]

# What AWS cannot scope to a resource, each with its reason. Nothing else may stand beside a `*`.
UNSCOPABLE = {
    "cloudwatch:PutMetricData": "metrics are no resources; a condition names the namespace",
    "ec2:DescribeSecurityGroupRules": "EC2's Describe calls know no resources",
    "ec2:DescribeSecurityGroups": "EC2's Describe calls know no resources",
    "ec2:DescribeSubnets": "EC2's Describe calls know no resources",
    "ecr:GetAuthorizationToken": "the token is the account's, not a repository's",
    "ecs:DescribeTaskDefinition": "ECS knows no resource for it",
    "ecs:ListTasks": "its resource is a container instance, which Fargate does not have; a condition names the cluster",
    "logs:CreateLogDelivery": "the delivery of vended logs is the account's",
    "logs:DeleteLogDelivery": "the delivery of vended logs is the account's",
    "logs:DescribeLogGroups": "Step Functions asks for all of them",
    "logs:DescribeResourcePolicies": "resource policies of logs are the account's",
    "logs:GetLogDelivery": "the delivery of vended logs is the account's",
    "logs:ListLogDeliveries": "the delivery of vended logs is the account's",
    "logs:PutResourcePolicy": "resource policies of logs are the account's",
    "logs:UpdateLogDelivery": "the delivery of vended logs is the account's",
}
LONGEST_DOCUMENT = 10_240  # characters, blanks aside: IAM takes no more inline, for all of a role
# All that any role of ours may ever do to a source.
ALLOWED_ON_SOURCE = ("rds:CreateDBSnapshot", "rds:Describe*", "rds:ListTagsForResource")


class TooWide(ValueError):
    """A declared permission reaches further than it has to."""


class TooLong(ValueError):
    """A role's document is longer than IAM takes."""


def placeholders(permissions: Iterable[Permission]) -> set[str]:
    """The names that the permissions leave open."""
    texts = [text for each in permissions for text in (*each.resources, *_condition_texts(each))]
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def document(permissions: Iterable[Permission], values: Mapping[str, str | None], sources: Sequence[str]) -> str:
    """The policy of one role: what is declared, and an explicit Deny on the sources.

    Raises: TooWide; TooLong, before IAM refuses it in the middle of a deployment
    """
    denied = {
        "Sid": "SourcesAreNeverChanged",
        "Effect": "Deny",
        "NotAction": list(ALLOWED_ON_SOURCE),
        "Resource": sorted(set(sources)),
    }
    text = json.dumps(
        {"Version": "2012-10-17", "Statement": [*statements(permissions, values), denied]}, separators=(",", ":")
    )
    if len(text) > LONGEST_DOCUMENT:
        raise TooLong(
            f"a role's policy would have {len(text)} characters, and IAM takes {LONGEST_DOCUMENT}: it names each of the "
            f"{len(denied['Resource'])} sources; divide `databases` among several stacks"
        )
    return text


def statements(permissions: Iterable[Permission], values: Mapping[str, str | None]) -> list[Statement]:
    """What is declared, with its placeholders filled, in as few statements as possible.

    Raises: TooWide
    """
    return list(_merged(filled for each in permissions if (filled := _filled(each, values)).resources))


def _filled(permission: Permission, values: Mapping[str, str | None]) -> Permission:
    """The permission with its placeholders filled; what needs an absent value falls away."""
    absent = {name for name, value in values.items() if value is None}
    resources = tuple(text for text in permission.resources if not absent & _names(text))
    if any(absent & _names(text) for text in _condition_texts(permission)):
        resources = ()  # without its condition it would allow more than was declared
    filled = tuple(text.format_map(values) for text in resources)
    conditions = {
        operator: {key.format_map(values): _filled_in(value, values) for key, value in keys.items()}
        for operator, keys in permission.conditions.items()
    }
    return _checked(permission._replace(resources=filled, conditions=conditions))


def _checked(permission: Permission) -> Permission:
    wide = [action for action in permission.actions if "*" in action]
    if "*" in permission.resources:
        wide += [action for action in permission.actions if action not in UNSCOPABLE]
    if wide:
        raise TooWide(f"{', '.join(wide)} would be allowed on {', '.join(permission.resources)}; name the resources")
    passed = permission.conditions.get("StringEquals", {}).get("iam:PassedToService")
    if "iam:PassRole" in permission.actions and permission.resources and not passed:
        raise TooWide("iam:PassRole needs a condition on iam:PassedToService")
    return permission


def _merged(permissions: Iterable[Permission]) -> Iterator[Statement]:
    """As few statements as possible that allow exactly the same."""
    actions: defaultdict[tuple[Key, str], set[str]] = defaultdict(set)
    for each in permissions:
        conditions = json.dumps(each.conditions, sort_keys=True, default=list)
        actions[tuple(sorted(set(each.resources))), conditions].update(each.actions)
    resources: defaultdict[tuple[Key, str], set[str]] = defaultdict(set)
    for (where, conditions), what in actions.items():
        resources[tuple(sorted(what)), conditions].update(where)
    for (allowed, conditions), wheres in sorted(resources.items()):
        statement = {"Effect": "Allow", "Action": list(allowed), "Resource": sorted(wheres)}
        yield statement if conditions == "{}" else {**statement, "Condition": json.loads(conditions)}


def _filled_in(value: str | tuple[str, ...], values: Mapping[str, str | None]) -> str | tuple[str, ...]:
    return value.format_map(values) if isinstance(value, str) else tuple(each.format_map(values) for each in value)


def _condition_texts(permission: Permission) -> Iterator[str]:
    for keys in permission.conditions.values():
        for key, value in keys.items():
            yield key
            yield from (value,) if isinstance(value, str) else value


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}

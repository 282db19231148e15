"""What identities may do, and who may be them."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from pulumi_policy import Severity

from sanitizedpolicy.documents import ENDPOINT, IDENTITY, ROLE, THINGS, TRUST, judged, principals, strings
from sanitizedpolicy.reading import get, read
from sanitizedpolicy.verdicts import Config, Resource, Verdict, policy, texts, verdict

USER = "aws:iam/user:User"
CREDENTIALS = ("aws:iam/accessKey:AccessKey", "aws:iam/userLoginProfile:UserLoginProfile")
# What AWS scopes to no resource: beside these alone a `*` may stand.
UNSCOPABLE = (
    "cloudwatch:PutMetricData",
    "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTasks",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "s3:ListAllMyBuckets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


@policy(
    name="actions-are-named",
    sentence="No identity may do everything: each allowed action is named.",
    types=tuple(IDENTITY),
    severity=Severity.HIGH,
    remedy="Name the actions that are called; where a pattern is meant, add it to `allowedPatterns`",
    config={"allowedPatterns": texts("Actions with a `*` that may be allowed all the same, such as s3:Get*.")},
)
def actions_are_named(identity: Resource, config: Config) -> Iterator[Verdict]:
    """Allowing everything but something is allowing everything."""

    def judge(statement: Any) -> Iterator[Verdict]:
        patterns = [each for each in strings(statement.get("Action")) if "*" in each]
        wide = [each for each in patterns if each not in config["allowedPatterns"]]
        yield verdict("NotAction" in statement, "it allows everything but some actions (NotAction)")
        yield verdict(wide, f"it allows {', '.join(wide)}")

    return judged(identity, IDENTITY, judge)


@policy(
    name="resources-are-named",
    sentence="No identity may do something to everything, except where AWS cannot name what is meant.",
    types=tuple(IDENTITY),
    severity=Severity.HIGH,
    remedy="Name the resources; where AWS scopes the action to none, add it to `alsoUnscopable`",
    config={"alsoUnscopable": texts("More actions (or patterns of them) that AWS scopes to no resource.")},
)
def resources_are_named(identity: Resource, config: Config) -> Iterator[Verdict]:
    """A `*`, or an ARN that names nothing but a service."""
    unscopable = (*UNSCOPABLE, *config["alsoUnscopable"])

    def judge(statement: Any) -> Iterator[Verdict]:
        everything = [each for each in strings(statement.get("Resource")) if _names_everything(each)]
        actions = strings(statement.get("Action"))
        wide = [each for each in actions if not any(fnmatchcase(each, pattern) for pattern in unscopable)]
        yield verdict("NotResource" in statement, "it allows something on everything but some resources (NotResource)")
        yield verdict(wide and everything, f"it allows {', '.join(wide)} on {', '.join(everything)}")

    return judged(identity, IDENTITY, judge)


@policy(
    name="roles-are-passed-to-named-services",
    sentence="Whoever may pass a role may pass a named role, to a named service.",
    types=tuple(IDENTITY),
    severity=Severity.CRITICAL,
    remedy="Allow iam:PassRole on role ARNs without `*`, with a StringEquals condition on iam:PassedToService",
)
def roles_are_passed_to_named_services(identity: Resource, _config: Config) -> Iterator[Verdict]:
    """Passing any role is being any role."""
    return judged(identity, IDENTITY, _passing)


@policy(
    name="nobody-gets-an-access-key",
    sentence="No IAM users, passwords or access keys: identities are roles.",
    types=(ROLE, USER, *CREDENTIALS),
    severity=Severity.HIGH,
    remedy="Use a role: for people through IAM Identity Center, for services through their trust policy",
    config={"allowedUsers": texts("Logical names of users that may stay, with what belongs to them.")},
)
def nobody_gets_an_access_key(identity: Resource, config: Config) -> Iterator[Verdict]:
    """Keys that do not end are found years later."""
    kind = identity.resource_type.rsplit(":", 1)[1]
    allowed = identity.resource_type == ROLE or identity.name in config["allowedUsers"]
    yield None if allowed else f"it is an IAM {kind}"


@policy(
    name="trust-names-who",
    sentence="Each role names the service or account that may be it.",
    types=(ROLE,),
    severity=Severity.CRITICAL,
    remedy="Name the service, account or role in the trust policy's Principal; a `*` lets everybody in",
)
def trust_names_who(role: Resource, _config: Config) -> Iterator[Verdict]:
    """The trust policy."""
    return judged(role, TRUST, _anybody)


@policy(
    name="things-name-who-may-use-them",
    sentence="Buckets, keys, topics, queues, secrets and repositories name who may use them.",
    types=tuple(THINGS),
    severity=Severity.CRITICAL,
    remedy="Name accounts, roles or services in the Principal, or say under which condition everybody is meant",
)
def things_name_who_may_use_them(thing: Resource, _config: Config) -> Iterator[Verdict]:
    """The policy of the thing itself. `Resource: *` in it means the thing."""
    return judged(thing, THINGS, _anybody_at_any_time)


@policy(
    name="endpoints-let-only-named-things-through",
    sentence="The policy of a VPC endpoint does not let every action on everything through.",
    types=tuple(ENDPOINT),
    severity=Severity.MEDIUM,
    remedy="Give the endpoint a policy that names the actions, the resources or the account that it is for",
)
def endpoints_are_narrow(endpoint: Resource, _config: Config) -> Iterator[Verdict]:
    """Without a policy everything goes through, also to buckets and accounts of others."""
    yield verdict(read(endpoint.props, "policy") is None, "it has no policy, and lets everything through")
    yield from judged(endpoint, ENDPOINT, _endless)


def _passing(statement: Any) -> Iterator[Verdict]:
    if any(fnmatchcase("iam:passrole", each.lower()) for each in strings(statement.get("Action"))):
        anyone = [each for each in strings(statement.get("Resource")) if "*" in each]
        service = get(statement, "Condition", "StringEquals", "iam:PassedToService")
        yield verdict(anyone, f"it may pass {', '.join(anyone)}")
        yield verdict(not service, "it may pass a role to any service")


def _endless(statement: Any) -> Iterator[Verdict]:
    every = "*" in strings(statement.get("Action")) and "*" in strings(statement.get("Resource"))
    yield verdict(every and not statement.get("Condition"), "it lets everything through")


def _anybody(statement: Any) -> Iterator[Verdict]:
    everybody = "*" in principals(statement) or "NotPrincipal" in statement
    yield verdict(everybody, "everybody is meant (Principal *)")


def _anybody_at_any_time(statement: Any) -> Iterator[Verdict]:
    return iter([None]) if statement.get("Condition") else _anybody(statement)


def _names_everything(resource: str) -> bool:
    """A `*`, or an ARN whose last part is only that."""
    return resource == "*" or (resource.startswith("arn:") and resource.split(":", 5)[-1] == "*")

"""IAM's verdict on one call, from the documents that are deployed: explicit Deny, then Allow, for every resource it touches."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from moto.iam.models import iam_backends

from rehearsal.conditions import Context, UnknownConditionError, arn_like, holds, like


class Need(NamedTuple):
    """One permission a call takes: the action, on this very resource, with these condition values."""

    action: str
    resource: str
    context: Context


@dataclass(frozen=True)
class Statement:
    """One statement of a deployed document, with the name people find it by."""

    label: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """Allowed by these statements; or the need that was not met, and why."""

    allowed_by: tuple[str, ...] = ()
    missing: Need | None = None
    reason: str = ""

    @property
    def allowed(self) -> bool:
        """Whether every need was met."""
        return self.missing is None


@dataclass(frozen=True)
class ResourcePolicy:
    """The policy that a resource itself carries. A KMS key's has the last word; a bucket's adds to what identities may."""

    account: str
    statements: tuple[Statement, ...]
    has_the_last_word: bool


def evaluate(
    statements: list[Statement],
    needs: list[Need],
    *,
    role_arn: str = "",
    policy_of: Callable[[str], ResourcePolicy | None] = lambda _resource: None,
) -> Verdict:
    """Every need must be allowed, by the role's statements or as the resource's own policy says, and denied by neither."""
    allowed_by: list[str] = []
    for need in needs:
        policy = policy_of(need.resource)
        denying = _matching(statements, need, "Deny") + _naming(policy, role_arn, need, "Deny")
        if denying:
            return Verdict(missing=need, reason=f"with an explicit deny in a policy ({denying[0]})")
        by_identity = _matching(statements, need, "Allow")
        allowing = by_identity if policy is None else _with_policy(policy, role_arn, need, by_identity)
        if not allowing:
            kind = "identity" if policy is None or not by_identity else "resource"
            return Verdict(missing=need, reason=f"because no {kind}-based policy allows the {need.action} action")
        allowed_by.append(f"{need.action}: {allowing[0]}")
    return Verdict(allowed_by=tuple(allowed_by))


def _with_policy(policy: ResourcePolicy, role_arn: str, need: Need, by_identity: list[str]) -> list[str]:
    """What allows the need where the resource has a policy of its own."""
    direct = _naming(policy, role_arn, need, "Allow")
    if role_arn.split(":")[4] == policy.account:
        if direct or not policy.has_the_last_word:
            return direct + by_identity
        return by_identity if _naming(policy, _root_of(role_arn), need, "Allow") else []
    return by_identity if direct or _naming(policy, _root_of(role_arn), need, "Allow") else []


def _naming(policy: ResourcePolicy | None, principal: str, need: Need, effect: str) -> list[str]:
    """The policy's statements that fit the need and name the principal; a Deny for the account's root is one for its roles."""
    if policy is None:
        return []
    named = {"*", principal} | ({_root_of(principal)} if effect == "Deny" else set())
    fitting = [item for item in policy.statements if named & set(_listed(_principals(item.document).get("AWS", [])))]
    return _matching(fitting, need, effect)


def _root_of(arn: str) -> str:
    return f"arn:aws:iam::{arn.split(':')[4]}:root"


def statements_of(role_arn: str) -> list[Statement]:
    """The statements of a role's inline and attached policies, as they are deployed now; none when there is no such role."""
    role = _role(role_arn)
    if role is None:
        return []
    attached = {
        policy.name: version.document
        for policy in role.managed_policies.values()
        for version in policy.versions
        if version.is_default_version
    }
    documents = dict(role.policies) | attached
    return [statement for name, document in documents.items() for statement in statements_in(name, document)]


def statements_in(name: str, document: str) -> list[Statement]:
    """The statements of one policy document."""
    return [
        Statement(f"{name}/{statement.get('Sid', index)}", statement)
        for index, statement in enumerate(_listed(json.loads(document)["Statement"]))
    ]


def may_be_assumed_by(role_arn: str, service: str, context: Context) -> bool:
    """Whether the role exists and trusts the service (`lambda.amazonaws.com`) in these circumstances."""
    role = _role(role_arn)
    if role is None:
        return False
    trusts = [
        statement
        for statement in _listed(json.loads(role.assume_role_policy_document)["Statement"])
        if service in _listed(_principals(statement).get("Service", []))
        and "sts:AssumeRole" in _listed(statement["Action"])
        and _condition_holds(statement, context)
    ]
    return bool(trusts) and all(statement["Effect"] == "Allow" for statement in trusts)


def _role(role_arn: str) -> Any:
    account = role_arn.split(":")[4]
    roles = iam_backends[account]["aws"].roles.values()
    return next((role for role in roles if role.arn == role_arn), None)


def _matching(statements: list[Statement], need: Need, effect: str) -> list[str]:
    return [item.label for item in statements if item.document["Effect"] == effect and _applies(item.document, need)]


def _applies(statement: Mapping[str, Any], need: Need) -> bool:
    return (
        _names_action(statement, need.action)
        and _names_resource(statement, need)
        and _condition_holds(statement, need.context)
    )


def _names_action(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(_same_action(wanted, action) for wanted in _listed(statement["NotAction"]))
    return any(_same_action(wanted, action) for wanted in _listed(statement["Action"]))


def _same_action(wanted: str, action: str) -> bool:
    return like(wanted.lower(), action.lower())


def _names_resource(statement: Mapping[str, Any], need: Need) -> bool:
    if "NotResource" in statement:
        return not any(_same_resource(wanted, need.resource) for wanted in _listed(statement["NotResource"]))
    return any(_same_resource(wanted, need.resource) for wanted in _listed(statement["Resource"]))


def _same_resource(wanted: str, resource: str) -> bool:
    return wanted == "*" or arn_like(wanted, resource)


def _condition_holds(statement: Mapping[str, Any], context: Context) -> bool:
    try:
        return holds(statement.get("Condition", {}), context)
    except UnknownConditionError:
        return bool(statement["Effect"] == "Deny")  # what cannot be judged never opens a door


def _principals(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    principal = statement.get("Principal", {})
    return principal if isinstance(principal, Mapping) else {"AWS": principal}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def context_of(values: Mapping[str, object]) -> dict[str, list[str]]:
    """Condition values as the evaluation takes them: keys in lower case, values as lists of text, absent ones left out."""
    return {key.lower(): list(_spelled(value)) for key, value in values.items() if value is not None}


def _spelled(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list | tuple | set | frozenset) else [value]:
        yield str(item).lower() if isinstance(item, bool) else str(item)

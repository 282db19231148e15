"""IAM's verdicts: every rule of the evaluation that a role's safety rests on."""

from typing import Any

import pytest

from rehearsal.conditions import UnknownConditionError, holds
from rehearsal.iam import Need, Statement, context_of, evaluate

Json = dict[str, Any]
SNAPSHOT = "arn:aws:rds:eu-west-1:123456789012:snapshot:ss-raw"
DB = "arn:aws:rds:eu-west-1:123456789012:db:orders"


def statement(effect: str = "Allow", **parts: Any) -> Statement:
    return Statement("policy/Sid", {"Effect": effect, "Action": "rds:DeleteDBSnapshot", "Resource": SNAPSHOT} | parts)


def allowed(
    *statements: Statement, action: str = "rds:DeleteDBSnapshot", resource: str = SNAPSHOT, **values: Any
) -> bool:
    return evaluate(list(statements), [Need(action, resource, context_of(values))]).allowed


def without(statement: Statement, *keys: str) -> Statement:
    return Statement(statement.label, {key: value for key, value in statement.document.items() if key not in keys})


def test_nothing_is_allowed_by_default() -> None:
    """Without a statement that allows it, a call is denied, and the verdict names what is missing."""
    verdict = evaluate([], [Need("rds:DeleteDBSnapshot", SNAPSHOT, {})])
    assert not verdict.allowed
    assert verdict.missing == Need("rds:DeleteDBSnapshot", SNAPSHOT, {})
    assert "no identity-based policy allows" in verdict.reason


def test_a_statement_allows_its_action_on_its_resource() -> None:
    """Action and resource both have to fit; actions without regard to case, resources with."""
    assert allowed(statement())
    assert allowed(statement(Action="RDS:deletedbsnapshot"))
    assert allowed(statement(Action=["x:y", "rds:Delete*"], Resource=["arn:x", SNAPSHOT[:-3] + "*"]))
    assert not allowed(statement(), action="rds:CopyDBSnapshot")
    assert not allowed(statement(), resource=DB)
    assert not allowed(statement(Resource=SNAPSHOT.upper()))


def test_wildcards_do_not_leave_their_part_of_the_arn() -> None:
    """A `*` in the account's place does not swallow the resource type."""
    assert allowed(statement(Resource="arn:aws:rds:*:*:snapshot:ss-*"))
    assert not allowed(statement(Resource="arn:aws:rds:*:db:ss-*"))
    assert not allowed(statement(Resource="arn:aws:rds:*:*:snapshot:ss-?"))
    assert allowed(statement(Resource="*"))


def test_an_explicit_deny_wins() -> None:
    """However much is allowed, a Deny that fits decides."""
    assert not allowed(statement(Resource="*", Action="*"), statement("Deny"))
    assert allowed(statement(), statement("Deny", Resource=DB))


def test_a_deny_with_not_action_spares_only_what_it_names() -> None:
    """Everything but describing and snapshotting the source is denied, on the source alone."""
    guard = without(statement("Deny", NotAction=["rds:Describe*", "rds:CreateDBSnapshot"], Resource=DB), "Action")
    everything = statement(Action="*", Resource="*")
    assert allowed(everything, guard, action="rds:CreateDBSnapshot", resource=DB)
    assert not allowed(everything, guard, action="rds:DeleteDBInstance", resource=DB)
    assert allowed(everything, guard, action="rds:DeleteDBInstance", resource=DB + "-copy")


def test_not_resource_names_what_is_left_out() -> None:
    """NotResource fits every resource but those it lists."""
    others = without(statement(NotResource=DB), "Resource")
    assert allowed(others)
    assert not allowed(others, resource=DB)


def test_every_need_has_to_be_met() -> None:
    """One resource of several that no statement allows is enough to deny the call."""
    needs = [Need("rds:CreateDBSnapshot", DB, {}), Need("rds:CreateDBSnapshot", SNAPSHOT, {})]
    half = statement(Action="rds:CreateDBSnapshot")
    assert evaluate([half], needs).missing == needs[0]
    assert evaluate([half, statement(Action="rds:CreateDBSnapshot", Resource=DB)], needs).allowed


def test_a_condition_limits_a_statement() -> None:
    """A statement whose condition does not hold does not exist for the call."""
    tagged = statement(Condition={"StringEquals": {"aws:ResourceTag/stack": "prod"}})
    assert allowed(tagged, **{"aws:ResourceTag/stack": "prod"})
    assert not allowed(tagged, **{"aws:ResourceTag/stack": "test"})
    assert not allowed(tagged)


def test_what_is_not_known_never_opens_a_door() -> None:
    """A condition key or operator that cannot be judged makes an Allow useless and a Deny effective."""
    for condition in (
        {"StringNotEquals": {"aws:VpcSourceIp": "10.0.0.1"}},
        {"IpAddress": {"aws:RequestedRegion": "10.0.0.0/8"}},
    ):
        assert not allowed(statement(Condition=condition))
        assert not allowed(statement(), statement("Deny", Condition=condition))


PROD = {"aws:resourcetag/stack": ["prod"]}


@pytest.mark.parametrize(
    ("block", "context", "expected"),
    [
        ({"StringEquals": {"aws:ResourceTag/stack": ["test", "prod"]}}, PROD, True),
        ({"StringEquals": {"aws:ResourceTag/stack": "Prod"}}, PROD, False),
        ({"StringEqualsIgnoreCase": {"aws:ResourceTag/stack": "Prod"}}, PROD, True),
        ({"StringEquals": {"aws:ResourceTag/stack": "p*"}}, PROD, False),
        ({"StringLike": {"aws:ResourceTag/stack": "p*"}}, PROD, True),
        ({"StringNotEquals": {"aws:ResourceTag/stack": "prod"}}, PROD, False),
        ({"StringNotEquals": {"aws:ResourceTag/stack": ["a", "prod"]}}, PROD, False),
        ({"StringNotEquals": {"aws:ResourceTag/stack": "prod"}}, {}, True),
        ({"StringNotLike": {"aws:ResourceTag/stack": "p*"}}, PROD, False),
        ({"StringEquals": {"aws:ResourceTag/stack": "prod"}}, {}, False),
        ({"StringEqualsIfExists": {"aws:ResourceTag/stack": "prod"}}, {}, True),
        ({"StringEqualsIfExists": {"aws:ResourceTag/stack": "prod"}}, {"aws:resourcetag/stack": ["x"]}, False),
        ({"Null": {"aws:ResourceTag/stack": "true"}}, {}, True),
        ({"Null": {"aws:ResourceTag/stack": "true"}}, PROD, False),
        ({"Null": {"aws:ResourceTag/stack": False}}, PROD, True),
        ({"Bool": {"rds:PubliclyAccessible": False}}, {"rds:publiclyaccessible": ["false"]}, True),
        ({"Bool": {"rds:PubliclyAccessible": "false"}}, {}, False),
        ({"ArnLike": {"ecs:cluster": "arn:aws:ecs:*:*:cluster/ss-*"}}, {"ecs:cluster": ["arn:aws:ecs:e:1:cluster/ss-x"]}, True),
        ({"ArnLike": {"ecs:cluster": "arn:aws:ecs:*:cluster/ss-*"}}, {"ecs:cluster": ["arn:aws:ecs:e:1:cluster/ss-x"]}, False),
        ({"ArnNotEquals": {"ecs:cluster": "arn:a:b:c:d:e"}}, {"ecs:cluster": ["arn:a:b:c:d:e"]}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:tagkeys": ["a"]}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:tagkeys": ["a", "c"]}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:tagkeys": ["a", "c"]}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {}, False),
        ({"StringEquals": {"s3:prefix": "a", "aws:ResourceTag/stack": "prod"}}, PROD, False),
        ({"StringEquals": {"s3:prefix": "a"}, "StringLike": {"aws:ResourceTag/stack": "p*"}}, PROD | {"s3:prefix": ["a"]}, True),
    ],
)  # fmt: skip
def test_condition_operators(block: Json, context: dict[str, list[str]], expected: bool) -> None:
    """Each operator, qualifier and absent key has the meaning that IAM gives it."""
    assert holds(block, context) is expected


def test_unknown_keys_and_operators_are_noticed() -> None:
    """They are not taken for absent keys."""
    for block in ({"StringEquals": {"aws:Nonsense": "x"}}, {"DateGreaterThan": {"aws:RequestedRegion": "2026"}}):
        with pytest.raises(UnknownConditionError):
            holds(block, {})

"""Declared permissions become IAM documents that allow exactly that, and never anything on a source."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.permissions import ALLOWED_ON_SOURCE, UNSCOPABLE, TooLong, TooWide, document, placeholders
from handlers.permissions import Permission

SOURCE = "arn:aws:rds:eu-west-1:123456789012:db:orders-prod"
RAW = Permission(("rds:DeleteDBSnapshot",), ("arn:x:{prefix}-raw-*",), {"StringEquals": {"tag/{stack}": "{stack}"}})


def statements(*permissions: Permission, **values: str | None) -> list[dict[str, object]]:
    allowing: list[dict[str, object]] = json.loads(document(permissions, values, [SOURCE]))["Statement"][:-1]
    return allowing


def test_placeholders_are_filled_in_resources_and_conditions() -> None:
    """Nothing of a template is left in a document."""
    assert placeholders([RAW]) == {"prefix", "stack"}
    assert statements(RAW, prefix="ss-prod", stack="prod") == [
        {
            "Effect": "Allow",
            "Action": ["rds:DeleteDBSnapshot"],
            "Resource": ["arn:x:ss-prod-raw-*"],
            "Condition": {"StringEquals": {"tag/prod": "prod"}},
        }
    ]


def test_a_resource_that_does_not_exist_is_left_out() -> None:
    """No share key, no permission on it; nothing widens because something is absent."""
    both = Permission(("kms:DescribeKey",), ("{source_key}", "{share_key}"))
    only = Permission(("kms:CreateGrant",), ("{share_key}",))
    assert statements(both, only, source_key="arn:k", share_key=None) == [
        {"Effect": "Allow", "Action": ["kms:DescribeKey"], "Resource": ["arn:k"]}
    ]


def test_a_condition_that_cannot_be_met_takes_its_permission_with_it() -> None:
    """Dropping the condition alone would allow more than was declared."""
    conditioned = Permission(("kms:CreateGrant",), ("arn:k",), {"StringEquals": {"k": "{share_key}"}})
    assert statements(conditioned, share_key=None) == []


def test_what_is_declared_twice_is_allowed_once() -> None:
    """Same resources and conditions: one statement; same actions and conditions: one statement."""
    merged = statements(
        Permission(("s3:GetObject",), ("arn:a",)),
        Permission(("s3:PutObject", "s3:GetObject"), ("arn:a",)),
        Permission(("s3:GetObject", "s3:PutObject"), ("arn:b",)),
    )
    assert merged == [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:a", "arn:b"]},
    ]


PERMISSION = st.builds(
    Permission,
    st.lists(st.sampled_from(["s3:GetObject", "s3:PutObject", "kms:Sign"]), min_size=1, max_size=3).map(tuple),
    st.lists(st.sampled_from(["arn:a", "arn:b", "arn:c"]), min_size=1, max_size=3).map(tuple),
    st.sampled_from([{}, {"Bool": {"x": "true"}}, {"StringEquals": {"y": ("1", "2")}}]),
)


def grants(policy: str) -> set[tuple[str, str, str]]:
    """Every (action, resource, condition) that a document allows."""
    allowing = [each for each in json.loads(policy)["Statement"] if each["Effect"] == "Allow"]
    return {
        (action, resource, json.dumps(each.get("Condition", {}), sort_keys=True))
        for each in allowing
        for action in each["Action"]
        for resource in each["Resource"]
    }


@given(st.lists(PERMISSION, max_size=6))
def test_merging_neither_adds_nor_loses_anything(permissions: list[Permission]) -> None:
    """The merged document allows exactly the union of what each permission alone allows, whatever their order."""
    alone = set[tuple[str, str, str]]().union(*(grants(document([each], {}, [SOURCE])) for each in permissions))
    assert grants(document(permissions, {}, [SOURCE])) == alone
    assert document(reversed(permissions), {}, [SOURCE]) == document(permissions, {}, [SOURCE])


def test_the_source_is_denied_to_every_role() -> None:
    """Whatever is declared, only reading the source and taking a snapshot of it can ever work."""
    denied = json.loads(document([], {}, [SOURCE]))["Statement"][-1]
    assert denied == {
        "Sid": "SourcesAreNeverChanged",
        "Effect": "Deny",
        "NotAction": list(ALLOWED_ON_SOURCE),
        "Resource": [SOURCE],
    }
    assert ALLOWED_ON_SOURCE == ("rds:CreateDBSnapshot", "rds:Describe*", "rds:ListTagsForResource")


@pytest.mark.parametrize(
    "permission",
    [
        Permission(("rds:*",), ("arn:x",)),
        Permission(("rds:DeleteDBInstance",), ("*",)),
        Permission(("ecs:ListTasks", "rds:DeleteDBInstance"), ("*",)),
        Permission(("iam:PassRole",), ("arn:role",)),
        Permission(("iam:PassRole",), ("arn:role",), {"StringEquals": {"aws:ResourceTag/x": "y"}}),
    ],
)
def test_a_permission_that_reaches_too_far_is_refused(permission: Permission) -> None:
    """Wildcard actions, `*` where AWS can scope, and passing a role to anybody never become a document."""
    with pytest.raises(TooWide):
        document([permission], {}, [SOURCE])


def test_a_policy_that_iam_would_refuse_is_refused_before() -> None:
    """Each role names every source of the stack: with very many, the way out is said, and nothing is half deployed."""
    with pytest.raises(TooLong, match="divide `databases` among several stacks"):
        document([], {}, [f"{SOURCE}-{number}" for number in range(200)])
    assert len(document([], {}, [f"{SOURCE}-{number}" for number in range(100)])) <= 10_240


def test_what_aws_cannot_scope_is_listed_with_its_reason() -> None:
    """The list names single actions, each with a reason."""
    assert all("*" not in action and reason for action, reason in UNSCOPABLE.items())

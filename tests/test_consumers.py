"""The page for consumers can be followed word by word: its commands exist, and its policies let in whom they should and nobody else."""

import json
from typing import Any

import pytest
from botocore.validate import ParamValidator
from policy_sentry.querying.actions import get_action_data

from rehearsal import iam
from tests import consumers

OWNER, CONSUMER, STRANGER = "123456789012", "111122223333", "999988887777"
KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/3f2c1e6a-5b4d-4c8e-9a7f-6d5e4c3b2a10"
THROUGH_RDS = {"kms:ViaService": "rds.eu-west-1.amazonaws.com", "kms:GrantIsForAWSResource": True}


@pytest.mark.parametrize(
    "command",
    [each for each in (*consumers.commands(), consumers.recall()) if each[0] != "wait"],
    ids=lambda each: each[0],
)
def test_command_exists(command: list[str]) -> None:
    """Operation, parameters and their types are those of RDS."""
    operation, given = consumers.parameters(command)
    report = ParamValidator().validate(given, consumers.MODEL.operation_model(operation).input_shape)
    assert not report.has_errors(), report.generate_report()


def test_waits_exist() -> None:
    """What the page waits with is a waiter of the command line."""
    import boto3

    known = boto3.client("rds", region_name="eu-west-1").waiter_names
    waits = [each[1] for each in consumers.commands() if each[0] == "wait"]
    assert waits
    assert {each.replace("-", "_") for each in waits} <= set(known)


def allowed(action: str, account: str, **values: Any) -> bool:
    """Whether a role of that account, with the page's policy, may do it on the share key with the page's policy."""
    key_policy, identity_policy = consumers.policies()
    policy = iam.ResourcePolicy(OWNER, tuple(iam.statements_in("key", json.dumps(key_policy))), has_the_last_word=True)
    need = iam.Need(action, KEY, iam.context_of({**values}))
    role = f"arn:aws:iam::{account}:role/developer"
    mine = iam.statements_in("page", json.dumps(identity_policy))
    return iam.evaluate(mine, [need], role_arn=role, policy_of=lambda _arn: policy).allowed


def test_the_share_keys_policy_lets_rds_read_for_the_consumer_and_nobody_else() -> None:
    """Through RDS, for RDS, in this region, for that account."""
    for action in ("kms:DescribeKey", "kms:Decrypt", "kms:CreateGrant", "kms:ReEncryptFrom"):
        assert allowed(action, CONSUMER, **THROUGH_RDS), action
        assert not allowed(action, STRANGER, **THROUGH_RDS), action
        assert not allowed(action, CONSUMER), action
    assert not allowed("kms:CreateGrant", CONSUMER, **{**THROUGH_RDS, "kms:GrantIsForAWSResource": False})
    for action in ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:Encrypt"):
        assert not allowed(action, CONSUMER, **THROUGH_RDS), action


def test_every_action_of_the_page_exists() -> None:
    """AWS's own tables know it."""
    for policy in consumers.policies():
        for statement in policy["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            for action in actions:
                service, name = action.split(":")
                assert "*" in name or get_action_data(service, name), action

"""The masking key of a stack: a KMS HMAC key that nobody can read, and only the sanitizers' roles can use."""

import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.names import Home

# Nothing that uses a key: the account can look after it, and nobody can use it by an IAM policy alone.
LOOKING_AFTER = (
    "kms:CancelKeyDeletion",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
)

DERIVING = {"StringEquals": {"kms:MacAlgorithm": "HMAC_SHA_256"}}


def masking_key(
    logical: str, home: pulumi.Output[Home], task_roles: Sequence[str], parent: pulumi.Resource
) -> aws.kms.Key:
    """The key; losing it changes every masked value of the next run, so it is protected."""
    return aws.kms.Key(
        logical,
        description="Sanitized snapshots: masking keys are derived from it",
        key_usage="GENERATE_VERIFY_MAC",
        customer_master_key_spec="HMAC_256",
        deletion_window_in_days=30,
        policy=home.apply(lambda home: key_policy(home, task_roles, "kms:GenerateMac", DERIVING)),
        opts=pulumi.ResourceOptions(parent=parent, protect=True),
    )


def key_policy(
    home: Home,
    task_roles: Sequence[str],
    use: str,
    condition: Mapping[str, Mapping[str, str]],
    open_to_the_account: Sequence[str] = (),
) -> str:
    """Who may look after the key, and who may use it: the tasks, for one action. Some actions the account may allow to anybody."""
    account = {"AWS": f"arn:{home.partition}:iam::{home.account}:root"}
    # Named in a condition, not as principals: the roles come after the key.
    by_task = {"ArnEquals": {"aws:PrincipalArn": sorted(home.role(name) for name in task_roles)}}
    statements = [
        {
            "Sid": "LookAfter",
            "Effect": "Allow",
            "Principal": account,
            "Action": [*LOOKING_AFTER, *open_to_the_account],
            "Resource": "*",
        },
        {
            "Sid": "Use",
            "Effect": "Allow",
            "Principal": account,
            "Action": use,
            "Resource": "*",
            "Condition": {**by_task, **condition},
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})

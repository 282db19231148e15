"""The signing key of a stack: a KMS key whose private half nobody can read, and which only the sanitizers' roles sign with."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.masking_key import key_policy
from components.names import Home

# Everybody whom the account lets: whoever can check a report cannot write one.
CHECKING = ("kms:GetPublicKey", "kms:Verify")
STACK = "sanitized-snapshots:stack"  # the tag by which the run's roles find that it is ours
SIGNING = {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}


def signing_key(
    logical: str, home: pulumi.Output[Home], task_roles: Sequence[str], parent: pulumi.Resource
) -> aws.kms.Key:
    """The key; without it the signatures of old reports can be checked by its public half alone, so it is protected."""
    return aws.kms.Key(
        logical,
        description="Sanitized snapshots: reports are signed with it",
        key_usage="SIGN_VERIFY",
        customer_master_key_spec="ECC_NIST_P256",
        deletion_window_in_days=30,
        tags={STACK: pulumi.get_stack()},
        policy=home.apply(lambda home: key_policy(home, task_roles, "kms:Sign", SIGNING, CHECKING)),
        opts=pulumi.ResourceOptions(parent=parent, protect=True),
    )

"""The share key: a key of the account's own, which is not the source's and which this role may have RDS use."""

from typing import Any

from botocore.exceptions import ClientError

from handlers.errors import SourceUnsupported, code
from handlers.permissions import Permission

# The probe is a call of our own, not one that RDS makes for us, so it needs a statement of its own. What it asks for is
# harmless even without DryRun: that the account whose key it is may describe it.
_PROBED = {
    "StringEquals": {"kms:GranteePrincipal": "arn:{partition}:iam::{account}:root"},
    "ForAllValues:StringEquals": {"kms:GrantOperations": "DescribeKey"},
}
PROBING = (
    Permission(("kms:DescribeKey",), ("{share_key}",)),
    Permission(("kms:CreateGrant",), ("{share_key}",), _PROBED),
)
WANTED = {
    "KeyManager": "CUSTOMER",
    "KeyState": "Enabled",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "KeySpec": "SYMMETRIC_DEFAULT",
}


def probe(kms: Any, key: str, *, source: str, source_arn: str) -> str:
    """The share key's own ARN, once it is shown that this role could have RDS use it. Changes nothing: a DryRun.

    Raises: SourceUnsupported
    """
    try:
        metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
        wrong = [name for name, value in WANTED.items() if metadata.get(name) != value]
        if wrong:
            raise _unusable(
                source, key, f"its {' and '.join(wrong)} will not do; name an enabled, symmetric key of your own"
            )
        partition, account = source_arn.split(":")[1], source_arn.split(":")[4]
        grantee = f"arn:{partition}:iam::{account}:root"
        kms.create_grant(KeyId=key, GranteePrincipal=grantee, Operations=["DescribeKey"], DryRun=True)
    except ClientError as error:
        if code(error) == "DryRunOperationException":  # KMS's way of saying: it would have succeeded
            return str(metadata["Arn"])
        if code(error) in {
            "AccessDeniedException",
            "NotFoundException",
            "DisabledException",
            "KMSInvalidStateException",
        }:
            remedy = f"{code(error)}; let the worker's role DescribeKey and CreateGrant in the key's policy"
            raise _unusable(source, key, remedy) from error
        raise
    raise _unusable(source, key, "its DryRun was not answered as one; look at the key's grants")


def _unusable(source: str, key: str, why: str) -> SourceUnsupported:
    return SourceUnsupported(f"{source}: the share key {key} cannot be used: {why}")

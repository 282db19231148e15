"""Why RDS refuses tags, keys and subnets: one guard, one reason.

Each raises AwsError with the code that AWS uses, or does nothing.
Where AWS's code for a refusal is not documented, the nearest modelled one stands here; callers must not depend on it.
"""

import re
from collections.abc import Iterable, Mapping

from rehearsal.errors import AwsError
from rehearsal.rds.neighbours import Keys, Subnet

TAG_TEXT = re.compile(r"[\w\s.:/=+\-@]*")


def tags_are_allowed(tags: Mapping[str, str]) -> None:
    """At most 50 tags, in AWS's alphabet and lengths; those of AWS itself cannot be given."""
    for key, value in tags.items():
        legal = TAG_TEXT.fullmatch(key) and TAG_TEXT.fullmatch(value)
        if not legal or not 1 <= len(key) <= 128 or len(value) > 256 or key.lower().startswith(("aws:", "rds:")):
            raise AwsError("InvalidParameterValue", f"The tag {key} has a key or a value that is not allowed.")
    if len(tags) > 50:
        raise AwsError("InvalidParameterValue", f"{len(tags)} tags: a resource has at most 50.")


def key_is_usable(keys: Keys, key: str, account: str) -> str:
    """The ARN of a key; refused unless it exists, is enabled, and the account may use it."""
    found = keys.find(key, account)
    if found is None:
        raise AwsError(
            "KMSKeyNotAccessibleFault",
            f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it.",
        )
    return found


def key_comes_with_encryption(key: str | None, *, encrypted: bool) -> None:
    """A key for unencrypted storage is a mistake."""
    if key is not None and not encrypted:
        raise AwsError("InvalidParameterCombination", "KmsKeyId cannot be specified unless StorageEncrypted is true.")


def subnets_exist(found: Mapping[str, Subnet | None]) -> None:
    """A subnet group is made of subnets that are there."""
    for subnet_id, subnet in found.items():
        if subnet is None:
            raise AwsError("InvalidSubnet", f"The subnet {subnet_id} does not exist.")


def subnets_lie_in_one_vpc(subnets: Iterable[Subnet]) -> None:
    """A subnet group lies in one VPC."""
    if len({subnet.vpc for subnet in subnets}) > 1:
        raise AwsError("InvalidSubnet", "Not all of the subnets are in the same VPC.")


def subnets_cover_two_zones(subnets: Iterable[Subnet]) -> None:
    """A subnet group covers two availability zones at least."""
    if len({subnet.zone for subnet in subnets}) < 2:
        raise AwsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Add subnets to cover at least 2 AZs.",
        )

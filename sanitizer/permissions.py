"""What the container's role may do: one entry for each call in store.py. Resources are templates that the deployment fills in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Permission(NamedTuple):
    """Actions on resources, under conditions as IAM writes them."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str]] = MappingProxyType({})


# A run_id has one length, so this keeps `orders` away from the temporary database of `orders-archive`.
TEMPORARY = "arn:{partition}:rds:{region}:{account}:db:{prefix}-temporary-{database}-" + "?" * 12 + "-" + "?" * 4
PERMISSIONS = (
    # All rules of the database, not only the newest: an execution goes on with those that it began with.
    Permission(("s3:GetObject",), ("arn:{partition}:s3:::{bucket}/rules/{database}/*",)),
    Permission(("s3:PutObject",), ("arn:{partition}:s3:::{bucket}/reports/{database}/*",)),
    Permission(
        ("secretsmanager:GetSecretValue",),
        # Production's managed secret has such a name too: the tag, which RDS sets, tells them apart.
        ("arn:{partition}:secretsmanager:{region}:{account}:secret:rds!db-*",),
        {"StringLike": {"aws:ResourceTag/aws:rds:primaryDBInstanceArn": TEMPORARY}},
    ),
    Permission(("kms:GenerateMac",), ("{masking_key}",), {"StringEquals": {"kms:MacAlgorithm": "HMAC_SHA_256"}}),
    Permission(("kms:Sign",), ("{signing_key}",), {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}),
)

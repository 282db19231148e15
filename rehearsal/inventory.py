"""What stands in the emulated account, as far as IAM's verdicts depend on it."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends

from rehearsal.ecs import Ecs
from rehearsal.errors import AwsError
from rehearsal.iam import ResourcePolicy, statements_in

AWS_MANAGED = ("alias/aws/rds", "alias/aws/secretsmanager", "alias/aws/ebs")


class RdsOperations(Protocol):
    """RDS, by the operations of its wire."""

    def call(self, operation: str, parameters: dict[str, Any], account: str) -> dict[str, Any]:
        """The operation's answer. Raises: AwsError."""


class Inventory:
    """Facts (see asked.py) about the databases, keys, secrets and tasks of all emulated accounts."""

    def __init__(self, region: str, rds: RdsOperations, ecs: Ecs) -> None:
        self._region, self._rds, self._ecs = region, rds, ecs

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of a database, snapshot, group, secret, task definition or task."""
        if not arn.startswith("arn:"):
            return {}  # asked for `*`
        _, _, service, _, account, name = arn.split(":", 5)
        if service == "rds" and "*" not in name:
            return _pairs(self._described("ListTagsForResource", account, "TagList", ResourceName=arn))
        if service == "secretsmanager":
            secret = self._secrets(account).get(arn)
            return _pairs(secret.tags if secret is not None else [])
        if service == "kms":
            return dict(kms_backends[account][self._region].tagger.get_tag_dict_for_resource(name.rsplit("/", 1)[-1]))
        if service == "ecs":
            return _pairs((self._ecs.task_definition(arn) or {}).get("tags", []))
        return {}

    def db_instance(self, identifier: str, account: str) -> dict[str, Any] | None:
        """The database, None if there is none."""
        return next(
            iter(self._described("DescribeDBInstances", account, "DBInstances", DBInstanceIdentifier=identifier)), None
        )

    def db_snapshot(self, identifier: str, account: str) -> dict[str, Any] | None:
        """The snapshot, one shared with the account too; None if there is none."""
        shared = {"IncludeShared": True} if identifier.startswith("arn:") else {}
        found = self._described(
            "DescribeDBSnapshots", account, "DBSnapshots", DBSnapshotIdentifier=identifier, **shared
        )
        return next(iter(found), None)

    def task_definition(self, name: str) -> dict[str, Any] | None:
        """The task definition, None if there is none."""
        return self._ecs.task_definition(name)

    def key_arn(self, key: str, account: str) -> str:
        """The ARN behind a key's id, alias or ARN; an AWS-managed key gets an id of its own."""
        if key.startswith("arn:") and ":alias/" not in key:
            return key
        name = key.rsplit(":", 1)[-1]
        if name.startswith("alias/"):
            keys = kms_backends[account][self._region].keys.values()
            name = next((held.id for held in keys if name in held.aliases), _id_of_managed_key(name))
        return f"arn:aws:kms:{self._region}:{account}:key/{name}"

    def is_customer_managed(self, key_arn: str) -> bool:
        """Whether somebody made the key, not AWS; one that nobody here knows belongs to somebody."""
        account, key = key_arn.split(":")[4], key_arn.rsplit("/", 1)[-1]
        held = kms_backends[account][self._region].keys.get(key)
        aliases = held.aliases if held is not None else ()
        return key not in map(_id_of_managed_key, AWS_MANAGED) and not any(
            alias.startswith("alias/aws/") for alias in aliases
        )

    def key_aliases(self, key_arn: str) -> list[str]:
        """The aliases of a key; those of AWS's own keys too."""
        account, key = key_arn.split(":")[4], key_arn.rsplit("/", 1)[-1]
        held = kms_backends[account][self._region].keys.get(key)
        managed = [alias for alias in AWS_MANAGED if _id_of_managed_key(alias) == key]
        return managed + (list(held.aliases) if held is not None else [])

    def policy_of(self, arn: str) -> ResourcePolicy | None:
        """The policy that a key or a bucket (or an object's bucket) carries; None where there is none."""
        if not arn.startswith("arn:"):
            return None
        _, _, service, _, account, name = arn.split(":", 5)
        if service == "kms":
            key = kms_backends[account][self._region].keys.get(name.rsplit("/", 1)[-1])
            return (
                ResourcePolicy(account, tuple(statements_in("key policy", key.policy)), has_the_last_word=True)
                if key
                else None
            )
        if service == "s3":
            owner, bucket = next(
                ((owner, each) for owner, each in _buckets() if each.name == name.split("/")[0]), ("", None)
            )
            if bucket is not None and bucket.policy:
                return ResourcePolicy(
                    owner, tuple(statements_in("bucket policy", bucket.policy.decode())), has_the_last_word=False
                )
        return None

    def secret_arn(self, secret: str, account: str) -> str:
        """The ARN behind a secret's name or ARN."""
        if secret.startswith("arn:"):
            return secret
        found = next((arn for arn, held in self._secrets(account).items() if held.name == secret), None)
        return found or f"arn:aws:secretsmanager:{self._region}:{account}:secret:{secret}"

    def _secrets(self, account: str) -> Mapping[str, Any]:
        backend = secretsmanager_backends[account][self._region]
        return {held.arn: held for held in backend.secrets.values()}

    def _described(self, operation: str, account: str, field: str, **parameters: Any) -> list[Any]:
        try:
            return list(self._rds.call(operation, parameters, account).get(field, []))
        except AwsError:
            return []  # nothing of that name


def _buckets() -> Iterator[tuple[str, Any]]:
    for account, partitions in list(s3_backends.items()):
        for bucket in partitions["aws"].buckets.values():
            yield account, bucket


def _pairs(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", "")) for tag in tags or []}


def _id_of_managed_key(alias: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, alias))

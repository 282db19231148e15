"""Where the emulated RDS keeps the passwords that it manages: the account's Secrets Manager, as moto holds it."""

from collections.abc import Mapping
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from rehearsal.places import REGION


class ManagedSecrets:
    """RDS acts here as itself, not with the caller's permissions: nothing is called through the gate."""

    def __init__(self, account: str) -> None:
        self._account = account

    def create(self, name: str, value: str, tags: Mapping[str, str]) -> str:
        """Store a new secret; its ARN."""
        listed = [{"Key": key, "Value": text} for key, text in tags.items()]
        secret, _ = self._backend._add_secret(name, secret_string=value, tags=listed)  # noqa: SLF001 - create_secret answers JSON
        return str(secret.arn)

    def delete(self, arn: str) -> None:
        """Remove it for good, as RDS does with the database."""
        self._backend.delete_secret(arn, recovery_window_in_days=None, force_delete_without_recovery=True)

    @property
    def _backend(self) -> Any:
        return secretsmanager_backends[self._account][REGION]

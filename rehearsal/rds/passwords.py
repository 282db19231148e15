"""Master passwords, those that RDS makes and keeps in Secrets Manager among them."""

import json
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime

from rehearsal.errors import AwsError
from rehearsal.rds import instance_guards
from rehearsal.rds.region import Region
from rehearsal.rds.resources import Instance

DEFAULT_KEY = "alias/aws/secretsmanager"


class Passwords:
    """What becomes of the master users' passwords. A password is kept nowhere but in the server and in the secret."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def initial(self, given: str | None, *, managed: bool) -> str:
        """The password of a new instance. Raises: AwsError."""
        instance_guards.password_has_one_source(
            {"ManageMasterUserPassword": managed, **({"MasterUserPassword": given} if given else {})}
        )
        if managed:
            return secrets.token_urlsafe(24)
        if given is None:
            raise AwsError(
                "InvalidParameterValue", "The parameter MasterUserPassword must be provided and must not be blank."
            )
        instance_guards.password_is_allowed(given)
        return given

    def keep(
        self, held: Instance, password: str, active_at: datetime, then: Callable[[], object] | None = None
    ) -> None:
        """Put a password into a managed secret, which is `creating` until it is active."""
        arn = self._region.secrets.create(
            f"rds!db-{uuid.uuid4()}",
            json.dumps({"username": held.shown["MasterUsername"], "password": password}),
            {"aws:secretsmanager:owningService": "rds", "aws:rds:primaryDBInstanceArn": held.arn},
        )
        secret = {
            "SecretArn": arn,
            "SecretStatus": "creating",
            "KmsKeyId": f"arn:aws:kms:{self._region.name}:{held.account}:{DEFAULT_KEY}",
        }
        held.secret = secret

        def activate() -> None:
            if then is not None:
                then()
            secret["SecretStatus"] = "active"

        held.timeline.then(active_at, effect=activate)

    def take_over(self, held: Instance) -> None:
        """Replace the password by one that RDS makes and keeps; nothing to do where it does already.

        For a while nothing is to be seen but the pending value; the new password opens the database only at the very end.
        """
        if held.secret is not None:
            return
        password = secrets.token_urlsafe(24)
        reset_at = self._plan_reset(held)
        self.keep(held, password, reset_at, lambda: self._set(held, password))

    def replace(self, held: Instance, password: str) -> None:
        """Replace the password by a given one."""
        instance_guards.password_is_allowed(password)
        if held.secret is not None:
            raise AwsError(
                "InvalidParameterCombination",
                "MasterUserPassword cannot be changed while ManageMasterUserPassword is on.",
            )
        held.timeline.then(self._plan_reset(held), effect=lambda: self._set(held, password))

    def forget(self, held: Instance) -> None:
        """Delete the managed secret with its instance."""
        if held.secret is not None:
            self._region.secrets.delete(held.secret["SecretArn"])
            held.secret = None

    def _plan_reset(self, held: Instance) -> datetime:
        """Show the pending value, the reset and its end; when the new password is to work."""
        delays = self._region.delays
        held.pending["MasterUserPassword"] = "****"
        begun, ended = delays.before_reset_seconds, delays.before_reset_seconds + delays.reset_seconds
        held.timeline.then(self._region.after(begun), "resetting-master-credentials")
        held.timeline.then(self._region.after(ended), "available", held.pending.clear)
        return self._region.after(ended + delays.secret_seconds)

    @staticmethod
    def _set(held: Instance, password: str) -> None:
        held.server.set_password(held.shown["MasterUsername"], password)

"""Who calls: an access key belongs to one role, or to the operator, and to the process that holds it."""

import base64
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from moto.iam.models import AccessKey, iam_backends

OPERATOR = "operator"


@dataclass(frozen=True)
class Caller:
    """An identity behind an access key; without a role it is the operator, whom no policy binds."""

    account: str
    role_arn: str | None = None
    kill: Callable[[], None] | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The role's name, or `operator`."""
        return self.role_arn.rsplit("/", 1)[-1] if self.role_arn else OPERATOR

    @property
    def principal_arn(self) -> str:
        """How AWS names the caller in its refusals."""
        if self.role_arn is None:
            return f"arn:aws:iam::{self.account}:user/{OPERATOR}"
        return f"arn:aws:sts::{self.account}:assumed-role/{self.name}/rehearsal"


@dataclass(frozen=True)
class Keys:
    """What an AWS client signs with."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """The variables a process finds its credentials in."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


class Credentials:
    """Access keys by whom they were given to."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Keys, Caller]] = {}
        self._lock = threading.Lock()

    def issue(self, account: str, role_arn: str | None = None, kill: Callable[[], None] | None = None) -> Keys:
        """A new access key for a role's session, or for the account's operator; `kill` ends the process that holds it."""
        made = AccessKey(user_name=None, prefix="ASIA", account_id=account)
        # moto finds the account behind an access key in its IAM store.
        iam_backends[account]["aws"].access_keys[made.access_key_id] = made
        token = base64.b64encode(secrets.token_bytes(48)).decode()
        keys = Keys(made.access_key_id, secrets.token_urlsafe(30), token)
        with self._lock:
            self._held[made.access_key_id] = (keys, Caller(account, role_arn, kill))
        return keys

    def caller(self, access_key_id: str, session_token: str) -> Caller | None:
        """Whose request this is; None for keys nobody was given."""
        keys, caller = self._held.get(access_key_id, (None, None))
        if keys is None or not secrets.compare_digest(keys.session_token, session_token):
            return None
        return caller

"""boto3 clients that talk to the gate."""

import threading
from typing import Any

import boto3
from botocore.config import Config

from rehearsal.credentials import Keys
from rehearsal.places import REGION

# One session for all: it reads each service's model once. Making clients from it is not thread-safe, using them is.
_SESSION = boto3.session.Session(region_name=REGION)
_LOCK = threading.Lock()
READ_TIMEOUT_SECONDS = 3600  # as long as a Lambda invocation of the rehearsal may ever take


def new_client(service: str, endpoint_url: str, keys: Keys) -> Any:
    """A client that signs with these keys and never retries: an injected fault is seen as it is."""
    with _LOCK:
        return _SESSION.client(
            service,
            endpoint_url=endpoint_url,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=READ_TIMEOUT_SECONDS),
        )

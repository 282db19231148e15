"""The clients of AWS: made at the edge, once, and passed to everything below."""

from functools import cache
from typing import Any, NamedTuple

import boto3
from botocore.config import Config


class Aws(NamedTuple):
    """The services that our functions call."""

    rds: Any
    ec2: Any
    s3: Any
    ecs: Any
    stepfunctions: Any
    kms: Any
    cloudwatch: Any
    sns: Any


@cache
def clients() -> Aws:
    """Clients for the region and the credentials of the environment; short of patience, for the state machine has it."""
    config = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
    return Aws(*(boto3.client(service, config=config) for service in Aws._fields))

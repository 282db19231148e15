"""One run at a time for each database: an object in the bucket names the execution that may work.

The object is never deleted. It is stale as soon as the execution it names no longer runs. S3 decides who wins: a lock is
taken only where none was (If-None-Match) or in place of exactly the stale one that was read (If-Match).
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from handlers.errors import AlreadyRunning, DuplicateStart, code
from handlers.permissions import Permission

_LOCK = "arn:{partition}:s3:::{bucket}/locks/{database}"
_EXECUTIONS = (
    "arn:{partition}:states:{region}:{account}:execution:{prefix}-"  # the machines are called <prefix>-<database>
)
PERMISSIONS = (
    Permission(("s3:GetObject", "s3:PutObject"), (_LOCK,)),
    Permission(("states:DescribeExecution",), (f"{_EXECUTIONS}{{database}}:*",)),
)
READING_ALL = (
    Permission(("s3:GetObject",), ("arn:{partition}:s3:::{bucket}/locks/*",)),
    Permission(("s3:ListBucket",), ("arn:{partition}:s3:::{bucket}",), {"StringLike": {"s3:prefix": "locks/*"}}),
    Permission(("states:DescribeExecution",), (f"{_EXECUTIONS}*",)),
)
ALIVE = frozenset({"RUNNING", "PENDING_REDRIVE"})
LOST_THE_RACE = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409", "NoSuchKey", "404"})
TRIES = 3


class Holder(NamedTuple):
    """Who holds a database's lock."""

    execution: str
    run_id: str
    slot: str | None


def take(s3: Any, stepfunctions: Any, *, bucket: str, database: str, wanted: Holder) -> None:
    """Hold the database's lock, or leave it alone. Safe to repeat: a lock held by the same execution is held.

    Raises: AlreadyRunning; DuplicateStart where the same slot of the schedule is, or was successfully, served.
    """
    key = f"locks/{database}"
    for _attempt in range(TRIES):
        if _put(s3, bucket, key, wanted, {"IfNoneMatch": "*"}):
            return
        holder, etag = read(s3, bucket, key)
        if holder.execution == wanted.execution:
            return
        _refuse_if_served(holder, status(stepfunctions, holder.execution), wanted, database)
        if _put(s3, bucket, key, wanted, {"IfMatch": etag}):
            return
    raise AlreadyRunning(f"the lock of {database} changes hands too fast; look which executions are running")


def read(s3: Any, bucket: str, key: str) -> tuple[Holder, str]:
    """Who holds a lock, and the ETag under which this was said."""
    answer = s3.get_object(Bucket=bucket, Key=key)
    return Holder(**json.loads(answer["Body"].read())), answer["ETag"]


def status(stepfunctions: Any, execution: str) -> str:
    """The execution's status; GONE where Step Functions no longer remembers it."""
    try:
        return str(stepfunctions.describe_execution(executionArn=execution)["status"])
    except ClientError as error:
        if code(error) == "ExecutionDoesNotExist":
            return "GONE"
        raise


def living_runs(s3: Any, stepfunctions: Any, bucket: str) -> frozenset[str]:
    """The runs of every database of the stack whose executions still go on."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="locks/")
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    holders = [read(s3, bucket, key)[0] for key in keys]
    return frozenset(each.run_id for each in holders if status(stepfunctions, each.execution) in ALIVE)


def _refuse_if_served(holder: Holder, holder_status: str, wanted: Holder, database: str) -> None:
    same_slot = wanted.slot is not None and wanted.slot == holder.slot
    if same_slot and holder_status in {*ALIVE, "SUCCEEDED"}:
        raise DuplicateStart(f"slot {wanted.slot} of {database} is served by {holder.execution}")
    if holder_status in ALIVE:
        raise AlreadyRunning(f"{database} is being worked on by {holder.execution}; wait for its end, or stop it")


def _put(s3: Any, bucket: str, key: str, wanted: Holder, condition: Mapping[str, str]) -> bool:
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(wanted._asdict()).encode(), **condition)
    except ClientError as error:
        if code(error) in LOST_THE_RACE:
            return False
        raise
    return True

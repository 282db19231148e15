"""The sanitizer's task and the report it leaves: the only proof that a database is sanitized."""

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from handlers.errors import NotSanitized, Remedy, SanitizerFailed, SanitizerRefused, code
from handlers.names import DIGEST, SIGNATURE
from handlers.permissions import Permission, object_arn
from handlers.step import Run, needs

CONNECTION_FIELDS = ("host", "port", "user", "secret_arn")
MEANINGS = {
    2: Remedy("it was called wrongly", "deploy the stack and its image from one version"),
    10: Remedy("the rules are wrong", "`python -m sanitizer check RULES` names every mistake; correct and deploy"),
    11: Remedy("rules and schema disagree", "its log names what is unlisted or gone: decide, add rules, deploy"),
    12: Remedy("its pre-flight found something in the way", "its log names each finding with its remedy"),
    13: Remedy("it could not connect", "look at the network, the secret and the image's certificates"),
    19: Remedy("it was stopped before it changed anything", "look who stopped the task, then start the run again"),
    20: Remedy(
        "a SQL statement failed", "its log names the statement by its place in the rules; correct it and deploy"
    ),
    21: Remedy("masking failed", "its log names the table; a constraint or a trigger is the usual reason"),
    22: Remedy("purging failed", "its log names the place; repair it in production, or drop it by a statement"),
    23: Remedy(
        "it found original values after masking", "its log names each place and count: look what writes there again"
    ),
    24: Remedy("its report could not be written", "look at the bucket and the task role's policy"),
    29: Remedy("it was stopped while it changed the database", "look who stopped the task, then start the run again"),
}
UNEXPECTED = Remedy("it ended unexpectedly", "its log ends with the error's name; 137 means that memory ran out")
NOTHING_CHANGED = range(10, 20)
SCHEMA = 1  # of reports: docs/report.schema.json; one that says another may mean something else
CONTAINER = "sanitizer"  # services that watch Fargate put containers of their own beside it
MISSING = frozenset({"NoSuchKey", "AccessDenied", "404", "403"})  # S3 says 403 to those who may not list the bucket

_IN_THE_CLUSTER = {"ArnEquals": {"ecs:cluster": "{cluster}"}}
_TASKS = ("arn:{partition}:ecs:{region}:{account}:task/*",)
_EVENTS = ("arn:{partition}:events:{region}:{account}:rule/StepFunctionsGetEventsForECSTaskRule",)
RUNNING_THE_SANITIZER = (
    Permission(
        ("ecs:RunTask",),
        ("arn:{partition}:ecs:{region}:{account}:task-definition/{task_family}:*",),
        _IN_THE_CLUSTER,
    ),
    Permission(("ecs:StopTask", "ecs:DescribeTasks"), _TASKS, _IN_THE_CLUSTER),
    Permission(("events:PutTargets", "events:PutRule", "events:DescribeRule"), _EVENTS),
    Permission(
        ("iam:PassRole",),
        ("{task_role}", "{execution_role}"),
        {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    ),
)
LOOKING_AT_TASKS = (
    Permission(("ecs:ListTasks",), ("*",), _IN_THE_CLUSTER),
    Permission(("ecs:DescribeTasks",), _TASKS, _IN_THE_CLUSTER),
)
STOPPING_TASKS = (Permission(("ecs:StopTask",), _TASKS, _IN_THE_CLUSTER),)
ALGORITHM = "ECDSA_SHA_256"
READING_THE_REPORT = (
    Permission(("s3:GetObject",), (object_arn("reports"),)),
    # By its tag: the key's id is not known before it is made, and a preview is to show the whole policy.
    Permission(
        ("kms:Verify",),
        ("arn:{partition}:kms:{region}:{account}:key/*",),
        {"StringEquals": {"kms:SigningAlgorithm": ALGORITHM, "aws:ResourceTag/sanitized-snapshots:stack": "{stack}"}},
    ),
)


@needs()
def explain_sanitizer(run: Run) -> None:
    """The end of the sanitizer's task in the run's words, by its exit code. Never succeeds.

    Raises: SanitizerRefused where nothing was changed, SanitizerFailed otherwise
    """
    error = run.event["error"]
    exit_code, stopped = _end(error)
    run_id = run.plan.run_id
    if exit_code is None:
        raise SanitizerFailed(f"run {run_id}: the sanitizer has no exit code ({error.get('Error')}): {stopped}")
    meaning = MEANINGS.get(exit_code, UNEXPECTED).happened
    kind = SanitizerRefused if exit_code in NOTHING_CHANGED else SanitizerFailed
    raise kind(f"run {run_id}: the sanitizer ended with {exit_code}: {meaning}; its log stream says where")


def _end(error: dict[str, Any]) -> tuple[int | None, str]:
    try:
        task = json.loads(error.get("Cause") or "{}")
    except ValueError:
        return None, "the task was never described"
    codes = [each.get("ExitCode") for each in task.get("Containers", []) if each.get("Name") == CONTAINER]
    return (codes[0] if codes else None), str(task.get("StoppedReason", "the task never ran, or ran for too long"))[
        :200
    ]


class Proof(NamedTuple):
    """A report that vouches for a run: its SHA-256 and signature, when the sanitizer was done, and how long it took."""

    digest: str
    signature: str
    finished_at: datetime
    took: timedelta

    @property
    def tags(self) -> dict[str, str]:
        """What a snapshot carries of it. Whoever has the report and the public key needs no more to check it."""
        return {DIGEST: self.digest, SIGNATURE: self.signature}


def verified_report(run: Run) -> Proof:
    """This run's report, signed by the sanitizer's own role, which says that this database was verified by the rules that are deployed.

    Raises: NotSanitized
    """
    settings, run_id = run.settings, run.plan.run_id
    key = f"reports/{settings.database}/{run_id}/report.json"
    content = _read(run, key)
    signature = _signature(run, key, content)
    said = json.loads(content)
    wanted = {"schema": SCHEMA, "run_id": run_id, "database": settings.database, "verdict": "verified"}
    # Whoever writes to the bucket may have exchanged the rules that lie there.
    wanted |= {"rules_sha256": PurePosixPath(settings.rules_key).stem}
    wrong = [field for field, value in wanted.items() if said.get(field) != value]
    if wrong:
        raise NotSanitized(
            f"the report of run {run_id} does not vouch for it: {', '.join(wrong)} differ; look at {key}"
        )
    began, finished = (_time(said, field, key) for field in ("started_at", "finished_at"))
    return Proof(sha256(content).hexdigest(), signature, finished, finished - began)


def _read(run: Run, key: str) -> bytes:
    try:
        content: bytes = run.aws.s3.get_object(Bucket=run.settings.bucket, Key=key)["Body"].read()
    except ClientError as error:
        if code(error) in MISSING:
            raise NotSanitized(f"run {run.plan.run_id} has no {key}; look at the sanitizer's log") from error
        raise
    return content


def _signature(run: Run, key: str, content: bytes) -> str:
    """The signature of these bytes, which KMS says is the stack's key's: whoever can only write to the bucket proves nothing."""
    signature = _read(run, key.removesuffix(".json") + ".signature").decode(errors="replace").strip()
    try:
        valid = bool(signature) and _is_signed(run, sha256(content).digest(), b64decode(signature, validate=True))
    except ValueError:
        valid = False  # no base64
    if not valid:
        raise NotSanitized(f"run {run.plan.run_id}: {key} is not what the sanitizer has signed; look who wrote it")
    return signature


def _is_signed(run: Run, digest: bytes, signature: bytes) -> bool:
    asked = {"Message": digest, "MessageType": "DIGEST", "Signature": signature, "SigningAlgorithm": ALGORITHM}
    try:
        return bool(run.aws.kms.verify(KeyId=run.settings.signing_key, **asked)["SignatureValid"])
    except ClientError as error:
        if code(error) == "KMSInvalidSignatureException":
            return False
        raise


def _time(said: dict[str, Any], field: str, key: str) -> datetime:
    try:
        return datetime.fromisoformat(said[field])
    except (KeyError, TypeError, ValueError) as error:
        raise NotSanitized(f"the report {key} does not say when the sanitizer {field.replace('_at', '')}") from error


def tasks_of_this_run(run: Run) -> list[str]:
    """The tasks of this run that have not come to an end, also those that were told to."""
    family, cluster = run.settings.task_family, run.settings.cluster
    return [arn for arn, run_id in living_tasks(run.aws.ecs, cluster, {"family": family}) if run_id == run.plan.run_id]


def living_tasks(ecs: Any, cluster: str, only: dict[str, str]) -> Iterator[tuple[str, str | None]]:
    """Each task of the cluster that has not ended, with the run it works for."""
    pages = ecs.get_paginator("list_tasks")
    for wanted in ("RUNNING", "STOPPED"):
        for page in pages.paginate(cluster=cluster, desiredStatus=wanted, **only):
            if page["taskArns"]:
                described = ecs.describe_tasks(cluster=cluster, tasks=page["taskArns"])["tasks"]
                yield from ((task["taskArn"], _run_of(task)) for task in described if task["lastStatus"] != "STOPPED")


def _run_of(task: dict[str, Any]) -> str | None:
    environment = (
        pair
        for container in task.get("overrides", {}).get("containerOverrides", [])
        for pair in container.get("environment", [])
    )
    return next((pair["value"] for pair in environment if pair["name"] == "SANITIZER_RUN_ID"), None)


@needs(*LOOKING_AT_TASKS, *STOPPING_TASKS)
def stop_task(run: Run) -> None:
    """No task of this run goes on: a deadline or an abort may have left one behind. Safe to repeat."""
    for arn in tasks_of_this_run(run):
        run.aws.ecs.stop_task(cluster=run.settings.cluster, task=arn, reason=f"run {run.plan.run_id} is over")

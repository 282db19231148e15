"""Failures to watch: for every state of the run one that could well happen there, brought about when the run enters it."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

import yaml

from handlers import flow
from rehearsal.errors import AwsError
from rehearsal.faults import Fault
from rehearsal.stage import Stage

EVER = 10_000
STATEMENT = "SELECT rehearsal_fails_here()"  # no such function
Undo = Callable[[], object]


class Failure(NamedTuple):
    """What goes wrong, in words, and how: at the run's start or on entering the state; undone when the state is left."""

    words: str
    begin: Callable[[Stage], Undo]
    early: bool = False  # it has to be prepared before the state is entered


def refused(service: str, operation: str, code: str, message: str, words: str) -> Failure:
    """AWS refuses a call that the state makes."""

    def begin(stage: Stage) -> Undo:
        stage.account.gate.inject(Fault(service, operation, AwsError(code, message), EVER))
        return stage.account.gate.forget_faults

    return Failure(words, begin)


def denied(service: str, operation: str) -> Failure:
    """AWS denies a call: somebody has taken the permission away."""
    message = f"not authorized to perform {service}:{operation}"
    return refused(service, operation, "AccessDenied", message, f"{operation} is denied")


def snapshot_fails(kind: str) -> Failure:
    """RDS gives a snapshot up."""

    def begin(stage: Stage) -> Undo:
        stage.rds.fail_snapshot(f"*-{kind}-*")
        return stage.rds.fail_no_more

    return Failure(f"the {kind} snapshot ends as `failed`", begin, early=True)


def database_never_comes(stage: Stage) -> Undo:
    """RDS cannot place the restored database."""
    stage.rds.never_available("*-temporary-*", "incompatible-network")
    return stage.rds.fail_no_more


def group_is_opened(stage: Stage) -> Undo:
    """Somebody lets everybody in to the temporary database."""
    ec2 = stage.account.client("ec2")
    (name,) = [call.parameters["DBInstanceIdentifier"] for call in stage.account.gate.calls_of(
        "rds", "RestoreDBInstanceFromDBSnapshot") if call.role != "operator"][-1:]  # fmt: skip
    found = stage.account.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    port = found["Endpoint"]["Port"]
    hole = {
        "GroupId": found["VpcSecurityGroups"][0]["VpcSecurityGroupId"],
        "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    }
    ec2.authorize_security_group_ingress(**hole)
    return lambda: ec2.revoke_security_group_ingress(**hole)


def statement_fails(stage: Stage) -> Undo:
    """The rules in the bucket get a statement that fails once masking is done."""
    key = f"rules/{stage.contents.name}/"
    client, bucket = stage.account.client("s3"), stage.recording.outputs["bucket"]
    key = client.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"][0]["Key"]
    body = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    client.put_object(Bucket=bucket, Key=key, Body=yaml.safe_dump(with_statement(yaml.safe_load(body))).encode())
    return lambda: client.put_object(Bucket=bucket, Key=key, Body=body)


def with_statement(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules with a failing statement after those of their first database."""
    databases = rules.get("databases")
    told = next(iter(databases.values())) if databases else rules
    statements = told.get("sql") or {}
    if isinstance(statements, list):
        told["sql"] = [*statements, STATEMENT]
    else:
        told["sql"] = {**statements, "after": [*(statements.get("after") or []), STATEMENT]}
    return rules


def report_is_gone(stage: Stage) -> Undo:
    """The report that vouches for the database is lost."""
    client, bucket = stage.account.client("s3"), stage.recording.outputs["bucket"]
    for each in client.list_objects_v2(Bucket=bucket, Prefix=f"reports/{stage.contents.name}/")["Contents"]:
        client.delete_object(Bucket=bucket, Key=each["Key"])
    return lambda: None


KEY = "KMSKeyNotAccessibleFault", "The share key cannot be used."
FAILURES = {
    "Plan": denied("rds", "DescribeDBInstances"),
    "TakeRawSnapshot": refused(
        "rds", "CreateDBSnapshot", "SnapshotQuotaExceeded", "The account has 100 manual snapshots.", "no snapshot fits in"
    ),
    "AwaitRawSnapshot": snapshot_fails("raw"),
    "RestoreTemporaryDatabase": refused(
        "rds", "RestoreDBInstanceFromDBSnapshot", "InsufficientDBInstanceCapacity",
        "The instance class is not available in these zones.", "RDS has no instance of that class left",
    ),
    "AwaitTemporaryDatabase": Failure(
        "the temporary database becomes incompatible-network", database_never_comes, early=True
    ),
    "TakeOver": denied("rds", "ModifyDBInstance"),
    "AwaitTakenOver": denied("rds", "DescribeDBInstances"),
    "CheckIsolation": Failure("somebody has opened the temporary database to everybody", group_is_opened),
    "Sanitize": Failure("a SQL statement fails after the masking", statement_fails),
    "TakeSanitizedSnapshot": Failure("the sanitizer's report is lost", report_is_gone),
    "AwaitSanitizedSnapshot": snapshot_fails("intermediate"),
    "ReEncrypt": refused("rds", "CopyDBSnapshot", *KEY, "the share key cannot be used"),
    "AwaitReEncrypted": snapshot_fails("sanitized"),
    "Share": refused("rds", "ModifyDBSnapshotAttribute", *KEY, "the share key cannot be used"),
    "Announce": denied("s3", "PutObject"),
    "Retire": denied("s3", "ListObjectsV2"),
    "StopTask": denied("ecs", "ListTasks"),
    "DeleteTemporaryDatabase": denied("rds", "DeleteDBInstance"),
    "DeleteRawSnapshot": denied("rds", "DeleteDBSnapshot"),
    "DeleteIntermediateSnapshot": denied("rds", "DeleteDBSnapshot"),
    "DeleteUnfinishedSnapshot": denied("s3", "ListObjectsV2"),
    "AwaitGone": denied("rds", "DescribeDBSnapshots"),
}  # fmt: skip
RUN = flow.run(flow.Features(new_snapshot=True, reencrypt=True, share=True))  # a rehearsal's: nobody is asked to agree
STATES = tuple(part.name for part in (RUN.plan, *RUN.body, *RUN.finally_))


def watch(stage: Stage, state: str) -> None:
    """Let the failure happen in the next run that enters the state, and be over when it leaves it."""
    failure, undoing = FAILURES[state], ExitStack()
    met: list[str] = []  # the execution, once it is in the state
    if failure.early:
        undoing.callback(failure.begin(stage))

    def listen(execution: str, event: dict[str, Any]) -> None:
        if (event.get("stateEnteredEventDetails") or {}).get("name") == state and not met:
            met.append(execution)
            if not failure.early:
                undoing.callback(failure.begin(stage))
        elif (event.get("stateExitedEventDetails") or {}).get("name") == state:
            undoing.close()

    stage.account.on_event(listen)

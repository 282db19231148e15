"""What a run left, seen from outside: by production's owners, by the account the snapshot was shared with, by the call record."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from rehearsal.account import CONSUMER_ACCOUNT
from rehearsal.production import Production, of_instance
from rehearsal.stage import Stage

ALLOWED_ON_SOURCE = {"CreateDBSnapshot"}


@dataclass(frozen=True)
class Source:
    """Production, so that it can be compared with itself."""

    rows: int
    fingerprint: str
    settings: str


@dataclass(frozen=True)
class Result:
    """The sanitized snapshot of a finished run, and its report."""

    identifier: str
    arn: str
    key: str
    tags: dict[str, str]
    accounts: tuple[str, ...]
    report: dict[str, Any]
    report_bytes: bytes
    page: bytes
    cost: dict[str, Any]


def look_at_source(stage: Stage) -> Source:
    """Production's data, settings, groups and their rules."""
    rds = stage.account.client("rds")
    instance = rds.describe_db_instances(DBInstanceIdentifier=stage.production.identifier)["DBInstances"][0]
    groups = [group["VpcSecurityGroupId"] for group in instance["VpcSecurityGroups"]]
    rules = stage.account.client("ec2").describe_security_groups(GroupIds=groups)["SecurityGroups"]
    varying = {"LatestRestorableTime", "DBInstanceStatus"}
    settings = {key: value for key, value in instance.items() if key not in varying}
    return Source(
        stage.production.rows(),
        stage.production.fingerprint(),
        json.dumps([settings, rules], default=str, sort_keys=True),
    )


def look_at_result(stage: Stage) -> Result:
    """The newest announced snapshot of production's database."""
    database = stage.contents.name
    announced = json.loads(_object(stage, f"announced/{database}/latest.json"))
    rds = stage.account.client("rds")
    name = announced["snapshot"]
    snapshot = rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
    attributes = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=name)["DBSnapshotAttributesResult"]
    tags = {tag["Key"].removeprefix("sanitized-snapshots:"): tag["Value"] for tag in snapshot["TagList"]}
    body, page = (_object(stage, f"reports/{database}/{tags['run']}/report.{kind}") for kind in ("json", "html"))
    shared = next(
        each["AttributeValues"] for each in attributes["DBSnapshotAttributes"] if each["AttributeName"] == "restore"
    )
    arn, key, cost = snapshot["DBSnapshotArn"], snapshot["KmsKeyId"], announced["cost"]
    return Result(name, arn, key, tags, tuple(shared), json.loads(body), body, page, cost)


def _object(stage: Stage, key: str) -> bytes:
    body: bytes = (
        stage.account.client("s3").get_object(Bucket=stage.recording.outputs["bucket"], Key=key)["Body"].read()
    )
    return body


@contextmanager
def as_consumer(stage: Stage, arn: str) -> Iterator[Production]:
    """The account that the snapshot was shared with copies it under its own key, restores it and sets its own password."""
    rds = stage.account.client("rds", account_id=CONSUMER_ACCOUNT)
    key = stage.account.client("kms", account_id=CONSUMER_ACCOUNT).create_key()["KeyMetadata"]["Arn"]
    mine = f"mine-{secrets.token_hex(4)}"
    rds.copy_db_snapshot(SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier=mine, KmsKeyId=key)
    stage.account.clock.sleep(7200)
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=mine, DBSnapshotIdentifier=mine, VpcSecurityGroupIds=[_default_group(stage)]
    )
    stage.account.clock.sleep(7200)
    password = secrets.token_urlsafe(24)
    rds.modify_db_instance(DBInstanceIdentifier=mine, MasterUserPassword=password, ApplyImmediately=True)
    stage.account.clock.sleep(3600)
    try:
        yield of_instance(
            stage.account, stage.rds, mine, stage.contents, password=password, account_id=CONSUMER_ACCOUNT
        )
    finally:
        rds.delete_db_instance(DBInstanceIdentifier=mine, SkipFinalSnapshot=True)
        rds.delete_db_snapshot(DBSnapshotIdentifier=mine)
        stage.account.clock.sleep(7200)


def _default_group(stage: Stage) -> str:
    groups = stage.account.client("ec2", account_id=CONSUMER_ACCOUNT).describe_security_groups()["SecurityGroups"]
    return str(groups[0]["GroupId"])


def calls_naming_source(stage: Stage) -> set[str]:
    """Operations that roles of the stack called with the source's name or ARN among the parameters."""
    source = stage.production.identifier
    return {
        call.operation
        for call in stage.account.gate.calls
        if call.role != "operator"
        and any(value == source or value.endswith(f":db:{source}") for value in _texts(call.parameters))
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def facts(stage: Stage, before: Source) -> Iterator[str]:
    """What a reader wants to hear of a run, failed or not, each checked just now.

    Raises: AssertionError when one does not hold.
    """
    after = look_at_source(stage)
    _hold(after == before, "production changed")
    yield f"production is what it was: every row, every setting, every rule (digest {after.fingerprint[:12]})"
    named = calls_naming_source(stage)
    _hold(
        all(name.startswith("Describe") or name in ALLOWED_ON_SOURCE for name in named),
        f"calls on the source: {sorted(named)}",
    )
    yield f"the only calls that named it: {', '.join(sorted(named))}"
    by_roles = [call for call in stage.account.gate.calls if call.role != "operator"]
    _hold(all(call.allowed_by for call in by_roles), "a call was made that no document allows")
    yield f"{len(by_roles)} calls by {len({call.role for call in by_roles})} roles, each allowed by the deployed IAM documents"


def nothing_else_is_left(stage: Stage, result: Result) -> str:
    """That of the stack only the sanitized snapshot is left, checked just now.

    Raises: AssertionError when it does not hold.
    """
    _hold(set(stage.ours()) == {result.identifier}, f"left: {sorted(stage.ours())}")
    return "of this stack, the account holds the sanitized snapshot and nothing else"


class Made(NamedTuple):
    """A thing that the run made."""

    what: str
    name: str


# Operation -> the parameter that names what it makes.
MAKING = {
    "CreateDBSnapshot": "DBSnapshotIdentifier",
    "CopyDBSnapshot": "TargetDBSnapshotIdentifier",
    "RestoreDBInstanceFromDBSnapshot": "DBInstanceIdentifier",
}
KINDS = {"raw": "raw snapshot", "temporary": "temporary database", "intermediate": "intermediate snapshot",
         "sanitized": "sanitized snapshot"}  # fmt: skip


def made(stage: Stage) -> list[Made]:
    """Everything that roles of the stack made in RDS, in order."""
    found = {}
    for call in stage.account.gate.calls_of("rds", *MAKING):
        if call.role != "operator" and call.error is None:
            name = call.parameters[MAKING[call.operation]]
            kind = next(kind for kind in KINDS if f"-{kind}-" in name)
            found[name] = Made(KINDS[kind], name)
    return list(found.values())


def is_announced(stage: Stage, name: str) -> bool:
    """Whether people were told of the snapshot: then it stays."""
    try:
        announced = _object(stage, f"announced/{stage.contents.name}/latest.json")
    except stage.account.client("s3").exceptions.NoSuchKey:
        return False
    return bool(json.loads(announced)["snapshot"] == name)


def _hold(fact: bool, otherwise: str) -> None:  # noqa: FBT001 - a fact is true or false
    if not fact:
        raise AssertionError(otherwise)

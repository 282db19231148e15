"""What a run left, seen from outside: by production's owners, by the account the snapshot was shared with, by the call record."""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from rehearsal.account import CONSUMER_ACCOUNT
from rehearsal.production import DATABASES, IDENTIFIER, Production
from rehearsal.stage import Stage

# Every address in the invented shop, and no masked one.
PERSONAL = re.compile(r"[a-z]+\.[a-z]+\d+@(posteo|mail|orange|web)\.example|contact\d+@supplier\.example")
ALLOWED_ON_SOURCE = {"CreateDBSnapshot"}
SAMPLES = (
    ("shop", "customers", "SELECT email || ' · ' || full_name FROM customers WHERE id = 7"),
    ("shop", "orders", "SELECT contact_email FROM orders WHERE id = 1"),
    ("shop", "messages", "SELECT body::text FROM messages WHERE customer_id = 7"),
    ("crm", "contacts", "SELECT email || ' · ' || coalesce(note, '-') FROM contacts WHERE id = 7"),
)


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


def look_at_source(stage: Stage) -> Source:
    """Production's data, settings, groups and their rules."""
    instance = stage.account.client("rds").describe_db_instances(DBInstanceIdentifier=IDENTIFIER)["DBInstances"][0]
    groups = [group["VpcSecurityGroupId"] for group in instance["VpcSecurityGroups"]]
    rules = stage.account.client("ec2").describe_security_groups(GroupIds=groups)["SecurityGroups"]
    varying = {"LatestRestorableTime", "DBInstanceStatus"}
    settings = {key: value for key, value in instance.items() if key not in varying}
    return Source(
        stage.production.rows(),
        stage.production.fingerprint(),
        json.dumps([settings, rules], default=str, sort_keys=True),
    )


def look_at_result(stage: Stage, database: str = "shop") -> Result:
    """The newest announced snapshot of the database."""
    announced = _object(stage, f"announced/{database}/latest.json")
    rds = stage.account.client("rds")
    name = json.loads(announced)["snapshot"]
    snapshot = rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
    attributes = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=name)["DBSnapshotAttributesResult"]
    tags = {tag["Key"].removeprefix("sanitized-snapshots:"): tag["Value"] for tag in snapshot["TagList"]}
    body = _object(stage, f"reports/{database}/{tags['run']}/report.json")
    shared = next(
        each["AttributeValues"] for each in attributes["DBSnapshotAttributes"] if each["AttributeName"] == "restore"
    )
    return Result(name, snapshot["DBSnapshotArn"], snapshot["KmsKeyId"], tags, tuple(shared), json.loads(body), body)


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
    instance = rds.describe_db_instances(DBInstanceIdentifier=mine)["DBInstances"][0]
    endpoint = instance["Endpoint"]
    try:
        yield Production(mine, password, endpoint["Address"], endpoint["Port"], stage.production.ca_file)
    finally:
        rds.delete_db_instance(DBInstanceIdentifier=mine, SkipFinalSnapshot=True)
        rds.delete_db_snapshot(DBSnapshotIdentifier=mine)
        stage.account.clock.sleep(7200)


def _default_group(stage: Stage) -> str:
    groups = stage.account.client("ec2", account_id=CONSUMER_ACCOUNT).describe_security_groups()["SecurityGroups"]
    return str(groups[0]["GroupId"])


def sample_rows(stage: Stage, result: Result) -> list[tuple[str, str, str]]:
    """A few rows of production beside the same rows as the consumer reads them."""
    with as_consumer(stage, result.arn) as copy:
        return [
            (f"{database}.{table}", _one(stage.production, database, query), _one(copy, database, query))
            for database, table, query in SAMPLES
        ]


def _one(server: Production, database: str, query: str) -> str:
    with server.connect(database) as connection:
        row = connection.execute(query.encode()).fetchone()
        return "(no row)" if row is None else str(row[0])


def opens(server: Production, password: str) -> bool:
    """Whether the master user can log in with that password."""
    try:
        with Production(server.identifier, password, server.host, server.port, server.ca_file).connect(DATABASES[0]):
            return True
    except psycopg.OperationalError:
        return False


def calls_naming_source(stage: Stage) -> set[str]:
    """Operations that roles of the stack called with the source's name or ARN among the parameters."""
    arn = f":db:{IDENTIFIER}"
    return {
        call.operation
        for call in stage.account.gate.calls
        if call.role != "operator"
        and any(value == IDENTIFIER or value.endswith(arn) for value in _texts(call.parameters))
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


def facts(stage: Stage, before: Source, result: Result) -> Iterator[str]:
    """What a reader wants to hear, each checked just now.

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
    _hold(set(stage.ours()) == {result.identifier}, f"left: {sorted(stage.ours())}")
    yield "of this stack, the account holds the sanitized snapshot and nothing else"
    by_roles = [call for call in stage.account.gate.calls if call.role != "operator"]
    _hold(all(call.allowed_by for call in by_roles), "a call was made that no document allows")
    yield f"{len(by_roles)} calls by {len({call.role for call in by_roles})} roles, each allowed by the deployed IAM documents"


def _hold(fact: bool, otherwise: str) -> None:  # noqa: FBT001 - a fact is true or false
    if not fact:
        raise AssertionError(otherwise)

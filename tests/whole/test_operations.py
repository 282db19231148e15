"""What operators get, in the emulated account: messages, numbers, and a snapshot that is shared after a person's word only.

Opens with what happened elsewhere: a snapshot that was shared at night, and looked at in the morning.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import botocore.exceptions
import pytest

from handlers import freshness
from rehearsal import outcome, shop
from rehearsal.account import ACCOUNT, CONSUMER_ACCOUNT
from rehearsal.errors import AwsError
from rehearsal.stage import PROJECT, Stage
from tests import consumers
from tests.whole import staging
from tests.whole.staging import deliver, ended, fault, messages, when_entering

PERSON = f"arn:aws:iam::{ACCOUNT}:role/release-officer"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A database whose snapshots wait, whose temporary database has a price, and somebody who is told."""

    def change(config: dict[str, Any]) -> None:
        database = config["sanitized-snapshots:databases"][0]
        database["share"]["hold"] = True
        database["temporary"] = {"pricePerHour": 0.5}
        config["sanitized-snapshots:alerts"] = {"email": "dba@example.com"}

    with Stage(project=staging.project(tmp_path_factory.mktemp("project"), change)) as standing:
        _create_person(standing)
        yield standing


def _create_person(stage: Stage) -> None:
    """Somebody who may invoke the sharer, and nothing else."""
    sharer = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:ss-local-shop-sharer"
    may = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": sharer}
    _create_role(stage, "release-officer", {"Version": "2012-10-17", "Statement": [may]}, ACCOUNT)


def _create_role(stage: Stage, name: str, policy: dict[str, Any], account: str) -> None:
    iam = stage.account.client("iam", account_id=account)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": account}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(policy))


def by_hand(stage: Stage, command: str) -> subprocess.CompletedProcess[str]:
    """A command of a message, run as that person."""
    keys = stage.account.credentials(PERSON).environment()
    variables = {"AWS_ENDPOINT_URL": stage.account.endpoint_url, "AWS_DEFAULT_REGION": "eu-west-1", **keys}
    return subprocess.run(
        [sys.executable, *shlex.split(command)[1:]],
        cwd=PROJECT, env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def keys(stage: Stage, folder: str) -> list[str]:
    listed = stage.account.client("s3").list_objects_v2(Bucket=stage.recording.outputs["bucket"], Prefix=folder)
    return [each["Key"] for each in listed.get("Contents", [])]


def accounts_of(stage: Stage, snapshot: str) -> list[str]:
    found = stage.account.client("rds").describe_db_snapshot_attributes(DBSnapshotIdentifier=snapshot)
    attributes = found["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    return [value for each in attributes if each["AttributeName"] == "restore" for value in each["AttributeValues"]]


def age_hours(stage: Stage) -> float:
    """What the alarm sees after the next hour's sweep."""
    stage.account.clock.sleep(3600)
    stage.sweep()
    alarm = stage.account.client("cloudwatch").describe_alarms(AlarmNames=["ss-local-shop-stale"])["MetricAlarms"][0]
    now = stage.account.clock.now()
    points = stage.account.client("cloudwatch").get_metric_statistics(
        **{name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions", "Period")},
        StartTime=now - timedelta(minutes=30), EndTime=now + timedelta(minutes=1), Statistics=[alarm["Statistic"]],
    )["Datapoints"]  # fmt: skip
    return float(max(points, key=lambda each: each["Timestamp"])["Maximum"])


def waiting_run(stage: Stage) -> tuple[str, list[str]]:
    """A run to its end; the snapshot that waits, and the commands that people were told."""
    assert stage.run()["status"] == "SUCCEEDED"
    (key,) = keys(stage, "held/shop/")
    detail = {"bucket": {"name": stage.recording.outputs["bucket"]}, "object": {"key": key}}
    deliver(stage, "aws.s3", "Object Created", detail)
    text = messages(stage)[-1][1]
    commands = [line.strip() for line in text.splitlines() if "python -m" in line]
    return f"ss-local-sanitized-shop-{key.removeprefix('held/shop/').removesuffix('.json')}", commands


def test_a_schedule_that_never_fires_is_noticed(stage: Stage) -> None:
    """Nothing ever started, so nothing failed: the age grows from the deployment on, hour by hour, beyond what the alarm takes."""
    first = age_hours(stage)
    assert 0.9 < age_hours(stage) - first < 1.2
    stage.account.clock.sleep(36 * 3600)
    alarms = stage.account.client("cloudwatch").describe_alarms(AlarmNames=["ss-local-shop-stale"])["MetricAlarms"]
    assert alarms[0]["Threshold"] == 36
    assert age_hours(stage) > 36
    assert alarms[0]["Namespace"] == freshness.NAMESPACE


@pytest.mark.usefixtures("nothing_is_left")
def test_a_failed_run_is_told_in_plain_words(stage: Stage) -> None:
    """By the alerter, with its own role: what happened, what still stands, what to do, what it used."""
    refusal = AwsError("InternalFailure", "An internal error has occurred.", 500)
    with (
        fault("rds", "DeleteDBSnapshot", refusal, times=10_000, among="-raw-")(stage),
        staging.rules_with(instead=("full_name: {name: fr_FR}", "full_name: set_null"))(stage),
    ):
        execution = stage.start_run()
        assert stage.account.wait(execution, 300)["status"] == "FAILED"
    deliver(stage, "aws.states", "Step Functions Execution Status Change", ended(stage, execution))
    subject, text = messages(stage)[-1]
    assert subject == "local: shop FAILED (SanitizerRefused)"
    assert "it came as far as Sanitize" in text
    assert "exit code 12" in text
    assert "raw: ss-local-raw-shop-" in text
    assert "did not answer" not in text
    assert "at 0.50 an hour" in text
    assert execution in text
    assert shop.PERSONAL.search(text) is None
    stage.sweep()
    stage.account.clock.sleep(3600)


@pytest.mark.usefixtures("nothing_is_left")
def test_an_aborted_run_is_told_with_what_it_left(stage: Stage) -> None:
    """Nobody cleaned up: the databases that stand are named until the sweep has been there."""
    states, before = stage.account.client("stepfunctions"), set(stage.ours())
    with when_entering(stage, "TakeOver", lambda arn: states.stop_execution(executionArn=arn, cause="a person")):
        execution = stage.start_run()
        assert stage.account.wait(execution, 300)["status"] == "ABORTED"
    deliver(stage, "aws.states", "Step Functions Execution Status Change", ended(stage, execution))
    subject, text = messages(stage)[-1]
    assert subject == "local: shop ABORTED"
    left = set(stage.ours()) - before
    assert {name.split("-")[2] for name in left} == {"raw", "temporary"}
    assert all(f"{name.split('-')[2]}: {name}" in text for name in left)
    for _ in range(3):
        stage.account.clock.sleep(3600)
        stage.sweep()
    stage.account.clock.sleep(3600)


class Seen(NamedTuple):
    """How things stood at one moment."""

    ours: list[str]
    accounts: list[str]
    announced: list[str]
    held: list[str]
    age_hours: float

    @classmethod
    def now(cls, stage: Stage, snapshot: str) -> "Seen":
        age = age_hours(stage)
        return cls(
            list(stage.ours()), accounts_of(stage, snapshot), keys(stage, "announced/"), keys(stage, "held/"), age
        )


class Released(NamedTuple):
    """A run that held, and the commands of its message, run by somebody who may invoke the sharer alone."""

    snapshot: str
    waiting: Seen
    looked: subprocess.CompletedProcess[str]
    looked_at: Seen
    shared: subprocess.CompletedProcess[str]
    after: Seen
    again: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def released(stage: Stage) -> Released:
    stage.account.clock.sleep(40 * 3600)  # nothing was ever shared, and what waits is not either
    snapshot, (look, share, _deny) = waiting_run(stage)
    waiting = Seen.now(stage, snapshot)
    looked, looked_at = by_hand(stage, look), Seen.now(stage, snapshot)
    shared, after = by_hand(stage, share), Seen.now(stage, snapshot)
    return Released(snapshot, waiting, looked, looked_at, shared, after, by_hand(stage, share))


def test_what_is_held_is_shared_with_nobody_and_kept(released: Released) -> None:
    """One whole run: the snapshot waits, also through sweeps; it makes nothing fresh, and looking changes nothing."""
    assert (released.looked.returncode, "would be shared" in released.looked.stdout) == (0, True), (
        released.looked.stderr
    )
    for seen in (released.waiting, released.looked_at):
        assert (seen.ours, seen.accounts, seen.announced) == ([released.snapshot], [], [])
        assert len(seen.held) == 1
        assert seen.age_hours > 36


def test_a_release_shares_what_was_held(stage: Stage, released: Released) -> None:
    """The very command of the message: shared, announced with who agreed and what it cost, and fresh; a second time changes nothing."""
    done = released.shared
    assert (done.returncode, "is shared, with 111122223333" in done.stdout) == (0, True), done.stderr
    assert (released.after.accounts, released.after.held) == ([CONSUMER_ACCOUNT], [])
    assert released.after.age_hours < 6
    assert outcome.look_at_result(stage).identifier == released.snapshot
    said = json.loads(_object(stage, "announced/shop/latest.json"))
    assert said["agreed"]["claimed"].startswith(f"arn:aws:sts::{ACCOUNT}:")
    assert said["cost"]["database_hours"] > 0
    assert said["cost"]["database_price"] == round(said["cost"]["database_hours"] * 0.5, 2)
    assert (released.again.returncode, "was released already" in released.again.stdout) == (0, True)


def test_consumer_follows_the_page(stage: Stage, released: Released) -> None:
    """With the two policies of docs/consumers.md, and its very commands, the other account gets a database of its own; without, nothing."""
    arn = outcome.look_at_result(stage).arn
    consumer = f"arn:aws:iam::{CONSUMER_ACCOUNT}:role/developer"
    key_policy, identity_policy = consumers.policies()
    mine = stage.account.client("kms", account_id=CONSUMER_ACCOUNT).create_key()["KeyMetadata"]["Arn"]
    groups = stage.account.client("ec2", account_id=CONSUMER_ACCOUNT).describe_security_groups()["SecurityGroups"]
    meant = {
        "SNAPSHOT_ARN": arn,
        "MY_KEY_ARN": mine,
        "MY_GROUP": groups[0]["GroupId"],
        "A_NEW_PASSWORD": "not-productions",
    }
    _create_role(stage, "developer", identity_policy, CONSUMER_ACCOUNT)
    kms, share_key = stage.account.client("kms"), outcome.look_at_result(stage).key
    owners_alone = {**key_policy, "Statement": key_policy["Statement"][:1]}
    kms.put_key_policy(KeyId=share_key, PolicyName="default", Policy=json.dumps(owners_alone))
    copy, *others = [command for command in consumers.commands() if "wait" not in command]
    rds = stage.account.client("rds", consumer, account_id=CONSUMER_ACCOUNT)
    with pytest.raises(botocore.exceptions.ClientError, match="kms:"):
        consumers.run(rds, copy, meant)
    kms.put_key_policy(KeyId=share_key, PolicyName="default", Policy=json.dumps(key_policy))
    for command in (copy, *others):
        consumers.run(rds, [part for part in command if "SUBNETS" not in part and "subnet" not in part], meant)
        stage.account.clock.sleep(3600)
    (made,) = rds.describe_db_instances(DBInstanceIdentifier="shop-dev")["DBInstances"]
    assert made["DBInstanceStatus"] == "available"
    endpoint = made["Endpoint"]
    server = replace(stage.production, identifier="shop-dev", host=endpoint["Address"], port=endpoint["Port"])
    assert server.opens(meant["A_NEW_PASSWORD"])
    snapshot = arn.rsplit(":", 1)[-1]
    consumers.run(stage.account.client("rds"), consumers.recall(), {"SNAPSHOT": snapshot})
    assert accounts_of(stage, snapshot) == []
    assert server.opens(meant["A_NEW_PASSWORD"]), "a recall does not reach what was restored"


def test_what_is_denied_goes_with_the_sweep(stage: Stage, released: Released) -> None:
    """The one that is shared stays; a second word about it is refused."""
    snapshot, (_look, share, deny) = waiting_run(stage)
    denied = by_hand(stage, deny)
    assert denied.returncode == 0, denied.stderr
    stage.sweep()
    stage.account.clock.sleep(3600)
    assert list(stage.ours()) == [released.snapshot]
    refused = by_hand(stage, share)
    assert (refused.returncode, "NotHeld" in refused.stderr) == (1, True), refused.stdout
    assert snapshot not in list(stage.ours())


def test_every_call_was_allowed(stage: Stage) -> None:
    """Sharer, sweeper and alerter got by with what they were given."""
    calls = [call for call in stage.account.gate.calls if call.role.startswith("ss-local-")]
    assert {call.role for call in calls} >= {"ss-local-alerter", "ss-local-sweeper", "ss-local-shop-sharer"}
    hidden = [call for call in calls if "Denied" in (call.error or "") and call.operation != "GetObject"]
    assert hidden == []


def _object(stage: Stage, key: str) -> bytes:
    found: bytes = (
        stage.account.client("s3").get_object(Bucket=stage.recording.outputs["bucket"], Key=key)["Body"].read()
    )
    return found

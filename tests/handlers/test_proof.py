"""Nothing unverified is kept, shared or announced."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from components.task import CONTAINER
from handlers import sanitizing
from handlers.errors import AwsRefused, NotSanitized, SanitizerFailed, SanitizerRefused
from sanitizer import report
from sanitizer.errors import EXIT_CODES
from tests.handlers.world import CONSUMER, NOW, World, signed

STEPS_THAT_NEED_PROOF = ["TakeSanitizedSnapshot", "ReEncrypt", "Share", "Announce"]


@pytest.mark.parametrize("step", STEPS_THAT_NEED_PROOF)
@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "failed"},
        {"finished_at": "later"},
        {"run_id": "202405040300-aaaa"},
        {"database": "customers"},
        {"rules_sha256": "abd"},
        {"schema": 2},
        None,
    ],
)
def test_without_a_report_that_vouches_for_this_run_nothing_goes_on(step: str, wrong: dict[str, Any] | None) -> None:
    """Another verdict, another run's, another database's, one by other rules than those that are deployed, one of a schema that we cannot read, or none."""
    world = World().run_until(step)
    world.rds.shared.clear()
    if wrong is None:
        world.s3.objects.clear()
    else:
        world.sanitize(**wrong)
    with pytest.raises(NotSanitized):
        world.perform(step)
    assert not world.rds.shared


@pytest.mark.parametrize("step", STEPS_THAT_NEED_PROOF)
@pytest.mark.parametrize("signature", [None, b"", b"no base64", b"c2lnbmVkIA==", "another report's"])
def test_a_report_that_the_sanitizer_did_not_sign_proves_nothing(step: str, signature: bytes | str | None) -> None:
    """Whoever can write to the bucket cannot sign."""
    world = World().run_until(step)
    world.rds.shared.clear()
    key = f"reports/orders/{world.run_id}/report.signature"
    if signature is None:
        del world.s3.objects[key]
    else:
        world.s3.objects[key] = signature if isinstance(signature, bytes) else signed(b"another report").encode()
    with pytest.raises(NotSanitized):
        world.perform(step)
    assert not world.rds.shared


def test_the_snapshot_carries_the_digest_and_the_signature_of_its_report() -> None:
    """So that nobody has to believe a report that is exchanged later."""
    world = World().run_until("Share")
    tags = {tag["Key"]: tag["Value"] for tag in world.rds.snapshots[world.name("sanitized")]["TagList"]}
    assert tags["sanitized-snapshots:report-sha256"] == sha256(world.sanitize()).hexdigest()
    assert tags["sanitized-snapshots:report-signature"] == signed(world.sanitize())


@pytest.mark.parametrize("desired", ["RUNNING", "STOPPED"])
def test_while_a_task_of_the_run_lives_no_snapshot_is_taken(desired: str) -> None:
    """Also while it is being stopped: it may still write."""
    world = World().run_until("TakeSanitizedSnapshot")
    world.ecs.add_task("arn:task/1", world.run_id)
    world.ecs.tasks["arn:task/1"]["desiredStatus"] = desired
    with pytest.raises(NotSanitized, match="arn:task/1"):
        world.perform("TakeSanitizedSnapshot")


def test_tasks_of_other_runs_do_not_hinder() -> None:
    """Nor one that has ended."""
    world = World().run_until("TakeSanitizedSnapshot")
    world.ecs.add_task("arn:task/other", "202405040300-aaaa")
    world.ecs.add_task("arn:task/ended", world.run_id, status="STOPPED")
    world.ecs.add_task("arn:task/foreign", None)
    world.perform("TakeSanitizedSnapshot")
    assert world.name("intermediate") in world.rds.snapshots


def retag(world: World, key: str, value: str) -> None:
    """Another value for one tag of the sanitized snapshot."""
    for tag in world.rds.snapshots[world.name("sanitized")]["TagList"]:
        if tag["Key"] == f"sanitized-snapshots:{key}":
            tag["Value"] = value


def edit(**differences: Any) -> Callable[[World], object]:
    """Another sanitized snapshot than it should be."""
    return lambda world: world.rds.snapshots[world.name("sanitized")].update(differences)


FORGERIES: dict[str, Callable[[World], object]] = {
    "another run's": lambda world: retag(world, "run", "202405040300-aaaa"),
    "another stack's": lambda world: retag(world, "stack", "test"),
    "another database's": lambda world: retag(world, "database", "customers"),
    "a raw one": lambda world: retag(world, "kind", "raw"),
    "of another report": lambda world: retag(world, "report-sha256", "0" * 64),
    "of another signature": lambda world: retag(world, "report-signature", signed(b"another report")),
    "without tags": edit(TagList=[]),
    "taken of the source": lambda w: edit(DbiResourceId=w.rds.instances["orders-prod"]["DbiResourceId"])(w),
    "taken of something else": edit(DBInstanceIdentifier="orders-prod"),
    "taken before the sanitizer had finished": edit(OriginalSnapshotCreateTime=NOW - timedelta(hours=1)),
    "of an unknown time": edit(OriginalSnapshotCreateTime=None, SnapshotCreateTime=None),
    "not available": edit(Status="creating"),
    "gone": lambda world: world.rds.snapshots.pop(world.name("sanitized")),
    "another name in the plan": lambda world: world.document["plan"].update(sanitized_snapshot=world.name("raw")),
}


@pytest.mark.parametrize("step", ["Share", "Announce"])
@pytest.mark.parametrize("forgery", FORGERIES)
def test_the_sharer_believes_only_what_it_has_read(forgery: str, step: str) -> None:
    """Name, tags, digest and origin of the snapshot have to fit."""
    world = World().run_until(step)
    world.rds.shared.clear()
    FORGERIES[forgery](world)
    with pytest.raises(NotSanitized):
        world.perform(step)
    assert not world.rds.shared
    assert not any(key.startswith("announced/") for key in world.s3.objects)


@pytest.mark.parametrize("key", [None, "arn:aws:kms:eu-west-1:123456789012:key/source"])
def test_only_what_is_under_the_share_key_is_shared(key: str | None) -> None:
    """A snapshot without that key was not copied."""
    world = World().run_until("Share")
    world.rds.snapshots[world.name("sanitized")]["KmsKeyId"] = key
    if key is None:
        del world.rds.snapshots[world.name("sanitized")]["KmsKeyId"]
    with pytest.raises(NotSanitized, match="share key"):
        world.perform("Share")
    assert not world.rds.shared


@pytest.mark.parametrize("accounts", ["all", "", f"{CONSUMER},all", "12345"])
def test_all_is_refused_everywhere(accounts: str) -> None:
    """The plan has refused it; the sharer does so again."""
    world = World().run_until("Share")
    world.environment["SHARE_ACCOUNTS"] = accounts
    with pytest.raises(NotSanitized, match="twelve digits"):
        world.perform("Share")
    assert not world.rds.shared


def test_an_account_that_nobody_configured_is_noticed() -> None:
    """Sharing adds; who else may restore the snapshot already is read back."""
    world = World().run_until("Share")
    world.rds.shared[world.name("sanitized")] = ["999999999999"]
    with pytest.raises(AwsRefused, match="999999999999"):
        world.perform("Share")


def test_the_announcement_says_what_to_restore() -> None:
    """Under the run's name and as the latest: names, the report's digest, the time, and what the run used."""
    world = World().run_until("Retire")
    said = json.loads(world.s3.objects["announced/orders/latest.json"])
    assert said == json.loads(world.s3.objects[f"announced/orders/{world.run_id}.json"])
    assert said.pop("cost")["in_words"].startswith("0.0 h of db.t4g.medium with 500 GiB, 0.4 h of Fargate")
    assert said == {
        "snapshot": world.name("sanitized"),
        "snapshot_arn": f"arn:aws:rds:eu-west-1:123456789012:snapshot:{world.name('sanitized')}",
        "run_id": world.run_id,
        "report_sha256": sha256(world.sanitize()).hexdigest(),
        "report_signature": signed(world.sanitize()),
        "announced_at": "2024-05-05T03:00:00Z",
    }


def ended(exit_code: int | None) -> dict[str, str]:
    """What Step Functions catches when the sanitizer's task fails."""
    container = {"Name": "sanitizer"} if exit_code is None else {"Name": "sanitizer", "ExitCode": exit_code}
    task = {"Containers": [container], "StoppedReason": "Essential container in task exited"}
    return {"Error": "States.TaskFailed", "Cause": json.dumps(task)}


@pytest.mark.parametrize(
    ("exit_code", "error", "meaning"),
    [
        (2, SanitizerFailed, "called wrongly"),
        (10, SanitizerRefused, "rules are wrong"),
        (11, SanitizerRefused, "disagree"),
        (12, SanitizerRefused, "pre-flight"),
        (13, SanitizerRefused, "connect"),
        (20, SanitizerFailed, "SQL statement"),
        (21, SanitizerFailed, "masking"),
        (22, SanitizerFailed, "purging"),
        (23, SanitizerFailed, "original values"),
        (19, SanitizerRefused, "stopped before"),
        (24, SanitizerFailed, "report"),
        (29, SanitizerFailed, "stopped while"),
        (137, SanitizerFailed, "unexpectedly"),
        (0, SanitizerFailed, "unexpectedly"),
        (None, SanitizerFailed, "no exit code"),
    ],
)
def test_the_exit_code_tells_refused_from_failed(exit_code: int | None, error: type[Exception], meaning: str) -> None:
    """10 to 19: nothing was changed. Anything else, a missing code included: something may have been."""
    world = World().run_until("Sanitize")
    with pytest.raises(error, match=meaning):
        world.perform("ExplainSanitizer", error=ended(exit_code))


def test_the_exit_code_is_the_sanitizers_own() -> None:
    """A service that watches Fargate puts a container beside it, which ends as it likes."""
    world = World().run_until("Sanitize")
    beside = {"Name": "aws-guardduty-agent", "ExitCode": 0}
    error = ended(11)
    task = json.loads(error["Cause"])
    task["Containers"].insert(0, beside)
    with pytest.raises(SanitizerRefused, match="disagree"):
        world.perform("ExplainSanitizer", error={**error, "Cause": json.dumps(task)})


def test_every_exit_code_of_the_sanitizer_has_a_meaning_here() -> None:
    """Two rooms, one table of codes."""
    assert set(sanitizing.MEANINGS) == set(EXIT_CODES.values())


def test_the_schema_of_reports_has_one_number_in_both_rooms() -> None:
    """The sanitizer writes it, the run reads it."""
    assert sanitizing.SCHEMA == report.SCHEMA


def test_the_sanitizers_container_has_one_name_in_both_rooms() -> None:
    """The task definition gives it, the run reads it."""
    assert sanitizing.CONTAINER == CONTAINER


@pytest.mark.parametrize("cause", ["", "not JSON", "{}"])
def test_a_task_that_never_ran_or_ran_too_long_has_failed(cause: str) -> None:
    """A deadline gives no cause, a refused RunTask one that is not JSON."""
    world = World().run_until("Sanitize")
    with pytest.raises(SanitizerFailed, match=r"States\.Timeout"):
        world.perform("ExplainSanitizer", error={"Error": "States.Timeout", "Cause": cause})

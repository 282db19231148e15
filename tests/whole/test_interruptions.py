"""A Lambda that dies, an answer that is lost, an execution that somebody aborts: nothing is done twice, and nothing stays.

Opens with what happened elsewhere: a retried step that took a second snapshot; databases that an aborted execution left standing.
"""

import pytest

from rehearsal import outcome
from rehearsal.account import CONSUMER_ACCOUNT
from rehearsal.faults import Loss
from rehearsal.stage import Stage
from tests.whole.staging import failed, fault, states, when_entering

pytestmark = pytest.mark.usefixtures("nothing_is_left", "production_is_what_it_was")

EFFECTS = {
    "raw snapshot": ("rds", "CreateDBSnapshot", "-raw-"),
    "restore": ("rds", "RestoreDBInstanceFromDBSnapshot", ""),
    "take over": ("rds", "ModifyDBInstance", ""),
    "sanitized snapshot": ("rds", "CreateDBSnapshot", "-intermediate-"),
    "copy": ("rds", "CopyDBSnapshot", ""),
    "share": ("rds", "ModifyDBSnapshotAttribute", ""),
    "announcement": ("s3", "PutObject", "announced/"),
    "delete": ("rds", "DeleteDBInstance", ""),
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_crash_after_an_effect_is_made_good(stage: Stage, effect: str) -> None:
    """A Lambda that dies after its call is tried again, and finds its own work done: one snapshot, shared once."""
    service, operation, among = EFFECTS[effect]
    before = set(stage.ours())
    with fault(service, operation, Loss.CRASH, among=among)(stage):
        ended = stage.run()
    assert ended["status"] == "SUCCEEDED", ended
    result = outcome.look_at_result(stage)
    assert set(stage.ours()) - before == {result.identifier}
    assert result.accounts == (CONSUMER_ACCOUNT,)
    _delete(stage, result.identifier)


def test_crash_that_never_stops_ends_the_run(stage: Stage) -> None:
    """Trying again has an end, and what the crashing calls made is removed."""
    crash = fault("rds", "RestoreDBInstanceFromDBSnapshot", Loss.CRASH, times=99)
    error, _, entered = failed(stage, crash)
    assert error == "Runtime.ExitError"
    assert entered[-2:] == ["Verdict", "Failed"]


@pytest.mark.parametrize("effect", ["raw snapshot", "restore", "copy"])
def test_lost_answer_is_made_good(stage: Stage, effect: str) -> None:
    """AWS did what it was asked, but the answer was lost: the run goes on with what is there."""
    service, operation, among = EFFECTS[effect]
    before = set(stage.ours())
    with fault(service, operation, Loss.LOST_RESPONSE, among=among)(stage):
        ended = stage.run()
    assert ended["status"] == "SUCCEEDED", ended
    made = set(stage.ours()) - before
    assert len(made) == 1
    _delete(stage, made.pop())


@pytest.mark.parametrize(
    "state", ["AwaitRawSnapshot", "TakeOver", "Sanitize", "AwaitSanitizedSnapshot", "Announce", "AwaitGone"]
)
def test_aborted_execution_is_swept_clean(stage: Stage, state: str) -> None:
    """Whoever stops a run in the middle leaves nothing behind for longer than an hour; what was announced by then stays."""
    states_client = stage.account.client("stepfunctions")
    before = set(stage.ours())
    with when_entering(stage, state, lambda arn: states_client.stop_execution(executionArn=arn, cause="a person")):
        execution = stage.start_run()
        ended = stage.account.wait(execution, 300)
    assert ended["status"] == "ABORTED"
    assert set(stage.ours()) - before, "there is nothing to sweep"
    for _ in range(3):
        stage.account.clock.sleep(3600)
        stage.sweep()
    stage.account.clock.sleep(3600)
    left = set(stage.ours()) - before
    assert [name.split("-")[2] for name in left] == (["sanitized"] if state == "AwaitGone" else [])
    for name in left:
        _delete(stage, name)


def test_second_start_of_a_slot_is_no_failure_and_no_second_run(stage: Stage) -> None:
    """The schedule may deliver the same slot twice."""
    duplicates: list[str] = []

    def start_again(execution: str) -> None:
        told = stage.account.client("stepfunctions").describe_execution(executionArn=execution)["input"]
        schedule = next(each for name, each in stage.provider.schedules.items() if name.endswith("-shop"))
        target = schedule["target"]
        duplicates.append(stage.account.start_execution(target["arn"], told, target["roleArn"]))

    before = set(stage.ours())
    with when_entering(stage, "AwaitRawSnapshot", start_again):
        ended = stage.run()
    again = stage.account.wait(duplicates[0], 60)
    assert (ended["status"], again["status"]) == ("SUCCEEDED", "SUCCEEDED")
    assert states(stage, duplicates[0]) == ["Begin", "Plan", "Succeeded"]
    made = set(stage.ours()) - before
    assert len(made) == 1
    _delete(stage, made.pop())


def test_another_start_while_a_run_goes_on_is_refused(stage: Stage) -> None:
    """Two runs of one database would get in each other's way: the second one creates and deletes nothing."""
    others: list[str] = []
    before = set(stage.ours())

    def start_another(_: str) -> None:
        stage.account.clock.sleep(60)  # a slot of its own
        others.append(stage.start_run())

    with when_entering(stage, "AwaitRawSnapshot", start_another):
        ended = stage.run()
    second = stage.account.wait(others[0], 60)
    assert (ended["status"], second["status"], second["error"]) == ("SUCCEEDED", "FAILED", "AlreadyRunning")
    assert states(stage, others[0]) == ["Begin", "Plan", "Verdict", "Failed"]
    made = set(stage.ours()) - before
    assert len(made) == 1
    _delete(stage, made.pop())


def _delete(stage: Stage, snapshot: str) -> None:
    stage.account.client("rds").delete_db_snapshot(DBSnapshotIdentifier=snapshot)
    stage.account.clock.sleep(3600)

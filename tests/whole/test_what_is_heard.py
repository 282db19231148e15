"""What a rehearsal leaves anywhere is heard by the session's last test: a marker is put into each place."""

import json
from pathlib import Path

import botocore.exceptions
import pytest

from rehearsal.stage import Stage
from tests.outputs import records, search, stages
from tests.whole import staging

MARKER = "planted-everywhere"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record of this test's own."""
    monkeypatch.setenv(records.FOLDER, str(tmp_path))
    return tmp_path


EVERYWHERE = {
    "calls of AWS",
    "environment of a task",
    "log of a function",
    "log of a task",
    "message to people",
    "object in the bucket",
    "states",
    "tags",
}


def test_every_place_of_a_rehearsal_is_heard(folder: Path) -> None:
    """State documents, logs, environments, calls, tags, objects, messages; originals, the key and the password are known."""
    with Stage() as stage:
        stages.take(stage)
        heard = records.read(folder)
        assert search.found(heard) == []
        assert len(next(iter(heard.planted.values()))) > 100_000
        assert (len(heard.keys), len(heard.passwords)) == (1, 1)
        put_everywhere(stage)
    told = search.found(records.read(folder))
    assert {line.split(": ")[1] for line in told if "a planted marker" in line} == EVERYWHERE
    assert MARKER not in str(told)
    assert "log of a temporary database" in {each.kind for each in records.read(folder).said}


def put_everywhere(stage: Stage) -> None:
    """A marker in every place, by whoever may put one there."""
    account, bucket = stage.account, stage.recording.outputs["bucket"]
    client = account.client
    client("s3").put_object(Bucket=bucket, Key="reports/shop/x.json", Body=json.dumps({"a": MARKER}).encode())
    function = next(each for name, each in account.lambdas._functions.items() if name.endswith("worker"))
    event = json.dumps({"step": MARKER, "now": "2026-01-01T00:00:00Z", "attempt": 0}).encode()
    client("lambda").invoke(FunctionName=function.name, Payload=event)
    with pytest.raises(botocore.exceptions.ClientError):
        client("s3", function.role_arn).put_object(Bucket=bucket, Key="rules/x", Body=MARKER.encode())
    snapshot = client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"][0]["DBSnapshotArn"]
    client("rds").add_tags_to_resource(ResourceName=snapshot, Tags=[{"Key": "note", "Value": MARKER}])
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    client("sns").publish(TopicArn=topic, Subject="news", Message=MARKER)
    with staging.rules_with(instead=("email: email ", f"email: {MARKER} "))(stage):
        assert account.wait(stage.start_run(), 300)["status"] == "FAILED"
    next(iter(account.ecs.task_environments.values()))["SANITIZER_NOTE"] = MARKER
    machine = client("stepfunctions").list_state_machines()["stateMachines"][0]["stateMachineArn"]
    account.wait(account.start_execution(machine, json.dumps({"a": MARKER})), 300)

"""All that whole rehearsals produced, taken from the emulated account before it ends."""

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.sns.models import sns_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from rehearsal.account import ACCOUNT, REGION
from rehearsal.stage import Stage
from tests.outputs import records
from tests.outputs.originals import of_production

# The rehearsal shows a few rows of people whom it invented, before and after masking; nothing else of its screen may.
SHOWN_ON_PURPOSE = re.compile(r"^Rows before and after\n.*?(?=^\S)", re.MULTILINE | re.DOTALL)


def take(stage: Stage) -> None:
    """Writes down what there is, and what must not be in it."""
    of = f"rehearsal {stage.folder.name}"
    records.plant(of_production(stage), of)
    records.use_password(stage.production.password)
    for key in _keys(stage):
        records.use_key(key)
    executions = list(_executions())
    records.count(f"rehearsal on {stage.engine.name}")
    for _ in executions:
        records.count(f"execution on {stage.engine.name}")
    for kind, texts in (
        ("states", map(_told, executions)),
        ("log of a function", map("".join, stage.account.lambdas._logs.values())),
        ("log of a task", map(stage.account.ecs.logs, stage.account.ecs.task_environments)),
        ("environment of a task", map(json.dumps, map(_public, stage.account.ecs.task_environments.values()))),
        ("calls of AWS", map(_told, _calls(stage))),
        ("tags", map(json.dumps, _tags(stage))),
        ("object in the bucket", _objects(stage)),
        ("message to people", _messages()),
    ):
        for text in dict.fromkeys(texts):
            records.say(kind, text, of)


def _told(value: Any) -> str:
    return json.dumps(value, default=_as_text, ensure_ascii=False)


def _as_text(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _executions() -> Iterator[dict[str, Any]]:
    """Input, output, error and the whole history of each, state documents in it."""
    for machine in stepfunctions_parser_backends[ACCOUNT][REGION].state_machines:
        for each in machine.executions:
            told = {name: getattr(each, name, None) for name in ("execution_input", "output", "error", "cause")}
            yield {**told, "history": each.exec_worker.env.event_manager.get_event_history()}


def _public(environment: dict[str, str]) -> dict[str, str]:
    """What the run chose; the task's own credentials are AWS's."""
    return {name: value for name, value in environment.items() if not name.startswith("AWS_")}


def _calls(stage: Stage) -> Iterator[Any]:
    """What roles of the stack sent to AWS, which holds overrides, events, messages and tags."""
    for call in stage.account.gate.calls:
        if call.role != "operator":
            yield [call.role, call.service, call.operation, call.parameters, call.error]


def _tags(stage: Stage) -> Iterator[dict[str, Any]]:
    region = stage.rds._region
    for thing in (*region.instances.values(), *region.snapshots.values()):
        yield {thing.identifier: thing.tags}


def _objects(stage: Stage) -> Iterator[str]:
    s3, bucket = stage.account.client("s3"), stage.recording.outputs["bucket"]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for each in page.get("Contents", []):
            yield s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode(errors="replace")


def _messages() -> Iterator[str]:
    for topic in sns_backends[ACCOUNT][REGION].topics.values():
        for _id, text, subject, *_ in topic.sent_notifications:
            yield f"{subject}\n{text}"


def _keys(stage: Stage) -> Iterator[str]:
    kms, key = stage.account.client("kms"), stage.recording.outputs["maskingKey"]
    message = f"masking-key/v1/{stage.contents.name}".encode()
    yield kms.generate_mac(KeyId=key, Message=message, MacAlgorithm="HMAC_SHA_256")["Mac"].hex()

"""Ways to make a run meet trouble, each undone afterwards."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from moto.events.models import EventPattern
from moto.sns.models import sns_backends

from rehearsal.account import ACCOUNT, REGION
from rehearsal.errors import AwsError
from rehearsal.faults import Fault, Loss
from rehearsal.stage import PROJECT, Stage

Trouble = Callable[[Stage], AbstractContextManager[None]]
RULES = (PROJECT / "masking" / "shop.yaml").read_text()


def project(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Our program with other answers: the rehearsal's, changed."""
    for name in ("components", "handlers", "sanitizer", "masking", "__main__.py", "Pulumi.yaml"):
        (folder / name).symlink_to(PROJECT / name)
    stack = yaml.safe_load((PROJECT / "Pulumi.local.yaml").read_text())
    change(stack["config"])
    (folder / "Pulumi.local.yaml").write_text(yaml.safe_dump(stack))
    return folder


def deliver(stage: Stage, source: str, kind: str, detail: dict[str, Any]) -> None:
    """Hand an event to whatever the deployed rules of EventBridge name for it; fails when nothing does."""
    now = stage.account.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {"source": source, "detail-type": kind, "time": now, "detail": detail}
    fitting = [
        arn
        for pattern, targets in stage.provider.rules.values()
        if EventPattern.load(pattern).matches_event(event)
        for arn in targets
    ]
    assert fitting, f"no rule fits {event}"
    for arn in fitting:
        answer = stage.account.client("lambda").invoke(FunctionName=arn, Payload=json.dumps(event).encode())
        assert "FunctionError" not in answer, answer["Payload"].read()


def ended(stage: Stage, execution: str) -> dict[str, Any]:
    """What Step Functions tells EventBridge at the end of an execution."""
    described = stage.account.client("stepfunctions").describe_execution(executionArn=execution)
    times = {name: described[name].timestamp() * 1000 for name in ("startDate", "stopDate")}
    return {"executionArn": execution, **{name: described[name] for name in ("stateMachineArn", "status")}, **times}


def messages(stage: Stage) -> list[tuple[str, str]]:
    """Subject and text of everything that people were told."""
    topics = sns_backends[ACCOUNT][REGION].topics.values()
    return [(subject, text) for topic in topics for _id, text, subject, *_ in topic.sent_notifications]


@contextmanager
def rules(stage: Stage, text: str) -> Iterator[None]:
    """The run finds other rules in the bucket."""
    s3, bucket = stage.account.client("s3"), stage.recording.outputs["bucket"]
    key = s3.list_objects_v2(Bucket=bucket, Prefix="rules/shop/")["Contents"][0]["Key"]
    standing = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
    try:
        yield
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=standing)


@contextmanager
def deployed_rules(stage: Stage, text: str) -> Iterator[None]:
    """The run finds other rules in the bucket, and its functions know that they are these."""
    key = f"rules/shop/{sha256(text.encode()).hexdigest()}.yaml"
    lambdas = stage.account.lambdas
    names = [name for name in lambdas._functions if name.endswith(("-worker", "-sharer"))]
    right = {name: lambdas._functions[name] for name in names}
    other = {name: replace(each, environment={**each.environment, "RULES_KEY": key}) for name, each in right.items()}
    with rules(stage, text):
        for functions in (other, right):
            lambdas._functions |= functions
            for name in names:
                if process := lambdas._processes.pop(name, None):
                    process.close()
            if functions is other:
                yield


def rules_with(*, before: str = "", after: str = "", instead: tuple[str, str] = ("", "")) -> Trouble:
    """The shop's rules with a statement more, or a text exchanged."""
    text = RULES
    for old, new in (
        instead,
        ("    sql:\n", f"    sql:\n      before:\n        - {before}\n" if before else ""),
        ("      after:\n", f"      after:\n        - {after}\n" if after else ""),
    ):
        assert old in text
        text = text.replace(old, new or old, 1)
    return lambda stage: rules(stage, text)


@contextmanager
def production_sql(stage: Stage, before: str, after: str) -> Iterator[None]:
    """Production's owners change their schema, and change it back."""
    try:
        with stage.production.connect("shop") as connection:
            connection.execute(before.encode())
        yield
    finally:
        with stage.production.connect("shop") as connection:
            connection.execute(after.encode())


@contextmanager
def when_entering(stage: Stage, state: str, act: Callable[[str], object]) -> Iterator[None]:
    """Do something with the next execution that enters the state, once; fails when none did."""
    acted: list[str] = []

    def listen(execution: str, event: dict[str, Any]) -> None:
        if (event.get("stateEnteredEventDetails") or {}).get("name") == state and not acted:
            acted.append(execution)
            act(execution)

    stage.account.on_event(listen)
    yield
    assert acted, f"no execution entered {state}"


def states(stage: Stage, execution: str) -> list[str]:
    """The states that the execution entered, in order."""
    events = stage.account.history(execution)
    return [event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")]


def fault(
    service: str, operation: str, outcome: AwsError | Loss, *, times: int = 1, role: str = "", among: str = ""
) -> Trouble:
    """A call that goes wrong: those of one role, with a text among their parameters."""

    @contextmanager
    def trouble(stage: Stage) -> Iterator[None]:
        named = f"ss-local-shop-{role}" if role else None
        made = Fault(service, operation, outcome, times, lambda parameters: among in str(parameters), named)
        met = len(stage.account.gate.unused_faults)
        stage.account.gate.inject(made)
        try:
            yield
            if times == 1:
                assert len(stage.account.gate.unused_faults) == met, "no call met the fault"
        finally:
            stage.account.gate.forget_faults()

    return trouble


def failed(stage: Stage, trouble: Trouble) -> tuple[str, str, list[str]]:
    """Error, cause and states of a run that meets the trouble; it must not succeed."""
    with trouble(stage):
        execution = stage.start_run()
        ended = stage.account.wait(execution, 300)
    assert ended["status"] == "FAILED", ended
    return ended["error"], ended["cause"], states(stage, execution)

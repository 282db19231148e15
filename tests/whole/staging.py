"""Ways to make a run meet trouble, each undone afterwards."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from rehearsal.errors import AwsError
from rehearsal.faults import Fault, Loss
from rehearsal.stage import PROJECT, Stage

Trouble = Callable[[Stage], AbstractContextManager[None]]
RULES = (PROJECT / "masking" / "shop.yaml").read_text()


@contextmanager
def rules(stage: Stage, text: str) -> Iterator[None]:
    """The run finds other rules in the bucket."""
    s3, bucket = stage.account.client("s3"), stage.recording.outputs["bucket"]
    key = s3.list_objects_v2(Bucket=bucket, Prefix="rules/shop/")["Contents"][0]["Key"]
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
    try:
        yield
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=RULES.encode())


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

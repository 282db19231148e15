"""Step Functions behaves as on AWS where moto's interpreter does not, and in virtual time."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from rehearsal.account import ACCOUNT, REGION, EmulatedAccount
from rehearsal.clock import Clock
from rehearsal.errors import AwsError
from rehearsal.faults import Fault, Loss
from rehearsal.images import Image
from tests.rehearsal import fixtures_gate
from tests.rehearsal.fixtures_gate import NotebookRds, allow, role

rds = fixtures_gate.rds

Json = dict[str, Any]
CODE = b"""
import os, time

class NotReady(Exception):
    pass

def handler(event, context):
    if event.get("fail_until") is not None and event["attempt"] < event["fail_until"]:
        raise NotReady(str(event["attempt"]))
    if event.get("raise"):
        raise type(event["raise"], (Exception,), {})("told to")
    if event.get("exit"):
        os._exit(1)
    if event.get("hang"):
        time.sleep(600)
    if event.get("big"):
        return "x" * 300000
    return event
"""
PROGRAM = """
import signal, sys, time
print("started", flush=True)
if "--hang" in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    time.sleep(600)
sys.exit(int(sys.argv[1]))
"""
NETWORK = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"]}}
EVENTS = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]


@pytest.fixture
def account(rds: NotebookRds, tmp_path: Path) -> Iterator[EmulatedAccount]:
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "program.py").write_text(PROGRAM)
    image = Image(tmp_path / "image", entrypoint=("python", "program.py"), command=("0",))
    with EmulatedAccount(Clock(), lambda _: rds, root=tmp_path, images={"tool": image}) as started:
        function = role(started, "function")
        started.lambdas.create(
            "f", {"code.py": CODE}, handler="code.handler", role_arn=function, environment={}, timeout_seconds=20
        )
        role(
            started, "machine", allow(["lambda:InvokeFunction", "ecs:*", "iam:PassRole", *EVENTS]), service="states.amazonaws.com"
        )  # fmt: skip
        started.client("ecs").create_cluster(clusterName="c")
        task = role(started, "task", service="ecs-tasks.amazonaws.com")
        started.client("ecs").register_task_definition(
            family="tool", taskRoleArn=task, containerDefinitions=[{"name": "tool", "image": "tool"}]
        )  # fmt: skip
        yield started


@pytest.fixture
def create(account: EmulatedAccount) -> Callable[..., str]:
    def create(states: Json, role_name: str = "machine", **others: Any) -> str:
        definition = {"StartAt": next(iter(states)), "States": states, **others}
        made = account.client("stepfunctions").create_state_machine(
            name=f"m{len(account.gate.calls)}",
            definition=json.dumps(definition),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/{role_name}",
        )
        return str(made["stateMachineArn"])

    return create


@pytest.fixture
def run(account: EmulatedAccount, create: Callable[..., str]) -> Callable[..., Json]:
    def run(states: Json, execution_input: Any = None, **others: Any) -> Json:
        started = account.start_execution(create(states, **others), json.dumps(execution_input or {}))
        return account.wait(started, 30)

    return run


def invoke(payload: Json, **others: Any) -> Json:
    return {
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload": payload},
        "ResultSelector": {"value.$": "$.Payload"}, "End": True, **others,
    }  # fmt: skip


def task(*command: str, **others: Any) -> Json:
    parameters = {
        "Cluster": "c", "TaskDefinition": "tool", "LaunchType": "FARGATE", "NetworkConfiguration": NETWORK,
        "Overrides": {"ContainerOverrides": [{"Name": "tool", "Command": list(command)}]},
    }  # fmt: skip
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "Parameters": parameters,
        "End": True,
        **others,
    }


def eventually(condition: Callable[[], bool]) -> None:
    """Wait for what another thread or process is about to do."""
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("it never came true")


ENTERED = {"now.$": "$$.State.EnteredTime", "attempt.$": "$$.State.RetryCount", "started.$": "$$.Execution.StartTime"}
DONE = {"Done": {"Type": "Pass", "End": True}}


def test_waiting_takes_virtual_time_only(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """Retries sleep on the virtual clock; the attempt counts up, the time of entry stays, both readable in the payload."""
    before = account.clock.slept_seconds
    retry = [{"ErrorEquals": ["NotReady"], "IntervalSeconds": 60, "MaxAttempts": 300, "BackoffRate": 1}]
    ended = run({"Await": invoke(ENTERED | {"fail_until": 5}, Retry=retry)})
    assert account.clock.slept_seconds - before == 5 * 60
    value = json.loads(ended["output"])["value"]
    assert value["attempt"] == 5
    assert value["started"] <= value["now"] < ended["stopDate"].isoformat()
    assert len(value["now"]) == len("2026-01-01T00:00:00.000Z")
    assert value["now"].endswith("Z")
    payloads = [json.loads(call.parameters["Payload"]) for call in account.gate.calls_of("lambda")]
    assert [payload["attempt"] for payload in payloads] == [0, 1, 2, 3, 4, 5]
    assert len({payload["now"] for payload in payloads}) == 1


def test_retries_end(run: Callable[..., Json]) -> None:
    """After MaxAttempts the error gets through, by its name."""
    retry = [{"ErrorEquals": ["NotReady"], "IntervalSeconds": 60, "MaxAttempts": 3, "BackoffRate": 1}]
    ended = run({"Await": invoke(ENTERED | {"fail_until": 9}, Retry=retry)})
    assert (ended["status"], ended["error"]) == ("FAILED", "NotReady")


def test_wait_states_jump(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """A Wait state moves the clock and nothing else."""
    assert run({"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}})["status"] == "SUCCEEDED"
    assert account.clock.slept_seconds == 3600


def test_history_is_in_virtual_time(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """The history that the API shows carries the virtual times of the transitions."""
    ended = run({"Wait": {"Type": "Wait", "Seconds": 3600, "Next": "Done"}, **DONE})
    times = {
        event["stateEnteredEventDetails"]["name"]: event["timestamp"]
        for event in account.history(ended["executionArn"]) if "stateEnteredEventDetails" in event
    }  # fmt: skip
    assert 3600 <= (times["Done"] - times["Wait"]).total_seconds() < 3660
    assert ended["stopDate"] >= times["Done"]


def test_error_names_are_those_of_aws(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """Exceptions, crashes, lost connections and refusals arrive under the names that Retry and Catch wait for."""
    assert run({"A": invoke({"raise": "SnapshotFailed"})})["error"] == "SnapshotFailed"
    assert run({"A": invoke({"exit": True})})["error"] == "Runtime.ExitError"
    account.gate.inject(Fault("lambda", "Invoke", Loss.LOST_RESPONSE))
    assert run({"A": invoke({})})["error"] == "Lambda.SdkClientException"
    account.gate.inject(Fault("lambda", "Invoke", AwsError("TooManyRequestsException", "Rate Exceeded.", 429)))
    assert run({"A": invoke({})})["error"] == "Lambda.TooManyRequestsException"
    role(account, "idle", service="states.amazonaws.com")
    refused = run({"A": invoke({})}, role_name="idle")
    assert refused["error"] == "Lambda.AWSLambdaException"
    assert "lambda:InvokeFunction" in refused["cause"]


def test_a_fail_state_repeats_any_error(run: Callable[..., Json]) -> None:
    """Fail with ErrorPath ends with the caught error's name, one of Step Functions' own too."""
    failed = {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"}
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}]
    for state, name in (
        (invoke({"raise": "Mine"}, Catch=catch), "Mine"),
        (task("3", Catch=catch), "States.TaskFailed"),
    ):
        assert run({"A": state, "Failed": failed})["error"] == name


def test_a_state_that_runs_too_long_times_out(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """TimeoutSeconds is catchable as States.Timeout, and leaves the task running: nobody stops it for us."""
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Done"}]
    assert run({"A": task("--hang", TimeoutSeconds=1, Catch=catch), **DONE})["status"] == "SUCCEEDED"
    assert len(account.client("ecs").list_tasks(cluster="c")["taskArns"]) == 1


def test_runtime_errors_are_not_caught_by_all(run: Callable[..., Json]) -> None:
    """States.ALL catches neither a missing path (States.Runtime) nor a result that is too large."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    for state, name in (
        (invoke({"x.$": "$.missing"}, Catch=catch), "States.Runtime"),
        (invoke({"big": True}, Catch=catch), "States.DataLimitExceeded"),
    ):
        ended = run({"A": state, **DONE})
        assert (ended["status"], ended["error"]) == ("FAILED", name)


def test_sync_waits_for_the_task(run: Callable[..., Json]) -> None:
    """The state's result is the stopped task, in Step Functions' casing."""
    ended = run({"A": task("0")})
    described = json.loads(ended["output"])
    assert described["LastStatus"] == "STOPPED"
    assert described["Containers"][0]["ExitCode"] == 0
    assert isinstance(described["CreatedAt"], int)


def test_sync_fails_with_the_task(run: Callable[..., Json]) -> None:
    """A non-zero exit is States.TaskFailed, with the task as JSON in the cause."""
    ended = run({"A": task("12")})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(ended["cause"])["Containers"][0]["ExitCode"] == 12


def test_refusals_of_ecs_are_named(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """What ECS refuses arrives as ECS.<its error>."""
    role(account, "no-ecs", allow(EVENTS), service="states.amazonaws.com")
    assert run({"A": task("0")}, role_name="no-ecs")["error"] == "ECS.AccessDeniedException"
    state = task("0")
    state["Parameters"]["TaskDefinition"] = "missing"
    assert run({"A": state})["error"] == "ECS.ClientException"


def test_the_machines_role_does_the_calling(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """Everything an execution calls is judged and recorded as the machine's role."""
    first = {key: value for key, value in task("0").items() if key != "End"}
    run({"A": {**first, "Next": "B"}, "B": invoke({})})
    assert {(call.service, call.operation, call.role) for call in account.gate.calls if call.role != "operator"} == {
        ("ecs", "RunTask", "machine"), ("ecs", "DescribeTasks", "machine"), ("lambda", "Invoke", "machine"),
    }  # fmt: skip


def test_stopping_an_execution_stops_its_task(account: EmulatedAccount, create: Callable[..., str]) -> None:
    """StopExecution aborts at once, no Catch runs, and the task that a .sync state waits for is stopped."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    submitted = threading.Event()
    account.on_event(lambda _, event: submitted.set() if event["type"] == "TaskSubmitted" else None)
    execution = account.start_execution(create({"A": task("--hang", Catch=catch), **DONE}))
    assert submitted.wait(20)
    account.client("stepfunctions").stop_execution(executionArn=execution)
    assert account.wait(execution, 1)["status"] == "ABORTED"
    eventually(lambda: account.client("ecs").list_tasks(cluster="c")["taskArns"] == [])
    eventually(lambda: account.history(execution)[-1]["type"] == "ExecutionAborted")
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for event in account.history(execution)
        if "stateEnteredEventDetails" in event
    ]
    assert entered == ["A"]


def test_an_abort_does_not_wait_for_a_function(account: EmulatedAccount, create: Callable[..., str]) -> None:
    """StopExecution takes effect at once; a function that was invoked goes on by itself, as on AWS."""
    scheduled = threading.Event()
    account.on_event(lambda _, event: scheduled.set() if event["type"] == "TaskStarted" else None)
    client = account.client("stepfunctions")
    execution = account.start_execution(create({"A": invoke({"hang": True})}))
    assert scheduled.wait(20)
    client.stop_execution(executionArn=execution)
    assert client.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_the_start_time_is_a_text(run: Callable[..., Json]) -> None:
    """A Choice can look at $$.Execution.StartTime as the text that it is on AWS."""
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$$.Execution.StartTime", "StringMatches": "20*Z", "Next": "Done"}],
    }
    assert run({"Look": choice, **DONE})["status"] == "SUCCEEDED"


@pytest.mark.parametrize("moment", ["TaskFailed", "TaskScheduled", "TaskStateEntered"])
def test_an_abort_at_any_moment_is_an_abort(account: EmulatedAccount, create: Callable[..., str], moment: str) -> None:
    """Whatever the execution is doing when it is stopped, it ends ABORTED, not FAILED by what it was doing."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    retry = [{"ErrorEquals": ["Nothing"], "MaxAttempts": 1}]
    done = threading.Event()

    def abort(execution_arn: str, event: Json) -> None:
        if event["type"] == moment:
            account.client("stepfunctions").stop_execution(executionArn=execution_arn)
        if event["type"].startswith("Execution") and event["type"] != "ExecutionStarted":
            done.set()

    account.on_event(abort)
    execution = account.start_execution(create({"A": invoke({"raise": "E"}, Catch=catch, Retry=retry), **DONE}))
    assert done.wait(20)
    assert account.wait(execution, 10)["status"] == "ABORTED"


def test_transitions_can_be_watched(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """A listener hears every event of an execution, in order, as it happens."""
    heard: list[tuple[str, str]] = []
    account.on_event(lambda arn, event: heard.append((arn, event["type"])))
    ended = run({"A": {"Type": "Pass", "Next": "Done"}, **DONE})
    assert [kind for _, kind in heard] == [event["type"] for event in account.history(ended["executionArn"])]
    assert {arn for arn, _ in heard} == {ended["executionArn"]}


def test_a_watcher_that_stumbles_stops_nothing(run: Callable[..., Json], account: EmulatedAccount) -> None:
    """A listener hears times as times; an error of its own is logged and costs the execution nothing."""
    times: list[datetime] = []

    def stumble(_: str, event: Json) -> None:
        times.append(event["timestamp"])
        raise ValueError("not my day")

    account.on_event(stumble)
    assert run(DONE)["status"] == "SUCCEEDED"
    assert all(moment.tzinfo for moment in times)


def test_an_execution_never_runs_forever(
    account: EmulatedAccount, create: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should the interpreter itself break down, the execution ends FAILED and says so."""
    machine = create(DONE)

    def broken(_: Any) -> Any:
        raise RuntimeError("no way to read this")

    monkeypatch.setattr(ExecutionWorker, "_get_evaluation_entrypoint", broken)
    ended = account.wait(account.start_execution(machine), 10)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "no way to read this" in ended["cause"]


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}, "Missing 'Next' target: Nowhere"),
        ({"StartAt": "B", "States": {"A": {"Type": "Pass", "End": True}}}, "Missing 'Next' target: B"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass"}}}, "one of Next and End"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}, "B": {"Type": "Pass", "End": True}}}, "'B' is not reachable"),
        ({"StartAt": "A", "States": {"A": invoke({}, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "X"}])}}, "target: X"),
        ({"StartAt": "A", "States": {"A": invoke({}, Retry=[{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}])}}, "stand alone and last"),
        ({"StartAt": "A", "States": {"A": task("0") | {"Parameters": {"cluster": "c"}}}}, '"cluster" is not supported'),
        ({"StartAt": "A", "States": {"A": task("0") | {"Parameters": {"Overrides": {"containerOverrides": []}}}}}, '"containerOverrides" is not'),
        ({"StartAt": "A", "TimeoutSeconds": 60, "States": DONE | {"A": {"Type": "Pass", "Next": "Done"}}}, "put deadlines on states"),
    ],
)  # fmt: skip
def test_broken_definitions_are_refused_at_creation(account: EmulatedAccount, definition: Json, message: str) -> None:
    """What AWS refuses to create cannot be created here; and nothing is."""
    client = account.client("stepfunctions")
    with pytest.raises(client.exceptions.InvalidDefinition, match=message):
        client.create_state_machine(
            name="m", definition=json.dumps(definition), roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine"
        )
    assert client.list_state_machines()["stateMachines"] == []


def test_a_machine_needs_a_role_that_fits(account: EmulatedAccount, create: Callable[..., str]) -> None:
    """The role must trust Step Functions and, for .sync tasks, be allowed to keep the rule that tells when they end."""
    role(account, "silent", allow("ecs:*"), service="states.amazonaws.com")
    with pytest.raises(ClientError, match="authorized to assume"):
        create(DONE, role_name="function")
    with pytest.raises(ClientError, match="managed-rule"):
        create({"A": task("0")}, role_name="silent")


def test_the_schedule_starts_with_its_own_role(account: EmulatedAccount, create: Callable[..., str]) -> None:
    """Starting takes states:StartExecution on that machine, by a role that trusts the scheduler."""
    machine = create(DONE)
    scheduler = "scheduler.amazonaws.com"
    account.start_execution(
        machine, role_arn=role(account, "schedule", allow("states:StartExecution", machine), service=scheduler)
    )
    other = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:other"
    with pytest.raises(ClientError, match="states:StartExecution"):
        account.start_execution(
            machine, role_arn=role(account, "wrong", allow("states:StartExecution", other), service=scheduler)
        )
    with pytest.raises(AwsError, match="cannot assume"):
        account.start_execution(machine, role_arn=role(account, "stranger", allow("*")))

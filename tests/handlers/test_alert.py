"""What people are told when a run did not succeed: what happened, what is left, what to do; and never a value.

Opens with what happened elsewhere: an e-mail that said "FAILED" and an ARN, at three in the morning.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers import alert, errors
from handlers.entry import perform
from handlers.errors import REMEDIES, REPORTED, UNKNOWN, RunError, remedy
from handlers.instance import Instance
from handlers.sanitizing import MEANINGS
from handlers.settings import AlertSettings, SettingsMissing
from handlers.states_language import TRANSIENT
from tests.handlers.fakes import NOW, refusal
from tests.handlers.world import ALERTER, World

SECRET = "bruno.bernard7@mail.example"


def entered(name: str, minutes: float, kind: str = "Task") -> dict[str, Any]:
    """An event of the history."""
    return {
        "id": 1,
        "timestamp": NOW + timedelta(minutes=minutes),
        "type": f"{kind}StateEntered",
        "stateEnteredEventDetails": {"name": name},
    }


def scheduled(minutes: float) -> dict[str, Any]:
    return {"id": 1, "timestamp": NOW + timedelta(minutes=minutes), "type": "TaskScheduled"}


def failing(error: str, message: str = "", *, after: str = "TakeOver") -> World:
    """A run that failed and could not remove its temporary database, as people find it in the morning."""
    world = World(environment={**World().environment, "PRICE_PER_HOUR": "0.5"}).run_until(after)
    lambdas = json.dumps({"errorMessage": message, "errorType": error, "stackTrace": [SECRET]})
    world.stepfunctions.executions[world.execution] = "FAILED"
    world.stepfunctions.ended = {"error": error, "cause": json.dumps({"Error": error, "Cause": lambdas})}
    planned = {"name": "Plan", "output": json.dumps({"plan": world.document["plan"]})}
    world.stepfunctions.history = [
        entered("Begin", 0, "Pass"),
        entered("Plan", 0),
        scheduled(0),
        {"id": 1, "timestamp": NOW, "type": "TaskStateExited", "stateExitedEventDetails": planned},
        entered("RestoreTemporaryDatabase", 6),
        scheduled(6),
        entered("Sanitize", 36),
        scheduled(36),
        entered("ExplainSanitizer", 60),
        scheduled(60),
        entered("StopTask", 60),
        scheduled(60),
        entered("DeleteTemporaryDatabase", 61),
        scheduled(61),
        scheduled(62),
        entered("DeleteRawSnapshot", 66),
        scheduled(66),
    ]
    return world


def event(world: World, status: str = "FAILED", **detail: Any) -> dict[str, Any]:
    """What EventBridge hands over."""
    return {
        "detail-type": "Step Functions Execution Status Change",
        "time": world.later(2),
        "detail": {
            "executionArn": world.execution,
            "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:ss-prod-orders",
            "status": status,
            "startDate": NOW.timestamp() * 1000,
            "stopDate": (NOW + timedelta(hours=2)).timestamp() * 1000,
            **detail,
        },
    }


def told(world: World, status: str = "FAILED", **detail: Any) -> tuple[str, str]:
    perform(event(world, status, **detail), ALERTER, world.aws)
    (message,) = world.sns.messages
    return message


def test_the_message_says_what_happened_what_is_left_and_what_to_do() -> None:
    """Database, run, state, error, cause in words; each thing that stands now; the remedy, also of the exit code; a link."""
    cause = "run x: the sanitizer ended with 11: rules and schema disagree; its log stream says where"
    world = failing("SanitizerRefused", cause)
    subject, text = told(world)
    assert subject == "prod: orders FAILED (SanitizerRefused)"
    for said in (
        "`orders` in stack prod ended FAILED",
        f"run {world.run_id}, 2024-05-05 03:00 to 05:00 UTC",
        "it came as far as Sanitize",
        f"SanitizerRefused: {REMEDIES['SanitizerRefused'].happened}",
        cause,
        f"temporary: {world.name('temporary')}",
        f"raw: {world.name('raw')}",
        REMEDIES["SanitizerRefused"].todo,
        f"exit code 11: {MEANINGS[11].todo}",
        "1.0 h of db.t4g.medium with 500 GiB, 0.4 h of Fargate (1 vCPU, 2 GiB), 9 state transitions (about)",
        "0.50 at 0.50 an hour",
        f"https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/{world.execution}",
    ):
        assert said in text, text
    assert "{" not in text
    assert "did not answer" not in text


@pytest.mark.parametrize("error", ["KeyError", "States.Runtime", "UniqueViolation"])
def test_the_text_of_an_error_that_is_not_ours_is_not_repeated(error: str) -> None:
    """It may hold anything, a row of production's too."""
    world = failing(error, f"duplicate key value: {SECRET}")
    _, text = told(world)
    assert SECRET not in text
    assert error in text
    assert remedy(error).todo in text


def test_a_stack_trace_is_not_repeated_either() -> None:
    """Lambda adds one to every error."""
    assert SECRET not in told(failing("SnapshotFailed", "snapshot x is gone"))[1]


def test_nothing_left_is_said_so() -> None:
    """The usual case: the clean-up did its work."""
    world = failing("NeverAvailable", after="Plan")
    assert "What is left:\n  nothing\n" in told(world)[1]


def test_things_of_other_runs_are_not_told() -> None:
    """Nor is the announced snapshot taken for a leftover."""
    world = failing("LeftoversRemain", after="DeleteTemporaryDatabase")
    world.ecs.add_task("arn:task/1", world.run_id)
    world.ecs.add_task("arn:task/2", "202405040300-aaaa")
    _, text = told(world)
    assert f"sanitized: {world.name('sanitized')} (announced: it stays)" in text
    assert "the task arn:task/1" in text
    assert "arn:task/2" not in text
    assert "orders-prod" not in text


def test_leftovers_name_each_state_that_failed() -> None:
    """The cause of a failed clean-up is a mapping of states."""
    lambdas = json.dumps({"errorMessage": "still there: x", "errorType": "LeftoversRemain"})
    world = failing("LeftoversRemain")
    left = {
        "AwaitGone": {"Error": "LeftoversRemain", "Cause": lambdas},
        "DeleteRawSnapshot": {"Error": "KeyError", "Cause": json.dumps({"errorMessage": SECRET})},
    }
    world.stepfunctions.ended = {"error": "LeftoversRemain", "cause": json.dumps(left)}
    _, text = told(world)
    assert "AwaitGone: still there: x" in text
    assert "DeleteRawSnapshot: KeyError: its text is not repeated" in text
    assert SECRET not in text


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT"])
def test_an_end_without_an_error_is_explained_too(status: str) -> None:
    """Nobody cleaned up then, and the sweep will."""
    world = failing("")
    world.stepfunctions.ended = {"cause": SECRET}
    subject, text = told(world, status)
    assert subject == f"prod: orders {status}"
    assert "the hourly sweep removes what is left" in text
    assert SECRET not in text


FAULTS: dict[str, Callable[[World], object]] = {
    "the databases": lambda w: w.rds.faults.update(describe_db_instances=refusal("Throttling", "DescribeDBInstances")),
    "the tasks": lambda w: w.ecs.faults.update(list_tasks=refusal("ServerException", "ListTasks", 500)),
    "the execution": lambda w: w.stepfunctions.faults.update(
        describe_execution=refusal("AccessDeniedException", "DescribeExecution")
    ),
    "the history": lambda w: w.stepfunctions.faults.update(
        get_execution_history=refusal("AccessDeniedException", "GetExecutionHistory")
    ),
}


@pytest.mark.parametrize("missing", FAULTS)
def test_what_aws_does_not_answer_for_is_said_and_the_rest_is_sent(missing: str) -> None:
    """Also where the failure is the account's."""
    world = failing("SnapshotFailed", "snapshot x is gone")
    FAULTS[missing](world)
    _, text = told(world)
    assert "What AWS did not answer for:" in text
    assert "`orders` in stack prod ended FAILED" in text
    assert world.execution in text
    assert ("What is left:\n  not known" in text) == (missing in ("the databases", "the tasks"))


def test_the_event_itself_is_believed_where_the_execution_is_not_told() -> None:
    """EventBridge names the error too."""
    world = failing("SnapshotFailed")
    FAULTS["the execution"](world)
    assert "SnapshotFailed" in told(world, error="SnapshotFailed")[1]
    world.sns.messages.clear()
    FAULTS["the execution"](world)
    assert alert.NOT_TOLD.happened in told(world)[1]


def test_a_message_that_cannot_be_sent_is_an_error() -> None:
    """So that Lambda tries again, hands the event to the topic, and an alarm rings."""
    world = failing("SnapshotFailed")
    world.sns.faults["publish"] = refusal("AuthorizationError", "Publish", 403)
    with pytest.raises(RunError, match="Publish"):
        told(world)


def test_what_waits_is_told_with_the_exact_commands() -> None:
    """To look, to share, to refuse; the commands are those that the program knows."""
    from handlers import release

    world = World()
    key = "held/orders/202405050300-abcd.json"
    created = {"detail-type": "Object Created", "detail": {"bucket": {"name": "bucket"}, "object": {"key": key}}}
    perform(created, ALERTER, world.aws)
    ((subject, text),) = world.sns.messages
    assert subject == "prod: orders waits for a release"
    assert "ss-prod-sanitized-orders-202405050300-abcd" in text
    commands = [line.split()[3:] for line in text.splitlines() if "python -m handlers.release" in line]
    parsed = [release._parser().parse_args(each) for each in commands]
    assert [(each.dry_run, each.deny) for each in parsed] == [(True, False), (False, False), (False, True)]
    assert {(each.stack, each.prefix, each.database, each.run) for each in parsed} == {
        ("prod", "ss-prod", "orders", "202405050300-abcd")
    }


def test_what_is_held_is_no_leftover_either() -> None:
    """A run that held, and could not remove everything."""
    world = failing("LeftoversRemain", after="DeleteTemporaryDatabase")
    del world.s3.objects[f"announced/orders/{world.run_id}.json"]
    world.s3.put_json(f"held/orders/{world.run_id}.json", {})
    assert f"sanitized: {world.name('sanitized')} (held: it waits for a person's word)" in told(world)[1]


def test_a_subject_is_one_that_sns_takes() -> None:
    """100 characters of ASCII on one line, whatever a person called the error of what was aborted."""
    subject, _ = told(failing("E" * 200))
    assert len(subject) == 100
    subject, _ = told(failing("trop\ntard, désolé"))
    assert subject == "prod: orders FAILED (trop tard, d?sol?)"


def test_every_error_of_a_run_has_a_remedy() -> None:
    """Whoever is woken by a name is told what to do; a new error without one fails here."""
    own = {each.__name__ for each in vars(errors).values() if isinstance(each, type) and issubclass(each, RunError)}
    assert set(REMEDIES) == own - {"RunError"}
    for each in (*REMEDIES.values(), *REPORTED.values(), *MEANINGS.values()):
        assert each.happened
        assert each.todo


@pytest.mark.parametrize(
    "name", [*TRANSIENT, "States.Timeout", "States.Runtime", "ECS.AmazonECSException", "SettingsMissing"]
)
def test_what_aws_reports_has_a_remedy_too(name: str) -> None:
    """By its name, or by how it begins."""
    assert remedy(name) is not UNKNOWN


def test_the_alerter_says_what_it_was_not_told() -> None:
    """As every other function."""
    with pytest.raises(SettingsMissing, match="TOPIC"):
        AlertSettings.read({**ALERTER, "TOPIC": ""})


def test_other_partitions_have_other_consoles() -> None:
    """A link that leads nowhere is none."""
    arn = "arn:aws-cn:states:cn-north-1:123456789012:execution:m:e"
    assert alert.console(arn).startswith("https://console.amazonaws.cn/")


def test_the_alerter_changes_nothing() -> None:
    """It looks, and writes one message."""
    world = failing("SnapshotFailed")
    for each in world.services:
        each.calls.clear()
    alert.tell(world.aws, Instance(world.rds), AlertSettings.read(ALERTER), event(world))
    made = {name for _service, name, _parameters in world.calls}
    assert all(name.startswith(("describe", "list", "get")) for name in made - {"publish"})

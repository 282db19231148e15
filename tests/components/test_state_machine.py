"""The state machine and its schedule, as deployed."""

import json
from typing import Any

from rehearsal.recording import Recording

MACHINE, SCHEDULE = "aws:sfn/stateMachine:StateMachine", "aws:scheduler/schedule:Schedule"
FUNCTION = "aws:lambda/function:Function"


def states(recording: Recording, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(recording.one(MACHINE, name).inputs["definition"])["States"]
    return found


def test_the_definition_invokes_published_versions(up: Recording) -> None:
    """Never a function without its version, which the next deployment would change under a running execution."""
    invoked = {
        state["Parameters"]["FunctionName"]
        for state in states(up, "shop").values()
        if state.get("Resource", "").endswith("lambda:invoke")
    }
    assert invoked == {up.one(FUNCTION, f"shop-{role}").outputs["qualifiedArn"] for role in ("worker", "sharer")}


def test_the_run_has_the_steps_that_the_config_asks_for(two: Recording) -> None:
    """A new snapshot, a share key and accounts each bring their steps; without them the steps are not there."""
    shared, plain = set(states(two, "orders")), set(states(two, "orders-archive"))
    assert shared - plain >= {
        "TakeRawSnapshot",
        "ReEncrypt",
        "Share",
        "DeleteRawSnapshot",
        "DeleteIntermediateSnapshot",
    }
    assert not plain - shared


def test_the_sanitizer_is_given_names_and_never_a_secret(up: Recording) -> None:
    """The container's overrides name the rules, the report, the secret and the key; values that are secret are fetched."""
    container = states(up, "shop")["Sanitize"]["Parameters"]["Overrides"]["ContainerOverrides"][0]
    told = {each["Name"]: each.get("Value", each.get("Value.$")) for each in container["Environment"]}
    rules = up.one("aws:s3/bucketObjectv2:BucketObjectv2").inputs
    assert told["SANITIZER_RULES"] == f"s3://{rules['bucket']}/{rules['key']}"
    assert told["SANITIZER_MASKING_KEY"] == up.one("aws:kms/key:Key", "platform").outputs["arn"]
    assert told["SANITIZER_SIGNING_KEY"] == up.one("aws:kms/key:Key", "platform-signing").outputs["arn"]
    assert not [name for name in told if "PASSWORD" in name]
    assert container["Name"] == json.loads(_task(up)["containerDefinitions"])[0]["name"]


def _task(recording: Recording) -> dict[str, Any]:
    return recording.one("aws:ecs/taskDefinition:TaskDefinition").inputs


def test_the_log_of_executions_holds_no_data(up: Recording) -> None:
    """Errors only, without the execution's data, in a group of ours."""
    machine = up.one(MACHINE).inputs
    assert machine["type"] == "STANDARD"
    logging = machine["loggingConfiguration"]
    assert (logging["level"], logging["includeExecutionData"]) == ("ERROR", False)
    assert logging["logDestination"].endswith("log-group:/aws/vendedlogs/states/ss-local-shop:*")


def test_the_schedule_has_a_time_zone_and_tells_the_slot(prod: Recording) -> None:
    """Paris stays at three o'clock in summer; a slot that is delivered twice is known as one."""
    schedule = prod.one(SCHEDULE, "orders").inputs
    assert schedule["scheduleExpression"] == "cron(0 3 ? * SUN *)"
    assert schedule["scheduleExpressionTimezone"] == "Europe/Paris"
    assert schedule["target"]["arn"] == prod.one(MACHINE).outputs["arn"]
    assert json.loads(schedule["target"]["input"]) == {"slot": "<aws.scheduler.scheduled-time>"}


def test_without_a_schedule_nothing_starts_by_itself(two: Recording) -> None:
    """Only the sweep is scheduled then."""
    assert [schedule.name for schedule in two.of_type(SCHEDULE)] == ["platform-sweeper"]


def test_the_sweep_runs_every_hour(up: Recording) -> None:
    """Whatever a run could not remove is looked for every hour, by the function's published version."""
    schedule = up.one(SCHEDULE, "platform-sweeper").inputs
    assert schedule["scheduleExpression"] == "rate(1 hour)"
    assert schedule["target"]["arn"] == up.one(FUNCTION, "platform-sweeper").outputs["qualifiedArn"]
    asked = json.loads(schedule["target"]["input"])
    assert asked == {"step": "Sweep", "now": "<aws.scheduler.scheduled-time>", "dry_run": False}

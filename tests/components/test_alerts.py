"""Red runs, stale snapshots and what waits reach people, also when the messenger itself is broken; and one page shows it all.

Opens with what happened elsewhere: a schedule that had been off for six weeks, with no failed run to tell of it; an alert function that had lost
its permission, and was quiet.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.alarms import MEANINGS
from handlers import freshness
from handlers.settings import AlertSettings
from rehearsal.recording import Record, Recording
from tests.components.documents import allowed_actions, document, resources_of
from tests.components.projects import SHARE_KEY, record_with

ALARM, RULE = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/eventRule:EventRule"
TOPIC, FUNCTION = "aws:sns/topic:Topic", "aws:lambda/function:Function"
MACHINE = "aws:sfn/stateMachine:StateMachine"
ON_CALL = "arn:aws:sns:eu-west-1:123456789012:on-call"
HELD = {
    "name": "orders",
    "source": {"instance": "orders-prod"},
    "schedule": {"rate": "1 day"},
    "share": {"accounts": ["111122223333"], "kmsKey": SHARE_KEY, "hold": True},
}
PLAIN = {"name": "archive", "source": {"instance": "archive-prod"}}


@pytest.fixture(scope="module")
def on_call(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A stack with a topic that was there before, a database that holds, and one without a schedule."""
    return record_with(tmp_path_factory.mktemp("on-call"), "on-call", HELD, PLAIN, alerts={"topic": ON_CALL})


def pattern(recording: Recording, rule: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(recording.one(RULE, f"platform-alerter-{rule}").inputs["eventPattern"])
    return found


def alarm(recording: Recording, name: str) -> dict[str, Any]:
    return recording.one(ALARM, f"platform-alarms-{name}").inputs


def metrics(inputs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The metrics that an alarm watches."""
    yield from (each["metric"] for each in inputs.get("metricQueries", []) if "metric" in each)
    if "metricName" in inputs:
        yield inputs


def test_red_runs_invoke_the_alerter(prod: Recording) -> None:
    """Failed, timed out and aborted executions of exactly this stack's state machines; only its rules may invoke it."""
    red = pattern(prod, "red")
    assert set(red["detail"]["status"]) == {"FAILED", "TIMED_OUT", "ABORTED"}
    assert red["detail"]["stateMachineArn"] == [prod.one(MACHINE).outputs["arn"]]
    alerter = prod.one(FUNCTION, "platform-alerter").outputs
    for rule in prod.of_type(RULE):
        assert prod.one("aws:cloudwatch/eventTarget:EventTarget", rule.name).inputs["arn"] == alerter["arn"]
        allowed = prod.one("aws:lambda/permission:Permission", rule.name).inputs
        assert (allowed["principal"], allowed["sourceArn"]) == ("events.amazonaws.com", rule.outputs["arn"])
        assert allowed["function"] == alerter["name"]


def test_a_message_that_could_not_be_sent_is_an_alarm(prod: Recording) -> None:
    """Nothing is silent; and no event goes out as it is, for its cause may quote what a message must not hold."""
    assert prod.of_type("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig") == []
    watched = {each["metricName"]: each["dimensions"] for each in metrics(alarm(prod, "alerter"))}
    assert watched["Errors"] == {"FunctionName": prod.one(FUNCTION, "platform-alerter").inputs["name"]}
    assert watched["FailedInvocations"] == {"RuleName": "ss-prod-red"}


def test_the_alerter_reads_and_publishes_and_nothing_else(prod: Recording) -> None:
    """Its role looks at executions, databases, snapshots, tasks and names of announcements; it writes to one topic."""
    policy = document(prod, "platform-alerter")
    assert resources_of(policy, "sns:Publish") == {prod.one(TOPIC).outputs["arn"]}
    changing = {
        each for each in allowed_actions(policy) if not each.split(":")[1].startswith(("Describe", "List", "Get"))
    }
    assert changing == {"sns:Publish", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert "s3:GetObject" not in allowed_actions(policy)
    told = prod.one(FUNCTION, "platform-alerter").inputs["environment"]["variables"]
    assert AlertSettings.read(told).topic == prod.one(TOPIC).outputs["arn"]


def test_an_address_gets_a_topic_that_only_our_alarms_write_to(prod: Recording) -> None:
    """Nobody else can send people messages in our name."""
    topic = prod.one(TOPIC).outputs["arn"]
    subscription = prod.one("aws:sns/topicSubscription:TopicSubscription").inputs
    assert (subscription["endpoint"], subscription["topic"]) == ("dba@example.com", topic)
    (allowed,) = json.loads(prod.one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"])["Statement"]
    assert (allowed["Principal"], allowed["Resource"]) == ({"Service": "cloudwatch.amazonaws.com"}, topic)
    prefix = allowed["Condition"]["ArnLike"]["aws:SourceArn"].removesuffix("*")
    assert all(each.outputs["arn"].startswith(prefix) for each in prod.of_type(ALARM))


def test_a_topic_that_was_there_is_used_and_left_as_it_is(on_call: Recording) -> None:
    """No topic, policy or subscription of ours then; alarms and alerter write to it."""
    for kind in (TOPIC, "aws:sns/topicPolicy:TopicPolicy", "aws:sns/topicSubscription:TopicSubscription"):
        assert not on_call.of_type(kind)
    assert all(each.inputs["alarmActions"] == [ON_CALL] for each in on_call.of_type(ALARM))
    assert resources_of(document(on_call, "platform-alerter"), "sns:Publish") == {ON_CALL}


def test_an_address_may_stand_beside_a_topic(tmp_path: Path) -> None:
    """It is subscribed to that topic."""
    both = record_with(tmp_path, "both", PLAIN, alerts={"topic": ON_CALL, "email": "dba@example.com"})
    assert both.one("aws:sns/topicSubscription:TopicSubscription").inputs["topic"] == ON_CALL


def test_without_anybody_to_tell_there_is_no_alerter_but_there_are_alarms(up: Recording) -> None:
    """Alerts are optional; what is wrong is seen in CloudWatch all the same."""
    assert not up.of_type(TOPIC)
    assert not up.of_type(RULE)
    assert [each.name for each in up.of_type(FUNCTION) if "alerter" in each.name] == []
    assert {each.inputs["name"] for each in up.of_type(ALARM)} == {
        "ss-local-sweeper", "ss-local-shop-red", "ss-local-shop-stale",
    }  # fmt: skip
    assert not any(each.inputs.get("alarmActions") for each in up.of_type(ALARM))


def test_a_red_run_rings_without_any_function_of_ours(prod: Recording) -> None:
    """Failed, timed out, aborted: CloudWatch's own count of the very state machine, and silence is no failure."""
    red = alarm(prod, "orders-red")
    assert {each["metricName"] for each in metrics(red)} == {
        "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted",
    }  # fmt: skip
    machine = prod.one(MACHINE).outputs["arn"]
    assert all(each["dimensions"] == {"StateMachineArn": machine} for each in metrics(red))
    (total,) = [each for each in red["metricQueries"] if "expression" in each]
    assert all(each["id"] in total["expression"] for each in red["metricQueries"] if "metric" in each)
    assert (red["threshold"], red["treatMissingData"]) == (0, "notBreaching")
    assert red["alarmActions"] == [prod.one(TOPIC).outputs["arn"]]


def test_a_snapshot_that_is_too_old_rings_and_so_does_not_knowing(prod: Recording, on_call: Recording) -> None:
    """As old as the stack config says, or as the schedule allows; data that are missing are a reason to ring."""
    stale = alarm(prod, "orders-stale")
    assert (stale["namespace"], stale["metricName"]) == (freshness.NAMESPACE, freshness.METRIC)
    assert stale["dimensions"] == freshness.dimensions("ss-prod", "orders")
    assert (stale["threshold"], stale["treatMissingData"]) == (9 * 24, "breaching")
    assert alarm(on_call, "orders-stale")["threshold"] == 60
    assert not [each for each in on_call.of_type(ALARM) if each.name.endswith("archive-stale")]


def test_the_sweeper_measures_every_database_and_nothing_outside_its_namespace(on_call: Recording) -> None:
    """Also one without an alarm: the dashboard shows it."""
    told = on_call.one(FUNCTION, "platform-sweeper").inputs["environment"]["variables"]
    assert told["DATABASES"] == "orders,archive"
    (putting,) = [
        each
        for each in document(on_call, "platform-sweeper")["Statement"]
        if "cloudwatch:PutMetricData" in each.get("Action", ())
    ]
    assert putting["Condition"] == {"StringEquals": {"cloudwatch:namespace": freshness.NAMESPACE}}


def test_sweeps_in_vain_are_reported_to_people(prod: Recording) -> None:
    """Otherwise a leftover could stay for ever, and nobody would know: no execution fails for it."""
    sweeper = alarm(prod, "sweeper")
    assert (sweeper["namespace"], sweeper["metricName"]) == ("AWS/Lambda", "Errors")
    assert sweeper["dimensions"] == {"FunctionName": prod.one(FUNCTION, "platform-sweeper").inputs["name"]}
    assert sweeper["alarmActions"] == sweeper["insufficientDataActions"] == [prod.one(TOPIC).outputs["arn"]]


def test_a_snapshot_that_waits_is_told_where_somebody_holds(on_call: Recording, prod: Recording) -> None:
    """The hold is an object, and its creation an event; a stack without holds has no such rule."""
    held = pattern(on_call, "held")
    bucket = on_call.one("aws:s3/bucket:Bucket").inputs["bucket"]
    assert held["detail"] == {"bucket": {"name": [bucket]}, "object": {"key": [{"prefix": "held/"}]}}
    assert on_call.one("aws:s3/bucketNotification:BucketNotification").inputs["eventbridge"] is True
    assert [each.name for each in prod.of_type(RULE)] == ["platform-alerter-red"]


def test_every_alarm_says_what_to_do(prod: Recording) -> None:
    """The runbook's words stand in the alarm itself."""
    said = [each.inputs["alarmDescription"] for each in prod.of_type(ALARM)]
    assert all(any(meaning.todo in each for meaning in MEANINGS.values()) for each in said)


@pytest.mark.parametrize("stack", ["up", "prod", "two", "on_call"])
def test_the_dashboard_shows_what_is_there(stack: str, request: pytest.FixtureRequest) -> None:
    """Each metric and alarm of it names something that the program makes; widgets lie beside each other."""
    recording: Recording = request.getfixturevalue(stack)
    body = json.loads(recording.one("aws:cloudwatch/dashboard:Dashboard").inputs["dashboardBody"])
    machines = {each.outputs["arn"] for each in recording.of_type(MACHINE)}
    functions = {each.inputs["name"] for each in recording.of_type(FUNCTION)}
    databases = {
        each.rsplit("-", 1)[0] for each in (r.name for r in recording.of_type(FUNCTION)) if each.endswith("worker")
    }
    shown: dict[str, set[str]] = {}
    for namespace, _metric, *named, style in (
        metric for each in body["widgets"] for metric in each["properties"].get("metrics", [])
    ):
        assert set(style) == {"label"}
        assert namespace in ("AWS/States", "AWS/Lambda", freshness.NAMESPACE)
        for name, value in zip(named[::2], named[1::2], strict=True):
            shown.setdefault(name, set()).add(value)
    assert shown["StateMachineArn"] == machines
    assert shown["Database"] == databases
    assert shown["FunctionName"] <= functions
    alarms = {each.outputs["arn"] for each in recording.of_type(ALARM)}
    (listed,) = [each["properties"]["alarms"] for each in body["widgets"] if each["type"] == "alarm"]
    assert set(listed) == alarms
    assert not _overlapping(body["widgets"])


def _overlapping(widgets: list[dict[str, Any]]) -> list[Any]:
    cells = [
        (x, y)
        for each in widgets
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert max(x for x, _ in cells) < 24
    return [cell for cell in set(cells) if cells.count(cell) > 1]


def test_the_price_and_the_hold_reach_the_functions(tmp_path: Path) -> None:
    """What the stack config says of them; and only a sharer that holds may release."""
    held = record_with(tmp_path, "held", {**HELD, "temporary": {"pricePerHour": 0.5}}, PLAIN)
    told = variables(held.one(FUNCTION, "orders-sharer"))
    assert (told["HOLD"], told["PRICE_PER_HOUR"]) == ("true", "0.5")
    assert not {"HOLD", "PRICE_PER_HOUR"} & set(variables(held.one(FUNCTION, "archive-sharer")))
    assert "s3:DeleteObject" in allowed_actions(document(held, "orders-sharer"))
    assert "s3:DeleteObject" not in allowed_actions(document(held, "archive-sharer"))
    states = json.loads(held.one(MACHINE, "orders").inputs["definition"])["States"]
    assert "Hold" in states
    assert not {"Share", "Announce"} & set(states)


def variables(function: Record) -> dict[str, str]:
    found: dict[str, str] = function.inputs["environment"]["variables"]
    return found

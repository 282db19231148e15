"""What people are told: a topic, and a small function that makes an event into a message in plain words.

Nothing is silent: CloudWatch's own alarm rings for a red run too, an event that the function fails on goes to the topic as it is,
and an alarm watches the function and the rules that invoke it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms import state_machine
from components.database import Database
from components.functions import function
from components.names import ALERTER, Home, Names, function_log
from components.roles import Grants, logging_to
from components.settings import Alerts as Wanted
from handlers import alert

RED = ("FAILED", "TIMED_OUT", "ABORTED")


def topic(
    logical: str, wanted: Wanted, *, prefix: str, home: pulumi.Output[Home], parent: pulumi.Resource
) -> pulumi.Output[str]:
    """The ARN of the topic: the one that was named, or one of our own; with the address subscribed to it."""
    options = pulumi.ResourceOptions(parent=parent)
    arn = pulumi.Output.from_input(wanted.topic) if wanted.topic else _own_topic(logical, prefix, home, options)
    if wanted.email:
        aws.sns.TopicSubscription(logical, topic=arn, protocol="email", endpoint=wanted.email, opts=options)
    return arn


def _own_topic(
    logical: str, prefix: str, home: pulumi.Output[Home], options: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    made = aws.sns.Topic(logical, name=f"{prefix}-alerts", opts=options)
    alarms = home.apply(lambda home: home.arn("cloudwatch", f"alarm:{prefix}-*"))
    policy = pulumi.Output.all(made.arn, alarms).apply(lambda arns: _only_from_alarms(*arns))
    aws.sns.TopicPolicy(logical, arn=made.arn, policy=policy, opts=options)
    return made.arn


class Alerter(pulumi.ComponentResource):
    """A function with a role of its own, and the rules that invoke it: for red runs, and for snapshots that wait."""

    rules: list[pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        *,
        prefix: str,
        databases: Sequence[Database],
        home: pulumi.Output[Home],
        grants: Grants,
        variables: Mapping[str, pulumi.Input[str]],
        code: pulumi.Archive,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sanitized-snapshots:index:Alerter", name, {}, opts)
        called = f"{prefix}-{ALERTER}"
        may = (*alert.PERMISSIONS, logging_to(function_log(called)))
        self._name, self._prefix = name, prefix
        self._function = function(
            name,
            name=called,
            role=grants.role(called, "lambda", may, self, logical=name),
            code=code,
            variables=variables,
            timeout_seconds=600,
            parent=self,
        )
        stems = [Names(prefix, database.name).stem for database in databases]
        red = home.apply(lambda home: json.dumps(_red(home, stems)))
        self.rules = [self._rule("red", "runs that did not succeed", red)]
        if any(database.hold for database in databases):
            held = pulumi.Output.from_input(variables["BUCKET"]).apply(lambda bucket: json.dumps(_held(bucket)))
            self.rules.append(self._rule("held", "snapshots that wait for a person's word", held))
        self.register_outputs({})

    def _rule(self, called: str, meaning: str, pattern: pulumi.Output[str]) -> pulumi.Output[str]:
        logical, options = f"{self._name}-{called}", pulumi.ResourceOptions(parent=self)
        rule = aws.cloudwatch.EventRule(
            logical,
            name=f"{self._prefix}-{called}",
            description=f"Sanitized snapshots: {meaning}",
            event_pattern=pattern,
            opts=options,
        )
        allowed = aws.lambda_.Permission(
            logical,
            action="lambda:InvokeFunction",
            function=self._function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            opts=options,
        )
        aws.cloudwatch.EventTarget(
            logical,
            rule=rule.name,
            arn=self._function.arn,
            retry_policy={"maximum_event_age_in_seconds": 86_400, "maximum_retry_attempts": 185},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )
        return rule.name


def _red(home: Home, stems: Sequence[str]) -> dict[str, Any]:
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": list(RED), "stateMachineArn": [state_machine(home, stem) for stem in stems]},
    }


def _held(bucket: str) -> dict[str, Any]:
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": [{"prefix": "held/"}]}},
    }


def _only_from_alarms(topic: str, alarms: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"ArnLike": {"aws:SourceArn": alarms}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

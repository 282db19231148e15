"""A failed run is red, and says so to people; so does a sweep that does not come to its end."""

import json

import pulumi
import pulumi_aws as aws

from components.names import SWEEPER, Home

RED = ("FAILED", "TIMED_OUT", "ABORTED")
# What one sweep cannot remove, a later one may: a snapshot that is still being made can take hours.
SWEEPS_IN_VAIN = 3


class Alerts(pulumi.ComponentResource):
    """An e-mail for every execution of this stack that did not succeed, and when leftovers stay."""

    topic_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        email: str,
        prefix: str,
        home: pulumi.Output[Home],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sanitized-snapshots:index:Alerts", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(name, name=f"{prefix}-alerts", opts=child)
        aws.sns.TopicSubscription(name, topic=topic.arn, protocol="email", endpoint=email, opts=child)
        rule = aws.cloudwatch.EventRule(
            name,
            name=f"{prefix}-red",
            description="Runs of sanitized snapshots that did not succeed",
            event_pattern=home.apply(lambda home: json.dumps(_red_executions(home, prefix))),
            opts=child,
        )
        alarm = _sweeping_in_vain(name, prefix, topic, child)
        policy = aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=pulumi.Output.all(topic.arn, rule.arn, alarm.arn).apply(lambda arns: _only_from(*arns)),
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            arn=topic.arn,
            input_transformer={
                "input_paths": {"name": "$.detail.name", "status": "$.detail.status", "arn": "$.detail.executionArn"},
                "input_template": '"A run of sanitized snapshots ended <status>: <name>. What happened: <arn>"',
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.topic_arn = topic.arn
        self.register_outputs({"topicArn": topic.arn})


def _sweeping_in_vain(
    name: str, prefix: str, topic: aws.sns.Topic, opts: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    """An alarm when sweeps fail one after another, or do not happen at all."""
    return aws.cloudwatch.MetricAlarm(
        f"{name}-{SWEEPER}",
        name=f"{prefix}-{SWEEPER}",
        alarm_description="The sweeper of sanitized snapshots leaves something behind, or does not run: read its log",
        namespace="AWS/Lambda",
        metric_name="Errors",
        dimensions={"FunctionName": f"{prefix}-{SWEEPER}"},
        statistic="Minimum",  # of an hour's attempts: 0 where one of them came to its end
        period=3600,
        evaluation_periods=SWEEPS_IN_VAIN,
        threshold=0,
        comparison_operator="GreaterThanThreshold",
        treat_missing_data="missing",  # a new stack has not swept yet: only data that stop coming are told of
        alarm_actions=[topic.arn],
        insufficient_data_actions=[topic.arn],
        opts=opts,
    )


def _red_executions(home: Home, prefix: str) -> dict[str, object]:
    machines = home.arn("states", f"stateMachine:{prefix}-")
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": list(RED), "stateMachineArn": [{"prefix": machines}]},
    }


def _only_from(topic: str, rule: str, alarm: str) -> str:
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"ArnEquals": {"aws:SourceArn": source}},
        }
        for service, source in (("events", rule), ("cloudwatch", alarm))
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})

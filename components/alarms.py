"""Alarms of a stack: red runs, stale snapshots, sweeps in vain, an alerter that fails. Where there is a topic, they write to it.

They need no function of ours: CloudWatch rings them also while the alerter is broken, and when nothing runs at all.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from components.database import Database
from components.names import ALERTER, SWEEPER, Home, Names
from handlers import freshness

HOUR_SECONDS = 3600
RED = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
# What one sweep cannot remove, a later one may: a snapshot that is still being made can take hours.
SWEEPS_IN_VAIN = 3


class Meaning(NamedTuple):
    """What it means that an alarm rings, and what a person does then."""

    happened: str
    todo: str


MEANINGS = {
    "red": Meaning("a run of this database failed, timed out or was aborted", "read the message, or the execution"),
    "stale": Meaning(
        "its newest announced snapshot is too old, or nobody could tell for three hours",
        "look whether runs start (the schedule), succeed (the executions), and wait for a release",
    ),
    SWEEPER: Meaning("the sweeper leaves something behind, or does not run", "read its log"),
    ALERTER: Meaning("a message to people could not be made or delivered", "read its log; look at red runs yourself"),
}


class Alarms(pulumi.ComponentResource):
    """Every alarm of a stack, by the name that it has in CloudWatch."""

    arns: list[pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        *,
        prefix: str,
        databases: Sequence[Database],
        home: pulumi.Output[Home],
        topic: pulumi.Input[str] | None,
        rules: Sequence[pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sanitized-snapshots:index:Alarms", name, {}, opts)
        self._name, self._prefix, self._actions = name, prefix, [topic] if topic is not None else []
        self.arns = [self._sweeper()]
        for database in databases:
            self.arns.append(self._red(database.name, _machine(home, Names(prefix, database.name).stem)))
            if database.oldest is not None:
                self.arns.append(self._stale(database.name, database.oldest))
        if rules:
            self.arns.append(self._alerter(rules))
        self.register_outputs({})

    def _red(self, database: str, machine: pulumi.Output[str]) -> pulumi.Output[str]:
        named = {"StateMachineArn": machine}
        return self._alarm(
            f"{database}-red",
            "red",
            metric_queries=_sum([(metric, "AWS/States", named) for metric in RED], 300),
            evaluation_periods=1,
            threshold=0,
            treat_missing_data="notBreaching",
        )

    def _stale(self, database: str, oldest: timedelta) -> pulumi.Output[str]:
        return self._alarm(
            f"{database}-stale",
            "stale",
            namespace=freshness.NAMESPACE,
            metric_name=freshness.METRIC,
            dimensions=freshness.dimensions(self._prefix, database),
            statistic="Maximum",
            period=HOUR_SECONDS,
            evaluation_periods=3,  # one late sweep is no reason to wake anybody
            threshold=oldest / timedelta(hours=1),
            treat_missing_data="breaching",  # a sweeper that does not run measures nothing
        )

    def _sweeper(self) -> pulumi.Output[str]:
        return self._alarm(
            SWEEPER,
            SWEEPER,
            namespace="AWS/Lambda",
            metric_name="Errors",
            dimensions={"FunctionName": f"{self._prefix}-{SWEEPER}"},
            statistic="Minimum",  # of an hour's attempts: 0 where one of them came to its end
            period=HOUR_SECONDS,
            evaluation_periods=SWEEPS_IN_VAIN,
            threshold=0,
            treat_missing_data="missing",  # a new stack has not swept yet: only data that stop coming are told of
            insufficient_data_actions=self._actions,
        )

    def _alerter(self, rules: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
        failing: list[tuple[str, str, Mapping[str, pulumi.Input[str]]]] = [
            ("Errors", "AWS/Lambda", {"FunctionName": f"{self._prefix}-{ALERTER}"})
        ]
        failing += [("FailedInvocations", "AWS/Events", {"RuleName": rule}) for rule in rules]
        return self._alarm(
            ALERTER,
            ALERTER,
            metric_queries=_sum(failing, 300),
            evaluation_periods=1,
            threshold=0,
            treat_missing_data="notBreaching",
        )

    def _alarm(self, name: str, meaning: str, **what: Any) -> pulumi.Output[str]:
        told = MEANINGS[meaning]
        made = aws.cloudwatch.MetricAlarm(
            f"{self._name}-{name}",
            name=f"{self._prefix}-{name}",
            alarm_description=f"Sanitized snapshots: {told.happened}. What to do: {told.todo}.",
            comparison_operator="GreaterThanThreshold",
            alarm_actions=self._actions,
            opts=pulumi.ResourceOptions(parent=self),
            **what,
        )
        return made.arn


def state_machine(home: Home, stem: str) -> str:
    """The ARN of a database's state machine, which alarms may name before it exists."""
    return home.arn("states", f"stateMachine:{stem}")


def _machine(home: pulumi.Output[Home], stem: str) -> pulumi.Output[str]:
    return home.apply(lambda home: state_machine(home, stem))


def _sum(metrics: Sequence[tuple[str, str, Mapping[str, pulumi.Input[str]]]], seconds: int) -> list[dict[str, Any]]:
    """The sum of several metrics, each of which is there only when something happened."""
    queries: list[dict[str, Any]] = [
        {
            "id": f"m{place}",
            "metric": {
                "namespace": namespace,
                "metric_name": metric,
                "dimensions": dict(named),
                "stat": "Sum",
                "period": seconds,
            },
        }
        for place, (metric, namespace, named) in enumerate(metrics)
    ]
    total = " + ".join(f"FILL(m{place}, 0)" for place in range(len(metrics)))
    return [{"id": "total", "expression": total, "label": "all of them", "return_data": True}, *queries]

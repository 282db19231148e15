"""The state machine of one database: the flow, drawn for what is deployed, and the schedule that starts it."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.database import Database, Schedule
from components.functions import LOG_RETENTION_DAYS
from components.names import Names
from components.roles import Role
from handlers import flow
from handlers.permissions import Permission
from handlers.states_language import Deployed, render

# Step Functions writes its log through deliveries, which AWS scopes to nothing smaller than the account.
DELIVERING_LOGS = Permission(
    (
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ),
    ("*",),
)
STARTING = Permission(("states:StartExecution",), ("{state_machine}",))


def state_machine(
    name: str,
    names: Names,
    database: Database,
    *,
    role: Role,
    deployed: Mapping[str, pulumi.Input[Any]],
    parent: pulumi.Resource,
) -> aws.sfn.StateMachine:
    """The state machine; its log holds errors and never the data of an execution."""
    log = aws.cloudwatch.LogGroup(
        f"{name}-executions",
        name=names.state_machine_log,
        retention_in_days=LOG_RETENTION_DAYS,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    run = flow.run(database.features)
    return aws.sfn.StateMachine(
        name,
        name=names.stem,
        type="STANDARD",
        role_arn=role.arn,
        definition=pulumi.Output.all(**deployed).apply(lambda known: json.dumps(render(run, Deployed(**known)))),
        logging_configuration={
            "level": "ERROR",
            "include_execution_data": False,
            "log_destination": log.arn.apply(lambda arn: f"{arn}:*"),
        },
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[role.policy]),
    )


def schedule(
    name: str, names: Names, when: Schedule, *, machine: aws.sfn.StateMachine, role: Role, parent: pulumi.Resource
) -> aws.scheduler.Schedule:
    """The schedule; it tells each run its slot, so that a start delivered twice is known as one."""
    return aws.scheduler.Schedule(
        name,
        name=names.stem,
        schedule_expression=when.expression,
        schedule_expression_timezone=when.timezone,
        flexible_time_window={"mode": "OFF"},
        target={
            "arn": machine.arn,
            "role_arn": role.arn,
            "input": json.dumps({"slot": "<aws.scheduler.scheduled-time>"}),
            "retry_policy": {"maximum_retry_attempts": 5, "maximum_event_age_in_seconds": 3600},
        },
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[role.policy]),
    )

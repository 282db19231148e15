"""The hourly sweep: removes what a run could not, by tag and prefix, and measures how old the newest snapshots are."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.functions import function
from components.names import SWEEPER, function_log
from components.roles import Grants, logging_to
from handlers import freshness, sweep
from handlers.permissions import Permission


class Sweeper(pulumi.ComponentResource):
    """A function, and a schedule that starts it every hour."""

    def __init__(
        self,
        name: str,
        *,
        prefix: str,
        grants: Grants,
        variables: Mapping[str, pulumi.Input[str]],
        code: pulumi.Archive,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sanitized-snapshots:index:Sweeper", name, {}, opts)
        called = f"{prefix}-{SWEEPER}"
        may = (*sweep.PERMISSIONS, *freshness.PERMISSIONS, logging_to(function_log(called)))
        made = function(
            name,
            name=called,
            role=grants.role(called, "lambda", may, self, logical=name),
            code=code,
            variables=variables,
            timeout_seconds=600,
            parent=self,
        )
        starting = (Permission(("lambda:InvokeFunction",), ("{sweeper}",)),)
        starter = grants.role(f"{called}-start", "scheduler", starting, self, logical=f"{name}-start")
        aws.scheduler.Schedule(
            name,
            name=called,
            schedule_expression="rate(1 hour)",
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": made.qualified_arn,
                "role_arn": starter.arn,
                "input": json.dumps({"step": "Sweep", "now": "<aws.scheduler.scheduled-time>", "dry_run": False}),
                "retry_policy": {"maximum_retry_attempts": 2, "maximum_event_age_in_seconds": 1800},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[starter.policy]),
        )
        self.register_outputs({})

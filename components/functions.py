"""Lambda functions of ours: one archive, one entry, published versions, a log that ends."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.names import function_log
from components.roles import Role

HANDLER = "handlers.entry.handler"
LOG_RETENTION_DAYS = 90


def function(
    logical: str,
    *,
    name: str,
    role: Role,
    code: pulumi.Archive,
    variables: pulumi.Input[Mapping[str, pulumi.Input[str]]],
    timeout_seconds: int,
    parent: pulumi.Resource,
) -> aws.lambda_.Function:
    """A function whose versions stay: an execution goes on with the version that it began with."""
    log = aws.cloudwatch.LogGroup(
        logical,
        name=function_log(name),
        retention_in_days=LOG_RETENTION_DAYS,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return aws.lambda_.Function(
        logical,
        name=name,
        role=role.arn,
        runtime=aws.lambda_.Runtime.PYTHON3D13,
        architectures=["arm64"],
        handler=HANDLER,
        code=code,
        environment={"variables": variables},
        memory_size=512,
        timeout=timeout_seconds,
        logging_config={"log_format": "Text", "log_group": log.name},  # our lines are JSON already
        publish=True,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[role.policy]),
    )

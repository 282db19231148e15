"""The sanitizer's Fargate task: read-only, without privileges, its image by digest."""

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

from components.functions import LOG_RETENTION_DAYS
from components.image import Image
from components.names import Home, Names
from components.roles import Role, logging_to
from handlers.permissions import Permission
from sanitizer.permissions import PERMISSIONS

CONTAINER = "sanitizer"
USER = "10001"
CPU, MEMORY_MIB = "1024", "2048"
# What the sanitizer itself may do; it declares records of its own, of one shape.
SANITIZING = tuple(Permission(*each) for each in PERMISSIONS)


def starting(names: Names, image: Image) -> tuple[Permission, ...]:
    """What Fargate may do to start the container: pull its image, write its log."""
    return (*image.pulling, logging_to(names.task_log))


def task_definition(
    logical: str,
    names: Names,
    *,
    image: pulumi.Input[str],
    architecture: str,
    home: pulumi.Output[Home],
    task: Role,
    execution: Role,
    parent: pulumi.Resource,
) -> pulumi.Output[str]:
    """The ARN of the task definition's revision. Old revisions stay: a running execution goes on with its own."""
    log = aws.cloudwatch.LogGroup(
        f"{logical}-task",
        name=names.task_log,
        retention_in_days=LOG_RETENTION_DAYS,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    options = {"awslogs-group": log.name, "awslogs-region": home.region, "awslogs-stream-prefix": CONTAINER}
    definition = awsx.ecs.FargateTaskDefinition(
        logical,
        family=names.stem,
        cpu=CPU,
        memory=MEMORY_MIB,
        container={
            "name": CONTAINER,
            "image": image,
            "essential": True,
            "user": USER,
            "readonly_root_filesystem": True,
            "mount_points": [{"source_volume": "tmp", "container_path": "/tmp", "read_only": False}],  # noqa: S108
            "linux_parameters": {"capabilities": {"drop": ["ALL"]}, "init_process_enabled": True},
            "stop_timeout": 120,
            "log_configuration": {"log_driver": "awslogs", "options": options},
        },
        volumes=[{"name": "tmp"}],
        log_group={"skip": True},
        task_role={"role_arn": task.arn},
        execution_role={"role_arn": execution.arn},
        runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": architecture.upper()},
        skip_destroy=True,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[task.policy, execution.policy]),
    )
    arn: pulumi.Output[str] = definition.task_definition.arn
    return arn

"""The sanitizer's Fargate task: read-only, without privileges, its image by digest."""

import re

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

from components.functions import LOG_RETENTION_DAYS
from components.names import Home, Names
from components.roles import Role
from handlers.permissions import Permission

CONTAINER = "sanitizer"
USER = "10001"
ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<name>[^@:]+)")


def pulling(image: str) -> tuple[Permission, ...]:
    """What the execution role needs to pull the image: nothing, where it does not lie in ECR."""
    found = ECR.match(image)
    if found is None:
        return ()
    layers = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    repository = f"arn:{{partition}}:ecr:{found['region']}:{found['account']}:repository/{found['name']}"
    return Permission(("ecr:GetAuthorizationToken",), ("*",)), Permission(layers, (repository,))


def task_definition(
    logical: str,
    names: Names,
    *,
    image: str,
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
        cpu="1024",
        memory="2048",
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
        runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
        skip_destroy=True,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[task.policy, execution.policy]),
    )
    arn: pulumi.Output[str] = definition.task_definition.arn
    return arn

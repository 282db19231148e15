"""The child that awsx's provider makes of a FargateTaskDefinition, as far as our program uses it.

awsx expands its components in a provider process, which only the engine can start; the shape follows awsx 3.
"""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.wire_values import UNKNOWN, dependencies, has_unknown, plain

FARGATE_TASK_DEFINITION = "awsx:ecs:FargateTaskDefinition"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
PASSED_ON = ("cpu", "memory", "family", "volumes", "runtimePlatform", "ephemeralStorage", "skipDestroy", "tags")
Wired = dict[str, list[str]]


def task_definition(component: Mapping[str, Any], wired: Wired, region: str) -> tuple[dict[str, Any], Wired]:
    """The inputs of the task definition, and what each of them depends on.

    Raises: NotImplementedError for what our program does not use
    """
    given = plain(dict(component))
    if not given["logGroup"].get("skip") or "containers" in given:
        raise NotImplementedError("only one container with its own log configuration is expanded")
    containers = [given["container"]]
    inputs = {key: given[key] for key in PASSED_ON if key in given}
    inputs |= {
        "containerDefinitions": UNKNOWN if has_unknown(containers) else json.dumps(containers),
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "taskRoleArn": given["taskRole"]["roleArn"],
        "executionRoleArn": given["executionRole"]["roleArn"],
        "region": region,
    }
    sources = {"containerDefinitions": "container", "taskRoleArn": "taskRole", "executionRoleArn": "executionRole"}
    needed = {
        key: sorted(dependencies(component[source]) | set(wired.get(source, ()))) for key, source in sources.items()
    }
    return inputs, needed

"""The children that awsx's provider makes of its components, as far as our program uses them.

awsx expands its components in a provider process, which only the engine can start; the shapes follow awsx 3.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rehearsal.wire_values import RESOURCE, SIGNATURE, UNKNOWN, dependencies, has_unknown, plain

FARGATE_TASK_DEFINITION = "awsx:ecs:FargateTaskDefinition"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
ECR_REPOSITORY, REPOSITORY = "awsx:ecr:Repository", "aws:ecr/repository:Repository"
LIFECYCLE_POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
ECR_IMAGE, IMAGE = "awsx:ecr:Image", "docker-build:index:Image"
PASSED_ON = ("cpu", "memory", "family", "volumes", "runtimePlatform", "ephemeralStorage", "skipDestroy", "tags")
Wired = dict[str, list[str]]
Inputs = Mapping[str, Any]


class Child(NamedTuple):
    """A resource that a component makes; its name is the component's unless it says another."""

    type: str
    inputs: dict[str, Any]
    dependencies: Wired
    must_have: str  # the output without which nothing could be done with it
    name: str | None = None


class Made(NamedTuple):
    """A child as it was registered."""

    urn: str
    id: str
    outputs: dict[str, Any]

    def output(self, name: str) -> Any:
        """One output, in a preview mostly unknown."""
        return self.outputs.get(name, UNKNOWN)

    @property
    def reference(self) -> dict[str, Any]:
        """The child as an output of its component."""
        return {SIGNATURE: RESOURCE, "urn": self.urn, "id": self.id}


Make = Callable[[Child], Made]


def task_definition(component: Inputs, wired: Wired, region: str, make: Make) -> dict[str, Any]:
    """A task definition for roles and a log group that exist.

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
    made = make(Child(TASK_DEFINITION, inputs, needed, "arn"))
    return {"taskDefinition": made.reference, "loadBalancers": []}


def repository(component: Inputs, _wired: Wired, region: str, make: Make) -> dict[str, Any]:
    """A repository, and what is thrown away in it."""
    given = plain(dict(component))
    rules = [_rule(number, rule) for number, rule in enumerate(given.pop("lifecyclePolicy")["rules"], start=1)]
    held = make(Child(REPOSITORY, {**given, "region": region}, {}, "repositoryUrl"))
    policy = {"repository": given["name"], "policy": json.dumps({"rules": rules}), "region": region}
    made = make(Child(LIFECYCLE_POLICY, policy, {"repository": [held.urn]}, ""))
    return {
        "repository": held.reference,
        "url": held.output("repositoryUrl"),
        "lifecyclePolicy": made.reference,
    }


def image(component: Inputs, wired: Wired, _region: str, make: Make) -> dict[str, Any]:
    """A build that is pushed. The child is called by its tag: another tag is another resource, and the first one is deleted."""
    given = plain(dict(component))
    url, tag = given["repositoryUrl"], given["imageTag"]
    inputs = {
        "tags": UNKNOWN if url == UNKNOWN else [f"{url}:{tag}"],
        "context": {"location": given["context"]},
        "dockerfile": {"location": given["dockerfile"]},
        "platforms": [given["platform"]],
        "push": True,
    }
    made = make(Child(IMAGE, inputs, {"tags": wired.get("repositoryUrl", [])}, "digest", tag))
    digest = made.output("digest")
    return {"imageUri": UNKNOWN if UNKNOWN in (url, digest) else f"{url}@{digest}"}


def _rule(priority: int, rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule in ECR's words."""
    return {
        "rulePriority": priority,
        "description": rule["description"],
        "selection": {
            "tagStatus": rule["tagStatus"],
            "tagPrefixList": rule["tagPrefixList"],
            "countType": "imageCountMoreThan",
            "countNumber": int(rule["maximumNumberOfImages"]),
        },
        "action": {"type": "expire"},
    }


EXPANSIONS: dict[str, Callable[[Inputs, Wired, str, Make], dict[str, Any]]] = {
    FARGATE_TASK_DEFINITION: task_definition,
    ECR_REPOSITORY: repository,
    ECR_IMAGE: image,
}

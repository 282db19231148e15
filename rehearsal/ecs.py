"""ECS on Fargate as real processes: RunTask starts the image's command, its exit code becomes the container's.

Not emulated: the network, the image's user, and a root file system that cannot be written.
"""

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.clock import Clock
from rehearsal.containers import Container, environment_of
from rehearsal.credentials import Caller, Keys
from rehearsal.errors import AwsError
from rehearsal.images import DockerfileError, Image, build_image
from rehearsal.places import Host

__all__ = ["DockerfileError", "Ecs", "Image", "build_image"]

OVERRIDES_LIMIT_CHARACTERS = 8192
IssueKeys = Callable[[str, str, Callable[[], None]], Keys]
Json = dict[str, Any]


class Ecs:
    """Clusters, task definitions and tasks of the account."""

    def __init__(
        self,
        clock: Clock,
        host: Host,
        issue_keys: IssueKeys,
        images: Mapping[str, Image],
    ) -> None:
        self._clock, self._host, self._issue_keys, self._images = clock, host, issue_keys, images
        self._arn = f"arn:aws:ecs:{host.region}:{host.account}"
        self._clusters: dict[str, Json] = {}
        self._definitions: dict[str, Json] = {}
        self._tasks: dict[str, Container] = {}
        self._lock = threading.Lock()
        self._operations: dict[str, Callable[[Json], Json]] = {
            "CreateCluster": self._create_cluster,
            "DescribeClusters": self._describe_clusters,
            "DescribeTaskDefinition": lambda asked: {"taskDefinition": self._definition(asked["taskDefinition"])},
            "DeregisterTaskDefinition": self._deregister,
            "DescribeTasks": self._describe_tasks,
            "ListTasks": self._list_tasks,
            "RegisterTaskDefinition": self._register,
            "RunTask": self._run_task,
            "StopTask": self._stop_task,
        }

    def call(self, operation: str, parameters: Json, _caller: Caller) -> Json:
        """Answer an operation. Raises: AwsError."""
        if operation not in self._operations:
            raise AwsError("InvalidParameterException", f"the rehearsal's ECS does not know {operation}")
        with self._lock:
            return self._operations[operation](parameters)

    def logs(self, task_arn: str) -> str:
        """What the task's process wrote."""
        return self._tasks[task_arn].log_text()

    @property
    def task_environments(self) -> dict[str, dict[str, str]]:
        """Task ARN -> the environment its process was started with."""
        return {arn: task.environment for arn, task in self._tasks.items()}

    @property
    def task_statuses(self) -> dict[str, str]:
        """Task ARN -> its last status."""
        return {arn: task.describe()["lastStatus"] for arn, task in self._tasks.items()}

    def task_definition(self, name: str) -> Json | None:
        """A task definition by ARN, `family:revision` or family."""
        short = name.rsplit("/", 1)[-1]
        if ":" in short:
            return self._definitions.get(short)
        return next((held for held in reversed(self._definitions.values()) if held["family"] == short), None)

    def close(self) -> None:
        """Kill every process that still runs."""
        for task in self._tasks.values():
            task.kill()

    def _create_cluster(self, asked: Json) -> Json:
        name = asked.get("clusterName", "default")
        self._clusters[name] = {"clusterArn": f"{self._arn}:cluster/{name}", "clusterName": name, "status": "ACTIVE"}
        return {"cluster": self._clusters[name]}

    def _describe_clusters(self, asked: Json) -> Json:
        names = [name.rsplit("/", 1)[-1] for name in asked.get("clusters", ["default"])]
        return {"clusters": [self._clusters[name] for name in names if name in self._clusters]}

    def _register(self, asked: Json) -> Json:
        family = asked["family"]
        revision = 1 + sum(held["family"] == family for held in self._definitions.values())
        arn = f"{self._arn}:task-definition/{family}:{revision}"
        definition = {**asked, "taskDefinitionArn": arn, "revision": revision, "status": "ACTIVE"}
        if any(container.get("secrets") for container in asked["containerDefinitions"]):
            raise AwsError("ClientException", "the rehearsal's ECS does not fetch `secrets` for a container")
        self._definitions[f"{family}:{revision}"] = definition
        return {"taskDefinition": definition}

    def _deregister(self, asked: Json) -> Json:
        definition = self._definition(asked["taskDefinition"])
        definition["status"] = "INACTIVE"
        return {"taskDefinition": definition}

    def _definition(self, name: str) -> Json:
        definition = self.task_definition(name)
        if definition is None:
            raise AwsError("ClientException", f"Unable to describe task definition {name}.")
        return definition

    def _cluster(self, asked: Json) -> Json:
        name = asked.get("cluster", "default").rsplit("/", 1)[-1]
        if name not in self._clusters:
            raise AwsError("ClusterNotFoundException", "Cluster not found.")
        return self._clusters[name]

    def _run_task(self, asked: Json) -> Json:
        cluster, definition = self._cluster(asked), self._definition(asked["taskDefinition"])
        _refuse_what_fargate_refuses(asked, definition)
        arn = f"{self._arn}:task/{cluster['clusterName']}/{secrets.token_hex(16)}"
        described = _described(arn, cluster, definition, asked, self._clock)
        container = definition["containerDefinitions"][0]
        override: Json = next(iter((asked.get("overrides") or {}).get("containerOverrides", [])), {})
        task = Container(arn, described, self._clock, self._host.root)
        image = self._images.get(container["image"])
        if image is None:
            task.never_started(
                f"CannotPullContainerError: pull image manifest has been retried: {container['image']}: not found"
            )
        else:
            keys = self._issue_keys(definition["taskRoleArn"], arn, task.kill) if "taskRoleArn" in definition else None
            task.start(
                image,
                container,
                override,
                environment_of(image, container, override, keys, self._host),
            )
        self._tasks[arn] = task
        return {"tasks": [described | {"lastStatus": "PROVISIONING"}], "failures": []}

    def _described_task(self, arn: str, cluster: Json) -> Container | None:
        full = arn if arn.startswith("arn:") else f"{self._arn}:task/{cluster['clusterName']}/{arn}"
        task = self._tasks.get(full)
        return task if task and task.describe()["clusterArn"] == cluster["clusterArn"] else None

    def _describe_tasks(self, asked: Json) -> Json:
        cluster = self._cluster(asked)
        found = {arn: self._described_task(arn, cluster) for arn in asked["tasks"]}
        return {
            "tasks": [task.describe() for task in found.values() if task],
            "failures": [{"arn": arn, "reason": "MISSING"} for arn, task in found.items() if not task],
        }

    def _list_tasks(self, asked: Json) -> Json:
        cluster = self._cluster(asked)
        wanted = {"clusterArn": cluster["clusterArn"], "desiredStatus": asked.get("desiredStatus", "RUNNING")}
        if "startedBy" in asked:
            wanted["startedBy"] = asked["startedBy"]
        if "family" in asked:
            wanted["group"] = f"family:{asked['family']}"
        described = {arn: task.describe() for arn, task in self._tasks.items()}
        return {"taskArns": [arn for arn, task in described.items() if wanted.items() <= task.items()]}

    def _stop_task(self, asked: Json) -> Json:
        task = self._described_task(asked["task"], self._cluster(asked))
        if task is None:
            raise AwsError("InvalidParameterException", "The referenced task was not found.")
        task.stop(asked.get("reason", "Task stopped by user"))
        return {"task": task.describe()}


def _refuse_what_fargate_refuses(asked: Json, definition: Json) -> None:
    overrides = asked.get("overrides") or {}
    names = {container["name"] for container in definition["containerDefinitions"]}
    if definition["status"] != "ACTIVE":
        raise AwsError("ClientException", "TaskDefinition is inactive")
    if len(names) != 1:
        raise AwsError("ClientException", "the rehearsal's ECS runs one container a task")
    if "awsvpcConfiguration" not in asked.get("networkConfiguration", {}):
        raise AwsError(
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        )
    if len(json.dumps(overrides)) > OVERRIDES_LIMIT_CHARACTERS:
        raise AwsError(
            "InvalidParameterException", f"Container Overrides length must be at most {OVERRIDES_LIMIT_CHARACTERS}"
        )
    for override in overrides.get("containerOverrides", []):
        if override.get("name") not in names:
            raise AwsError(
                "InvalidParameterException",
                f"Override for container named {override.get('name')} is not a container in the TaskDefinition.",
            )


def _described(arn: str, cluster: Json, definition: Json, asked: Json, clock: Clock) -> Json:
    container = definition["containerDefinitions"][0]
    return {
        "taskArn": arn,
        "clusterArn": cluster["clusterArn"],
        "taskDefinitionArn": definition["taskDefinitionArn"],
        "group": asked.get("group", f"family:{definition['family']}"),
        "launchType": asked.get("launchType", "FARGATE"),
        "startedBy": asked.get("startedBy", ""),
        "overrides": asked.get("overrides", {}),
        "tags": asked.get("tags", []),
        "createdAt": clock.now(),
        "desiredStatus": "RUNNING",
        "containers": [
            {"name": container["name"], "image": container["image"], "taskArn": arn, "lastStatus": "PENDING"}
        ],
    }

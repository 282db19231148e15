"""The sanitizer's task: what awsx makes of our component, and that it is locked down."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.awsx import FARGATE_TASK_DEFINITION, TASK_DEFINITION
from rehearsal.recording import Recording
from tests.components.documents import ROLE, document, resources_of
from tests.components.projects import record_with


@pytest.fixture(scope="module")
def container(up: Recording) -> dict[str, Any]:
    (only,) = json.loads(up.one(TASK_DEFINITION).inputs["containerDefinitions"])
    return dict(only)


def test_awsx_makes_one_task_definition_and_no_role(up: Recording) -> None:
    """The component is awsx's, remote; its only child is the task definition, for our own roles."""
    component = up.one(FARGATE_TASK_DEFINITION)
    children = [record for record in up.records.values() if record.parent == component.urn]
    assert component.remote
    assert [(child.type, child.predicted) for child in children] == [(TASK_DEFINITION, True)]
    task = children[0].inputs
    assert task["taskRoleArn"] == up.one(ROLE, "shop-task").outputs["arn"]
    assert task["executionRoleArn"] == up.one(ROLE, "shop-execution").outputs["arn"]
    assert (task["cpu"], task["memory"], task["networkMode"]) == ("1024", "2048", "awsvpc")
    assert task["runtimePlatform"]["operatingSystemFamily"] == "LINUX"


def test_the_state_machine_runs_that_task_definition(up: Recording) -> None:
    """The component's output is a reference to the child, and the definition holds the child's ARN."""
    states = json.loads(up.one("aws:sfn/stateMachine:StateMachine").inputs["definition"])["States"]
    assert states["Sanitize"]["Parameters"]["TaskDefinition"] == up.one(TASK_DEFINITION).outputs["arn"]


def test_the_container_can_write_nowhere_but_tmp(container: dict[str, Any]) -> None:
    """Read-only root; one volume of its own."""
    assert container["readonlyRootFilesystem"] is True
    assert [mount["containerPath"] for mount in container["mountPoints"]] == ["/tmp"]


def test_the_container_has_no_privileges(container: dict[str, Any]) -> None:
    """Not root, no capability, nothing privileged."""
    assert container["user"] == "10001"
    assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert not container.get("privileged")


def test_the_image_cannot_be_moved(container: dict[str, Any]) -> None:
    """Named by digest."""
    assert "@sha256:" in container["image"]


def test_the_container_is_told_nothing_beforehand(container: dict[str, Any]) -> None:
    """No environment and no secret stands in the task definition; a run names what is to be fetched."""
    assert not container.get("environment")
    assert not container.get("secrets")


def test_a_stopped_container_has_time_to_say_why(container: dict[str, Any]) -> None:
    """Fargate's longest patience."""
    assert container["stopTimeout"] == 120


def test_its_words_go_to_a_log_that_ends(up: Recording, container: dict[str, Any]) -> None:
    """A log group of ours, which its execution role may write to and no other."""
    group = container["logConfiguration"]["options"]["awslogs-group"]
    assert group == up.one("aws:cloudwatch/logGroup:LogGroup", "shop-task").inputs["name"]
    (resource,) = resources_of(document(up, "shop-execution"), "logs:PutLogEvents")
    assert resource.endswith(f"log-group:{group}:*")


def test_old_revisions_stay_for_running_executions(up: Recording) -> None:
    """Deregistered task definitions stop launching."""
    assert up.one(TASK_DEFINITION).inputs["skipDestroy"] is True


def test_the_image_is_pulled_from_its_repository_only(up: Recording) -> None:
    """The execution role reads one repository."""
    repositories = resources_of(document(up, "shop-execution"), "ecr:BatchGetImage")
    assert repositories == {"arn:aws:ecr:eu-west-1:123456789012:repository/sanitizer"}


def test_an_image_outside_ecr_needs_no_permission(tmp_path: Path) -> None:
    """A public registry is not asked with the role's rights."""
    image = f"ghcr.io/acme/sanitizer@sha256:{'a' * 64}"
    recording = record_with(tmp_path, "dev", {"name": "a", "source": {"instance": "a-prod"}}, image=image)
    assert not resources_of(document(recording, "a-execution"), "ecr:GetAuthorizationToken")

"""Tasks are real processes: the image's command in the image's files, the exit code on the container."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.account import EmulatedAccount
from rehearsal.clock import Clock
from rehearsal.ecs import DockerfileError, build_image
from tests.rehearsal import fixtures_gate
from tests.rehearsal.fixtures_gate import NotebookRds, allow, role

rds = fixtures_gate.rds

PROGRAM = """
import json, os, signal, sys, time
if "--hang" in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
    print("hanging", flush=True)
    time.sleep(60)
print(json.dumps({"argv": sys.argv[1:], "environment": dict(os.environ), "files": sorted(os.listdir("."))}))
sys.exit(int(os.environ.get("EXIT", "0")))
"""
DOCKERFILE = """
# what a sanitizer's looks like
FROM python:3.12-slim AS base
ARG VERSION=1
LABEL maintainer="nobody"
ENV MODE=image PYTHONUNBUFFERED=1
WORKDIR /app
COPY --chown=10001 tool/requirements.txt tool/
RUN pip install \\
    -r tool/requirements.txt
COPY tool/ tool/
USER 10001
ENTRYPOINT ["python", "-m", "tool"]
CMD ["run"]
"""
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}}


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    (folder / "tool").mkdir(parents=True)
    (folder / "tool" / "__main__.py").write_text(PROGRAM)
    (folder / "tool" / "requirements.txt").write_text("")
    (folder / "secret.txt").write_text("not for the image")
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return folder


@pytest.fixture
def account(rds: NotebookRds, context: Path, tmp_path: Path) -> Iterator[EmulatedAccount]:
    image = build_image(context / "Dockerfile", context, tmp_path / "image")
    with EmulatedAccount(Clock(), lambda _: rds, root=tmp_path, images={"registry/tool@sha256:1": image}) as started:
        started.client("ecs").create_cluster(clusterName="c")
        yield started


def register(account: EmulatedAccount, **others: Any) -> str:
    arn = role(account, "task", allow("rds:DescribeDBInstances"), service="ecs-tasks.amazonaws.com")
    container = {
        "name": "tool",
        "image": "registry/tool@sha256:1",
        "environment": [{"name": "MODE", "value": "definition"}],
        **others,
    }
    made = account.client("ecs").register_task_definition(
        family="tool", taskRoleArn=arn, containerDefinitions=[container]
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def run(account: EmulatedAccount, definition: str, **override: Any) -> str:
    overrides = {"containerOverrides": [{"name": "tool", **override}]}
    made = account.client("ecs").run_task(
        cluster="c", taskDefinition=definition, launchType="FARGATE", networkConfiguration=NETWORK, overrides=overrides
    )
    assert made["tasks"][0]["lastStatus"] == "PROVISIONING"
    return str(made["tasks"][0]["taskArn"])


def stopped(account: EmulatedAccount, task: str) -> dict[str, Any]:
    while True:
        (described,) = account.client("ecs").describe_tasks(cluster="c", tasks=[task])["tasks"]
        if described["lastStatus"] == "STOPPED":
            return dict(described)
        time.sleep(0.02)


def test_a_task_runs_the_images_command(account: EmulatedAccount) -> None:
    """Entry point, command and files are the image's; variables come from image, definition, override and role."""
    definition = register(account)
    task = run(account, definition, environment=[{"name": "FROM_OVERRIDE", "value": "x"}])
    described = stopped(account, task)
    assert (described["containers"][0]["exitCode"], described["stopCode"]) == (0, "EssentialContainerExited")
    told = json.loads(account.ecs.logs(task))
    assert (told["argv"], told["files"]) == (["run"], ["tool"])
    environment = told["environment"]
    assert (environment["MODE"], environment["FROM_OVERRIDE"], environment["PYTHONUNBUFFERED"]) == (
        "definition",
        "x",
        "1",
    )
    assert environment["AWS_ENDPOINT_URL"] == account.endpoint_url
    assert account.ecs.task_environments[task]["AWS_ACCESS_KEY_ID"] == environment["AWS_ACCESS_KEY_ID"]


def test_the_image_holds_what_is_copied_and_no_more(account: EmulatedAccount, tmp_path: Path) -> None:
    """A file of the build context that no COPY names is not in the image."""
    assert {str(path.relative_to(tmp_path / "image")) for path in (tmp_path / "image").rglob("*.*")} == {
        "app/tool/__main__.py", "app/tool/requirements.txt",
    }  # fmt: skip


def test_the_exit_code_is_the_containers(account: EmulatedAccount) -> None:
    """What the process exits with is what DescribeTasks and so Step Functions see."""
    described = stopped(account, run(account, register(account), environment=[{"name": "EXIT", "value": "21"}]))
    assert described["containers"][0]["exitCode"] == 21


def test_stopping_a_task_asks_it_to_end(account: EmulatedAccount) -> None:
    """StopTask sends SIGTERM; the task is listed as running until then, as stopped after."""
    client = account.client("ecs")
    task = run(account, register(account), command=["--hang"])
    while "hanging" not in account.ecs.logs(task):
        time.sleep(0.02)
    assert client.list_tasks(cluster="c", family="tool")["taskArns"] == [task]
    assert client.list_tasks(cluster="c", family="other")["taskArns"] == []
    client.stop_task(cluster="c", task=task, reason="enough")
    described = stopped(account, task)
    assert (described["containers"][0]["exitCode"], described["stoppedReason"]) == (7, "enough")
    assert client.list_tasks(cluster="c", family="tool")["taskArns"] == []
    assert client.list_tasks(cluster="c", family="tool", desiredStatus="STOPPED")["taskArns"] == [task]
    client.stop_task(cluster="c", task=task)


def test_a_task_of_an_unknown_image_never_starts(account: EmulatedAccount) -> None:
    """The task stops by itself and has no exit code."""
    described = stopped(account, run(account, register(account, image="elsewhere")))
    assert described["stopCode"] == "TaskFailedToStart"
    assert "exitCode" not in described["containers"][0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cluster": "missing"}, "Cluster not found"),
        ({"networkConfiguration": {}}, "Network Configuration must be provided"),
        ({"taskDefinition": "missing"}, "Unable to describe"),
        ({"overrides": {"containerOverrides": [{"name": "other"}]}}, "other is not a container"),
        ({"overrides": {"containerOverrides": [{"name": "tool", "command": ["x" * 8192]}]}}, "at most 8192"),
    ],
)
def test_what_fargate_refuses(account: EmulatedAccount, change: dict[str, Any], message: str) -> None:
    """Requests that ECS refuses are refused, and start nothing."""
    client = account.client("ecs")
    asked = {"cluster": "c", "taskDefinition": register(account), "networkConfiguration": NETWORK} | change
    with pytest.raises(client.exceptions.ClientError, match=message):
        client.run_task(**asked)
    assert client.list_tasks(cluster="c")["taskArns"] == []


def test_an_inactive_definition_starts_nothing(account: EmulatedAccount) -> None:
    """A deregistered task definition launches no more tasks."""
    definition = register(account)
    account.client("ecs").deregister_task_definition(taskDefinition=definition)
    with pytest.raises(account.client("ecs").exceptions.ClientException, match="inactive"):
        run(account, definition)


@pytest.mark.parametrize(
    "line",
    [
        "ADD tool /app",
        "COPY --from=base /x /y",
        "ENTRYPOINT python -m tool",
        "COPY missing /app",
        "ENV MODE image",
        "SHELL []",
    ],
)
def test_a_dockerfile_that_is_not_understood_is_refused(context: Path, tmp_path: Path, line: str) -> None:
    """No instruction that would change the image is passed over in silence."""
    (context / "Dockerfile").write_text(f"FROM x\n{line}\n")
    with pytest.raises(DockerfileError, match=line.split(maxsplit=1)[0]):
        build_image(context / "Dockerfile", context, tmp_path / "other")

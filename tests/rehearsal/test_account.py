"""The emulated account starts clean, listens to this machine only, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from moto.core.config import default_user_config
from moto.s3.models import s3_backends
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

from rehearsal.account import ACCOUNT, EmulatedAccount
from rehearsal.clock import Clock
from rehearsal.images import Image
from tests.rehearsal.fixtures_gate import NotebookRds, role

PROJECT = Path(__file__).parent.parent.parent
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}


def started(root: Path | None = None, images: dict[str, Image] | None = None) -> EmulatedAccount:
    return EmulatedAccount(Clock(), lambda _: NotebookRds(), root=root, images=images)


def port_of(account: EmulatedAccount) -> int:
    return int(account.endpoint_url.rsplit(":", 1)[1])


def test_only_this_machine_can_reach_it() -> None:
    """The gate is bound to the loopback address, and to nothing when it has closed."""
    with started() as account:
        assert account.endpoint_url.startswith("http://127.0.0.1:")
        with socket.socket() as other, pytest.raises(ConnectionRefusedError):
            other.connect(("127.0.0.2", port_of(account)))  # would be answered by a server on 0.0.0.0
    with socket.socket() as late, pytest.raises(ConnectionRefusedError):
        late.connect(("127.0.0.1", port_of(account)))


def test_every_account_starts_empty() -> None:
    """What one rehearsal made does not stand in the next."""
    with started() as account:
        account.client("s3").create_bucket(
            Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        role(account, "r")
    with started() as account:
        assert account.client("s3").list_buckets()["Buckets"] == []
        assert account.client("iam").list_roles()["Roles"] == []
        assert [call.operation for call in account.gate.calls] == ["ListBuckets", "ListRoles"]


def test_closing_puts_everything_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment, moto's configuration and its interpreter are as they were; the folder is gone."""
    monkeypatch.setenv("MOTO_PORT", "1234")
    configured = json.dumps(default_user_config)
    with started() as account:
        assert os.environ["MOTO_PORT"] == str(port_of(account))
        assert retrier_decl.time is not time
        assert account.root.is_dir()
        account.client("s3").create_bucket(
            Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    assert s3_backends[ACCOUNT]["aws"].buckets == {}
    assert os.environ["MOTO_PORT"] == "1234"
    assert json.dumps(default_user_config) == configured
    assert retrier_decl.time is time
    assert not account.root.exists()


def test_a_failing_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a service cannot start, what had started is closed again."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def broken(_: EmulatedAccount) -> Any:
        raise RuntimeError("no databases today")

    with pytest.raises(RuntimeError, match="no databases today"), EmulatedAccount(Clock(), broken):
        pass
    assert list(tmp_path.iterdir()) == []
    assert default_user_config["stepfunctions"]["execute_state_machine"] is False


def test_closing_ends_every_process(tmp_path: Path) -> None:
    """Functions, tasks and running executions end with the account."""
    (tmp_path / "program.py").write_text("import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)")
    image = Image(tmp_path, command=("python", "program.py"))
    with started(images={"i": image}) as account:
        arn = role(account, "f")
        code = b"import os\ndef handler(event, context):\n    return os.getpid()\n"
        account.lambdas.create("f", {"code.py": code}, handler="code.handler", role_arn=arn, environment={})
        function = int(account.client("lambda").invoke(FunctionName="f")["Payload"].read())
        ecs = account.client("ecs")
        ecs.create_cluster(clusterName="c")
        ecs.register_task_definition(family="t", containerDefinitions=[{"name": "n", "image": "i"}])
        ecs.run_task(cluster="c", taskDefinition="t", networkConfiguration=NETWORK)
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.02)
        processes = [function, int((tmp_path / "pid").read_text())]
        assert all(Path(f"/proc/{process}").exists() for process in processes)
    assert not any(Path(f"/proc/{process}").exists() for process in processes)


def test_waiting_has_an_end() -> None:
    """An execution that does not end in time is reported by its name."""
    with started() as account:
        arn = role(account, "m", {"Effect": "Allow", "Action": "*", "Resource": "*"}, service="states.amazonaws.com")
        function = role(account, "f")
        code = b"import time\ndef handler(event, context):\n    time.sleep(60)\n"
        account.lambdas.create("f", {"code.py": code}, handler="code.handler", role_arn=function, environment={})
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "f"},
            "End": True,
        }
        definition = json.dumps({"StartAt": "A", "States": {"A": task}})
        machine = account.client("stepfunctions").create_state_machine(name="m", definition=definition, roleArn=arn)[
            "stateMachineArn"
        ]
        execution = account.start_execution(machine)
        with pytest.raises(TimeoutError, match=f"{ACCOUNT}:execution:m:"):
            account.wait(execution, 0.2)


@pytest.mark.parametrize("number", [signal.SIGINT])
def test_an_interrupt_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C in the middle closes the account like any other end."""
    program = """
import signal, sys, time
from rehearsal.account import EmulatedAccount
from rehearsal.clock import Clock
signal.signal(signal.SIGINT, signal.default_int_handler)
with EmulatedAccount(Clock(), lambda _: None) as account:
    print(account.root, flush=True)
    time.sleep(60)
"""
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        root = Path(process.stdout.readline().strip())
        assert root.is_dir()
        process.send_signal(number)
        process.wait(20)
    assert list(tmp_path.iterdir()) == []

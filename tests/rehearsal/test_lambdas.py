"""Functions run as AWS runs them: the archive alone, the deployed environment, the role's keys, AWS's error names."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from rehearsal.account import EmulatedAccount
from rehearsal.faults import Fault, Loss
from tests.rehearsal import fixtures_gate
from tests.rehearsal.fixtures_gate import NotebookRds, allow, role

CODE = b"""
import json, os, sys, time

class NotReady(Exception):
    pass

def handler(event, context):
    what = event.get("do")
    if what == "raise":
        raise NotReady("wait for it")
    if what == "exit":
        os._exit(9)
    if what == "hang":
        time.sleep(60)
    if what == "environment":
        return dict(os.environ)
    if what == "import":
        __import__(event["name"])
    if what == "snapshot":
        import boto3
        client = boto3.client("rds", config=__import__("botocore.config").config.Config(retries={"total_max_attempts": 1}))
        client.create_db_snapshot(DBSnapshotIdentifier=event["name"], DBInstanceIdentifier="d")
    print("seen", what)
    return {"pid": os.getpid(), "files": sorted(os.listdir("."))}
"""
SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")

account, rds = fixtures_gate.account, fixtures_gate.rds


def sdk() -> dict[str, Path]:
    """boto3 and what it needs, as an archive carries them."""
    found = {}
    for name in SDK:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        place = Path(spec.origin)
        place = place.parent if spec.submodule_search_locations else place
        found[place.name] = place
    return found


@pytest.fixture
def function(account: EmulatedAccount) -> str:
    arn = role(account, "function", allow("rds:CreateDBSnapshot", ["*"]))
    return account.lambdas.create(
        "f",
        {"code.py": CODE, **sdk()},
        handler="code.handler",
        role_arn=arn,
        environment={"STACK": "test"},
        timeout_seconds=8,  # to begin anew, too, on a machine that is busy
    )


@pytest.fixture
def invoke(account: EmulatedAccount, function: str) -> Any:
    def invoke(**event: Any) -> tuple[str | None, Any]:
        answer = account.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        return answer.get("FunctionError"), json.loads(answer["Payload"].read())

    return invoke


def test_the_archive_is_all_there_is(invoke: Any) -> None:
    """The working folder holds the archive's files; a package of this machine that is not in it cannot be imported."""
    assert invoke()[1]["files"] == sorted(["code.py", *sdk()])
    failed, error = invoke(do="import", name="moto")
    assert (failed, error["errorType"]) == ("Unhandled", "ModuleNotFoundError")


def test_the_environment_is_the_deployed_one(
    invoke: Any, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deployed variables, the endpoint and the role's keys: nothing of the shell that started the rehearsal."""
    monkeypatch.setenv("LEFT_IN_THE_SHELL", "x")
    environment = invoke(do="environment")[1]
    assert environment["STACK"] == "test"
    assert environment["AWS_ENDPOINT_URL"] == account.endpoint_url
    assert environment["AWS_REGION"] == "eu-west-1"
    assert "LEFT_IN_THE_SHELL" not in environment


def test_calls_are_the_roles(invoke: Any, account: EmulatedAccount, rds: NotebookRds) -> None:
    """What the function calls is judged and recorded as its role's."""
    assert invoke(do="snapshot", name="s")[0] is None
    (call,) = account.gate.calls_of("rds")
    assert (call.role, call.error) == ("function", None)


def test_error_names_reach_the_caller(invoke: Any) -> None:
    """An exception arrives as the class's name, as Step Functions matches it."""
    failed, error = invoke(do="raise")
    assert (failed, error["errorType"], error["errorMessage"]) == ("Unhandled", "NotReady", "wait for it")


def test_an_ending_process_is_an_exit_error_and_replaced(invoke: Any) -> None:
    """A process that ends fails its invocation by AWS's name; the next one gets a new process."""
    before = invoke()[1]["pid"]
    assert invoke()[1]["pid"] == before
    assert invoke(do="exit")[1]["errorType"] == "Runtime.ExitError"
    assert invoke()[1]["pid"] != before


def test_a_hanging_function_times_out(invoke: Any) -> None:
    """After the deployed time-out the invocation fails by AWS's name, and the process is gone."""
    assert invoke(do="hang")[1]["errorType"] == "Sandbox.Timedout"
    assert invoke()[0] is None


def test_a_broken_import_fails_every_invocation(account: EmulatedAccount) -> None:
    """A function that cannot be loaded says so each time it is called."""
    arn = role(account, "broken")
    account.lambdas.create(
        "broken", {"code.py": b"import nowhere"}, handler="code.handler", role_arn=arn, environment={}
    )
    for _ in range(2):
        answer = account.client("lambda").invoke(FunctionName="broken")
        assert "ImportModuleError" in json.loads(answer["Payload"].read())["errorType"]


def test_a_crash_after_the_effect(invoke: Any, account: EmulatedAccount, rds: NotebookRds) -> None:
    """The process dies when its call has been carried out: the caller sees a crash, the effect is there."""
    account.gate.inject(Fault("rds", "CreateDBSnapshot", Loss.CRASH))
    assert invoke(do="snapshot", name="s")[1]["errorType"] == "Runtime.ExitError"
    assert set(rds.snapshots) == {"s"}
    assert invoke()[0] is None


def test_logs_are_kept_by_function(invoke: Any, account: EmulatedAccount) -> None:
    """What a function prints can be read, also after its process has gone."""
    invoke(do="exit")
    invoke(do="nothing")
    assert "seen nothing" in account.lambdas.logs("f")


def test_versions_and_strangers(account: EmulatedAccount, function: str) -> None:
    """The published version answers; another version, name or account's caller finds nothing."""
    client = account.client("lambda")
    assert client.invoke(FunctionName=f"{function}:1")["StatusCode"] == 200
    for arn in (f"{function}:2", function + "x"):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.invoke(FunctionName=arn)
    with pytest.raises(botocore.exceptions.ClientError, match="not found"):
        account.client("lambda", account_id="111122223333").invoke(FunctionName=function)


def test_a_role_that_does_not_trust_lambda_runs_nothing(account: EmulatedAccount) -> None:
    """Lambda can only take on a role that trusts it."""
    arn = role(account, "foreign", service="ecs-tasks.amazonaws.com")
    account.lambdas.create("f", {"code.py": CODE}, handler="code.handler", role_arn=arn, environment={})
    with pytest.raises(botocore.exceptions.ClientError, match=r"lambda.amazonaws.com cannot assume"):
        account.client("lambda").invoke(FunctionName="f")

"""Isolation is looked at live, before anything is restored and again before the sanitizer connects.

Opens with what happened elsewhere: a temporary database in production's own security group, whose application took it for a replica.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from rehearsal.shop import IDENTIFIER
from rehearsal.stage import Stage
from tests.whole.staging import failed, when_entering

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def group(stage: Stage, name: str) -> str:
    """The id of a security group of ours."""
    return stage.recording.one("aws:ec2/securityGroup:SecurityGroup", f"shop-{name}").id


def productions_groups(stage: Stage) -> list[str]:
    found = stage.account.client("rds").describe_db_instances(DBInstanceIdentifier=IDENTIFIER)["DBInstances"][0]
    return [each["VpcSecurityGroupId"] for each in found["VpcSecurityGroups"]]


@contextmanager
def a_production_group_among_ours(stage: Stage) -> Iterator[None]:
    """Somebody deploys the worker with a production group among the temporary ones."""
    lambdas, name = stage.account.lambdas, "ss-local-shop-worker"
    right = lambdas._functions[name]
    wrong = {**right.environment, "TEMPORARY_SECURITY_GROUP_1": productions_groups(stage)[0]}
    for environment in (wrong, right.environment):
        lambdas.create(
            name,
            right.files,
            handler=right.handler,
            role_arn=right.role_arn,
            environment=environment,
            timeout_seconds=right.timeout_seconds,
        )
        if process := lambdas._processes.pop(name, None):
            process.close()
        if environment is wrong:
            yield


@contextmanager
def a_rule(stage: Stage, of: str, direction: str, rule: dict[str, Any]) -> Iterator[None]:
    ec2 = stage.account.client("ec2")
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **rule}
    getattr(ec2, f"authorize_security_group_{direction}")(GroupId=of, IpPermissions=[permission])
    try:
        yield
    finally:
        getattr(ec2, f"revoke_security_group_{direction}")(GroupId=of, IpPermissions=[permission])


ANYWHERE = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
Opening = Callable[[Stage], AbstractContextManager[None]]
OPENINGS: dict[str, Opening] = {
    "a production group is among the temporary groups": a_production_group_among_ours,
    "a production group admits ours": lambda stage: a_rule(
        stage, productions_groups(stage)[0], "ingress", {"UserIdGroupPairs": [{"GroupId": group(stage, "temporary")}]}
    ),
    "the temporary group admits others": lambda stage: a_rule(stage, group(stage, "temporary"), "ingress", ANYWHERE),
    "the temporary group lets out": lambda stage: a_rule(stage, group(stage, "temporary"), "egress", ANYWHERE),
}


@pytest.mark.parametrize("opening", OPENINGS)
def test_nothing_is_restored_where_something_else_could_reach_it(stage: Stage, opening: str) -> None:
    """The plan refuses, before a single thing exists."""
    error, _, entered = failed(stage, OPENINGS[opening])
    assert error == "IsolationBroken"
    assert entered == ["Begin", "Plan", "Verdict", "Failed"]


def test_sanitizer_does_not_connect_once_isolation_is_gone(stage: Stage) -> None:
    """What was opened while RDS restored is found before the sanitizer starts."""
    undo: list[AbstractContextManager[None]] = []

    def open_it(_: str) -> None:
        undo.append(a_rule(stage, group(stage, "temporary"), "ingress", ANYWHERE))
        undo[0].__enter__()

    @contextmanager
    def trouble(stage: Stage) -> Iterator[None]:
        with when_entering(stage, "AwaitTemporaryDatabase", open_it):
            yield
        undo[0].__exit__(None, None, None)

    error, _, entered = failed(stage, trouble)
    assert error == "IsolationBroken"
    assert "CheckIsolation" in entered
    assert "Sanitize" not in entered

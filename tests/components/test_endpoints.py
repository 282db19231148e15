"""What the endpoints let through: the roles' own calls on what they are granted, and the registry's layers."""

import json
from pathlib import Path
from typing import Any

import pytest

from components.endpoints import INTERFACES
from rehearsal.recording import Recording
from tests.components.documents import ROLE, allows, document
from tests.components.projects import SHARE_KEY, record_with
from tests.components.reachability import ENDPOINT

ACCOUNT, REGION = "123456789012", "eu-west-1"
LAYERS = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Two databases without internet, and an image that is built."""
    databases = [{"name": name, "source": {"instance": f"{name}-prod"}} for name in ("orders", "billing")]
    folder = tmp_path_factory.mktemp("sealed")
    return record_with(folder, "dev", *databases, network={"endpoints": True}, image="build")


def policy(recording: Recording, service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(recording.one(ENDPOINT, f"ss-dev-{service}").inputs["policy"])
    return found


def principals(statement: dict[str, Any]) -> set[str]:
    return set(statement.get("Condition", {}).get("ArnEquals", {}).get("aws:PrincipalArn", ()))


@pytest.mark.parametrize("service", [*INTERFACES, "s3"])
def test_an_endpoint_is_for_the_tasks_roles_only(sealed: Recording, service: str) -> None:
    """Each statement names roles of this stack's tasks; all but that for the registry's layers, whose links are signed."""
    roles = {role.outputs["arn"] for role in sealed.of_type(ROLE) if role.name.endswith(("-task", "-execution"))}
    statements = policy(sealed, service)["Statement"]
    assert statements
    for each in statements:
        assert (principals(each) and principals(each) <= roles) or each["Resource"] == [f"{LAYERS}/*"], each


@pytest.mark.parametrize("service", [*INTERFACES, "s3"])
def test_an_endpoint_lets_through_exactly_what_the_roles_may_do(sealed: Recording, service: str) -> None:
    """No action and no resource more than the roles' own documents allow, and none less."""
    prefix = INTERFACES.get(service, service)
    allowed = {
        (sealed.one(ROLE, record.name).outputs["arn"], action, resource)
        for record in sealed.of_type("aws:iam/rolePolicy:RolePolicy")
        if record.name.endswith(("-task", "-execution"))
        for each in document(sealed, record.name)["Statement"]
        if each["Effect"] == "Allow"
        for action in each["Action"]
        for resource in each["Resource"]
        if action.startswith(f"{prefix}:")
    }
    passing = {
        (principal, action, resource)
        for each in policy(sealed, service)["Statement"]
        for principal in principals(each)
        for action in each["Action"]
        for resource in each["Resource"]
    }
    assert passing == allowed != set()


def test_nothing_passes_to_another_accounts_things(sealed: Recording) -> None:
    """Another bucket, another repository, another log group, another key: none of them is let through."""
    other = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/other"
    tried = [
        ("s3", "s3:PutObject", "arn:aws:s3:::elsewhere/data"),
        ("s3", "s3:PutObject", f"{LAYERS}/x"),
        ("s3", "s3:GetObject", f"arn:aws:s3:::ss-dev-{ACCOUNT}-{REGION}/locks/orders"),
        ("ecr.api", "ecr:BatchGetImage", other),
        ("ecr.dkr", "ecr:PutImage", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/ss-dev-sanitizer"),
        ("logs", "logs:PutLogEvents", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/other:*"),
        ("kms", "kms:GenerateMac", SHARE_KEY),
        ("kms", "kms:Decrypt", "*"),
        ("secretsmanager", "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:other"),
    ]
    assert not [each for each in tried if allows(policy(sealed, each[0]), *each[1:])]
    assert allows(policy(sealed, "s3"), "s3:GetObject", f"{LAYERS}/layer")


def test_every_service_that_a_task_calls_has_an_endpoint(sealed: Recording) -> None:
    """What its roles may call without one would end in a timeout."""
    called = {
        action.split(":")[0]
        for record in sealed.of_type("aws:iam/rolePolicy:RolePolicy")
        if record.name.endswith(("-task", "-execution"))
        for each in document(sealed, record.name)["Statement"]
        if each["Effect"] == "Allow"
        for action in each["Action"]
    }
    assert called == {*INTERFACES.values(), "s3"}


def test_a_policy_is_short_enough_for_many_databases(tmp_path: Path) -> None:
    """AWS takes 20,480 characters; as many databases as a role's document has room for fit."""
    databases = [{"name": f"database-{n:02}", "source": {"instance": f"source-{n:02}"}} for n in range(30)]
    recording = record_with(tmp_path, "dev", *databases, network={"endpoints": True})
    assert all(len(each.inputs["policy"]) <= 20_480 for each in recording.of_type(ENDPOINT))

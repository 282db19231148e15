"""An emulated account with a small stand-in for RDS, and roles that may do exactly what a test says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.account import ACCOUNT, REGION, EmulatedAccount
from rehearsal.clock import Clock
from rehearsal.errors import AwsError

RDS = f"arn:aws:rds:{REGION}:{ACCOUNT}"
Json = dict[str, Any]


class NotebookRds:
    """Databases and snapshots that are only noted down: available at once, without bytes."""

    def __init__(self) -> None:
        self.instances: dict[str, Json] = {}
        self.snapshots: dict[str, Json] = {}

    def call(self, operation: str, parameters: Json, account: str) -> Json:
        return getattr(self, operation)(account=account, **parameters)

    def add_instance(self, name: str, tags: dict[str, str] | None = None, **others: Any) -> None:
        self.instances[name] = {
            "DBInstanceIdentifier": name,
            "DBInstanceStatus": "available",
            "TagList": listed(tags or {}),
            **others,
        }

    def add_snapshot(self, name: str, tags: dict[str, str] | None = None, **others: Any) -> None:
        self.snapshots[name] = {
            "DBSnapshotIdentifier": name, "Status": "available", "Engine": "postgres", "EngineVersion": "15.7",
            "TagList": listed(tags or {}), **others,
        }  # fmt: skip

    def DescribeDBInstances(self, account: str, DBInstanceIdentifier: str | None = None) -> Json:  # noqa: N802
        if DBInstanceIdentifier is not None and DBInstanceIdentifier not in self.instances:
            raise AwsError("DBInstanceNotFound", f"DBInstance {DBInstanceIdentifier} not found.", 404)
        return {"DBInstances": [held for name, held in self.instances.items() if DBInstanceIdentifier in (None, name)]}

    def DescribeDBSnapshots(self, account: str, DBSnapshotIdentifier: str | None = None, **_: Any) -> Json:  # noqa: N802
        return {"DBSnapshots": [held for name, held in self.snapshots.items() if DBSnapshotIdentifier in (None, name)]}

    def CreateDBSnapshot(  # noqa: N802
        self, account: str, DBSnapshotIdentifier: str, DBInstanceIdentifier: str, Tags: Any = ()
    ) -> Json:
        if DBSnapshotIdentifier in self.snapshots:
            raise AwsError(
                "DBSnapshotAlreadyExists", f"Cannot create the snapshot because {DBSnapshotIdentifier} already exists."
            )
        self.add_snapshot(
            DBSnapshotIdentifier, {tag["Key"]: tag["Value"] for tag in Tags}, DBInstanceIdentifier=DBInstanceIdentifier
        )
        return {"DBSnapshot": self.snapshots[DBSnapshotIdentifier]}

    def CopyDBSnapshot(self, account: str, TargetDBSnapshotIdentifier: str, **_: Any) -> Json:  # noqa: N802
        self.add_snapshot(TargetDBSnapshotIdentifier)
        return {"DBSnapshot": self.snapshots[TargetDBSnapshotIdentifier]}

    def RestoreDBInstanceFromDBSnapshot(self, account: str, DBInstanceIdentifier: str, **_: Any) -> Json:  # noqa: N802
        self.add_instance(DBInstanceIdentifier)
        return {"DBInstance": self.instances[DBInstanceIdentifier]}

    def ModifyDBInstance(self, account: str, DBInstanceIdentifier: str, **_: Any) -> Json:  # noqa: N802
        return {"DBInstance": self.instances[DBInstanceIdentifier]}

    def DeleteDBInstance(self, account: str, DBInstanceIdentifier: str, **_: Any) -> Json:  # noqa: N802
        return {"DBInstance": self.instances.pop(DBInstanceIdentifier)}

    def ModifyDBSnapshotAttribute(self, account: str, DBSnapshotIdentifier: str, **_: Any) -> Json:  # noqa: N802
        return {"DBSnapshotAttributesResult": {"DBSnapshotIdentifier": DBSnapshotIdentifier}}

    def ListTagsForResource(self, account: str, ResourceName: str) -> Json:  # noqa: N802
        kind, name = ResourceName.split(":")[5:7]
        held = {"db": self.instances, "snapshot": self.snapshots}.get(kind, {}).get(name)
        if held is None:
            raise AwsError("DBInstanceNotFound", f"{ResourceName} not found", 404)
        return {"TagList": held["TagList"]}


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags as the API takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def role(account: EmulatedAccount, name: str, *statements: Json, service: str = "lambda.amazonaws.com") -> str:
    """Deploy a role with these statements; its ARN."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    iam = account.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
    return str(arn)


def allow(actions: str | list[str], resources: str | list[str] = "*", **condition: Any) -> Json:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources} | (
        {"Condition": condition} if condition else {}
    )


@pytest.fixture
def rds() -> NotebookRds:
    return NotebookRds()


@pytest.fixture
def account(rds: NotebookRds, tmp_path: Any) -> Iterator[EmulatedAccount]:
    with EmulatedAccount(Clock(), lambda _: rds, root=tmp_path) as started:
        yield started

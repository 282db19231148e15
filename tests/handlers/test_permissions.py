"""Permissions stand beside the calls that need them: none is missing, none is spare, all exist, and all are narrow."""

import ast
import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from policy_sentry.querying.actions import get_action_data

import handlers
from handlers import alert, flow, freshness, sweep
from handlers.clients import Aws
from handlers.permissions import Permission
from handlers.step import Features
from tests.handlers.fakes import SESSION, iam_action

ROOM = Path(handlers.__file__).parent
MODULES = sorted(path.name for path in ROOM.glob("*.py"))
ALL_FEATURES = [Features(*each) for each in product((True, False), repeat=4)]
# What AWS asks for besides the call itself: the call that implies it stands in the same module.
IMPLIED = {
    "rds:AddTagsToResource": "tags given at a creation",
    "kms:CreateGrant": "RDS, or the probe, on a key",
    "kms:DescribeKey": "RDS, or the probe, on a key",
    "secretsmanager:CreateSecret": "ModifyDBInstance with ManageMasterUserPassword",
    "secretsmanager:TagResource": "ModifyDBInstance with ManageMasterUserPassword",
    "secretsmanager:RotateSecret": "ModifyDBInstance with ManageMasterUserPassword",
}
BY_STEP_FUNCTIONS = {"ecs:RunTask", "iam:PassRole", "events:PutTargets", "events:PutRule", "events:DescribeRule"}
BY_STEP_FUNCTIONS |= {"lambda:InvokeFunction"}
DECLARED_BESIDE = {"sweep.py": {"ecs:StopTask"}}  # the sweep stops tasks with what `sanitizing` declares for it


def every_permission() -> list[tuple[str, Permission]]:
    """Each role's permissions, for every configuration."""
    roles = ("worker", "sharer", "state_machine")
    of_runs = [(role, may) for role in roles for features in ALL_FEATURES for may in flow.permissions(role, features)]
    of_sweeps = (("sweeper", may) for may in (*sweep.PERMISSIONS, *freshness.PERMISSIONS))
    return [*of_runs, *of_sweeps, *(("alerter", may) for may in alert.PERMISSIONS)]


def called(tree: ast.AST) -> set[str]:
    """The IAM actions of all calls of clients in a module, direct or by paginator."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder, name = node.func.value, node.func.attr
            client = (holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")).lstrip("_")
            if client in Aws._fields:
                if name == "get_paginator":
                    assert isinstance(node.args[0], ast.Constant)
                    name = str(node.args[0].value)
                operations = SESSION.get_service_model(client).operation_names
                found |= {iam_action(client, each) for each in operations if xform_name(each) == name} or {
                    f"{client}:{name}?"
                }
    return found


def declared(tree: ast.AST) -> set[str]:
    """The actions that a module's permissions name."""
    permissions = (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Permission"
    )
    return {action.value for each in permissions for action in each.args[0].elts}  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", MODULES)
def test_every_call_has_its_permission_in_the_same_module(module: str) -> None:
    """Who adds a call and forgets the permission learns it here, and not from AWS."""
    tree = ast.parse((ROOM / module).read_text())
    assert called(tree) <= declared(tree) | DECLARED_BESIDE.get(module, set())


@pytest.mark.parametrize("module", MODULES)
def test_no_permission_is_declared_without_a_call(module: str) -> None:
    """A permission that no call needs is one that an intruder has."""
    tree = ast.parse((ROOM / module).read_text())
    assert declared(tree) <= called(tree) | IMPLIED.keys() | BY_STEP_FUNCTIONS


def test_the_room_calls_aws_in_the_ways_that_this_test_sees() -> None:
    """The search above finds what is there: otherwise it would find nothing wrong anywhere."""
    everything = set().union(*(called(ast.parse((ROOM / module).read_text())) for module in MODULES))
    assert {"rds:RestoreDBInstanceFromDBSnapshot", "s3:ListBucket", "kms:CreateGrant", "ecs:ListTasks"} <= everything
    assert len(everything) > 20


@cache
def in_tables(action: str) -> list[dict[str, Any]]:
    """What AWS's authorization tables say of an action: a row for each kind of resource."""
    service, name = action.split(":")
    found = get_action_data(service, name)
    assert found, f"{action} is not an action of IAM"
    return list(found[service])


@pytest.mark.parametrize("action", sorted({action for _role, may in every_permission() for action in may.actions}))
def test_every_action_exists_with_its_resources_and_conditions(action: str) -> None:
    """A resource of a kind that the action does not have, or a condition key that it never carries, would allow nothing."""
    rows = in_tables(action)
    kinds = {re.sub(r"\$\{\w+\}", "", row["resource_arn_format"]).split(":", 5)[-1] for row in rows}
    keys = {key.split("/")[0].split("${")[0] for row in rows for key in row["condition_keys"]}
    for _role, may in every_permission():
        if action in may.actions:
            for resource in may.resources:
                tail = resource.split(":", 5)[-1] if resource.startswith("arn:") else None
                known = (
                    tail is None
                    or action.startswith("s3:")
                    or any(re.split(r"[:/]", tail)[0] == re.split(r"[:/]", kind)[0] for kind in kinds)
                )
                assert known, f"{action} on {resource}"
            for condition in may.conditions.values():
                names = {key.split("/")[0] for key in condition} - {"aws:ViaAWSService", "s3:prefix"}
                assert names <= keys, f"{action}: {names - keys}"


def test_only_listings_may_name_any_resource() -> None:
    """`*` is left to the operations that know nothing narrower."""
    broad = {action for _role, may in every_permission() for action in may.actions if "*" in may.resources}
    assert broad == {"cloudwatch:PutMetricData", "ec2:DescribeSecurityGroups", "ecs:ListTasks"}


def test_the_worker_may_not_share_and_the_sharer_may_not_tag_delete_or_create() -> None:
    """Two roles, so that no single one can take data out."""
    of = {
        role: {action for each, may in every_permission() if each == role for action in may.actions}
        for role, _ in every_permission()
    }
    assert "rds:ModifyDBSnapshotAttribute" not in of["worker"] | of["sweeper"] | of["state_machine"]
    assert {action for action in of["sharer"] if action.startswith("rds:")} == {
        "rds:DescribeDBSnapshots",
        "rds:ModifyDBSnapshotAttribute",
        "rds:DescribeDBSnapshotAttributes",
    }
    assert not {"s3:DeleteObject", "s3:PutObjectAcl"} & (of["worker"] | of["sweeper"] | of["alerter"])
    assert "s3:PutObjectAcl" not in of["sharer"]
    removed = {each for _, may in every_permission() if "s3:DeleteObject" in may.actions for each in may.resources}
    assert removed == {"arn:{partition}:s3:::{bucket}/held/{database}/*"}


def test_no_role_of_a_run_writes_reports_or_reads_secrets() -> None:
    """The proof is written by the task's own role alone, and the password is fetched by it."""
    for _role, may in every_permission():
        assert "secretsmanager:GetSecretValue" not in may.actions
        if "s3:PutObject" in may.actions:
            assert not any("/reports/" in resource or "/rules/" in resource for resource in may.resources)


def test_what_changes_or_deletes_names_our_prefix_and_asks_for_our_tags() -> None:
    """No role can touch a thing of RDS that lacks our name or our tags."""
    changing = {"rds:ModifyDBInstance", "rds:DeleteDBInstance", "rds:DeleteDBSnapshot", "rds:ModifyDBSnapshotAttribute"}
    for _role, may in every_permission():
        if changing & set(may.actions):
            assert all("{prefix}-" in resource for resource in may.resources)
            assert may.conditions["StringEquals"]["aws:ResourceTag/sanitized-snapshots:stack"] == "{stack}"
        if "rds:AddTagsToResource" in may.actions:
            assert all("{prefix}-" in resource for resource in may.resources)
            assert "aws:RequestTag/sanitized-snapshots:kind" in may.conditions["StringEquals"]


def test_the_source_may_be_described_and_snapshotted_as_raw_and_nothing_else() -> None:
    """A snapshot of the source cannot be given the name or the kind of a sanitized one: no statement allows both."""
    for _role, may in every_permission():
        if any("{source}" in resource for resource in may.resources):
            assert set(may.actions) <= {"rds:DescribeDBInstances", "rds:CreateDBSnapshot"}
        if "rds:CreateDBSnapshot" in may.actions:
            kind = may.conditions["StringEquals"]["aws:RequestTag/sanitized-snapshots:kind"]
            assert ("{source}" in may.resources[0]) == (kind == "raw")
            assert f"{{prefix}}-{kind}-" in may.resources[1]


def test_what_a_configuration_does_not_do_its_roles_may_not_do() -> None:
    """Without a share key nobody copies or grants on it; with `latest` nobody snapshots the source."""
    plain = flow.permissions("worker", Features(new_snapshot=False, reencrypt=False, share=False))
    actions = {action for may in plain for action in may.actions}
    assert "rds:CopyDBSnapshot" not in actions
    assert not any("{share_key}" in resource for may in plain for resource in may.resources)
    assert not any("rds:CreateDBSnapshot" in may.actions and "{source}" in may.resources[0] for may in plain)
    sharer = flow.permissions("sharer", Features(new_snapshot=True, reencrypt=True, share=False))
    assert "rds:ModifyDBSnapshotAttribute" not in {action for may in sharer for action in may.actions}


def test_a_run_id_is_as_long_as_its_wildcard() -> None:
    """`?` stands for one character, so a name of another database never fits."""
    from handlers.names import run_id
    from handlers.permissions import ANY_RUN
    from tests.handlers.fakes import NOW

    made = run_id("arn:aws:states:eu-west-1:123456789012:execution:m:e", NOW)
    assert re.fullmatch(r"\d{12}-[a-z2-7]{4}", made)
    assert len(made) == len(ANY_RUN)

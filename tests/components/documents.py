"""Reads IAM documents of a recorded graph: what a role may do, conditions aside."""

import json
from fnmatch import fnmatchcase
from typing import Any

from rehearsal.recording import Recording

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE = "aws:iam/role:Role"


def document(recording: Recording, logical: str) -> dict[str, Any]:
    """The only policy of a role."""
    found: dict[str, Any] = json.loads(recording.one(ROLE_POLICY, logical).inputs["policy"])
    return found


def documents(recording: Recording) -> dict[str, dict[str, Any]]:
    """The policy of every role."""
    return {record.name: document(recording, record.name) for record in recording.of_type(ROLE_POLICY)}


def allows(policy: dict[str, Any], action: str, resource: str) -> bool:
    """Whether the document could allow the action on the resource, if all conditions held."""
    effects = {each["Effect"] for each in policy["Statement"] if _speaks_of(each, action, resource)}
    return effects == {"Allow"}


def allowed_actions(policy: dict[str, Any]) -> set[str]:
    """Every action that the document allows somewhere."""
    return {action for each in policy["Statement"] if each["Effect"] == "Allow" for action in each["Action"]}


def resources_of(policy: dict[str, Any], action: str) -> set[str]:
    """Where the document allows an action."""
    allowing = [each for each in policy["Statement"] if each["Effect"] == "Allow" and action in each["Action"]]
    return {resource for each in allowing for resource in each["Resource"]}


def _speaks_of(statement: dict[str, Any], action: str, resource: str) -> bool:
    named = any(fnmatchcase(action, pattern) for pattern in statement.get("Action") or statement["NotAction"])
    there = any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
    return there and (named if "Action" in statement else not named)

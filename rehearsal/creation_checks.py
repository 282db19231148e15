"""What AWS refuses where moto would go along: broken state machines, grants that were only to be tried."""

from collections.abc import Mapping
from typing import Any

from moto.kms.models import kms_backends

from rehearsal import iam
from rehearsal.credentials import Caller
from rehearsal.errors import AwsError
from rehearsal.iam import Need, context_of
from rehearsal.places import ACCOUNT, REGION
from rehearsal.states_definition import problems, uses_sync_tasks

# Step Functions makes this rule to learn that a task has ended.
ECS_RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/StepFunctionsGetEventsForECSTaskRule"


def check_state_machine(operation: str, parameters: Mapping[str, Any], caller: Caller) -> None:
    """Refuse a definition that AWS refuses, and a role that could not run it. Raises: AwsError."""
    if operation not in ("CreateStateMachine", "UpdateStateMachine"):
        return
    definition = parameters.get("definition", "")
    if definition and (found := problems(definition)):
        raise AwsError("InvalidDefinition", f"Invalid State Machine Definition: {'; '.join(found)}")
    role = parameters.get("roleArn")
    if role is None:
        return
    name = parameters.get("name", "*")
    machine = f"arn:aws:states:{REGION}:{caller.account}:stateMachine:{name}"
    if not iam.may_be_assumed_by(
        role, "states.amazonaws.com", context_of({"aws:SourceAccount": ACCOUNT, "aws:SourceArn": machine})
    ):
        raise AwsError(
            "AccessDeniedException",
            f"Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role: {role}",
        )
    if uses_sync_tasks(definition):
        needs = [Need(f"events:{action}", ECS_RULE, {}) for action in ("PutTargets", "PutRule", "DescribeRule")]
        if not iam.evaluate(iam.statements_of(role), needs).allowed:
            raise AwsError("AccessDeniedException", f"'{role}' is not authorized to create managed-rule.")


def check_kms(operation: str, parameters: Mapping[str, Any], caller: Caller) -> None:
    """A dry run of what is allowed ends in DryRunOperationException, without effect. Raises: AwsError."""
    if not parameters.get("DryRun"):
        return
    arn = str(parameters["KeyId"])
    account = arn.split(":")[4] if arn.startswith("arn:") else caller.account
    key = kms_backends[account][REGION].keys.get(arn.rsplit("/", 1)[-1])
    if key is None:
        raise AwsError("NotFoundException", f"Key '{arn}' does not exist")
    if not key.enabled:
        raise AwsError("DisabledException", f"{key.arn} is disabled.")
    raise AwsError("DryRunOperationException", f"The {operation} request would have succeeded, but DryRun is set.")

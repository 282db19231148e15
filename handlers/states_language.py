"""How each shape of the flow is drawn in Amazon States Language.

The state document is `{plan, restored, connection, error, leftovers}`. A step's failure goes to `error` and on to the clean-up; a
clean-up step's own failure goes to `leftovers.<State>` and on to the next one; the verdict reads both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from handlers.flow import Flow
from handlers.step import ContainerTask, Patience, Step

State = dict[str, Any]

# Every step is safe to repeat, so a crash or a busy service may be answered by trying again: a few times, and soon.
TRANSIENT = (
    "AwsUnavailable",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
)
LAMBDA_TIMEOUT_SECONDS = 300  # longer than the functions' own timeout, which is the one that should strike
READS: dict[str, State] = {
    "plan": {"plan.$": "$.plan"},
    "error": {"plan.$": "$.plan", "error.$": "$.error"},
    "spent": {"plan.$": "$.plan", "restored.$": "$.restored"},
    "execution": {
        "execution": {
            "arn.$": "$$.Execution.Id",
            "started.$": "$$.Execution.StartTime",
            "input.$": "$$.Execution.Input",
        }
    },
}


@dataclass(frozen=True)
class Deployed:
    """What exists in the account that the definition names."""

    worker_arn: str
    sharer_arn: str
    cluster_arn: str
    task_definition_arn: str
    container_name: str
    subnet_ids: list[str]
    sanitizer_security_group_id: str
    assign_public_ip: bool
    bucket: str
    rules_key: str
    masking_key_arn: str
    signing_key_arn: str
    database: str


def render(flow: Flow, deployed: Deployed) -> State:
    """The whole definition of a database's state machine."""
    first_clean_up = flow.finally_[0].name
    body_names = [part.name for part in flow.body]
    states = {"Begin": _begin(flow.plan), flow.plan.name: _plan(flow.plan, deployed, body_names[0])}
    for part, following in zip(flow.body, [*body_names[1:], first_clean_up], strict=True):
        if isinstance(part, ContainerTask):
            explained = part.explained_by.name
            states[part.name] = _container(part, deployed, following)
            states[explained] = _guarded(part.explained_by, deployed, first_clean_up, first_clean_up)
        else:
            states[part.name] = _guarded(part, deployed, following, first_clean_up)
    cleaning = [part.name for part in flow.finally_]
    for part, following in zip(flow.finally_, [*cleaning[1:], "Verdict"], strict=True):
        caught = _catch(f"$.leftovers.{part.name}", following)
        states[part.name] = {**_lambda(part, deployed), "Catch": [caught], "Next": following}
    return {
        "Comment": f"Sanitized snapshots of {deployed.database}",
        "StartAt": "Begin",
        "States": {**states, **_verdict(cleaning)},
    }


def _begin(plan: Step) -> State:
    document: State = {"plan": None, "restored": None, "connection": None, "error": None, "leftovers": {}}
    return {"Type": "Pass", "Result": document, "Next": plan.name}


def _plan(plan: Step, deployed: Deployed, following: str) -> State:
    # Before the lock is held nothing may be cleaned up, and Plan creates nothing: its failures skip the clean-up.
    duplicate = {"ErrorEquals": ["DuplicateStart"], "ResultPath": None, "Next": "Succeeded"}
    return {**_lambda(plan, deployed), "Catch": [duplicate, _catch("$.error", "Verdict")], "Next": following}


def _guarded(step: Step, deployed: Deployed, following: str, on_failure: str) -> State:
    return {**_lambda(step, deployed), "Catch": [_catch("$.error", on_failure)], "Next": following}


def _catch(path: str, following: str) -> State:
    return {"ErrorEquals": ["States.ALL"], "ResultPath": path, "Next": following}


def _lambda(step: Step, deployed: Deployed) -> State:
    function = {"worker": deployed.worker_arn, "sharer": deployed.sharer_arn}[step.role]
    payload = {"step": step.name, **READS[step.reads], "now.$": "$$.State.EnteredTime"}
    state = {
        "Type": "Task",
        "Resource": _integration(deployed, "lambda:invoke"),
        "Parameters": {"FunctionName": function, "Payload": {**payload, "attempt.$": "$$.State.RetryCount"}},
        "TimeoutSeconds": LAMBDA_TIMEOUT_SECONDS,
        "Retry": _retries(step.patience),
    }
    if step.keeps is None:
        return {**state, "ResultPath": None}
    selected = {f"{field}.$": f"$.Payload.{field}" for field in step.result}
    return {**state, "ResultSelector": selected, "ResultPath": f"$.{step.keeps}"}


def _retries(patience: Patience) -> list[State]:
    again = {"ErrorEquals": list(TRANSIENT), "IntervalSeconds": 5, "MaxAttempts": 3, "BackoffRate": 2}
    if not patience.times:
        return [again]
    wait = {"ErrorEquals": ["NotReady"], "IntervalSeconds": patience.every_seconds, "MaxAttempts": patience.times}
    return [{**wait, "BackoffRate": 1}, again]  # a wait is no failure: no backoff


def _container(task: ContainerTask, deployed: Deployed, following: str) -> State:
    network = {
        "Subnets": deployed.subnet_ids,
        "SecurityGroups": [deployed.sanitizer_security_group_id],
        "AssignPublicIp": "ENABLED" if deployed.assign_public_ip else "DISABLED",
    }
    container = {"Name": deployed.container_name, "Environment": list(_environment(deployed))}
    return {
        "Type": "Task",
        "Resource": _integration(deployed, "ecs:runTask.sync"),
        "Parameters": {
            "Cluster": deployed.cluster_arn,
            "TaskDefinition": deployed.task_definition_arn,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {"AwsvpcConfiguration": network},
            "Overrides": {"ContainerOverrides": [container]},
        },
        "TimeoutSeconds": task.at_most_hours * 3600,
        "ResultPath": None,
        # No Retry: a second container would mask what a first one has begun to mask.
        "Catch": [_catch("$.error", task.explained_by.name)],
        "Next": following,
    }


def _environment(deployed: Deployed) -> Iterable[State]:
    yield {"Name": "SANITIZER_ENGINE", "Value.$": "$.plan.engine"}
    yield {"Name": "SANITIZER_HOST", "Value.$": "$.connection.host"}
    yield {"Name": "SANITIZER_PORT", "Value.$": "$.connection.port"}
    yield {"Name": "SANITIZER_USER", "Value.$": "$.connection.user"}
    yield {"Name": "SANITIZER_SECRET_ARN", "Value.$": "$.connection.secret_arn"}
    yield {"Name": "SANITIZER_REPORT", "Value.$": "$.plan.report_uri"}
    yield {"Name": "SANITIZER_SNAPSHOT_AT", "Value.$": "$.restored.data_from"}
    yield {"Name": "SANITIZER_RUN_ID", "Value.$": "$.plan.run_id"}
    yield {"Name": "SANITIZER_RULES", "Value": f"s3://{deployed.bucket}/{deployed.rules_key}"}
    yield {"Name": "SANITIZER_DATABASE", "Value": deployed.database}
    yield {"Name": "SANITIZER_MASKING_KEY", "Value": deployed.masking_key_arn}
    yield {"Name": "SANITIZER_SIGNING_KEY", "Value": deployed.signing_key_arn}


def _verdict(cleaning: list[str]) -> dict[str, State]:
    left = [{"Variable": f"$.leftovers.{name}", "IsPresent": True} for name in cleaning]
    return {
        "Verdict": {
            "Type": "Choice",
            "Choices": [
                {"Not": {"Variable": "$.error", "IsNull": True}, "Next": "Failed"},
                {"Or": left, "Next": "LeftoversRemain"},
            ],
            "Default": "Succeeded",
        },
        "Failed": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "States.JsonToString($.error)"},
        "LeftoversRemain": {
            "Type": "Fail",
            "Error": "LeftoversRemain",
            "CausePath": "States.JsonToString($.leftovers)",
        },
        "Succeeded": {"Type": "Succeed"},
    }


def _integration(deployed: Deployed, operation: str) -> str:
    partition = deployed.worker_arn.split(":")[1]
    return f"arn:{partition}:states:::{operation}"

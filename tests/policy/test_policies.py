"""Each policy by itself: a compliant resource with one property broken, and values that are still unknown."""

import json
from typing import Any

import pytest
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    StackValidationArgs,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy
from sanitizedpolicy import POLICIES
from sanitizedpolicy.graph import graph_keeps_them_apart
from sanitizedpolicy.groups import component_lists_are_disjoint, functions_carry_disjoint_lists
from sanitizedpolicy.inspected import isolation_was_inspected
from sanitizedpolicy.words import COMPONENT, FUNCTION, SECURITY_GROUP, STATE_MACHINE

UNKNOWN = UNKNOWN_STRING_VALUE
OPTIONS = PolicyResourceOptions(
    protect=False,
    ignore_changes=[],
    delete_before_replace=None,
    aliases=[],
    custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
    additional_secret_outputs=[],
)
GOOD_LISTS = {"temporarySecurityGroupIds": ["sg-t"], "forbiddenSecurityGroupIds": ["sg-p", "sg-q"]}
GOOD_VARIABLES = {
    "TEMPORARY_SECURITY_GROUP_0": "sg-t",
    "FORBIDDEN_SECURITY_GROUP_0": "sg-p",
    "FORBIDDEN_SECURITY_GROUP_1": "sg-q",
    "SANITIZER_SECURITY_GROUP": "sg-s",
}


def messages(policy: Any, type_: str, properties: dict[str, Any], config: dict[str, Any] | None = None) -> list[str]:
    """What a resource policy says of one resource inside our component."""
    said: list[str] = []
    urn = f"urn:pulumi:s::p::{COMPONENT}${type_}::r" if type_ != COMPONENT else f"urn:pulumi:s::p::{COMPONENT}::r"
    arguments = ResourceValidationArgs(type_, unknown_checking_proxy(properties), urn, "r", OPTIONS, None, config)
    policy.validate(arguments, lambda message, _urn=None: said.append(message))
    return said


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({}, None),
        ({"temporarySecurityGroupIds": [UNKNOWN]}, None),
        ({"temporarySecurityGroupIds": UNKNOWN}, None),
        ({"forbiddenSecurityGroupIds": [UNKNOWN]}, None),
        ({"temporarySecurityGroupIds": ["sg-t", "sg-q"]}, "security group sg-q"),
        ({"temporarySecurityGroupIds": [UNKNOWN, "sg-p"]}, "security group sg-p"),
        ({"forbiddenSecurityGroupIds": [UNKNOWN, "sg-t"]}, "security group sg-t"),
        ({"temporarySecurityGroupIds": []}, "default group"),
        ({"temporarySecurityGroupIds": None}, "default group"),
        ({"temporarySecurityGroupIds": "sg-t"}, "default group"),
        ({"temporarySecurityGroupIds": [""]}, "default group"),
        ({"forbiddenSecurityGroupIds": []}, "nothing can be compared"),
        ({"forbiddenSecurityGroupIds": None}, "nothing can be compared"),
    ],
)
def test_the_components_lists_are_named_and_disjoint(broken: dict[str, Any], says: str | None) -> None:
    """Element by element: one unknown id hides no other."""
    said = messages(component_lists_are_disjoint, COMPONENT, {**GOOD_LISTS, **broken})
    assert (says is None and said == []) or (says and len(said) == 1 and says in said[0]), said


def test_a_component_without_the_lists_is_a_finding() -> None:
    """Absent is not empty, and is no better."""
    assert len(messages(component_lists_are_disjoint, COMPONENT, {})) == 2


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({}, None),
        ({"TEMPORARY_SECURITY_GROUP_0": UNKNOWN}, None),
        ({"SANITIZER_SECURITY_GROUP": UNKNOWN}, None),
        ({"TEMPORARY_SECURITY_GROUP_1": "sg-q"}, "security group sg-q"),
        ({"TEMPORARY_SECURITY_GROUP_0": UNKNOWN, "TEMPORARY_SECURITY_GROUP_7": "sg-p"}, "security group sg-p"),
        ({"TEMPORARY_SECURITY_GROUP_0": ""}, "default group"),
        ({"FORBIDDEN_SECURITY_GROUP_0": "", "FORBIDDEN_SECURITY_GROUP_1": ""}, "nothing can be compared"),
        ({"SANITIZER_SECURITY_GROUP": "sg-p"}, "puts the sanitizer into"),
    ],
)
def test_what_the_functions_carry_is_named_and_disjoint(broken: dict[str, Any], says: str | None) -> None:
    """Each group is a variable of its own."""
    variables = {**GOOD_VARIABLES, **broken}
    said = messages(functions_carry_disjoint_lists, FUNCTION, {"environment": {"variables": variables}})
    assert (says is None and said == []) or (says and len(said) == 1 and says in said[0]), said


@pytest.mark.parametrize("properties", [{}, {"environment": {}}, {"environment": {"variables": {"STACK": "s"}}}])
def test_a_function_of_ours_without_groups_is_a_finding(properties: dict[str, Any]) -> None:
    """It would restore into the VPC's default group."""
    assert len(messages(functions_carry_disjoint_lists, FUNCTION, properties)) == 2


@pytest.mark.parametrize("properties", [{"environment": UNKNOWN}, {"environment": {"variables": UNKNOWN}}])
def test_an_unknown_environment_is_no_finding(properties: dict[str, Any]) -> None:
    """It is looked at again before the function is made."""
    assert messages(functions_carry_disjoint_lists, FUNCTION, properties) == []


@pytest.mark.parametrize(
    ("policy", "type_", "properties"),
    [
        (component_lists_are_disjoint, COMPONENT, GOOD_LISTS),
        (functions_carry_disjoint_lists, FUNCTION, {"environment": {"variables": GOOD_VARIABLES}}),
    ],
)
def test_configured_groups_are_productions_too(policy: Any, type_: str, properties: dict[str, Any]) -> None:
    """Besides the source's own."""
    (said,) = messages(policy, type_, properties, {"productionSecurityGroupIds": ["sg-t"]})
    assert "sg-t" in said


def resource(type_: str, name: str, properties: dict[str, Any], **others: Any) -> PolicyResource:
    inside = "" if type_ in (COMPONENT, SECURITY_GROUP) else f"{COMPONENT}$"
    known = {"parent": None, "dependencies": [], "property_dependencies": {}, **others}
    urn = f"urn:pulumi:s::p::{inside}{type_}::{name}"
    return PolicyResource(type_, unknown_checking_proxy(properties), urn, name, OPTIONS, None, **known)


def definition(groups: list[str] | None) -> str:
    network = {} if groups is None else {"AwsvpcConfiguration": {"SecurityGroups": groups}}
    task = {"Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {"NetworkConfiguration": network}}
    return json.dumps({"States": {"Sanitize": task}})


def of_stack(policy: Any, *resources: PolicyResource) -> list[str]:
    said: list[str] = []
    policy.validate(StackValidationArgs(list(resources), {}), lambda message, _urn=None: said.append(message))
    return said


COMPLIANT = resource(COMPONENT, "shop", GOOD_LISTS)
PRODUCTION = resource(SECURITY_GROUP, "production", {"id": UNKNOWN})


@pytest.mark.parametrize(
    ("groups", "count"), [(["sg-s"], 0), (["sg-p"], 1), (["sg-s", "sg-p", "sg-q"], 2), ([], 1), (None, 1)]
)
def test_the_definition_keeps_the_sanitizer_out_of_production(groups: list[str] | None, count: int) -> None:
    """And names its groups at all."""
    machine = resource(STATE_MACHINE, "shop", {"definition": definition(groups)})
    assert len(of_stack(graph_keeps_them_apart, COMPLIANT, machine)) == count


def test_an_unknown_definition_must_not_come_from_a_production_group() -> None:
    """The graph says what the definition is made from."""
    component = resource(
        COMPONENT, "shop", GOOD_LISTS, property_dependencies={"forbiddenSecurityGroupIds": [PRODUCTION]}
    )
    for made_from, count in (([PRODUCTION], 1), ([resource(SECURITY_GROUP, "sanitizer", {})], 0)):
        machine = resource(
            STATE_MACHINE, "shop", {"definition": UNKNOWN}, property_dependencies={"definition": made_from}
        )
        assert len(of_stack(graph_keeps_them_apart, component, PRODUCTION, machine)) == count


def test_an_unknown_temporary_group_must_not_be_a_databases_of_this_program() -> None:
    """Whatever database the program makes, its groups are not for temporary ones."""
    lists = {**GOOD_LISTS, "temporarySecurityGroupIds": [UNKNOWN]}
    mixed = resource(COMPONENT, "shop", lists, property_dependencies={"temporarySecurityGroupIds": [PRODUCTION]})
    database = resource(
        "aws:rds/instance:Instance",
        "orders",
        {"vpcSecurityGroupIds": [UNKNOWN]},
        property_dependencies={"vpcSecurityGroupIds": [PRODUCTION]},
    )
    assert len(of_stack(graph_keeps_them_apart, mixed, PRODUCTION, database)) == 1
    assert of_stack(graph_keeps_them_apart, mixed, PRODUCTION) == []


def test_a_component_is_inspected_from_every_side() -> None:
    """Its lists, its functions' variables, its state machine: each that is absent is named."""
    function = resource(FUNCTION, "worker", {"environment": {"variables": GOOD_VARIABLES}}, parent=COMPLIANT)
    bare = resource(FUNCTION, "worker", {"environment": {"variables": {}}}, parent=COMPLIANT)
    machine = resource(STATE_MACHINE, "shop", {"definition": UNKNOWN}, parent=COMPLIANT)
    assert of_stack(isolation_was_inspected, COMPLIANT, function, machine) == []
    assert len(of_stack(isolation_was_inspected, COMPLIANT, bare, machine)) == 1
    assert len(of_stack(isolation_was_inspected, COMPLIANT, machine)) == 1
    assert len(of_stack(isolation_was_inspected, COMPLIANT)) == 2
    assert len(of_stack(isolation_was_inspected, resource(COMPONENT, "shop", {}), function, machine)) == 2


def test_every_policy_is_mandatory_and_described() -> None:
    """The pack sets the level; each policy says in one sentence what it promises."""
    assert len({policy.name for policy in POLICIES}) == len(POLICIES) == 4
    assert all(policy.description.endswith(".") and policy.enforcement_level is None for policy in POLICIES)

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
from sanitizedpolicy import POLICIES, parameters, placement, rules, schedule, secrets, sharing
from sanitizedpolicy.graph import graph_keeps_them_apart
from sanitizedpolicy.groups import component_lists_are_disjoint, functions_carry_disjoint_lists
from sanitizedpolicy.words import COMPONENT, FUNCTION, SECURITY_GROUP, STATE_MACHINE

from components.parameters import PARAMETERS

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


def of_stack(policy: Any, *resources: PolicyResource, **config: Any) -> list[str]:
    said: list[str] = []
    policy.validate(StackValidationArgs(list(resources), config), lambda message, _urn=None: said.append(message))
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


INSPECTION = POLICIES[-1]


def test_a_component_is_inspected_from_every_side() -> None:
    """Each policy about it that had nothing to look at is named, however deep the things stand."""
    assert [each.name for each in POLICIES if not each.told.always] != []
    said = of_stack(INSPECTION, COMPLIANT)
    silent = {
        each.name for each in POLICIES if each.told.always and any(f" {each.name} had nothing" in one for one in said)
    }
    assert {functions_carry_disjoint_lists.name, "executions-are-not-logged-with-their-data"} <= silent
    assert component_lists_are_disjoint.name not in silent
    nested = resource("some:index:Wrapper", "wrapper", {}, parent=COMPLIANT)
    function = resource(FUNCTION, "worker", {"environment": {"variables": GOOD_VARIABLES}}, parent=nested)
    assert len(of_stack(INSPECTION, COMPLIANT, nested, function)) < len(said)


GROUP, FILE = "aws:rds/parameterGroup:ParameterGroup", "aws:s3/bucketObjectv2:BucketObjectv2"
SCHEDULE = "aws:scheduler/schedule:Schedule"
MYSQL = [{"name": name, "value": "0"} for name in ("general_log", "slow_query_log")]


@pytest.mark.parametrize(
    ("properties", "count"),
    [
        ({"family": "mysql8.4", "parameters": [*MYSQL, {"name": "event_scheduler", "value": "OFF"}]}, 0),
        ({"family": "mariadb11.4", "parameters": [*MYSQL, {"name": "event_scheduler", "value": "ON"}]}, 1),
        ({"family": "mariadb11.4", "parameters": [*MYSQL, {"name": "event_scheduler", "value": UNKNOWN}]}, 0),
        ({"family": "mariadb11.4", "parameters": UNKNOWN}, 0),
        ({"family": "postgres17"}, 6),
    ],
)
def test_each_engine_has_parameters_that_matter(properties: dict[str, Any], count: int) -> None:
    """Logs and jobs have other names on other engines."""
    assert len(messages(parameters.parameters_keep_quiet, GROUP, properties)) == count


@pytest.mark.parametrize("engine", PARAMETERS)
def test_our_own_parameters_are_quiet_on_every_engine(engine: str) -> None:
    """Without one of them somebody is told."""
    ours = [{"name": each.name, "value": each.value} for each in PARAMETERS[engine]]
    quiet = parameters.parameters_keep_quiet
    assert messages(quiet, GROUP, {"family": f"{engine}11", "parameters": ours}) == []
    assert messages(quiet, GROUP, {"family": f"{engine}11", "parameters": ours[1:]}) != []


def of_production(content: Any, stack: str = "prod", **config: Any) -> list[str]:
    said: list[str] = []
    urn = f"urn:pulumi:{stack}::p::{COMPONENT}${FILE}::rules"
    properties = unknown_checking_proxy({"key": "rules/shop/1.yaml", "content": content})
    arguments = ResourceValidationArgs(FILE, properties, urn, "rules", OPTIONS, None, config)
    rules.unlisted_columns_stop_the_run.validate(arguments, lambda message, _urn=None: said.append(message))
    return said


@pytest.mark.parametrize(
    ("content", "count"),
    [
        ("tables: {}", 0),
        ("unlisted: fail\ntables: {}", 0),
        ("unlisted: set_null\ntables: {}", 1),
        ("databases: {a: {tables: {}}, b: {tables: {}}}", 0),
        ("databases: {a: {tables: {}}, b: {sql: [x]}, c: }", 2),
        ("databases: {a: {tables: {}, unlisted: warn}}", 1),
        ("sql: [SELECT 1]", 1),
        ("- a", 1),
        ("{", 1),
        (None, 1),
        (UNKNOWN, 0),
    ],
)
def test_masking_rules_of_production_list_everything(content: Any, count: int) -> None:
    """In production stacks only; which those are is configured."""
    assert len(of_production(content)) == count
    assert of_production(content, stack="staging") == []
    assert len(of_production(content, stack="staging", productionStacks=["stag*"])) == count


@pytest.mark.parametrize(
    ("expression", "hours"),
    [
        ("rate(7 days)", 168),
        ("rate(1 hour)", 1),
        ("rate(30 minutes)", 0.5),
        ("at(2030-01-01T00:00:00)", float("inf")),
        ("cron(0 3 * * ? *)", 24),
        ("cron(0 3 ? * SUN *)", 24),
        ("cron(0 3,15 * * ? *)", 12),
        ("cron(30 0-23/8 * * ? *)", 8),
        ("cron(0 1,23 * * ? *)", 2),
        ("cron(0 1,23 ? * SUN *)", 22),
        ("cron(0 1,23 ? * SAT,SUN *)", 2),
        ("cron(0/15 3 * * ? *)", 0.25),
        ("cron(* * * * ? *)", 1 / 60),
        ("cron(0 3/12 1 * ? *)", 12),
    ],
)
def test_schedules_are_read_as_scheduler_reads_them(expression: str, hours: float) -> None:
    """The shortest time between two starts, over midnight too where days follow one another."""
    assert schedule.shortest_hours(expression) == pytest.approx(hours)


@pytest.mark.parametrize(
    "expression", ["", "rate(x days)", "rate(1 week)", "cron(0 24 * * ? *)", "cron(a)", "cron(5-1 3 * * ? *)"]
)
def test_what_is_no_schedule_is_a_finding(expression: str) -> None:
    """Rather than one that nobody has looked at."""
    (said,) = messages(schedule.runs_have_time_to_end, SCHEDULE, {"scheduleExpression": expression})
    assert "nothing is understood" in said


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DB_PASSWORD", "tulips", True),
        ("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:1:secret:x", False),
        ("DB_PASSWORD", "/app/password", False),
        ("DB_PASSWORD", "", False),
        ("DB_PASSWORD", UNKNOWN, False),
        ("PASSWORD_POLICY", "strict", False),
        ("SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:1:secret:x", False),
        ("apiKey", "tulips", True),
        ("AWS_SECRET_ACCESS_KEY", "tulips", True),
        ("MAX_TOKENS", "7", False),
        ("URL", "https://example.com/?a=b:c@d", False),
        ("URL", "postgresql://dba:tulips@db.example/x", True),
        ("URL", "postgresql://dba@db.example/x", False),
        ("TEXT", f"before ASIA{'Q' * 16} after", True),
        ("TEXT", "-----BEGIN OPENSSH PRIVATE KEY-----", True),
        ("TEXT", "-----BEGIN CERTIFICATE-----", False),
        ("TEXT", "ghp_" + "a" * 36, True),
    ],
)
def test_secrets_are_known_by_name_and_by_shape(name: str, value: str, secret: bool) -> None:
    """The message names the place and never the value; what only says where a secret is kept is none."""
    said = messages(secrets.no_secret_in_plain_text, FUNCTION, {"environment": {"variables": {name: value}}})
    assert len(said) == secret
    assert not said or (name in said[0] and value not in said[0])


def test_names_that_are_no_secrets_can_be_configured() -> None:
    """The shape of a secret is one under any name."""
    told = {"environment": {"variables": {"CSRF_TOKEN": "header", "REAL_TOKEN": "ghp_" + "a" * 36}}}
    (said,) = messages(secrets.no_secret_in_plain_text, FUNCTION, told, {"notSecret": ["CSRF_TOKEN", "REAL_TOKEN"]})
    assert "REAL_TOKEN" in said


def test_an_account_is_twelve_digits_and_allowed() -> None:
    """Each account by itself; with nothing configured every named account will do, and `all` never."""
    said = messages(
        sharing.snapshots_are_shared_with_named_accounts, COMPONENT, {"shareAccounts": ["all", "1", UNKNOWN, "1" * 12]}
    )
    assert len(said) == 2
    (said_,) = messages(
        sharing.snapshots_are_shared_with_named_accounts,
        COMPONENT,
        {"shareAccounts": ["1" * 12, "2" * 12]},
        {"allowedAccounts": ["1" * 12]},
    )
    assert "2" * 12 in said_


def test_the_sources_vpc_is_for_temporary_databases_only_where_it_is_configured() -> None:
    """Groups and subnets of their own still keep them apart then."""
    component = resource(COMPONENT, "shop", {"temporaryVpcId": "vpc-1", "sourceVpcId": "vpc-1"})
    assert len(of_stack(placement.vpc_is_their_own, component)) == 1
    assert of_stack(placement.vpc_is_their_own, component, allowSourceVpc=True) == []
    unknown = resource(COMPONENT, "shop", {"temporaryVpcId": UNKNOWN, "sourceVpcId": UNKNOWN})
    assert of_stack(placement.vpc_is_their_own, unknown) == []

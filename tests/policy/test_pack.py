"""The pack as a whole: nothing in it is without its example, its sentence, its options; and strange values break nobody."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from policy_sentry.querying.actions import get_action_data
from pulumi_policy import EnforcementLevel, PolicyResource
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy
from sanitizedpolicy import POLICIES, SUBJECTS
from sanitizedpolicy import identity as identities
from sanitizedpolicy.reading import UNKNOWN
from sanitizedpolicy.verdicts import Policy, ResourcePolicy, Verdict

from components.permissions import UNSCOPABLE
from rehearsal.recording import Recording
from tests.policy.broken import BROKEN
from tests.policy.graphs import as_policies_see, good

NAMED = {each.name: each for each in POLICIES}
CONFIG = Path(__file__).parents[2] / "policy" / "config.prod.json"
MODES = pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
EACH = pytest.mark.parametrize("name", NAMED)
STRANGE = [
    "",
    "x",
    7.0,
    True,
    [],
    ["x"],
    [7.0],
    {},
    {"x": "y"},
    [{"x": "y"}],
    '{"Statement": ["x", {"Effect": "Allow"}]}',
]


def verdicts(policy: Policy, recording: Recording) -> list[Verdict]:
    """Everything that the policy says of a graph, or of the single resources in it."""
    if isinstance(policy, ResourcePolicy):
        return [said for each in as_policies_see(recording, stack=False) for said in policy.verdicts(each, {})]
    return [said for _, said in policy.verdicts(as_policies_see(recording, stack=True), {})]


def test_every_policy_says_what_it_is() -> None:
    """A name of its own, one sentence, a severity, a remedy, what it looks at; the pack sets the level."""
    assert len(NAMED) == len(POLICIES) == sum(len(each) for each in SUBJECTS.values()) >= 20
    for policy in POLICIES:
        assert policy.description.endswith("."), policy.name
        assert not policy.told.remedy.endswith("."), f"{policy.name}: the message adds it"
        assert policy.told.types, policy.name
        assert policy.severity is not None, policy.name
        assert policy.enforcement_level is None, policy.name


def test_every_policy_has_a_broken_example() -> None:
    """One that the real analyzer finds, in preview and in up: a policy that never objected to anything is not known to work."""
    assert set(BROKEN) == set(NAMED)
    assert all(BROKEN.values())


@MODES
@EACH
def test_every_policy_looked_at_something_that_it_had_nothing_against(name: str, preview: bool) -> None:
    """In compliant programs, in both modes; what is only known after deployment does not count."""
    policy, programs = NAMED[name], good(preview=preview)
    said = {program: verdicts(policy, recording) for program, recording in programs.items()}
    assert any(verdict is None for each in said.values() for verdict in each)
    assert not any(isinstance(verdict, str) for each in said.values() for verdict in each)
    if policy.told.always:
        assert said["local"]
        assert said["prod"]


@EACH
def test_what_is_unknown_is_no_finding_and_what_is_strange_breaks_nothing(name: str) -> None:
    """Property by property: a policy that raises would stop a deployment with a stack trace instead of a sentence."""
    programs = good(preview=False)
    for recording in (programs["prod"], programs["foreign"]):
        for said, value in _with_other_values(NAMED[name], recording):
            assert value is not UNKNOWN or not any(isinstance(each, str) for each in said), said


def _with_other_values(policy: Policy, recording: Recording) -> Iterator[tuple[list[Verdict], Any]]:
    single = isinstance(policy, ResourcePolicy)
    resources = as_policies_see(recording, stack=not single)
    for place, resource in enumerate(resources):
        for key in resource.props if resource.resource_type in policy.told.types else ():
            for value in (UNKNOWN, *STRANGE):
                other = _with(resource, key, UNKNOWN_STRING_VALUE if value is UNKNOWN else value)
                if isinstance(policy, ResourcePolicy):
                    yield policy.verdicts(other, {}), value
                else:
                    everything = [*resources[:place], other, *resources[place + 1 :]]
                    yield [said for _, said in policy.verdicts(everything, {})], value


def _with(resource: PolicyResource, key: str, value: Any) -> PolicyResource:
    other = copy.copy(resource)
    other.props = unknown_checking_proxy({**resource.props["__target"], key: value})
    return other


@EACH
def test_every_option_is_described_and_its_default_is_what_it_allows(name: str) -> None:
    """So that the engine fills in what the documentation says."""
    for option in NAMED[name].told.config.values():
        assert option["description"].endswith(".")
        jsonschema.validate(option["default"], {key: each for key, each in option.items() if key != "default"})


def test_the_example_configuration_fits_the_options() -> None:
    """`policy/config.prod.json` names policies and options that exist, with values that they allow."""
    for name, said in json.loads(CONFIG.read_text()).items():
        if name == "all":
            assert said in {level.value for level in EnforcementLevel}
            continue
        level = {"enforcementLevel": {"enum": [each.value for each in EnforcementLevel]}}
        properties = {**level, **NAMED[name].told.config}
        jsonschema.validate(said, {"type": "object", "properties": properties, "additionalProperties": False})


def test_what_aws_cannot_scope_is_what_our_own_roles_take_it_to_be() -> None:
    """Two rooms have the list; and AWS's own tables know no resource for what only the pack names."""
    patterns = identities.UNSCOPABLE
    assert {
        each for each in UNSCOPABLE if each not in patterns and f"{each.split(':')[0]}:Describe*" not in patterns
    } == set()
    for action in set(patterns) - set(UNSCOPABLE) - {"ec2:Describe*"}:
        service, name = action.split(":")
        known = get_action_data(service, name)
        assert known, f"{action} is no action"
        assert {each["resource_arn_format"] for each in known[service]} == {"*"}, action

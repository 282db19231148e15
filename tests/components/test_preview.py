"""A first preview: nothing exists yet, and what can be known is shown."""

import json

from rehearsal.recording import Recording
from rehearsal.wire_values import UNKNOWN, has_unknown
from tests.components.documents import ROLE_POLICY
from tests.components.fake_cloud import PRODUCTION_GROUPS

COMPONENT = "sanitized-snapshots:index:SanitizedSnapshots"


def test_a_preview_asks_for_what_up_makes(up: Recording, preview: Recording) -> None:
    """The same resources; nothing is made depending on a value that a preview does not know."""
    assert set(preview.records) == set(up.records)


def test_ids_are_unknown_in_a_preview(preview: Recording) -> None:
    """So that a program that needs one too early fails here and not in production."""
    assert not [record.id for record in preview.records.values() if record.id]
    assert preview.one("aws:sfn/stateMachine:StateMachine").inputs["definition"] == UNKNOWN


def test_each_group_of_the_component_is_visible_by_itself(preview: Recording) -> None:
    """One unknown id does not hide the others from a policy."""
    component = preview.one(COMPONENT)
    assert component.inputs["temporarySecurityGroupIds"] == [UNKNOWN]
    assert component.inputs["forbiddenSecurityGroupIds"] == PRODUCTION_GROUPS
    temporary = preview.one("aws:ec2/securityGroup:SecurityGroup", "shop-temporary").urn
    assert component.property_dependencies["temporarySecurityGroupIds"] == [temporary]


def test_each_group_of_a_function_is_visible_by_itself(preview: Recording) -> None:
    """Production's groups are known, ours are not yet."""
    told = preview.one("aws:lambda/function:Function", "shop-worker").inputs["environment"]["variables"]
    assert [told[f"FORBIDDEN_SECURITY_GROUP_{number}"] for number in range(2)] == PRODUCTION_GROUPS
    assert told["TEMPORARY_SECURITY_GROUP_0"] == UNKNOWN


def test_policies_of_roles_can_be_reviewed_in_a_preview(preview: Recording) -> None:
    """Names are chosen, so documents are known before anything exists; only the task's waits for the new key's id."""
    unknown = {record.name for record in preview.of_type(ROLE_POLICY) if has_unknown(record.inputs["policy"])}
    assert unknown == {"shop-task"}
    known = [record.inputs["policy"] for record in preview.of_type(ROLE_POLICY) if record.name not in unknown]
    assert not [policy for policy in known if UNKNOWN in json.dumps(policy)]

"""A VPC that exists: what it is looked at for, what it gives the stack, and that what cannot work there is said at once."""

from pathlib import Path
from typing import Any

import pytest

from components.mistakes import SettingsMistaken
from rehearsal.recording import STACK_TYPE, Recording
from tests.components.fake_cloud import PRODUCTION_GROUPS, S3_PREFIX_LIST, VPC, ExistingVpc, FakeCloud
from tests.components.projects import record_with
from tests.components.reachability import EGRESS, GROUP, INGRESS, SUBNET_GROUP

DATABASE = {"name": "orders", "source": {"instance": "orders-prod"}}
A, B, C = "subnet-0000000a", "subnet-0000000b", "subnet-0000000c"
GIVEN = "sg-0000000a"
EXISTING: dict[str, Any] = {"vpcId": VPC, "subnetIds": [A, B]}


def deployed(folder: Path, vpc: ExistingVpc, cloud: FakeCloud | None = None, **network: Any) -> Recording:
    made = cloud or FakeCloud(existing=vpc)
    return record_with(folder, "dev", DATABASE, cloud=made, network={**EXISTING, **network})


def definition(recording: Recording) -> str:
    return str(recording.one("aws:sfn/stateMachine:StateMachine").inputs["definition"])


def test_nothing_is_made_in_it_but_groups(tmp_path: Path) -> None:
    """No VPC, no subnet, no route, no endpoint: its owners' network is not changed. The subnets serve both."""
    recording = deployed(tmp_path, ExistingVpc())
    network = {record.type for record in recording.records.values() if record.type.startswith(("aws:ec2/", "aws:vpc/"))}
    assert network == {GROUP, INGRESS, EGRESS}
    assert {record.inputs["vpcId"] for record in recording.of_type(GROUP)} == {VPC}
    assert recording.one(SUBNET_GROUP).inputs["subnetIds"] == [A, B]
    assert f'"Subnets": ["{A}", "{B}"]' in definition(recording)


@pytest.mark.parametrize(("route", "address"), [("internet", "ENABLED"), ("nat", "DISABLED")])
def test_the_task_gets_a_public_address_only_where_it_needs_one(tmp_path: Path, route: str, address: str) -> None:
    """An internet gateway asks for one; what is behind NAT, a transit gateway and the like needs none."""
    vpc = ExistingVpc(subnets={A: ("a", route), B: ("b", route)})
    assert f'"AssignPublicIp": "{address}"' in definition(deployed(tmp_path, vpc))


def test_a_subnet_without_a_route_table_uses_the_main_one(tmp_path: Path) -> None:
    """Which here leads to the internet."""
    recording = deployed(tmp_path, ExistingVpc(main_table=(A, B)))
    assert '"AssignPublicIp": "ENABLED"' in definition(recording)


def test_with_endpoints_of_its_own_no_route_is_needed(tmp_path: Path) -> None:
    """The sanitizer reaches the VPC's ranges and S3 by HTTPS, and nothing beyond."""
    vpc = ExistingVpc(subnets={A: ("a", "none"), B: ("b", "none")})
    recording = deployed(tmp_path, vpc, endpoints="existing")
    https = [record.inputs for record in recording.of_type(EGRESS) if record.inputs["fromPort"] == 443]
    reached = {each.get("cidrIpv4") or each["prefixListId"] for each in https}
    assert reached == {"10.20.0.0/16", "100.64.0.0/16", S3_PREFIX_LIST}
    assert '"AssignPublicIp": "DISABLED"' in definition(recording)


def test_given_groups_are_used_instead_of_one_of_ours(tmp_path: Path) -> None:
    """The program adds one rule to each: in from its own sanitizer on the database's port."""
    recording = deployed(tmp_path, ExistingVpc(groups={GIVEN: False}), temporarySecurityGroupIds=[GIVEN])
    (ours,) = recording.of_type(GROUP)
    assert ours.name == "orders-sanitizer"
    (rule,) = recording.of_type(INGRESS)
    told = {key: rule.inputs[key] for key in ("securityGroupId", "referencedSecurityGroupId", "fromPort", "toPort")}
    assert told == {
        "securityGroupId": GIVEN,
        "referencedSecurityGroupId": ours.id,
        "fromPort": 5432,
        "toPort": 5432,
    }
    component = recording.one("sanitized-snapshots:index:SanitizedSnapshots").inputs
    assert component["temporarySecurityGroupIds"] == [GIVEN]
    variables = recording.one("aws:lambda/function:Function", "orders-worker").inputs["environment"]["variables"]
    assert variables["TEMPORARY_SECURITY_GROUP_0"] == GIVEN


NATS = {A: ("a", "nat"), B: ("b", "nat")}
GROUPS = {"temporarySecurityGroupIds": [GIVEN]}
REFUSED: dict[str, tuple[ExistingVpc, dict[str, Any], list[tuple[str, str]]]] = {
    "a subnet that is not there": (
        ExistingVpc(subnets={A: ("a", "nat")}),
        {},
        [("subnetIds[1]", "no such subnet")],
    ),
    "a subnet of another VPC": (ExistingVpc(elsewhere=(B,)), {}, [("subnetIds[1]", "lies in vpc-00000000")]),
    "one zone": (
        ExistingVpc(subnets={A: ("a", "nat"), B: ("a", "nat")}),
        {},
        [("subnetIds", "two availability zones")],
    ),
    "no default route": (
        ExistingVpc(subnets={**NATS, B: ("b", "none")}),
        {},
        [("subnetIds[1]", "no default route")],
    ),
    "two kinds of route": (
        ExistingVpc(subnets={A: ("a", "nat"), B: ("b", "internet")}),
        {},
        [("subnetIds", "subnets of one kind")],
    ),
    "no names for endpoints": (
        ExistingVpc(dns=False),
        {"endpoints": "existing"},
        [("vpcId", "DNS hostnames")],
    ),
    "a group that is not there": (ExistingVpc(), GROUPS, [("temporarySecurityGroupIds[0]", "no such security group")]),
    "a group of another VPC": (
        ExistingVpc(groups={GIVEN: False}, elsewhere=(GIVEN,)),
        GROUPS,
        [("temporarySecurityGroupIds[0]", "belongs to vpc-00000000")],
    ),
    "a group that lets something out": (
        ExistingVpc(groups={GIVEN: True}),
        GROUPS,
        [("temporarySecurityGroupIds[0]", "lets something out")],
    ),
    "several mistakes": (
        ExistingVpc(subnets={A: ("a", "none"), C: ("a", "internet")}, groups={GIVEN: True}, elsewhere=(C, GIVEN)),
        {"subnetIds": [A, B, C], **GROUPS},
        [
            ("subnetIds[0]", "no default route"),
            ("subnetIds[1]", "no such subnet"),
            ("subnetIds[2]", "lies in vpc-00000000"),
            ("temporarySecurityGroupIds[0]", "belongs to"),
            ("temporarySecurityGroupIds[0]", "lets something out"),
        ],
    ),
}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_work_there_is_refused_before_anything_is_made(tmp_path: Path, case: str, preview: bool) -> None:
    """Every mistake at once, each with its place, its value and its remedy; not one resource has been registered."""
    vpc, network, wanted = REFUSED[case]
    cloud = CountingCloud(preview=preview, existing=vpc)
    with pytest.raises(SettingsMistaken) as caught:
        deployed(tmp_path, vpc, cloud, **network)
    found = [str(each).removeprefix("sanitized-snapshots:network.") for each in caught.value.mistakes]
    assert len(found) == len(wanted), found
    for place, says in wanted:
        assert [each for each in found if each.startswith(f"{place}: ") and says in each], found
    assert cloud.registered == []


def test_a_group_of_the_source_is_refused(tmp_path: Path) -> None:
    """Temporary databases share no group with production."""
    vpc = ExistingVpc(groups={GIVEN: False})
    cloud = FakeCloud(existing=vpc, source={"vpcSecurityGroups": [*PRODUCTION_GROUPS, GIVEN]})
    with pytest.raises(SettingsMistaken, match="production's: orders-prod is in it"):
        deployed(tmp_path, vpc, cloud, **GROUPS)


class CountingCloud(FakeCloud):
    """Notes what it is asked to make."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.registered: list[str] = []

    def new_resource(self, args: Any) -> tuple[str, dict[str, Any]]:
        if args.typ != STACK_TYPE:
            self.registered.append(args.typ)
        return super().new_resource(args)

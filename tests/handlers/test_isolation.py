"""The temporary database can be reached by the sanitizer and by nothing else."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.database import Description
from handlers.errors import IsolationBroken, NeverAvailable, SourceUnsupported
from handlers.isolation import RULES, Seen, violations
from tests.handlers.world import World, from_group, group

PORT = 5432


def description(name: str, groups: set[str], subnet_group: str, parameter_group: str) -> Description:
    """A database, as RDS describes it."""
    return Description(
        identifier=name,
        arn="",
        resource_id="",
        status="available",
        engine="postgres",
        engine_version="15.10",
        storage_gib=100,
        instance_class="",
        host="",
        port=PORT,
        user="",
        groups=frozenset(groups),
        subnet_group=subnet_group,
        parameter_groups=frozenset({parameter_group}),
        public=False,
        protected=False,
        insights=False,
        key=None,
        tde=False,
        pending=False,
        secret_arn=None,
        secret_status=None,
        tags={},
    )


ISOLATED = Seen(
    temporary_groups=("sg-temporary",),
    forbidden_groups=frozenset({"sg-forbidden"}),
    sanitizer_group="sg-sanitizer",
    subnet_group="isolated",
    parameter_group="quiet",
    port=PORT,
    source=description("source", {"sg-production"}, "production", "busy"),
    groups={
        "sg-temporary": group("sg-temporary", [from_group("sg-sanitizer")], egress=False),
        "sg-sanitizer": group("sg-sanitizer", [], egress=True),
        "sg-production": group("sg-production", [from_group("sg-application")], egress=True),
        "sg-forbidden": group("sg-forbidden", [], egress=True),
    },
    restored=description("temporary", {"sg-temporary"}, "isolated", "quiet"),
)


def admitting(name: str, **entry: Any) -> Seen:
    """The same, where one group also admits this."""
    groups = deepcopy(dict(ISOLATED.groups))
    groups[name]["IpPermissions"] = [*groups[name]["IpPermissions"], entry]  # type: ignore[index]
    return replace(ISOLATED, groups=groups)


def changed(name: str, value: Any) -> Seen:
    """The same, where one group is another."""
    return replace(ISOLATED, groups={**ISOLATED.groups, name: value})


def restored(**differences: Any) -> Seen:
    """The same, where the restored database differs."""
    assert ISOLATED.restored is not None
    return replace(ISOLATED, restored=replace(ISOLATED.restored, **differences))


FROM_SANITIZER = [{"GroupId": "sg-sanitizer"}]
BREAKING: dict[str, tuple[str, list[Callable[[], Seen]]]] = {
    "the temporary database has security groups of its own": (
        "none",
        [lambda: replace(ISOLATED, temporary_groups=(), restored=None)],
    ),
    "it shares none with production": (
        "sg-temporary",
        [
            lambda: replace(ISOLATED, forbidden_groups=frozenset({"sg-temporary", "sg-forbidden"})),
            lambda: replace(ISOLATED, source=replace(ISOLATED.source, groups=frozenset({"sg-temporary"}))),
        ],
    ),
    "the sanitizer's security group is nobody else's": (
        "sg-sanitizer",
        [lambda: replace(ISOLATED, forbidden_groups=frozenset({"sg-sanitizer"}))],
    ),
    "every security group exists": (
        "sg-forbidden",
        [lambda: replace(ISOLATED, groups={k: v for k, v in ISOLATED.groups.items() if k != "sg-forbidden"})],
    ),
    "its groups admit the sanitizer's group on the database's port, and nothing else": (
        "sg-temporary",
        [
            lambda: admitting("sg-temporary", **from_group("sg-application", PORT)),
            lambda: admitting("sg-temporary", **from_group("sg-sanitizer", 22)),
            lambda: admitting("sg-temporary", IpProtocol="-1", UserIdGroupPairs=FROM_SANITIZER),
            lambda: admitting(
                "sg-temporary", IpProtocol="tcp", FromPort=0, ToPort=65535, UserIdGroupPairs=FROM_SANITIZER
            ),
            lambda: admitting("sg-temporary", **from_group("sg-sanitizer", PORT), IpRanges=[{"CidrIp": "10.0.0.0/8"}]),
            lambda: admitting("sg-temporary", **from_group("sg-sanitizer", PORT), Ipv6Ranges=[{"CidrIpv6": "::/0"}]),
            lambda: admitting(
                "sg-temporary", **from_group("sg-sanitizer", PORT), PrefixListIds=[{"PrefixListId": "pl-1"}]
            ),
        ],
    ),
    "its groups let nothing out": (
        "sg-temporary",
        [lambda: changed("sg-temporary", group("sg-temporary", [from_group("sg-sanitizer")], egress=True))],
    ),
    "no group of production admits its groups or the sanitizer's": (
        "sg-production",
        [
            lambda: admitting("sg-production", **from_group("sg-temporary", PORT)),
            lambda: admitting("sg-production", **from_group("sg-sanitizer", 443)),
        ],
    ),
    "its subnet group is not production's": (
        "isolated",
        [lambda: replace(ISOLATED, source=replace(ISOLATED.source, subnet_group="isolated"))],
    ),
    "its parameter group is not production's": (
        "quiet",
        [lambda: replace(ISOLATED, source=replace(ISOLATED.source, parameter_groups=frozenset({"quiet"})))],
    ),
    "the restored database carries exactly its own security groups": (
        "sg-",
        [
            lambda: restored(groups=frozenset({"sg-temporary", "sg-default"})),
            lambda: restored(groups=frozenset()),
        ],
    ),
    "the restored database stands in its own subnet group": ("default", [lambda: restored(subnet_group="default")]),
    "the restored database uses exactly its own parameter group": (
        "busy",
        [
            lambda: restored(parameter_groups=frozenset({"busy"})),
            lambda: restored(parameter_groups=frozenset({"quiet", "busy"})),
        ],
    ),
    "the restored database is not public": ("temporary", [lambda: restored(public=True)]),
}


def test_what_is_isolated_breaks_no_rule() -> None:
    """Neither before the restore nor after it."""
    assert violations(ISOLATED) == violations(replace(ISOLATED, restored=None)) == []


def test_every_rule_is_tried() -> None:
    """A rule that nothing here breaks would be one that nobody has seen work."""
    assert list(BREAKING) == [rule.sentence for rule in RULES]


@pytest.mark.parametrize("sentence", BREAKING)
def test_one_broken_rule_is_one_violation(sentence: str) -> None:
    """It is named by its sentence and by the ids that break it."""
    offender, ways = BREAKING[sentence]
    for way in ways:
        (violation,) = violations(way())
        assert violation.startswith(sentence)
        assert offender in violation.removeprefix(sentence)


@given(
    st.lists(
        st.builds(
            from_group,
            st.sampled_from(["sg-sanitizer", "sg-application", "sg-temporary"]),
            st.sampled_from([22, PORT, 443]),
        ),
        max_size=4,
    )
)
def test_only_the_sanitizer_on_the_port_is_admitted(ingress: list[dict[str, Any]]) -> None:
    """Whatever rules a group has, one that is not exactly that is a violation."""
    fine = all(entry == from_group("sg-sanitizer", PORT) for entry in ingress)
    assert (violations(changed("sg-temporary", group("sg-temporary", ingress, egress=False))) == []) == fine


@given(
    ours=st.sets(st.sampled_from(["sg-1", "sg-2", "sg-3"]), min_size=1),
    live=st.sets(st.sampled_from(["sg-1", "sg-2", "sg-3", "sg-4"]), min_size=1),
    known=st.sets(st.sampled_from(["sg-1", "sg-2", "sg-3", "sg-4"])),
)
def test_a_shared_group_is_always_found(ours: set[str], live: set[str], known: set[str]) -> None:
    """Whether the source carries it now or did at deployment, and however many there are."""
    seen = replace(
        ISOLATED,
        temporary_groups=tuple(sorted(ours)),
        forbidden_groups=frozenset(known),
        source=replace(ISOLATED.source, groups=frozenset(live)),
    )
    found = [each for each in violations(seen) if each.startswith("it shares none with production")]
    shared = ours & (live | known)
    assert found == ([f"it shares none with production: {', '.join(sorted(shared))}"] if shared else [])


def test_a_restored_database_in_the_wrong_groups_never_meets_the_sanitizer() -> None:
    """RDS attaches the VPC's default group to what is restored without groups: that is seen before anyone connects."""
    world = World().run_until("CheckIsolation")
    world.rds.instances[world.name("temporary")]["VpcSecurityGroups"].append({"VpcSecurityGroupId": "sg-default"})
    with pytest.raises(IsolationBroken, match="sg-default"):
        world.perform("CheckIsolation")


def test_isolation_is_judged_by_what_is_there_now() -> None:
    """A group of production that was opened to the sanitizer during the run is seen."""
    world = World().run_until("CheckIsolation")
    world.ec2.groups["sg-production"]["IpPermissions"].append(from_group("sg-sanitizer"))
    with pytest.raises(IsolationBroken, match="sg-production"):
        world.perform("CheckIsolation")


@pytest.mark.parametrize(("gone", "error"), [("orders-prod", SourceUnsupported), ("temporary", NeverAvailable)])
def test_what_cannot_be_seen_is_not_isolated(gone: str, error: type[Exception]) -> None:
    """Isolation from a source that is gone, or of a database that is gone, cannot be shown."""
    world = World().run_until("CheckIsolation")
    del world.rds.instances[world.name(gone) if gone == "temporary" else gone]
    with pytest.raises(error):
        world.perform("CheckIsolation")

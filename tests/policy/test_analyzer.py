"""The pack in the real analyzer process, on graphs recorded from real programs, in preview and up."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.components.fake_cloud import PRODUCTION_GROUPS
from tests.components.projects import whole_program
from tests.policy import broken_programs
from tests.policy.analyzer import PACK, Analyzer, Violation, analyzer
from tests.policy.broken import ACCESS_KEY, BROKEN, Broken
from tests.policy.graphs import good, graph, light

LISTS = "temporary-groups-are-not-productions"
FUNCTIONS = "functions-carry-groups-that-are-not-productions"
GRAPH = "production-and-temporary-stay-apart"
INSPECTED = "nothing-goes-uninspected"
MODES = pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
EXAMPLES = [(name, broken) for name, examples in BROKEN.items() for broken in examples]


@pytest.fixture(scope="module")
def packs() -> Iterator[dict[bool, Analyzer]]:
    """The pack twice, as `preview` and as `up` start it."""
    with analyzer(preview=True) as previewing, analyzer(preview=False) as deploying:
        yield {True: previewing, False: deploying}


@pytest.fixture
def pack(packs: dict[bool, Analyzer], preview: bool) -> Iterator[Analyzer]:
    """The pack in one mode; what a test configures does not reach the next one."""
    yield packs[preview]
    packs[preview].configure({})


def found(violations: list[Violation]) -> set[str]:
    assert all(each.level == "mandatory" for each in violations), violations
    return {each.policy for each in violations}


@MODES
@pytest.mark.parametrize("program", ["local", "prod", "foreign"])
def test_compliant_programs_have_no_finding(pack: Analyzer, preview: bool, program: str) -> None:
    """Not even an advisory one, such as a policy that could not run: our two stacks, and a program of somebody else."""
    assert pack.violations(good(preview=preview)[program]) == []


@MODES
@pytest.mark.parametrize(("name", "broken"), EXAMPLES, ids=[f"{name}: {broken.says}" for name, broken in EXAMPLES])
def test_each_broken_example_is_found(pack: Analyzer, preview: bool, name: str, broken: Broken) -> None:
    """Each policy objects to what it is for, and says what is wrong."""
    pack.configure({name: broken.config})
    violations = pack.violations(light(broken.graph(preview)))
    said = [each.message for each in violations if each.policy == name and each.level == "mandatory"]
    assert any(broken.says in message for message in said), violations
    assert not any(ACCESS_KEY in each.message or "tulips" in each.message for each in violations)


@MODES
def test_the_example_configuration_is_taken(pack: Analyzer, preview: bool) -> None:
    """`policy/config.prod.json`, as the engine reads it, has nothing against our production stack, and is in force."""
    config: dict[str, Any] = json.loads((PACK / "config.prod.json").read_text())
    assert config.pop("all") == "mandatory"
    pack.configure({name: {k: v for k, v in said.items() if k != "enforcementLevel"} for name, said in config.items()})
    assert pack.violations(good(preview=preview)["prod"]) == []
    other = "shared with an account that is not allowed"
    shared = light(BROKEN["snapshots-are-shared-with-named-accounts"][2].graph(preview))
    assert "snapshots-are-shared-with-named-accounts" in found(pack.violations(shared)), other


@MODES
def test_an_option_that_does_not_exist_is_a_finding(pack: Analyzer, preview: bool) -> None:
    """A mistyped one would leave the default in force, and nobody would know. The engine's own check lets it through."""
    pack.configure({"logs-end": {"maximumDay": 3}, "buckets-are-versioned": {"all": True}})
    violations = pack.violations(light(good(preview=preview)["local"]))
    assert found(violations) == {"logs-end", "buckets-are-versioned"}
    assert any("`maximumDays`" in each.message for each in violations)


@MODES
def test_a_production_group_is_found_from_every_side(pack: Analyzer, preview: bool) -> None:
    """From the component's list, from what the functions carry, and from the whole stack; the message names the group."""
    violations = pack.violations(light(graph(broken_programs.literal_production_group, preview=preview)))
    assert found(violations) == {LISTS, FUNCTIONS, GRAPH}
    assert all(PRODUCTION_GROUPS[0] in each.message for each in violations)


@MODES
def test_functions_that_carry_another_list_are_found(pack: Analyzer, preview: bool) -> None:
    """What the component says is not what the functions would do."""
    program = broken_programs.production_group_in_the_environment_only
    violations = pack.violations(light(graph(program, preview=preview)))
    assert found(violations) == {FUNCTIONS}
    assert {each.urn.rsplit("::", 1)[1] for each in violations} == {"shop-worker", "shop-sharer"}


@MODES
def test_a_sanitizer_in_production_is_found(pack: Analyzer, preview: bool) -> None:
    """From the environment always; from the state machine's definition as soon as it is known."""
    violations = pack.violations(light(graph(broken_programs.sanitizer_in_production, preview=preview)))
    assert found(violations) == ({FUNCTIONS} if preview else {FUNCTIONS, GRAPH})


@MODES
def test_more_production_groups_can_be_configured(pack: Analyzer, preview: bool) -> None:
    """A group that the source does not carry, and that ours must stay out of all the same."""
    program = light(graph(_with_another_group, preview=preview))
    assert pack.violations(program) == []
    pack.configure({name: {"productionSecurityGroupIds": ["sg-other"]} for name in (LISTS, FUNCTIONS, GRAPH)})
    assert found(pack.violations(program)) == {LISTS, FUNCTIONS, GRAPH}


def _with_another_group() -> object:
    with broken_programs.isolation(lambda made: made.temporary_group_ids.append("sg-other")):
        return whole_program()


@MODES
def test_parts_without_their_component_are_a_finding(pack: Analyzer, preview: bool) -> None:
    """Should the engine hand no components to a pack, that is seen."""
    whole = light(good(preview=preview)["local"])
    component = "sanitized-snapshots:index:SanitizedSnapshots"
    rest = {urn: each for urn, each in whole.records.items() if each.type != component}
    parentless = {
        urn: replace(each, parent="" if component in each.parent else each.parent) for urn, each in rest.items()
    }
    assert INSPECTED in found(pack.violations(replace(whole, records=parentless)))


def test_the_pack_needs_no_more_than_its_requirements() -> None:
    """It runs in an environment of its own: pulumi, pulumi-policy and PyYAML, which pulumi brings."""
    listed = (PACK / "requirements.in").read_text()
    imported = {
        line.split()[1].split(".")[0]
        for file in Path(PACK).glob("**/*.py")
        for line in file.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    others = imported - {"sanitizedpolicy", "pulumi_policy", "yaml"} - set(__import__("sys").stdlib_module_names)
    assert others == set()
    assert all(each in listed for each in ("pulumi-policy", "pyyaml"))

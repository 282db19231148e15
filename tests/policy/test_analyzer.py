"""The pack in the real analyzer process, on graphs recorded from the real program, in preview and up."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from rehearsal.recording import Recording, record
from tests.components.fake_cloud import PRODUCTION_GROUPS, FakeCloud
from tests.components.projects import PROJECT, whole_program
from tests.policy import broken_programs
from tests.policy.analyzer import Analyzer, Violation, analyzer

LISTS = "temporary-groups-are-not-productions"
FUNCTIONS = "functions-carry-groups-that-are-not-productions"
GRAPH = "production-and-temporary-stay-apart"
INSPECTED = "isolation-was-inspected"
MODES = pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])


@pytest.fixture(scope="module")
def packs() -> Iterator[dict[bool, Analyzer]]:
    """The pack twice, as `preview` and as `up` start it."""
    with analyzer(preview=True) as previewing, analyzer(preview=False) as deploying:
        yield {True: previewing, False: deploying}


@cache
def graph(program: Callable[[], object] = whole_program, *, preview: bool) -> Recording:
    return record(PROJECT, "local", FakeCloud(preview=preview), preview=preview, program=program)


def found(violations: list[Violation]) -> set[str]:
    assert all(each.level == "mandatory" for each in violations), violations
    return {each.policy for each in violations}


@MODES
def test_the_program_has_no_finding(packs: dict[bool, Analyzer], preview: bool) -> None:
    """Not even an advisory one, such as a policy that could not run."""
    assert packs[preview].violations(graph(preview=preview)) == []


@MODES
def test_a_production_group_among_the_temporary_ones_is_found(packs: dict[bool, Analyzer], preview: bool) -> None:
    """From the component's list, from what the functions carry, and from the whole stack; the message names the group."""
    violations = packs[preview].violations(graph(broken_programs.literal_production_group, preview=preview))
    assert found(violations) == {LISTS, FUNCTIONS, GRAPH}
    assert all(PRODUCTION_GROUPS[0] in each.message for each in violations)


@MODES
def test_a_production_group_of_the_same_program_is_found_before_it_has_an_id(
    packs: dict[bool, Analyzer], preview: bool
) -> None:
    """In a first preview only the dependency graph knows."""
    violations = packs[preview].violations(graph(broken_programs.production_group_of_this_program, preview=preview))
    assert GRAPH in found(violations)
    assert any("production" in each.message for each in violations)


@MODES
def test_a_missing_list_is_found(packs: dict[bool, Analyzer], preview: bool) -> None:
    """No list means the VPC's default group, not no group."""
    violations = packs[preview].violations(graph(broken_programs.no_temporary_group, preview=preview))
    assert found(violations) == {LISTS, FUNCTIONS, INSPECTED}
    assert any("default group" in each.message for each in violations)


@MODES
def test_functions_that_carry_another_list_are_found(packs: dict[bool, Analyzer], preview: bool) -> None:
    """What the component says is not what the functions would do."""
    program = broken_programs.production_group_in_the_environment_only
    violations = packs[preview].violations(graph(program, preview=preview))
    assert found(violations) == {FUNCTIONS}
    assert {each.urn.rsplit("::", 1)[1] for each in violations} == {"shop-worker", "shop-sharer"}


@MODES
def test_a_sanitizer_in_production_is_found(packs: dict[bool, Analyzer], preview: bool) -> None:
    """From the environment always; from the state machine's definition as soon as it is known."""
    violations = packs[preview].violations(graph(broken_programs.sanitizer_in_production, preview=preview))
    assert found(violations) == ({FUNCTIONS} if preview else {FUNCTIONS, GRAPH})


@MODES
def test_more_production_groups_can_be_configured(packs: dict[bool, Analyzer], preview: bool) -> None:
    """A group that the source does not carry, and that ours must stay out of all the same."""
    more = {name: {"productionSecurityGroupIds": ["sg-other"]} for name in (LISTS, FUNCTIONS, GRAPH)}
    program = graph(lambda: _with_group("sg-other"), preview=preview)
    try:
        packs[preview].configure(more)
        assert found(packs[preview].violations(program)) == {LISTS, FUNCTIONS, GRAPH}
    finally:
        packs[preview].configure({})
    assert packs[preview].violations(program) == []


def _with_group(group: str) -> object:
    with broken_programs.isolation(lambda made: made.temporary_group_ids.append(group)):
        return whole_program()


@MODES
@pytest.mark.parametrize("missing", ["aws:lambda/function:Function", "aws:sfn/stateMachine:StateMachine"])
def test_nothing_inspected_is_a_finding(packs: dict[bool, Analyzer], preview: bool, missing: str) -> None:
    """A renamed type or a moved list would silence the other policies; this one speaks then."""
    whole = graph(preview=preview)
    rest = {urn: each for urn, each in whole.records.items() if each.type != missing}
    assert found(packs[preview].violations(replace(whole, records=rest))) == {INSPECTED}


@MODES
def test_parts_without_their_component_are_a_finding(packs: dict[bool, Analyzer], preview: bool) -> None:
    """Should the engine hand no components to a pack, that is seen."""
    whole = graph(preview=preview)
    component = "sanitized-snapshots:index:SanitizedSnapshots"
    rest = {urn: each for urn, each in whole.records.items() if each.type != component}
    parentless = {
        urn: replace(each, parent="" if component in each.parent else each.parent) for urn, each in rest.items()
    }
    assert found(packs[preview].violations(replace(whole, records=parentless))) == {INSPECTED}


@MODES
def test_a_program_without_sanitized_snapshots_has_no_finding(packs: dict[bool, Analyzer], preview: bool) -> None:
    """The pack may be enforced for a whole organisation."""
    others = {urn: each for urn, each in graph(preview=preview).records.items() if "SanitizedSnapshots" not in urn}
    assert packs[preview].violations(replace(graph(preview=preview), records=others)) == []

"""Recorded graphs of programs that the pack has nothing against, and the same with one thing changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pulumi_policy import PolicyCustomTimeouts, PolicyResource, PolicyResourceOptions
from pulumi_policy.proxy import unknown_checking_proxy

from rehearsal.recording import Record, Recording, record
from rehearsal.wire_values import UNKNOWN, plain
from tests.components.fake_cloud import FakeCloud
from tests.components.projects import PROJECT, whole_program
from tests.policy.foreign_program import compliant

REGIONS = {"local": "eu-west-1", "prod": "eu-west-3"}


@cache
def graph(program: Callable[[], object] = whole_program, *, preview: bool, stack: str = "local") -> Recording:
    """What the program asks for."""
    cloud = FakeCloud(preview=preview, region=REGIONS[stack])
    return record(PROJECT, stack, cloud, preview=preview, program=program)


def good(*, preview: bool) -> dict[str, Recording]:
    """Our program in both of its stacks, and somebody else's."""
    return {
        "local": graph(preview=preview),
        "prod": graph(preview=preview, stack="prod"),
        "foreign": graph(compliant, preview=preview),
    }


def light(recording: Recording) -> Recording:
    """The graph without the archives of functions: hundreds of files, which no policy looks at."""
    return replace(
        recording,
        records={
            urn: replace(each, inputs=_without_code(each.inputs), outputs=_without_code(each.outputs))
            for urn, each in recording.records.items()
        },
    )


def _without_code(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "code"}


def changed(
    recording: Recording, type_: str, properties: Mapping[str, Any], *, name: str | None = None, **options: Any
) -> Recording:
    """The same graph, where the resources of that type (and name) say something else; None leaves a property out."""
    chosen = [each for each in recording.of_type(type_) if name in (None, each.name)]
    assert chosen, f"the graph has no {type_} {name or ''}"
    records = {each.urn: _changed(each, properties, options) for each in chosen}
    return replace(recording, records={**recording.records, **records})


def _changed(each: Record, properties: Mapping[str, Any], options: Mapping[str, Any]) -> Record:
    def over(values: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in {**values, **properties}.items() if value is not None}

    return replace(each, inputs=over(each.inputs), outputs=over(each.outputs), options={**each.options, **options})


def told(recording: Recording, name: str, variables: Mapping[str, str | None]) -> dict[str, Any]:
    """The environment of a function with other variables; None leaves one out."""
    given = recording.one("aws:lambda/function:Function", name).inputs["environment"]["variables"]
    return {"environment": {"variables": {k: v for k, v in {**given, **variables}.items() if v is not None}}}


def as_policies_see(recording: Recording, *, stack: bool) -> list[PolicyResource]:
    """The resources as the analyzer hands them to the policies: of single resources by their inputs, of the stack by all."""
    made = {urn: _resource(each, stack=stack) for urn, each in recording.records.items()}
    for urn, each in recording.records.items():
        made[urn].parent = made.get(each.parent)
        made[urn].property_dependencies = {
            key: [made[other] for other in urns if other in made] for key, urns in each.property_dependencies.items()
        }
    return list(made.values())


def _resource(each: Record, *, stack: bool) -> PolicyResource:
    after = {**each.inputs, **each.outputs, "id": each.id or UNKNOWN} if each.custom else each.outputs
    known = after if stack else each.inputs
    options = PolicyResourceOptions(
        protect=bool(each.options.get("protect")),
        ignore_changes=[],
        delete_before_replace=None,
        aliases=[],
        custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
        additional_secret_outputs=[],
    )
    properties = unknown_checking_proxy({key: plain(value) for key, value in _without_code(known).items()})
    return PolicyResource(each.type, properties, each.urn, each.name, options, None, None, [], {})

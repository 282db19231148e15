"""The recorder shows the engine's view, and its own limits."""

from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_awsx
import pytest
from pulumi.runtime import rpc

from rehearsal import stack_config, wire_values
from rehearsal.recording import record
from rehearsal.stack_config import StackConfigError
from rehearsal.wire_values import UNKNOWN
from tests.components.fake_cloud import FakeCloud

GROUP = "aws:ec2/securityGroup:SecurityGroup"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(
        "name: p\nruntime: python\nconfig: {size: {type: integer, default: 3}, names: {type: array}}\n"
    )
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  p:names: [a, b]\n  aws:region: eu-west-1\n")
    return tmp_path


def test_config_reaches_the_program_as_the_engine_hands_it_over(project: Path) -> None:
    """Defaults fill gaps; lists become JSON; the stack's name is the stack's."""
    seen = []

    def program() -> None:
        config = pulumi.Config()
        seen.append((config.require_int("size"), config.require_object("names"), pulumi.get_stack()))

    record(project, "dev", FakeCloud(), program=program)
    assert seen == [(3, ["a", "b"], "dev")]


def test_options_parents_and_dependencies_are_recorded(project: Path) -> None:
    """What `Mocks` alone does not see."""

    def program() -> None:
        component = pulumi.ComponentResource("t:index:Outer", "outer")
        first = aws.ec2.SecurityGroup("first", opts=pulumi.ResourceOptions(parent=component, protect=True))
        opts = pulumi.ResourceOptions(depends_on=[first], retain_on_delete=True)
        aws.ec2.SecurityGroup("second", name=first.id, opts=opts)

    recording = record(project, "dev", FakeCloud(), program=program)
    first, second = recording.one(GROUP, "first"), recording.one(GROUP, "second")
    assert first.urn == f"urn:pulumi:dev::p::t:index:Outer${GROUP}::first"
    assert (first.options["protect"], second.options["retainOnDelete"]) == (True, True)
    assert second.dependencies == [first.urn]
    assert second.property_dependencies["name"] == [first.urn]


def test_two_resources_of_one_name_are_refused(project: Path) -> None:
    """As the engine refuses a duplicate URN."""

    def program() -> None:
        aws.ec2.SecurityGroup("same")
        aws.ec2.SecurityGroup("same")

    with pytest.raises(Exception, match="two resources are called"):
        record(project, "dev", FakeCloud(), program=program)


def test_a_failing_program_fails_the_recording_and_leaves_the_folder(project: Path) -> None:
    """The error comes through as it is; the current folder is what it was."""
    before = Path.cwd()

    def program() -> None:
        aws.ec2.SecurityGroup("first")
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        record(project, "dev", FakeCloud(), program=program)
    assert Path.cwd() == before


def test_a_preview_keeps_computed_values_unknown(project: Path) -> None:
    """Also through `apply`, which then does not run."""
    ran: list[str] = []

    def note(id_: str) -> str:
        ran.append(id_)
        return id_

    def program() -> None:
        first = aws.ec2.SecurityGroup("first")
        aws.ec2.SecurityGroup("second", name=first.id.apply(note))

    recording = record(project, "dev", FakeCloud(preview=True), preview=True, program=program)
    assert recording.one(GROUP, "second").inputs["name"] == UNKNOWN
    assert ran == []


def test_an_awsx_shape_that_is_not_expanded_is_refused(project: Path) -> None:
    """Rather than recorded without its children, as if there were none."""

    def program() -> None:
        container = pulumi_awsx.ecs.TaskDefinitionContainerDefinitionArgs(name="c", image="i")
        pulumi_awsx.ecs.FargateTaskDefinition("t", containers={"c": container}, log_group={"skip": True})

    with pytest.raises(NotImplementedError, match="only one container"):
        record(project, "dev", FakeCloud(), program=program)


@pytest.mark.parametrize(
    ("stack", "config", "says"),
    [
        ("dev", "config: {}", "missing configuration value(s) names"),
        ("dev", "config: {'p:names': x}", "names must be of type array"),
        ("dev", "config: {'p:names': [a], 'p:size': many}", "size must be of type integer"),
        ("dev", "config: {'p:names': {secure: v1:x}}", "encrypted"),
        ("prod", "config: {}", "there is no Pulumi.prod.yaml"),
    ],
)
def test_config_that_the_engine_would_refuse_is_refused(project: Path, stack: str, config: str, says: str) -> None:
    """Before the program runs."""
    (project / "Pulumi.dev.yaml").write_text(config)
    with pytest.raises(StackConfigError) as caught:
        stack_config.load(project, stack)
    assert says in str(caught.value)


def test_the_wire_format_is_the_sdks() -> None:
    """The marks that the recorder reads are those that the SDK writes."""
    ours = [
        wire_values.UNKNOWN,
        wire_values.SIGNATURE,
        wire_values.SECRET,
        wire_values.OUTPUT_VALUE,
        wire_values.RESOURCE,
    ]
    marks = ("sig_key", "secret_sig", "output_value_sig", "resource_sig")
    assert ours == [rpc.UNKNOWN, *(getattr(rpc, f"_special_{mark}") for mark in marks)]

"""Runs the Pulumi program without Pulumi's engine and records every resource that it asks for.

The cloud is pluggable: it gives each resource its id and outputs at the moment it is registered, parents and dependencies
first. Nothing else is emulated: the SDKs are the real ones.
"""

import asyncio
import contextvars
import os
import runpy
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.settings import configure

from rehearsal import awsx, stack_config
from rehearsal.wire_values import UNKNOWN, from_struct, to_struct

STACK_TYPE = "pulumi:pulumi:Stack"
ORGANIZATION = "rehearsal"
Program = Callable[[], object]


@dataclass
class Record:
    """One registered resource, as the engine would see it."""

    urn: str
    type: str
    name: str
    custom: bool
    remote: bool
    inputs: dict[str, Any]  # on the wire: unknown values are UNKNOWN, assets and references are marked mappings
    parent: str = ""
    provider: str = ""
    version: str = ""
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    predicted: bool = False  # a child of a remote component, which the engine would learn from its provider
    id: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass
class Recording:
    """What a run of the program asked for."""

    project: str
    stack: str
    preview: bool
    records: dict[str, Record]
    outputs: dict[str, Any]
    invokes: list[tuple[str, dict[str, Any]]]

    def of_type(self, type_: str) -> list[Record]:
        """The records of a type, in the order of registration."""
        return [record for record in self.records.values() if record.type == type_]

    def one(self, type_: str, name: str | None = None) -> Record:
        """The only record of that type (and name).

        Raises: LookupError
        """
        found = [record for record in self.of_type(type_) if name in (None, record.name)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} records are {type_} {name or ''}: {[each.name for each in found]}")
        return found[0]

    def archive(self, record: Record, key: str = "code") -> dict[str, bytes | Path]:
        """The files of an archive among a record's inputs: name there -> the file here, or its text."""
        assets = record.inputs[key]["assets"]
        return {name: Path(each["path"]) if "path" in each else each["text"].encode() for name, each in assets.items()}


def record(
    project_dir: Path,
    stack: str,
    cloud: mocks.Mocks,
    *,
    preview: bool = False,
    program: Program | None = None,
    config: stack_config.StackConfig | None = None,
) -> Recording:
    """What `pulumi up` (or `preview`) does on the program's side. The program and its config are the project's own unless given.

    Raises: StackConfigError, and whatever the program raises
    """
    config = config or stack_config.load(project_dir, stack)
    monitor = RecordingMonitor(cloud, config.values.get("aws:region", ""), preview=preview)
    own = program or (lambda: runpy.run_path(str(project_dir / "__main__.py"), run_name="__main__"))

    def run() -> None:
        os.environ.setdefault("PULUMI_ERROR_OUTPUT_STRING", "true")  # an Output in an f-string raises
        pulumi.runtime.set_all_config(config.values, [])
        pulumi.runtime.settings.ROOT.set(None)
        _configure(monitor, config.project, stack, project_dir, preview=preview)
        with _standing_in(project_dir):
            _run_to_its_end(own)

    contextvars.copy_context().run(run)
    return Recording(config.project, stack, preview, monitor.records, monitor.stack_outputs, monitor.invokes)


class RecordingMonitor(mocks.MockMonitor):
    """Notes each registration as it is on the wire, and lets the cloud answer, one at a time."""

    def __init__(self, cloud: mocks.Mocks, region: str, *, preview: bool) -> None:
        super().__init__(cloud)
        self.region = region
        self.preview = preview
        self.records: dict[str, Record] = {}
        self.invokes: list[tuple[str, dict[str, Any]]] = []
        self.stack_outputs: dict[str, Any] = {}
        self._one_at_a_time = threading.RLock()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The engine's URN: it spells the types of all ancestors but the stack."""
        ancestors = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if ancestors == STACK_TYPE else f"{ancestors}${type_}"
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{qualified}::{name}"

    def Invoke(self, request: Any) -> Any:
        """Answer a lookup."""
        with self._one_at_a_time:
            if request.tok != "pulumi:pulumi:getResource":
                self.invokes.append((request.tok, from_struct(request.args)))
            return super().Invoke(request)  # type: ignore[no-untyped-call]

    def RegisterResource(self, request: Any) -> Any:
        """Note the resource and let the cloud make it; a remote component's children too."""
        made = _record(self.make_urn(request.parent, request.type, request.name), request)
        with self._one_at_a_time:
            if made.urn in self.records:
                raise ValueError(f"two resources are called {made.urn}; give one another name")
            self.records[made.urn] = made
            response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
            made.id, made.outputs = response.id, from_struct(response.object)
            if expand := awsx.EXPANSIONS.get(made.type):
                children = partial(self._make_child, made)
                made.outputs = expand(made.inputs, made.property_dependencies, self.region, children)
                response.object.CopyFrom(to_struct(made.outputs))
            return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        """Note what a component, or the stack, gives out."""
        outputs = from_struct(request.outputs)
        self.records[request.urn].outputs = outputs
        if self.records[request.urn].type == STACK_TYPE:
            self.stack_outputs = outputs
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]

    def _make_child(self, component: Record, child: awsx.Child) -> awsx.Made:
        """Register a child that awsx's provider would register."""
        name = child.name or component.name
        urn = self.make_urn(component.urn, child.type, name)
        answered = self.mocks.new_resource(
            mocks.MockResourceArgs(typ=child.type, name=name, inputs=dict(child.inputs), resource_id="", custom=True)
        )
        id_, state = answered[0] or "", dict(answered[1])
        if not self.preview and child.must_have not in ("", *state):
            raise ValueError(f"the cloud gave {name} no {child.must_have}; without it nothing can be done with it")
        self.records[urn] = Record(
            urn,
            child.type,
            name,
            custom=True,
            remote=False,
            inputs=child.inputs,
            parent=component.urn,
            dependencies=sorted({each for urns in child.dependencies.values() for each in urns}),
            property_dependencies=child.dependencies,
            options={
                "skipDestroy": child.inputs.get("skipDestroy"),
                "retainOnDelete": component.options["retainOnDelete"],  # the engine hands it down
            },
            predicted=True,
            id=id_,
            outputs=state,
        )
        unknown = {child.must_have: UNKNOWN} if child.must_have else {}
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, id_, {**unknown, **state})
        return awsx.Made(urn, id_, state)


def _record(urn: str, request: Any) -> Record:
    return Record(
        urn=urn,
        type=request.type,
        name=request.name,
        custom=request.custom,
        remote=request.remote,
        inputs=from_struct(request.object),
        parent=request.parent,
        provider=request.provider,
        version=request.version,
        dependencies=sorted(request.dependencies),
        property_dependencies={key: sorted(each.urns) for key, each in request.propertyDependencies.items()},
        options={
            "protect": request.protect,
            "retainOnDelete": request.retainOnDelete,
            "deleteBeforeReplace": request.deleteBeforeReplace,
            "ignoreChanges": list(request.ignoreChanges),
        },
    )


def _configure(monitor: RecordingMonitor, project: str, stack: str, project_dir: Path, *, preview: bool) -> None:
    features = set(monitor.GetDeploymentInfo(None).supportedFeatures)  # type: ignore[no-untyped-call]
    configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]
            monitor=monitor,
            monitor_features=features,
            engine=mocks.MockEngine(None),
            project=project,
            stack=stack,
            dry_run=preview,
            organization=ORGANIZATION,
            root_directory=str(project_dir),
            callbacks=None,
            package_refs={},
            base_providers_by_ref={},
        )
    )
    pulumi.runtime.settings.SETTINGS.outputs = set()


@contextmanager
def _standing_in(project_dir: Path) -> Iterator[None]:
    """The engine runs a program in its folder, which is also the first place to import from."""
    before, path = Path.cwd(), list(sys.path)
    os.chdir(project_dir)
    sys.path.insert(0, str(project_dir))
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path


def _run_to_its_end(program: Program) -> None:
    """Run the program and all that it left to be resolved; a failed one leaves no task behind."""

    def body() -> None:
        program()

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(pulumi.runtime.stack.run_in_stack(body))
    finally:
        left = [task for task in asyncio.all_tasks(loop) if not task.done()]
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.set_exception_handler(lambda _loop, _context: None)
        loop.close()
        asyncio.set_event_loop(None)

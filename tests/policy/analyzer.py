"""Talks to the real policy analyzer: the process that Pulumi's engine starts for a Python pack, asked as the engine asks it."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import grpc
from google.protobuf import empty_pb2, json_format  # type: ignore[import-untyped]
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from rehearsal.recording import Record, Recording
from rehearsal.wire_values import UNKNOWN, plain, to_struct

PACK = Path(__file__).parents[2] / "policy"
STARTING_SECONDS = 60
LARGE = [("grpc.max_send_message_length", 400 << 20), ("grpc.max_receive_message_length", 400 << 20)]


class Violation(NamedTuple):
    """What a policy objected to."""

    policy: str
    level: str
    urn: str
    message: str


class Analyzer:
    """A running pack."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub
        self.info = stub.GetAnalyzerInfo(empty_pb2.Empty())

    def configure(self, config: Mapping[str, Mapping[str, Any]]) -> None:
        """Each policy at the pack's own level, with the schema's defaults and what the config says."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for policy in self.info.policies:
            schema = json_format.MessageToDict(policy.configSchema).get("properties", {})
            defaults = {name: each["default"] for name, each in schema.items() if "default" in each}
            told = request.policyConfig[policy.name]
            told.enforcementLevel = policy.enforcementLevel  # left out, it would mean advisory
            told.properties.update({**defaults, **config.get(policy.name, {})})
        self._stub.Configure(request)

    def violations(self, recording: Recording) -> list[Violation]:
        """First each resource by its inputs, then the whole stack by its outputs: the engine's order."""
        by_resource = [found for record in recording.records.values() for found in self._of_resource(record)]
        return by_resource + self._of_stack(recording)

    def _of_resource(self, record: Record) -> list[Violation]:
        request = analyzer_pb2.AnalyzeRequest(
            type=record.type,
            urn=record.urn,
            name=record.name,
            properties=_properties(record.inputs),
            options=_options(record),
        )
        self._stub.Remediate(request)
        return [_violation(each, record.urn) for each in self._stub.Analyze(request).diagnostics]

    def _of_stack(self, recording: Recording) -> list[Violation]:
        request = analyzer_pb2.AnalyzeStackRequest()
        for record in recording.records.values():
            known = {**record.inputs, **record.outputs, "id": record.id or UNKNOWN} if record.custom else record.outputs
            resource = request.resources.add(
                type=record.type,
                urn=record.urn,
                name=record.name,
                properties=_properties(known),
                options=_options(record),
                parent=record.parent,
                dependencies=record.dependencies,
            )
            for key, urns in record.property_dependencies.items():
                resource.propertyDependencies[key].urns.extend(urns)
        return [_violation(each, each.urn) for each in self._stub.AnalyzeStack(request).diagnostics]


@contextmanager
def analyzer(*, preview: bool, pack: Path = PACK) -> Iterator[Analyzer]:
    """The pack in a process of its own, started as `pulumi preview` (or `up`) starts it."""
    told = {"PULUMI_ORGANIZATION": "o", "PULUMI_PROJECT": "sanitized-snapshots", "PULUMI_STACK": "local"}
    environment = {**os.environ, **told, "PULUMI_DRY_RUN": json.dumps(preview), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(pack)]
    process = subprocess.Popen(command, cwd=pack, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{_port(process)}", options=LARGE) as channel:
            stub = analyzer_pb2_grpc.AnalyzerStub(channel)
            request = analyzer_pb2.AnalyzerStackConfigureRequest(
                stack="local", project="sanitized-snapshots", organization="o", dry_run=preview
            )
            stub.ConfigureStack(request)
            running = Analyzer(stub)
            running.configure({})
            yield running
    finally:
        process.terminate()
        process.wait(timeout=10)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], STARTING_SECONDS)
    line = process.stdout.readline() if ready else ""
    if not line.strip().isdigit():
        raise RuntimeError(f"the pack did not start: its first line is its port, and was {line!r}")
    return int(line)


def _properties(values: Mapping[str, Any]) -> Any:
    """The engine's view: references as ids, output values flattened, internal keys dropped."""
    return to_struct({key: plain(value) for key, value in values.items() if not key.startswith("__")})


def _options(record: Record) -> Any:
    return analyzer_pb2.AnalyzerResourceOptions(protect=bool(record.options.get("protect")), parent=record.parent)


def _violation(diagnostic: Any, urn: str) -> Violation:
    level = analyzer_pb2.EnforcementLevel.Name(diagnostic.enforcementLevel).lower()
    return Violation(diagnostic.policyName, level, urn, diagnostic.message)

"""An account with a production database in it, and runs that can be walked step by step."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from handlers import flow
from handlers.clients import Aws
from handlers.entry import perform
from handlers.names import run_id
from handlers.step import ContainerTask, Features
from tests.handlers.fakes import (
    NOW,
    FakeCloudwatch,
    FakeEc2,
    FakeEcs,
    FakeKms,
    FakeRds,
    FakeS3,
    FakeService,
    FakeSns,
    FakeStepFunctions,
    signature_of,
)

SHARE_KEY = "arn:aws:kms:eu-west-1:123456789012:key/share"
SOURCE_KEY = "arn:aws:kms:eu-west-1:123456789012:key/source"
CONSUMER = "111122223333"
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:ss-prod-orders:first"
ENVIRONMENT = {
    "STACK": "prod",
    "PREFIX": "ss-prod",
    "DATABASE": "orders",
    "SOURCE": "orders-prod",
    "SNAPSHOT": "new",
    "BUCKET": "bucket",
    "RULES_KEY": "rules/orders/abc.yaml",
    "SUBNET_GROUP": "ss-prod-isolated",
    "PARAMETER_GROUP": "ss-prod-postgres15",
    "SANITIZER_SECURITY_GROUP": "sg-sanitizer",
    "TEMPORARY_SECURITY_GROUP_0": "sg-temporary",
    "FORBIDDEN_SECURITY_GROUP_0": "sg-forbidden",
    "CLUSTER": "arn:aws:ecs:eu-west-1:123456789012:cluster/ss-prod",
    "TASK_FAMILY": "sanitizer",
    "SIGNING_KEY": "arn:aws:kms:eu-west-1:123456789012:key/sign",
    "SHARE_ACCOUNTS": CONSUMER,
    "SHARE_KMS_KEY": SHARE_KEY,
}
STACK_WIDE = {name: ENVIRONMENT[name] for name in ("STACK", "PREFIX", "BUCKET", "CLUSTER")}
SWEEPER = {**STACK_WIDE, "DATABASES": "orders"}
ALERTER = {**STACK_WIDE, "TOPIC": "arn:aws:sns:eu-west-1:123456789012:ss-prod-alerts"}
HOLDING = Features(new_snapshot=True, reencrypt=True, share=True, hold=True)
EVERYTHING = Features(new_snapshot=True, reencrypt=True, share=True)


def signed(content: bytes) -> str:
    """The signature of a report, as the sanitizer stores it."""
    return b64encode(signature_of(sha256(content).digest())).decode()


def from_group(group: str, port: int = 5432) -> dict[str, Any]:
    """An ingress rule that admits one security group on one port."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": group}]}


def group(name: str, ingress: list[dict[str, Any]], *, egress: bool) -> dict[str, Any]:
    """A security group as EC2 describes it."""
    out = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}] if egress else []
    return {"GroupId": name, "IpPermissions": ingress, "IpPermissionsEgress": out}


@dataclass
class World:
    """The emulated account, the deployed environment and one execution."""

    environment: dict[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))
    rds: FakeRds = field(default_factory=FakeRds)
    ec2: FakeEc2 = field(default_factory=FakeEc2)
    s3: FakeS3 = field(default_factory=FakeS3)
    ecs: FakeEcs = field(default_factory=FakeEcs)
    stepfunctions: FakeStepFunctions = field(default_factory=FakeStepFunctions)
    kms: FakeKms = field(default_factory=FakeKms)
    cloudwatch: FakeCloudwatch = field(default_factory=FakeCloudwatch)
    sns: FakeSns = field(default_factory=FakeSns)
    document: dict[str, Any] = field(default_factory=lambda: {"plan": None, "restored": None, "error": None})
    execution: str = EXECUTION
    slot: str | None = None

    def __post_init__(self) -> None:
        """A source that stands, in groups that keep to themselves."""
        self.journal: list[tuple[str, str]] = []
        for each in self.services:
            each.journal = self.journal
        self.rds.add_instance("orders-prod", key=SOURCE_KEY)
        self.ec2.groups = {
            "sg-temporary": group("sg-temporary", [from_group("sg-sanitizer")], egress=False),
            "sg-sanitizer": group("sg-sanitizer", [], egress=True),
            "sg-production": group("sg-production", [from_group("sg-application")], egress=True),
            "sg-forbidden": group("sg-forbidden", [], egress=True),
        }
        self.stepfunctions.executions.setdefault(self.execution, "RUNNING")

    @property
    def aws(self) -> Aws:
        """The clients."""
        return Aws(*self.services)

    @property
    def run_id(self) -> str:
        """The id of this execution's run."""
        return run_id(self.execution, NOW)

    def perform(self, step: str, *, attempt: int = 0, **more: Any) -> Any:
        """One step, as the state machine asks for it."""
        event: dict[str, Any] = {"step": step, "now": NOW.isoformat(), "attempt": attempt, **self.document, **more}
        if step == "Plan":
            event["execution"] = {
                "arn": self.execution,
                "started": "2024-05-05T03:00:00.000Z",
                "input": {"slot": self.slot},
            }
        result = perform(event, self.environment, self.aws)
        keeps = flow.step(step).keeps
        if keeps is not None:
            self.document[keeps] = json.loads(json.dumps(result))
        return result

    def sweep(self, *, dry_run: bool = False, hours: float = 0) -> list[str]:
        """The names of what the sweep removed, or would."""
        event = {"step": "Sweep", "now": self.later(hours), "dry_run": dry_run}
        result: Mapping[str, Any] | None = perform(event, SWEEPER, self.aws)
        assert result is not None
        return list(result["swept"])

    def sanitize(self, **differences: Any) -> bytes:
        """The report of a sanitizer that did its work."""
        said = {
            "verdict": "verified",
            "run_id": self.run_id,
            "database": "orders",
            "rules_sha256": "abc",
            "started_at": (NOW - timedelta(minutes=24)).isoformat(),
            "finished_at": NOW.isoformat(),
        }
        report = {"schema": 1, **said, **differences}
        content = self.s3.put_json(f"reports/orders/{self.run_id}/report.json", report)
        self.s3.objects[f"reports/orders/{self.run_id}/report.signature"] = signed(content).encode() + b"\n"
        return content

    def name(self, kind: str) -> str:
        """The name of this run's thing of one kind."""
        return f"ss-prod-{kind}-orders-{self.run_id}"

    def walk(self, features: Features = EVERYTHING, *, until: str | None = None) -> Iterator[str]:
        """Every step of a run in order, each after what came before has settled; up to, not including, `until`."""
        planned = flow.run(features)
        for part in (planned.plan, *planned.body, *planned.finally_):
            if part.name == until:
                return
            self.rds.settle()
            if isinstance(part, ContainerTask):
                self.sanitize()
            else:
                self.perform(part.name)
            yield part.name

    def run_until(self, step: str | None, features: Features = EVERYTHING) -> "World":
        """The world as a run finds it before that step."""
        list(self.walk(features, until=step))
        self.rds.settle()
        return self

    @property
    def services(self) -> tuple[FakeService, ...]:
        """Every fake."""
        aws = (self.rds, self.ec2, self.s3, self.ecs, self.stepfunctions, self.kms)
        return (*aws, self.cloudwatch, self.sns)

    @property
    def calls(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Every call so far: service, operation, parameters."""
        return [(each.service, name, parameters) for each in self.services for name, parameters in each.calls]

    def later(self, hours: float) -> str:
        """A time of day after the run began."""
        return (NOW + timedelta(hours=hours)).isoformat()

"""What exists in the emulated region. `shown` holds what RDS shows of a thing, in its own words, as far as time does not change it."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rehearsal.engines import Server
from rehearsal.rds.storage import Bytes
from rehearsal.rds.timeline import Timeline

Json = dict[str, Any]
Tags = dict[str, str]


@dataclass
class SubnetGroup:
    """A DB subnet group."""

    name: str
    arn: str
    vpc: str
    shown: Json
    tags: Tags


@dataclass
class ParameterGroup:
    """A DB parameter group and the settings given to it."""

    name: str
    arn: str
    family: str
    shown: Json
    tags: Tags
    settings: dict[str, str] = field(default_factory=dict)


@dataclass
class Instance:
    """A DB instance; `building` becomes its server."""

    account: str
    identifier: str
    arn: str
    shown: Json
    tags: Tags
    timeline: Timeline
    building: Future[Server]
    port: int
    created_at: datetime | None = None
    pending: Json = field(default_factory=dict)
    secret: Json | None = None

    @property
    def status(self) -> str:
        """What it is doing."""
        return self.timeline.status

    @property
    def server(self) -> Server:
        """The real server, as soon as it is there."""
        return self.building.result()


@dataclass
class Snapshot:
    """A DB snapshot; `settings` is what the instance showed when it was taken."""

    account: str
    identifier: str
    arn: str
    shown: Json
    tags: Tags
    timeline: Timeline
    bytes: Bytes
    settings: Json
    source_tags: Tags
    port: int
    shared_with: set[str] = field(default_factory=set)

    @property
    def status(self) -> str:
        """What it is doing."""
        return self.timeline.status

    @property
    def kind(self) -> str:
        """manual, automated or awsbackup."""
        return str(self.shown["SnapshotType"])

    @property
    def key(self) -> str | None:
        """The key it is encrypted under."""
        return self.shown.get("KmsKeyId")

    def is_open_to(self, account: str) -> bool:
        """Whether another account may use it."""
        return account in self.shared_with or "all" in self.shared_with

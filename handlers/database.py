"""What a run asks of a database and its snapshots, whichever kind of database RDS runs.

`Instance` (a DB instance) is in `handlers.instance`, with RDS's names for these operations and the permissions they need.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers import engines

# RDS works in the background then (after a change of storage, after a restore), and takes all that we ask.
READY = frozenset({"available", "storage-initialization", "storage-optimization"})
HOPELESS = frozenset({"failed", "restore-error", "storage-full", "deleting", "stopped", "stopping"})
HOPELESS_STARTS = ("incompatible-", "inaccessible-encryption-credentials")


def is_hopeless(status: str) -> bool:
    """Whether a database in this status does not become ready by waiting."""
    return status in HOPELESS or status.startswith(HOPELESS_STARTS)


@dataclass(frozen=True)
class Description:
    """What RDS says about a database."""

    identifier: str
    arn: str
    resource_id: str
    status: str
    engine: str
    engine_version: str
    instance_class: str
    storage_gib: int
    host: str
    port: int
    user: str
    groups: frozenset[str]
    subnet_group: str
    parameter_groups: frozenset[str]
    public: bool
    protected: bool
    insights: bool
    key: str | None
    tde: bool
    pending: bool
    secret_arn: str | None
    secret_status: str | None
    tags: Mapping[str, str]

    @property
    def major(self) -> engines.Major | None:
        """Its major version, where that gets sanitized snapshots."""
        return engines.major(self.engine, self.engine_version)


@dataclass(frozen=True)
class Snapshot:
    """What RDS says about a snapshot."""

    identifier: str
    arn: str
    status: str
    of: str
    of_resource_id: str
    kind: str  # manual, automated, awsbackup
    key: str | None
    data_from: datetime | None  # the age of the data: copying does not make it younger
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Placement:
    """Where, and as what, a temporary database is restored."""

    groups: tuple[str, ...]
    subnet_group: str
    parameter_group: str
    instance_class: str
    storage_gib: int | None  # None: as much as the snapshot has
    port: int
    option_group: str
    extended_support: bool


class Database(Protocol):
    """What a run asks of a kind of RDS database. Looking for what does not exist finds None."""

    def describe(self, identifier: str) -> Description | None: ...
    def all(self) -> Iterator[Description]: ...
    def snapshot(self, identifier: str) -> Snapshot | None: ...
    def snapshots(self) -> Iterator[Snapshot]: ...
    def take_snapshot(self, identifier: str, snapshot: str, tags: Mapping[str, str]) -> bool: ...
    def copy_snapshot(self, snapshot: str, copy: str, key: str, tags: Mapping[str, str]) -> bool: ...
    def restore(self, identifier: str, snapshot: str, tags: Mapping[str, str], placement: Placement) -> bool: ...
    def take_over(self, identifier: str) -> None: ...
    def share(self, snapshot: str, accounts: tuple[str, ...]) -> frozenset[str]: ...
    def delete(self, found: Description) -> None: ...
    def delete_snapshot(self, identifier: str) -> None: ...
    def automated_backups(self, identifier: str) -> list[str]: ...

"""The state of the emulated region, of all its accounts, and how its things are found."""

import fnmatch
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import choice

from rehearsal.clock import Clock
from rehearsal.engines import Engine
from rehearsal.errors import AwsError
from rehearsal.rds.neighbours import Keys, Networks, SecretStore
from rehearsal.rds.resources import Instance, Json, ParameterGroup, Snapshot, SubnetGroup, Tags
from rehearsal.rds.storage import Storage


@dataclass(frozen=True)
class Delays:
    """How long things take, in virtual seconds."""

    create_seconds: float = 300
    first_backup_seconds: float = 60
    restore_seconds: float = 480
    settle_restored_seconds: float = 45
    snapshot_seconds: float = 180
    copy_seconds: float = 240
    before_reset_seconds: float = 20
    reset_seconds: float = 60
    secret_seconds: float = 20
    delete_seconds: float = 240


@dataclass(frozen=True)
class Quotas:
    """What an account may hold, as AWS has it before anyone asks for more."""

    instances: int = 40
    manual_snapshots: int = 100
    storage_gib: int = 100_000
    accounts_per_snapshot: int = 20


DEFAULT_SUBNET_GROUP = "default"  # lies in the account's default VPC without anybody making it
USUAL_DELAYS = Delays()
USUAL_QUOTAS = Quotas()
Name = tuple[str, str]  # account, identifier


class Region:
    """Everything there is, and everything beside it."""

    def __init__(
        self,
        *,
        name: str,
        clock: Clock,
        storage: Storage,
        secrets: SecretStore,
        networks: Networks,
        keys: Keys,
        delays: Delays,
        quotas: Quotas,
        engine: Engine,
    ) -> None:
        self.name, self.clock, self.storage = name, clock, storage
        self.secrets, self.networks, self.keys = secrets, networks, keys
        self.delays, self.quotas = delays, quotas
        self.engine = engine
        self.instances: dict[Name, Instance] = {}
        self.snapshots: dict[Name, Snapshot] = {}
        self.subnet_groups: dict[Name, SubnetGroup] = {}
        self.parameter_groups: dict[Name, ParameterGroup] = {}
        self.retained_backups: list[tuple[str, Json]] = []
        self.failing_snapshots: list[str] = []
        self.hindered_instances: list[tuple[str, str]] = []

    @property
    def family(self) -> str:
        """The parameter group family of the one engine version there is."""
        return f"{self.engine.name}{self.engine.major}"

    @property
    def options(self) -> str:
        """The option group that RDS has for that version, without any option."""
        return f"default:{self.engine.name}-{self.engine.major.replace('.', '-')}"

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        now = self.clock.now()
        for instance in list(self.instances.values()):
            instance.timeline.settle(now)
        for snapshot in self.snapshots.values():
            snapshot.timeline.settle(now)

    def after(self, seconds: float) -> datetime:
        """The moment that many virtual seconds from now."""
        return self.clock.now() + timedelta(seconds=seconds)

    def arn(self, kind: str, account: str, name: str) -> str:
        """The ARN of a thing of that kind (db, snapshot, pg, subgrp, auto-backup)."""
        return f"arn:aws:rds:{self.name}:{account}:{kind}:{name}"

    def instance(self, identifier: str, account: str) -> Instance:
        """The account's instance of that name. Raises: AwsError."""
        found = self.instances.get((account, local_name(identifier)))
        if found is None:
            raise AwsError("DBInstanceNotFound", f"DBInstance {identifier} not found.", 404)
        return found

    def snapshot(self, identifier: str, account: str) -> Snapshot:
        """The account's own snapshot of that name or ARN. Raises: AwsError."""
        found = self.snapshots.get((account, local_name(identifier)))
        if found is None or (identifier.startswith("arn:") and found.arn != identifier):
            raise _no_snapshot(identifier)
        return found

    def usable_snapshot(self, identifier: str, account: str) -> Snapshot:
        """The account's own snapshot, or one that is shared with it and named by its ARN. Raises: AwsError."""
        others = (held for held in self.snapshots.values() if held.arn == identifier and held.account != account)
        foreign = next(others, None)
        if foreign is None:
            return self.snapshot(identifier, account)
        if not foreign.is_open_to(account):
            raise _no_snapshot(identifier)
        return foreign

    def subnet_group(self, name: str, account: str) -> SubnetGroup:
        """The account's subnet group of that name. Raises: AwsError."""
        found = self.subnet_groups.get((account, name.lower()))
        if found is not None:
            return found
        vpc = self.networks.default_vpc(account) if name == DEFAULT_SUBNET_GROUP else None
        if vpc is None:
            raise AwsError("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", 404)
        shown = {"DBSubnetGroupDescription": DEFAULT_SUBNET_GROUP, "SubnetGroupStatus": "Complete", "Subnets": []}
        return SubnetGroup(name, self.arn("subgrp", account, name), vpc, shown, {})

    def parameter_group(self, name: str, account: str) -> ParameterGroup:
        """The account's parameter group of that name; the default one of the engine is always there. Raises: AwsError."""
        if name == f"default.{self.family}":
            return ParameterGroup(name, self.arn("pg", account, name), self.family, {}, {})
        found = self.parameter_groups.get((account, name.lower()))
        if found is None:
            raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", 404)
        return found

    def server_parameters(self, group: ParameterGroup) -> dict[str, str]:
        """The group's settings that a real server knows; formulas over an instance class mean nothing here."""
        return {
            name: value
            for name, value in group.settings.items()
            if name in self.engine.known_parameters and "{" not in value
        }

    def hindrance(self, identifier: str) -> str | None:
        """The status that an instance takes instead of becoming available, where one was asked for."""
        return next(
            (status for pattern, status in self.hindered_instances if fnmatch.fnmatchcase(identifier, pattern)), None
        )

    def snapshot_fails(self, identifier: str) -> bool:
        """Whether a snapshot of that name was asked to fail."""
        return any(fnmatch.fnmatchcase(identifier, pattern) for pattern in self.failing_snapshots)

    def tags_of(self, arn: str) -> Tags:
        """The tags of the thing with that ARN, to be changed in place. Raises: AwsError."""
        for held in (self.instances, self.snapshots, self.subnet_groups, self.parameter_groups):
            for thing in held.values():
                if thing.arn == arn:
                    return thing.tags
        kind = arn.split(":")[5] if arn.count(":") > 5 else ""
        missing = {"db": "DBInstanceNotFound", "snapshot": "DBSnapshotNotFound", "pg": "DBParameterGroupNotFound",
                   "subgrp": "DBSubnetGroupNotFoundFault"}  # fmt: skip
        raise AwsError(
            missing.get(kind, "InvalidParameterValue"), f"Invalid resource name: {arn}", 404 if kind in missing else 400
        )


def local_name(identifier: str) -> str:
    """The name in an ARN, or the name itself; RDS keeps names in lower case."""
    return (
        identifier.split(":", 6)[6] if identifier.startswith("arn:") and identifier.count(":") >= 6 else identifier
    ).lower()


def resource_id(prefix: str) -> str:
    """An identifier that AWS makes up, like a DbiResourceId."""
    return prefix + "".join(choice(string.ascii_uppercase + string.digits) for _ in range(26))


def _no_snapshot(identifier: str) -> AwsError:
    return AwsError("DBSnapshotNotFound", f"DBSnapshot {identifier} not found.", 404)

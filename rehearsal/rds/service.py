"""The door to the emulated RDS: calls in, answers or refusals out, in the words of AWS's wire."""

import copy
import functools
import inspect
import threading
from collections.abc import Callable
from pathlib import Path

import botocore.loaders
import botocore.model
import botocore.validate

from rehearsal.clock import Clock
from rehearsal.engines import Engine, Server
from rehearsal.errors import AwsError
from rehearsal.installations import authority
from rehearsal.on_postgres import Postgres
from rehearsal.rds.changes import Changes
from rehearsal.rds.groups import Groups
from rehearsal.rds.instances import Instances
from rehearsal.rds.moto_neighbours import MotoKeys, MotoNetworks
from rehearsal.rds.neighbours import Keys, Networks, SecretStore
from rehearsal.rds.passwords import Passwords
from rehearsal.rds.placement import Placing
from rehearsal.rds.region import USUAL_DELAYS, USUAL_QUOTAS, Delays, Quotas, Region
from rehearsal.rds.resources import Json
from rehearsal.rds.settings import AT_CREATION, AT_MODIFICATION, AT_RESTORE
from rehearsal.rds.sharing import Sharing
from rehearsal.rds.snapshots import Snapshots
from rehearsal.rds.storage import Storage
from rehearsal.rds.tags import Tagging

PLACE = frozenset({"DBSubnetGroupName", "DBParameterGroupName", "OptionGroupName", "VpcSecurityGroupIds", "Port"})
# What an operation understands beyond the parameters it names itself.
FURTHER = {
    "CreateDBInstance": AT_CREATION | PLACE,
    "RestoreDBInstanceFromDBSnapshot": AT_RESTORE | PLACE | {"ManageMasterUserPassword"},
    "ModifyDBInstance": AT_MODIFICATION,
}


class Rds:
    """RDS in one region, for all accounts; `close` leaves neither a process nor a file."""

    def __init__(
        self,
        clock: Clock,
        root: Path,
        secrets: SecretStore,
        *,
        networks: Networks | None = None,
        keys: Keys | None = None,
        region: str = "eu-west-1",
        engine: Engine | None = None,
        delays: Delays = USUAL_DELAYS,
        quotas: Quotas = USUAL_QUOTAS,
    ) -> None:
        self.engine = engine or Postgres()
        self._storage = Storage(root, self.engine)
        self._region = Region(
            name=region, clock=clock, storage=self._storage, secrets=secrets, networks=networks or MotoNetworks(region),
            keys=keys or MotoKeys(region), delays=delays, quotas=quotas, engine=self.engine,
        )  # fmt: skip
        placing, passwords, self._snapshots = Placing(self._region), Passwords(self._region), Snapshots(self._region)
        instances = Instances(self._region, placing, passwords)
        changes = Changes(self._region, placing, self._snapshots, passwords)
        parts = (
            instances,
            changes,
            self._snapshots,
            Sharing(self._region),
            Groups(self._region),
            Tagging(self._region),
        )
        self._operations: dict[str, Callable[..., Json]] = {
            name: getattr(part, name) for part in parts for name in dir(part) if name[0].isupper()
        }
        self._lock = threading.RLock()

    @property
    def operations(self) -> frozenset[str]:
        """The names of the operations that are emulated."""
        return frozenset(self._operations)

    @property
    def engine_version(self) -> str:
        """The version of every instance."""
        return self.engine.version

    @property
    def ca_file(self) -> Path:
        """What a client has to trust, in the place of Amazon's certificate bundle."""
        return authority().ca_file

    def call(self, operation: str, parameters: Json, account: str) -> Json:
        """An operation's answer.

        Raises:
            AwsError: the refusal; `NotEmulated` where AWS might have accepted the call.
        """
        understood = self._understood(operation)
        for name in parameters:
            if name not in understood:
                raise AwsError("NotEmulated", f"{operation}: the rehearsal's RDS does not know {name}", 501)
        report = botocore.validate.ParamValidator().validate(
            parameters, _model().operation_model(operation).input_shape
        )
        if report.has_errors():
            raise AwsError("InvalidParameterValue", report.generate_report())
        with self._lock:
            self._region.settle()
            return copy.deepcopy(self._operations[operation](account, **parameters))

    def server(self, identifier: str, account: str) -> Server:
        """The real server behind an instance that has come into being."""
        with self._lock:
            return self._region.instance(identifier, account).server

    def snapshot_directory(self, identifier: str, account: str) -> Path:
        """The bytes behind a snapshot that has come into being; nothing may change them."""
        with self._lock:
            held = self._region.snapshot(identifier, account).bytes
        held.made.result()
        return held.directory

    def take_automated_snapshot(self, instance: str, account: str, kind: str = "automated") -> str:
        """Do what RDS does every night (or AWS Backup: `awsbackup`), without the instance showing it; the snapshot's name."""
        with self._lock:
            self._region.settle()
            source = self._region.instance(instance, account)
            prefix = "rds:" if kind == "automated" else f"{kind}:job-"
            name = f"{prefix}{source.identifier}-{self._region.clock.now():%Y-%m-%d-%H-%M}"
            return self._snapshots.begin(source, name, {}, kind).identifier

    def fail_snapshot(self, pattern: str) -> None:
        """Let snapshots and copies that are named like the pattern (`*-raw-*`) end as `failed`."""
        self._region.failing_snapshots.append(pattern)

    def never_available(self, pattern: str, status: str = "incompatible-network") -> None:
        """Let instances that are named like the pattern come to rest in another status than `available`.

        In the status `creating`, or another busy one, they cannot be deleted either, as on AWS.
        """
        self._region.hindered_instances.append((pattern, status))

    def fail_no_more(self) -> None:
        """Let what is begun from now on go well."""
        self._region.failing_snapshots.clear()
        self._region.hindered_instances.clear()

    def close(self) -> None:
        """Stop every server and remove every file."""
        self._storage.close()

    def _understood(self, operation: str) -> frozenset[str]:
        if operation not in self._operations:
            raise AwsError("NotEmulated", f"the rehearsal's RDS does not know {operation}", 501)
        named = inspect.signature(self._operations[operation]).parameters
        return frozenset(name for name in named if name[0].isupper()) | FURTHER.get(operation, frozenset())


@functools.cache
def _model() -> botocore.model.ServiceModel:
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("rds", "service-2"), "rds")

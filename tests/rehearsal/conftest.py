"""A small emulated region with one production instance, and neighbours of RDS that are dictionaries."""

import itertools
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.model
import psycopg
import pytest

from rehearsal import guardian
from rehearsal.clock import Clock
from rehearsal.engines import Engine
from rehearsal.errors import AwsError
from rehearsal.rds import Rds, Subnet

ACCOUNT = "123456789012"
CONSUMER = "111122223333"
STRANGER = "999999999999"
REGION = "eu-west-1"
LONG_ENOUGH_SECONDS = 3600
MODEL = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("rds", "service-2"), "rds")


@dataclass
class DictionarySecrets:
    """ARN -> (name, value, tags)."""

    held: dict[str, tuple[str, str, dict[str, str]]] = field(default_factory=dict)

    def create(self, name: str, value: str, tags: Mapping[str, str]) -> str:
        arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf"
        self.held[arn] = (name, value, dict(tags))
        return arn

    def delete(self, arn: str) -> None:
        del self.held[arn]


class TwoVpcs:
    """Every account has the VPCs vpc-one (its default) and vpc-two, with subnets like subnet-one-a in zones a and b."""

    def subnet(self, subnet_id: str, account: str) -> Subnet | None:
        _, vpc, zone = subnet_id.split("-")
        return Subnet(f"vpc-{vpc}", f"{REGION}{zone}") if zone in ("a", "b") else None

    def vpc_of_group(self, group_id: str, account: str) -> str | None:
        vpc = f"vpc-{group_id.split('-')[1]}"
        return vpc if vpc in ("vpc-one", "vpc-two") else None

    def default_vpc(self, account: str) -> str | None:
        return "vpc-one"

    def default_group(self, vpc: str, account: str) -> str:
        return f"sg-{vpc.removeprefix('vpc-')}-default"


@dataclass
class DictionaryKeys:
    """ARN -> the accounts that may use the key."""

    held: dict[str, set[str]] = field(default_factory=dict)

    def new(self, *accounts: str) -> str:
        arn = f"arn:aws:kms:{REGION}:{accounts[0]}:key/{secrets.token_hex(8)}"
        self.held[arn] = set(accounts)
        return arn

    def find(self, key: str, account: str) -> str | None:
        return key if key == self.default(account) or account in self.held.get(key, ()) else None

    def default(self, account: str) -> str:
        return f"arn:aws:kms:{REGION}:{account}:key/aws-rds"


class Region:
    """The emulated RDS as tests use it: every answer is checked against AWS's model of it."""

    def __init__(self, root: Path, engine: Engine | None = None) -> None:
        self.clock, self.secrets, self.keys, self.networks = Clock(), DictionarySecrets(), DictionaryKeys(), TwoVpcs()
        self.key, self.share_key = self.keys.new(ACCOUNT), self.keys.new(ACCOUNT, CONSUMER)
        self.rds = Rds(self.clock, root, self.secrets, networks=self.networks, keys=self.keys, engine=engine)
        self.password = secrets.token_urlsafe(18)
        self._numbers = itertools.count(1)

    def call(self, operation: str, account: str = ACCOUNT, **parameters: Any) -> dict[str, Any]:
        answer = self.rds.call(operation, parameters, account)
        assert_shaped(answer, MODEL.operation_model(operation).output_shape)
        return answer

    def name(self, kind: str = "thing") -> str:
        """A name that nothing has yet."""
        return f"{kind}-{next(self._numbers)}"

    def later(self, seconds: float = LONG_ENOUGH_SECONDS) -> None:
        self.clock.sleep(seconds)

    def instance(self, name: str, account: str = ACCOUNT) -> dict[str, Any]:
        return dict(self.call("DescribeDBInstances", account, DBInstanceIdentifier=name)["DBInstances"][0])

    def snapshot(self, name: str, account: str = ACCOUNT) -> dict[str, Any]:
        return dict(self.call("DescribeDBSnapshots", account, DBSnapshotIdentifier=name)["DBSnapshots"][0])

    def create(self, name: str, **changed: Any) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "DBInstanceIdentifier": name, "Engine": self.rds.engine.name, "DBInstanceClass": "db.t4g.medium", "AllocatedStorage": 20,
            "MasterUsername": "shop_admin", "MasterUserPassword": self.password, "DBName": "shop",
        }  # fmt: skip
        settings = {key: value for key, value in (settings | changed).items() if value is not None}
        return dict(self.call("CreateDBInstance", **settings)["DBInstance"])

    def copied(self, source: str = "base", **changed: Any) -> str:
        """An available snapshot of one's own: a copy of the shared one, which costs nothing."""
        name = self.name("copy")
        self.call("CopyDBSnapshot", SourceDBSnapshotIdentifier=source, TargetDBSnapshotIdentifier=name, **changed)
        self.later()
        return name

    def restore(self, snapshot: str = "base", account: str = ACCOUNT, **changed: Any) -> str:
        """The name of an instance that was just asked for."""
        name = self.name("restored")
        self.call(
            "RestoreDBInstanceFromDBSnapshot",
            account,
            DBInstanceIdentifier=name,
            DBSnapshotIdentifier=snapshot,
            **changed,
        )
        return name

    def delete(self, name: str, account: str = ACCOUNT) -> None:
        self.call("DeleteDBInstance", account, DBInstanceIdentifier=name, SkipFinalSnapshot=True)

    def connect(self, name: str, password: str, account: str = ACCOUNT) -> psycopg.Connection[Any]:
        endpoint = self.instance(name, account)["Endpoint"]
        return psycopg.connect(
            host=endpoint["Address"], port=endpoint["Port"], user="shop_admin", password=password, dbname="shop",
            sslmode="verify-full", sslrootcert=str(self.rds.ca_file), connect_timeout=10,
        )  # fmt: skip


@pytest.fixture(scope="session")
def region() -> Iterator[Region]:
    """A region with the available instance `source` (encrypted, protected, backed up, tagged) and its snapshot `base`."""
    root = Path(tempfile.mkdtemp(prefix="test-rds-"))
    guardian.watch(root)
    made = Region(root / "rds")
    try:
        made.create(
            "source", KmsKeyId=made.key, StorageEncrypted=True, DeletionProtection=True, BackupRetentionPeriod=7, MultiAZ=True,
            VpcSecurityGroupIds=["sg-one-production"], EnablePerformanceInsights=True, EnableCloudwatchLogsExports=["postgresql"],
            Tags=[{"Key": "team", "Value": "shop"}],
        )  # fmt: skip
        made.later()
        with made.connect("source", made.password) as connection:
            connection.execute("CREATE TABLE customers (email text)")
            connection.execute("INSERT INTO customers VALUES ('ada@example.org')")
        made.call("CreateDBSnapshot", DBInstanceIdentifier="source", DBSnapshotIdentifier="base")
        made.later()
        yield made
    finally:
        made.rds.close()
        shutil.rmtree(root)


@pytest.fixture(autouse=True)
def _calm(request: pytest.FixtureRequest) -> None:
    """A test of the region begins when everything before it has come to rest."""
    if "region" in request.fixturenames:
        request.getfixturevalue("region").later()


def refusal(region: Region, operation: str, account: str = ACCOUNT, **parameters: Any) -> str:
    """The code with which RDS refuses the call."""
    with pytest.raises(AwsError) as refused:
        region.call(operation, account, **parameters)
    return refused.value.code


PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "boolean": bool, "integer": int, "long": int, "double": float, "float": float, "string": str, "timestamp": datetime,
}  # fmt: skip


def assert_shaped(value: Any, shape: Any, path: str = "") -> None:
    """The value has the shape that AWS's model gives it, down to every member."""
    if shape is None:
        assert value == {}, f"{path}: an answer that has no shape"
    elif shape.type_name == "structure":
        assert isinstance(value, dict), path
        for name, member in value.items():
            assert name in shape.members, f"{path}.{name} is not in the model"
            assert_shaped(member, shape.members[name], f"{path}.{name}")
        assert set(shape.required_members) <= set(value), path
    elif shape.type_name == "list":
        assert isinstance(value, list), path
        for number, member in enumerate(value):
            assert_shaped(member, shape.member, f"{path}[{number}]")
    else:
        assert isinstance(value, PYTHON_TYPES[shape.type_name]), f"{path}: {value!r} is no {shape.type_name}"
        assert shape.type_name == "boolean" or not isinstance(value, bool), path
        assert shape.type_name != "timestamp" or value.tzinfo is not None, path
        enum = getattr(shape, "enum", ())
        assert not enum or value in enum, f"{path}: {value!r} is none of {enum}"

"""The production that a rehearsal starts from: an emulated RDS instance with somebody's contents, and things beside it that must survive."""

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from psycopg import sql

from rehearsal.account import ACCOUNT, REGION, EmulatedAccount
from rehearsal.engines import Content, Engine, Login
from rehearsal.rds import Rds

FOREIGN_DATABASE = "billing-dev"
LOOKALIKE_UNTAGGED = "ss-local-sanitized-shop-by-hand"
LOOKALIKE_OTHER_STACK = "ss-local-raw-shop-202601010300-aaaa"


class Table(NamedTuple):
    """A table's place; the schema is empty where tables have none."""

    database: str
    schema: str
    name: str

    @property
    def identifier(self) -> sql.Identifier:
        """Its name within its database."""
        return sql.Identifier(self.schema, self.name)

    def __str__(self) -> str:
        return ".".join(filter(None, self))


@dataclass(frozen=True)
class Production:
    """The source as its owners know it; the password is known here and nowhere else."""

    identifier: str
    engine: Engine
    master: str
    initial: str  # the database that RDS made with the instance
    password: str
    host: str
    port: int
    ca_file: Path

    @property
    def login(self) -> Login:
        """The master user's."""
        return Login(self.host, self.port, self.master, self.password, self.ca_file)

    def connect(self, database: str | None = None) -> AbstractContextManager[Any]:
        """A session of the master user, as the engine's own driver has it."""
        return self.engine.connect(self.login, database or self.initial)

    def ask(self, statement: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.engine.ask(self.login, database or self.initial, statement)

    def run(self, script: str, database: str | None = None) -> None:
        """Run statements."""
        self.engine.run(self.login, database or self.initial, script)

    def opens(self, password: str) -> bool:
        """Whether the master user can log in with that password."""
        try:
            self.engine.ask(self.login._replace(password=password), self.initial, "SELECT 1")
        except self.engine.refusals:
            return False
        return True

    def databases(self) -> list[str]:
        """Every database that people may enter."""
        return self.engine.databases(self.login)

    def tables(self) -> dict[Table, int]:
        """How many rows each table holds."""
        return {table: content.rows for table, content in self._contents().items()}

    def rows(self) -> int:
        """How many rows the server holds, all databases together."""
        return sum(self.tables().values())

    def fingerprint(self) -> str:
        """One digest over every row of every table of every database."""
        whole = hashlib.sha256()
        for table, content in self._contents().items():
            whole.update(f"{table} {content.rows} {content.digest}\n".encode())
        return whole.hexdigest()

    def size_bytes(self) -> int:
        """How much room its databases take."""
        return self.engine.size_bytes(self.login)

    def _contents(self) -> dict[Table, Content]:
        return {
            Table(database, content.schema, content.table): content
            for database in self.databases()
            for content in self.engine.contents(self.login, database)
        }


class Samples(NamedTuple):
    """A few rows, to be looked at."""

    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]


class Contents(Protocol):
    """Whose data a rehearsal is about, and what the stack's config says of them."""

    @property
    def name(self) -> str:
        """Of the database, in the stack's config."""

    @property
    def identifier(self) -> str:
        """Of the DB instance."""

    @property
    def master(self) -> str:
        """The master user."""

    @property
    def initial(self) -> str:
        """The database that RDS makes with the instance."""

    @property
    def title(self) -> str:
        """What production is, in a few words."""

    @property
    def rules(self) -> str:
        """Where people find the rules: their file."""

    def configured(self, values: Mapping[str, str]) -> dict[str, str]:
        """The stack's config with these contents as its database."""

    def fill(self, production: Production, rds: Rds) -> None:
        """Put the data into the new instance."""

    def write_rules(self, production: Production) -> None:
        """See to it that there are rules for what the instance holds."""

    def samples(self, production: Production, copy: Production, report: Mapping[str, Any]) -> Samples:
        """A few rows of production, and the same rows as a consumer reads them, as far as they may be shown."""


def create(account: EmulatedAccount, rds: Rds, contents: Contents) -> Production:
    """The contents' RDS instance in its own network, still empty; takes some seconds."""
    ec2, client = account.client("ec2"), account.client("rds")
    network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=network, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName=contents.identifier, Description="production", VpcId=network)["GroupId"]
    client.create_db_subnet_group(
        DBSubnetGroupName="production", DBSubnetGroupDescription="production", SubnetIds=subnets
    )
    key = account.client("kms").create_key(Description="production data")["KeyMetadata"]["Arn"]
    password = secrets.token_urlsafe(24)
    common: dict[str, Any] = {
        "Engine": rds.engine.name,
        "EngineVersion": rds.engine_version,
        "DBInstanceClass": "db.r6g.large",
        "AllocatedStorage": 100,
        "MasterUsername": contents.master,
        "DBSubnetGroupName": "production",
        "VpcSecurityGroupIds": [group],
        "StorageEncrypted": True,
        "KmsKeyId": key,
        "DeletionProtection": True,
    }
    client.create_db_instance(
        DBInstanceIdentifier=contents.identifier,
        DBName=contents.initial,
        MasterUserPassword=password,
        BackupRetentionPeriod=7,
        MultiAZ=True,
        **common,
    )
    _await_available(account, contents.identifier)
    _put_lookalikes(account, common, password)
    return of_instance(account, rds, contents.identifier, contents, password=password)


def of_instance(
    account: EmulatedAccount, rds: Rds, identifier: str, contents: Contents, *, password: str, account_id: str = ACCOUNT
) -> Production:
    """An instance with such contents, as whoever knows its password sees it."""
    client = account.client("rds", account_id=account_id)
    endpoint = client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]["Endpoint"]
    return Production(
        identifier,
        rds.engine,
        contents.master,
        contents.initial,
        password,
        endpoint["Address"],
        endpoint["Port"],
        rds.ca_file,
    )


def _put_lookalikes(account: EmulatedAccount, common: dict[str, Any], password: str) -> None:
    """Things that resemble a run's and are none: a careless clean-up would take them."""
    rds = account.client("rds")
    rds.create_db_instance(DBInstanceIdentifier=FOREIGN_DATABASE, MasterUserPassword=password, **common)
    _await_available(account, FOREIGN_DATABASE)
    rds.create_db_snapshot(DBInstanceIdentifier=FOREIGN_DATABASE, DBSnapshotIdentifier=LOOKALIKE_UNTAGGED)
    account.clock.sleep(1200)
    tags = {"stack": "someone-elses", "database": "shop", "run": "202601010300-aaaa", "kind": "raw"}
    rds.create_db_snapshot(
        DBInstanceIdentifier=FOREIGN_DATABASE,
        DBSnapshotIdentifier=LOOKALIKE_OTHER_STACK,
        Tags=[{"Key": f"sanitized-snapshots:{key}", "Value": value} for key, value in tags.items()],
    )
    account.clock.sleep(1200)


def _await_available(account: EmulatedAccount, identifier: str) -> None:
    for _ in range(60):
        found = account.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
        if found["DBInstanceStatus"] == "available":
            return
        account.clock.sleep(60)
    raise TimeoutError(f"{identifier} did not become available within an hour of virtual time")

"""The production that a rehearsal starts from: an invented shop on an emulated RDS instance, and things beside it that must survive."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from rehearsal.account import REGION, EmulatedAccount
from rehearsal.rds import Rds

SHOP = Path(__file__).parent / "shop"
IDENTIFIER = "shop-prod"
MASTER = "shop_admin"
DATABASES = ("shop", "crm")
FOREIGN_DATABASE = "billing-dev"
LOOKALIKE_UNTAGGED = "ss-local-sanitized-shop-by-hand"
LOOKALIKE_OTHER_STACK = "ss-local-raw-shop-202601010300-aaaa"


@dataclass(frozen=True)
class Production:
    """The source as its owners know it; the password is known here and nowhere else."""

    identifier: str
    password: str
    host: str
    port: int
    ca_file: Path

    @contextmanager
    def connect(self, database: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A session of the master user over verified TLS."""
        with psycopg.connect(
            host=self.host,
            port=self.port,
            user=MASTER,
            password=self.password,
            dbname=database,
            sslmode="verify-full",
            sslrootcert=str(self.ca_file),
        ) as connection:
            yield connection

    def rows(self) -> int:
        """How many rows the server holds, all databases together."""
        return sum(count for database in DATABASES for count, _ in self._tables(database).values())

    def fingerprint(self) -> str:
        """One digest over every row of every table of every database."""
        whole = hashlib.sha256()
        for database in DATABASES:
            for table, (count, digest) in sorted(self._tables(database).items()):
                whole.update(f"{database} {table} {count} {digest}\n".encode())
        return whole.hexdigest()

    def _tables(self, database: str) -> dict[str, tuple[int, str]]:
        with self.connect(database) as connection:
            names = connection.execute(
                "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace"
            ).fetchall()
            found = {}
            for (name,) in names:
                query = f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t"  # noqa: S608
                row = connection.execute(query.encode()).fetchone()
                assert row is not None  # noqa: S101 - an aggregate always answers
                found[name] = (row[0], str(row[1]))
            return found


def create(account: EmulatedAccount, server: Rds) -> Production:
    """The shop's RDS instance in its own network, filled; takes some seconds."""
    ec2, rds = account.client("ec2"), account.client("rds")
    network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=network, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="shop-prod", Description="production", VpcId=network)["GroupId"]
    rds.create_db_subnet_group(DBSubnetGroupName="production", DBSubnetGroupDescription="production", SubnetIds=subnets)
    key = account.client("kms").create_key(Description="production data")["KeyMetadata"]["Arn"]
    password = secrets.token_urlsafe(24)
    common: dict[str, Any] = {
        "Engine": "postgres",
        "EngineVersion": server.engine_version,
        "DBInstanceClass": "db.r6g.large",
        "AllocatedStorage": 100,
        "MasterUsername": MASTER,
        "DBSubnetGroupName": "production",
        "VpcSecurityGroupIds": [group],
        "StorageEncrypted": True,
        "KmsKeyId": key,
        "DeletionProtection": True,
    }
    rds.create_db_instance(
        DBInstanceIdentifier=IDENTIFIER,
        DBName="shop",
        MasterUserPassword=password,
        BackupRetentionPeriod=7,
        MultiAZ=True,
        **common,
    )
    instance = _await_available(account, IDENTIFIER)
    endpoint = instance["Endpoint"]
    production = Production(IDENTIFIER, password, endpoint["Address"], endpoint["Port"], server.ca_file)
    _fill(production)
    _put_lookalikes(account, common, password)
    return production


def _fill(production: Production) -> None:
    with production.connect("shop") as connection:
        connection.autocommit = True
        connection.execute("CREATE DATABASE crm")
        connection.execute("CREATE ROLE shop_app LOGIN PASSWORD 'invented-application-password'")
    for database in DATABASES:
        with production.connect(database) as connection:
            connection.execute((SHOP / f"{database}.sql").read_bytes())


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


def _await_available(account: EmulatedAccount, identifier: str) -> dict[str, Any]:
    for _ in range(60):
        instance: dict[str, Any] = account.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)[
            "DBInstances"
        ][0]
        if instance["DBInstanceStatus"] == "available":
            return instance
        account.clock.sleep(60)
    raise TimeoutError(f"{identifier} did not become available within an hour of virtual time")

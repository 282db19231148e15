"""Taking over a password takes its time: who trusts `available` too early holds a password that does not open anything yet."""

import json
from collections.abc import Iterator

import psycopg
import pytest

from rehearsal.rds import Delays
from tests.rehearsal.conftest import Region, refusal

USUAL = Delays()


@pytest.fixture
def instance(region: Region) -> Iterator[str]:
    """An available restored instance, with production's password."""
    name = region.restore(BackupRetentionPeriod=0)
    region.later()
    yield name
    region.later()
    region.delete(name)


def secret_password(region: Region, name: str) -> str:
    _, value, _ = region.secrets.held[region.instance(name)["MasterUserSecret"]["SecretArn"]]
    return str(json.loads(value)["password"])


def opens(region: Region, name: str, password: str) -> bool:
    try:
        region.connect(name, password).close()
    except psycopg.OperationalError:
        return False
    return True


def test_taking_over_begins_with_available_and_a_pending_value(region: Region, instance: str) -> None:
    """The trap of the first minute: the status does not show yet that anything is going on."""
    region.call("ModifyDBInstance", DBInstanceIdentifier=instance, ManageMasterUserPassword=True, ApplyImmediately=True)
    shown = region.instance(instance)
    assert shown["DBInstanceStatus"] == "available"
    assert shown["PendingModifiedValues"] == {"MasterUserPassword": "****"}
    assert shown["MasterUserSecret"]["SecretStatus"] == "creating"
    assert not opens(region, instance, secret_password(region, instance))
    assert opens(region, instance, region.password)


def test_the_new_password_opens_the_database_only_at_the_end(region: Region, instance: str) -> None:
    """First the reset, then `available` without pending values, then the secret is active: then it works."""
    region.call("ModifyDBInstance", DBInstanceIdentifier=instance, ManageMasterUserPassword=True, ApplyImmediately=True)
    region.later(USUAL.before_reset_seconds)
    assert region.instance(instance)["DBInstanceStatus"] == "resetting-master-credentials"
    region.later(USUAL.reset_seconds)
    shown = region.instance(instance)
    assert (shown["DBInstanceStatus"], shown["PendingModifiedValues"]) == ("available", {})
    assert shown["MasterUserSecret"]["SecretStatus"] == "creating"
    assert not opens(region, instance, secret_password(region, instance))
    region.later(USUAL.secret_seconds)
    assert region.instance(instance)["MasterUserSecret"]["SecretStatus"] == "active"
    assert opens(region, instance, secret_password(region, instance))
    assert not opens(region, instance, region.password)


def test_the_managed_secret_is_named_and_tagged_as_on_aws(region: Region, instance: str) -> None:
    """IAM tells secrets apart by the tag of the database that they belong to."""
    region.call("ModifyDBInstance", DBInstanceIdentifier=instance, ManageMasterUserPassword=True)
    name, value, tags = region.secrets.held[region.instance(instance)["MasterUserSecret"]["SecretArn"]]
    assert name.startswith("rds!db-")
    assert tags["aws:rds:primaryDBInstanceArn"] == region.instance(instance)["DBInstanceArn"]
    assert json.loads(value).keys() == {"username", "password"}


def test_taking_over_twice_is_taking_over_once(region: Region, instance: str) -> None:
    """A repeated step finds its work done: the same secret, the same password."""
    first = region.call("ModifyDBInstance", DBInstanceIdentifier=instance, ManageMasterUserPassword=True)["DBInstance"]
    password = secret_password(region, instance)
    again = region.call("ModifyDBInstance", DBInstanceIdentifier=instance, ManageMasterUserPassword=True)["DBInstance"]
    assert again["MasterUserSecret"]["SecretArn"] == first["MasterUserSecret"]["SecretArn"]
    assert secret_password(region, instance) == password


def test_the_secret_goes_with_its_instance(region: Region) -> None:
    """No password outlives what it opens."""
    name = region.restore()
    region.later()
    region.call("ModifyDBInstance", DBInstanceIdentifier=name, ManageMasterUserPassword=True)
    region.later()
    arn = region.instance(name)["MasterUserSecret"]["SecretArn"]
    region.delete(name)
    assert arn not in region.secrets.held


def test_a_given_password_replaces_the_old_one_after_a_while(region: Region, instance: str) -> None:
    """The consumer's way: no secret, but the same waiting."""
    region.call("ModifyDBInstance", DBInstanceIdentifier=instance, MasterUserPassword="consumers-own-password")
    assert not opens(region, instance, "consumers-own-password")
    region.later()
    assert opens(region, instance, "consumers-own-password")
    assert "MasterUserSecret" not in region.instance(instance)


def test_a_password_has_one_source(region: Region, instance: str) -> None:
    """Guards: not both at once, none given while RDS keeps it, and one that PostgreSQL on RDS accepts."""
    both = {"ManageMasterUserPassword": True, "MasterUserPassword": "consumers-own-password"}
    assert refusal(region, "ModifyDBInstance", DBInstanceIdentifier=instance, **both) == "InvalidParameterCombination"
    assert (
        refusal(region, "ModifyDBInstance", DBInstanceIdentifier=instance, MasterUserPassword="tiny")
        == "InvalidParameterValue"
    )
    region.call("ModifyDBInstance", DBInstanceIdentifier=instance, ManageMasterUserPassword=True)
    given = {"MasterUserPassword": "consumers-own-password"}
    assert refusal(region, "ModifyDBInstance", DBInstanceIdentifier=instance, **given) == "InvalidParameterCombination"


def test_a_new_instance_may_begin_with_a_managed_password(region: Region) -> None:
    """Production may be managed too; a restore of it is not."""
    name, snapshot = region.name(), region.name()
    region.create(name, MasterUserPassword=None, ManageMasterUserPassword=True)
    assert region.instance(name)["MasterUserSecret"]["SecretStatus"] == "creating"
    region.later()
    assert region.instance(name)["MasterUserSecret"]["SecretStatus"] == "active"
    assert opens(region, name, secret_password(region, name))
    region.call("CreateDBSnapshot", DBInstanceIdentifier=name, DBSnapshotIdentifier=snapshot)
    region.later()
    restored = region.restore(snapshot)
    region.later()
    assert "MasterUserSecret" not in region.instance(restored)
    assert opens(region, restored, secret_password(region, name))
    for each in (name, restored):
        region.delete(each)

"""The emulated RDS on MariaDB: the same operations, other servers, names and settings."""

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import mariadb
from rehearsal.engines import Login
from rehearsal.errors import AwsError
from rehearsal.on_mariadb import MariaDb
from tests.rehearsal.conftest import Region

ENGINE = MariaDb()


@pytest.fixture(scope="module")
def region() -> Iterator[Region]:
    """A region with one instance, `source`, of one table, and a snapshot of it, `base`."""
    if mariadb.absence():
        pytest.skip("Debian's package mariadb-server is not installed")
    with tempfile.TemporaryDirectory(prefix="rds-mariadb-") as folder:
        made = Region(Path(folder) / "rds", ENGINE)
        made.create("source")
        made.later()
        ENGINE.run(login(made, "source"), "shop", "CREATE TABLE t AS SELECT 'ada@example.org' AS email;")
        made.call("CreateDBSnapshot", DBInstanceIdentifier="source", DBSnapshotIdentifier="base")
        made.later()
        yield made
        made.rds.close()


def login(region: Region, name: str, password: str | None = None) -> Login:
    place = region.instance(name)["Endpoint"]
    return Login(place["Address"], place["Port"], "shop_admin", password or region.password, region.rds.ca_file)


def test_an_instance_shows_its_engine(region: Region) -> None:
    """Name, version, port, licence, groups: what the run reads, and what it does not."""
    shown = region.instance("source")
    assert (shown["Engine"], shown["EngineVersion"], shown["Endpoint"]["Port"]) == ("mariadb", ENGINE.version, 3306)
    assert shown["LicenseModel"] == "general-public-license"
    assert shown["DBParameterGroups"][0]["DBParameterGroupName"] == f"default.mariadb{ENGINE.major}"
    options = f"default:mariadb-{ENGINE.major.replace('.', '-')}"
    assert shown["OptionGroupMemberships"][0]["OptionGroupName"] == options


def test_a_restored_instance_has_the_data_its_own_settings_and_a_new_password(region: Region) -> None:
    """The parameter group reaches the server; RDS makes and keeps the password; the source stays."""
    group, name = region.name("quiet"), region.name()
    region.call(
        "CreateDBParameterGroup", DBParameterGroupName=group, DBParameterGroupFamily=f"mariadb{ENGINE.major}",
        Description="tests",
    )  # fmt: skip
    settings = [{"ParameterName": "local_infile", "ParameterValue": "0", "ApplyMethod": "immediate"}]
    region.call("ModifyDBParameterGroup", DBParameterGroupName=group, Parameters=settings)
    region.call(
        "RestoreDBInstanceFromDBSnapshot", DBInstanceIdentifier=name, DBSnapshotIdentifier="base",
        DBParameterGroupName=group,
    )  # fmt: skip
    region.later()
    region.call("ModifyDBInstance", DBInstanceIdentifier=name, ManageMasterUserPassword=True, ApplyImmediately=True)
    region.later()
    ((_, value, _),) = region.secrets.held.values()
    password = value.split('"password": "')[1].split('"')[0]
    asked = "SELECT email, @@local_infile, @@log_bin FROM t"
    assert ENGINE.ask(login(region, name, password), "shop", asked) == [("ada@example.org", 0, 0)]
    with pytest.raises(ENGINE.refusals, match="Access denied"):
        ENGINE.ask(login(region, name), "shop", asked)
    assert ENGINE.ask(login(region, "source"), "shop", "SELECT email, @@local_infile FROM t") == [
        ("ada@example.org", 1)
    ]
    region.call("DeleteDBInstance", DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    region.later()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"EngineLifecycleSupport": "open-source-rds-extended-support"}, "InvalidParameterCombination"),
        ({"OptionGroupName": "default:mysql-8-0"}, "OptionGroupNotFoundFault"),
        ({"DBParameterGroupName": "default.postgres15"}, "DBParameterGroupNotFound"),
    ],
)
def test_what_belongs_to_another_engine_is_refused(region: Region, asked: dict[str, str], code: str) -> None:
    """Guards of the restore."""
    with pytest.raises(AwsError) as refused:
        region.call(
            "RestoreDBInstanceFromDBSnapshot", DBInstanceIdentifier=region.name(), DBSnapshotIdentifier="base", **asked
        )
    assert refused.value.code == code
    with pytest.raises(AwsError, match="mariadb"):
        region.create(region.name(), Engine="postgres", MasterUserPassword=secrets.token_urlsafe(12))

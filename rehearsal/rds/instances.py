"""DB instances: created, restored, shown."""

from concurrent.futures import Future
from typing import Any

from rehearsal.engines import Server
from rehearsal.errors import AwsError
from rehearsal.rds import answers, guards, instance_guards, snapshot_guards
from rehearsal.rds.pages import matches, page
from rehearsal.rds.passwords import Passwords
from rehearsal.rds.placement import Place, Placing
from rehearsal.rds.region import Region, resource_id
from rehearsal.rds.resources import Instance, Json, Tags
from rehearsal.rds.settings import AT_CREATION, AT_RESTORE, DEFAULTS, DEFAULTS_AT_RESTORE, shown
from rehearsal.rds.tags import given_tags
from rehearsal.rds.timeline import Timeline

FILTERS = {"db-instance-id": "DBInstanceIdentifier", "dbi-resource-id": "DbiResourceId", "engine": "Engine"}
# What a restored instance has of its own.
NOT_INHERITED = frozenset(
    {"DBName", "DBParameterGroups", "DBSubnetGroup", "DbiResourceId", "KmsKeyId", "VpcSecurityGroups"}
)


class Instances:
    """The operations that make and show instances."""

    def __init__(self, region: Region, placing: Placing, passwords: Passwords) -> None:
        self._region, self._placing, self._passwords = region, placing, passwords

    def CreateDBInstance(
        self, account: str, *, DBInstanceIdentifier: str, Engine: str, DBInstanceClass: str, MasterUsername: str,
        MasterUserPassword: str | None = None, ManageMasterUserPassword: bool = False, DBName: str | None = None,
        EngineVersion: str | None = None, StorageEncrypted: bool = False, KmsKeyId: str | None = None, Tags: Any = (),
        **settings: Any,
    ) -> Json:  # fmt: skip
        """A new instance; it is `creating` at first."""
        engine = self._region.engine
        self._assert_engine(Engine, EngineVersion)
        instance_guards.support_is_offered(settings, offered=engine.extended_support)
        database = DBName or engine.initial
        instance_guards.master_is_not_reserved(MasterUsername)
        password = self._passwords.initial(MasterUserPassword, managed=ManageMasterUserPassword)
        guards.key_comes_with_encryption(KmsKeyId, encrypted=StorageEncrypted)
        key = KmsKeyId or self._region.keys.default(account) if StorageEncrypted else None
        facts = {
            **DEFAULTS, "LicenseModel": engine.license, **shown(settings, AT_CREATION), "DBInstanceClass": DBInstanceClass, "Engine": Engine,
            "EngineVersion": engine.version, "MasterUsername": MasterUsername, **({"DBName": database} if database else {}),
            **self._encryption(key, account),
        }  # fmt: skip
        place, tags = self._placing.place(account, DBInstanceIdentifier, facts, **settings), given_tags(Tags)
        parameters = self._region.server_parameters(place.parameter_group)
        made = self._begin(
            place, facts, tags, self._region.storage.create(MasterUsername, password, database, parameters, place.port)
        )
        delays = self._region.delays
        if ManageMasterUserPassword:
            self._passwords.keep(made, password, self._region.after(delays.create_seconds))
        backup_seconds = delays.first_backup_seconds if made.shown["BackupRetentionPeriod"] else 0
        self._become_available(made, delays.create_seconds, "backing-up", backup_seconds)
        return {"DBInstance": answers.instance(made, self._region.clock.now())}

    def RestoreDBInstanceFromDBSnapshot(
        self, account: str, *, DBInstanceIdentifier: str, DBSnapshotIdentifier: str, Tags: Any = None, **settings: Any
    ) -> Json:
        """An instance with a snapshot's data, its password, and everything else of the source that nobody asked otherwise."""
        source = self._region.usable_snapshot(DBSnapshotIdentifier, account)
        snapshot_guards.snapshot_can_be_restored(source)
        snapshot_guards.restored_snapshot_is_own_or_unencrypted(source, account)
        instance_guards.restore_makes_no_secret(settings)
        instance_guards.support_is_offered(settings, offered=self._region.engine.extended_support)
        snapshot_guards.volume_holds_the_snapshot(source, settings.get("AllocatedStorage"))
        facts = {
            **{name: value for name, value in source.settings.items() if name not in NOT_INHERITED},
            **DEFAULTS_AT_RESTORE, **shown(settings, AT_RESTORE), **self._encryption(source.key, account),
        }  # fmt: skip
        place = self._placing.place(account, DBInstanceIdentifier, facts, **{"Port": source.port, **settings})
        tags = {**source.source_tags, **source.tags} if Tags is None else given_tags(Tags)
        parameters = self._region.server_parameters(place.parameter_group)
        building = self._region.storage.clone(source.bytes, parameters, place.port)
        made = self._begin(place, facts, tags, building)
        delays = self._region.delays
        self._become_available(made, delays.restore_seconds, "modifying", delays.settle_restored_seconds)
        return {"DBInstance": answers.instance(made, self._region.clock.now())}

    def DescribeDBInstances(
        self, account: str, *, DBInstanceIdentifier: str | None = None, Filters: Any = None, Marker: str | None = None,
        MaxRecords: int | None = None,
    ) -> Json:  # fmt: skip
        """The account's instances."""
        now = self._region.clock.now()
        if DBInstanceIdentifier is not None:
            return {"DBInstances": [answers.instance(self._region.instance(DBInstanceIdentifier, account), now)]}
        own = [held for held in self._region.instances.values() if held.account == account]
        found = ((held.identifier, answers.instance(held, now)) for held in own)
        return page("DBInstances", (pair for pair in found if matches(pair[1], Filters, FILTERS)), Marker, MaxRecords)

    def _assert_engine(self, engine: str, version: str | None) -> None:
        ours = self._region.engine
        if engine != ours.name:
            raise AwsError(
                "InvalidParameterValue", f"Invalid DB engine: {engine}; here the rehearsal has servers for {ours.name}."
            )
        if version not in (None, ours.version, ours.major):
            raise AwsError(
                "InvalidParameterCombination",
                f"Cannot find version {version} for {engine}; the rehearsal's is {ours.version}.",
            )

    def _encryption(self, key: str | None, account: str) -> Json:
        if key is None:
            return {"StorageEncrypted": False}
        return {"StorageEncrypted": True, "KmsKeyId": guards.key_is_usable(self._region.keys, key, account)}

    def _begin(self, place: Place, facts: Json, tags: Tags, building: Future[Server]) -> Instance:
        further = {
            "AvailabilityZone": f"{self._region.name}a",
            "CACertificateIdentifier": "rds-ca-rsa2048-g1",
            "DbiResourceId": resource_id("db-"),
            "MonitoringInterval": 0,
        }
        made = Instance(
            account=place.account,
            identifier=place.identifier,
            arn=place.arn,
            shown={**facts, **place.shown(), **further},
            tags=tags,
            timeline=Timeline("creating"),
            building=building,
            port=place.port,
        )
        self._region.instances[place.account, place.identifier] = made
        return made

    def _become_available(self, made: Instance, creating_seconds: float, then: str, then_seconds: float) -> None:
        """Plan what follows `creating`: the endpoint, a busy while, and `available`, unless a fault was asked for."""
        hindrance = self._region.hindrance(made.identifier)
        if hindrance is not None:
            made.timeline.then(self._region.after(creating_seconds), hindrance)
            return

        def appear() -> None:
            made.building.result()
            made.created_at = self._region.clock.now()

        made.timeline.then(self._region.after(creating_seconds), then, appear)
        made.timeline.then(self._region.after(creating_seconds + then_seconds), "available")

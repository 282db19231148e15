"""DB snapshots: taken, copied, shown, deleted."""

from typing import Any

from rehearsal.errors import AwsError
from rehearsal.rds import answers, guards, instance_guards, snapshot_guards
from rehearsal.rds.pages import matches, page
from rehearsal.rds.region import Region, local_name
from rehearsal.rds.resources import Instance, Json, Snapshot, Tags
from rehearsal.rds.tags import given_tags
from rehearsal.rds.timeline import Timeline

FILTERS = {
    "db-instance-id": "DBInstanceIdentifier",
    "db-snapshot-id": "DBSnapshotIdentifier",
    "dbi-resource-id": "DbiResourceId",
    "engine": "Engine",
    "snapshot-type": "SnapshotType",
}
OWN_KINDS = frozenset({"manual", "automated", "awsbackup"})
KINDS = OWN_KINDS | {"shared", "public"}


class Snapshots:
    """The operations on snapshots, but for sharing."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def CreateDBSnapshot(
        self, account: str, *, DBSnapshotIdentifier: str, DBInstanceIdentifier: str, Tags: Any = None
    ) -> Json:
        """Take a manual snapshot; the instance is `backing-up` meanwhile."""
        source = self._region.instance(DBInstanceIdentifier, account)
        snapshot_guards.snapshot_is_well_named(DBSnapshotIdentifier)
        instance_guards.instance_can_be_snapshotted(source)
        inherited = source.tags if source.shown["CopyTagsToSnapshot"] else {}
        made = self.begin(source, DBSnapshotIdentifier, inherited if Tags is None else given_tags(Tags))
        source.timeline.status = "backing-up"
        source.timeline.then(self._region.after(self._region.delays.snapshot_seconds), "available")
        return {"DBSnapshot": answers.snapshot(made, account)}

    def CopyDBSnapshot(
        self, account: str, *, SourceDBSnapshotIdentifier: str, TargetDBSnapshotIdentifier: str, KmsKeyId: str | None = None,
        CopyTags: bool = False, Tags: Any = (),
    ) -> Json:  # fmt: skip
        """Copy one's own snapshot, or a shared one, under the same or another key."""
        source = self._region.usable_snapshot(SourceDBSnapshotIdentifier, account)
        snapshot_guards.snapshot_is_well_named(TargetDBSnapshotIdentifier)
        snapshot_guards.snapshot_can_be_copied(source)
        snapshot_guards.shared_snapshot_is_copied_under_a_key(source, account, KmsKeyId)
        if source.key is not None:
            guards.key_is_usable(self._region.keys, source.key, account)
        key = guards.key_is_usable(self._region.keys, KmsKeyId, account) if KmsKeyId else source.key
        self._assert_room(account, TargetDBSnapshotIdentifier, "manual")
        own_tags = source.tags if CopyTags and source.account == account else {}
        shown = {
            **source.shown, "SnapshotType": "manual", "SourceDBSnapshotIdentifier": source.arn, "Encrypted": key is not None,
            "KmsKeyId": key, "SnapshotCreateTime": self._region.clock.now(),
        }  # fmt: skip
        if key is None:
            del shown["KmsKeyId"]
        made = Snapshot(
            account=account, identifier=TargetDBSnapshotIdentifier.lower(), arn="", shown=shown,
            tags={**own_tags, **given_tags(Tags)}, timeline=Timeline("creating"), bytes=source.bytes, settings=source.settings,
            source_tags=source.source_tags if source.account == account else {}, port=source.port,
        )  # fmt: skip
        self._add(made, self._region.delays.copy_seconds)
        self._region.storage.share(source.bytes)
        return {"DBSnapshot": answers.snapshot(made, account)}

    def DescribeDBSnapshots(
        self, account: str, *, DBSnapshotIdentifier: str | None = None, DBInstanceIdentifier: str | None = None,
        DbiResourceId: str | None = None, SnapshotType: str | None = None, IncludeShared: bool = False, IncludePublic: bool = False,
        Filters: Any = None, Marker: str | None = None, MaxRecords: int | None = None,
    ) -> Json:  # fmt: skip
        """The account's snapshots, and those shared with it where it asks; AWS Backup's only where it asks."""
        if SnapshotType is not None and SnapshotType not in KINDS:
            raise AwsError("InvalidParameterValue", f"Invalid value for SnapshotType: {SnapshotType}")
        seen = list(self._visible(account, SnapshotType, shared=IncludeShared, public=IncludePublic))
        if DBSnapshotIdentifier is not None:
            wanted = self._region.usable_snapshot(DBSnapshotIdentifier, account)
            own = wanted.account == account and SnapshotType in (None, wanted.kind)
            seen = [wanted] if own or any(held is wanted for held in seen) else []
        instance = local_name(DBInstanceIdentifier) if DBInstanceIdentifier is not None else None
        found = [
            (held.arn, answers.snapshot(held, account))
            for held in seen
            if instance in (None, held.shown["DBInstanceIdentifier"])
            and DbiResourceId in (None, held.shown["DbiResourceId"])
        ]
        return page("DBSnapshots", (pair for pair in found if matches(pair[1], Filters, FILTERS)), Marker, MaxRecords)

    def DeleteDBSnapshot(self, account: str, *, DBSnapshotIdentifier: str) -> Json:
        """Delete one's own manual snapshot; it is gone at once."""
        held = self._region.snapshot(DBSnapshotIdentifier, account)
        snapshot_guards.snapshot_is_not_automated(held)
        snapshot_guards.snapshot_can_be_deleted(held)
        self._remove(held)
        return {"DBSnapshot": {**answers.snapshot(held, account), "Status": "deleted"}}

    def begin(self, source: Instance, identifier: str, tags: Tags, kind: str = "manual") -> Snapshot:
        """Begin a snapshot of an instance, whatever the instance is doing."""
        now = self._region.clock.now()
        same = ("AllocatedStorage", "AvailabilityZone", "BackupRetentionPeriod", "DbiResourceId", "Engine", "EngineVersion",
                "IAMDatabaseAuthenticationEnabled", "KmsKeyId", "LicenseModel", "MasterUsername", "StorageType")  # fmt: skip
        if source.shown["StorageEncrypted"]:
            guards.key_is_usable(self._region.keys, source.shown["KmsKeyId"], source.account)
        shown = {
            **{name: source.shown[name] for name in same if name in source.shown}, "DBInstanceIdentifier": source.identifier,
            "Encrypted": source.shown["StorageEncrypted"], "InstanceCreateTime": source.created_at,
            "OptionGroupName": source.shown["OptionGroupMemberships"][0]["OptionGroupName"], "OriginalSnapshotCreateTime": now,
            "Port": source.port, "SnapshotCreateTime": now, "SnapshotTarget": "region", "SnapshotType": kind,
            "VpcId": source.shown["DBSubnetGroup"]["VpcId"],
        }  # fmt: skip
        self._assert_room(source.account, identifier, kind)
        made = Snapshot(
            account=source.account, identifier=identifier.lower(), arn="", shown=shown, tags=dict(tags), timeline=Timeline("creating"),
            bytes=self._region.storage.snapshot(source.building), settings=dict(source.shown), source_tags=dict(source.tags),
            port=source.port,
        )  # fmt: skip
        self._add(made, self._region.delays.snapshot_seconds)
        return made

    def drop_automated(self, source: Instance) -> None:
        """Remove RDS's own snapshots of an instance."""
        for held in list(self._region.snapshots.values()):
            if held.kind == "automated" and held.shown["DbiResourceId"] == source.shown["DbiResourceId"]:
                self._remove(held)

    def _visible(self, account: str, kind: str | None, *, shared: bool, public: bool) -> list[Snapshot]:
        own_kinds = {"manual", "automated"} if kind is None else {kind} & OWN_KINDS
        return [
            held
            for held in self._region.snapshots.values()
            if (held.account == account and held.kind in own_kinds)
            or (
                held.account != account
                and account in held.shared_with
                and (kind == "shared" or (kind is None and shared))
            )
            or (
                held.account != account
                and "all" in held.shared_with
                and (kind == "public" or (kind is None and public))
            )
        ]

    def _assert_room(self, account: str, identifier: str, kind: str) -> None:
        own = [held for held in self._region.snapshots.values() if held.account == account]
        snapshot_guards.snapshot_name_is_free((held.identifier for held in own), identifier.lower())
        if kind == "manual":
            snapshot_guards.snapshots_are_few(
                sum(held.kind == "manual" for held in own), self._region.quotas.manual_snapshots
            )

    def _add(self, made: Snapshot, seconds: float) -> None:
        """Let a snapshot exist, and become what it is to become."""
        made.arn = self._region.arn("snapshot", made.account, made.identifier)
        outcome = "failed" if self._region.snapshot_fails(made.identifier) else "available"
        made.timeline.then(self._region.after(seconds), outcome, made.bytes.made.result)
        self._region.snapshots[made.account, made.identifier] = made

    def _remove(self, held: Snapshot) -> None:
        del self._region.snapshots[held.account, held.identifier]
        self._region.storage.release(held.bytes)

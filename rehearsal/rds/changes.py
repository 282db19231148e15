"""DB instances modified and deleted, and the automated backups that may outlive them."""

from typing import Any

from rehearsal.errors import AwsError
from rehearsal.rds import answers, instance_guards, snapshot_guards
from rehearsal.rds.pages import page
from rehearsal.rds.passwords import Passwords
from rehearsal.rds.placement import Placing
from rehearsal.rds.region import Region, local_name
from rehearsal.rds.resources import Instance, Json
from rehearsal.rds.settings import AT_MODIFICATION, shown
from rehearsal.rds.snapshots import Snapshots


class Changes:
    """The operations that change and remove instances."""

    def __init__(self, region: Region, placing: Placing, snapshots: Snapshots, passwords: Passwords) -> None:
        self._region, self._placing, self._snapshots, self._passwords = region, placing, snapshots, passwords

    def ModifyDBInstance(
        self, account: str, *, DBInstanceIdentifier: str, MasterUserPassword: str | None = None,
        ManageMasterUserPassword: bool | None = None, VpcSecurityGroupIds: list[str] | None = None,
        ApplyImmediately: bool = False, **settings: Any,
    ) -> Json:  # fmt: skip
        """Change settings at once, and the password in a while."""
        held = self._region.instance(DBInstanceIdentifier, account)
        instance_guards.instance_can_be_modified(held)
        password = {"MasterUserPassword": MasterUserPassword} if MasterUserPassword is not None else {}
        instance_guards.password_has_one_source({"ManageMasterUserPassword": ManageMasterUserPassword, **password})
        if VpcSecurityGroupIds is not None:
            subnets = self._region.subnet_group(held.shown["DBSubnetGroup"]["DBSubnetGroupName"], account)
            held.shown["VpcSecurityGroups"] = self._placing.memberships(account, VpcSecurityGroupIds, subnets)
        if ManageMasterUserPassword:
            self._passwords.take_over(held)
        if MasterUserPassword is not None:
            self._passwords.replace(held, MasterUserPassword)
        self._set(held, shown(settings, AT_MODIFICATION), at_once=ApplyImmediately)
        return {"DBInstance": answers.instance(held, self._region.clock.now())}

    def DeleteDBInstance(
        self, account: str, *, DBInstanceIdentifier: str, SkipFinalSnapshot: bool = False,
        FinalDBSnapshotIdentifier: str | None = None, DeleteAutomatedBackups: bool = True,
    ) -> Json:  # fmt: skip
        """Delete an instance, its secret and its automated backups; it is `deleting` until it is gone."""
        held = self._region.instance(DBInstanceIdentifier, account)
        instance_guards.instance_is_unprotected(held)
        instance_guards.final_snapshot_is_decided(skipped=SkipFinalSnapshot, name=FinalDBSnapshotIdentifier)
        instance_guards.instance_can_be_deleted(held)
        if FinalDBSnapshotIdentifier is not None:
            snapshot_guards.snapshot_is_well_named(FinalDBSnapshotIdentifier)
        last = self._snapshots.begin(held, FinalDBSnapshotIdentifier, held.tags) if FinalDBSnapshotIdentifier else None
        self._passwords.forget(held)
        backup = answers.automated_backup(held, self._region.name)
        if held.shown["BackupRetentionPeriod"] and not DeleteAutomatedBackups:
            self._region.retained_backups.append((account, {**backup, "Status": "retained"}))
        if DeleteAutomatedBackups:
            self._snapshots.drop_automated(held)
        self._region.storage.destroy(held.building, last.bytes if last else None)
        held.timeline.restart("deleting").then(
            self._region.after(self._region.delays.delete_seconds),
            effect=lambda: self._region.instances.pop((account, held.identifier)),
        )
        return {"DBInstance": answers.instance(held, self._region.clock.now())}

    def DescribeDBInstanceAutomatedBackups(
        self, account: str, *, DBInstanceIdentifier: str | None = None, DbiResourceId: str | None = None, Marker: str | None = None,
        MaxRecords: int | None = None,
    ) -> Json:  # fmt: skip
        """What RDS keeps, or still keeps, of the account's instances."""
        active = [
            answers.automated_backup(held, self._region.name)
            for held in self._region.instances.values()
            if held.account == account and held.shown["BackupRetentionPeriod"] and held.created_at is not None
        ]
        retained = [shown for owner, shown in self._region.retained_backups if owner == account]
        name = local_name(DBInstanceIdentifier) if DBInstanceIdentifier is not None else None
        found = [
            each
            for each in active + retained
            if name in (None, each["DBInstanceIdentifier"]) and DbiResourceId in (None, each["DbiResourceId"])
        ]
        if name is not None and not found:
            raise AwsError(
                "DBInstanceAutomatedBackupNotFound", f"DBInstanceAutomatedBackup not found: {DBInstanceIdentifier}", 404
            )
        pairs = ((each["DbiResourceId"], each) for each in found)
        return page("DBInstanceAutomatedBackups", pairs, Marker, MaxRecords)

    @staticmethod
    def _set(held: Instance, asked: Json, *, at_once: bool) -> None:
        """Take over settings; a new retention period waits for the maintenance window unless it is to come at once."""
        waiting = () if at_once else ("BackupRetentionPeriod",)
        held.shown.update({name: value for name, value in asked.items() if name not in waiting})
        held.pending.update({name: value for name, value in asked.items() if name in waiting})

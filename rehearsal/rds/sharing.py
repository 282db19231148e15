"""Who else may restore a snapshot."""

from rehearsal.errors import AwsError
from rehearsal.rds import answers, snapshot_guards
from rehearsal.rds.region import Region
from rehearsal.rds.resources import Json


class Sharing:
    """The operations on a snapshot's attributes."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def ModifyDBSnapshotAttribute(
        self, account: str, *, DBSnapshotIdentifier: str, AttributeName: str, ValuesToAdd: list[str] | None = None,
        ValuesToRemove: list[str] | None = None,
    ) -> Json:  # fmt: skip
        """Let accounts restore one's own manual snapshot, or no longer."""
        held = self._region.snapshot(DBSnapshotIdentifier, account)
        if AttributeName != "restore":
            raise AwsError("InvalidParameterValue", f"Invalid snapshot attribute: {AttributeName}")
        snapshot_guards.shared_snapshot_is_manual(held)
        snapshot_guards.snapshot_can_be_shared(held)
        added, removed = set(ValuesToAdd or ()), set(ValuesToRemove or ())
        snapshot_guards.accounts_are_well_formed(added | removed)
        if added:
            snapshot_guards.encrypted_snapshot_is_not_public(held, added)
            snapshot_guards.shared_key_is_not_the_default(held, self._region.keys)
        shared_with = (held.shared_with | added) - removed
        snapshot_guards.accounts_are_few(shared_with, self._region.quotas.accounts_per_snapshot)
        held.shared_with = shared_with
        return answers.snapshot_attributes(held)

    def DescribeDBSnapshotAttributes(self, account: str, *, DBSnapshotIdentifier: str) -> Json:
        """Who may restore one's own snapshot."""
        return answers.snapshot_attributes(self._region.snapshot(DBSnapshotIdentifier, account))

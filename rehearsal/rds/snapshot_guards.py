"""Why RDS refuses to take, copy, share, restore or delete a snapshot: one guard, one reason.

Each raises AwsError with the code that AWS uses, or does nothing.
Where AWS's code for a refusal is not documented, the nearest modelled one stands here; callers must not depend on it.
"""

import re
from collections.abc import Iterable

from rehearsal.errors import AwsError
from rehearsal.rds.neighbours import Keys
from rehearsal.rds.resources import Snapshot

NAME = re.compile(r"[a-z](?:-?[a-z0-9])*", re.IGNORECASE)
ACCOUNT = re.compile(r"[0-9]{12}")
DELETABLE = frozenset({"available", "failed"})


def snapshot_is_well_named(identifier: str) -> None:
    """1 to 255 letters, digits and single hyphens; a letter first, no hyphen last: `rds:` is for RDS itself."""
    if len(identifier) > 255 or not NAME.fullmatch(identifier):
        raise _invalid(f"The parameter DBSnapshotIdentifier is not a valid identifier: {identifier}")


def snapshot_name_is_free(taken: Iterable[str], identifier: str) -> None:
    """Names of snapshots are unique in an account."""
    if identifier in taken:
        raise AwsError(
            "DBSnapshotAlreadyExists",
            f"Cannot create the snapshot because one with the identifier {identifier} already exists.",
        )


def snapshot_can_be_deleted(held: Snapshot) -> None:
    """A snapshot that is still being created or copied cannot be deleted."""
    if held.status not in DELETABLE:
        raise _snapshot_state(held, "cannot be deleted")


def snapshot_is_not_automated(held: Snapshot) -> None:
    """RDS's and AWS Backup's snapshots are not deleted by their users."""
    if held.kind != "manual":
        raise AwsError(
            "InvalidDBSnapshotState",
            f"Snapshot {held.identifier} is of type {held.kind}; only manual snapshots may be deleted.",
        )


def snapshot_can_be_copied(held: Snapshot) -> None:
    """Only an available snapshot is copied."""
    if held.status != "available":
        raise _snapshot_state(held, "cannot be copied")


def snapshot_can_be_restored(held: Snapshot) -> None:
    """Only an available snapshot is restored."""
    if held.status != "available":
        raise _snapshot_state(held, "cannot be restored")


def volume_holds_the_snapshot(held: Snapshot, asked_gib: int | None) -> None:
    """A restored volume may be larger than the snapshot's, never smaller."""
    taken_gib = held.shown["AllocatedStorage"]
    if asked_gib is not None and asked_gib < taken_gib:
        raise _invalid(f"Invalid storage size: {asked_gib} GiB is less than the {taken_gib} GiB of the snapshot.")


def restored_snapshot_is_own_or_unencrypted(held: Snapshot, account: str) -> None:
    """An encrypted snapshot of another account is copied, under a key of one's own, before it is restored."""
    if held.account != account and held.key is not None:
        raise AwsError(
            "InvalidDBSnapshotState", f"The encrypted snapshot {held.arn} is shared: copy it before restoring from it."
        )


def shared_snapshot_is_copied_under_a_key(held: Snapshot, account: str, key: str | None) -> None:
    """A copy of another account's encrypted snapshot names the key it is to have."""
    if held.account != account and held.key is not None and key is None:
        raise AwsError(
            "InvalidParameterCombination", f"KmsKeyId is required to copy {held.arn}, encrypted by another account."
        )


def snapshot_can_be_shared(held: Snapshot) -> None:
    """Only an available snapshot is shared."""
    if held.status != "available":
        raise _snapshot_state(held, "cannot be shared")


def shared_snapshot_is_manual(held: Snapshot) -> None:
    """Automated snapshots have to be copied before they are shared."""
    if held.kind != "manual":
        raise AwsError(
            "InvalidDBSnapshotState",
            f"The snapshot {held.identifier} is of type {held.kind}; only manual snapshots can be shared.",
        )


def shared_key_is_not_the_default(held: Snapshot, keys: Keys) -> None:
    """What is encrypted under aws/rds cannot be read elsewhere."""
    if held.key is not None and held.key == keys.default(held.account):
        raise AwsError(
            "InvalidParameterCombination",
            "Sharing snapshots encrypted with the default service key for RDS is currently not supported",
        )


def encrypted_snapshot_is_not_public(held: Snapshot, accounts: Iterable[str]) -> None:
    """`all` is for unencrypted snapshots only."""
    if held.key is not None and "all" in accounts:
        raise AwsError("InvalidParameterCombination", "Encrypted snapshots cannot be shared publicly.")


def accounts_are_well_formed(accounts: Iterable[str]) -> None:
    """An account is twelve digits, or `all`."""
    for account in accounts:
        if account != "all" and not ACCOUNT.fullmatch(account):
            raise _invalid(f"Invalid account identifier: {account}")


def accounts_are_few(accounts: Iterable[str], most: int) -> None:
    """A snapshot is shared with a limited number of accounts."""
    if len(set(accounts)) > most:
        raise AwsError("SharedSnapshotQuotaExceeded", f"A snapshot cannot be shared with more than {most} accounts.")


def snapshots_are_few(manual: int, most: int) -> None:
    """An account has a limited number of manual snapshots."""
    if manual >= most:
        raise AwsError("SnapshotQuotaExceeded", f"Cannot create more than {most} manual snapshots")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def _snapshot_state(held: Snapshot, message: str) -> AwsError:
    return AwsError("InvalidDBSnapshotState", f"The snapshot {held.identifier} {message}: it is {held.status}.")

"""What the sharer does: it believes nothing that it has not read itself, and can set no tag."""

from datetime import datetime, timedelta
from typing import Any

from handlers import cost
from handlers.announcements import ANNOUNCING
from handlers.announcements import announce as put_announcement
from handlers.database import Snapshot
from handlers.errors import AwsRefused, NotSanitized
from handlers.instance import may_describe_snapshots, may_share
from handlers.names import DIGEST, SIGNATURE, identifier, is_of_this_run
from handlers.permissions import snapshot_arn
from handlers.sanitizing import READING_THE_REPORT, Proof, verified_report
from handlers.step import Run, needs

CLOCKS_DIFFER_BY = timedelta(seconds=5)  # RDS's from Fargate's; the snapshot is asked for after the report was written
PROVING = (*READING_THE_REPORT, *may_describe_snapshots(snapshot_arn("sanitized")))


@needs(*PROVING, *may_share())
def share(run: Run) -> None:
    """The configured accounts, and no others, may restore the sanitized snapshot. Safe to repeat.

    Raises: NotSanitized, also where a person has to agree first; AwsRefused
    """
    if run.settings.hold:
        raise NotSanitized(f"{run.settings.database} is shared by a release only; nothing was shared")
    share_with_accounts(run)


def share_with_accounts(run: Run) -> None:
    """Share what is proven and under the share key, with the configured accounts. Safe to repeat.

    Raises: NotSanitized, AwsRefused
    """
    snapshot, accounts = shareable(run)
    allowed = run.database.share(snapshot.identifier, accounts)
    if allowed != set(accounts):
        raise AwsRefused(
            f"snapshot {snapshot.identifier} may be restored by {sorted(allowed)}, not by {sorted(accounts)}"
        )


@needs(*PROVING, *ANNOUNCING)
def announce(run: Run) -> None:
    """People are told of the sanitized snapshot: from here on it is kept. Safe to repeat.

    Raises: NotSanitized, also where a person has to agree first
    """
    settings = run.settings
    if settings.hold:
        raise NotSanitized(f"{settings.database} is announced by a release only; nothing was announced")
    said = {**described(run, proven(run)), "announced_at": spelled(run.now)}
    put_announcement(run.aws.s3, settings.bucket, settings.database, run.plan.run_id, said)


def described(run: Run, snapshot: Snapshot) -> dict[str, Any]:
    """What people are told of a run's sanitized snapshot."""
    return {
        "snapshot": snapshot.identifier,
        "snapshot_arn": snapshot.arn,
        "run_id": run.plan.run_id,
        "report_sha256": snapshot.tags[DIGEST],
        "report_signature": snapshot.tags[SIGNATURE],
        "cost": cost.so_far(run.plan, run.event["restored"], run.now, verified_report(run).took).told(),
    }


def spelled(moment: datetime) -> str:
    """A moment as it stands in the bucket."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def shareable(run: Run) -> tuple[Snapshot, tuple[str, ...]]:
    """The sanitized snapshot, proven and under the share key, and the accounts that it is for.

    Raises: NotSanitized
    """
    accounts, snapshot = _accounts(run), proven(run)
    if snapshot.key is None or snapshot.key != run.settings.share_key:
        raise NotSanitized(f"snapshot {snapshot.identifier} is not under the share key; nothing was shared")
    return snapshot, accounts


def proven(run: Run) -> Snapshot:
    """The sanitized snapshot of this run, shown to be of the temporary database that this run's report vouches for.

    Raises: NotSanitized
    """
    plan, proof = run.plan, verified_report(run)
    name = _named(run, "sanitized")
    found = run.database.snapshot(name)
    if found is None or found.status != "available":
        raise NotSanitized(f"snapshot {name} is not there, or not available; start the run again")
    wrong = [
        doubt
        for doubt, raised in {
            "its name is not the plan's": plan.sanitized_snapshot != name,
            "its tags are not this run's": not is_of_this_run(found.tags, run.settings, plan, "sanitized"),
            "its report is another": found.tags.get(DIGEST) != proof.digest,
            "its report's signature is another": found.tags.get(SIGNATURE) != proof.signature,
            "it was taken before the sanitizer had finished": not _taken_after(found, proof),
            "it was not taken of the temporary database": found.of != _named(run, "temporary"),
            "it was taken of the source": found.of_resource_id == plan.source_resource_id,
        }.items()
        if raised
    ]
    if wrong:
        raise NotSanitized(f"snapshot {name}: {', '.join(wrong)}; look who made it")
    return found


def _taken_after(snapshot: Snapshot, proof: Proof) -> bool:
    """Copying keeps the time; a tag, which the worker could set anew, is no proof of it."""
    return snapshot.data_from is not None and snapshot.data_from >= proof.finished_at - CLOCKS_DIFFER_BY


def _named(run: Run, kind: str) -> str:
    return identifier(run.settings.prefix, kind, run.settings.database, run.plan.run_id)


def _accounts(run: Run) -> tuple[str, ...]:
    accounts = run.settings.share_accounts
    if not accounts or not all(len(account) == 12 and account.isdigit() for account in accounts):
        raise NotSanitized(
            f"{run.settings.database} is shared with accounts of twelve digits only; correct the configuration"
        )
    return accounts

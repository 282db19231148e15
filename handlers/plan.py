"""The plan: refuse what cannot work, then choose every name and deadline, before anything exists."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from handlers import engines, isolation, keys, lock
from handlers.database import Description, Snapshot, is_hopeless
from handlers.errors import NeverAvailable, SourceUnsupported
from handlers.instance import may_describe, may_describe_snapshots
from handlers.names import KINDS, TAG, Plan, identifier, run_id
from handlers.permissions import SOURCE, Permission
from handlers.settings import Settings
from handlers.step import Features, Result, Run, needs

LIFETIME = timedelta(days=5)  # longer than all the patience of a run: what is older than this is a leftover


@dataclass(frozen=True)
class Facts:
    """What is known before anything exists."""

    settings: Settings
    source: Description
    found: Snapshot | None = None  # the latest snapshot, where none is taken
    share_key_arn: str | None = None


class Refusal(NamedTuple):
    """What cannot work, when that is so, and what to do about it."""

    rule: str
    broken: Callable[[Facts], bool]
    remedy: str


def _under_the_share_key(facts: Facts) -> bool:
    raw = {facts.source.key, facts.found.key if facts.found else None} - {None}
    return facts.share_key_arn in raw


def _not_an_account(facts: Facts) -> bool:
    return not all(len(account) == 12 and account.isdigit() for account in facts.settings.share_accounts)


REFUSALS = (
    Refusal(
        "its engine is not supported, or not in that version",
        lambda facts: facts.source.major is None,
        f"supported are {engines.supported()}",
    ),
    Refusal(
        "its name begins like those of temporary databases",
        lambda facts: facts.settings.source.startswith(f"{facts.settings.prefix}-"),
        "choose another prefix for the stack",
    ),
    Refusal(
        "a snapshot cannot be taken in its present status",
        lambda facts: facts.settings.new_snapshot and is_hopeless(facts.source.status),
        "wait until it is available, or use its latest snapshot",
    ),
    Refusal(
        "temporary databases would have less storage than it has",
        lambda facts: (facts.settings.storage_gib or facts.source.storage_gib) < facts.source.storage_gib,
        "RDS restores to no smaller volume: raise the database's temporary.storage, or remove it",
    ),
    Refusal(
        "it uses transparent data encryption",
        lambda facts: facts.source.tde,
        "such snapshots cannot be shared",
    ),
    Refusal(
        "an account to share with is no account number",
        _not_an_account,
        "name each account by its twelve digits; `all` is never shared with",
    ),
    Refusal(
        "accounts are named without a share key",
        lambda facts: bool(facts.settings.share_accounts) and facts.settings.share_key is None,
        "name a customer-managed key that is not the source's",
    ),
    Refusal(
        "the share key holds raw data",
        _under_the_share_key,
        "consumers may use that key: name one that neither the source nor its snapshots use",
    ),
)


def latest(features: Features) -> tuple[Permission, ...]:
    """Finding the latest snapshot is a listing; a run that takes its own needs none."""
    return () if features.new_snapshot else may_describe_snapshots()


def share_key(features: Features) -> tuple[Permission, ...]:
    """The share key is probed where there is one."""
    return keys.PROBING if features.reencrypt else ()


@needs(*lock.PERMISSIONS, *may_describe(SOURCE), *isolation.LOOKING, latest, share_key)
def plan(run: Run) -> Result:
    """The plan of this run. Takes the lock and creates nothing else. Safe to repeat: the same execution, the same plan.

    Raises: AlreadyRunning, DuplicateStart, SourceUnsupported, NeverAvailable, IsolationBroken
    """
    execution = run.event["execution"]
    started = datetime.fromisoformat(execution["started"]).astimezone(UTC)
    this_run = run_id(execution["arn"], started)
    slot = (execution.get("input") or {}).get("slot")
    wanted = lock.Holder(execution["arn"], this_run, slot)
    settings, aws = run.settings, run.aws
    lock.take(aws.s3, aws.stepfunctions, bucket=settings.bucket, database=settings.database, wanted=wanted)
    source = run.database.describe(settings.source)
    if source is None:
        raise SourceUnsupported(
            f"there is no DB instance {settings.source} in this account and region; correct the source"
        )
    refuse(Facts(settings, source))
    found = None if settings.new_snapshot else find_latest(run, source)
    if settings.share_key:
        key = keys.probe(aws.kms, settings.share_key, source=settings.source, source_arn=source.arn)
        refuse(Facts(settings, source, found, key))
    isolation.require(run, source)
    return asdict(_choose(run.settings, this_run, started, source, found))


def refuse(facts: Facts) -> None:
    """Stop what cannot work.

    Raises: SourceUnsupported, naming the source, the first broken rule and the remedy.
    """
    for refusal in REFUSALS:
        if refusal.broken(facts):
            raise SourceUnsupported(f"{facts.settings.source}: {refusal.rule}; {refusal.remedy}")


def find_latest(run: Run, source: Description) -> Snapshot:
    """The newest available snapshot of this very database that is young enough and that no stack of ours took.

    People keep copies under other keys, which our role may not use. One under the share key is found: it has to be refused.

    Raises: NeverAvailable
    """
    oldest = run.now - run.settings.max_age
    usable = {source.key, run.settings.share_key}
    candidates = [
        (snapshot.data_from, snapshot.identifier, snapshot)
        for snapshot in run.database.snapshots()
        if snapshot.of_resource_id == source.resource_id
        and snapshot.status == "available"
        and snapshot.kind in {"manual", "automated"}
        and snapshot.key in usable
        and not any(key.startswith(TAG) for key in snapshot.tags)
        and not snapshot.identifier.startswith(f"{run.settings.prefix}-")
        and snapshot.data_from is not None
        and snapshot.data_from >= oldest
    ]
    if not candidates:
        raise NeverAvailable(
            f"{source.identifier}: no available snapshot is younger than {run.settings.max_age}; "
            "allow a greater maxAge, look at the source's backups, or take a new snapshot"
        )
    return max(candidates)[2]


def _choose(settings: Settings, this_run: str, started: datetime, source: Description, found: Snapshot | None) -> Plan:
    names = {kind: identifier(settings.prefix, kind, settings.database, this_run) for kind in KINDS}
    major = source.major
    assert major is not None  # noqa: S101 - others were refused
    return Plan(
        run_id=this_run,
        source_resource_id=source.resource_id,
        raw_snapshot=names["raw"],
        restore_from=found.identifier if found else names["raw"],
        temporary_database=names["temporary"],
        taken_snapshot=names["intermediate" if settings.share_key else "sanitized"],
        sanitized_snapshot=names["sanitized"],
        instance_class=settings.instance_class or source.instance_class,
        engine=source.engine,
        option_group=major.no_options,
        extended_support=engines.ENGINES[source.engine].extended_support,
        port=source.port,
        report_uri=f"s3://{settings.bucket}/reports/{settings.database}/{this_run}/report.json",
        expires=f"{started + LIFETIME:%Y-%m-%dT%H:%M:%SZ}",
        storage_gib=settings.storage_gib or source.storage_gib,
        price_per_hour=settings.price_per_hour,
    )

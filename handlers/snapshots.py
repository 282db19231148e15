"""The snapshots of a run: the raw one, the one of the temporary database, and its copy under the share key."""

from handlers import sanitizing
from handlers.database import Snapshot
from handlers.errors import NotOurs, NotReady, NotSanitized, SnapshotFailed
from handlers.instance import may_copy_snapshot, may_describe_snapshots, may_have_rds_use, may_take_snapshot
from handlers.names import is_of_this_run, tags
from handlers.permissions import SOURCE, TEMPORARY, Permission, snapshot_arn
from handlers.step import Features, Run, needs

COMING = frozenset({"pending", "creating", "copying", "available"})


def taking(features: Features) -> tuple[Permission, ...]:
    """The one snapshot of the temporary database, and looking at it."""
    return (*may_take_snapshot(TEMPORARY, features.taken), *may_describe_snapshots(snapshot_arn(features.taken)))


@needs(
    *may_take_snapshot(SOURCE, "raw"), *may_describe_snapshots(snapshot_arn("raw")), *may_have_rds_use("{source_key}")
)
def take_raw_snapshot(run: Run) -> None:
    """A snapshot of the source is begun: the only call of a run that asks anything of production. Safe to repeat.

    Raises: NotReady while the source is busy, NotOurs
    """
    plan = run.plan
    if not run.database.take_snapshot(run.settings.source, plan.raw_snapshot, tags(run.settings, plan, "raw")):
        _require_ours(run, plan.raw_snapshot, "raw")


@needs(*may_describe_snapshots(snapshot_arn("raw")))
def await_raw_snapshot(run: Run) -> None:
    """The raw snapshot is available.

    Raises: NotReady, SnapshotFailed
    """
    _require_available(run, run.plan.raw_snapshot)


@needs(*sanitizing.LOOKING_AT_TASKS, *sanitizing.READING_THE_REPORT, taking, *may_have_rds_use("{source_key}"))
def take_sanitized_snapshot(run: Run) -> None:
    """A snapshot of the temporary database is begun, once its report says that it is sanitized. Safe to repeat.

    Raises: NotSanitized without that proof, or while a task could still be writing; NotReady, NotOurs
    """
    alive = sanitizing.tasks_of_this_run(run)
    if alive:
        raise NotSanitized(
            f"tasks of run {run.plan.run_id} are still alive: {', '.join(alive)}; stop them, start again"
        )
    proof = sanitizing.verified_report(run).tags
    kind = "intermediate" if run.settings.share_key else "sanitized"
    labels = tags(run.settings, run.plan, kind, proof)
    if not run.database.take_snapshot(run.plan.temporary_database, run.plan.taken_snapshot, labels):
        _require_ours(run, run.plan.taken_snapshot, kind)


@needs(lambda features: may_describe_snapshots(snapshot_arn(features.taken)))
def await_sanitized_snapshot(run: Run) -> None:
    """The snapshot of the temporary database is available.

    Raises: NotReady, SnapshotFailed
    """
    _require_available(run, run.plan.taken_snapshot)


@needs(
    *sanitizing.READING_THE_REPORT,
    *may_copy_snapshot("intermediate", "sanitized"),
    *may_describe_snapshots(snapshot_arn("sanitized")),
)
def re_encrypt(run: Run) -> None:
    """A copy under the share key is begun: the only thing that ever stands under it. Safe to repeat.

    Raises: NotSanitized, NotOurs
    """
    plan, key = run.plan, run.settings.share_key
    if key is None:
        raise NotSanitized(f"run {plan.run_id} has no share key to copy under; deploy the stack again")
    labels = tags(run.settings, plan, "sanitized", sanitizing.verified_report(run).tags)
    if not run.database.copy_snapshot(plan.taken_snapshot, plan.sanitized_snapshot, key, labels):
        _require_ours(run, plan.sanitized_snapshot, "sanitized")


@needs(*may_describe_snapshots(snapshot_arn("sanitized")))
def await_re_encrypted(run: Run) -> None:
    """The copy under the share key is available.

    Raises: NotReady, SnapshotFailed
    """
    _require_available(run, run.plan.sanitized_snapshot)


def _require_ours(run: Run, name: str, kind: str) -> Snapshot:
    found = run.database.snapshot(name)
    if found is None or not is_of_this_run(found.tags, run.settings, run.plan, kind):
        raise NotOurs(f"snapshot {name} exists and was not made by run {run.plan.run_id}; look who made it, remove it")
    return found


def _require_available(run: Run, name: str) -> None:
    found = run.database.snapshot(name)
    if found is None:
        raise SnapshotFailed(f"snapshot {name} is gone; look in the events of RDS who deleted it")
    if found.status not in COMING:
        raise SnapshotFailed(f"snapshot {name} is {found.status}; look in the events of RDS, then start the run again")
    if found.status != "available":
        raise NotReady(f"snapshot {name} is {found.status}")

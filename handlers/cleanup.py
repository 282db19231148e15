"""The end of a run: older sanitized snapshots are retired, and everything temporary goes. Only what is ours is deleted."""

from handlers.announcements import LISTING, announced_runs, denied_runs, finished_runs, held_runs
from handlers.database import Description, Snapshot
from handlers.errors import LeftoversRemain, NotOurs, NotReady
from handlers.instance import may_delete, may_delete_snapshots, may_describe, may_describe_snapshots, may_list_backups
from handlers.names import DATABASE, KIND, RUN, is_of_this_run, is_of_this_stack
from handlers.permissions import TEMPORARY, Permission, carrying_our_tags, snapshot_arn
from handlers.settings import Settings
from handlers.step import Run, needs


def deleting(kind: str) -> tuple[Permission, ...]:
    """Snapshots of ours of one kind."""
    snapshots = snapshot_arn(kind)
    return (*may_describe_snapshots(snapshots), *may_delete_snapshots((snapshots,), carrying_our_tags(kind)))


@needs(
    *LISTING,
    *may_describe_snapshots(),
    *may_delete_snapshots((snapshot_arn("sanitized"),), carrying_our_tags("sanitized")),
)
def retire(run: Run) -> None:
    """No announced sanitized snapshot is past its count or age, and no held one; the newest of each always stays. Safe to repeat."""
    settings = run.settings
    ours = [each for each in run.database.snapshots() if _is_sanitized(each, settings)]
    announced = announced_runs(run.aws.s3, settings.bucket, settings.database)
    held = held_runs(run.aws.s3, settings.bucket, settings.database) - announced
    for finished in (announced, held):
        _retire_old(run, [each for each in ours if each.tags[RUN] in finished])


def _retire_old(run: Run, snapshots: list[Snapshot]) -> None:
    settings = run.settings
    for place, snapshot in enumerate(sorted(snapshots, key=lambda each: each.tags[RUN], reverse=True)):
        too_many = settings.keep_count is not None and place >= settings.keep_count
        age = run.now - (snapshot.data_from or run.now)
        too_old = settings.keep_age is not None and age > settings.keep_age
        if place > 0 and (too_many or too_old) and snapshot.status == "available":
            run.database.delete_snapshot(snapshot.identifier)


def _is_sanitized(snapshot: Snapshot, settings: Settings) -> bool:
    ours = is_of_this_stack(snapshot.identifier, snapshot.tags, stack=settings.stack, prefix=settings.prefix)
    return ours and snapshot.tags[DATABASE] == settings.database and snapshot.tags[KIND] == "sanitized"


@needs(*may_describe(TEMPORARY), *may_delete(TEMPORARY, carrying_our_tags("temporary")))
def delete_temporary_database(run: Run) -> None:
    """The temporary database is being deleted, or is gone. Safe to repeat.

    Raises: NotReady while its status forbids it, NotOurs
    """
    found = run.database.describe(run.plan.temporary_database)
    if found is None or found.status == "deleting":
        return
    if not is_of_this_run(found.tags, run.settings, run.plan, "temporary"):
        raise NotOurs(
            f"database {found.identifier} was not made by run {run.plan.run_id} and was left; look who made it"
        )
    run.database.delete(found)


@needs(*deleting("raw"))
def delete_raw_snapshot(run: Run) -> None:
    """The raw snapshot is gone. Safe to repeat.

    Raises: NotReady while its status forbids it, NotOurs
    """
    _delete_snapshot(run, run.plan.raw_snapshot, "raw")


@needs(*deleting("intermediate"))
def delete_intermediate_snapshot(run: Run) -> None:
    """The intermediate snapshot is gone. Safe to repeat.

    Raises: NotReady while its status forbids it, NotOurs
    """
    _delete_snapshot(run, run.plan.taken_snapshot, "intermediate")


@needs(*LISTING, *deleting("sanitized"))
def delete_unfinished_snapshot(run: Run) -> None:
    """A sanitized snapshot that was neither announced nor held is gone; a finished one stays. Safe to repeat.

    Raises: NotReady while its status forbids it, NotOurs
    """
    if not _is_finished(run):
        _delete_snapshot(run, run.plan.sanitized_snapshot, "sanitized")


def _is_finished(run: Run) -> bool:
    return run.plan.run_id in finished_runs(run.aws.s3, run.settings.bucket, run.settings.database)


def _is_denied(run: Run) -> bool:
    """Held, and answered before the run was over: the next sweep deletes it."""
    return run.plan.run_id in denied_runs(run.aws.s3, run.settings.bucket, run.settings.database)


def _delete_snapshot(run: Run, name: str, kind: str) -> None:
    found = run.database.snapshot(name)
    if found is None or found.status == "deleting":
        return
    if not is_of_this_run(found.tags, run.settings, run.plan, kind):
        raise NotOurs(f"snapshot {name} was not made by run {run.plan.run_id} and was left; look who made it")
    run.database.delete_snapshot(name)


@needs(*LISTING, *may_describe(TEMPORARY), *may_describe_snapshots(), *may_list_backups())
def await_gone(run: Run) -> None:
    """Nothing of the run stands but a finished snapshot, and nobody has kept a copy of the temporary database.

    Raises: NotReady, LeftoversRemain naming what others have taken of it
    """
    plan = run.plan
    stays = {plan.sanitized_snapshot} if _is_finished(run) or _is_denied(run) else set()
    ours = {plan.raw_snapshot, plan.taken_snapshot, plan.sanitized_snapshot}
    snapshots = list(run.database.snapshots())
    temporary = run.database.describe(plan.temporary_database)
    here: list[Description | Snapshot] = [*snapshots, *([temporary] if temporary else [])]
    going = {each.identifier for each in here if each.tags.get(RUN) == plan.run_id} & (
        {plan.temporary_database, *ours} - stays
    )
    if going:
        raise NotReady(f"still there: {', '.join(sorted(going))}")
    taken = {each.arn for each in snapshots if each.of == plan.temporary_database and each.identifier not in ours}
    taken |= set(run.database.automated_backups(plan.temporary_database))
    if taken:
        raise LeftoversRemain(
            f"others have backups of {plan.temporary_database}, with data that may not be sanitized: "
            f"{', '.join(sorted(taken))}; delete them, and keep backup plans away from our tags"
        )

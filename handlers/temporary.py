"""The temporary database: restored where nothing reaches it, under a password that nobody has seen."""

from handlers.database import READY, Description, Placement, is_hopeless
from handlers.errors import NeverAvailable, NotOurs, NotReady
from handlers.instance import may_describe, may_describe_snapshots, may_restore, may_take_over
from handlers.names import is_of_this_run, tags
from handlers.permissions import RDS, TEMPORARY, Permission, snapshot_arn
from handlers.step import Features, Result, Run, needs


def restoring(features: Features) -> tuple[Permission, ...]:
    """Restoring reads a snapshot: ours, or the one that was found, which RDS, a backup plan or a person has named."""
    snapshots = snapshot_arn("raw") if features.new_snapshot else f"{RDS}:snapshot:*"
    return (*may_restore(snapshots), *may_describe_snapshots(snapshots))


@needs(restoring, *may_describe(TEMPORARY))
def restore_temporary_database(run: Run) -> Result:
    """The restore into the isolated network is begun; when, for what it costs, and from when the data is. Safe to repeat.

    Raises: NotOurs
    """
    plan, settings = run.plan, run.settings
    placement = Placement(
        groups=settings.temporary_groups,
        subnet_group=settings.subnet_group,
        parameter_group=settings.parameter_group,
        instance_class=plan.instance_class,
        storage_gib=settings.storage_gib,
        port=plan.port,
        option_group=plan.option_group,
        extended_support=plan.extended_support,
    )
    labels = tags(settings, plan, "temporary")
    if not run.database.restore(plan.temporary_database, plan.restore_from, labels, placement):
        require_ours(run)
    snapshot = run.database.snapshot(plan.restore_from)
    data_from = snapshot.data_from.isoformat() if snapshot and snapshot.data_from else ""
    return {"at": run.event["now"], "data_from": data_from}


@needs(*may_describe(TEMPORARY))
def await_temporary_database(run: Run) -> None:
    """The temporary database is available.

    Raises: NotReady, NeverAvailable
    """
    _require_ready(run)


@needs(*may_describe(TEMPORARY), *may_take_over())
def take_over(run: Run) -> None:
    """RDS was asked for a new master password: production's must not open the temporary database. Safe to repeat.

    Raises: NotReady while the database is busy, NotOurs
    """
    found = require_ours(run)
    if found.secret_arn is None or found.insights:
        run.database.take_over(found.identifier)


@needs(*may_describe(TEMPORARY))
def await_taken_over(run: Run) -> Result:
    """Where and as whom the sanitizer connects, once the new password counts.

    The status stays `available` for a while after the request: nothing pending and an active secret show the end.

    Raises: NotReady, NeverAvailable
    """
    found = _require_ready(run)
    if found.pending or found.secret_arn is None or found.secret_status != "active":  # noqa: S105 - a status
        raise NotReady(f"{found.identifier} is getting its new password")
    return {"host": found.host, "port": str(found.port), "user": found.user, "secret_arn": found.secret_arn}


def require_ours(run: Run) -> Description:
    """The temporary database of this run, by name and by tags.

    Raises: NotOurs, NeverAvailable where there is none
    """
    found = run.database.describe(run.plan.temporary_database)
    if found is None:
        raise NeverAvailable(f"the temporary database {run.plan.temporary_database} is gone; start the run again")
    if not is_of_this_run(found.tags, run.settings, run.plan, "temporary"):
        raise NotOurs(f"database {found.identifier} exists and was not made by run {run.plan.run_id}; look who made it")
    return found


def _require_ready(run: Run) -> Description:
    found = require_ours(run)
    if is_hopeless(found.status):
        raise NeverAvailable(
            f"{found.identifier} is {found.status}; look in the events of RDS, then start the run again"
        )
    if found.status not in READY:
        raise NotReady(f"{found.identifier} is {found.status}")
    return found

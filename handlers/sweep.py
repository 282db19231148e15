"""The sweep: what runs left behind goes, found by name and tags together. A run whose execution goes on is spared.

For people: `python -m handlers.sweep --stack prod --prefix ss-prod --bucket ... --cluster ... --dry-run`
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from handlers import lock
from handlers.announcements import LISTING_ALL, finished_runs
from handlers.clients import Aws, clients
from handlers.database import Database, Description, Snapshot
from handlers.errors import LeftoversRemain, translated
from handlers.instance import Instance, may_delete, may_delete_snapshots, may_describe, may_describe_snapshots
from handlers.names import DATABASE, KIND, KINDS, RUN, is_of_this_stack
from handlers.permissions import RDS
from handlers.sanitizing import LOOKING_AT_TASKS, STOPPING_TASKS, living_tasks
from handlers.settings import StackSettings, SweepSettings

_OF_THE_STACK = {"StringEquals": {"aws:ResourceTag/sanitized-snapshots:stack": "{stack}"}}
_SNAPSHOTS = tuple(f"{RDS}:snapshot:{{prefix}}-{kind}-*" for kind in KINDS if kind != "temporary")
PERMISSIONS = (
    *may_describe(f"{RDS}:db:*"),
    *may_describe_snapshots(),
    *may_delete(f"{RDS}:db:{{prefix}}-temporary-*", _OF_THE_STACK),
    *may_delete_snapshots(_SNAPSHOTS, _OF_THE_STACK),
    *lock.READING_ALL,
    *LISTING_ALL,
    *LOOKING_AT_TASKS,
    *STOPPING_TASKS,
)


class Leftover(NamedTuple):
    """Something that a run of this stack made."""

    kind: str  # task, or one of the kinds of RDS things
    name: str
    database: str
    run_id: str


def sweep(aws: Aws, database: Database, settings: SweepSettings, *, dry_run: bool) -> list[Leftover]:
    """What was left behind, removed unless only asked for. Safe to repeat, and beside running executions.

    Raises: LeftoversRemain, after everything was tried, naming what could not be removed
    """
    made = list(made_by_runs(aws, database, settings))
    # Only now the locks, and after them the announcements: a run locks before it makes, and announces before it ends.
    living = lock.living_runs(aws.s3, aws.stepfunctions, settings.bucket)
    over = [each for each in made if each.run_id not in living]
    finished = {
        name: finished_runs(aws.s3, settings.bucket, name) for name in {each.database for each in over if each.database}
    }
    leftovers = [each for each in over if each.kind != "sanitized" or each.run_id not in finished[each.database]]
    if not dry_run:
        _remove_all(aws, database, settings, leftovers)
    return leftovers


def made_by_runs(aws: Aws, database: Database, settings: StackSettings) -> Iterator[Leftover]:
    """All that stands in the account and was made by runs of this stack, left behind or not."""
    for arn, run_id in living_tasks(aws.ecs, settings.cluster, {}):
        if run_id:
            yield Leftover("task", arn, "", run_id)
    things: Iterable[Description | Snapshot] = chain(database.all(), database.snapshots())
    for each in things:
        ours = is_of_this_stack(each.identifier, each.tags, stack=settings.stack, prefix=settings.prefix)
        if ours and each.status != "deleting":
            yield Leftover(each.tags[KIND], each.identifier, each.tags[DATABASE], each.tags[RUN])


def _remove_all(aws: Aws, database: Database, settings: SweepSettings, leftovers: list[Leftover]) -> None:
    stuck = []
    for each in leftovers:
        try:
            _remove(aws, database, settings, each)
        except (ClientError, BotoCoreError) as error:
            stuck.append(f"{each.name} ({type(translated(error)).__name__})")
    if stuck:
        raise LeftoversRemain(f"could not be removed: {', '.join(stuck)}; the next sweep tries again")


def _remove(aws: Aws, database: Database, settings: SweepSettings, leftover: Leftover) -> None:
    if leftover.kind == "task":
        aws.ecs.stop_task(cluster=settings.cluster, task=leftover.name, reason=f"run {leftover.run_id} is over")
    elif leftover.kind == "temporary":
        found = database.describe(leftover.name)
        if found:
            database.delete(found)
    else:
        database.delete_snapshot(leftover.name)


def main(arguments: list[str] | None = None) -> int:
    """The sweep as a command, with the credentials of whoever calls it."""
    parser = argparse.ArgumentParser("python -m handlers.sweep", description=(__doc__ or "").partition("\n\n")[0])
    for name in ("stack", "prefix", "bucket", "cluster"):
        parser.add_argument(f"--{name}", required=True, help=f"the stack's {name}")
    parser.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")
    told = parser.parse_args(arguments)
    settings = SweepSettings(told.stack, told.prefix, told.bucket, told.cluster)
    aws = clients()
    try:
        leftovers = sweep(aws, Instance(aws.rds), settings, dry_run=told.dry_run)
    except (LeftoversRemain, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    verb = "would be removed" if told.dry_run else "is being removed"
    for each in leftovers:
        sys.stdout.write(f"{each.kind} {each.name} of run {each.run_id} {verb}\n")
    sys.stdout.write(f"{len(leftovers)} left over\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

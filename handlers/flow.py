"""A run, from top to bottom. Reading this is reading the run.

Each step says what is done, by which role (the worker unless said), how patiently, and when it is part of a run at all; what
it may do is declared beside its function. The body stops at the first failure. The steps of `FINALLY` run whatever failed
before them, one after another, each noting its own failure. Those of `BY_HAND` a person asks for, when nothing runs.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from handlers import cleanup, holding, isolation, plan, sanitizing, sharing, snapshots, temporary
from handlers.errors import LeftoversRemain
from handlers.names import PLAN_FIELDS
from handlers.permissions import Permission
from handlers.sanitizing import CONNECTION_FIELDS
from handlers.step import ContainerTask, Features, Step, patience

__all__ = ["BODY", "BY_HAND", "FINALLY", "PLAN", "Features", "Flow", "permissions", "run", "step"]


def new_snapshot(features: Features) -> bool:
    """The run takes its own raw snapshot."""
    return features.new_snapshot


def reencrypt(features: Features) -> bool:
    """The sanitized snapshot is a copy under the share key."""
    return features.reencrypt


def share(features: Features) -> bool:
    """Other accounts may restore the sanitized snapshot as soon as it is there."""
    return features.share and not features.hold


def hold(features: Features) -> bool:
    """A person agrees before anything is shared."""
    return features.hold


def announce(features: Features) -> bool:
    """People may rely on the sanitized snapshot as soon as it is there."""
    return not features.hold


PLAN = Step(plan.plan, reads="execution", keeps="plan", result=PLAN_FIELDS)

BODY: tuple[Step | ContainerTask, ...] = (
    Step(snapshots.take_raw_snapshot, when=new_snapshot, patience=patience(every_seconds=60, up_to_hours=2)),
    Step(snapshots.await_raw_snapshot, when=new_snapshot, patience=patience(every_seconds=60, up_to_hours=12)),
    Step(temporary.restore_temporary_database, keeps="restored", result=("at", "data_from")),
    Step(temporary.await_temporary_database, patience=patience(every_seconds=60, up_to_hours=5)),
    Step(temporary.take_over, patience=patience(every_seconds=30, up_to_hours=1)),
    Step(
        temporary.await_taken_over,
        patience=patience(every_seconds=30, up_to_hours=1),
        keeps="connection",
        result=CONNECTION_FIELDS,
    ),
    Step(isolation.check_isolation),
    ContainerTask(
        "Sanitize",
        at_most_hours=24,
        permissions=sanitizing.RUNNING_THE_SANITIZER,
        explained_by=Step(sanitizing.explain_sanitizer, reads="error"),
    ),
    Step(snapshots.take_sanitized_snapshot, patience=patience(every_seconds=60, up_to_hours=2)),
    Step(snapshots.await_sanitized_snapshot, patience=patience(every_seconds=60, up_to_hours=12)),
    Step(snapshots.re_encrypt, when=reencrypt),
    Step(snapshots.await_re_encrypted, when=reencrypt, patience=patience(every_seconds=60, up_to_hours=24)),
    Step(sharing.share, role="sharer", when=share),
    Step(sharing.announce, role="sharer", when=announce, reads="spent"),
    Step(holding.hold, role="sharer", when=hold, reads="spent"),
    Step(cleanup.retire),
)

FINALLY: tuple[Step, ...] = (
    Step(sanitizing.stop_task),
    Step(
        cleanup.delete_temporary_database,
        patience=patience(every_seconds=60, up_to_hours=3, then=LeftoversRemain),
    ),
    Step(
        cleanup.delete_raw_snapshot,
        when=new_snapshot,
        patience=patience(every_seconds=60, up_to_hours=3, then=LeftoversRemain),
    ),
    Step(
        cleanup.delete_intermediate_snapshot,
        when=reencrypt,
        patience=patience(every_seconds=60, up_to_hours=3, then=LeftoversRemain),
    ),
    Step(
        cleanup.delete_unfinished_snapshot,
        patience=patience(every_seconds=60, up_to_hours=3, then=LeftoversRemain),
    ),
    Step(cleanup.await_gone, patience=patience(every_seconds=60, up_to_hours=2, then=LeftoversRemain)),
)

BY_HAND: tuple[Step, ...] = (
    Step(holding.release, role="sharer", when=hold),
    Step(holding.deny, role="sharer", when=hold),
)


class Flow(NamedTuple):
    """The steps that one database's configuration asks for, in their order."""

    plan: Step
    body: tuple[Step | ContainerTask, ...]
    finally_: tuple[Step, ...]
    by_hand: tuple[Step, ...] = ()


def run(features: Features) -> Flow:
    """The run that these features ask for: only the steps that will run."""
    return Flow(
        PLAN,
        tuple(part for part in BODY if part.when(features)),
        tuple(part for part in FINALLY if part.when(features)),
        tuple(part for part in BY_HAND if part.when(features)),
    )


def step(name: str) -> Step:
    """The step of that name, whatever the features.

    Raises: KeyError for a name that is no step of the flow.
    """
    return {each.name: each for each in _steps(Flow(PLAN, BODY, FINALLY, BY_HAND))}[name]


def permissions(role: Literal["worker", "sharer", "state_machine"], features: Features) -> tuple[Permission, ...]:
    """What one role may do in a run with these features: the sum of what is declared beside its steps."""
    flow = run(features)
    if role == "state_machine":
        needed = [may for part in flow.body if isinstance(part, ContainerTask) for may in part.permissions]
        needed.append(Permission(("lambda:InvokeFunction",), ("{worker}", "{sharer}")))
    else:
        mine = (each for each in _steps(flow) if each.role == role)
        needed = [may for each in mine for may in each.action.permissions(features)]
    return tuple(may for place, may in enumerate(needed) if may not in needed[:place])


def _steps(flow: Flow) -> Iterator[Step]:
    yield flow.plan
    for part in (*flow.body, *flow.finally_, *flow.by_hand):
        yield part.explained_by if isinstance(part, ContainerTask) else part

"""Which role may do what in which step, to what, under which condition: from the records beside the calls."""

from collections.abc import Iterator, Sequence

from components.permissions import ALLOWED_ON_SOURCE
from components.state_machine import DELIVERING_LOGS, STARTING
from docs.pages.the_run import EVERYTHING, HOLDING
from handlers import alert, flow, freshness, sweep
from handlers.permissions import Permission
from handlers.step import ContainerTask, Step
from sanitizer.permissions import PERMISSIONS as SANITIZING

Granted = tuple[str, Permission]  # the step, and what its role may do for it
# A new snapshot is taken, or the latest one found; what is ready is shared, or held.
WAYS = (EVERYTHING, EVERYTHING._replace(new_snapshot=False), HOLDING)


def by_role() -> dict[str, list[Granted]]:
    """Everything that each role of a stack may do, step by step."""
    runs = [flow.run(way) for way in WAYS]
    named = {part.name: part for run in runs for part in (run.plan, *run.body, *run.finally_, *run.by_hand)}
    parts = list(named.values())
    steps = [part.explained_by if isinstance(part, ContainerTask) else part for part in parts]
    tasks = [part for part in parts if isinstance(part, ContainerTask)]
    of_tasks = [(task.name, may) for task in tasks for may in task.permissions]
    whole = flow.permissions("state_machine", EVERYTHING)
    return {
        "worker": list(_of_steps(steps, "worker")),
        "sharer": list(_of_steps(steps, "sharer")),
        "state machine": [
            *of_tasks,
            *(("every step", may) for may in whole if may not in [each for _, each in of_tasks]),
            ("its log", DELIVERING_LOGS),
        ],
        "sanitizer's task": [("Sanitize", Permission(*each)) for each in SANITIZING],
        "schedule": [("a run's start", STARTING)],
        "sweeper": [("sweep", each) for each in sweep.PERMISSIONS]
        + [("freshness", each) for each in freshness.PERMISSIONS],
        "alerter": [("a red run", each) for each in alert.PERMISSIONS],
    }


def _of_steps(steps: Sequence[Step], role: str) -> Iterator[Granted]:
    for step in (each for each in steps if each.role == role):
        granted = [may for way in WAYS if step.when(way) for may in step.action.permissions(way)]
        yield from ((step.name, may) for place, may in enumerate(granted) if may not in granted[:place])


def page() -> str:
    """One table for each role."""
    on_source = ", ".join(f"`{action}`" for action in ALLOWED_ON_SOURCE)
    lines = [
        "# What each role may do",
        "",
        "Generated from the permissions declared beside each call (`make docs`), with every feature on. Words in braces are filled in at deployment.",
        f"Every role is besides denied everything on the sources but {on_source}; writing to its own log group is left out here.",
    ]
    for role, granted in by_role().items():
        rows = (_row(step, may) for step, may in granted)
        lines += ["", f"## {role}", "", "| for | action | on | if |", "|---|---|---|---|", *rows]
    return "\n".join([*lines, ""])


def _shown(value: str | tuple[str, ...]) -> str:
    return " or ".join(f"`{each}`" for each in ((value,) if isinstance(value, str) else value))


def _row(step: str, may: Permission) -> str:
    conditions = [
        f"`{key}` {operator} {_shown(value)}"
        for operator, tests in may.conditions.items()
        for key, value in tests.items()
    ]
    cells = ([f"`{each}`" for each in may.actions], [f"`{each}`" for each in may.resources], conditions)
    return f"| {step} | {' | '.join('<br>'.join(cell) for cell in cells)} |"

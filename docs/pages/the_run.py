"""The run, drawn and listed from `handlers/flow.py`."""

import itertools
from collections.abc import Iterator

from handlers import flow
from handlers.step import ContainerTask, Features, Step

EVERYTHING = Features(new_snapshot=True, reencrypt=True, share=True)
HOLDING = EVERYTHING._replace(hold=True)


def page() -> str:
    """Every step that a run can have."""
    run = flow.run(EVERYTHING)
    lines = [
        "# The run",
        "",
        "Generated from `handlers/flow.py` (`make docs`). Shown with every feature on; a run has only the steps its configuration asks for.",
        "",
        "```mermaid",
        "flowchart TD",
        *_drawn(run),
        "```",
        "",
        "| state | by | looks again | for up to |",
        "|---|---|---|---|",
        *(_row(part) for part in (run.plan, *run.body, *run.finally_)),
        "",
        *_held(),
    ]
    return "\n".join(lines)


def _held() -> Iterator[str]:
    """What a hold changes."""
    plain, held = flow.run(EVERYTHING), flow.run(HOLDING)
    gone = [f"`{part.name}`" for part in plain.body if part not in held.body]
    new = [f"`{part.name}`" for part in held.body if part not in plain.body]
    by_hand = [f"`{part.name}`" for part in held.by_hand]
    yield (
        f"With `share: {{hold: true}}` {' and '.join(new)} (by the sharer) stands in place of {' and '.join(gone)}; "
        f"a person asks the sharer for {' or '.join(by_hand)} later (`python -m handlers.release`)."
    )
    yield ""


def _drawn(run: flow.Flow) -> Iterator[str]:
    body = [run.plan.name, *(part.name for part in run.body)]
    finally_ = [part.name for part in run.finally_]
    yield '    subgraph body["one after another, until the first failure"]'
    yield from (f"        {one} --> {other}" for one, other in itertools.pairwise(body))
    yield "    end"
    yield '    subgraph finally["always, each whatever failed before it"]'
    yield from (f"        {one} --> {other}" for one, other in itertools.pairwise(finally_))
    yield "    end"
    yield f"    body -- succeeded or failed --> {finally_[0]}"
    yield f"    {finally_[-1]} --> Verdict{{Verdict}}"
    yield "    Verdict -- nothing failed, nothing left --> Succeeded"
    yield "    Verdict -- the first error's name --> Failed"
    yield "    Verdict -- clean-up failed --> LeftoversRemain"


def _row(part: Step | ContainerTask) -> str:
    if isinstance(part, ContainerTask):
        return f"| {part.name} | state machine (Fargate task) | | {part.at_most_hours} h |"
    if not part.patience.times:
        return f"| {part.name} | {part.role} | | |"
    every = part.patience.every_seconds
    return f"| {part.name} | {part.role} | every {every} s | {every * part.patience.times // 3600} h |"

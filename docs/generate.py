"""The generated pages: written from the code that they describe. `make docs` writes them, `make check` says when one is stale."""

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from handlers import flow, sweep
from handlers.permissions import Permission
from handlers.step import ContainerTask, Features, Step
from sanitizer.functions import FUNCTIONS

HERE = Path(__file__).parent
EVERYTHING = Features(new_snapshot=True, reencrypt=True, share=True)


def the_run() -> str:
    """The run, drawn and listed from `handlers/flow.py`."""
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
    ]
    return "\n".join(lines)


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


def privileges() -> str:
    """Which role may do what, to what, under which condition: from the records beside the calls."""
    parts: list[tuple[str, Sequence[Any]]] = [
        ("worker", flow.permissions("worker", EVERYTHING)),
        ("sharer", flow.permissions("sharer", EVERYTHING)),
        ("state machine", flow.permissions("state_machine", EVERYTHING)),
        ("sweeper", sweep.PERMISSIONS),
    ]
    lines = [
        "# What each role may do",
        "",
        "Generated from the permissions declared beside each call (`make docs`). Words in braces are filled in at deployment.",
        "Every role is besides denied everything on the source but `Describe*`, `ListTagsForResource` and `CreateDBSnapshot`.",
    ]
    for role, granted in parts:
        lines += ["", f"## {role}", "", "| action | on | if |", "|---|---|---|", *_granted(granted)]
    return "\n".join([*lines, ""])


def _granted(permissions: Sequence[Permission]) -> Iterator[str]:
    for permission in permissions:
        conditions = "<br>".join(
            f"`{key}` {operator} `{value}`"
            for operator, tests in permission.conditions.items()
            for key, value in tests.items()
        )
        actions = "<br>".join(f"`{action}`" for action in permission.actions)
        resources = "<br>".join(f"`{resource}`" for resource in permission.resources)
        yield f"| {actions} | {resources} | {conditions} |"


def configuration() -> str:
    """Every top-level config key, from Pulumi.yaml."""
    project = yaml.safe_load((HERE.parent / "Pulumi.yaml").read_text())
    lines = [
        "# Configuration",
        "",
        "Generated from `Pulumi.yaml` (`make docs`); `Pulumi.prod.yaml` is a worked example.",
        "",
    ]
    lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
    for key, told in project["config"].items():
        name = key if ":" in key else f"{project['name']}:{key}"
        default = told.get("default", told.get("value", ""))
        shown = f"`{default}`" if default != "" else ""
        lines.append(
            f"| `{name}` | {told.get('type', '')} | {shown} | {' '.join(str(told.get('description', '')).split())} |"
        )
    return "\n".join([*lines, ""])


def masking_rules() -> str:
    """The rules, from the masking functions' declarations."""
    lines = [
        "# Masking rules",
        "",
        "Generated from `sanitizer/functions.py` (`make docs`). A rules file lists every database, table and column of the server; anything",
        "unlisted stops the run before anything is masked. `python -m sanitizer check RULES` finds every mistake at once.",
        "",
        "| rule | takes | the same input, the same output | unique stays unique | what happens |",
        "|---|---|---|---|---|",
        *(
            f"| `{each.name}` | {each.takes} | {_yes(each.deterministic)} | {_yes(each.unique)} | {each.meaning} |"
            for each in FUNCTIONS.values()
        ),
        "| `truncate` (for a whole table) | | | | every row is removed |",
        "",
        "`sql: {before: [...], after: [...]}` beside `tables:` runs statements in order, each in a transaction of its own. Where a server has one",
        "database, `tables:` and `sql:` may stand at the top. A file with nothing but `sql: [...]` masks by statements alone; no drift is found",
        "then, and the report says so.",
        "",
        "Rules on a partitioned table cover its partitions. Views need no rule; materialized views are refreshed after masking.",
        "",
    ]
    return "\n".join(lines)


def _yes(fact: bool) -> str:  # noqa: FBT001 - a fact is true or false
    return "yes" if fact else ""


PAGES: dict[str, Callable[[], str]] = {
    "the-run.md": the_run,
    "privileges.md": privileges,
    "configuration.md": configuration,
    "masking-rules.md": masking_rules,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when `--check` finds a stale page."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.generate", description="Write the generated pages, or check them."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is not what it would be")
    check = parser.parse_args(arguments).check
    stale = [name for name, page in PAGES.items() if not (HERE / name).exists() or (HERE / name).read_text() != page()]
    for name in stale:
        if check:
            sys.stderr.write(f"docs/{name} is not current: run `make docs` and commit it\n")
        else:
            (HERE / name).write_text(PAGES[name]())
            sys.stdout.write(f"docs/{name} written\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

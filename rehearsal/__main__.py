"""`python -m rehearsal`: one whole run on this machine, shown live. No AWS account, no Docker, nothing left behind."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from rehearsal import outcome
from rehearsal.installations import installations
from rehearsal.stage import RUN_TIMEOUT_SECONDS, Stage
from rehearsal.view import View

REPORT = Path("build/rehearsal/report.json")
EXAMPLES = """examples:
  python -m rehearsal                      watch a whole run of the invented shop
  python -m rehearsal --plain > run.txt    plain lines, as in CI
  python -m rehearsal --postgres debian-15 use a server that is installed here

exit codes: 0 the run succeeded, 1 it failed, 2 usage, 130 interrupted (everything is removed then too)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what is in the background with it ignored
    view = View(plain=options.plain)
    try:
        with ExitStack() as closing:
            closing.callback(view.close)
            return _rehearse(view, Stage(programs=installations()[options.postgres]), closing)
    except KeyboardInterrupt:
        view.close()
        view.line("interrupted: servers stopped, folders removed")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal",
        description="Rehearse a run: the state machine, Lambda archive, container command and IAM policies that `pulumi up`"
        " would deploy, against an emulated AWS and real PostgreSQL servers, in virtual time.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--plain", action="store_true", help="no colours and no moving lines")
    parser.add_argument(
        "--postgres",
        choices=sorted(installations()),
        default="bundled",
        help="which PostgreSQL server (default: %(default)s)",
    )
    return parser


def _rehearse(view: View, stage: Stage, closing: ExitStack) -> int:
    view.title("Sanitized snapshots: a rehearsal")
    with view.doing("an emulated AWS account, eu-west-1"):
        stage.start(closing)
    with view.doing("production: an invented shop on PostgreSQL, two databases"):
        stage.fill()
    with view.doing("the stack `local`, deployed by the Pulumi program itself"):
        stage.deploy()
    before = outcome.look_at_source(stage)
    view.line(f"shop-prod holds {before.rows:,} rows; {stage.provider.made} resources were deployed beside it")
    view.title("The run (virtual time: nothing really waits)")
    view.states_heading()
    stage.account.on_event(lambda _arn, event: _show(view, event))
    execution = stage.start_run()
    ended = stage.account.wait(execution, RUN_TIMEOUT_SECONDS)
    if ended["status"] != "SUCCEEDED":
        return _show_failure(view, stage, ended)
    _show_result(view, stage, before)
    return 0


def _show(view: View, event: dict[str, Any]) -> None:
    moment: datetime = event["timestamp"]
    kind = str(getattr(event["type"], "value", event["type"]))
    if kind.endswith("StateEntered"):
        view.state_entered(event["stateEnteredEventDetails"]["name"], moment)
    elif kind.endswith("StateExited"):
        view.state_left(moment)
    elif kind in ("TaskFailed", "LambdaFunctionFailed"):
        error = event.get("taskFailedEventDetails", {}).get("error", "")
        if error == "NotReady":
            view.state_waits(moment)
        else:
            view.state_failed(error)
    elif kind == "ExecutionFailed":
        view.state_left(moment)


def _show_failure(view: View, stage: Stage, ended: dict[str, Any]) -> int:
    view.title(f"The run failed: {ended.get('error')}")
    view.line(str(ended.get("cause", ""))[:600])
    left = sorted(stage.ours())
    view.line("left in the account: " + (", ".join(left) if left else "nothing"))
    for name in ("worker", "sharer"):
        for line in stage.account.lambdas.logs(f"ss-local-shop-{name}").splitlines()[-5:]:
            view.line(f"{name}: {line}")
    return 1


def _show_result(view: View, stage: Stage, before: outcome.Source) -> None:
    found = outcome.look_at_result(stage)
    view.table("Rows before and after", ("where", "before", "after"), outcome.sample_rows(stage, found))
    view.table("Masked", ("table", "rows", "how", "columns"), _masked(found.report))
    view.title("Done besides")
    for line in _done_besides(found.report):
        view.line(line)
    view.table(
        "Left in the account, all of it",
        ("sanitized snapshot", "under the key", "shared with"),
        [(found.identifier, found.key.rsplit("/", 1)[-1], ", ".join(found.accounts))],
    )
    view.title("What was checked")
    for fact in outcome.facts(stage, before, found):
        view.line(fact)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(found.report, indent=2) + "\n")
    view.line(f"the report: {REPORT}")


def _masked(report: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [
        (f"{database}.{table}", f"{told['rows']:,}", told["strategy"], _rules(told["columns"]))
        for database, tables in report["databases"].items()
        for table, told in tables["tables"].items()
        if told["strategy"] != "keep"
    ]


def _rules(columns: dict[str, str]) -> str:
    return ", ".join(f"{column}: {rule}" for column, rule in columns.items() if rule != "keep")


def _done_besides(report: dict[str, Any]) -> Iterator[str]:
    for database, told in report["databases"].items():
        if told["statements"]:
            yield f"{told['statements']} SQL statements of the rules file ran in {database}"
    yield f"{len(report['purged'])} places purged: {', '.join(sorted({each['by'] for each in report['purged']}))}"
    yield f"logins disabled: {', '.join(each['role'] for each in report['neutralised'])}"
    yield f"{sum(report['verified'].values())} checks passed before the snapshot was taken"


if __name__ == "__main__":
    sys.exit(main())

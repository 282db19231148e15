"""What a rehearsal came to, for people and for JSON: rows, rules, what was checked, what failed, what was cleaned up."""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rehearsal import outcome
from rehearsal.course import Ending
from rehearsal.own_data import OwnData
from rehearsal.production import Table
from rehearsal.remedies import remedy
from rehearsal.stage import Stage
from rehearsal.view import View
from sanitizer.names import TableName

REPORT, PAGE = Path("build/rehearsal/report.json"), Path("build/rehearsal/report.html")
IN_THE_BUCKET = re.compile(r"s3://[^/\s]+/rules/[^/\s]+/[0-9a-f]{64}\.yaml")
OF_THE_SANITIZER = frozenset({"SanitizerRefused", "SanitizerFailed"})
MOST_FINDINGS = 6
MOST_LINES_EACH = 3
Json = dict[str, Any]


def size(count: int) -> str:
    """Bytes, for people."""
    return f"{count / 1_000_000:,.0f} MB" if count >= 10_000_000 else f"{count / 1000:,.0f} kB"


def loaded(own: OwnData) -> Iterator[str]:
    """What was made of the dump beyond running it as it stands."""
    told = own.loaded
    if told is None:
        return
    if told.made_roles:
        yield f"roles that the dump names and does not make, made without login: {', '.join(told.made_roles)}"
    if told.owners:
        yield f"{own.master}, the master user, is a member of every role of the dump; see to it that yours is, too"
    for why, lines in told.told.items():
        places = ", ".join(map(str, lines[:MOST_LINES_EACH])) + (", ..." if len(lines) > MOST_LINES_EACH else "")
        yield f"left out or written otherwise, line {places}: {why}"


def show_result(view: View, stage: Stage, before: outcome.Source, found: outcome.Result) -> Json:
    """Everything about a run that succeeded; what JSON has of it."""
    was = stage.production.tables()
    with outcome.as_consumer(stage, found.arn) as copy:
        now = copy.tables()
        samples = stage.contents.samples(stage.production, copy, found.report)
    if samples.rows:
        view.table(
            "Rows before and after" if "before" in samples.headings else "Rows after", samples.headings, samples.rows
        )
    masked, kept = _masked(found.report, was, now)
    view.table("Masked", ("table", "rows before", "after", "how", "columns"), masked)
    if kept:
        view.line(f"and {len(kept)} tables with {sum(was.get(table, 0) for table in kept):,} rows are kept as they are")
    view.title("Done besides")
    for line in _done_besides(found.report):
        view.line(line)
    view.line(f"used: {found.cost['in_words']}")
    key, accounts = found.key.rsplit("/", 1)[-1], ", ".join(found.accounts)
    headings = ("sanitized snapshot", "under the key", "shared with")
    view.table("Left in the account, all of it", headings, [(found.identifier, key, accounts)])
    view.title("What was checked")
    for fact in outcome.facts(stage, before):
        view.line(fact)
    view.line(outcome.nothing_else_is_left(stage, found))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_bytes(found.report_bytes)
    PAGE.write_bytes(found.page)
    view.line(f"the report, for people: {PAGE}; for programs, the bytes of the digest: {REPORT}")
    rows = {str(table): {"before": was.get(table, 0), "after": now.get(table, 0)} for table in sorted({*was, *now})}
    return {
        "rows": rows,
        "report": found.report,
        "report_file": str(REPORT),
        "report_page": str(PAGE),
        "snapshot": found.identifier,
        "cost": found.cost,
        "leftovers": [],
    }


def show_failure(view: View, stage: Stage, before: outcome.Source, ending: Ending, asked: str | None) -> Json:
    """What failed, what was cleaned up and what to do about it, on one screen; what JSON has of it."""
    view.title(f"What failed: {ending.state}" + (", as asked" if asked == ending.state else ""))
    view.line(f"{ending.error}: {ending.cause}")
    findings = list(_findings(stage)) if ending.error in OF_THE_SANITIZER else []
    for line in findings[:MOST_FINDINGS]:
        view.line(f"the sanitizer: {line}")
    if len(findings) > MOST_FINDINGS:
        view.line(f"the sanitizer: and {len(findings) - MOST_FINDINGS} more")
    rows, left = _cleaned(stage)
    view.table(
        "What was cleaned up", ("what", "name", "now"), rows or [("nothing", "-", "nothing temporary was made yet")]
    )
    swept = _sweep(stage, left)
    if swept:
        view.line(f"an hour later the sweep removed {', '.join(swept)}")
    view.title("What to do")
    view.line(remedy(ending.error, ending.cause))
    view.title("What was checked")
    for fact in outcome.facts(stage, before):
        view.line(fact)
    return {
        "failed": ending._asdict(),
        "findings": findings,
        "remedy": remedy(ending.error, ending.cause),
        "leftovers": left,
        "swept": swept,
    }


def rules_of(stage: Stage) -> bytes:
    """The rules as the run found them in the bucket."""
    s3, bucket = stage.account.client("s3"), stage.recording.outputs["bucket"]
    key = s3.list_objects_v2(Bucket=bucket, Prefix=f"rules/{stage.contents.name}/")["Contents"][0]["Key"]
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def _masked(report: Json, was: dict[Table, int], now: dict[Table, int]) -> tuple[list[tuple[str, ...]], list[Table]]:
    """The masked tables' lines, and the tables that are kept as they are."""
    by_name = {f"{table.database}.{TableName(table.schema, table.name)}": table for table in {*was, *now}}
    lines, kept = [], []
    for database, tables in report["databases"].items():
        for name, told in tables["tables"].items():
            table = by_name.get(f"{database}.{name}")
            counts = [f"{rows.get(table, 0):,}" if table else "-" for rows in (was, now)]
            if told["strategy"] != "keep":
                lines.append((f"{database}.{name}", *counts, told["strategy"], _rules(told["columns"])))
            elif table:
                kept.append(table)
    return lines, kept


def _rules(columns: dict[str, str]) -> str:
    return ", ".join(f"{column}: {rule}" for column, rule in columns.items() if rule != "keep")


def _done_besides(report: Json) -> Iterator[str]:
    for database, told in report["databases"].items():
        if told["statements"]:
            yield f"{told['statements']} SQL statements of the rules file ran in {database}"
    yield f"{len(report['purged'])} places purged: {', '.join(sorted({each['by'] for each in report['purged']}))}"
    neutralised = ", ".join(f"{each['role']} ({each['outcome']})" for each in report["neutralised"])
    yield f"switched off: {neutralised or 'nothing'}"
    yield f"{sum(report['verified'].values())} checks passed before the snapshot was taken"


def _findings(stage: Stage) -> Iterator[str]:
    """What the sanitizer's log says is wrong: places, rules and remedies, never a value."""
    for task in stage.account.ecs.task_environments:
        for line in stage.account.ecs.logs(task).splitlines():
            told = _object(line)
            if told.get("event") == "finding":
                said = ": ".join(str(told[word]) for word in ("place", "problem", "remedy") if told.get(word))
            elif told.get("level") == "error":
                said = str(told.get("message", told.get("event")))
            else:
                continue
            yield IN_THE_BUCKET.sub(stage.contents.rules, said)


def _object(line: str) -> Json:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _cleaned(stage: Stage) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Each thing that the run made and what has become of it, and the names of what should have gone and did not."""
    standing, rows, left = set(stage.ours()), [], []
    for what, name in outcome.made(stage):
        if name not in standing:
            rows.append((what, name, "gone"))
        elif outcome.is_announced(stage, name):
            rows.append((what, name, "stays: it is verified, and people were told of it"))
        else:
            rows.append((what, name, "still there; the hourly sweep removes it"))
            left.append(name)
    return [*rows, *_beside(stage)], left


def _beside(stage: Stage) -> Iterator[tuple[str, str, str]]:
    """What a run makes outside of RDS: the sanitizer's task, and the password that nobody has seen."""
    gate = stage.account.gate
    if any(call.error is None for call in gate.calls_of("rds", "ModifyDBInstance") if call.role != "operator"):
        secrets = stage.account.client("secretsmanager").list_secrets()["SecretList"]
        yield "its managed password", "in Secrets Manager", "still there" if secrets else "gone"
    for arn, status in stage.account.ecs.task_statuses.items():
        yield "sanitizer's task", arn.rsplit("/", 1)[-1], "ended" if status == "STOPPED" else status.lower()


def _sweep(stage: Stage, left: list[str]) -> list[str]:
    """What the hourly sweep removes of what was left."""
    if left:
        stage.account.clock.sleep(3600)
        with contextlib.suppress(RuntimeError):  # it says that something stays; what does is looked at below
            stage.sweep()
        stage.account.clock.sleep(3600)
    standing = set(stage.ours())
    return [name for name in left if name not in standing]

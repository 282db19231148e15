"""What a run tells for good: which rule masked what, what was purged and verified. Counts and names only, never a value."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sanitizer import VERSION
from sanitizer.pipeline import Masked, Outcome
from sanitizer.rules import OF_THE_SERVER, DatabaseRules, Rule, Rules, TableRules

KEPT = "keep"
SCHEMA = 1  # of docs/report.schema.json; fields may be added to it, what they mean changes its number


def report(
    *,
    outcome: Outcome,
    rules: Rules,
    run_id: str,
    database: str,
    engine: tuple[str, str],
    started_at: datetime,
    finished_at: datetime,
    snapshot_at: datetime | None = None,
) -> bytes:
    """The report as it is stored; its digest is the SHA-256 of these bytes."""
    name, version = engine
    document = {
        "schema": SCHEMA,
        "sanitizer": {"version": VERSION},
        "verdict": "verified",
        "run_id": run_id,
        "database": database,
        "rules_sha256": rules.sha256,
        "started_at": started_at.isoformat(timespec="seconds"),
        "finished_at": finished_at.isoformat(timespec="seconds"),
        "snapshot_at": snapshot_at.isoformat(timespec="seconds") if snapshot_at else None,
        "resumed": outcome.resumed,
        "phases": [{"name": phase, "seconds": round(took, 3)} for phase, took in outcome.took_seconds.items()],
        "engine": {"name": name, "version": version},
        "choices": {choice: getattr(rules, choice) for choice in OF_THE_SERVER},
        "databases": {
            live: _database(outcome.rules[live], masked, outcome.left_by_conditions[live])
            for live, masked in outcome.masked.items()
        },
        "purged": [{"database": step.database, "place": step.place, "by": step.strategy} for step in outcome.purged],
        "neutralised": [{"role": role, "outcome": result} for role, result in outcome.neutralised.items()],
        "verified": dict(outcome.checks),
        "rows_verified": sum(_masked_rows(outcome)),
        "originals": outcome.originals,
        "limits": [*_limits(outcome), *_chosen_limits(rules, name)],
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def told(content: bytes) -> dict[str, str]:
    """What a report says of itself, in a few words."""
    try:
        said = json.loads(content)
        return {name: str(said[name]) for name in ("database", "run_id", "verdict", "finished_at", "rules_sha256")}
    except (KeyError, TypeError, ValueError):
        return {"verdict": "this is no report of ours"}


def _masked_rows(outcome: Outcome) -> Iterator[int]:
    """The rows of each table whose masked columns verify looked at."""
    for live, rules in outcome.rules.items():
        counts = outcome.masked[live].measurement.tables
        yield from (counts[name].rows for name, table in rules.listed.items() if table.masked)


def _limits(outcome: Outcome) -> Iterator[str]:
    """What this report does not claim."""
    every = [
        (live, table, column, rule)
        for live, rules in outcome.rules.items()
        for table in rules.listed.values()
        for column, rule in table.masked.items()
    ]
    keyed = sorted({rule.function.name for _, _, _, rule in every if rule.function.keyed})
    if keyed:
        yield (
            f"Columns masked by {' or '.join(keyed)} are pseudonymised: whoever may use the masking key can tell whether a"
            " guessed value is among the originals, for as long as the key exists."
        )
    unseen = [f"{live}: {column} of {table.name}" for live, table, column, rule in every if not _is_recognised(rule)]
    if unseen:
        yield (
            "Outputs that look like any other value cannot be told from originals; verify compared counts and statistics only of"
            f" {', '.join(unseen)}."
        )
    common = [
        f"{live}: {column} of {table.name} ({why})" for live, table, column, rule in every for why in _common(rule)
    ]
    if common:
        yield f"Copies of these columns' values were not looked for, since the rules say that they stand elsewhere by right: {'; '.join(common)}."
    if outcome.originals is None:
        yield "No original was looked for: the run was taken up again by a process that no longer knew them."
    yield from outcome.unread
    for live, rules in outcome.rules.items():
        if rules.tables is None:
            yield f"No rule lists the columns of {live}: what its statements did not touch is as it was."


def _chosen_limits(rules: Rules, engine: str) -> Iterator[str]:
    """What the rules file lets leave with the snapshot."""
    if rules.roles == "keep":
        yield (
            "Production's passwords open the snapshot: the rules say `roles: keep`, so whoever knows the password of one of production's"
            " accounts can log in to whatever is restored from it."
        )
    if rules.large_objects == "keep" and engine == "postgres":
        yield (
            "Large objects (files that are stored in the database outside of its tables) are as they were: the rules say `large_objects: keep`,"
            " no rule masks them, and nobody can tell from this report what they show."
        )
    if rules.originals == "sampled":
        yield "Of large tables only some rows were searched for originals: the rules say `originals: sampled`."


def _common(rule: Rule) -> Iterator[str]:
    return (each.common for each in (rule, *rule.inner) if each.common)


def _is_recognised(rule: Rule) -> bool:
    return all(each.function.recognised == "exactly" for each in (rule, *rule.inner))


def _database(rules: DatabaseRules, masked: Masked, left: Mapping[str, int]) -> dict[str, Any]:
    tables = {
        str(name): {
            "rows": masked.measurement.tables[name].rows,
            "strategy": masked.strategies.get(str(name), KEPT),
            "columns": table.written(),
            **({"reasons": reasons} if (reasons := _reasons(table)) else {}),
            **({"deleted": f"rows of a condition, references: {table.delete.references}"} if table.delete else {}),
        }
        for name, table in rules.listed.items()
    }
    return {
        "tables": tables,
        "statements": len(rules.before) + len(rules.after),
        "rules": "statements only" if rules.tables is None else "every column",
        **({"rows_left_by_conditions": dict(left)} if left else {}),
    }


def _reasons(table: TableRules) -> dict[str, str]:
    """Why columns are kept, where the rules say it."""
    given = {column: rule.arguments.get("reason") for column, rule in table.columns.items() if not rule.changes}
    return {column: str(reason) for column, reason in given.items() if reason}

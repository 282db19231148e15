"""What a run tells for good: which rule masked what, what was purged and verified. Counts and names only, never a value."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sanitizer.functions import FUNCTIONS
from sanitizer.pipeline import Masked, Outcome
from sanitizer.rules import DatabaseRules, Rules

KEPT = "keep"


def report(
    *,
    outcome: Outcome,
    rules: Rules,
    run_id: str,
    database: str,
    engine: tuple[str, str],
    started_at: datetime,
    finished_at: datetime,
) -> bytes:
    """The report as it is stored; its digest is the SHA-256 of these bytes."""
    name, version = engine
    document = {
        "schema": 1,
        "verdict": "verified",
        "run_id": run_id,
        "database": database,
        "rules_sha256": rules.sha256,
        "started_at": started_at.isoformat(timespec="seconds"),
        "finished_at": finished_at.isoformat(timespec="seconds"),
        "engine": {"name": name, "version": version},
        "databases": {live: _database(outcome.rules[live], masked) for live, masked in outcome.masked.items()},
        "purged": [{"database": step.database, "place": step.place, "by": step.strategy} for step in outcome.purged],
        "neutralised": [{"role": role, "outcome": result} for role, result in outcome.neutralised.items()],
        "verified": dict(outcome.checks),
        "limits": list(_limits(outcome)),
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def _limits(outcome: Outcome) -> Iterator[str]:
    """What this report does not claim."""
    tables = (table for rules in outcome.rules.values() for table in rules.listed.values())
    written = {name for table in tables for name in table.written().values()}
    hashed = sorted(name for name in written if name != KEPT and name in FUNCTIONS and FUNCTIONS[name].deterministic)
    if hashed:
        yield (
            f"Columns masked by {' or '.join(hashed)} are pseudonymised: whoever may use the masking key can tell whether a"
            " guessed value is among the originals, for as long as the key exists."
        )
    for live, rules in outcome.rules.items():
        if rules.tables is None:
            yield f"No rule lists the columns of {live}: what its statements did not touch is as it was."


def _database(rules: DatabaseRules, masked: Masked) -> dict[str, Any]:
    tables = {
        str(name): {
            "rows": masked.measurement.tables[name].rows,
            "strategy": masked.strategies.get(str(name), KEPT),
            "columns": table.written(),
        }
        for name, table in rules.listed.items()
    }
    return {
        "tables": tables,
        "statements": len(rules.before) + len(rules.after),
        "rules": "statements only" if rules.tables is None else "every column",
    }

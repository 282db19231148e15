"""The report as a page for people who answer for the data: made from the report's bytes alone, needing nothing else."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sanitizer.html import Bar, Html, bars, document, element, facts, shown, table

Told = Mapping[str, Any]
STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
MOST_BARS = 20
KEEP, TRUNCATE = "keep", "truncate"
WHAT_PHASES_DO = {
    "inspect": "compare rules and server",
    "mask": "mask",
    "purge": "purge what masking left",
    "neutralise": "close what it would open",
    "verify": "verify",
}

WHAT_CHOICES_MEAN = {
    "purge": (
        "How far traces of masked values are removed",
        {
            "thorough": "everything that a query on the snapshot could show, and what was left of old rows in the files of tables",
            "forensic": "as thorough; on PostgreSQL also what was left in the files of its catalogs and of its write-ahead log, as far as the sanitizer's user may",
        },
    ),
    "roles": (
        "Production's accounts on this server",
        {
            "disable": "closed: they have no password and cannot log in; whoever restores the snapshot gives its master user a new password",
            "reset": "without a password: nobody can log in until somebody gives them a new one",
            "keep": "open: production's passwords are valid in the snapshot",
        },
    ),
    "large_objects": (
        "Large objects: PostgreSQL's files outside of tables",
        {
            "refuse": "there are none: a run that meets one stops",
            "unlink": "removed, all of them",
            "keep": "kept as they are: no rule masks them",
        },
    ),
    "originals": (
        "Where values from before masking were looked for",
        {
            "everywhere": "in every row of every table, and in all else that a query on the snapshot shows",
            "sampled": "in some rows of large tables, in every row of others, and in all else that a query on the snapshot shows",
        },
    ),
}


class Column(NamedTuple):
    """One column, or all of a truncated table, with its rule and why it is kept."""

    database: str
    table: str
    name: str
    rule: str
    rows: int
    reason: str

    @property
    def kept(self) -> bool:
        """Whether its values are production's."""
        return self.rule == KEEP


def page(content: bytes) -> bytes:
    """The page of a report, which names the SHA-256 of exactly these bytes."""
    told: Told = json.loads(content)
    digest = hashlib.sha256(content).hexdigest()
    columns = list(_columns(told))
    title = f"Sanitized snapshot of {told['database']}"
    masked = [each for each in columns if not each.kept]
    kept = [each for each in columns if each.kept]
    return document(
        title,
        STYLE,
        element("h1", title),
        element("p", f"Report of run {told['run_id']}", of="soft"),
        *_summary(told, masked, kept),
        *_limits(told),
        *_phases(told),
        *_rows(told),
        *_masked(masked),
        *_kept(kept),
        *_left_by_conditions(told),
        *_choices(told),
        *_done(told),
        *_verified(told),
        *_origin(told, digest),
    ).encode()


def _summary(told: Told, masked: list[Column], kept: list[Column]) -> Iterator[Html]:
    verified = told["verdict"] == "verified"
    word = element("strong", "Verified" if verified else f"Not verified: {told['verdict']}")
    checks = sum(told["verified"].values())
    said = f": all {checks:,} checks passed on {_moment(told['finished_at'])}." if verified else "."
    yield element("div", word, said, of="verdict")
    with_reason = sum(bool(each.reason) for each in kept)
    truncated = sum(each.rule == TRUNCATE for each in masked)
    yield facts(
        [
            ("Columns masked", len(masked) - truncated),
            ("Tables emptied", truncated),
            ("Columns kept", f"{len(kept):,}, {with_reason:,} of them with a reason"),
            ("Rows in these tables", sum(each["rows"] for _, _, each in _tables(told))),
            ("Data as of", _moment(told["snapshot_at"]) if told.get("snapshot_at") else "not known to the sanitizer"),
            ("Server", f"{told['engine']['name']} {told['engine']['version']}"),
            ("Databases", ", ".join(told["databases"])),
        ]
    )


def _limits(told: Told) -> Iterator[Html]:
    yield element("h2", "What this report does not claim")
    yield element("ul", *(element("li", limit) for limit in told["limits"] or ["There is nothing to add."]))


def _phases(told: Told) -> Iterator[Html]:
    phases = told.get("phases", [])
    yield element("h2", "How long each phase took")
    every = [Bar(WHAT_PHASES_DO.get(each["name"], each["name"]), each["seconds"], _spent(each["seconds"])) for each in phases]  # fmt: skip
    yield bars("How long each phase took", every)
    total = sum(each["seconds"] for each in phases)
    began, ended = _moment(told["started_at"]), _moment(told["finished_at"])
    yield element("p", f"{_spent(total)} in all; from {began} to {ended}.", of="soft")
    if told.get("resumed"):
        yield element("p", "The sanitizer was stopped and went on: the time before that is not in the picture.")


def _rows(told: Told) -> Iterator[Html]:
    every = sorted(_tables(told), key=lambda each: -each[2]["rows"])
    yield element("h2", "Rows by table")
    shown_bars = [Bar(f"{live}: {name}", each["rows"], f"{each['rows']:,}") for live, name, each in every[:MOST_BARS]]
    yield bars("Rows by table", shown_bars)
    if len(every) > MOST_BARS:
        yield element("p", f"and {len(every) - MOST_BARS:,} smaller tables", of="soft")


def _masked(columns: list[Column]) -> Iterator[Html]:
    yield element("h2", "Masked")
    headings = ("Database", "Table", "Column", "Rule", "Rows")
    rows = ((each.database, each.table, _name(each), element("code", each.rule), each.rows) for each in columns)
    yield table(headings, rows, "No rule masks a column; see the statements below.")


def _kept(columns: list[Column]) -> Iterator[Html]:
    yield element("h2", "Kept as they are")
    rows = ((each.database, each.table, each.name, each.reason or "no reason is written in the rules") for each in columns)  # fmt: skip
    yield table(("Database", "Table", "Column", "Why it may be kept"), rows, "No column is kept.")


def _left_by_conditions(told: Told) -> Iterator[Html]:
    left = [
        (live, column, rows)
        for live, each in told["databases"].items()
        for column, rows in each.get("rows_left_by_conditions", {}).items()
    ]
    if left:
        yield element("h3", "Rows that a rule's condition left as they were")
        yield table(("Database", "Column", "Rows"), left, "")


def _choices(told: Told) -> Iterator[Html]:
    rows = []
    for choice, word in told.get("choices", {}).items():
        about, meanings = WHAT_CHOICES_MEAN.get(choice, (choice, {}))
        rows.append((about, meanings.get(word, ""), element("code", f"{choice}: {word}")))
    yield element("h2", "Decided for the whole server")
    yield table(("What", "Decision", "In the rules' words"), rows, "This report does not say.")


def _done(told: Told) -> Iterator[Html]:
    yield element("h2", "Done besides")
    deleted = [(live, name, each["deleted"]) for live, name, each in _tables(told) if "deleted" in each]
    if deleted:
        yield element("h3", "Deleted before masking")
        yield table(("Database", "Table", "What"), deleted, "")
    statements = [(live, each["statements"]) for live, each in told["databases"].items() if each["statements"]]
    if statements:
        yield element("h3", "SQL statements of the rules file")
        yield table(("Database", "Statements"), statements, "")
    yield element("h3", "Purged: places where originals could have been left")
    yield _listed(told["purged"], "Masking left nothing to purge.")
    yield element("h3", "Neutralised: what would have opened the copy, or other systems")
    yield _listed(told["neutralised"], "Nothing of the kind was there.")


def _listed(entries: list[Told], otherwise: str) -> Html:
    """A table of entries with the same fields, in their own words."""
    headings = list(entries[0]) if entries else []
    return table([each.capitalize() for each in headings], ([each.get(name, "") for name in headings] for each in entries), otherwise)  # fmt: skip


def _verified(told: Told) -> Iterator[Html]:
    yield element("h2", "Verified")
    yield element("p", f"On {told['rows_verified']:,} rows of the tables with masked columns. All checks have passed.")
    yield table(("Kind of check", "Checks"), told["verified"].items(), "The rules gave nothing to check.")
    if told["originals"] is not None:
        yield element(
            "p",
            f"A sample of {told['originals']:,} originals was looked for in everything that SQL shows: none was found.",
        )


def _origin(told: Told, digest: str) -> Iterator[Html]:
    yield element("h2", "Where this page comes from")
    yield facts(
        [
            ("Run", told["run_id"]),
            ("SHA-256 of the report", element("code", digest)),
            ("SHA-256 of the rules", element("code", told["rules_sha256"])),
            ("Sanitizer", told["sanitizer"]["version"]),
            ("Schema of the report", told["schema"]),
        ]
    )
    yield element("p", "The page is made from the report (JSON) alone; where they differ, the report counts. The snapshot carries the report's SHA-256 as its tag ", element("code", "sanitized-snapshots:report-sha256"), ".", of="soft")  # fmt: skip


def _tables(told: Told) -> Iterator[tuple[str, str, Told]]:
    for live, database in told["databases"].items():
        for name, each in database["tables"].items():
            yield live, name, each


def _columns(told: Told) -> Iterator[Column]:
    for live, name, each in _tables(told):
        reasons = each.get("reasons", {})
        for column, rule in each["columns"].items():
            yield Column(live, name, column, rule, each["rows"], reasons.get(column, ""))


def _name(column: Column) -> Html:
    return element("span", "all rows", of="soft") if column.rule == TRUNCATE else shown(column.name)


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%d %B %Y, %H:%M} UTC"


def _spent(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"

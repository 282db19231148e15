"""The JSON Schema of reports: what each field means, for whoever reads or checks one."""

import json
from collections.abc import Mapping
from typing import Any

from sanitizer.report import SCHEMA
from sanitizer.rules import OF_THE_SERVER

Schema = dict[str, Any]


def page() -> str:
    """The schema, as the file that reports are checked against."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def schema() -> Schema:
    """Every field of a report. Readers ignore fields that they do not know: more may come under the same number."""
    told = _object(
        {
            "schema": {"const": SCHEMA, "description": "this schema's number; another one where a field changes its meaning"},
            "sanitizer": _object({"version": _text("of the sanitizer that wrote the report")}, "what wrote this"),
            "verdict": {"const": "verified", "description": "there is no report of a database that was not verified"},
            "run_id": _text("the run"),
            "database": _text("the database's name in the stack"),
            "rules_sha256": {**_text("SHA-256 of the rules file"), "pattern": "^[0-9a-f]{64}$"},
            "started_at": _time("when the sanitizer started"),
            "finished_at": _time("when everything was verified"),
            "snapshot_at": _time("when the snapshot was taken, so how old the data is; null where nobody has said", or_null=True),
            "resumed": {"type": "boolean", "description": "whether an earlier sanitizer of the same run was stopped: phases then hold the time of the last one"},
            "phases": _list(
                {"name": _text("inspect, mask, purge, neutralise or verify"), "seconds": {"type": "number", "minimum": 0, "description": "how long it took"}},
                "the phases of the run in their order",
            ),
            "engine": _object({"name": _text("postgres, mysql or mariadb"), "version": _text("as the server says it")}, "the server"),
            "choices": _object(
                {choice: {"enum": list(words), "description": _choice(words)} for choice, words in OF_THE_SERVER.items()},
                "what the rules file decides for the whole server, or what is meant where it says nothing",
            ),
            "databases": _map(_database(), "each database of the server by its name"),
            "purged": _list(
                {"database": _text("where"), "place": _text("what"), "by": _text("how")},
                "places where originals could have been left",
            ),
            "neutralised": _list(
                {"role": _text("who or what"), "outcome": _text("what has become of it")},
                "what would have opened the copy, or other systems",
            ),
            "verified": _map(_count("how many were made; all have passed"), "checks by kind"),
            "rows_verified": _count("rows of the tables with masked columns, all of them verified"),
            "originals": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "how many different originals were looked for in everything that SQL shows, and not found; null where nobody knew them any more",
            },
            "limits": {"type": "array", "items": {"type": "string"}, "description": "what the report does not claim"},
        },
        "Which rule masked what, what was kept, purged, neutralised and verified: names and counts, never a value.",
    )  # fmt: skip
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Report of a sanitized snapshot"}
    return {**head, **told}


def _choice(words: Mapping[str, str]) -> str:
    return "; ".join(f"{word}: {told}" for word, told in words.items())


def _database() -> Schema:
    optional = {
        "reasons": _map(_text("the reason"), "why columns are kept, where the rules say it"),
        "deleted": _text("which rows were deleted before masking"),
    }
    table = _object(
        {
            "rows": _count("rows at the end, after the last statement of the rules file"),
            "strategy": _text("how it was masked"),
            "columns": _map(_text("the rule"), "each column's rule; `*` for all rows of a truncated table"),
        },
        "",
        optional,
    )
    return _object(
        {
            "tables": _map(table, "each table that has rules"),
            "statements": _count("SQL statements of the rules file"),
            "rules": {"enum": ["every column", "statements only"], "description": "what the rules speak about"},
        },
        "",
        {"rows_left_by_conditions": _map(_count("rows"), "rows that a rule's condition left as they were, by column")},
    )


def _object(required: Schema, meaning: str, optional: Schema | None = None) -> Schema:
    told = {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}
    return {**told, "description": meaning} if meaning else told


def _map(each: Schema, meaning: str) -> Schema:
    return {"type": "object", "additionalProperties": each, "description": meaning}


def _list(fields: Schema, meaning: str) -> Schema:
    return {"type": "array", "items": _object(fields, ""), "description": meaning}


def _text(meaning: str) -> Schema:
    return {"type": "string", "description": meaning}


def _count(meaning: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": meaning}


def _time(meaning: str, *, or_null: bool = False) -> Schema:
    return {"type": ["string", "null"] if or_null else "string", "format": "date-time", "description": meaning}

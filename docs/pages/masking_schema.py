"""The JSON Schema of rules files, for editors: from the masking functions' declarations."""

import json
from typing import Any

from sanitizer.functions import FUNCTIONS, KEEP, REFERENCES, TRUNCATE, Function
from sanitizer.rule_reader import BESIDE
from sanitizer.rules import OF_THE_SERVER, SAMPLED_VALUES

Schema = dict[str, Any]
RULE = {"$ref": "#/definitions/rule"}
SETS = {"type": "string", "pattern": "/"}
STATEMENTS = {"type": "array", "items": {"type": "string"}}


def page() -> str:
    """The schema, as the file that `# yaml-language-server: $schema=` names."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Masking rules",
        "type": "object",
        "properties": {
            "unlisted": {"enum": ["fail"], "description": "what nobody has looked at stops the run"},
            **{key: {"enum": list(words), "description": _told(words)} for key, words in OF_THE_SERVER.items()},
            SAMPLED_VALUES.name: {**SAMPLED_VALUES.kind.schema, "description": SAMPLED_VALUES.meaning},
            "sets": {
                "type": "object",
                "propertyNames": {"pattern": "^[a-z0-9_-]+(/[a-z0-9_-]+)+$"},
                "additionalProperties": {"type": "object", "additionalProperties": RULE},
            },
            "databases": {"type": "object", "additionalProperties": _database()},
            **_database()["properties"],
        },
        "additionalProperties": False,
        "definitions": {"rule": {"anyOf": [_words(), *(_mapping(each) for each in _every())]}, "table": _table()},
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _told(words: dict[str, str]) -> str:
    return "; ".join(f"{word}: {meaning}" for word, meaning in words.items())


def _every() -> list[Function]:
    return [*FUNCTIONS.values(), *REFERENCES.values()]


def _words() -> Schema:
    return {"enum": [each.name for each in _every() if not each.parameter]}


def _mapping(function: Function) -> Schema:
    parameters = {each.name: {**each.kind.schema, "description": each.meaning} for each in function.parameters}
    value: Schema = {"type": "object", "properties": parameters, "additionalProperties": False}
    if function.parameters:
        first = function.parameters[0].kind
        value = first.schema if first.structured else {"anyOf": [first.schema, value]}
    changing = function.name not in (KEEP, *REFERENCES)
    beside = {word: each.kind.schema for word, each in BESIDE.items()} if changing else {}
    return {
        "type": "object",
        "description": function.meaning,
        "properties": {**parameters, **beside, function.name: value},
        "required": [function.name],
        "additionalProperties": False,
    }


def _table() -> Schema:
    columns = {"type": "object", "additionalProperties": RULE}
    use = {"anyOf": [SETS, {"type": "array", "items": SETS}]}
    explicit = {
        "type": "object",
        "properties": {
            "columns": columns,
            "use": use,
            "delete": {"type": "string", "minLength": 1, "description": "rows for which this SQL condition holds go"},
            "references": {"enum": ["refuse", "cascade"], "description": "what becomes of rows that point at them"},
        },
        "required": ["columns"],
        "additionalProperties": False,
    }
    short = {"type": "object", "properties": {"use": {"anyOf": [use, RULE]}}, "additionalProperties": RULE}
    return {"anyOf": [{"enum": [TRUNCATE]}, explicit, short]}


def _database() -> Schema:
    sql = {"type": "object", "properties": {"before": STATEMENTS, "after": STATEMENTS}, "additionalProperties": False}
    return {
        "type": "object",
        "properties": {
            "tables": {"type": "object", "additionalProperties": {"$ref": "#/definitions/table"}},
            "sql": {"anyOf": [STATEMENTS, sql]},
        },
        "additionalProperties": False,
    }

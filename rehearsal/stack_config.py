"""A stack's config as Pulumi's engine reads it: the stack's file, the project's defaults, the declared types."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import yaml

TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


class StackConfigError(Exception):
    """The engine would refuse this config before it ran the program."""


class StackConfig(NamedTuple):
    """The project's name, and each config key (`namespace:key`) with its text."""

    project: str
    values: dict[str, str]


def load(project_dir: Path, stack: str) -> StackConfig:
    """The config that the engine would hand to the program.

    Raises: StackConfigError
    """
    project = yaml.safe_load((project_dir / "Pulumi.yaml").read_text(encoding="utf-8"))
    name, declared = project["name"], project.get("config") or {}
    file = project_dir / f"Pulumi.{stack}.yaml"
    if not file.exists():
        raise StackConfigError(f"there is no {file.name}; choose a stack that has one")
    given = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("config") or {}
    values = {_full(name, key): _text(value) for key, value in given.items()}
    missing = []
    for key, declaration in declared.items():
        full = _full(name, key)
        if full in values:
            _check_type(key, values[full], declaration["type"])
        elif "default" in declaration:
            values[full] = _text(declaration["default"])
        else:
            missing.append(key)
    if missing:
        raise StackConfigError(f"stack {stack} is missing configuration value(s) {', '.join(missing)}")
    return StackConfig(name, values)


def _full(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _text(value: Any) -> str:
    """Config values are texts; lists and mappings are JSON."""
    if isinstance(value, dict) and list(value) == ["secure"]:
        raise StackConfigError("an encrypted value cannot be read without the engine; no setting of ours is a secret")
    return value if isinstance(value, str) else json.dumps(value)


def _check_type(key: str, text: str, declared: str) -> None:
    if declared == "string":
        return
    try:
        fits = isinstance(json.loads(text), TYPES[declared])
    except ValueError:
        fits = False
    if not fits:
        raise StackConfigError(f"configuration value {key} must be of type {declared}")

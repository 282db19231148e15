"""docs/consumers.md, read as a consumer would: its two policies, and its commands as calls."""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name

PAGE = (Path(__file__).parent.parent / "docs" / "consumers.md").read_text()
MODEL = botocore.session.get_session().get_service_model("rds")
OPERATIONS = {xform_name(name, "-"): name for name in MODEL.operation_names}


def policies() -> list[dict[str, Any]]:
    """The share key's policy, and that of whoever copies and restores."""
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def commands() -> list[list[str]]:
    """The consumer's command lines, in words, without `aws rds`."""
    return [shlex.split(line) for line in re.findall(r"^\$ aws rds (.*)$", PAGE, re.MULTILINE)]


def recall() -> list[str]:
    """The one command line that is the owner's."""
    (line,) = re.findall(r"`aws rds ([^`]*)`", PAGE)
    return shlex.split(line)


def parameters(command: list[str]) -> tuple[str, dict[str, Any]]:
    """The operation that a command line names, and its parameters: as botocore's model of the service has them.

    Raises: KeyError for an operation or a parameter that does not exist.
    """
    operation = MODEL.operation_model(OPERATIONS[command[0]])
    members = {xform_name(name, "-"): (name, shape) for name, shape in operation.input_shape.members.items()}
    given: dict[str, Any] = {}
    for option in re.split(r" (?=--)", " ".join(command[1:])):
        word, *values = option.removeprefix("--").split()
        name, shape = members[word.removeprefix("no-")]
        kinds = {"boolean": not word.startswith("no-"), "list": values}
        given[name] = kinds.get(shape.type_name, " ".join(values))
    return OPERATIONS[command[0]], given


def run(rds: Any, command: list[str], meant: Mapping[str, str]) -> Any:
    """Make the call of a command line, with these words for those in capitals."""
    operation, given = parameters([meant.get(part, part) for part in command])
    return getattr(rds, xform_name(operation))(**given)

"""Reading properties without tripping over what is still unknown.

Properties are proxies: touching an unknown value raises, and an uncaught raise ends the policy for the resource (a stack
policy: for the whole stack) with no more than an advisory note. So every read goes through here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from pulumi_policy.proxy import UnknownValueError


class Unknown:
    """A value that is known only after deployment."""

    def __repr__(self) -> str:
        """How it shows in a message."""
        return "(known after deployment)"


UNKNOWN: Final = Unknown()


def get(node: Any, *path: str | int) -> Any:
    """The value at the path: None where there is none, UNKNOWN where it is not known yet."""
    for part in path:
        try:
            node = node[part]
        except UnknownValueError:
            return UNKNOWN
        except (KeyError, IndexError, TypeError):
            return None
    return node


def read(node: Any, *path: str | int) -> Any:
    """The value at the path as plain mappings and lists, with UNKNOWN wherever something is not known yet."""
    found = get(node, *path)
    if isinstance(found, Mapping):
        return {key: read(found, key) for key in found}
    if isinstance(found, Sequence) and not isinstance(found, str):
        return [read(found, place) for place in range(len(found))]
    return found


def text(node: Any, *path: str | int) -> str | Unknown | None:
    """The text at the path: None where there is none or something else, UNKNOWN where it is not known yet."""
    found = get(node, *path)
    return found if isinstance(found, str | Unknown) else None


def document(value: Any) -> Any:
    """What a JSON document says, whether it is a text or a value already; None where it is no JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def listed(value: Any) -> list[Any]:
    """A list, or the one value that stands for a list of one; nothing for None."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def number(value: Any) -> float | None:
    """The number that a value or its text is; None for everything else."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def has_unknown(value: Any) -> bool:
    """Whether any part of plain mappings and lists is known only after deployment."""
    if isinstance(value, dict):
        return any(has_unknown(each) for each in value.values())
    return any(has_unknown(each) for each in value) if isinstance(value, list) else value is UNKNOWN


def variables(function: Any) -> Any:
    """The environment of a Lambda function, given its properties: a mapping, or UNKNOWN."""
    environment = read(function, "environment")
    inner = environment if environment is UNKNOWN else get(environment, "variables")
    return inner if inner is UNKNOWN or isinstance(inner, dict) else {}


class Groups(NamedTuple):
    """A list of security groups: the ids that are known, and whether there are (or may be) others."""

    known: frozenset[str]
    others: bool

    @property
    def missing(self) -> bool:
        """Nothing is there, and nothing will be."""
        return not self.known and not self.others


def groups_in(node: Any, *path: str) -> Groups:
    """The list of groups at the path, element by element."""
    found = get(node, *path)
    if found is UNKNOWN:
        return Groups(frozenset(), others=True)
    if isinstance(found, str) or not isinstance(found, Sequence):
        return Groups(frozenset(), others=False)
    return _groups([get(found, place) for place in range(len(found))])


def numbered_groups(variables: Any, start: str) -> Groups:
    """The groups in variables that begin with the word and end with a number."""
    if variables is UNKNOWN:
        return Groups(frozenset(), others=True)
    return _groups([value for name, value in variables.items() if name.startswith(start)])


def _groups(values: list[Any]) -> Groups:
    known = frozenset(value for value in values if isinstance(value, str) and value)
    return Groups(known, others=any(value is UNKNOWN for value in values))

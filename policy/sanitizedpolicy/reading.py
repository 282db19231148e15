"""Reading properties without tripping over what is still unknown.

Properties are proxies: touching an unknown value raises, and an uncaught raise ends the policy for the resource (a stack
policy: for the whole stack) with no more than an advisory note. So every read goes through here.
"""

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
    names = [name for name in variables if name.startswith(start)] if isinstance(variables, Mapping) else []
    return _groups([get(variables, name) for name in names])


def _groups(values: list[Any]) -> Groups:
    known = frozenset(value for value in values if isinstance(value, str) and value)
    return Groups(known, others=any(value is UNKNOWN for value in values))

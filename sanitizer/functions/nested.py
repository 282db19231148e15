"""Rules inside rules: one rule for each element of an array, or for each path of a JSON document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from sanitizer.functions.parameters import Kind, Reader, Unreadable, one_of
from sanitizer.yaml_nodes import text

RULE_SCHEMA = {"$ref": "#/definitions/rule"}
UNLISTED = ("fail", "keep", "set_null")
UNNESTABLE = frozenset({"template", "json", "each", "sql", "follow", "like"})
NOT_INSIDE = ("cannot stand inside another rule", "Use a function of the value alone, without `where` or other columns")
IN_JSON = frozenset({"any", "text", "number"})

_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\.\"([^\"\\]+)\"|(\[\*\])")


class Path(NamedTuple):
    """A JSON path: names of keys, and `[*]` for every element of an array."""

    steps: tuple[str | None, ...]
    written: str


class Paths(NamedTuple):
    """The rules of a JSON document's paths, and what becomes of keys that no path names."""

    rules: tuple[tuple[Path, Any], ...]
    unlisted: str

    def __eq__(self, other: object) -> bool:
        """Equal when they mask alike, wherever they are written."""
        return isinstance(other, Paths) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(repr(self._key()))

    def __str__(self) -> str:
        """As it is written, each rule as reports show it."""
        written = [f"{path.written}: {rule}" for path, rule in self.rules]
        return f"{{{', '.join([*written, f'unlisted: {self.unlisted}'])}}}"

    def _key(self) -> Any:
        return sorted((path.written, repr(rule.mapping)) for path, rule in self.rules), self.unlisted


@dataclass
class Node:
    """A place in a document: its own rule, or what is known of its keys (None: the elements of an array)."""

    rule: Any = None
    inner: dict[str | None, "Node"] = field(default_factory=dict)

    @property
    def is_of_keys(self) -> bool:
        """Whether no array lies on the way."""
        return None not in self.inner and all(child.is_of_keys for child in self.inner.values())


def tree(paths: Paths) -> Node:
    """The rules of a document by their places, from the whole of it on."""
    root = Node()
    for path, rule in paths.rules:
        node = root
        for step in path.steps:
            node = node.inner.setdefault(step, Node())
        node.rule = rule
    return root


def places(node: Node, steps: tuple[str | None, ...] = ()) -> Iterator[tuple[tuple[str | None, ...], Node]]:
    """The place itself and every one below it, with the way there."""
    yield steps, node
    for step, inner in node.inner.items():
        yield from places(inner, (*steps, step))


def _nested(node: yaml.Node, path: str, reader: Reader) -> Any:
    """The rule inside. What may not stand there is refused before it is read: aliases can nest for ever."""
    inner = [text(node)] if isinstance(node, yaml.ScalarNode) else []
    inner += [text(key) for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    if UNNESTABLE & set(inner):
        raise Unreadable(*NOT_INSIDE)
    rule = reader.rule(node, path)
    if rule is not None and (rule.where or any(True for _ in rule.columns_needed)):
        raise Unreadable(*NOT_INSIDE)
    return rule


def _path(written: str) -> Path | None:
    if not written.startswith("$"):
        return None
    steps: list[str | None] = []
    place = 1
    while place < len(written):
        match = _STEP.match(written, place)
        if match is None:
            return None
        steps.append(None if match[3] else match[1] or match[2])
        place = match.end()
    return Path(tuple(steps), written) if steps else None


def _paths(node: yaml.Node, path: str, reader: Reader) -> Paths:
    rules: dict[tuple[str | None, ...], tuple[Path, Any]] = {}
    unlisted = UNLISTED[0]
    for key, value, key_node in reader.entries(node, path):
        if key == "unlisted":
            unlisted = one_of(UNLISTED).read(value, path, reader)
            continue
        parsed = _path(key)
        if parsed is None:
            reader.wrong(key_node, path, "is no path", "Write $.key, $.key.inner or $.list[*].key", key)
            continue
        other = next((rules[steps][0].written for steps in rules if _overlap(steps, parsed.steps)), None)
        if other:
            reader.wrong(key_node, path, f"lies on the way of {other}", "Keep one of the two", key)
        rule = _nested(value, f"{path}.{key}", reader)
        if rule is not None and not IN_JSON & set(rule.function.kinds):
            reader.wrong(
                value,
                f"{path}.{key}",
                "takes no value of JSON",
                "Use a function that takes text or numbers",
                rule.function.name,
            )
        elif rule is not None:
            rules[parsed.steps] = (parsed, rule)
    if not rules and isinstance(node, yaml.MappingNode) and not node.value:
        raise Unreadable("lists no path", "Write {$.key: rule}")
    return Paths(tuple(rules.values()), unlisted)


def _overlap(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
    return one[: len(other)] == other[: len(one)]


NESTED = Kind("a rule for each element", _nested, RULE_SCHEMA, structured=True)
PATHS = Kind(
    "a mapping of paths to rules",
    _paths,
    {
        "type": "object",
        "properties": {"unlisted": {"enum": list(UNLISTED)}},
        "patternProperties": {r"^\$": RULE_SCHEMA},
        "additionalProperties": False,
        "minProperties": 1,
    },
    structured=True,
)

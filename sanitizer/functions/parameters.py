"""The kinds of values that masking functions take as parameters: how each is written, read, and described to editors."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, Protocol

import yaml

from sanitizer.yaml_nodes import NULL_TAG, instead

Schema = dict[str, Any]


class Unreadable(Exception):
    """A value is not of its kind; the two texts say what is wrong and what to write."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class Reader(Protocol):
    """What a kind needs of the reader of the rules file: rules within rules, and its list of mistakes."""

    def rule(self, node: yaml.Node, path: str) -> Any:
        """The rule that stands there, or None when it is mistaken."""

    def entries(self, node: yaml.Node, path: str) -> list[tuple[str, yaml.Node, yaml.Node]]:
        """A mapping's keys with value and key nodes."""

    def wrong(self, node: yaml.Node, path: str, problem: str, remedy: str, value: str | None = None) -> None:
        """Notes a mistake."""


class Kind(NamedTuple):
    """One kind of value. `how` completes the sentence "write ..."; `structured` ones may be lists or mappings themselves.

    `names_columns` finds the columns of the row that a value needs.
    """

    how: str
    read: Callable[[yaml.Node, str, Reader], Any]
    schema: Schema
    names_columns: Callable[[Any], Iterable[str]] = lambda _value: ()
    structured: bool = False


def _scalar(node: yaml.Node, how: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Unreadable("needs one value", f"Write {how}")
    if node.tag == NULL_TAG:
        raise Unreadable(
            "has a bare YAML null as its value", "Write `set_null` for NULL, or '' for the empty text, or leave it out"
        )
    return str(node.value)


def scalar(how: str, schema: Schema, parse: Callable[[str], Any]) -> Kind:
    """A kind whose values are one word or text; `parse` returns None for what is none."""

    def read(node: yaml.Node, _path: str, _reader: Reader) -> Any:
        value = parse(_scalar(node, how))
        if value is None:
            raise Unreadable(f"is not {how}", f"Write {how}")
        return value

    return Kind(how, read, schema)


def matching(how: str, pattern: str) -> Kind:
    """Text of one shape."""
    return scalar(
        how,
        {"type": "string", "pattern": f"^(?:{pattern})$"},
        lambda word: word if re.fullmatch(pattern, word) else None,
    )


def one_of(words: Iterable[str]) -> Kind:
    """One of a few words."""
    allowed = list(words)

    def read(node: yaml.Node, _path: str, _reader: Reader) -> str:
        word = _scalar(node, f"one of: {', '.join(allowed)}")
        if word not in allowed:
            raise Unreadable("is none of the possible words", instead(word, allowed))
        return word

    return Kind(f"one of: {', '.join(allowed)}", read, {"enum": allowed})


def whole(minimum: int, maximum: int) -> Kind:
    """A whole number in a range."""

    def parse(word: str) -> int | None:
        return int(word) if re.fullmatch(r"\d{1,9}", word) and minimum <= int(word) <= maximum else None

    schema = {"type": "integer", "minimum": minimum, "maximum": maximum}
    return scalar(f"a whole number from {minimum} to {maximum}", schema, parse)


def _decimal(word: str) -> Decimal | None:
    try:
        value = Decimal(word) if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", word) else None
    except InvalidOperation:  # pragma: no cover - the shape above allows none
        return None
    return value or None


def _percent(word: str) -> Decimal | None:
    match = re.fullmatch(r"(\d{1,2}(?:\.\d{1,3})?|100)%", word)
    return _decimal(match[1]) if match else None


class Span(NamedTuple):
    """A length of time: so many days and hours."""

    days: int
    hours: int

    def __str__(self) -> str:
        return f"{self.days}d" if self.days else f"{self.hours}h"


def _span(word: str) -> Span | None:
    match = re.fullmatch(r"([1-9]\d{0,4})([hd])", word)
    if match is None or (match[2] == "d" and int(match[1]) > 3650):
        return None
    return Span(int(match[1]), 0) if match[2] == "d" else Span(0, int(match[1]))


TEXT = scalar("a text", {"type": ["string", "number", "boolean"]}, lambda word: word)
PHRASE = scalar("a text that is not empty", {"type": "string", "minLength": 1}, lambda word: word.strip() or None)
SQL = scalar("an SQL expression", PHRASE.schema, lambda word: word.strip() or None)
DECIMAL = scalar("a number greater than 0", {"type": "number", "exclusiveMinimum": 0}, _decimal)
PERCENT = scalar(
    "a percentage greater than 0%, at most 100%", {"type": "string", "pattern": r"^\d+(\.\d+)?%$"}, _percent
)
SPAN = scalar("a span like 30d or 12h", {"type": "string", "pattern": "^[1-9][0-9]{0,4}[hd]$"}, _span)
COLUMN = scalar("the name of a column", {"type": "string", "minLength": 1}, lambda word: word or None)._replace(
    names_columns=lambda value: (value,) if value else ()
)
DOMAIN = matching(
    "a domain's name, like example.org", r"(?=.{4,100}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)

_HOLE = re.compile(r"\{([^{}]*)\}")


class Template(NamedTuple):
    """Text and columns by turns, beginning and ending with text: texts[0] columns[0] texts[1] ..."""

    texts: tuple[str, ...]
    columns: tuple[str, ...]


def _template(word: str) -> Template | None:
    pieces = _HOLE.split(word)
    texts, columns = tuple(pieces[::2]), tuple(pieces[1::2])
    broken = not columns or not all(columns) or any(brace in text for text in texts for brace in "{}")
    return None if broken else Template(texts, columns)


TEMPLATE = scalar(
    "a text with columns of the row in braces: '{first_name} {last_name}'",
    {"type": "string", "pattern": r"\{[^{}]+\}"},
    _template,
)._replace(names_columns=lambda value: value.columns)


class Run(NamedTuple):
    """Part of a pattern: so many characters of one class (# A a), or literal text."""

    kind: str
    text: str


def runs(pattern: str) -> tuple[Run, ...]:
    """The pattern's parts: digits #, capital letters A, small letters a; a backslash makes the next character literal."""
    found: list[Run] = []
    for match in re.finditer(r"\\(.)|(#+)|(A+)|(a+)|(.)", pattern, re.DOTALL):
        escaped, digits, capitals, smalls, other = match.groups()
        placeholder = digits or capitals or smalls
        if placeholder:
            found.append(Run(placeholder[0], placeholder))
        elif found and found[-1].kind == "":
            found[-1] = Run("", found[-1].text + (escaped or other))
        else:
            found.append(Run("", escaped or other))
    return tuple(found)


def _pattern(word: str) -> tuple[Run, ...] | None:
    parts = runs(word)
    placeholders = sum(len(part.text) for part in parts if part.kind)
    return (
        parts if 1 <= placeholders <= 60 and len(word) <= 200 and not re.search(r"(?<!\\)(\\\\)*\\\Z", word) else None
    )


PATTERN = scalar(
    "a pattern of #, A and a for digit, capital and small letter, like AA-######",
    {"type": "string", "minLength": 1},
    _pattern,
)

MOST_CHOICES = 1000


class Choice(NamedTuple):
    """One possible output, and how often it is drawn among the others."""

    value: str
    weight: int


def _choices(node: yaml.Node, path: str, reader: Reader) -> tuple[Choice, ...]:
    if isinstance(node, yaml.SequenceNode):
        found = [Choice(_scalar(item, "each choice as one value"), 1) for item in node.value]
    elif isinstance(node, yaml.MappingNode):
        weights = whole(1, MOST_CHOICES)
        found = [Choice(value, weights.read(weight, path, reader)) for value, weight, _ in reader.entries(node, path)]
    else:
        raise Unreadable("is no list of choices", "Write [a, b, c], or {a: 3, b: 1} with weights")
    if not found or sum(choice.weight for choice in found) > MOST_CHOICES:
        raise Unreadable("has no choice, or too many", f"Give it 1 to {MOST_CHOICES} choices, weights added up")
    return tuple(found)


_ANY_SCALAR = {"type": ["string", "number", "boolean"]}
CHOICES = Kind(
    "a list of values, or a mapping of values to weights",
    _choices,
    {
        "oneOf": [
            {"type": "array", "items": _ANY_SCALAR, "minItems": 1, "maxItems": MOST_CHOICES},
            {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}, "minProperties": 1},
        ]
    },
    structured=True,
)

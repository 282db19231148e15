"""What a predicate looks at: a value found after masking, and the rule that should have written it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sanitizer.mysql.native import NativeColumn
from sanitizer.mysql.writing import listed, literal
from sanitizer.rules import Rule


class Seen(NamedTuple):
    """A value as an SQL expression, its rule and its column.

    `given` are the values that the rule itself names, as the column holds them: hexadecimal digits. All names of subqueries begin with
    sanitizer_.
    """

    value: str
    rule: Rule
    column: NativeColumn
    given: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The value as text that compares code points."""
        return f"(CONVERT({self.value} USING utf8mb4) COLLATE utf8mb4_bin)"

    @property
    def bytes(self) -> str:
        """The value's text, compared byte by byte: spaces at the end count."""
        return exactly(self.text)


Predicate = Callable[[Seen], str]


def exactly(text: str) -> str:
    """The text, compared byte by byte."""
    return f"CAST({text} AS BINARY)"


def matches(pattern: str) -> Predicate:
    """NULL, or a text of this shape."""
    return lambda seen: like_pattern(seen, pattern)


def like_pattern(seen: Seen, pattern: str) -> str:
    r"""NULL, or the whole text is of this shape; $ instead of \z would let a line end through."""
    whole = literal(rf"^(?:{pattern})\z")
    return f"({seen.value} IS NULL OR {seen.text} REGEXP {whole})"


def listed_among(text: str, words: Iterable[str]) -> str:
    """One of the words; not true of NULL."""
    return f"{exactly(text)} IN ({listed([literal(word) for word in words])})"

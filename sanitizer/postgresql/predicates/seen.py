"""What a predicate looks at: a value found after masking, and the rule that should have written it."""

from collections.abc import Callable
from typing import NamedTuple

from psycopg import sql

from sanitizer.rules import Rule
from sanitizer.schema import Column


class Seen(NamedTuple):
    """A value as an SQL expression, its rule and its column.

    The expression is qualified (table.column): predicates hold subqueries, whose own names all begin with sanitizer_.
    """

    value: sql.Composable
    rule: Rule
    column: Column

    @property
    def text(self) -> sql.Composable:
        """The value as text that compares byte by byte."""
        return sql.SQL('({}::text COLLATE "C")').format(self.value)


Predicate = Callable[[Seen], sql.Composable]


def matches(pattern: str) -> Predicate:
    """NULL, or a text of this shape."""
    return lambda seen: like_pattern(seen.text, pattern)


def like_pattern(text: sql.Composable, pattern: str) -> sql.Composable:
    """NULL, or the whole text is of this shape."""
    return sql.SQL("({0} IS NULL OR {0} ~ {1})").format(text, sql.Literal(f"^(?:{pattern})$"))


def hexadecimal(text: sql.Composable, digits: int, after: str = "") -> sql.Composable:
    """NULL, or so many digits and then this ASCII text: ten times cheaper than a pattern that counts."""
    length = digits + len(after)
    ends = sql.SQL("right({0}, {1}) = {2} AND left({0}, {3})").format(
        text, *map(sql.Literal, (len(after), after, digits))
    )
    condition = "({0} IS NULL OR octet_length({0}) = {1} AND {2} !~ '[^0-9a-f]')"
    return sql.SQL(condition).format(text, sql.Literal(length), ends if after else text)


def is_among(text: sql.Composable, words: tuple[str, ...]) -> sql.Composable:
    """One of the words; not true of NULL."""
    return sql.SQL("{} = ANY ({})").format(text, sql.Literal(list(words)))

"""What a predicate looks at: a value found after masking, and the rule that should have written it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from psycopg import sql

from sanitizer.rules import Rule
from sanitizer.schema import Column

# How `runs` reads a form, and what a pattern calls these characters.
CLASSES = {"#": "0-9", "A": "A-Z", "a": "a-z", "*": "0-9a-f"}
_IN_FORMS = "#A*"


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


def runs(form: str) -> Iterator[tuple[str, str]]:
    """What `is_of_form` takes: # is a digit, A a capital letter, * a hexadecimal digit, all else is itself."""
    for kind, run in groupby(form, lambda character: character if character in _IN_FORMS else ""):
        yield kind, "".join(run)


def is_of_form(text: sql.Composable, form: Iterable[tuple[str, str]]) -> sql.Composable:
    """NULL, or so many characters of each run's class, and those of a run without one as they are.

    It costs half of a pattern that says the same: of a pattern the server makes out anew, for each text, all states that it goes through.
    """
    like, at = "", 1
    found: dict[str, list[sql.Composable]] = defaultdict(list)
    for kind, run in form:
        if kind:
            like += "_" * len(run)
            found[kind].append(sql.SQL("substr({}, {}, {})").format(text, sql.Literal(at), sql.Literal(len(run))))
        else:
            like += _as_it_is(run)
        at += len(run)
    conditions = [sql.SQL("{} LIKE {}").format(text, sql.Literal(like))]
    for kind, characters in found.items():
        conditions.append(
            sql.SQL("({}) !~ {}").format(sql.SQL(" || ").join(characters), sql.Literal(f"[^{CLASSES[kind]}]"))
        )
    return sql.SQL("({} IS NULL OR {})").format(text, sql.SQL(" AND ").join(conditions))


def hexadecimal(text: sql.Composable, digits: int, after: str = "") -> sql.Composable:
    """NULL, or so many digits and then this ASCII text: ten times cheaper than a pattern that counts."""
    length = digits + len(after)
    ends = sql.SQL("{0} LIKE {1} AND left({0}, {2})").format(text, sql.Literal(f"%{_as_it_is(after)}"), digits)
    condition = "({0} IS NULL OR octet_length({0}) = {1} AND {2} !~ '[^0-9a-f]')"
    return sql.SQL(condition).format(text, sql.Literal(length), ends if after else text)


def _as_it_is(text: str) -> str:
    """As LIKE is told it."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def is_among(text: sql.Composable, words: tuple[str, ...]) -> sql.Composable:
    """One of the words; not true of NULL."""
    return sql.SQL("{} = ANY ({})").format(text, sql.Literal(list(words)))

"""The words of invented people and places, as data: one list a file, made from Faker's by `python -m docs.word_lists`.

Every entry has at most 63 bytes, and no list changes without a new major version: the same key and value then give another word.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

WORDS = Path(__file__).parent


class Limit(NamedTuple):
    """How many words a list may have, and how long they may be."""

    words: int
    characters: int


class Locale(NamedTuple):
    """How addresses are written; in `postcode`, # is a digit and A a letter."""

    street: str
    postcode: str


LISTS = {
    "first_names": Limit(500, 12),
    "last_names": Limit(800, 14),
    "streets": Limit(500, 24),
    "cities": Limit(500, 20),
    "companies": Limit(500, 30),
    "countries": Limit(250, 30),
}
LOCALES = {
    "en_US": Locale("{number} {street}", "#####"),
    "en_GB": Locale("{number} {street}", "AA# #AA"),
    "fr_FR": Locale("{number} {street}", "#####"),
    "de_DE": Locale("{street} {number}", "#####"),
    "es_ES": Locale("{street}, {number}", "#####"),
    "it_IT": Locale("{street} {number}", "#####"),
    "nl_NL": Locale("{street} {number}", "#### AA"),
}
HOUSE_NUMBERS = 200


@cache
def words(name: str, locale: str) -> tuple[str, ...]:
    """The list's words, always in the same order."""
    lines = (WORDS / locale / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))


def longest(name: str, locale: str) -> int:
    """The characters of the list's longest word."""
    return max(map(len, words(name, locale)))

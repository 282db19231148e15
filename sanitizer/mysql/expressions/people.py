"""Invented people and places, out of word lists."""

from sanitizer.functions.parameters import runs
from sanitizer.functions.people import LISTS, USERNAME_DIGITS
from sanitizer.mysql.expressions.cell import Cell, Expression, digest, hexadecimals, number, picked
from sanitizer.mysql.expressions.patterns import filled
from sanitizer.mysql.writing import listed, literal
from sanitizer.words import HOUSE_NUMBERS, LOCALES, words


def _drawn(cell: Cell, name: str, purpose: str, locale: str) -> str:
    """A word out of the list."""
    all_words = words(name, locale)
    return picked(all_words, number(digest(cell, purpose), len(all_words)))


def _from_list(name: str) -> Expression:
    return lambda cell: _drawn(cell, LISTS[name], name, cell.rule.arguments["locale"])


def _name(cell: Cell) -> str:
    first, last = (
        _drawn(cell, LISTS[part], part, cell.rule.arguments["locale"]) for part in ("first_name", "last_name")
    )
    return f"CONCAT({first}, ' ', {last})"


def _street(cell: Cell) -> str:
    locale = cell.rule.arguments["locale"]
    house = f"1 + {number(digest(cell, 'house'), HOUSE_NUMBERS)}"
    form = LOCALES[locale].street
    street = _drawn(cell, "streets", "street", locale)
    between = form.replace("{number}", "").replace("{street}", "")
    ordered = (house, street) if form.startswith("{number}") else (street, house)
    return f"CONCAT({listed([ordered[0], literal(between), ordered[1]])})"


def _postcode(cell: Cell) -> str:
    return filled(cell, runs(LOCALES[cell.rule.arguments["locale"]].postcode), "postcode")


def _username(cell: Cell) -> str:
    name = _drawn(cell, "first_names", "username", "en_US")
    return f"CONCAT(LOWER({name}), '_', {hexadecimals(digest(cell, 'username'), USERNAME_DIGITS, 17)})"


EXPRESSIONS: dict[str, Expression] = {
    **{name: _from_list(name) for name in LISTS},
    "name": _name,
    "street": _street,
    "postcode": _postcode,
    "username": _username,
}

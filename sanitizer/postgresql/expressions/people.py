"""Invented people and places, out of word lists."""

from psycopg import sql

from sanitizer.functions.parameters import runs
from sanitizer.functions.people import LISTS, USERNAME_DIGITS
from sanitizer.postgresql.expressions.cell import Cell, Expression, digest, hexadecimals, number, picked
from sanitizer.postgresql.expressions.patterns import filled
from sanitizer.words import HOUSE_NUMBERS, LOCALES, words


def drawn(cell: Cell, name: str, purpose: str, locale: str) -> sql.Composable:
    """A word out of the list."""
    listed = words(name, locale)
    return picked(listed, number(digest(cell, purpose), len(listed)))


def _from_list(name: str) -> Expression:
    return lambda cell: drawn(cell, LISTS[name], name, cell.rule.arguments["locale"])


def _name(cell: Cell) -> sql.Composable:
    locale = cell.rule.arguments["locale"]
    names = (drawn(cell, LISTS[part], part, locale) for part in ("first_name", "last_name"))
    return sql.SQL(" || ' ' || ").join(names)


def _street(cell: Cell) -> sql.Composable:
    locale = cell.rule.arguments["locale"]
    house = sql.SQL("(1 + {})::text").format(number(digest(cell, "house"), HOUSE_NUMBERS))
    before, between, _ = LOCALES[locale].street.replace("{number}", "{street}").split("{street}")
    street = drawn(cell, "streets", "street", locale)
    ordered = (house, street) if LOCALES[locale].street.startswith("{number}") else (street, house)
    return sql.SQL("{} || {} || {}").format(ordered[0], sql.Literal(before + between), ordered[1])


def _postcode(cell: Cell) -> sql.Composable:
    return filled(cell, runs(LOCALES[cell.rule.arguments["locale"]].postcode), "postcode")


def _username(cell: Cell) -> sql.Composable:
    name = sql.SQL("pg_catalog.lower({})").format(drawn(cell, "first_names", "username", "en_US"))
    return sql.SQL("{} || '_' || {}").format(name, hexadecimals(digest(cell, "username"), USERNAME_DIGITS, byte=8))


EXPRESSIONS: dict[str, Expression] = {
    **{name: _from_list(name) for name in LISTS},
    "name": _name,
    "street": _street,
    "postcode": _postcode,
    "username": _username,
}

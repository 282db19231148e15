"""Invented people and places: members of the lists."""

from sanitizer.mysql.predicates.seen import Predicate, Seen, like_pattern, listed_among
from sanitizer.mysql.writing import literal
from sanitizer.words import words

POSTCODES = {"en_GB": "[A-Z]{2}[0-9] [0-9][A-Z]{2}", "nl_NL": "[0-9]{4} [A-Z]{2}"}
FIVE_DIGITS = "[0-9]{5}"
# How a house number stands in a street: what is left without it is the street.
NUMBER = "(?:[1-9]|[1-9][0-9]|1[0-9]{2}|200)"
HOUSES = {
    "de_DE": rf" {NUMBER}\z",
    "it_IT": rf" {NUMBER}\z",
    "nl_NL": rf" {NUMBER}\z",
    "es_ES": rf", {NUMBER}\z",
}
NUMBER_FIRST = f"^{NUMBER} "
DIGITS = literal(r"_[0-9a-f]{16}\z")


def _member(name: str) -> Predicate:
    return lambda seen: (
        f"({seen.value} IS NULL OR {listed_among(seen.text, words(name, seen.rule.arguments['locale']))})"
    )


def _is_name(seen: Seen) -> str:
    """A first name, a space, and the rest a last name; where first names hold spaces, there is more than one way to divide it."""
    locale = seen.rule.arguments["locale"]
    first, last = words("first_names", locale), words("last_names", locale)
    ways = []
    for spaces in sorted({name.count(" ") for name in first}):
        beginning = f"SUBSTRING_INDEX({seen.text}, ' ', {spaces + 1})"
        rest = f"SUBSTRING({seen.text}, CHAR_LENGTH({beginning}) + 2)"
        ways.append(f"{listed_among(beginning, first)} AND {listed_among(rest, last)}")
    return f"({seen.value} IS NULL OR {' OR '.join(ways)})"


def _is_street(seen: Seen) -> str:
    locale = seen.rule.arguments["locale"]
    house = literal(HOUSES.get(locale, NUMBER_FIRST))
    street = f"REGEXP_REPLACE({seen.text}, {house}, '')"
    return f"({seen.value} IS NULL OR {seen.text} REGEXP {house} AND {listed_among(street, words('streets', locale))})"


def _is_postcode(seen: Seen) -> str:
    return like_pattern(seen, POSTCODES.get(seen.rule.arguments["locale"], FIVE_DIGITS))


def _is_username(seen: Seen) -> str:
    name = f"REGEXP_REPLACE({seen.text}, {DIGITS}, '')"
    names = [word.lower() for word in words("first_names", "en_US")]
    return f"({seen.value} IS NULL OR {seen.text} REGEXP {DIGITS} AND {listed_among(name, names)})"


PREDICATES: dict[str, Predicate | None] = {
    "first_name": _member("first_names"),
    "last_name": _member("last_names"),
    "company": _member("companies"),
    "city": _member("cities"),
    "country": _member("countries"),
    "name": _is_name,
    "street": _is_street,
    "postcode": _is_postcode,
    "username": _is_username,
}

"""Invented people and places: members of the lists."""

from psycopg import sql

from sanitizer.postgresql.predicates.seen import Predicate, Seen, is_among, is_of_form, runs
from sanitizer.words import words

POSTCODES = {"en_GB": "AA# #AA", "nl_NL": "#### AA"}
FIVE_DIGITS = "#####"
# How a house number stands in a street: what is left without it is the street.
NUMBER = "(?:[1-9]|[1-9][0-9]|1[0-9]{2}|200)"
HOUSES = {"de_DE": f" {NUMBER}$", "it_IT": f" {NUMBER}$", "nl_NL": f" {NUMBER}$", "es_ES": f", {NUMBER}$"}
NUMBER_FIRST = f"^{NUMBER} "


def _member(name: str) -> Predicate:
    def predicate(seen: Seen) -> sql.Composable:
        is_member = is_among(seen.text, words(name, seen.rule.arguments["locale"]))
        return sql.SQL("({} IS NULL OR {})").format(seen.text, is_member)

    return predicate


def _is_name(seen: Seen) -> sql.Composable:
    """A first name, a space, and the rest a last name; where first names hold spaces, there is more than one way to divide it."""
    locale = seen.rule.arguments["locale"]
    first, last = words("first_names", locale), words("last_names", locale)
    ways = []
    for spaces in sorted({name.count(" ") for name in first}):
        firsts = [sql.SQL("split_part({}, ' ', {})").format(seen.text, sql.Literal(at + 1)) for at in range(spaces + 1)]
        beginning = sql.SQL(" || ' ' || ").join(firsts)
        rest = sql.SQL("substr({}, length({}) + 2)").format(seen.text, beginning)
        ways.append(sql.SQL("{} AND {}").format(is_among(beginning, first), is_among(rest, last)))
    return sql.SQL("({} IS NULL OR {})").format(seen.text, sql.SQL(" OR ").join(ways))


def _is_street(seen: Seen) -> sql.Composable:
    locale = seen.rule.arguments["locale"]
    house = sql.Literal(HOUSES.get(locale, NUMBER_FIRST))
    street = sql.SQL("regexp_replace({}, {}, '')").format(seen.text, house)
    is_listed = is_among(street, words("streets", locale))
    return sql.SQL("({0} IS NULL OR {0} ~ {1} AND {2})").format(seen.text, house, is_listed)


def _is_postcode(seen: Seen) -> sql.Composable:
    return is_of_form(seen.text, runs(POSTCODES.get(seen.rule.arguments["locale"], FIVE_DIGITS)))


def _is_username(seen: Seen) -> sql.Composable:
    """A name, and behind it so many digits of a hash."""
    names = tuple(word.lower() for word in words("first_names", "en_US"))
    digits = sql.SQL("left(right({0}, 17), 1) = '_' AND right({0}, 16) !~ '[^0-9a-f]'").format(seen.text)
    name = is_among(sql.SQL("left({}, -17)").format(seen.text), names)
    return sql.SQL("({} IS NULL OR {} AND {})").format(seen.text, digits, name)


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

"""Invented people and places: words out of lists, drawn by the keyed hash."""

from collections.abc import Callable

from sanitizer.functions.declaration import Arguments, Classification, Example, Function, Parameter
from sanitizer.functions.parameters import one_of
from sanitizer.words import HOUSE_NUMBERS, LOCALES, longest

LOCALE = Parameter("locale", one_of(LOCALES), "whose words", "en_US")
LISTS = {
    "first_name": "first_names",
    "last_name": "last_names",
    "company": "companies",
    "city": "cities",
    "country": "countries",
}
USERNAME_DIGITS = 16


def _from_list(name: str) -> Callable[[Arguments], int]:
    return lambda arguments: longest(LISTS[name], arguments["locale"])


def _name(arguments: Arguments) -> int:
    return longest("first_names", arguments["locale"]) + 1 + longest("last_names", arguments["locale"])


def _street(arguments: Arguments) -> int:
    locale = arguments["locale"]
    return len(LOCALES[locale].street.format(street="", number=HOUSE_NUMBERS)) + longest("streets", locale)


def _invented(
    name: str,
    meaning: str,
    length: Callable[[Arguments], int],
    example: tuple[str, str],
    kind: Classification = "direct_identifier",
) -> Function:
    return Function(
        name,
        meaning=f"{meaning}; NULL stays NULL",
        classification=kind,
        takes="text",
        parameters=(LOCALE,),
        deterministic=True,
        keyed=True,
        length=length,
        example=Example(name, *example),
    )


PEOPLE = (
    _invented("first_name", "a first name out of the locale's list", _from_list("first_name"), ("Ann", "Cheryl")),
    _invented("last_name", "a last name out of the locale's list", _from_list("last_name"), ("Bell", "Bruce")),
    _invented("name", "a first and a last name", _name, ("Ann Bell", "Veronica Schaefer")),
    _invented(
        "company", "a company's name out of the locale's list", _from_list("company"), ("Bell & Sons", "Evans Ltd")
    ),
    _invented("street", "a street and a house number", _street, ("12 Mill Lane", "82 Jacob Stream")),
    _invented(
        "city", "a town out of the locale's list", _from_list("city"), ("Leeds", "Lawsonberg"), "quasi_identifier"
    ),
    _invented(
        "postcode",
        "digits and letters in the locale's form",
        lambda arguments: len(LOCALES[arguments["locale"]].postcode),
        ("10115", "52322"),
        "quasi_identifier",
    ),
    _invented(
        "country",
        "a country's name in the locale's language",
        _from_list("country"),
        ("Peru", "Cote d'Ivoire"),
        "quasi_identifier",
    ),
    Function(
        "username",
        meaning="a first name and 16 hexadecimal digits of the keyed hash; NULL stays NULL",
        classification="direct_identifier",
        takes="text",
        deterministic=True,
        keyed=True,
        unique=True,
        length=lambda _arguments: longest("first_names", "en_US") + 1 + USERNAME_DIGITS,
        example=Example("username", "annbell77", "kaitlyn_0cd3e255aaa0d695"),
    ),
)

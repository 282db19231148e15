"""Identifiers of a known form, taken from ranges that belong to nobody, with check digits that hold."""

from typing import NamedTuple

from sanitizer.functions.declaration import Arguments, Example, Function, Parameter
from sanitizer.functions.parameters import PATTERN, one_of


class Phone(NamedTuple):
    """Numbers that the country's regulator set aside for fiction; # is a digit."""

    international: str
    national: str


# US: NANPA (555-01xx); GB: Ofcom; FR: ARCEP; DE: Bundesnetzagentur; IE: ComReg.
PHONES = {
    "US": Phone("+1 2##-555-01##", "(2##) 555-01##"),
    "GB": Phone("+44 7700 900###", "07700 900###"),
    "FR": Phone("+33 6 39 98 ## ##", "06 39 98 ## ##"),
    "DE": Phone("+49 30 23125 ###", "030 23125 ###"),
    "IE": Phone("+353 20 91# ####", "020 91# ####"),
}
IBANS = {"DE": 22, "FR": 27, "GB": 22}
CARD_DIGITS = 16


def _phone(arguments: Arguments) -> int:
    return len(getattr(PHONES[arguments["country"]], arguments["format"]))


def _pattern(arguments: Arguments) -> int:
    return sum(len(run.text) for run in arguments["form"])


def _identifier(  # the declarations below differ in these alone
    name: str,
    meaning: str,
    example: tuple[str, str],
    *,
    characters: int | None,
    takes: str = "text",
    unique: bool = False,
) -> Function:
    return Function(
        name,
        meaning=f"{meaning}; NULL stays NULL",
        classification="direct_identifier",
        takes=takes,
        deterministic=True,
        keyed=True,
        unique=unique,
        output_characters=characters,
        example=Example(name, *example),
    )


FORMATS = (
    Function(
        "phone",
        meaning="a number set aside for fiction by the country's regulator; NULL stays NULL",
        classification="direct_identifier",
        takes="text",
        parameters=(
            Parameter("country", one_of(PHONES), "whose numbers", "US"),
            Parameter("format", one_of(Phone._fields), "with or without the country's code", "international"),
        ),
        deterministic=True,
        keyed=True,
        length=_phone,
        example=Example("{phone: GB}", "+44 20 7946 1234", "+44 7700 900195"),
    ),
    _identifier(
        "uuid",
        "a version 4 UUID",
        ("7d444840-9dc0-11d1-b245-5ffdce74fad2", "ca2f8f07-17d2-4d71-a9e5-d9ce69d825bc"),
        characters=36,
        takes="text or uuid",
        unique=True,
    ),
    _identifier(
        "ip",
        "an address of a network for tests, version 4 (198.18.0.0/15) or 6 (2001:db8::/32) as it was",
        ("81.2.69.142", "198.18.241.86"),
        characters=None,
        takes="text or inet",
    ),
    _identifier(
        "mac",
        "a locally administered address",
        ("00:1b:44:11:3a:b7", "02:70:81:c6:8a:7c"),
        characters=17,
        takes="text or macaddr",
    ),
    _identifier(
        "url",
        "a page of www.example.com",
        ("https://ann.example.net/cv", "https://www.example.com/2cd9674c42a2a29c6a1f"),
        characters=44,
        unique=True,
    ),
    Function(
        "iban",
        meaning="an account of a bank that does not exist, its check digits right; NULL stays NULL",
        classification="direct_identifier",
        takes="text",
        parameters=(Parameter("country", one_of(IBANS), "whose form", "DE"),),
        deterministic=True,
        keyed=True,
        length=lambda arguments: IBANS[arguments["country"]],
        example=Example("iban", "DE89370400440532013000", "DE89000000004842142240"),
    ),
    _identifier(
        "card_number",
        "16 digits that begin with 400000, as test cards do, the last one right",
        ("4539578763621486", "4000003061393050"),
        characters=CARD_DIGITS,
    ),
    Function(
        "pattern",
        meaning="digits and letters in the given form; NULL stays NULL",
        classification="direct_identifier",
        takes="text",
        parameters=(
            Parameter(
                "form", PATTERN, "# becomes a digit, A and a a letter; a backslash before one keeps it", shown=False
            ),
        ),
        deterministic=True,
        keyed=True,
        length=_pattern,
        example=Example("{pattern: AA-######}", "QK-123456", "KR-401837"),
    ),
)

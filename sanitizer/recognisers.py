"""What sampled values look like: recognisers as a table. Values come in, only kinds and shares go out."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from ipaddress import ip_interface
from itertools import islice
from typing import NamedTuple

import phonenumbers
from stdnum import iban, luhn
from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.tr import tckimlik

from sanitizer.kinds import BANK, BIRTH, CARD, DEVICE, EMAIL, IP, NATIONAL_ID, PHONE, PLACE, SECRET, TEXT, URL, Kind
from sanitizer.traits import CONTAINERS, Family

OFFICIAL_NUMBERS = (
    nir, dni, nie, idnr, codicefiscale, bsn, nn, pesel, nhs, personnummer, hetu, fodselsnummer, ahv, cpf, tckimlik,
)  # fmt: skip
YOUNGEST_YEARS, OLDEST_YEARS = 16, 115


class Recogniser(NamedTuple):
    """Recognises a kind where at least this share of at least so many values is told by `test`."""

    kind: Kind
    families: frozenset[Family]
    test: Callable[[str], object]
    share: float = 0.5
    values: int = 1


class Found(NamedTuple):
    """How many of how many sampled values are of a kind, or hold something of it."""

    kind: Kind
    hits: int
    values: int
    whole: bool = True

    def __str__(self) -> str:
        percent = 100 * self.hits // self.values
        share = f"{percent} %" if percent else "some"
        return f"{share} of {self.values} sampled values {'are' if self.whole else 'hold'} {self.kind.many}"


EMAIL_ADDRESS = r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+"
CREDENTIAL = (
    r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE|PGP)|\$(?:2[abxy]|argon2\w*|pbkdf2\S*|scrypt|[156]|y)\$\S+|"
    r"(?:pbkdf2_|bcrypt_?|argon2|scrypt:|sha\d*\$|\{\w*SHA\w*\})\S+|(?:sk|pk|rk)_(?:live|test)_\w+|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|"
    r"https://(?:hooks\.slack\.com|(?:\w+\.)?discord(?:app)?\.com/api/webhooks|[\w.-]+\.webhook\.office\.com|hooks\.zapier\.com)/\S+|"
    r"[?&](?:access_?token|token|api_?key|secret|password)=[^\s&#]{6,}|SG\.[\w-]{16,}\.[\w-]{16,}|glpat-[\w-]{20,}|whsec_\w{16,}|npm_\w{30,}|"
    r"xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|\w+://[^\s:/@]+:[^\s:/@]+@\S+"
)
_MAC = re.compile(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}\Z")
_DATE = re.compile(r"(?:(\d{4})[-/.](\d\d?)[-/.](\d\d?)|(\d\d?)[-/.](\d\d?)[-/.](\d{4}))(?:[ T]\d\d:\d\d.*)?\Z")
_PHONE = re.compile(r"(?:tel:)?\+?[\d (][\d ()./-]{6,22}\d\Z")
_DIGEST = re.compile(r"(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{48}|[0-9a-fA-F]{56,})\Z")
_RANDOM = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w+/=-]{24,}\Z")
_POSITION = re.compile(
    r"(?:SRID=\d+;)?(?:POINT|LINESTRING|POLYGON|MULTI\w+) ?\(|[(]?-?\d{1,3}\.\d{3,}\s*[,; ]\s*-?\d{1,3}\.\d{3,}[)]?\Z",
    re.IGNORECASE,
)
_FINE = re.compile(r"-?(?:1[0-7]\d|\d{1,2})\.\d{4,}\Z")
_OFFICIAL = re.compile(r"(?=(?:[^\d]*\d){7})[\dA-Za-z][\dA-Za-z .+/-]{7,20}\Z")


def is_card(value: str) -> bool:
    """So many digits, and the last one right."""
    digits = re.sub(r"[ -]", "", value)
    return digits.isascii() and digits.isdigit() and 13 <= len(digits) <= 19 and bool(luhn.is_valid(digits))


def _is_phone(value: str) -> bool:
    """International and valid; or written as people write one at home."""
    if not _PHONE.match(value) or _birth_date(value) is not None:
        return False
    digits = re.sub(r"\D", "", value)
    if not 7 <= len(digits) <= 15 or re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", value):
        return False
    domestic = digits.startswith("0") and len(digits) >= 9
    parted = len(digits) <= 12 and bool(re.search(r"\d[ )./-]+\d", value))
    return value.startswith(("+", "tel:")) or domestic or parted or _is_international(digits)


def _is_international(digits: str) -> bool:
    if not re.fullmatch(r"[1-9]\d{9,14}", digits):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits, None))
    except phonenumbers.NumberParseException:
        return False


def is_address(value: str) -> bool:
    """An IP address or network."""
    try:
        ip_interface(value)
    except ValueError:
        return False
    return "." in value or ":" in value


def _birth_date(value: str) -> bool | None:
    """Whether a date lies as far back as dates of birth do; None when it is no date."""
    match = _DATE.match(value)
    if not match:
        return None
    year = int(match[1] or match[6])
    return YOUNGEST_YEARS <= date.today().year - year <= OLDEST_YEARS  # noqa: DTZ011 - years, not days


def official(number: Callable[[str], object]) -> Callable[[str], object]:
    """Whether a value is written like an official number, and is one of this kind."""
    return lambda value: bool(_OFFICIAL.match(value)) and number(value)


_TEXT: frozenset[Family] = frozenset({"text"})
_DIGITS: frozenset[Family] = frozenset({"number"})
_TIMES: frozenset[Family] = frozenset({"time"})
_RECOGNISERS = (
    Recogniser(EMAIL, _TEXT, re.compile(rf"(?:mailto:)?{EMAIL_ADDRESS}\Z").match),
    Recogniser(SECRET, _TEXT, re.compile(rf"(?:{CREDENTIAL})").match),
    Recogniser(BANK, _TEXT, iban.is_valid),
    Recogniser(CARD, _TEXT, is_card, 0.7),
    Recogniser(CARD, _DIGITS, is_card, 0.7, 3),
    *(Recogniser(NATIONAL_ID, _TEXT, official(each.is_valid), 0.7, 2) for each in OFFICIAL_NUMBERS),
    *(Recogniser(NATIONAL_ID, _DIGITS, official(each.is_valid), 0.8, 4) for each in OFFICIAL_NUMBERS),
    Recogniser(NATIONAL_ID, _TEXT, re.compile(r"\d{3}-\d\d-\d{4}\Z").match),  # United States: no check digit
    Recogniser(DEVICE, _TEXT, _MAC.match),
    Recogniser(IP, _TEXT, is_address),
    Recogniser(URL, _TEXT, re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+\Z", re.IGNORECASE).match),
    Recogniser(BIRTH, _TEXT, _birth_date, 0.9, 3),
    Recogniser(BIRTH, _TIMES, _birth_date, 0.9, 3),
    Recogniser(PHONE, _TEXT, _is_phone, 0.6),
    Recogniser(PHONE, _DIGITS, _is_international, 0.8, 3),
    Recogniser(PLACE, _TEXT, _POSITION.match),
    Recogniser(PLACE, _DIGITS, _FINE.match, 0.8, 3),
    Recogniser(SECRET, _TEXT, _DIGEST.match),
    Recogniser(SECRET, _TEXT, _RANDOM.match),
)
# One such value among many others is enough to call the column free text.
_WITHIN: tuple[tuple[Kind, Callable[[str], object]], ...] = (
    (EMAIL, re.compile(EMAIL_ADDRESS).search),
    (SECRET, re.compile(rf"(?:{CREDENTIAL})").search),
    (BANK, lambda value: any(iban.is_valid(each) for each in re.findall(r"\b[A-Z]{2}\d\d[ A-Z0-9]{11,38}\b", value))),
    (CARD, lambda value: any(map(is_card, re.findall(r"\b\d(?:[ -]?\d){12,18}\b", value)))),
    (PHONE, re.compile(r"(?<![\w.])\+\d[\d ()/-]{7,18}\d\b").search),
)


def recognise(values: Sequence[str], family: Family) -> Found | None:
    """What most values are; or else what some of them hold."""
    for recogniser in _RECOGNISERS:
        if family in recogniser.families and len(values) >= recogniser.values:
            hits = _hits(values, recogniser)
            if hits and hits >= recogniser.share * len(values):
                return Found(recogniser.kind, hits, len(values))
    if family not in CONTAINERS | _TEXT:
        return None
    for kind, test in _WITHIN:
        hits = sum(bool(test(value)) for value in values)
        if hits:
            return Found(kind, hits, len(values), whole=False)
    return None


def classified(found: Found, family: Family) -> Kind:
    """The kind that decides the rule: a text with something in it is free text."""
    return TEXT if family == "text" and not found.whole else found.kind


def _hits(values: Sequence[str], recogniser: Recogniser) -> int:
    """Counted no further than the first values, where those leave no hope."""
    first = sum(bool(recogniser.test(value.strip())) for value in islice(values, 20))
    if len(values) <= 20 or first < (recogniser.share - 0.4) * 20 or not first:
        return first if len(values) <= 20 else 0
    return first + sum(bool(recogniser.test(value.strip())) for value in islice(values, 20, None))

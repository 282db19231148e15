"""What kept columns must not hold, unless their rule says why: told by form and check digits, from a sample."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import phonenumbers
from stdnum import iban

from sanitizer.kinds import BANK, CARD, EMAIL, IP, NATIONAL_ID, PERSON, PHONE, SECRET, Kind
from sanitizer.recognisers import CREDENTIAL, EMAIL_ADDRESS, OFFICIAL_NUMBERS, is_address, is_card, official
from sanitizer.words import LOCALES, words

SAMPLED_ROWS = 300
# Of values that can be nothing else, a few are enough; a check digit is right by chance in one of ten.
FEW, MANY = 0.05, 0.7

_EMAIL = re.compile(rf"{EMAIL_ADDRESS}")
_NOWHERE = re.compile(r"@(?:example\.(?:com|org|net)|[\w.-]+\.invalid|localhost)\Z", re.IGNORECASE)
_CREDENTIAL = re.compile(rf"(?:{CREDENTIAL})")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d\d[ A-Z0-9]{11,38}\b")
_PHONE = re.compile(r"(?<![\w.])\+\d[\d ()./-]{7,18}\d\b")
_PERSON = re.compile(r"(\w+)[ ](\w+)\Z")


class Detector(NamedTuple):
    """Detects a kind where at least this share of values passes the test."""

    kind: Kind
    share: float
    test: Callable[[str], object]


class Detected(NamedTuple):
    """How many of how many sampled values are, or hold, something of a kind."""

    kind: Kind
    hits: int
    values: int


def detect(values: Sequence[str]) -> Detected | None:
    """The first kind that enough of the values are of."""
    different = Counter(value.strip() for value in values)
    for detector in DETECTORS:
        hits = sum(number for value, number in different.items() if detector.test(value))
        if hits and hits >= detector.share * len(values):
            return Detected(detector.kind, hits, len(values))
    return None


def _has_email(value: str) -> bool:
    """An address that mail may reach; not those that masks write."""
    return any(not _NOWHERE.search(found) for found in _EMAIL.findall(value))


def _has_phone(value: str) -> bool:
    return any(_is_valid(found) for found in _PHONE.findall(value))


def _is_valid(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


def _is_person(value: str) -> bool:
    """A first name and a last name that are common somewhere."""
    match = _PERSON.match(value)
    return bool(match and match[1] in _names("first_names") and match[2] in _names("last_names"))


@cache
def _names(name: str) -> frozenset[str]:
    return frozenset(word for locale in LOCALES for word in words(name, locale))


DETECTORS = (
    Detector(EMAIL, FEW, _has_email),
    Detector(SECRET, FEW, _CREDENTIAL.search),
    Detector(BANK, FEW, lambda value: any(iban.is_valid(found) for found in _ACCOUNT.findall(value))),
    Detector(PHONE, FEW, _has_phone),
    Detector(CARD, MANY, is_card),
    *(Detector(NATIONAL_ID, MANY, official(each.is_valid)) for each in OFFICIAL_NUMBERS),
    Detector(IP, MANY, is_address),
    Detector(PERSON, MANY, _is_person),
)

"""What a column may hold of people, as a table: how it is called, how much it tells, and which masking functions suit it, the best first.

A better masking function for a kind is one word in its row: what the column's type does not take, or its constraints refuse, is passed over.
"""

from typing import NamedTuple

from sanitizer.functions import EMAIL as EMAIL_FUNCTION
from sanitizer.functions import FIXED, HASH, SET_NULL, Classification
from sanitizer.traits import CONTAINERS, Family

# `fixed` stands for several rules: the kind's own constants, then those of the column's type.
CLEARED = (SET_NULL, FIXED, HASH)
TOLD_APART = (HASH, SET_NULL, FIXED)
REPLACED = (FIXED, SET_NULL, HASH)

_TEXT: frozenset[Family] = CONTAINERS | {"text"}
_NUMBER: frozenset[Family] = _TEXT | {"number"}
_ANY: frozenset[Family] = _NUMBER | {"boolean", "enum", "time", "range"}


class Kind(NamedTuple):
    """One kind. `families` are the types that hold it where only the column's name speaks for it."""

    one: str
    many: str
    classification: Classification
    functions: tuple[str, ...] = CLEARED
    constants: tuple[str, ...] = ()
    families: frozenset[Family] = _TEXT


EMAIL = Kind(
    "an e-mail address", "e-mail addresses", "direct_identifier", (EMAIL_FUNCTION, *TOLD_APART), ("nobody@example.com",)
)
PHONE = Kind(
    "a phone number", "phone numbers", "direct_identifier", CLEARED, ("+10000000000", "0000000000"), families=_NUMBER
)
PERSON = Kind("a person's name", "names of persons", "direct_identifier", TOLD_APART)
USERNAME = Kind("a user's name", "names of users", "direct_identifier", TOLD_APART)
STREET = Kind("a postal address", "postal addresses", "direct_identifier", TOLD_APART)
CITY = Kind("a place", "places", "quasi_identifier", TOLD_APART)
POSTCODE = Kind("a postcode", "postcodes", "quasi_identifier", REPLACED, ("00000", "0000"), families=_NUMBER)
BIRTH = Kind("a date of birth", "dates long ago, perhaps of birth", "quasi_identifier", CLEARED, families=_ANY)
NATIONAL_ID = Kind("an official number of a person", "official numbers", "direct_identifier", CLEARED, families=_NUMBER)
BANK = Kind(
    "a bank account", "bank accounts", "direct_identifier", CLEARED, ("GB00XXXX00000000000000",), families=_NUMBER
)
CARD = Kind("a payment card", "numbers of payment cards", "secret", CLEARED, ("0000000000000000",), families=_NUMBER)
IP = Kind(
    "a network address", "network addresses", "direct_identifier", CLEARED, ("192.0.2.1",), families=_TEXT | {"network"}
)
DEVICE = Kind("a device", "addresses of devices", "direct_identifier", CLEARED, families=_NUMBER | {"uuid", "network"})
SECRET = Kind("a secret", "secrets, or digests of them", "secret", REPLACED, ("!",), families=_NUMBER | {"uuid"})
PLACE = Kind("a position", "positions", "quasi_identifier", CLEARED, families=_NUMBER | {"geometry", "range"})
TEXT = Kind("free text", "free text", "sensitive", CLEARED, ("-",))
URL = Kind("a web address", "web addresses", "sensitive", CLEARED, ("https://example.com/",))
COMPANY = Kind("an organization's name", "names of organizations", "quasi_identifier", TOLD_APART)
PICTURE = Kind("a picture or document", "pictures or documents", "sensitive", CLEARED)
GENDER = Kind("a gender", "genders", "quasi_identifier", CLEARED, families=_ANY)
BELIEF = Kind("origin, belief or way of life", "origins, beliefs or ways of life", "sensitive", CLEARED, families=_ANY)
HEALTH = Kind("health", "matters of health", "sensitive", CLEARED, families=_ANY)
MONEY = Kind("what somebody earns or owns", "incomes", "sensitive", CLEARED, families=_NUMBER | {"range"})
# Nothing speaks for it, nothing against it: names and codes keep apart, what is long is cleared.
UNKNOWN = Kind("something", "something", "sensitive", TOLD_APART, ("-",))

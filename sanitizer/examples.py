"""What masking does to invented values: each masking function once more, in Python, for people who read a change of rules.

Nothing real is ever masked here. That these references say what the SQL does is tested on real servers.
"""

import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

from sanitizer.functions import EMAIL, FIXED, HASH, KEEP, SET_NULL
from sanitizer.rules import Rule

KEY = "d0" * 32  # for demonstration: it masks nothing real
ADDRESS = "ada.lovelace@example.org"


class Reference(NamedTuple):
    """One masking function in Python. `invented` is the value it is shown with, whatever the column is called."""

    becomes: Callable[[str, str | None], str | None]
    invented: str | None = None
    parameter: str | None = None


def _keyed_hash(value: str, characters: int) -> str:
    return hashlib.sha256(f"{KEY}{value}{KEY}".encode()).hexdigest()[:characters]


REFERENCES: dict[str, Reference] = {
    KEEP: Reference(lambda value, _: value),
    SET_NULL: Reference(lambda _value, _: None),
    FIXED: Reference(lambda _value, parameter: parameter, parameter="-"),
    EMAIL: Reference(lambda value, _: f"{_keyed_hash(value, 20)}@example.com", invented=ADDRESS),
    HASH: Reference(lambda value, _: _keyed_hash(value, 32)),
}

# What a column's name makes one think of; the first pattern that is found in it counts.
INVENTED: tuple[tuple[str, str], ...] = (
    (r"mail", ADDRESS),
    (r"phone|mobile|^tel|fax", "+44 20 7946 0018"),
    (r"first_?name|given", "Ada"),
    (r"last_?name|surname|family", "Lovelace"),
    (r"pass|secret|token|api_?key|hash", "an-invented-secret"),
    (r"birth|dob", "1815-12-10"),
    (r"street|address", "12 St James's Square"),
    (r"postcode|postal|zip", "SW1Y 4JH"),
    (r"city|town", "London"),
    (r"country", "GB"),
    (r"iban|account_?n", "GB33BUKB20201555555555"),
    (r"card|pan", "4111 1111 1111 1111"),
    (r"(^|_)ip(_|$)", "192.0.2.7"),
    (r"name|holder|recipient|contact", "Ada Lovelace"),
    (r"note|body|text|comment|message|description", "Ada called on Monday."),
    (r"_at$|_on$|date|time", "2026-01-31 10:00:00+00"),
    (r"(^|_)id$|count|quantity|cents|amount|number|age", "1843"),
)


def invented(column: str, *rules: Rule) -> str:
    """An invented value for a column: what one of its rules asks for, else what its name makes one think of."""
    asked = [REFERENCES[rule.function.name].invented for rule in rules]
    named = [value for pattern, value in INVENTED if re.search(pattern, column.lower())]
    return next((value for value in (*asked, *named) if value), "an invented value")


def becomes(rule: Rule, value: str) -> str | None:
    """What the rule makes of the value, under the demonstration key; None is NULL."""
    return REFERENCES[rule.function.name].becomes(value, rule.parameter)

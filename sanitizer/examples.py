"""What masking does to invented values, for people who read a change of rules: some functions once more, in Python; of the others, the example
that each declares.

Nothing real is ever masked here. That both say what the SQL does is tested on real servers.
"""

import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

from sanitizer.functions import EMAIL, FIXED, HASH, KEEP, SET_NULL, Example
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
    EMAIL: Reference(lambda value, domain: f"{_keyed_hash(value, 20)}@{domain or 'example.com'}", invented=ADDRESS),
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
    asked = [_asked(rule) for rule in rules]
    named = [value for pattern, value in INVENTED if re.search(pattern, column.lower())]
    return next((value for value in (*asked, *named) if value), "an invented value")


def becomes(rule: Rule, value: str) -> str | None:
    """What the rule makes of the value, under a demonstration key; None is NULL. Where only an example can tell, it says of what."""
    name, example = rule.function.name, rule.function.example
    if name in REFERENCES:
        masked = REFERENCES[name].becomes(value, rule.parameter)
    elif example is None:
        masked = "(made of other columns)"
    else:
        masked = "NULL" if example.after is None else example.after
        masked += _of(example, rule, value)
    return masked if rule.where is None else f"{'NULL' if masked is None else masked} (unless its condition is false)"


def _asked(rule: Rule) -> str | None:
    if rule.function.name in REFERENCES:
        return REFERENCES[rule.function.name].invented
    return rule.function.example.before if rule.function.example else None


def _of(example: Example, rule: Rule, value: str) -> str:
    """What must be said where the example is not of this very value and rule."""
    said = [f"of {example.before}"] if example.before != value else []
    if example.written != rule.function.name or rule.arguments != rule.function.defaults:
        said.append(f"for example by {example.written}")
    return f" ({', '.join(said)})" if said else ""

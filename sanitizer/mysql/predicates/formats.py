"""Identifiers: inside the ranges that belong to nobody, their check digits right."""

import re

from sanitizer.mysql.predicates.seen import Predicate, Seen, like_pattern, matches

PHONES = {
    ("US", "international"): r"\+1 2[0-9]{2}-555-01[0-9]{2}",
    ("US", "national"): r"\(2[0-9]{2}\) 555-01[0-9]{2}",
    ("GB", "international"): r"\+44 7700 900[0-9]{3}",
    ("GB", "national"): "07700 900[0-9]{3}",
    ("FR", "international"): r"\+33 6 39 98 [0-9]{2} [0-9]{2}",
    ("FR", "national"): "06 39 98 [0-9]{2} [0-9]{2}",
    ("DE", "international"): r"\+49 30 23125 [0-9]{3}",
    ("DE", "national"): "030 23125 [0-9]{3}",
    ("IE", "international"): r"\+353 20 91[0-9] [0-9]{4}",
    ("IE", "national"): "020 91[0-9] [0-9]{4}",
}
IBANS = {"DE": "DE[0-9]{2}0{8}[0-9]{10}", "FR": "FR[0-9]{2}0{10}[0-9]{13}", "GB": "GB[0-9]{2}XXXX0{6}[0-9]{8}"}
LETTERS = {"D": 13, "E": 14, "F": 15, "R": 27, "G": 16, "B": 11, "X": 33}
CLASSES = {"#": "[0-9]", "A": "[A-Z]", "a": "[a-z]"}
CARD_DIGITS = 16


def _is_phone(seen: Seen) -> str:
    return like_pattern(seen, PHONES[seen.rule.arguments["country"], seen.rule.arguments["format"]])


def _holds(seen: Seen, shape: str, check: str) -> str:
    """The shape, and only of what has it the check."""
    return f"({seen.value} IS NULL OR CASE WHEN {like_pattern(seen, shape)} THEN {check} ELSE FALSE END)"


def _is_iban(seen: Seen) -> str:
    """The first four characters put last, letters as numbers: 1 is left when that is divided by 97."""
    turned = f"CONCAT(SUBSTRING({seen.text}, 5), LEFT({seen.text}, 4))"
    for letter, number in LETTERS.items():
        turned = f"REPLACE({turned}, '{letter}', '{number}')"
    return _holds(seen, IBANS[seen.rule.arguments["country"]], f"CAST({turned} AS DECIMAL(60)) % 97 = 1")


def _is_card_number(seen: Seen) -> str:
    """The digits in even places, and the doubles of the others with nines cast out, add up to a multiple of ten."""
    digits = [f"CAST(SUBSTRING({seen.text}, {place}, 1) AS SIGNED)" for place in range(1, CARD_DIGITS + 1)]
    counted = [
        digit if place % 2 == 0 else f"{digit} * 2 - IF({digit} > 4, 9, 0)"
        for place, digit in enumerate(digits, start=1)
    ]
    return _holds(seen, "400000[0-9]{10}", f"({' + '.join(counted)}) % 10 = 0")


def _is_of_form(seen: Seen) -> str:
    form = seen.rule.arguments["form"]
    pattern = "".join(CLASSES[run.kind] * len(run.text) if run.kind else re.escape(run.text) for run in form)
    return like_pattern(seen, pattern)


PREDICATES: dict[str, Predicate | None] = {
    "phone": _is_phone,
    "uuid": matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"),
    "ip": matches(r"(?:::ffff:)?198\.1[89](?:\.[0-9]{1,3}){2}|2001:db8:[0-9a-f:]+"),
    "mac": matches("02(?::[0-9a-f]{2}){5}"),
    "url": matches(r"https://www\.example\.com/[0-9a-f]{20}"),
    "iban": _is_iban,
    "card_number": _is_card_number,
    "pattern": _is_of_form,
}

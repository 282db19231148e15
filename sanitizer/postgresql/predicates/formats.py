"""Identifiers: inside the ranges that belong to nobody, their check digits right."""

import re

from psycopg import sql

from sanitizer.postgresql.predicates.seen import Predicate, Seen, like_pattern, matches

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


def _is_phone(seen: Seen) -> sql.Composable:
    return like_pattern(seen.text, PHONES[seen.rule.arguments["country"], seen.rule.arguments["format"]])


def _is_iban(seen: Seen) -> sql.Composable:
    """The first four characters put last, letters as numbers: 1 is left when that is divided by 97."""
    turned = sql.SQL("substr({0}, 5) || left({0}, 4)").format(seen.text)
    for letter, number in LETTERS.items():
        turned = sql.SQL("replace({}, {}, {})").format(turned, sql.Literal(letter), sql.Literal(str(number)))
    shape = like_pattern(seen.text, IBANS[seen.rule.arguments["country"]])
    return sql.SQL("({0} AND ({1} IS NULL OR CASE WHEN {0} THEN {2}::numeric % 97 = 1 END))").format(
        shape, seen.value, turned
    )


def _is_card_number(seen: Seen) -> sql.Composable:
    """The digits in even places, and the doubles of the others with nines cast out, add up to a multiple of ten."""
    total = sql.SQL(
        "(SELECT sum(CASE WHEN sanitizer_split.place % 2 = 0 THEN sanitizer_split.digit::int WHEN sanitizer_split.digit::int > 4 THEN sanitizer_split.digit::int * 2 - 9 ELSE sanitizer_split.digit::int * 2 END)"
        " FROM regexp_split_to_table({}, '') WITH ORDINALITY AS sanitizer_split(digit, place))"
    ).format(seen.text)
    shape = like_pattern(seen.text, "400000[0-9]{10}")
    return sql.SQL("({0} AND ({1} IS NULL OR CASE WHEN {0} THEN {2} % 10 = 0 END))").format(shape, seen.value, total)


def _is_of_form(seen: Seen) -> sql.Composable:
    form = seen.rule.arguments["form"]
    return like_pattern(
        seen.text, "".join(CLASSES[run.kind] * len(run.text) if run.kind else re.escape(run.text) for run in form)
    )


PREDICATES: dict[str, Predicate | None] = {
    "phone": _is_phone,
    "uuid": matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"),
    "ip": matches(r"198\.1[89](?:\.[0-9]{1,3}){2}(?:/32)?|2001:db8:[0-9a-f:]+(?:/128)?"),
    "mac": matches("02(?::[0-9a-f]{2}){5}"),
    "url": matches(r"https://www\.example\.com/[0-9a-f]{20}"),
    "iban": _is_iban,
    "card_number": _is_card_number,
    "pattern": _is_of_form,
}

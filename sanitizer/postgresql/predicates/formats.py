"""Identifiers: inside the ranges that belong to nobody, their check digits right."""

from psycopg import sql

from sanitizer.postgresql.predicates.seen import Predicate, Seen, is_of_form, matches, runs

PHONES = {
    ("US", "international"): "+1 2##-555-01##",
    ("US", "national"): "(2##) 555-01##",
    ("GB", "international"): "+44 7700 900###",
    ("GB", "national"): "07700 900###",
    ("FR", "international"): "+33 6 39 98 ## ##",
    ("FR", "national"): "06 39 98 ## ##",
    ("DE", "international"): "+49 30 23125 ###",
    ("DE", "national"): "030 23125 ###",
    ("IE", "international"): "+353 20 91# ####",
    ("IE", "national"): "020 91# ####",
}
IBANS = {"DE": "DE##00000000##########", "FR": "FR##0000000000#############", "GB": "GB##XXXX000000########"}
CARD = "400000##########"
LETTERS = {"D": 13, "E": 14, "F": 15, "R": 27, "G": 16, "B": 11, "X": 33}


def _is_phone(seen: Seen) -> sql.Composable:
    return is_of_form(seen.text, runs(PHONES[seen.rule.arguments["country"], seen.rule.arguments["format"]]))


def _is_iban(seen: Seen) -> sql.Composable:
    """The first four characters put last, letters as numbers: 1 is left when that is divided by 97."""
    turned = sql.SQL("substr({0}, 5) || left({0}, 4)").format(seen.text)
    for letter, number in LETTERS.items():
        turned = sql.SQL("replace({}, {}, {})").format(turned, sql.Literal(letter), sql.Literal(str(number)))
    shape = is_of_form(seen.text, runs(IBANS[seen.rule.arguments["country"]]))
    return sql.SQL("({0} AND ({1} IS NULL OR CASE WHEN {0} THEN {2}::numeric % 97 = 1 END))").format(
        shape, seen.value, turned
    )


def _is_card_number(seen: Seen) -> sql.Composable:
    """The digits in even places, and the doubles of the others with nines cast out, add up to a multiple of ten."""
    total = sql.SQL(
        "(SELECT sum(CASE WHEN sanitizer_split.place % 2 = 0 THEN sanitizer_split.digit::int WHEN sanitizer_split.digit::int > 4 THEN sanitizer_split.digit::int * 2 - 9 ELSE sanitizer_split.digit::int * 2 END)"
        " FROM regexp_split_to_table({}, '') WITH ORDINALITY AS sanitizer_split(digit, place))"
    ).format(seen.text)
    shape = is_of_form(seen.text, runs(CARD))
    return sql.SQL("({0} AND ({1} IS NULL OR CASE WHEN {0} THEN {2} % 10 = 0 END))").format(shape, seen.value, total)


def _fits(form: str) -> Predicate:
    return lambda seen: is_of_form(seen.text, runs(form))


PREDICATES: dict[str, Predicate | None] = {
    "phone": _is_phone,
    "uuid": _fits("********-****-4***-a***-************"),
    "ip": matches(r"198\.1[89](?:\.[0-9]{1,3}){2}(?:/32)?|2001:db8:[0-9a-f:]+(?:/128)?"),
    "mac": _fits("02:**:**:**:**:**"),
    "url": _fits("https://www.example.com/" + 20 * "*"),
    "iban": _is_iban,
    "card_number": _is_card_number,
    "pattern": lambda seen: is_of_form(seen.text, seen.rule.arguments["form"]),
}

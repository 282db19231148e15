"""Identifiers of a known form."""

from sanitizer.functions.formats import CARD_DIGITS, PHONES
from sanitizer.functions.parameters import runs
from sanitizer.mysql.expressions.cell import Cell, Expression, digest, hexadecimals, number
from sanitizer.mysql.expressions.patterns import digits, filled
from sanitizer.mysql.writing import listed, literal

CARD_PREFIX = "400000"
TEST_NETWORK = (198 << 24) + (18 << 16)
DOCUMENTATION = "20010db8000000000"  # 68 of 128 bits
BANKS = {"DE": ("00000000", 10), "FR": ("0000000000", 11), "GB": ("XXXX000000", 8)}


def _phone(cell: Cell) -> str:
    return filled(cell, runs(getattr(PHONES[cell.rule.arguments["country"]], cell.rule.arguments["format"])), "phone")


def _uuid(cell: Cell) -> str:
    draw = digest(cell, "uuid")
    first, second = hexadecimals(draw, 8), hexadecimals(draw, 4, 9)
    rest = (hexadecimals(draw, 3, 14), hexadecimals(draw, 3, 18), hexadecimals(draw, 12, 21))
    return f"CONCAT({first}, '-', {second}, '-4', {rest[0]}, '-a', {rest[1]}, '-', {rest[2]})"


def _ip(cell: Cell) -> str:
    """A column of version 6 holds addresses of version 4 as ::ffff:1.2.3.4."""
    draw = digest(cell, "ip")
    mapped = "::ffff:" if cell.column.base == "inet6" else ""
    long = f"INET6_NTOA(UNHEX(CONCAT('{DOCUMENTATION}', {hexadecimals(draw, 15)})))"
    short = f"CONCAT('{mapped}', INET_NTOA({TEST_NETWORK} + {number(draw, 2**17)}))"
    is_long = f"{cell.text} LIKE '%:%'" + (f" AND {cell.text} NOT LIKE '%.%'" if mapped else "")
    return f"CASE WHEN {cell.value} IS NOT NULL THEN CASE WHEN {is_long} THEN {long} ELSE {short} END END"


def _mac(cell: Cell) -> str:
    draw = digest(cell, "mac")
    pairs = [f"':', {hexadecimals(draw, 2, first)}" for first in range(1, 11, 2)]
    return f"CONCAT('02', {listed(pairs)})"


def _url(cell: Cell) -> str:
    return f"CONCAT('https://www.example.com/', {hexadecimals(digest(cell, 'url'), 20)})"


def _iban(cell: Cell) -> str:
    """ISO 13616: letters count from A = 10; what follows the country is put first, and the whole leaves 1 when divided by 97."""
    country = cell.rule.arguments["country"]
    bank, characters = BANKS[country]
    account = digits(hexadecimals(digest(cell, "iban"), characters))
    if country == "FR":  # the key of a French account, of which bank and branch are zeros
        account = f"CONCAT({account}, LPAD(97 - CAST({account} AS DECIMAL(20)) * 3 % 97, 2, '0'))"
    turned = f"CONCAT('{_as_number(bank)}', {account}, '{_as_number(country)}00')"
    check = f"LPAD(98 - CAST({turned} AS DECIMAL(40)) % 97, 2, '0')"
    return f"CONCAT({listed([literal(country), check, literal(bank), account])})"


def _as_number(text: str) -> str:
    return "".join(str(int(character, 36)) for character in text)


def _card_number(cell: Cell) -> str:
    """From the right every other digit counts twice, the digits of its double added up."""
    drawn = hexadecimals(digest(cell, "card_number"), CARD_DIGITS - len(CARD_PREFIX) - 1)
    total = str(sum(_doubled(int(digit)) for digit in CARD_PREFIX[::2]) + sum(map(int, CARD_PREFIX[1::2])))
    for place in range(len(CARD_PREFIX), CARD_DIGITS - 1):
        counted = [_doubled(each % 10) if place % 2 == 0 else each % 10 for each in range(16)]
        nth = f"CONV(SUBSTRING({drawn}, {place - len(CARD_PREFIX) + 1}, 1), 16, 10)"
        total += f" + ELT(1 + {nth}, {listed([str(each) for each in counted])})"
    return f"CONCAT('{CARD_PREFIX}', {digits(drawn)}, CAST((10 - ({total}) % 10) % 10 AS UNSIGNED))"


def _doubled(digit: int) -> int:
    return digit * 2 // 10 + digit * 2 % 10


def _pattern(cell: Cell) -> str:
    return filled(cell, cell.rule.arguments["form"], "pattern")


EXPRESSIONS: dict[str, Expression] = {
    "phone": _phone,
    "uuid": _uuid,
    "ip": _ip,
    "mac": _mac,
    "url": _url,
    "iban": _iban,
    "card_number": _card_number,
    "pattern": _pattern,
}

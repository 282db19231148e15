"""Identifiers of a known form. Check digits are computed by temporary functions, so that their digits are drawn once."""

from psycopg import sql

from sanitizer.functions.formats import CARD_DIGITS, PHONES
from sanitizer.functions.parameters import runs
from sanitizer.postgresql.expressions.cell import Cell, Expression, digest, hexadecimals, number
from sanitizer.postgresql.expressions.patterns import digits, filled

CARD_PREFIX = "400000"
# From the right every other digit counts twice, the digits of its double added up.
LUHN = """
SELECT $1 || (10 - sum(CASE WHEN (length($1) - i) % 2 = 0 THEN (d * 2) / 10 + (d * 2) % 10 ELSE d END) % 10) % 10
FROM generate_series(1, length($1)) AS i CROSS JOIN LATERAL (SELECT substr($1, i, 1)::int AS d) AS digit
"""
# ISO 13616: letters count from A = 10; what follows the country is put first, and the whole leaves 1 when divided by 97.
IBAN = "SELECT {country} || lpad((98 - ({bank_number} || $1 || {country_number} || '00')::numeric % 97)::text, 2, '0') || {bank} || $1"
# The key of a French account, of which bank and branch are zeros.
RIB = "SELECT $1 || lpad((97 - ($1::numeric * 3) % 97)::text, 2, '0')"
BANKS = {"DE": ("00000000", 10), "FR": ("0000000000", 11), "GB": ("XXXX000000", 8)}


def _phone(cell: Cell) -> sql.Composable:
    return filled(cell, runs(getattr(PHONES[cell.rule.arguments["country"]], cell.rule.arguments["format"])), "phone")


def _uuid(cell: Cell) -> sql.Composable:
    digits_ = hexadecimals(digest(cell, "uuid"), 32)
    uuid = sql.SQL("overlay(overlay({} PLACING '4' FROM 13) PLACING 'a' FROM 17)::uuid").format(digits_)
    return sql.SQL("{}::text").format(uuid) if cell.column.is_text else cell.typed(uuid)


def _ip(cell: Cell) -> sql.Composable:
    draw = digest(cell, "ip")
    address = sql.SQL(
        "CASE WHEN {value} LIKE '%:%' THEN '2001:db8::'::inet + {any} ELSE '198.18.0.0'::inet + {some} END"
    ).format(value=cell.text, any=number(draw, 2**60), some=number(draw, 2**17))
    known = sql.SQL("CASE WHEN {} IS NOT NULL THEN {} END").format(cell.value, address)
    return sql.SQL("pg_catalog.host({})").format(known) if cell.column.is_text else cell.typed(known)


def _mac(cell: Cell) -> sql.Composable:
    address = sql.SQL("('02' || {})::macaddr").format(hexadecimals(digest(cell, "mac"), 10))
    return sql.SQL("{}::text").format(address) if cell.column.is_text else cell.typed(address)


def _url(cell: Cell) -> sql.Composable:
    return sql.SQL("'https://www.example.com/' || {}").format(hexadecimals(digest(cell, "url"), 20))


def _iban(cell: Cell) -> sql.Composable:
    country = cell.rule.arguments["country"]
    bank, characters = BANKS[country]
    body = sql.SQL(IBAN).format(
        country=sql.Literal(country),
        country_number=sql.Literal(_as_number(country)),
        bank=sql.Literal(bank),
        bank_number=sql.Literal(_as_number(bank)),
    )
    account = digits(hexadecimals(digest(cell, "iban"), characters))
    if country == "FR":
        account = sql.SQL("{}({})").format(cell.row.function("text", "text", sql.SQL(RIB)), account)
    return sql.SQL("{}({})").format(cell.row.function("text", "text", body), account)


def _as_number(text: str) -> str:
    return "".join(str(int(character, 36)) for character in text)


def _card_number(cell: Cell) -> sql.Composable:
    drawn = digits(hexadecimals(digest(cell, "card_number"), CARD_DIGITS - len(CARD_PREFIX) - 1))
    return sql.SQL("{}({} || {})").format(
        cell.row.function("text", "text", sql.SQL(LUHN)), sql.Literal(CARD_PREFIX), drawn
    )


def _pattern(cell: Cell) -> sql.Composable:
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

"""A part of a text, or its form."""

import re

from sanitizer.functions.parts import LATIN
from sanitizer.mysql.expressions.cell import Cell, Expression, digest, number, picked
from sanitizer.mysql.flavours import Flavour
from sanitizer.mysql.writing import literal

WORD_STARTS = [str(match.start() + 1) for match in re.finditer(r"\w+", LATIN)]
# What is made once for a text: its digest, and its characters in eight hexadecimal digits each. Then one row for each character.
WHOLE = """JSON_TABLE(CONCAT('["', {draw}, HEX(CONVERT({text} USING utf32)), '"]'), '$[*]' COLUMNS (sanitizer_whole LONGTEXT CHARACTER SET ascii PATH '$')) AS sanitizer_text"""
PLACES = "JSON_TABLE(CONCAT('[', REPEAT('0,', {characters} - 1), '0]'), '$[*]' COLUMNS (sanitizer_place FOR ORDINALITY)) AS sanitizer_places"
DRAW, CODE = "LEFT(sanitizer_whole, 64)", "SUBSTRING(sanitizer_whole, 57 + 8 * sanitizer_place, 8)"
# One byte of the digest for each character, a new digest for every 32.
BYTE = f"""CONV(SUBSTRING(CASE WHEN sanitizer_place <= 32 THEN {DRAW} ELSE CONVERT(SHA2(CONCAT({DRAW}, (sanitizer_place - 1) DIV 32), 256) USING ascii) END,
 (sanitizer_place - 1) % 32 * 2 + 1, 2), 16, 10)"""
SCRAMBLED = f"""CHAR(CASE WHEN {CODE} BETWEEN '00000061' AND '0000007A' THEN 97 + {BYTE} % 26
 WHEN {CODE} BETWEEN '00000030' AND '00000039' THEN 48 + {BYTE} % 10 WHEN {CODE} BETWEEN '00000041' AND '0000005A' THEN 65 + {BYTE} % 26
 WHEN {CODE} <= '0000007E' THEN CAST(CONV({CODE}, 16, 10) AS UNSIGNED) ELSE 97 + {BYTE} % 26 END USING utf8mb4)"""


def _keep(whole: str) -> Expression:
    def expression(cell: Cell) -> str:
        kept, mark = cell.rule.arguments["characters"], literal(cell.rule.arguments["with"])
        joined = whole.format(value=cell.text, kept=kept, others=f"REPEAT({mark}, {cell.characters} - {kept})")
        return f"CASE WHEN {cell.characters} > {kept} THEN CONCAT({joined}) ELSE REPEAT({mark}, {cell.characters}) END"

    return expression


def _scramble(cell: Cell) -> str:
    whole = WHOLE.format(draw=digest(cell, "scramble"), text=cell.text)
    joined = f"GROUP_CONCAT({SCRAMBLED} ORDER BY sanitizer_place SEPARATOR '')"
    source = f"{whole} STRAIGHT_JOIN {PLACES.format(characters=cell.characters)}"
    return f"CASE {cell.characters} WHEN 0 THEN '' ELSE (SELECT {joined} FROM {source}) END"


def pattern(match: str) -> str:
    """The regular expression, in which a dot is any character: a value with several lines is masked to its end."""
    return literal(f"(?s){match}")


def replacement(written: str, flavour: Flavour) -> str:
    r"""As PostgreSQL reads it: \1 is a group, \& the whole match, \\ a backslash."""

    def translated(found: re.Match[str]) -> str:
        if found[1]:
            return flavour.group.format(0 if found[1] == "&" else found[1])
        return flavour.escaped.get(found[0][-1], found[0][-1])

    return literal(re.sub(r"\\([1-9&])|\\\\|[\\$]", translated, written))


def _regex(cell: Cell) -> str:
    match, text = pattern(cell.rule.arguments["match"]), cell.text
    written = replacement(cell.rule.arguments["replace"], cell.row.flavour)
    otherwise = text if cell.rule.arguments["otherwise"] == "keep" else "NULL"
    return f"CASE WHEN {text} REGEXP {match} THEN REGEXP_REPLACE({text}, {match}, {written}) ELSE {otherwise} END"


def _lorem(cell: Cell) -> str:
    """As many characters as the value, from a random word of the endless text on."""
    endless = f"REPEAT({literal(LATIN)}, {cell.characters} DIV {len(LATIN)} + 2)"
    start = picked(WORD_STARTS, number(digest(cell, "lorem"), len(WORD_STARTS)))
    return f"SUBSTRING({endless}, {start}, {cell.characters})"


EXPRESSIONS: dict[str, Expression] = {
    "keep_first": _keep("LEFT({value}, {kept}), {others}"),
    "keep_last": _keep("{others}, RIGHT({value}, {kept})"),
    "scramble": _scramble,
    "regex": _regex,
    "lorem": _lorem,
}

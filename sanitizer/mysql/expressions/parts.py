"""A part of a text, or its form."""

import re

from sanitizer.functions.parts import LATIN
from sanitizer.mysql.expressions.cell import Cell, Expression, as_text, digest, number, picked
from sanitizer.mysql.flavours import Flavour
from sanitizer.mysql.writing import literal

WORD_STARTS = [str(match.start() + 1) for match in re.finditer(r"\w+", LATIN)]
# One row for each character: `sanitizer_place`, from 1.
PLACES = "JSON_TABLE(CONCAT('[0', REPEAT(',0', {characters} - 1), ']'), '$[*]' COLUMNS (sanitizer_place FOR ORDINALITY)) AS sanitizer_places"
# One byte of the digest for each character, a new digest for every 32.
SCRAMBLED = """CASE WHEN {characters} = 0 THEN {value} WHEN {characters} > 0 THEN (SELECT GROUP_CONCAT(
 CASE WHEN {one} BETWEEN '0' AND '9' THEN CHAR(48 + {byte} % 10 USING utf8mb4) WHEN {one} BETWEEN 'A' AND 'Z' THEN CHAR(65 + {byte} % 26 USING utf8mb4)
 WHEN {one} BETWEEN 'a' AND 'z' THEN CHAR(97 + {byte} % 26 USING utf8mb4) WHEN {one} <= '~' THEN {one}
 ELSE CHAR(97 + {byte} % 26 USING utf8mb4) END
 ORDER BY sanitizer_place SEPARATOR '') FROM {places}) END"""


def _keep(whole: str) -> Expression:
    def expression(cell: Cell) -> str:
        kept, mark = cell.rule.arguments["characters"], literal(cell.rule.arguments["with"])
        joined = whole.format(value=cell.text, kept=kept, others=f"REPEAT({mark}, {cell.characters} - {kept})")
        return f"CASE WHEN {cell.characters} > {kept} THEN CONCAT({joined}) ELSE REPEAT({mark}, {cell.characters}) END"

    return expression


def _scramble(cell: Cell) -> str:
    draw = digest(cell, "scramble")
    later = (
        f"CASE WHEN sanitizer_place <= 32 THEN {draw} ELSE SHA2(CONCAT({draw}, (sanitizer_place - 1) DIV 32), 256) END"
    )
    return SCRAMBLED.format(
        characters=cell.characters,
        value=cell.text,
        one=as_text(f"SUBSTRING({cell.text}, sanitizer_place, 1)"),
        byte=f"CONV(SUBSTRING({later}, (sanitizer_place - 1) % 32 * 2 + 1, 2), 16, 10)",
        places=PLACES.format(characters=cell.characters),
    )


def pattern(match: str) -> str:
    """The regular expression, in which a dot is any character: a value with several lines is masked to its end."""
    return literal(f"(?s){match}")


def _replacement(written: str, flavour: Flavour) -> str:
    r"""As PostgreSQL reads it: \1 is a group, \& the whole match, \\ a backslash."""

    def translated(found: re.Match[str]) -> str:
        if found[1]:
            return flavour.group.format(0 if found[1] == "&" else found[1])
        return flavour.escaped.get(found[0][-1], found[0][-1])

    return literal(re.sub(r"\\([1-9&])|\\\\|[\\$]", translated, written))


def _regex(cell: Cell) -> str:
    match, text = pattern(cell.rule.arguments["match"]), cell.text
    replacement = _replacement(cell.rule.arguments["replace"], cell.row.flavour)
    otherwise = text if cell.rule.arguments["otherwise"] == "keep" else "NULL"
    return f"CASE WHEN {text} REGEXP {match} THEN REGEXP_REPLACE({text}, {match}, {replacement}) ELSE {otherwise} END"


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

"""A part of a text, or its form."""

import re

from psycopg import sql

from sanitizer.functions.parts import LATIN
from sanitizer.postgresql.expressions.cell import Cell, Expression, digest, number

KEPT = """CASE WHEN pg_catalog.length({value}) > {kept} THEN {whole} ELSE pg_catalog.repeat({mark}, pg_catalog.length({value})) END"""
# $1 the text, $2 its digest: one byte for each character, a new digest for every 32.
SCRAMBLE = """
SELECT coalesce(string_agg(CASE WHEN c BETWEEN '0' AND '9' THEN chr(48 + b % 10) WHEN c BETWEEN 'A' AND 'Z' THEN chr(65 + b % 26)
                                WHEN c BETWEEN 'a' AND 'z' THEN chr(97 + b % 26) WHEN c <= '~' THEN c
                                ELSE chr(97 + b % 26) END, '' ORDER BY i), '')
FROM (SELECT each.c COLLATE "C" AS c, each.i, get_byte(CASE WHEN each.i <= 32 THEN $2
             ELSE sha256(convert_to(encode($2, 'hex') || (each.i - 1) / 32, 'UTF8')) END, (each.i - 1)::int % 32) AS b
      FROM unnest(string_to_array($1, NULL)) WITH ORDINALITY AS each(c, i)) AS characters
"""

WORD_STARTS = [match.start() + 1 for match in re.finditer(r"\w+", LATIN)]


def _keep(whole: str) -> Expression:
    def expression(cell: Cell) -> sql.Composable:
        kept, mark = sql.Literal(cell.rule.arguments["characters"]), sql.Literal(cell.rule.arguments["with"])
        others = sql.SQL("pg_catalog.repeat({}, pg_catalog.length({}) - {})").format(mark, cell.text, kept)
        joined = sql.SQL(whole).format(value=cell.text, kept=kept, others=others)
        return sql.SQL(KEPT).format(value=cell.text, kept=kept, mark=mark, whole=joined)

    return expression


def _scramble(cell: Cell) -> sql.Composable:
    return sql.SQL("{}({}, {})").format(
        cell.row.function("text, bytea", "text", sql.SQL(SCRAMBLE)), cell.text, digest(cell, "scramble")
    )


def _regex(cell: Cell) -> sql.Composable:
    match, replace = (sql.Literal(cell.rule.arguments[name]) for name in ("match", "replace"))
    otherwise = cell.text if cell.rule.arguments["otherwise"] == "keep" else sql.SQL("NULL")
    return sql.SQL("CASE WHEN {0} ~ {1} THEN pg_catalog.regexp_replace({0}, {1}, {2}, 'g') ELSE {3} END").format(
        cell.text, match, replace, otherwise
    )


def _lorem(cell: Cell) -> sql.Composable:
    """As many characters as the value, from a random word of the endless text on."""
    length = sql.SQL("pg_catalog.length({})").format(cell.text)
    endless = sql.SQL("pg_catalog.repeat({}, {} / {} + 2)").format(sql.Literal(LATIN), length, sql.Literal(len(LATIN)))
    starts = sql.SQL("({}::int[])[1 + {}]").format(
        sql.Literal(WORD_STARTS), number(digest(cell, "lorem"), len(WORD_STARTS))
    )
    return sql.SQL("pg_catalog.substr({}, {}, {})").format(endless, starts, length)


EXPRESSIONS: dict[str, Expression] = {
    "keep_first": _keep("pg_catalog.left({value}, {kept}) || {others}"),
    "keep_last": _keep("{others} || pg_catalog.right({value}, {kept})"),
    "scramble": _scramble,
    "regex": _regex,
    "lorem": _lorem,
}

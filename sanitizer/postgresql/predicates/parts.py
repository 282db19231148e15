"""Parts of texts: as much is replaced as must be."""

import re

from psycopg import sql

from sanitizer.functions.parts import LATIN
from sanitizer.postgresql.predicates.seen import Predicate, Seen, like_pattern


def _keeps(form: str) -> Predicate:
    """The kept characters stand where they may; a text of no more is nothing but marks."""

    def predicate(seen: Seen) -> sql.Composable:
        mark, kept = re.escape(seen.rule.arguments["with"]), seen.rule.arguments["characters"]
        return like_pattern(
            seen.text, f"{mark}{{0,{kept}}}|" + form.format(mark=f"(?:{mark})+", kept=f"(?:.|\\n){{{kept}}}")
        )

    return predicate


def _is_latin(seen: Seen) -> sql.Composable:
    endless = sql.SQL("repeat({}, length({}) / {} + 2)").format(sql.Literal(LATIN), seen.text, sql.Literal(len(LATIN)))
    return sql.SQL("({0} IS NULL OR strpos({1}, {0}) > 0)").format(seen.text, endless)


def _has_no_other_letters(seen: Seen) -> sql.Composable:
    return sql.SQL("({0} IS NULL OR {0} !~ '[^ -~[:cntrl:]]')").format(seen.text)


PREDICATES: dict[str, Predicate | None] = {
    "keep_first": _keeps("{kept}{mark}"),
    "keep_last": _keeps("{mark}{kept}"),
    "scramble": _has_no_other_letters,
    "regex": None,
    "lorem": _is_latin,
}

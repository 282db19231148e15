"""Parts of texts: as much is replaced as must be."""

import re

from sanitizer.functions.parts import LATIN
from sanitizer.mysql.predicates.seen import Predicate, Seen, exactly, like_pattern
from sanitizer.mysql.writing import literal

OTHER_LETTERS = literal(r"[^\x{00}-~]")


def _keeps(form: str) -> Predicate:
    """The kept characters stand where they may; a text of no more is nothing but marks."""

    def predicate(seen: Seen) -> str:
        mark, kept = re.escape(seen.rule.arguments["with"]), seen.rule.arguments["characters"]
        longer = form.format(mark=f"(?:{mark})+", kept=f"(?s:.){{{kept}}}")
        return like_pattern(seen, f"(?:{mark}){{0,{kept}}}|{longer}")

    return predicate


def _is_latin(seen: Seen) -> str:
    endless = f"REPEAT({literal(LATIN)}, CHAR_LENGTH({seen.text}) DIV {len(LATIN)} + 2)"
    return f"({seen.value} IS NULL OR LOCATE({seen.bytes}, {exactly(endless)}) > 0)"


def _has_no_other_letters(seen: Seen) -> str:
    return f"({seen.value} IS NULL OR {seen.text} NOT REGEXP {OTHER_LETTERS})"


PREDICATES: dict[str, Predicate | None] = {
    "keep_first": _keeps("{kept}{mark}"),
    "keep_last": _keeps("{mark}{kept}"),
    "scramble": _has_no_other_letters,
    "regex": None,
    "lorem": _is_latin,
}

"""What whole values look like after masking."""

import re

from sanitizer.mysql.predicates.seen import Predicate, Seen, like_pattern, matches
from sanitizer.mysql.probe import in_hexadecimal
from sanitizer.mysql.writing import literal


def _is_null(seen: Seen) -> str:
    return f"{seen.value} IS NULL"


def _is_fixed(seen: Seen) -> str:
    (held,) = seen.given
    return f"{in_hexadecimal(seen.value)} <=> {literal(held)}"


def _is_email(seen: Seen) -> str:
    return like_pattern(seen, "[0-9a-f]{20}@" + re.escape(seen.rule.arguments["domain"]))


PREDICATES: dict[str, Predicate | None] = {
    "set_null": _is_null,
    "fixed": _is_fixed,
    "email": _is_email,
    "hash": matches("[0-9a-f]{32}"),
    "sql": None,
}

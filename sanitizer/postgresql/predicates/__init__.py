"""How each function's outputs are recognised. Shares nothing with the expressions that mask: what an output looks like is said a second time.

None stands where an output looks like any other value: nobody can recognise it, and the report says so.
"""

from psycopg import sql

from sanitizer.functions import KEEP
from sanitizer.postgresql.predicates import composed, formats, measures, parts, people, plain
from sanitizer.postgresql.predicates.seen import Predicate, Seen

PREDICATES: dict[str, Predicate | None] = {
    **plain.PREDICATES,
    **people.PREDICATES,
    **formats.PREDICATES,
    **parts.PREDICATES,
    **measures.PREDICATES,
}


def recognised(seen: Seen) -> sql.Composable | None:
    """Whether the value is one that its rule can have written, or has left because of its condition; None if that shows nowhere."""
    predicate = None if seen.rule.function.name == KEEP else PREDICATES[seen.rule.function.name]
    if predicate is None:
        return None
    if seen.rule.where is None:
        return predicate(seen)
    return sql.SQL("((\n{}\n) IS FALSE OR {})").format(sql.SQL(seen.rule.where), predicate(seen))


def recognised_cheaply(seen: Seen) -> sql.Composable | None:
    """What is true of nearly all that is recognised and of nothing else, for less; None if there is no such thing."""
    if seen.rule.function.name != "json" or seen.rule.where:
        return None
    return composed.is_plain_document(seen, recognised)


PREDICATES.update(composed.predicates(recognised))

__all__ = ["PREDICATES", "Seen", "recognised", "recognised_cheaply"]

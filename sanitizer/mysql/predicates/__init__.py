"""How each function's outputs are recognised. Shares nothing with the expressions that mask: what an output looks like is said a second time.

None stands where an output looks like any other value: nobody can recognise it, and the report says so.
"""

from sanitizer.functions import KEEP
from sanitizer.mysql.predicates import composed, formats, measures, parts, people, plain
from sanitizer.mysql.predicates.seen import Predicate, Seen

PREDICATES: dict[str, Predicate | None] = {
    **plain.PREDICATES,
    **people.PREDICATES,
    **formats.PREDICATES,
    **parts.PREDICATES,
    **measures.PREDICATES,
}


def recognised(seen: Seen) -> str | None:
    """Whether the value is one that its rule can have written, or has left because of its condition; None if that shows nowhere."""
    predicate = None if seen.rule.function.name == KEEP else PREDICATES[seen.rule.function.name]
    if predicate is None:
        return None
    if seen.rule.where is None:
        return predicate(seen)
    return f"((\n{seen.rule.where}\n) IS FALSE OR {predicate(seen)})"


PREDICATES.update(composed.predicates(recognised))

__all__ = ["PREDICATES", "Seen", "recognised"]

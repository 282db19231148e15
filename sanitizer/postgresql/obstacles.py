"""What stands between a table and its rewriting: what forbids it, and what is taken out of the way for it and brought back."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from sanitizer.postgresql.writing import QUALIFIED, refresh
from sanitizer.rules import Rule
from sanitizer.schema import Dependent, Schema, Table
from sanitizer.steps import Step

# Definitions are qualified, and read back as they were written; an empty function's body does not fit what it returns.
SETTINGS = (QUALIFIED, "SET LOCAL check_function_bodies = off")

PARTITIONED = "p"
# What the server's parser changes where it stands: when ALTER comes to the next partition, it does not know its own work again.
_ONCE = re.compile(r"(?<!\w)(is|isnull|notnull)(?!\w|\s+(not\s+)?distinct)|=>|:=", re.IGNORECASE)


def rewrite_blockers(schema: Schema, table: Table, rules: Mapping[str, Rule]) -> list[str]:
    """What forbids ALTER COLUMN TYPE on these columns by these rules, and cannot be taken out of the way."""
    found = [
        f"{blocker} uses {column}{obstacle}"
        for column in rules
        for blocker in table.blockers.get(column, ())
        if (obstacle := _obstacle(schema, blocker)) is not None
    ]
    found += table.table_blockers
    if table.inherits:
        found.append("it takes part in inheritance, or is of a composite type")
    if table.kind == PARTITIONED and _ONCE.search(written(rules)):
        found.append(
            "an expression of the rules may hold IS or a named argument, which ALTER reads for one partition only"
        )
    if reads_elsewhere(schema, rules):
        found.append("an expression of the rules may hold a subquery, or calls a function that reads tables")
    return found


def is_bound(schema: Schema, table: Table, column: str) -> bool:
    """Whether something uses the column that cannot be taken out of the way."""
    return any(_obstacle(schema, blocker) is not None for blocker in table.blockers.get(column, ()))


def _obstacle(schema: Schema, blocker: str) -> str | None:
    """Why it cannot be taken out of the way, as the end of a sentence; None if it can."""
    if blocker not in schema.dependents:
        return ""
    for dependent in _along(schema, [blocker]).values():
        if dependent.obstacle:
            subject = "" if dependent.description == blocker else f"goes with {dependent.description}, which "
            return f", and {subject}{dependent.obstacle}"
    return None


def _along(schema: Schema, descriptions: list[str]) -> dict[str, Dependent]:
    """These dependents and all that must go before they can."""
    found: dict[str, Dependent] = {}
    while descriptions:
        description = descriptions.pop()
        if description not in found:
            found[description] = schema.dependents[description]
            descriptions.extend(found[description].takes_along)
    return found


def reads_elsewhere(schema: Schema, rules: Mapping[str, Rule]) -> bool:
    """Whether an expression of the rules may read other tables: a column's type cannot be set by a subquery, nor may what it calls be out of the way."""
    text = written(rules)
    if not text.strip():
        return False
    called = [re.escape(dependent.called) for dependent in schema.dependents.values() if dependent.called]
    words = "|".join(("select", "values", "table", "with", *called))
    return re.search(rf"(?<!\w)({words})(?!\w)", text, re.IGNORECASE) is not None


def written(rules: Mapping[str, Rule]) -> str:
    """All SQL that stands in these rules."""
    return " ".join(
        f"{each.where or ''} {each.arguments.get('expression', '')}"
        for rule in rules.values()
        for each in (rule, *rule.inner)
    )


def in_the_way(schema: Schema, table: Table, columns: Collection[str]) -> dict[str, Dependent]:
    """What uses these columns, by its description."""
    return _along(schema, [blocker for column in columns for blocker in table.blockers.get(column, ())])


def without(database: str, dependents: Sequence[Dependent]) -> Iterator[Step]:
    """Takes all of them out of the way at once; they stand in the order in which they come back."""
    if dependents:
        statements = [statement for dependent in reversed(dependents) for statement in dependent.off]
        why = "the server refuses to write columns anew that they use: they are replaced by empty ones or dropped, and return below as they were"
        yield _step(database, f"{len(dependents)} dependent(s)", "dependents off", why, (*SETTINGS, *statements))


def with_again(schema: Schema, dependents: Sequence[Dependent], *, changes_later: bool) -> Iterator[Step]:
    """Brings them back as they were, then fills those that store rows.

    These rows stay as they are unless statements change tables later, or another materialized view that they may be read from is still old.
    """
    if dependents:
        statements = [statement for dependent in dependents for statement in dependent.on]
        why = "the tables are masked: definitions, owners, grants, comments and modes as they were"
        yield _step(schema.database, f"{len(dependents)} dependent(s)", "dependents on", why, (*SETTINGS, *statements))
    stored = [dependent.stored for dependent in dependents if dependent.stored]
    order = [view.name for view in schema.materialized_views if view.populated]
    for place, name in enumerate(stored):
        lasts = not changes_later and order[: place + 1] == stored[: place + 1]
        yield Step(
            "mask",
            schema.database,
            str(name),
            "fill",
            "it returned without rows",
            refresh(name),
            atomic=True,
            leaves_clean=frozenset({name}) if lasts else frozenset(),
        )


def _step(database: str, place: str, strategy: str, why: str, statements: tuple[str, ...]) -> Step:
    return Step("mask", database, place, strategy, why, statements, atomic=True)

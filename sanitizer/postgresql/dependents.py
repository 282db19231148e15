"""Reads what is in the way of ALTER COLUMN TYPE, each with the SQL that takes it out of the way and the SQL that brings it back as it was.

Views, rules, policies and functions are replaced by an empty one of the same shape: they stay the same object, so nothing that depends on
them is touched. An empty view or function fails when somebody reads or calls it: nobody gets a wrong answer. Triggers and publications' tables are
dropped and created again, and so are materialized views (see `stored_results`) and indexes of partitioned tables (`indexes`).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sanitizer.names import TableName
from sanitizer.postgresql import dependents_queries as queries
from sanitizer.postgresql.indexes import partitioned_indexes
from sanitizer.postgresql.stored_results import stored_results
from sanitizer.postgresql.writing import literal
from sanitizer.schema import Dependent

Row = Any
Ask = Callable[[str], list[Row]]
Found = dict[tuple[str, int], Dependent]

FILTERED_PUBLICATIONS = 150000
OFF = "pg_catalog.current_setting('sanitizer.off_while_tables_are_masked')"
MODES = {"O": "ENABLE", "D": "DISABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
# All columns of the rows would be compared by operators of that one schema.
_ROWS = re.compile(r"ROW\(.*\) OPERATOR\([^)]*\) ")


@dataclass(frozen=True)
class Dependents:
    """Those of one database, in the order in which they come back; `by_object` finds them by catalog and number."""

    all: dict[str, Dependent]
    by_object: Found


def read_dependents(ask: Ask, version: int, order: Mapping[TableName, bool]) -> Dependents:
    """Asks the catalog; `order` is that of the materialized views, with whether each reads itself. Names must be qualified, so `search_path` must be pg_catalog."""
    found: Found = {}
    for kind in (_views, _rules, _functions, _policies, _triggers):
        found |= kind(ask)
    if version >= FILTERED_PUBLICATIONS:
        found |= _published(ask)
    stored = stored_results(ask, found, order)
    unusable = [row.prefix for row in ask(queries.UNUSABLE_SCHEMAS)]
    everything = {
        key: _readable(dependent, unusable) for key, dependent in (partitioned_indexes(ask) | stored | found).items()
    }
    return Dependents({each.description: each for each in everything.values()}, everything)


def _readable(dependent: Dependent, unusable: list[str]) -> Dependent:
    if not dependent.obstacle and any(_ROWS.search(statement) for statement in dependent.on):
        return dependent._replace(obstacle="compares rows by an operator that is not the server's own")
    if dependent.obstacle or not any(prefix in statement for statement in dependent.on for prefix in unusable):
        return dependent
    return dependent._replace(obstacle="names a schema that the user may not use")


def _views(ask: Ask) -> Found:
    return {
        ("pg_rewrite", row.oid): Dependent(
            f"view {row.name}",
            (f"CREATE OR REPLACE VIEW {row.name} AS SELECT {row.empty} WHERE {OFF} IS NULL",),
            (
                f"CREATE OR REPLACE VIEW {row.name}{f' WITH ({row.options})' if row.options else ''} AS {row.definition.rstrip(';')}",
            ),
            row.obstacle,
        )
        for row in ask(queries.VIEWS)
    }


def _rules(ask: Ask) -> Found:
    return {
        ("pg_rewrite", row.oid): Dependent(
            f"rule {row.rule} on {row.name}",
            (f"CREATE OR REPLACE RULE {row.rule} AS ON {row.event} TO {row.name} DO NOTHING",),
            (row.definition.replace("CREATE RULE", "CREATE OR REPLACE RULE", 1).rstrip(";"),),
            row.obstacle,
        )
        for row in ask(queries.RULES)
    }


def _functions(ask: Ask) -> Found:
    body = literal(f"SELECT {OFF}")
    return {
        ("pg_proc", row.oid): Dependent(
            f"function {row.name}",
            (f"CREATE OR REPLACE {row.head} LANGUAGE sql AS {body}",),
            (row.definition.rstrip().rstrip(";"),),
            row.obstacle,
            called=row.word,
        )
        for row in ask(queries.FUNCTIONS)
    }


def _policies(ask: Ask) -> Found:
    found = {}
    for row in ask(queries.POLICIES):
        alter = f"ALTER POLICY {row.policy} ON {row.name}"
        clauses = [(clause, given) for clause, given in (("USING", row.shown), ("WITH CHECK", row.written)) if given]
        closed = alter + "".join(f" {clause} (false)" for clause, _ in clauses)
        given = alter + "".join(f" {clause} ({expression})" for clause, expression in clauses)
        description = f"policy {row.policy} on {row.name}"
        found["pg_policy", row.oid] = Dependent(description, (closed,), (given,), row.obstacle)
    return found


def _published(ask: Ask) -> Found:
    found = {}
    for row in ask(queries.PUBLISHED):
        columns = f" ({row.columns})" if row.columns else ""
        where = f" WHERE ({row.filter})" if row.filter else ""
        found["pg_publication_rel", row.oid] = Dependent(
            f"publication {row.publication} of {row.name}",
            (f"ALTER PUBLICATION {row.publication} DROP TABLE ONLY {row.name}",),
            (f"ALTER PUBLICATION {row.publication} ADD TABLE ONLY {row.name}{columns}{where}",),
            row.obstacle,
        )
    return found


def _triggers(ask: Ask) -> Found:
    """A trigger with its clones on partitions is one thing, found by the number of each."""
    families: dict[int, list[Row]] = defaultdict(list)
    root_of: dict[int, int] = {}
    for row in ask(queries.TRIGGERS):
        root_of[row.oid] = root_of.get(row.parent, row.oid)
        families[root_of[row.oid]].append(row)
    whole = {root: _trigger(family) for root, family in families.items()}
    return {("pg_trigger", oid): whole[root] for oid, root in root_of.items()}


def _trigger(family: list[Row]) -> Dependent:
    first = family[0]
    return Dependent(
        f"trigger {first.trigger} on {first.name}",
        (f"DROP TRIGGER {first.trigger} ON {first.name}",),
        (first.definition, *_modes(family), *_comments(family)),
        next((row.obstacle for row in family if row.obstacle), None),
    )


def _modes(family: list[Row]) -> Iterator[str]:
    """Older servers pass a parent's mode on to its partitions, so their own come last."""
    if any(row.mode != "O" for row in family):
        for row in family:
            yield f"ALTER TABLE ONLY {row.name} {MODES[row.mode]} TRIGGER {row.trigger}"


def _comments(family: list[Row]) -> Iterator[str]:
    for row in family:
        for kind, comment in (("TRIGGER", row.comment), ("CONSTRAINT", row.constraint_comment)):
            if comment is not None:
                yield f"COMMENT ON {kind} {row.trigger} ON {row.name} IS {literal(comment)}"

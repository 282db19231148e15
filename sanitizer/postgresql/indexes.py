"""Indexes that are dropped and come back exactly as they were.

ALTER COLUMN TYPE builds those of partitioned tables anew under other names, and attaches what was not attached. So each is dropped whole, with
its indexes on partitions, and comes back piece by piece: which index is attached to which is said, not guessed. Those of other tables it builds
anew by itself; they are dropped only where a table is filled again from nothing (`reload`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sanitizer.postgresql import indexes_queries as queries
from sanitizer.postgresql.writing import literal
from sanitizer.schema import Dependent

Row = Any
Ask = Callable[[str], list[Row]]
Found = dict[tuple[str, int], Dependent]


def partitioned_indexes(ask: Ask) -> Found:
    """Each by the number of the index that no other is above."""
    families: dict[int, list[Row]] = defaultdict(list)
    for row in ask(queries.MEMBERS):
        if row.partitioned:
            families[row.top].append(row)
    return {("pg_class", top): _whole(family) for top, family in families.items()}


def plain_indexes(ask: Ask) -> dict[int, list[Dependent]]:
    """Those of tables without partitions, by the number of the table."""
    found: dict[int, list[Dependent]] = defaultdict(list)
    for row in ask(queries.MEMBERS):
        if not row.partitioned:
            found[row.oid].append(_whole([row]))
    return found


def _whole(family: list[Row]) -> Dependent:
    top = family[0]
    off = f"DROP INDEX {top.index}"
    if top.constraint:
        off = f"ALTER TABLE ONLY {top.name} DROP CONSTRAINT {top.constraint}"
    on = [statement for row in family for statement in _created(row)]
    attached = [f"ALTER INDEX {row.parent} ATTACH PARTITION {row.index}" for row in reversed(family) if row.parent]
    marks = [statement for row in family for statement in _marks(row)]
    obstacle = next((row.obstacle for row in family if row.obstacle), None)
    return Dependent(top.description, (off,), (*on, *attached, *marks), obstacle)


def _created(row: Row) -> Iterator[str]:
    """On this table alone."""
    yield f"SET LOCAL default_tablespace = {row.tablespace}"
    if row.constraint:
        yield f"ALTER TABLE ONLY {row.name} ADD CONSTRAINT {row.constraint} {row.constraint_definition}"
        if row.options:
            yield f"ALTER INDEX {row.index} SET ({row.options})"
    else:
        yield row.definition
    yield from row.targets
    if row.comment is not None:
        yield f"COMMENT ON INDEX {row.index} IS {literal(row.comment)}"
    if row.constraint_comment is not None:
        yield f"COMMENT ON CONSTRAINT {row.constraint} ON {row.name} IS {literal(row.constraint_comment)}"


def _marks(row: Row) -> Iterator[str]:
    """What the table says of the index; only a valid one can identify rows."""
    if row.clustered:
        yield f"ALTER TABLE ONLY {row.name} CLUSTER ON {row.own_name}"
    if row.identifies:
        yield f"ALTER TABLE ONLY {row.name} REPLICA IDENTITY USING INDEX {row.own_name}"

"""Materialized views: dropped, and created again with all they had, when a column that they read is written anew."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sanitizer.names import TableName
from sanitizer.postgresql import stored_results_queries as queries
from sanitizer.schema import Dependent

Row = Any
Ask = Callable[[str], list[Row]]
Found = dict[tuple[str, int], Dependent]


def stored_results(ask: Ask, others: Mapping[tuple[str, int], Dependent], order: Mapping[TableName, bool]) -> Found:
    """Each materialized view, those first that others read. What reads one must be out of the way before it can go."""
    rows = {TableName(row.schema, row.table): row for row in ask(queries.RESULTS)}
    names = {("pg_rewrite", row.rule): f"materialized view {row.name}" for row in rows.values()}
    names |= {key: dependent.description for key, dependent in others.items()}
    properties, grants, readers = (
        _by_view(ask(query)) for query in (queries.PROPERTIES, queries.GRANTS, queries.READERS)
    )
    strangers = [row.grantee for row in ask(queries.GRANTED_BY_DEFAULT)]
    found = {}
    for row, reads_itself in ((rows[name], itself) for name, itself in order.items() if name in rows):
        unknown = [each.description for each in readers[row.oid] if (each.catalog, each.object) not in names]
        found["pg_rewrite", row.rule] = Dependent(
            names["pg_rewrite", row.rule],
            (f"DROP MATERIALIZED VIEW {row.name}",),
            (
                *_created(row),
                *(each.statement.rstrip(";") for each in properties[row.oid]),
                *_granted(row, grants[row.oid], strangers),
            ),
            row.obstacle
            or (f"is what {unknown[0]} depends on" if unknown else None)
            or (
                "is read by a policy of a table that it reads, so it could not be filled again"
                if reads_itself
                else None
            ),
            takes_along=tuple(
                dict.fromkeys(names[key] for each in readers[row.oid] if (key := (each.catalog, each.object)) in names)
            ),
            stored=TableName(row.schema, row.table) if row.populated else None,
        )
    return found


def _by_view(rows: list[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.oid].append(row)
    return grouped


def _created(row: Row) -> Iterator[str]:
    """The view without rows: until it is filled nobody can read it."""
    yield "SET LOCAL default_tablespace = ''"
    options = f" WITH ({row.options})" if row.options else ""
    tablespace = f" TABLESPACE {row.tablespace}" if row.tablespace else ""
    definition = row.definition.rstrip(";")
    yield f"CREATE MATERIALIZED VIEW {row.name} USING {row.method}{options}{tablespace} AS {definition} WITH NO DATA"
    yield f"ALTER MATERIALIZED VIEW {row.name} OWNER TO {row.owner}"


def _granted(row: Row, grants: list[Row], strangers: list[str]) -> Iterator[str]:
    """The grants in force and no other, each in its grantor's name: who holds a grant option comes before those he granted to."""
    yield f"REVOKE ALL ON {row.name} FROM {', '.join(dict.fromkeys(('PUBLIC', row.owner, *strangers)))}"
    may_grant: set[tuple[str, str]] = set()
    while grants:
        ready = [each for each in grants if each.by_owner or (each.privilege, each.grantor) in may_grant] or grants
        for _, alike in groupby(ready, lambda each: (each.column, each.grantor, each.grantee, each.grantable)):
            yield from _grant(row.name, list(alike))
        may_grant |= {(each.privilege, each.grantee) for each in ready if each.grantable}
        grants = [each for each in grants if each not in ready]


def _grant(name: str, alike: list[Row]) -> Iterator[str]:
    """Privileges that differ in nothing else."""
    first = alike[0]
    column = f" ({first.column})" if first.column else ""
    privileges = ", ".join(f"{each.privilege}{column}" for each in alike)
    option = " WITH GRANT OPTION" if first.grantable else ""
    grant = f"GRANT {privileges} ON {name} TO {first.grantee}{option}"
    yield from (grant,) if first.by_owner else (f"SET LOCAL ROLE {first.grantor}", grant, "RESET ROLE")

"""Who masks the table, each in its own way, and how long it takes. All compute the same values with the same SQL, but for peers."""

import io
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from bench.grounds import DATABASE, KEY, Place
from bench.tables import TableKind, rules_file
from sanitizer import drift
from sanitizer.dialect import Mark
from sanitizer.engines import ENGINES
from sanitizer.journal import Journal
from sanitizer.mysql import expressions as mysql
from sanitizer.mysql.flavours import MARIADB
from sanitizer.mysql.masking import with_key
from sanitizer.mysql.writing import identifier as mysql_identifier
from sanitizer.mysql.writing import quote
from sanitizer.names import TableName
from sanitizer.pipeline import Pipeline
from sanitizer.postgresql.expressions import Row, masked_column
from sanitizer.postgresql.writing import identifier as postgresql_identifier
from sanitizer.rules import Rules, TableRules
from sanitizer.rules_file import read_rules
from sanitizer.schema import Table
from sanitizer.steps import Step

OURS, PROOF, WHOLE = "sanitizer: masking", "sanitizer: purge and verify", "sanitizer: whole run"
EACH, ALL, FLOOR = "one UPDATE per column", "one UPDATE for all columns", "floor"

Seconds = dict[str, float]


class Contender(NamedTuple):
    """What is done to a fresh copy. It tells how long that took, by what is measured."""

    name: str
    run: Callable[[Place], Seconds]


class Updates(NamedTuple):
    """The assignments of an UPDATE, and the functions of the session that they call."""

    functions: tuple[str, ...]
    assignments: Mapping[str, str]
    statement: str  # with a place for assignments


class TimedPipeline(Pipeline):
    """A run that knows how long its masking phase took, from the first step of a database to its last."""

    masking_seconds = 0.0

    def _perform(self, name: str, steps: list[Step]) -> frozenset[TableName]:
        with stopwatch() as watch:
            touched = super()._perform(name, steps)
        if any(step.phase == "mask" for step in steps):
            self.masking_seconds += watch.seconds
        return touched


class Watch:
    """How long something took."""

    seconds = 0.0


@contextmanager
def stopwatch() -> Iterator[Watch]:
    """Knows afterwards how long the block took."""
    watch, began = Watch(), time.monotonic()
    yield watch
    watch.seconds = time.monotonic() - began


def ours(kind: TableKind, tables: Mapping[str, Mapping[str, str]], connections: int | None = None) -> Contender:
    """The sanitizer's own pipeline, as the command line runs it."""
    rules = read_rules(rules_file(kind, tables), "bench.yaml")

    def run(place: Place) -> Seconds:
        with stopwatch() as whole, ENGINES[place.engine].open_server(place.target) as dialect:
            dialect.claim()
            pipeline = TimedPipeline(dialect, rules, Journal(io.StringIO()), KEY, connections)
            outcome = pipeline.sanitize(Mark("bench", rules.sha256, "bench"))
            dialect.finish(list(outcome.masked))
        proof = sum(outcome.took_seconds[phase] for phase in ("purge", "verify"))
        return {OURS: pipeline.masking_seconds, PROOF: proof, WHOLE: whole.seconds}

    return Contender(OURS, run)


def statements(kind: TableKind, table: str, rules: Mapping[str, str]) -> list[Contender]:
    """What statements in a list do, each way ending without a dead row; and the least that can be."""
    read = read_rules(rules_file(kind, {table: rules}), "bench.yaml")
    rewrite = kind.rewrite.replace("{table}", table)

    def each(place: Place) -> Seconds:
        updates = _updates(place, read)
        return _timed(
            place,
            EACH,
            [*updates.functions, *(updates.statement.format(text) for text in updates.assignments.values()), rewrite],
        )

    def together(place: Place) -> Seconds:
        updates = _updates(place, read)
        return _timed(
            place, ALL, [*updates.functions, updates.statement.format(", ".join(updates.assignments.values())), rewrite]
        )

    def floor(place: Place) -> Seconds:
        return _timed(place, FLOOR, [rewrite])

    return [Contender(EACH, each), Contender(ALL, together), Contender(FLOOR, floor)]


def _timed(place: Place, name: str, texts: list[str]) -> Seconds:
    with stopwatch() as watch:
        place.execute(texts, keyed=True)
    return {name: watch.seconds}


def _updates(place: Place, rules: Rules) -> Updates:
    with ENGINES[place.engine].open_server(place.target) as dialect, dialect.session(DATABASE) as session:
        schema = session.schema()
        matched = drift.match_database(rules.of(DATABASE), schema)
    ((name, table_rules),) = matched.listed.items()
    return UPDATES[place.engine](schema.tables[name], table_rules)


def _postgresql_updates(table: Table, rules: TableRules) -> Updates:
    row = Row(table.columns, rules.columns)
    assignments = {name: f'"{name}" = {masked_column(row, name).as_string()}' for name in rules.masked}
    statement = f"UPDATE {postgresql_identifier(table.name).as_string()} SET {{}}"
    return Updates(tuple(row.functions.values()), assignments, statement)


def _mariadb_updates(table: Table, rules: TableRules) -> Updates:
    row = mysql.Row(table.columns, rules.columns, MARIADB)
    values = {name: mysql.masked_column(row, name) for name in rules.masked}
    name = mysql_identifier(table.name)
    assignments = {column: f"{name}.{quote(column)} = {value}" for column, value in values.items()}
    return Updates((), assignments, f"UPDATE {name}{with_key(values)} SET {{}}")


UPDATES: dict[str, Callable[[Table, TableRules], Updates]] = {
    "postgres": _postgresql_updates,
    "mariadb": _mariadb_updates,
}

"""How what we cost grows: with rows, masked columns, connections, and tables."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.contenders import Contender, Seconds, ours
from bench.grounds import Place
from bench.tables import MASKED, TableKind

VIEWS = 100


def with_columns(kind: TableKind, table: str, rules: dict[str, str]) -> Iterator[tuple[int, Contender]]:
    """The first one, two, four, eight of the masked columns."""
    for number in (1, 2, 4, len(MASKED)):
        yield number, ours(kind, {table: dict(itertools.islice(rules.items(), number))})


def with_connections(kind: TableKind, tables: list[str], rules: dict[str, str]) -> Iterator[tuple[int, Contender]]:
    """All tables over one, two, four connections."""
    for number in (1, 2, 4):
        yield number, ours(kind, dict.fromkeys(tables, rules), number)


def many_tables(engine: str, number: int) -> list[str]:
    """Small tables and empty ones of six columns; each tenth points at its neighbour; some views and indexes."""
    statements = ["SET synchronous_commit = off"] if engine == "postgres" else []
    for i in range(number):
        key = f", FOREIGN KEY (neighbour) REFERENCES t{i - 1} (id)" if i % 10 == 1 else ""
        statements.append(
            f"CREATE TABLE t{i} (id int PRIMARY KEY, neighbour int, email varchar(80) NOT NULL, name varchar(80), amount int, made date{key})"
        )
        if i % 5 == 0:
            statements.append(
                f"INSERT INTO t{i} VALUES (1, 1, 'a@example.net', 'Ann', 1, '2020-01-01'), (2, 2, 'b@example.net', 'Bo', 2, '2020-01-01')"
            )
        if i % (number // VIEWS or 1) == 0:
            statements += [
                f"CREATE VIEW v{i} AS SELECT id, amount FROM t{i}",
                f"CREATE UNIQUE INDEX e{i} ON t{i} (email)",
            ]
    return statements


def many_rules(engine: str, number: int) -> str:
    """Two of each table's columns are masked."""
    schema = "public." if engine == "postgres" else ""
    columns = "id: keep, neighbour: keep, email: email, name: hash, amount: keep, made: keep"
    return "tables:\n" + "".join(f"  {schema}t{i}: {{{columns}}}\n" for i in range(number))


class PlanningFailed(Exception):
    """The sanitizer cannot plan what was made for it."""


def planned(number: int) -> Contender:
    """Seconds of every stage of planning, and the most memory of a process that does nothing else.

    Raises: PlanningFailed.
    """

    def run(place: Place) -> Seconds:
        target = {**place.target._asdict(), "ca_file": str(place.target.ca_file)}
        asked = json.dumps({"engine": place.engine, "target": target, "rules": many_rules(place.engine, number)})
        command, project = [sys.executable, "-m", "bench.planning"], Path(__file__).parent.parent
        ended = subprocess.run(command, input=asked, cwd=project, check=False, capture_output=True, text=True)
        if ended.returncode:
            raise PlanningFailed(f"it ended with {ended.returncode}: {' '.join(ended.stderr.splitlines()[-2:])[-400:]}")
        return dict(json.loads(ended.stdout))

    return Contender("planning", run)

"""Counts in many tables by few queries: small tables cost a question each, not their rows."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from psycopg import sql

from sanitizer.postgresql.connection import Connection

AT_ONCE, SMALL_BYTES = 50, 8_000_000


class Question(NamedTuple):
    """Aggregates over the rows of one FROM; `size_bytes` is what has to be read for them, about."""

    counts: Sequence[sql.Composable]
    rows: sql.Composable
    size_bytes: int = 0


def grouped(questions: Iterable[Question]) -> Iterator[list[Question]]:
    """The questions in their order: small ones together, each large one by itself."""
    group: list[Question] = []
    for question in questions:
        if group and (len(group) == AT_ONCE or question.size_bytes > SMALL_BYTES or group[-1].size_bytes > SMALL_BYTES):
            yield group
            group = []
        group.append(question)
    if group:
        yield group


def answers(connection: Connection, group: Sequence[Question]) -> list[list[int]]:
    """The counts of each question, asked in one query. The extended protocol takes a single statement.

    Raises: psycopg.Error, when any of them cannot be answered.
    """
    one = sql.SQL("SELECT {}, ARRAY[{}]::bigint[] FROM {}")
    asked = [
        one.format(sql.Literal(number), sql.SQL(", ").join(question.counts), question.rows)
        for number, question in enumerate(group)
    ]
    query = sql.SQL(" UNION ALL ").join(asked)
    return [counts for _, counts in sorted(connection.execute(query, binary=True))]

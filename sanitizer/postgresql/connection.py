"""Connections over verified TLS, and what PostgreSQL's errors may be told as: SQLSTATE and names, never values."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from sanitizer.dialect import Target
from sanitizer.errors import ConnectionFailed, Finding, SanitizerError

Connection = psycopg.Connection[tuple[Any, ...]]

CONNECT_SECONDS = 10
LOCK_SECONDS = 60
STATEMENT_HOURS = 12

# What libpq and the server say when a connection fails; there is no SQLSTATE to go by.
_CAUSES = (
    (r'database ".*" does not exist', "the database does not exist", "Check the database names in the rules"),
    (
        r"permission denied for database",
        "the user may not connect to the database",
        "GRANT CONNECT ON DATABASE to the master user",
    ),
    (
        r"not currently accepting connections",
        "the database accepts no connections",
        "ALTER DATABASE ... ALLOW_CONNECTIONS true, or drop it in the source",
    ),
    (
        r"certificate|SSL error|does not support SSL|no encryption|SSL SYSCALL",
        "its certificate was not accepted",
        "Check that --ca-file holds the authority that signed it and that --host is the name in it",
    ),
    (
        r"password|pg_hba|not permitted to log in|authentication|role .* does not exist",
        "the user or password was not accepted",
        "Check the secret; after a change of password RDS needs a while",
    ),
)

_UNREACHABLE = (
    "it cannot be reached",
    "Check --host and --port, that the server runs, and that security groups and routes let this host in",
)


def connect(target: Target, database: str, *, read_only: bool = False) -> Connection:
    """A connection that never waits for ever, never filters rows silently and says nothing to the terminal.

    Raises: ConnectionFailed.
    """
    connection = _logged_in(target, database)
    settings = _settings(read_only=read_only).items()
    connection.execute(
        sql.SQL("; ").join(sql.SQL("SET {} = {}").format(sql.Identifier(name), value) for name, value in settings)
    )
    return connection


def _logged_in(target: Target, database: str) -> Connection:
    """A new password counts a little later than RDS says; nothing else gets better by trying again."""
    for pause_seconds in (*target.pauses_seconds, None):
        try:
            return psycopg.connect(
                host=target.host,
                port=target.port,
                user=target.user,
                password=target.password,
                dbname=database,
                sslmode="verify-full",
                sslrootcert=str(target.ca_file),
                connect_timeout=CONNECT_SECONDS,
                application_name="sanitizer",
                autocommit=True,
            )
        except psycopg.OperationalError as exc:
            if pause_seconds is None or "password authentication failed" not in str(exc):
                raise _connection_failed(target, database, str(exc)) from exc
            time.sleep(pause_seconds)
    raise AssertionError("the last try returns or raises")


def _settings(*, read_only: bool) -> dict[str, str]:
    return {
        "client_min_messages": "error",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "statement_timeout": f"{STATEMENT_HOURS}h",
        "idle_in_transaction_session_timeout": "0",
        "row_security": "off",  # a policy that would hide rows then fails the statement
        "datestyle": "ISO",  # the text of a value decides its output: let no database's own setting change it
        "timezone": "UTC",
        "extra_float_digits": "1",
        "default_transaction_read_only": "on" if read_only else "off",
    }


def _connection_failed(target: Target, database: str, message: str) -> ConnectionFailed:
    problem, remedy = next(
        (told for pattern, *told in _CAUSES if re.search(pattern, message, re.IGNORECASE)), _UNREACHABLE
    )
    place = f"{target.host}:{target.port}, database {database}, user {target.user}"
    return ConnectionFailed(f"No connection: {problem}. {remedy}", [Finding(place, problem, remedy)])


@contextmanager
def told_as(failure: Callable[[str], SanitizerError], what: str, remedy: str) -> Iterator[None]:
    """Turns every error of PostgreSQL inside it into our own, told by SQLSTATE and names only."""
    try:
        yield
    except psycopg.Error as exc:
        raise failure(f"{what}: {describe(exc)}. {remedy}") from exc


def describe(error: psycopg.Error) -> str:
    """SQLSTATE, its name, and the names of schema objects; PostgreSQL's own sentences hold data and stay out."""
    if error.sqlstate is None:
        return "the connection was lost" if isinstance(error, psycopg.OperationalError) else f"{type(error).__name__}"
    words = [f"SQLSTATE {error.sqlstate} ({type(error).__name__})"]
    table = ".".join(filter(None, (error.diag.schema_name, error.diag.table_name)))
    named = {
        "table": table,
        "column": error.diag.column_name,
        "constraint": error.diag.constraint_name,
        "type": error.diag.datatype_name,
    }
    words += [f"{kind} {name}" for kind, name in named.items() if name]
    if error.diag.statement_position:
        words.append(f"at character {error.diag.statement_position}")
    return ", ".join(words)

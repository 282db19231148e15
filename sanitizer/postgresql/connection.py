"""Connections over verified TLS, and what PostgreSQL's errors may be told as: SQLSTATE and names, never values."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from sanitizer.dialect import Target
from sanitizer.errors import ConnectionFailed, ConnectionLost, Contended, DestroyDatabase, Finding, SanitizerError
from sanitizer.postgresql.writing import OPERATORS

Connection = psycopg.Connection[tuple[Any, ...]]

CONNECT_SECONDS = 10
LOCK_SECONDS = 60
STATEMENT_HOURS = 12
GOING_DOWN = frozenset({"57P01", "57P02", "57P03", "57P05"})
# A client that is gone without a word is noticed in about a minute, also while a statement runs.
KEEPALIVE = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
NOTICED_SINCE = 140000

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
    """A connection that never waits for ever, never filters rows silently, takes nobody's objects for the server's own and says nothing to the terminal.

    Raises: ConnectionFailed.
    """
    connection = _logged_in(target, database)
    settings = _settings(read_only=read_only, version=connection.info.server_version).items()
    connection.execute(
        sql.SQL("; ").join(sql.SQL("SET {} = {}").format(sql.Identifier(name), value) for name, value in settings)
    )
    _set_path(connection)
    return connection


def _set_path(connection: Connection) -> None:
    """Unless a search path names pg_catalog, the server looks there before all else. It looks for operators everywhere, in the end."""
    path, everywhere = connection.execute(
        f"SELECT pg_catalog.current_setting('search_path'), {OPERATORS}".encode()
    ).fetchone() or ("", "")
    others = [part for part in path.split(",") if part.strip(' "') not in ("", "pg_catalog")]
    connection.execute(("SET search_path = " + (",".join([*others, *filter(None, [everywhere])]) or "''")).encode())


def _logged_in(target: Target, database: str) -> Connection:
    """A new password counts a little later than RDS says; nothing else gets better by trying again. Only the target says where, and how."""
    for name in [each for each in os.environ if each.startswith("PG")]:
        os.environ.pop(name, None)
    for pause_seconds in (*target.pauses_seconds, None):
        try:
            return psycopg.connect(
                host=target.host,
                port=target.port,
                user=target.user,
                password=target.password,
                dbname=database,
                sslmode="verify-full",
                gssencmode="disable",  # it would come before TLS, and verify no certificate
                sslrootcert=str(target.ca_file),
                connect_timeout=CONNECT_SECONDS,
                application_name="sanitizer",
                client_encoding="utf-8",
                autocommit=True,
            )
        except psycopg.OperationalError as exc:
            if pause_seconds is None or "password authentication failed" not in str(exc):
                raise _connection_failed(target, database, str(exc)) from exc
            time.sleep(pause_seconds)
    raise AssertionError("the last try returns or raises")


def _settings(*, read_only: bool, version: int) -> dict[str, str]:
    return {
        **KEEPALIVE,
        **({"client_connection_check_interval": "10s"} if version >= NOTICED_SINCE else {}),
        "client_min_messages": "error",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "statement_timeout": f"{STATEMENT_HOURS}h",
        "idle_in_transaction_session_timeout": "0",
        "jit": "off",  # what it compiles for a question of catalogs takes longer than the answer
        "row_security": "off",  # a policy that would hide rows then fails the statement
        "datestyle": "ISO",  # the text of a value decides its output: let no database's own setting change it
        "timezone": "UTC",
        "extra_float_digits": "1",
        "intervalstyle": "postgres",
        "bytea_output": "hex",
        "array_nulls": "on",
        "standard_conforming_strings": "on",
        "quote_all_identifiers": "off",
        "transform_null_equals": "off",
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
    """Turns every error of PostgreSQL inside it into our own, told by SQLSTATE and names only; what was under way may be Contended or ConnectionLost."""
    try:
        yield
    except psycopg.Error as exc:
        told = failure(f"{what}: {describe(exc)}. {remedy}")
        if isinstance(told, DestroyDatabase):
            if _is_lost(exc):
                raise ConnectionLost(told.message) from exc
            if isinstance(exc, psycopg.errors.DeadlockDetected):
                raise Contended(told.message) from exc
        raise told from exc


def _is_lost(error: psycopg.Error) -> bool:
    """Whether the server, or the way to it, went away."""
    state = error.sqlstate or ""
    return isinstance(error, psycopg.OperationalError) and (not state or state.startswith("08") or state in GOING_DOWN)


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

"""Connections over verified TLS, and what the server's errors may be told as: numbers and names, never values."""

import re
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pymysql
import pymysql.cursors
from pymysql.constants import CLIENT, COMMAND, ER

from sanitizer.dialect import Target
from sanitizer.errors import ConnectionFailed, ConnectionLost, Contended, DestroyDatabase, Finding, SanitizerError
from sanitizer.mysql.flavours import Flavour, flavour_of
from sanitizer.mysql.writing import SQL_MODE

CONNECT_SECONDS = 10
LOCK_SECONDS = 60
IDLE_SECONDS = 24 * 3600
SESSION_LOCK = (
    "sanitizer session "  # every session of ours holds one with its number, so that others can be told from it
)
ACCESS_DENIED = 1045
Row = dict[str, Any]

SETTINGS = (
    "autocommit = 1",  # whatever init_connect says, which comes after the login
    "foreign_key_checks = 1",
    "unique_checks = 1",
    f"sql_mode = '{SQL_MODE}'",
    "time_zone = '+00:00'",  # where every TIMESTAMP has one reading
    f"lock_wait_timeout = {LOCK_SECONDS}",
    f"innodb_lock_wait_timeout = {LOCK_SECONDS}",
    f"wait_timeout = {IDLE_SECONDS}",
    "sql_quote_show_create = 1",
    "sql_safe_updates = 0",
    "sql_select_limit = 18446744073709551615",  # a catalog or a table of which rows are missing would look clean
    "max_error_count = 65535",  # warnings that can be read
    "group_concat_max_len = 1073741824",  # documents and scrambled texts are put together from their parts
)

_CERTIFICATE = (
    "its certificate was not accepted",
    "Check that --ca-file holds the authority that signed it and that --host is the name in it",
)
_CAUSES = {
    1044: ("the user may not use the database", "GRANT ALL ON it to the master user"),
    ACCESS_DENIED: (
        "the user or password was not accepted",
        "Check the secret; after a change of password RDS needs a while",
    ),
    1049: ("the database does not exist", "Check the database names in the rules"),
    2026: _CERTIFICATE,
}
_UNREACHABLE = (
    "it cannot be reached",
    "Check --engine, --host and --port, that the server runs, and that security groups and routes let this host in",
)

# Names of schema objects in the server's sentences. Values stand in them too, so each pattern is anchored where only names can be.
_NAMES = {
    1048: r"Column '(?P<column>[^']+)' cannot be null\Z",
    1050: r"Table '(?P<table>[^']+)' already exists\Z",
    1054: r"\AUnknown column '(?P<column>[^']+)' in ",
    1062: r"for key '(?P<key>[^']+)'\Z",
    1146: r"Table '(?P<table>[^']+)' doesn't exist\Z",
    1264: r"Out of range value for column '(?P<column>[^']+)' at row \d+\Z",
    1406: r"Data too long for column '(?P<column>[^']+)' at row \d+\Z",
    1451: r"CONSTRAINT `(?P<constraint>[^`]+)` FOREIGN KEY",
    1452: r"CONSTRAINT `(?P<constraint>[^`]+)` FOREIGN KEY",
    3819: r"\ACheck constraint '(?P<constraint>[^']+)' is violated",
    4025: r"\ACONSTRAINT `(?P<constraint>[^`]+)` failed for ",
}
_LOST = frozenset({0, 1053, 1927, 2006, 2013, 2055})
_CONTENDED = frozenset(
    {1205, 1213}
)  # definitions of tables that foreign keys join: MariaDB does not wait for some of their locks
_ERROR_NAMES = {number: name for name, number in vars(ER).items() if isinstance(number, int)}


class Connection(pymysql.Connection):  # type: ignore[type-arg]
    """A connection that sends no file whatever the server asks for, but one text when told to."""

    version: str
    flavour: Flavour
    read_only = False

    def close(self) -> None:
        """Safe to repeat, and after the connection was lost."""
        if self.open:
            super().close()  # type: ignore[no-untyped-call]

    @contextmanager
    def writable(self) -> Iterator[None]:
        """For as long as it lasts, temporary tables may be made in a session that otherwise only reads."""
        self._set_access("WRITE")
        try:
            yield
        finally:
            self._set_access("ONLY" if self.read_only else "WRITE")

    def _set_access(self, access: str) -> None:
        self.run(f"SET SESSION TRANSACTION READ {access}")

    def rows(self, query: str, parameters: Sequence[object] | None = None) -> list[Row]:
        """All rows, by column."""
        with self.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute(query, parameters)
            return list(cursor.fetchall() or ())

    def run(self, statement: str) -> None:
        """Executes the statement as it is written, to the end of its last result.

        Raises: pymysql.Error; also for what ANALYZE and its like tell in rows, and for a regular expression that was given up: MariaDB only warns
        that it took such a value for one that does not match.
        """
        with self.cursor() as cursor:
            cursor.execute(statement)
            _refuse_told_errors(cursor)
            self._refuse_given_up(cursor.warning_count)
            while cursor.nextset():
                pass

    def _refuse_given_up(self, warnings: int) -> None:
        told = self.rows("SHOW WARNINGS") if warnings else []
        if len(told) < warnings or any(row["Code"] == ER.REGEXP_ERROR for row in told):
            raise pymysql.OperationalError(ER.REGEXP_ERROR, "given up")

    def load(self, table: str, column: str, value: str) -> None:
        """Stores one value in a table. It travels where LOAD DATA LOCAL sends a file, so no statement's text holds it."""
        self._execute_command(  # type: ignore[attr-defined]
            COMMAND.COM_QUERY, f"LOAD DATA LOCAL INFILE 'sent by the client' INTO TABLE {table} ({column})"
        )
        asked = self._read_packet()  # type: ignore[no-untyped-call]
        if not asked.is_load_local_packet():
            raise pymysql.InternalError(1148, "LOAD DATA LOCAL was not answered by a request")
        self.write_packet(value.encode())
        self.write_packet(b"")
        self._read_packet()  # type: ignore[no-untyped-call]


def _refuse_told_errors(cursor: Any) -> None:
    names = [column[0].lower() for column in cursor.description or ()]
    if names == ["table", "op", "msg_type", "msg_text"]:
        for _, _, kind, text in cursor.fetchall():
            if str(kind).lower() == "error":
                raise pymysql.OperationalError(0xFFFF, str(text))


def connect(target: Target, database: str | None, *, read_only: bool = False) -> Connection:
    """A connection that never waits for ever, never cuts values to fit, and sends no file.

    Raises: ConnectionFailed.
    """
    connection = _logged_in(target, database)
    connection.version = str(connection.rows("SELECT VERSION() AS version")[0]["version"])
    connection.flavour = flavour_of(connection.version)
    for setting in (*SETTINGS, *connection.flavour.settings):
        connection.run(f"SET SESSION {setting}")
    connection.read_only = read_only
    with connection.writable():
        pass
    connection.rows(f"SELECT GET_LOCK(CONCAT('{SESSION_LOCK}', CONNECTION_ID()), 0)")
    return connection


def _logged_in(target: Target, database: str | None) -> Connection:
    """A new password counts a little later than RDS says; nothing else gets better by trying again."""
    for pause_seconds in (*target.pauses_seconds, None):
        try:
            return Connection(
                host=target.host,
                port=target.port,
                user=target.user,
                password=target.password,
                database=database,
                ssl=ssl.create_default_context(cafile=str(target.ca_file)),
                charset="utf8mb4",
                connect_timeout=CONNECT_SECONDS,
                autocommit=True,
                client_flag=CLIENT.LOCAL_FILES,
                program_name="sanitizer",
            )
        except pymysql.Error as exc:
            if pause_seconds is None or _number(exc) != ACCESS_DENIED:
                raise _connection_failed(target, database, exc) from exc
            time.sleep(pause_seconds)
    raise AssertionError("the last try returns or raises")


def _connection_failed(target: Target, database: str | None, error: pymysql.Error) -> ConnectionFailed:
    cause = getattr(error, "original_exception", None) or error.__cause__ or error.__context__
    known = _CERTIFICATE if isinstance(cause, ssl.SSLError) else _CAUSES.get(_number(error), _UNREACHABLE)
    problem, remedy = known
    place = f"{target.host}:{target.port}, database {database or '(none)'}, user {target.user}"
    return ConnectionFailed(f"No connection: {problem}. {remedy}", [Finding(place, problem, remedy)])


@contextmanager
def told_as(failure: Callable[[str], SanitizerError], what: str, remedy: str) -> Iterator[None]:
    """Turns every error of the server inside it into our own, told by number and names only; what was under way may be Contended or ConnectionLost."""
    try:
        yield
    except pymysql.Error as exc:
        told = failure(f"{what}: {describe(exc)}. {remedy}")
        underway = {**dict.fromkeys(_LOST, ConnectionLost), **dict.fromkeys(_CONTENDED, Contended)}.get(_number(exc))
        if underway and isinstance(told, DestroyDatabase):
            raise underway(told.message) from exc
        raise told from exc


def describe(error: pymysql.Error) -> str:
    """Number, its name, and the names of schema objects; the server's own sentences hold data and stay out."""
    number = _number(error)
    if number in _LOST:
        return "the connection was lost"
    words = [f"error {number} ({_ERROR_NAMES.get(number, type(error).__name__)})"]
    found = re.search(_NAMES.get(number, r"(?!)"), str(error.args[-1])) if error.args else None
    if found:
        words += [f"{kind} {name}" for kind, name in found.groupdict().items()]
    return ", ".join(words)


def _number(error: pymysql.Error) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0

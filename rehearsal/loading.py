"""Loads a dump with the server's own psql, as the master user, over verified TLS; an error is told without data.

What RDS would do for a master user who asks is done by the hidden superuser: extensions that only superusers may create.
"""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import sql

from rehearsal import sql_names
from rehearsal.adapting import STANDING, Adapter, Place
from rehearsal.dump import Dump, connected
from rehearsal.errors import RehearsalError
from rehearsal.extensions import Extensions
from rehearsal.installations import ground
from rehearsal.loading_errors import told
from rehearsal.postgres import Server
from rehearsal.production import Production
from rehearsal.sql_pieces import Kind, Piece

HELPER = "rehearsal_loading"  # lets owners have their tables in schemas that they may not create in; gone afterwards
MADE_ROLE = "CREATE ROLE {role} NOLOGIN"


class NotLoaded(RehearsalError):
    """A statement of the dump failed; nothing of it is rehearsed."""


@dataclass(frozen=True)
class Loaded:
    """What was made of a dump."""

    made_roles: tuple[str, ...]
    owners: tuple[str, ...]  # roles that the master user was made a member of
    told: dict[str, list[int]]  # what was left out or written otherwise -> lines


def load(
    dump: Dump, production: Production, server: Server, *, without: frozenset[str], parameters: frozenset[str]
) -> Loaded:
    """Load the whole dump; absent roles are made first.

    Raises: NotLoaded
    """
    known = frozenset([production.initial, "postgres", "template1"])
    adapter = Adapter(Place(production.master, known, parameters, without))
    inventory = dump.inventory
    named = inventory.roles - STANDING - {production.master}
    absent = sorted(name for name in named - inventory.created_roles if not name.startswith("pg_"))
    with production.connect("postgres") as connection:
        for role in (HELPER, *absent):
            connection.execute(sql.SQL(MADE_ROLE).format(role=sql.Identifier(role)))
    try:
        _Loading(production, server, adapter).feed(dump, (HELPER, *absent))
    finally:
        _remove_helper(production)
    return Loaded(tuple(absent), tuple(sorted(named)), adapter.told)


def _remove_helper(production: Production) -> None:
    for database in ("template1", *production.databases()):
        with production.connect(database) as connection:
            connection.execute(f"DROP OWNED BY {HELPER}".encode())
    with production.connect("postgres") as connection:
        connection.execute(f"DROP ROLE {HELPER}".encode())


class _Loading:
    """One psql, fed piece by piece."""

    def __init__(self, production: Production, server: Server, adapter: Adapter) -> None:
        self._production, self._server, self._adapter = production, server, adapter
        self._database = production.initial
        self._before = b""  # goes before the next statement, on its line
        self._lines_more = 0  # that psql has read and the dump does not have

    def feed(self, dump: Dump, members_of: tuple[str, ...]) -> None:
        """Raises: NotLoaded."""
        theirs = Extensions(self._server.bin_directory).untrusted - self._adapter.place.without
        with tempfile.TemporaryFile(dir=ground()) as said, self._psql(said.fileno()) as psql:
            self._before = _joining(self._production, members_of) + _letting_create("public")
            try:
                for piece in dump.pieces():
                    if sql_names.made(sql_names.CREATE_EXTENSION, piece.bare) in theirs:
                        self._make_extension(psql, piece)
                    else:
                        self._send(psql, piece)
            except BrokenPipeError:
                pass  # it ended at an error; its own words say which
            ended = _end(psql)
            said.seek(0)
            words = said.read().decode(errors="replace")
        if ended:
            raise NotLoaded(told(dump, words, self._lines_more, self._server.bin_directory / "psql"))

    def _send(self, psql: "subprocess.Popen[bytes]", piece: Piece) -> None:
        assert psql.stdin is not None  # noqa: S101 - it was asked for
        if piece.kind is Kind.COMMAND:
            database = connected(piece)
            if database is None:
                psql.stdin.write(b"\n")
                return
            self._database = database
            self._before = _letting_create("public")
            psql.stdin.write(f'\\connect -reuse-previous=on "dbname={_conninfo(database)}"\n'.encode())
            return
        text = self._adapter.text(piece)
        if piece.kind is Kind.STATEMENT:
            text, self._before = self._before + text, b""
            schema = sql_names.made(sql_names.CREATE_SCHEMA, piece.bare)
            role = self._adapter.made_role(piece)
            if schema and text.strip():
                text += _letting_create(schema)
            if role and text.strip():
                text += _joining(self._production, (role,))
        psql.stdin.write(text)

    def _make_extension(self, psql: "subprocess.Popen[bytes]", piece: Piece) -> None:
        """RDS makes it for the master user, once psql has done all that comes before it."""
        assert psql.stdin is not None and psql.stdout is not None  # noqa: S101, PT018 - they were asked for
        mark = secrets.token_hex(8)
        psql.stdin.write(b"\\echo " + mark.encode() + b"\n")
        psql.stdin.flush()
        if psql.stdout.readline().strip() != mark.encode():
            raise BrokenPipeError
        self._lines_more += 1
        self._server.superuser_sql(piece.text.decode(), self._database)
        psql.stdin.write(b"\n" * piece.text.count(b"\n"))

    @contextmanager
    def _psql(self, said: int) -> "Iterator[subprocess.Popen[bytes]]":
        production = self._production
        password_file = ground() / f"password-{secrets.token_hex(4)}"
        password_file.touch(mode=0o600)
        password_file.write_text(f"*:*:*:*:{production.password}\n")
        environment = {
            "PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGHOST": production.host, "PGPORT": str(production.port),
            "PGUSER": production.master, "PGDATABASE": self._database, "PGPASSFILE": str(password_file),
            "PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(production.ca_file), "PGOPTIONS": "-c client_min_messages=warning",
        }  # fmt: skip
        command = [
            str(self._server.bin_directory / "psql"), "--no-psqlrc", "--quiet", "--no-password", "--output=/dev/null", "--file=-",
            "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose",
        ]  # fmt: skip
        psql = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=environment, cwd="/"
        )
        try:
            yield psql
        finally:
            psql.kill()
            psql.wait()
            password_file.unlink()


def _end(psql: "subprocess.Popen[bytes]") -> int:
    try:
        psql.communicate()
    except BrokenPipeError:
        psql.wait()
    return psql.returncode


def _letting_create(schema: str) -> bytes:
    return f"GRANT CREATE ON SCHEMA {sql_names.quoted(schema)} TO {HELPER}; ".encode()


def _joining(production: Production, roles: tuple[str, ...]) -> bytes:
    """The master user becomes a member of the roles, and they may create where the helper may."""
    options = " WITH INHERIT TRUE, SET TRUE" if int(production.engine.major) >= 16 else ""
    parts = [f"GRANT {sql_names.quoted(role)} TO {sql_names.quoted(production.master)}{options}; " for role in roles]
    parts += [f"GRANT {HELPER} TO {sql_names.quoted(role)}; " for role in roles if role != HELPER]
    return "".join(parts).encode()


def _conninfo(database: str) -> str:
    return "'" + database.replace("\\", "\\\\").replace("'", "\\'").replace('"', '""') + "'"

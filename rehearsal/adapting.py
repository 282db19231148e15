"""What a master user of RDS cannot run as it stands in a dump: left out, or written as RDS takes it. Each is told, with its place.

A master user is no superuser. Line breaks stay where they are, so that psql's line numbers are the dump's.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from rehearsal import sql_names
from rehearsal.masters import SUPERUSER
from rehearsal.sql_names import NAME, plain
from rehearsal.sql_pieces import Kind, Piece

GRANTABLE = frozenset({"pg_monitor", "pg_signal_backend", "pg_checkpoint"})  # what RDS gives its master user to give on
STANDING = frozenset({SUPERUSER, "rds_superuser"})


class Left(NamedTuple):
    """A kind of statement that is left out, and why."""

    pattern: re.Pattern[bytes]
    why: str


def _left(pattern: bytes, why: str) -> Left:
    return Left(re.compile(pattern.replace(b"NAME", NAME), re.IGNORECASE), why)


LEFT_OUT = (
    _left(rb"COMMENT ON EXTENSION ", "comments on extensions: their owner is RDS"),
    _left(
        rb"(CREATE|ALTER|DROP|COMMENT ON)( OR REPLACE)?( TRUSTED)?( PROCEDURAL)? LANGUAGE plpgsql\b",
        "the language plpgsql: it is there",
    ),
    _left(rb"CREATE EXTENSION (IF NOT EXISTS )?plpgsql\b", "the language plpgsql: it is there"),
    _left(rb"(CREATE|ALTER|DROP|COMMENT ON) EVENT TRIGGER ", "event triggers: they need a superuser here"),
    _left(rb"(CREATE|ALTER|DROP|COMMENT ON) SUBSCRIPTION ", "subscriptions: they lead to other servers"),
    _left(
        rb"CREATE PUBLICATION .* FOR (ALL TABLES|TABLES IN SCHEMA)", "publications of all tables: superusers make them"
    ),
    _left(rb"(CREATE|ALTER|DROP|COMMENT ON) TABLESPACE |.* ON TABLESPACE ", "tablespaces: RDS keeps all in one place"),
    _left(rb"SET default_tablespace = (?!'')", "tablespaces: RDS keeps all in one place"),
    _left(rb"(SET|RESET) SESSION AUTHORIZATION", "SET SESSION AUTHORIZATION: the master user owns what follows"),
    _left(rb"SECURITY LABEL ", "security labels"),
    _left(rb"ALTER SYSTEM |UPDATE pg_catalog\.|(GRANT|REVOKE) .* ON PARAMETER ", "settings of the whole server"),
    _left(rb"DROP (ROLE|DATABASE|USER) ", "DROP ROLE and DROP DATABASE: the server is new"),
    _left(rb'.*\b(OWNER TO|TO|FROM|FOR ROLE|GRANTED BY) "?rdsadmin"?(,| |$)', "rdsadmin: it is RDS's own"),
)
SETTING = re.compile(rb"SET (?:SESSION |LOCAL )?(\w+)(?: =| TO) ", re.IGNORECASE)
OF_ROLE = re.compile(
    rb"(CREATE|ALTER) (?:ROLE|USER|GROUP) (%b)(?: (?!SET |RESET |IN DATABASE |RENAME )|$)" % NAME, re.IGNORECASE
)
MEMBERSHIP = re.compile(rb"GRANT (%b) TO (%b)(?: |$)" % (sql_names.NAMES, sql_names.NAMES), re.IGNORECASE)
GRANTED_BY = re.compile(rb"\s+GRANTED BY %b" % NAME, re.IGNORECASE)
POWERS = re.compile(rb"\s+(?:NO)?(?:SUPERUSER|REPLICATION|BYPASSRLS)\b", re.IGNORECASE)
SUPER = re.compile(rb"\s(?:SUPERUSER|REPLICATION|BYPASSRLS)\b", re.IGNORECASE)
ENCODING = re.compile(rb"ENCODING = '(\w+)'", re.IGNORECASE)
PUBLICATION = re.compile(rb"(?:CREATE|ALTER|COMMENT ON) PUBLICATION (%b)" % NAME, re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """What is known of the server that a dump goes to."""

    master: str
    databases: frozenset[str]  # that are there
    parameters: frozenset[str]
    without: frozenset[str] = frozenset()  # extensions that are left out


@dataclass
class Adapter:
    """Writes a dump's statements as the master user may run them; `told` is why and where anything was changed."""

    place: Place
    told: dict[str, list[int]] = field(default_factory=dict)  # why -> lines
    _publications: set[str] = field(default_factory=set)

    def text(self, piece: Piece) -> bytes:
        """What psql is to read in the piece's stead."""
        if piece.kind is not Kind.STATEMENT or piece.bare[:6].upper() == b"INSERT":
            return piece.text
        why = self._why_left_out(piece.bare)
        if why:
            return self._told(piece, why, _breaks(piece.text))
        if piece.bare[:5].upper() == b"GRANT":
            return self._grant(piece)
        if OF_ROLE.match(piece.bare):
            return self._role(piece)
        database = sql_names.made(sql_names.CREATE_DATABASE, piece.bare)
        if database is not None:
            return self._database(piece, database)
        return piece.text

    def _why_left_out(self, bare: bytes) -> str | None:
        why = next((left.why for left in LEFT_OUT if left.pattern.match(bare)), None)
        publication = PUBLICATION.match(bare)
        if publication and (why or plain(publication[1]) in self._publications):
            self._publications.add(plain(publication[1]))
            return why or "publications of all tables: superusers make them"
        setting = SETTING.match(bare)
        if setting and setting[1].decode().lower() not in self.place.parameters:
            return f"SET {setting[1].decode()}: this server does not know it"
        extension = sql_names.made(sql_names.CREATE_EXTENSION, bare)
        if extension in self.place.without:
            return f"the extension {extension}: as asked"
        return why

    def _role(self, piece: Piece) -> bytes:
        found = OF_ROLE.match(piece.bare)
        assert found is not None  # noqa: S101 - for the type checker: asked before
        name = plain(found[2])
        if self._stands(name):
            return self._told(piece, f"the role {name}: it is there", _breaks(piece.text))
        if SUPER.search(piece.bare):
            self._told(piece, "SUPERUSER, REPLICATION and BYPASSRLS of roles: RDS gives them to nobody", b"")
        return POWERS.sub(b"", piece.text)

    def _grant(self, piece: Piece) -> bytes:
        found = MEMBERSHIP.match(piece.bare)
        if found is None:
            return piece.text
        granted = sql_names.listed(found[1])
        beyond = [name for name in granted if name.startswith("pg_") and name not in GRANTABLE]
        if beyond or self.place.master in granted or STANDING & set(granted):
            return self._told(
                piece, f"membership in {', '.join(granted)}: not the master user's to give", _breaks(piece.text)
            )
        if sql_names.listed(found[2]) == [self.place.master]:
            return _breaks(piece.text)  # it is a member of every role of the dump
        return GRANTED_BY.sub(b"", piece.text)

    def _database(self, piece: Piece, name: str) -> bytes:
        """Locales are those of this machine: the byte order, which every one has."""
        if name in self.place.databases:
            return self._told(piece, f"the database {name}: it is there", _breaks(piece.text))
        found = ENCODING.search(piece.text)
        encoding = found[1].upper().decode() if found else "UTF8"
        locale = "C.UTF-8" if encoding == "UTF8" else "C"
        self._told(piece, "locales of databases: the rehearsal sorts by code points", b"")
        options = f"TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE '{locale}' LC_CTYPE '{locale}'"
        return _breaks(piece.text) + f"CREATE DATABASE {sql_names.quoted(name)} {options};".encode()

    def made_role(self, piece: Piece) -> str | None:
        """The role that a statement makes, unless it is there already."""
        found = OF_ROLE.match(piece.bare) if piece.kind is Kind.STATEMENT else None
        name = plain(found[2]) if found and found[1].upper() == b"CREATE" else None
        return None if name is None or self._stands(name) else name

    def _stands(self, name: str) -> bool:
        return name == self.place.master or name in STANDING or name.startswith("pg_")

    def _told(self, piece: Piece, why: str, text: bytes) -> bytes:
        self.told.setdefault(why, []).append(piece.line)
        return text


def _breaks(text: bytes) -> bytes:
    return b"\n" * text.count(b"\n")

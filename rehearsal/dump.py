"""A dump of somebody's own database: recognised, read from end to end before anything is started, every mistake told at once."""

import gzip
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from rehearsal import sql_names
from rehearsal.errors import RehearsalError
from rehearsal.sql_pieces import Kind, Piece, pieces

HEAD_BYTES = 4096
GZIP = b"\x1f\x8b"
# What the first bytes say of a file that psql cannot read: what it is, and the command that makes plain SQL of it.
FOREIGN = (
    (re.compile(rb"PGDMP"), "pg_dump's custom format", "pg_restore --file={plain} {file}"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "compressed with zstd", "zstd --decompress --stdout {file} > {plain}"),
    (re.compile(rb"\x04\x22\x4d\x18"), "compressed with lz4", "lz4 --decompress --stdout {file} > {plain}"),
    (re.compile(rb"BZh"), "compressed with bzip2", "bzip2 --decompress --stdout {file} > {plain}"),
    (re.compile(rb"\xfd7zXZ"), "compressed with xz", "xz --decompress --stdout {file} > {plain}"),
    (re.compile(rb"PK\x03\x04"), "a zip archive", "unzip -p {file} > {plain}"),
)
MYSQL = re.compile(rb"-- (MySQL|MariaDB) dump|/\*M?!\d{5,6}|ENGINE=InnoDB")
VERSION = re.compile(rb"-- Dumped from database version (\d+)(\S*)")
COMPLETE = re.compile(rb"-- PostgreSQL database (cluster )?dump complete")
CONNECT = re.compile(
    rb"""\\c(?:onnect)?\s+(?:-reuse-previous=on\s+"dbname='(?P<quoted>[^']+)'"|(?P<plain>[^\s"'=]+)|"(?P<name>(?:[^"=]|"")+)")\s*"""
)
HARMLESS = re.compile(rb"\\((un)?restrict\s+\w+|encoding\s+'?\w+'?)\s*")


class DumpRefused(RehearsalError):
    """The dump cannot be rehearsed; each mistake says place, rule and remedy."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass
class Inventory:
    """What a dump speaks of."""

    version: str = ""  # of the server it was taken of, as pg_dump noted it
    databases: list[str] = field(default_factory=list)  # that it makes itself, in order
    connects: bool = False
    extensions: dict[str, int] = field(default_factory=dict)  # name -> line
    roles: set[str] = field(default_factory=set)  # owners, grantees, members: everybody who is named
    created_roles: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Dump:
    """A readable dump in plain format."""

    file: Path
    inventory: Inventory

    def pieces(self) -> Iterator[Piece]:
        """Its pieces, read anew."""
        with _opened(self.file) as lines:
            yield from pieces(lines)


def read(file: Path) -> Dump:
    """The dump, read through once.

    Raises: DumpRefused
    """
    _assert_plain(file)
    inventory, mistakes = Inventory(), []
    complete = begun = False
    try:
        with _opened(file) as lines:
            for piece in pieces(lines):
                mistakes += [f"{file}:{piece.line}: {mistake}" for mistake in _noted(piece, inventory)]
                begun = begun or b"PostgreSQL database dump" in piece.text
                complete = complete or (piece.kind is Kind.BETWEEN and COMPLETE.search(piece.text) is not None)
    except (OSError, EOFError) as exc:
        raise DumpRefused([f"{file}: it cannot be read to its end ({exc}); copy it again"]) from exc
    if begun and not complete and not mistakes:
        mistakes = [f"{file}: pg_dump's last line is missing, so the dump is cut off; take it again"]
    if mistakes:
        raise DumpRefused(mistakes)
    return Dump(file, inventory)


def _noted(piece: Piece, inventory: Inventory) -> Iterator[str]:
    """Note what the piece speaks of; the mistakes in it."""
    if piece.kind is Kind.CUT_OFF:
        yield "the file ends in the middle of a statement or of a table's rows: it is cut off; take the dump again"
    elif piece.kind is Kind.BETWEEN:
        version = VERSION.search(piece.text)
        inventory.version = inventory.version or (version[1] + version[2]).decode() if version else inventory.version
    elif piece.kind is Kind.COMMAND:
        if CONNECT.fullmatch(piece.text):
            inventory.connects = True
        elif not HARMLESS.fullmatch(piece.text):
            word = piece.text.split()[0].decode(errors="replace")
            yield f"psql's command {word} is none of pg_dump's, and is not run from a dump; take it out"
    elif piece.kind is Kind.STATEMENT:
        for pattern, note in (
            (sql_names.CREATE_EXTENSION, lambda name: inventory.extensions.setdefault(name, piece.line)),
            (sql_names.CREATE_DATABASE, inventory.databases.append),
            (sql_names.CREATE_ROLE, inventory.created_roles.add),
        ):
            name = sql_names.made(pattern, piece.bare)
            if name is not None:
                note(name)
        inventory.roles.update(sql_names.roles(piece.bare))


def connected(piece: Piece) -> str | None:
    """The database that a command of psql goes to."""
    found = CONNECT.fullmatch(piece.text)
    if found is None:
        return None
    text = next(part for part in found.groups() if part is not None)
    return text.decode().replace('""', '"')


def _assert_plain(file: Path) -> None:
    plain = file.name.removesuffix(file.suffix) + ".sql"
    if file.is_dir():
        what = "pg_dump's directory format" if (file / "toc.dat").exists() else "a directory"
        raise DumpRefused([_refusal(file, what, "pg_restore --file={plain} {file}", plain)])
    try:
        with file.open("rb") as raw:
            outer = raw.read(HEAD_BYTES)
        with _opened(file) as lines:
            head = lines.read(HEAD_BYTES)
    except (OSError, EOFError) as exc:
        raise DumpRefused([f"{file}: it cannot be read ({exc})"]) from exc
    for pattern, what, command in FOREIGN:
        if pattern.match(head):
            source = f"<(gunzip --stdout {file})" if outer.startswith(GZIP) else str(file)
            raise DumpRefused([_refusal(file, what, command.replace("{file}", source), plain)])
    if not outer.startswith(GZIP) and tarfile.is_tarfile(file):
        raise DumpRefused([_refusal(file, "pg_dump's tar format", "pg_restore --file={plain} {file}", plain)])
    if MYSQL.search(head):
        raise DumpRefused([f"{file}: it is a dump of MySQL or MariaDB; only PostgreSQL's are rehearsed"])
    if not head.strip() or b"\0" in head:
        raise DumpRefused(
            [
                f"{file}: it is {'empty' if not head.strip() else 'no text'}; a dump is what pg_dump --format=plain writes"
            ]
        )


def _refusal(file: Path, what: str, command: str, plain: str) -> str:
    return f"{file}: it is {what}; make plain SQL of it: {command.format(file=file, plain=plain)}"


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    with file.open("rb") as raw:
        compressed = raw.read(2) == GZIP
        raw.seek(0)
        if compressed:
            with gzip.open(raw) as lines:
                yield lines  # type: ignore[misc]
        else:
            yield raw

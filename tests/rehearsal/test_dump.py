"""A dump is recognised, or refused with what to do, before anything is started.

Opens with what happened elsewhere: an archive of pg_dump fed to psql; half a dump that loaded without an error; a dump whose author had it run a program.
"""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from rehearsal.dump import DumpRefused, read

HEAD = b"--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.3 (Debian 15.3-1)\n\n"
TAIL = b"--\n-- PostgreSQL database dump complete\n--\n\n"


def refused(file: Path) -> str:
    with pytest.raises(DumpRefused) as refusal:
        read(file)
    return str(refusal.value)


def written(tmp_path: Path, content: bytes, name: str = "orders.sql") -> Path:
    file = tmp_path / name
    file.write_bytes(content)
    return file


def _tar() -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("toc.dat"), io.BytesIO())
    return whole.getvalue()


REFUSED = {
    "custom": (b"PGDMP\x01\x0e", "pg_restore --file=orders.sql"),
    "tar": (_tar(), "pg_restore --file=orders.sql"),
    "custom, gzipped": (gzip.compress(b"PGDMP\x01"), "gunzip --stdout"),
    "zstd": (b"\x28\xb5\x2f\xfd....", "zstd --decompress"),
    "MySQL": (b"-- MySQL dump 10.13  Distrib 8.0.36\n--\n", "MySQL or MariaDB"),
    "MariaDB": (b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n", "MySQL or MariaDB"),
    "empty": (b"\n\n", "it is empty"),
    "no text": (b"\x7fELF\0\0\0", "it is no text"),
    "broken gzip": (gzip.compress(HEAD * 200 + TAIL)[:40], "cannot be read"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_other_formats_are_refused_with_the_command_that_helps(tmp_path: Path, what: str) -> None:
    """psql could make nothing of them."""
    content, remedy = REFUSED[what]
    assert remedy in refused(written(tmp_path, content, "orders.dump"))


def test_directory_format_is_refused(tmp_path: Path) -> None:
    """pg_dump's parallel format is a directory."""
    written(tmp_path, b"PGDMP", "toc.dat")
    assert "pg_restore --file=" in refused(tmp_path)


@pytest.mark.parametrize(
    "content", [HEAD + b"SELECT 1;\n", HEAD + b"COPY t FROM stdin;\n1\n", HEAD + b"CREATE TABLE t (a int" + TAIL]
)
def test_dump_that_was_cut_off_is_refused(tmp_path: Path, content: bytes) -> None:
    """Half of the data would be rehearsed, and look like all of them."""
    assert "cut off" in refused(written(tmp_path, content))


@pytest.mark.parametrize(
    "command",
    [b"\\! touch /tmp/x", b"\\connect shop admin db.example", b'\\c "host=db.example dbname=x"', b"\\i other.sql"],
)
def test_commands_that_are_none_of_pg_dumps_are_refused(tmp_path: Path, command: bytes) -> None:
    """A dump of somebody else's server runs no program here, and leads to no other server."""
    assert "orders.sql:7: psql's command" in refused(written(tmp_path, HEAD + command + b"\n" + TAIL))


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Nobody repairs a large file one line at a time."""
    told = refused(written(tmp_path, HEAD + b"\\! x\n\\i y\n" + TAIL))
    assert len(told.splitlines()) == 2


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_a_dump_speaks_of_is_known_before_it_is_loaded(tmp_path: Path, pack: type[bytes]) -> None:
    """Version, extensions, roles and databases, from a plain file and from a gzipped one."""
    text = (
        HEAD
        + b"""\\restrict abc
CREATE ROLE app; ALTER ROLE app WITH LOGIN;
CREATE DATABASE "Shop" WITH TEMPLATE = template0;
\\connect -reuse-previous=on "dbname='Shop'"
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;
CREATE TABLE t (a text DEFAULT 'CREATE EXTENSION no; GRANT SELECT ON t TO nobody');
ALTER TABLE public.t OWNER TO "The Owner";
COPY t FROM stdin;
ALTER TABLE t OWNER TO a_row;
\\.
GRANT SELECT,INSERT ON TABLE public.t TO reader, PUBLIC WITH GRANT OPTION;
REVOKE ALL ON SCHEMA public FROM leaver;
ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA public GRANT SELECT ON TABLES TO reader;
CREATE POLICY p ON public.t TO tenant USING (true);
"""
        + TAIL
    )
    found = read(written(tmp_path, pack(text))).inventory
    assert found.version == "15.3"
    assert found.extensions == {"uuid-ossp": 11}
    assert found.roles == {"The Owner", "reader", "leaver", "boss", "tenant"}
    assert (found.created_roles, found.databases, found.connects) == ({"app"}, ["Shop"], True)

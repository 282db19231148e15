"""The names that stand in a statement: identifiers as PostgreSQL reads them, and the roles among them."""

import re
from collections.abc import Iterator

NAME = rb'(?:"(?:[^"]|"")+"|[A-Za-z_\x80-\xff][\w$\x80-\xff]*)'
NAMES = NAME + rb"(?:\s*,\s*" + NAME + rb")*"
# What makes a thing, and its name.
CREATE_EXTENSION = re.compile(rb"CREATE EXTENSION (?:IF NOT EXISTS )?(%b)" % NAME, re.IGNORECASE)
CREATE_DATABASE = re.compile(rb"CREATE DATABASE (%b)" % NAME, re.IGNORECASE)
CREATE_ROLE = re.compile(rb"CREATE (?:ROLE|USER|GROUP) (?!MAPPING )(%b)" % NAME, re.IGNORECASE)
CREATE_SCHEMA = re.compile(rb"CREATE SCHEMA (?:IF NOT EXISTS )?(?:AUTHORIZATION )?(%b)" % NAME, re.IGNORECASE)
# Where roles stand, in the words that pg_dump and pg_dumpall use.
ROLES = tuple(
    re.compile(pattern.replace(b"NAMES", NAMES).replace(b"NAME", NAME), re.IGNORECASE)
    for pattern in (
        rb"ALTER .*\bOWNER TO (NAME)$",
        rb"(?:ALTER DEFAULT PRIVILEGES .*)?GRANT .*\bTO (?:GROUP )?(NAMES)(?: WITH .*| GRANTED BY .*)?$",
        rb"(?:ALTER DEFAULT PRIVILEGES .*)?REVOKE .*\bFROM (?:GROUP )?(NAMES)(?: CASCADE| RESTRICT)?$",
        rb"ALTER DEFAULT PRIVILEGES FOR (?:ROLE|USER) (NAMES)",
        rb"GRANT (NAMES) TO ",
        rb"CREATE POLICY .*\bTO (NAMES)(?: USING| WITH CHECK|$)",
        rb"CREATE SCHEMA .*\bAUTHORIZATION (NAME)",
        rb"ALTER (?:ROLE|USER) (NAME) (?:IN DATABASE |SET |RESET )",
        rb"(?:CREATE|ALTER) USER MAPPING (?:IF NOT EXISTS )?FOR (NAME)",
    )
)
FIRST_WORDS = (b"ALTER", b"GRANT", b"REVOKE", b"CREATE")
NOBODY = frozenset({"public", "current_user", "current_role", "session_user", "all"})


def plain(name: bytes) -> str:
    """The identifier without its quotes; lower case where it has none."""
    text = name.decode(errors="replace")
    return text[1:-1].replace('""', '"') if text.startswith('"') else text.lower()


def quoted(name: str) -> str:
    """The name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def made(pattern: re.Pattern[bytes], bare: bytes) -> str | None:
    """The name of what a statement makes, where it is of that pattern."""
    found = pattern.match(bare)
    return plain(found[1]) if found else None


def listed(names: bytes) -> list[str]:
    """The identifiers of a list."""
    return [plain(found[0]) for found in re.finditer(NAME, names)]


def roles(bare: bytes) -> Iterator[str]:
    """The roles that a statement names; PostgreSQL's own are among them."""
    if not bare[:6].upper().startswith(FIRST_WORDS):
        return
    for pattern in ROLES:
        found = pattern.match(bare)
        if found:
            for quoted_name in re.finditer(NAME, found[1]):
                name = plain(quoted_name[0])
                if quoted_name[0].startswith(b'"') or name not in NOBODY:
                    yield name

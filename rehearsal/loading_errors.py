"""An error of psql while it loads a dump, told without a value of the data."""

import re
from pathlib import Path

from psycopg import errors

from rehearsal.dump import Dump
from rehearsal.sql_pieces import Kind, Piece

SAID = re.compile(r"psql:<stdin>:(\d+): (?:ERROR|FATAL|PANIC):\s+(\w{5}): (.*)")
UNNAMED = re.compile(r"psql(?::<stdin>:(\d+))?: error: (.*)")
ROW = re.compile(r"^CONTEXT:\s+COPY .*, line (\d+)", re.MULTILINE)
# The words of these errors may quote a value: data exceptions, RAISE in functions, syntax, and the server's own troubles.
QUOTING = ("22", "P0", "XX", "42601", "42602")
REMEDIES = (
    (
        "42501",
        "the master user of RDS is no superuser: take the statement out, or give its object to a role of the dump",
    ),
    ("42601", "it may be of a newer PostgreSQL: rehearse on the dump's version (--postgres, --postgres-bin)"),
    ("42704", "what it names is not on this server (a role, type, collation or extension of where the dump was taken)"),
    (
        "58P01",
        "a file of an extension is missing on this server: install it, or rehearse on one that has it (--postgres-bin)",
    ),
    ("42883", "an extension or a language that makes it is not on this server, or belongs to another version"),
    ("53100", "the disk of this machine is full: make room, or set TMPDIR to a roomier place"),
    ("23", "the rows break a constraint of the dump itself: take it again, in one piece"),
    ("22", "the value does not fit its column here: rehearse on the dump's version of PostgreSQL"),
    ("", "psql says the same of this file by itself: psql -v ON_ERROR_STOP=1 -f"),
)


def told(dump: Dump, words: str, lines_more: int, psql: Path) -> str:
    """File and line, the first words of the statement, the error without data, and the remedy.

    `words` is what psql wrote; it had read some lines more than the dump has.
    """
    found, unnamed, row = SAID.search(words), UNNAMED.search(words), ROW.search(words)
    if found:
        line, state = int(found[1]), found[2]
        why = _name(state) if state.startswith(QUOTING) else f"{_name(state)}: {found[3]}"
        remedy = next(text for prefix, text in REMEDIES if state.startswith(prefix))
    else:
        line, why = (int(unnamed[1] or 0), unnamed[2]) if unnamed else (0, "psql ended without a word")
        remedy = REMEDIES[-1][1]
    statement = _statement_at(dump, line - lines_more)
    at = statement.line + (int(row[1]) if row else 0)
    version = f" (the dump is of PostgreSQL {dump.inventory.version})" if dump.inventory.version else ""
    what = first_words(statement.bare or statement.text)
    return f"{dump.file}:{at}: {what}: {why}\n{remedy}{version}; it was loaded by {psql}"


def _name(state: str) -> str:
    try:
        return f"SQLSTATE {state} ({errors.lookup(state).__name__})"
    except KeyError:
        return f"SQLSTATE {state}"


def _statement_at(dump: Dump, line: int) -> Piece:
    """The last statement, or command of psql, that begins at the line or before it."""
    last = Piece(Kind.BETWEEN, line, b"psql")
    for piece in dump.pieces():
        if piece.line > line:
            break
        if piece.kind in (Kind.STATEMENT, Kind.COMMAND):
            last = piece
    return last


def first_words(bare: bytes) -> str:
    """What a statement is about, up to the first literal or list: `INSERT INTO public.users`."""
    text = bare.decode(errors="replace")
    words = re.split(r"['($=]|\bVALUES\b", text, maxsplit=1)[0].split()
    return " ".join(words[:9])

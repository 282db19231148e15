"""A dump cut into what psql would read one after another: statements, the rows of COPY, its own commands. Streamed.

Quotes, dollar quotes, comments and SQL function bodies are followed as psql follows them; nothing else of SQL is understood.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

CHUNK_BYTES = 1 << 18
BARE_BYTES = 1 << 16  # as much of a statement as anybody looks at
SPECIAL = re.compile(rb"['\"$;()\\]|--|/\*|\b(?:begin|case|end)\b", re.IGNORECASE)
DOLLAR = re.compile(rb"\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$")
BLOCK = re.compile(rb"/\*|\*/")
FUNCTION = re.compile(rb"\s*CREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE)\b", re.IGNORECASE)
COPY_IN = re.compile(rb"\s*COPY\s.*\sFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
OLD_STRINGS = re.compile(rb"\s*SET\s+standard_conforming_strings\s*(=|TO)\s*'?(off|on)\b", re.IGNORECASE)
# Most of a dump of INSERTs: a statement that is a line, without anything that needs to be followed.
INSERT = re.compile(rb"""INSERT INTO (?:[^'"$;\\/-]++|'[^'\\]*+'|"[^"]*+"|-(?!-)|/(?!\*))*+;\r?\n""")
WORD_BYTES = re.compile(rb"[A-Za-z0-9_$\x80-\xff]")


class Kind(Enum):
    """What a piece is to psql."""

    STATEMENT = "a statement, up to its semicolon"
    ROWS = "rows of a COPY, and the line that ends them"
    COMMAND = "a command of psql itself, up to the end of its line"
    BETWEEN = "white space and comments between statements"
    CUT_OFF = "a statement, or the rows of a COPY, that the end of the file cuts off"


class Piece(NamedTuple):
    """A part of a dump; the texts of all pieces make the dump. `bare` is a statement without comments, its literals emptied."""

    kind: Kind
    line: int
    text: bytes
    bare: bytes = b""


def pieces(lines: Iterable[bytes]) -> Iterator[Piece]:
    """The dump's pieces, from its lines."""
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        yield from reader.rows(number, line) if reader.in_rows else reader.line(number, line)
    yield from reader.end()


class _Reader:
    """Where psql would be in the dump."""

    def __init__(self) -> None:
        self.in_rows = False
        self._old_strings = False
        self._rows: list[bytes] = []
        self._rows_line = self._rows_bytes = 0
        self._begin(1)

    def _begin(self, number: int) -> None:
        self._text: list[bytes] = []
        self._bare: list[bytes] = []
        self._line, self._started = number, False
        self._until: re.Pattern[bytes] | None = None  # inside of a literal or comment: what may end it
        self._literal = False
        self._parentheses = self._blocks = self._comment_depth = 0

    def rows(self, number: int, line: bytes) -> Iterator[Piece]:
        """A line of a COPY's rows."""
        self._rows_line = self._rows_line or number
        self._rows.append(line)
        self._rows_bytes += len(line)
        over = line in (b"\\.\n", b"\\.\r\n", b"\\.")
        if over or self._rows_bytes >= CHUNK_BYTES:
            yield Piece(Kind.ROWS, self._rows_line, b"".join(self._rows))
            self._rows, self._rows_line, self._rows_bytes = [], 0, 0
        if over:
            self.in_rows = False
            self._begin(number + 1)

    def line(self, number: int, line: bytes) -> Iterator[Piece]:
        """A line of SQL."""
        if not self._text and INSERT.fullmatch(line):
            yield Piece(Kind.STATEMENT, number, line, line.partition(b"(")[0].rstrip())
            self._line = number + 1
            return
        at = 0
        while at < len(line):
            if self._until is not None:
                at = self._inside(line, at)
                continue
            found = SPECIAL.search(line, at)
            if found is None:
                self._take(number, line[at:])
                break
            self._take(number, line[at : found.start()])
            if found[0] == b"\\":
                yield from self._command(number, line[found.start() :])
                return
            at = self._special(number, line, found)
            if found[0] == b";" and not self._parentheses and not self._blocks:
                yield self._finished(Kind.STATEMENT, number)
                if self.in_rows:  # what follows on the line is nothing to psql but its end
                    yield Piece(Kind.BETWEEN, number, line[at:])
                    return
        if not self._started and self._until is None and self._text:
            yield self._finished(Kind.BETWEEN, number + 1)

    def end(self) -> Iterator[Piece]:
        """What is left at the end of the file."""
        if self.in_rows:
            yield Piece(Kind.CUT_OFF, self._rows_line or self._line, b"".join(self._rows))
        elif self._started or self._until is not None:
            yield self._finished(Kind.CUT_OFF, 0)

    def _take(self, number: int, text: bytes) -> None:
        if not self._started and text.strip():
            self._line, self._started = number, True
        self._text.append(text)
        self._bare.append(text)

    def _special(self, number: int, line: bytes, found: re.Match[bytes]) -> int:
        """Follow what changes the meaning of the text after it; where to go on."""
        token, at = found[0], found.end()
        if token == b"--":
            self._text.append(line[found.start() :])
            return len(line)
        if token == b"/*":
            self._until, self._literal, self._comment_depth = BLOCK, False, 1
            self._text.append(token)
            return at
        self._take(number, token)
        if token in (b"'", b'"'):
            escaping = token == b"'" and (self._old_strings or _is_escaping(line, found.start()))
            self._until = re.compile(rb"\\.|''|'" if escaping else token * 2 + b"|" + token, re.DOTALL)
            self._literal = token == b"'"
        elif token == b"$":
            tag = DOLLAR.match(line, found.start())
            if tag and not (found.start() and WORD_BYTES.match(line, found.start() - 1)):
                self._text[-1] = tag[0]
                self._until, self._literal = re.compile(re.escape(tag[0])), True
                return tag.end()
        elif token in (b"(", b")"):
            self._parentheses = max(0, self._parentheses + (1 if token == b"(" else -1))
        elif token != b";":
            self._follow_body(token.lower())
        return at

    def _follow_body(self, word: bytes) -> None:
        """`BEGIN ATOMIC ... END`: semicolons inside do not end the statement."""
        if word == b"end":
            self._blocks = max(0, self._blocks - 1)
        elif (word == b"begin" or self._blocks) and FUNCTION.match(b"".join(self._bare)):
            self._blocks += 1

    def _inside(self, line: bytes, at: int) -> int:
        """Go on inside of a literal, a quoted name or a comment; where to go on."""
        assert self._until is not None  # noqa: S101 - for the type checker: asked before
        found = self._until.search(line, at)
        end = found.end() if found else len(line)
        self._text.append(line[at:end])
        if not self._literal and self._until is not BLOCK:
            self._bare.append(line[at:end])
        if found is None:
            return end
        if self._until is BLOCK:
            self._comment_depth += 1 if found[0] == b"/*" else -1
            over = self._comment_depth == 0
        else:
            over = found[0] not in (b"''", b'""') and not found[0].startswith(b"\\")
        if over:
            if self._literal:
                self._bare.append(b"'")
            self._until = None
        return end

    def _command(self, number: int, text: bytes) -> Iterator[Piece]:
        """A backslash outside of quotes: a command of psql's own; what stands before it on the line is left as it is."""
        if self._started:
            yield self._finished(Kind.CUT_OFF, number)
        elif self._text:
            yield self._finished(Kind.BETWEEN, number)
        yield Piece(Kind.COMMAND, number, text)
        self._begin(number + 1)

    def _finished(self, kind: Kind, following: int) -> Piece:
        bare = b" ".join(b"".join(self._bare)[:BARE_BYTES].split()) if kind is not Kind.BETWEEN else b""
        made = Piece(kind, self._line, b"".join(self._text), bare.rstrip(b"; "))
        setting = OLD_STRINGS.match(made.text) if kind is Kind.STATEMENT else None
        if setting:
            self._old_strings = setting[2].lower() == b"off"
        self.in_rows = kind is Kind.STATEMENT and COPY_IN.match(bare) is not None
        self._begin(following)
        return made


def _is_escaping(line: bytes, quote: int) -> bool:
    """Whether the quote opens an E'...' literal."""
    before = line[:quote]
    return before[-1:] in (b"e", b"E") and not WORD_BYTES.match(before[-2:-1])

"""A text as the list of its words: what a reader takes for the same is the same, however it is quoted, escaped, encoded or composed."""

import html
import re
import unicodedata

from sanitizer.encodings import decoded

_SPACED = bytes(
    byte if byte >= 0x80 else ord(chr(byte).lower()) if chr(byte).isalnum() else 0x20 for byte in range(256)
)
_ESCAPED = re.compile(rb"(?:\\+[0-7]{3})+|\\+u[0-9a-fA-F]{4}|\\+[bfnrtv/]?")
# As addresses of pages and HTML write it.
_ENCODED = re.compile(rb"%[0-9a-fA-F]{2}|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_OCTAL = re.compile(rb"[0-7]{3}")
# What stands between words most often beyond ASCII: spaces, quotation marks, dashes. They go first, for they take long to fold.
_BETWEEN = tuple(
    chr(mark).encode()
    for mark in (0xA0, 0xAB, 0xBB, 0x202F, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2013, 0x2014, 0x2026)
)
_NO_BEGINNING = bytes(range(0xC2))
# The letters of western languages, all of which begin with this byte, are composed already.
_WESTERN, _WESTERN_CAPITAL = b"\xc3", re.compile(rb"\xc3[\x80-\x96\x98-\x9e]")
# In UTF-8: what nobody sees within a word, then what stands between words beyond ASCII (quotation marks, dashes, symbols); each by the byte
# with which it begins, and what it becomes.
_MARKS = tuple(
    (beginning[0], re.compile(re.escape(beginning) + rest, re.DOTALL), becomes)
    for beginning, rest, becomes in (
        (b"\xc3\x9f", b"", b"ss"),  # which has no capital that is in use
        (b"\xc2\xad", b"", b""),
        (b"\xe2\x80", rb"[\x8b-\x8f\xaa-\xae]", b""),
        (b"\xe2\x81", rb"[\xa0-\xaf]", b""),
        (b"\xef\xbb\xbf", b"", b""),
        (b"\xc2", rb"[\x80-\xbf]", b" "),
        (b"\xe2", rb"[\x80-\xaf][\x80-\xbf]", b" "),
        (b"\xe3\x80", rb"[\x80-\x91]", b" "),
        (b"\xf0\x9f", rb"..", b" "),
    )
)


def as_words(text: bytes) -> list[bytes]:
    """Runs of letters and digits, in small letters; of line ends, quotation marks and the like nothing is left."""
    return _split(_read(text))


def all_words(text: bytes) -> list[bytes]:
    """The words of a text, then those of what it holds as base64 or hex, and of what these hold."""
    text = _read(text)
    found = _split(text)
    for inner in decoded(text):
        found += all_words(inner)
    return found


def _read(text: bytes) -> bytes:
    if b"\\" in text:
        text = _ESCAPED.sub(_unescaped, text)
    if b"%" in text or b"&" in text:
        text = _ENCODED.sub(_decoded, text)
    return text


def _split(text: bytes) -> list[bytes]:
    if not text.isascii():
        text = _folded(text)
    return text.translate(_SPACED).split()


def _decoded(match: re.Match[bytes]) -> bytes:
    """What stands encoded in addresses of pages and in HTML; what is no character stays as it is."""
    if match[0].startswith(b"%"):
        return bytes.fromhex(match[0][1:].decode())
    return html.unescape(match[0].decode()).encode("utf-8", "surrogateescape")


def _folded(text: bytes) -> bytes:
    """Equal for texts that a reader takes for equal: case, composed letters, marks beyond ASCII."""
    beginnings = text.translate(None, _NO_BEGINNING)
    for mark in _BETWEEN:
        if mark[0] in beginnings:
            text = text.replace(mark, b" ")
    if not text.translate(None, _NO_BEGINNING).strip(_WESTERN):
        return _WESTERN_CAPITAL.sub(_small, text).replace(b"\xc3\x9f", b"ss")
    read = unicodedata.normalize("NFKC", text.decode("utf-8", "surrogateescape").lower())
    text = read.encode("utf-8", "surrogateescape")
    beginnings = text.translate(None, _NO_BEGINNING)
    for beginning, each, becomes in _MARKS:
        if beginning in beginnings:
            text = each.sub(becomes, text)
    return text


def _small(match: re.Match[bytes]) -> bytes:
    return bytes((match[0][0], match[0][1] + 0x20))


def _unescaped(match: re.Match[bytes]) -> bytes:
    """What stands escaped in documents, binary values and PostgreSQL's COPY; of a line end or a backslash a space is left."""
    escaped = match[0].lstrip(b"\\")
    if escaped == b"/":
        return escaped
    if escaped[:1] == b"u":
        return chr(int(escaped[1:], 16)).encode("utf-8", "replace")
    if escaped[:1].isdigit():
        return bytes(int(octal, 8) & 0xFF for octal in _OCTAL.findall(match[0]))
    return b" "

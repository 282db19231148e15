"""What programs make of a text and keep beside it: digests that tell whose it is, and encodings that anybody can read."""

import binascii
import hashlib
import re
from collections.abc import Iterator

# The fewest characters of base64 or hex that are read: an address and a password as HTTP sends them are longer.
FEWEST_ENCODED = 24
# So many characters of ASCII side by side are no chance, and stand in whatever a program encodes.
FEWEST_PLAIN = 8
# A number of so many digits is kept without what stands between them too: advertisers exchange digests of such.
FEWEST_DIGITS = 9

_DIGESTS = (hashlib.md5, hashlib.sha1, hashlib.sha256)
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_ENCODED = bytes(ord("x") if byte in _ALPHABET else ord(" ") for byte in range(256))
_LONG = b"x" * FEWEST_ENCODED
# Hex, or base64, which in mails stands in lines.
_RUN = re.compile(rb"(?:0?x)?([0-9a-fA-F]+)(?![\w+/-])|((?:[\w+/-]{64}(?:[\w+/-]{12})?\s{1,2})*[\w+/-]+)", re.ASCII)
_STANDARD, _SPACES = bytes.maketrans(b"-_", b"+/"), b" \t\r\n"
_PLAIN = bytes(ord("x") if byte in (*range(0x20, 0x7F), *b"\t\n\r") else ord(" ") for byte in range(256))


def encoded(text: str) -> Iterator[bytes]:
    """A whole text as hex and base64, and its usual digests without salt, as bytes too: as it is, in small letters, and of a number its digits alone."""
    forms = {text, text.strip().lower()}
    digits = "".join(filter(str.isdecimal, text))
    if len(digits) >= FEWEST_DIGITS:
        forms |= {digits, f"+{digits}"}
    for form in forms:
        read = form.encode("utf-8", "surrogateescape")
        digests = [digest(read, usedforsecurity=False).digest() for digest in _DIGESTS]
        yield from digests
        for made in (read, *digests):
            yield from (binascii.hexlify(made), binascii.b2a_base64(made, newline=False))


def decoded(text: bytes) -> Iterator[bytes]:
    """What long runs of base64 (also as addresses of pages and tokens have it) and of hex in a text stand for, where that is text again."""
    # Looking for many equal characters at once passes nearly all of a text unseen.
    find, at = text.translate(_ENCODED).find, 0
    while (at := find(_LONG, at)) >= 0:
        run = _RUN.match(text, at)
        assert run  # noqa: S101 - what was found is of its characters
        at = run.end()
        in_hex, in_base64 = run.groups()
        read = _from_base64(in_base64) if in_base64 else binascii.unhexlify(in_hex[: len(in_hex) & ~1])
        if b"x" * FEWEST_PLAIN in read.translate(_PLAIN):
            yield read


def _from_base64(run: bytes) -> bytes:
    run = run.translate(_STANDARD, _SPACES)
    return binascii.a2b_base64(run[: len(run) - (len(run) % 4 == 1)] + b"==")

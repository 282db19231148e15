"""Looks through all that runs said for planted values, keys and passwords; tells where and how often, never what."""

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rehearsal import shop
from tests.outputs.records import Record, Said
from tests.whole.hiding import places

SHORTEST = 6  # characters: shorter ones stand in too many words
# What tests plant by convention, wherever they do, and the people of the invented shop; in small letters, as all texts are compared.
MARKERS = re.compile(
    rf"planted|{places.WORD}|quillfeather|production-secret|invented-application-password|{shop.PERSONAL.pattern}"
)
BLOCK_BYTES = 1 << 22


class Originals:
    """Values of six characters or more, each with the moment it was planted, to be found in texts of any length at once."""

    def __init__(self, values: Mapping[str, int]) -> None:
        self._by_beginning: dict[str, dict[str, int]] = {}
        for value, since in values.items():
            known = value.casefold().strip()
            if len(known) >= SHORTEST:
                self._by_beginning.setdefault(known[:SHORTEST], {}).setdefault(known, since)

    def count(self, text: str, at: int) -> int:
        """How many places of a text in small letters, said at that moment, hold one that was planted before."""
        if not self._by_beginning:
            return 0
        look = self._by_beginning.get
        places = ((place, look(text[place : place + SHORTEST])) for place in range(len(text) - SHORTEST + 1))
        return sum(
            any(since < at and text.startswith(value, place) for value, since in values.items())
            for place, values in places
            if values
        )


def found(record: Record) -> list[str]:
    """A line for each kind of thing in each product that should not hold it: where, what kind, how often."""
    counted: Counter[tuple[str, str, str]] = Counter()
    keys, passwords = pattern(map(forms, record.keys)), pattern([record.passwords])
    originals = {of: Originals(values) for of, values in record.planted.items()}
    none = Originals({})
    for said in record.said:
        text = plain(said.text)
        for what, times in (
            ("the masking key", len(keys.findall(text))),
            ("a password", len(passwords.findall(text))),
            ("a planted marker", len(MARKERS.findall(text))),
            ("an original", originals.get(said.of, none).count(text, said.at)),
        ):
            counted[said.of, said.kind, what] += times
    for log in record.logs:
        counted[log.of, log.kind, "the masking key"] += in_file(log, keys)
    return [f"{of}: {kind}: {what}, {times} times" for (of, kind, what), times in sorted(counted.items()) if times]


def forms(key: str) -> Iterator[str]:
    """A key of hexadecimal digits as somebody may have written it; half of it is too much."""
    half = len(key) // 2
    yield from (key[:half], key[half:])
    for content in (bytes.fromhex(key), key.encode()):
        yield base64.b64encode(content).decode().rstrip("=")[:-1]


def pattern(every: Iterable[Iterable[str]]) -> re.Pattern[str]:
    """Any of the texts, in small letters."""
    texts = sorted({re.escape(text.casefold()) for group in every for text in group})
    return re.compile("|".join(texts) if texts else r"(?!)")


def in_file(log: Said, sought: re.Pattern[str]) -> int:
    """How often it stands in a file, which may be large; what two blocks share is looked at twice."""
    times, kept = 0, ""
    with Path(log.text).open("rb") as file:
        for block in iter(partial(file.read, BLOCK_BYTES), b""):
            text = kept + block.decode(errors="replace").casefold()
            times += len(sought.findall(text))
            kept = text[-200:]
    return times


def plain(text: str) -> str:
    """The different texts in it as somebody meant them, in small letters: out of JSON, also where JSON is a text in JSON, and out of HTML."""
    if text.startswith("<!DOCTYPE"):
        return html.unescape(text).casefold()
    try:
        parts = leaves(json.loads(text))
    except ValueError:
        parts = (part for line in text.split("\n") for part in leaves(line))
    return "\n".join(dict.fromkeys(parts)).casefold()


def leaves(value: Any, *, names: bool = True) -> Iterator[str]:
    """Every text in a value, and the names of its parts."""
    if isinstance(value, dict):
        if names:
            yield from value
        for each in value.values():
            yield from leaves(each, names=names)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, names=names)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            yield from leaves(json.loads(value), names=names)
        except ValueError:
            yield value
    else:
        yield str(value)

"""A place where a value hides: how it gets there, what the rules file says of it, and in which form SQL and files hold it there."""

import base64
import ipaddress
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

WORD = "thornwick"
PLAIN = re.compile(rf"{WORD}\d{{4}}".encode())
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Form(NamedTuple):
    """One marker: how a statement gives it, how SQL shows it, how a file holds it."""

    given: str
    shown: str
    stored: bytes


def words(number: int) -> Form:
    """A text, as it is."""
    word = f"{WORD}{number}"
    return Form(word, word, word.encode())


def name(number: int) -> Form:
    """A name that the server gives a file, and that journals and reports tell by right."""
    word = f"{WORD[1:]}{number}"
    return Form(word, word, word.encode())


def backwards(number: int) -> Form:
    """A text of which only what is computed from it counts, such as what an index over an expression holds."""
    word = f"{WORD}{number}"
    return Form(word, word[::-1], word[::-1].encode())


def parsed(number: int) -> Form:
    """A text within an expression: catalogs hold it as the numbers of its bytes."""
    word = f"{WORD}{number}"
    return Form(word, word, " ".join(map(str, word.encode())).encode())


def hexadecimal(number: int) -> Form:
    """Bytes."""
    word = f"{WORD}{number}".encode()
    return Form(word.hex(), word.hex(), word)


def binary(number: int) -> Form:
    """Bytes that SQL shows as they are."""
    word = f"{WORD}{number}"
    return Form(word.encode().hex(), word, word.encode())


def spelled(number: int) -> Form:
    """A text that a definition holds by the numbers of its bytes."""
    word = f"{WORD}{number}"
    return Form(word, word, word.encode().hex().encode())


def wide(number: int) -> Form:
    """A text of two bytes for each character."""
    word = f"{WORD}{number}"
    return Form(word, word, word.encode("utf-16-be"))


def address(number: int) -> Form:
    """Of a network, version 6."""
    text = f"2a01:4f8:{number}:d1c7:b5a3:9e41:{number}:7c2d"
    return Form(text, text, ipaddress.ip_address(text).packed)


def identifier(number: int) -> Form:
    """A UUID."""
    text = f"{number}{number}-c3d1-4b7e-9a52-1f0e2d3c{number}"
    return Form(text, text, uuid.UUID(text).bytes)


def shuffled(number: int) -> Form:
    """A UUID, stored so that those of one machine stand together."""
    form = identifier(number)
    parts = (slice(10, 16), slice(8, 10), slice(6, 8), slice(4, 6), slice(0, 4))
    return form._replace(stored=b"".join(form.stored[part] for part in parts))


def device(number: int) -> Form:
    """The address of a device."""
    text = f"a4:5e:60:c2:{number // 100}:{number % 100:02}"
    return Form(text, text, bytes.fromhex(text.replace(":", "")))


def little(number: int) -> Form:
    """A whole number, the lowest byte first."""
    value = int(f"7{number}4083916527{number}")
    return Form(str(value), str(value), value.to_bytes(8, "little"))


def big(number: int) -> Form:
    """A whole number, the highest byte first and its sign turned, so that bytes compare as numbers do."""
    value = int(f"7{number}4083916527{number}")
    return Form(str(value), str(value), (value + 2**63).to_bytes(8, "big"))


def moment(number: int) -> Form:
    """A point in time."""
    fraction = f"{number}77"
    when = datetime(1984, 5, 17, 3, 17, 43, int(fraction), tzinfo=UTC)
    stored = (when - EPOCH) // timedelta(microseconds=1)
    return Form(f"1984-05-17 03:17:43.{fraction}+00", f":17:43.{fraction}", stored.to_bytes(8, "little", signed=True))


def verifier(number: int) -> Form:
    """What PostgreSQL keeps of a password, told apart by its salt."""
    salt, key = (base64.b64encode(f"{WORD}{number}{end}".encode()).decode() for end in ("---", "-" * 19))
    return Form(f"SCRAM-SHA-256$4096:{salt}${key}:{key}", salt, salt.encode())


def digest(number: int) -> Form:
    """What MariaDB keeps of a password."""
    text = f"*{number}A7B5C3D1E9F0{number}6A4B2C8D0E1F{number}0C0D"
    return Form(text, text, text.encode())


class Place(NamedTuple):
    """One hiding place. `:table` and `:marker` in its texts stand for names of its own."""

    name: str
    plants: str
    rules: str = "public.:table: {id: keep, m: hash}"
    remedies: tuple[str, ...] = ()  # statements of the rules file
    stored_in: str = ":table"  # what file of production holds it
    by_sql: bool = True  # production's master user reads it
    form: Callable[[int], Form] = words
    database: str = "shop"
    root: bool = False  # RDS or its maintenance plants it, not the master user
    stays: bool = False  # the session that plants it is still open when the snapshot is taken


class Planted(NamedTuple):
    """A place with its marker."""

    place: Place
    form: Form

    @property
    def table(self) -> str:
        """The name of the table that it may make."""
        return "t_" + re.sub(r"[^a-z0-9]+", "_", self.place.name.lower()).strip("_")[:54]

    def written(self, text: str) -> str:
        """A text of the place with names of its own."""
        return re.sub(
            r"(?<!:):(table|marker)", lambda found: {"table": self.table, "marker": self.form.given}[found[1]], text
        )


def planted(places: Sequence[Place]) -> list[Planted]:
    """Each with a marker of its own."""
    return [Planted(place, place.form(number)) for number, place in enumerate(places, 1001)]


class Found(NamedTuple):
    """A marker that was found, and where."""

    place: str
    where: str


def search_texts(markers: Sequence[Planted], texts: Iterable[tuple[str, bytes]]) -> set[Found]:
    """What SQL shows: pairs of a place and what stands there."""
    return _search({each.place.name: each.form.shown.encode() for each in markers}, texts)


def search_files(markers: Sequence[Planted], files: Iterable[tuple[str, bytes]]) -> set[Found]:
    """What files hold: pairs of a file, as people call it, and its bytes."""
    return _search({each.place.name: each.form.stored for each in markers}, files)


def _search(sought: Mapping[str, bytes], contents: Iterable[tuple[str, bytes]]) -> set[Found]:
    """Plain words are looked for all at once, other forms one by one."""
    words_ = {marker: place for place, marker in sought.items() if PLAIN.fullmatch(marker)}
    others = {place: marker for place, marker in sought.items() if marker not in words_}
    found = set()
    for where, content in contents:
        found |= {Found(words_[word], where) for word in set(PLAIN.findall(content)) if word in words_}
        found |= {Found(place, where) for place, marker in others.items() if marker in content}
    return found

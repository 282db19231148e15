"""What names of columns and tables make one think of."""

import re
import unicodedata

from sanitizer.kinds import PERSON, SECRET, Kind
from sanitizer.name_patterns import CALLED, COLUMNS, HARMLESS, HOOKS, OTHERWISE, PEOPLE, TRACES


def _any(words: str, after: str = r"(?=_|\d|$)") -> re.Pattern[str]:
    """One of the words, as whole words of a name."""
    return re.compile(r"(?:^|_)(?:" + re.sub(r"_\??(?!\\w)", "_?", "|".join(words.split())) + ")" + after)


_KINDS = [(kind, _any(words)) for kind, words in COLUMNS]
_PEOPLE, _TRACES, _HARMLESS = _any(PEOPLE), _any(TRACES), _any(HARMLESS, "$")
_SECRET, _HOOKS, _CALLED = dict(_KINDS)[SECRET], _any(HOOKS), _any(CALLED, "$")
_OTHERWISE = frozenset(OTHERWISE.split())
_BARE = frozenset({"name", "label", "title"})


def named(name: str) -> str:
    """The name's words: `eMailAddress1` is `e_mail_address1`, `Prénom` is `prenom`."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain)
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def kind_named(column: str, table: str) -> Kind | None:
    """What the column's name makes one think of."""
    name = named(column)
    for kind, pattern in _KINDS:
        if _speaks_of(pattern, name):
            return kind
    return PERSON if name.rstrip("0123456789_") in _BARE and of_people(table) else None


def opening_named(column: str, table: str) -> bool:
    """Whether it makes one think of what opens something or calls somebody: a secret, a mail server, a web hook."""
    name = named(column)
    return _speaks_of(_SECRET, name) or bool(_CALLED.search(name) and _HOOKS.search(named(table)))


def _speaks_of(pattern: re.Pattern[str], name: str) -> bool:
    match = pattern.search(name)
    return bool(match and name[match.end() :].rpartition("_")[2] not in _OTHERWISE)


def of_people(table: str) -> bool:
    """Whether the table's name says that its rows are people."""
    return bool(_PEOPLE.search(named(table)))


def of_traces(table: str) -> bool:
    """Whether the table's name says that it keeps what people did."""
    return bool(_TRACES.search(named(table)))


def harmless_named(column: str) -> bool:
    """Whether the column's name makes one think of a code that says nothing about anybody."""
    return bool(_HARMLESS.search(named(column)))

"""What SHOW CREATE TABLE says, line by line: it writes each column, key and constraint on a line of its own, and escapes line ends."""

import re
from typing import NamedTuple

_KEY = re.compile(r"  (?:UNIQUE |FULLTEXT |SPATIAL |VECTOR )?KEY (?P<name>`(?:[^`]|``)+`) ")
# As FEDERATED and CONNECT write it, where all but a slash and an @ may stand in it, and as CONNECT and SPIDER do.
_PASSWORD = re.compile(
    r"""://[^/@'\s]*:[^/@'\s]+@|\bmysql://[^/@']*:(?:[^/@']|'')+@|\b(?:password|pwd)['"`]*(?:\s*[=:]|\s+["'])""",
    re.IGNORECASE,
)
_COUNTER = re.compile(r" ENGINE=\w+ AUTO_INCREMENT=(\d+)")
_BOUND = re.compile(r"\b(DATA|INDEX) DIRECTORY ?=")


class Definition(NamedTuple):
    """A table's definition."""

    text: str

    @property
    def keys(self) -> dict[str, str]:
        """Secondary keys: quoted name to definition."""
        return {found["name"]: line.strip() for line in self._lines if (found := _KEY.match(line))}

    @property
    def hashed(self) -> bool:
        """Whether a unique key was made by hashes: MariaDB forgets that when it writes the table anew, where it need not be."""
        return any(line.startswith("UNIQUE ") and " USING HASH" in line for line in self.keys.values())

    @property
    def counter(self) -> int | None:
        """Where AUTO_INCREMENT is; MyISAM and Aria have it without a column that counts, too."""
        found = _COUNTER.match(self._options)
        return int(found[1]) if found else None

    @property
    def bound_to_files(self) -> bool:
        """Whether it names directories, which no copy can share."""
        return bool(_BOUND.search(self._options))

    @property
    def names_password(self) -> bool:
        """Whether its options hold a password of another server."""
        return bool(_PASSWORD.search(self._options))

    @property
    def _options(self) -> str:
        return self.text.partition("\n)")[2]

    @property
    def _lines(self) -> list[str]:
        return [line.removesuffix(",") for line in self.text.split("\n")[1:]]

"""The extensions that a PostgreSQL installation has, read from its files: no server needs to run."""

import functools
import re
from pathlib import Path

from rehearsal.installations import run

TRUSTED = re.compile(r"^\s*trusted\s*=\s*'?(true|on|yes|1)", re.MULTILINE | re.IGNORECASE)
SHARE_PATH = re.compile(r"^share_path=(.*)$", re.MULTILINE)


class Extensions:
    """What can be created there."""

    def __init__(self, bin_directory: Path) -> None:
        self._trusted = _found(bin_directory)

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self._trusted)

    @property
    def untrusted(self) -> frozenset[str]:
        """Those that PostgreSQL lets superusers create only."""
        return frozenset(name for name, trusted in self._trusted.items() if not trusted)


@functools.cache
def _found(bin_directory: Path) -> dict[str, bool]:
    shown = SHARE_PATH.search(run(bin_directory / "initdb", "--show", "-D", "/nonexistent"))
    folder = Path(shown[1]) / "extension" if shown else bin_directory
    return {
        file.stem: TRUSTED.search(file.read_text(errors="replace")) is not None for file in folder.glob("*.control")
    }

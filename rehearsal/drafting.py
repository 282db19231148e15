"""Masking rules drafted from a loaded database by the sanitizer's own `draft`, where nobody has written any yet."""

import itertools
import secrets
import subprocess
import sys
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.installations import ground
from rehearsal.production import Production
from rehearsal.stage import PROJECT

DRAFTS = Path("build/rehearsal")


class NotDrafted(RehearsalError):
    """The sanitizer could not draft rules; its own words say why."""


def draft(production: Production, file: Path) -> None:
    """Write a draft for the whole server into a new file.

    Raises: NotDrafted
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    password_file = ground() / f"password-{secrets.token_hex(4)}"
    password_file.touch(mode=0o600)
    password_file.write_text(production.password)
    command = [
        sys.executable, "-m", "sanitizer", "draft", "--host", production.host, "--port", str(production.port), "--user",
        production.master, "--password-file", str(password_file), "--ca-file", str(production.ca_file), "--output",
        str(file.absolute()),
    ]  # fmt: skip
    try:
        ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    finally:
        password_file.unlink()
    if ended.returncode:
        words = (ended.stderr or ended.stdout).strip()[-600:]
        raise NotDrafted(f"python -m sanitizer draft ended with {ended.returncode}: {words}")


def free_file(folder: Path, name: str) -> Path:
    """A file for a draft that nobody can have edited: it does not exist."""
    numbered = (f"{name}.{number}" for number in itertools.count(2))
    candidates = (folder / f"{stem}.masking.yaml" for stem in itertools.chain([name], numbered))
    return next(file for file in candidates if not file.exists())

"""What a branch changes against the commit that it left, what is not committed yet included."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from workflows.tools import call


class Change(NamedTuple):
    """A file's path before and after; None where it was not, or is not, there."""

    old: str | None
    new: str | None


def base() -> str | None:
    """What the branch is compared with: BASE. None where there is nothing: a branch's first push, a start by hand."""
    named = os.environ.get("BASE", "")
    return named if named.strip("0") else None


def fork_point(base: str) -> str:
    """The commit that the branch left; ends with git's words where BASE names nothing."""
    commit = _git("rev-parse", "--verify", "--end-of-options", f"{base}^{{commit}}").strip()
    return _git("merge-base", commit, "HEAD").strip()


def changes(commit: str, folder: str = ".") -> list[Change]:
    """Every file that is not what it was; a file that only moved is one change."""
    told = _git("diff", "--name-status", "--find-renames", "-z", commit, "--", folder).split("\0")
    new = _git("ls-files", "--others", "--exclude-standard", "-z", "--", folder).split("\0")
    return [*_read(iter(told)), *(Change(None, path) for path in new if path)]


def content(commit: str, path: str) -> bytes:
    """The file as it was."""
    return call("git", "show", f"{commit}:{path}")


def _git(*arguments: str) -> str:
    return call("git", *arguments).decode(errors="surrogateescape")


def _read(words: Iterator[str]) -> Iterator[Change]:
    for status in words:
        if not status:
            return
        old = next(words)
        if status[0] in "RC":
            yield Change(old, next(words))
        else:
            yield Change(None if status == "A" else old, None if status == "D" else old)

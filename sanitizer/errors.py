"""What can go wrong, drawn at one glance, and what each kind means to the run that started the container.

    SanitizerError
    ├── UsageError                2
    ├── NothingChanged            the database is as it was
    │   ├── RulesMistaken         10
    │   ├── Drifted               11
    │   ├── PreflightRefused      12
    │   ├── ConnectionFailed      13
    │   └── StoppedInTime         19
    └── DestroyDatabase           originals and masked values may be mixed: nobody may use this database
        ├── StatementFailed       20
        ├── MaskingFailed         21
        │   ├── ConnectionLost    21   taken up again before anybody is told,
        │   └── Contended         21   and so is this
        ├── PurgeFailed           22
        ├── VerifyFailed          23
        │   └── ViewUnread        23   told in the report instead
        ├── ReportFailed          24
        └── Stopped               29

A message says what, where, and what to do next; never a data value, password or key.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is wrong, with its place and what to do about it."""

    place: str
    problem: str
    remedy: str
    rule: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """The finding as a sentence for people."""
        rule = f" (rule {self.rule})" if self.rule else ""
        return f"{self.place}: {self.problem}{rule}. {self.remedy}"


class SanitizerError(Exception):
    """Anything the sanitizer says about itself; the class decides the exit code."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.findings = tuple(findings)


class UsageError(SanitizerError):
    """The command line or an environment variable is wrong."""


class NothingChanged(SanitizerError):
    """Raised only while the database is as it was."""


class RulesMistaken(NothingChanged):
    """The rules file cannot be read or says something impossible."""


class Drifted(NothingChanged):
    """Rules and live schema disagree."""


class PreflightRefused(NothingChanged):
    """Masking would fail or break something."""


class ConnectionFailed(NothingChanged):
    """The database, its password or the masking key cannot be reached."""


class StoppedInTime(NothingChanged):
    """Somebody stopped the sanitizer before it changed anything."""


class DestroyDatabase(SanitizerError):
    """The database is half masked, or nobody can say that it is not."""


class StatementFailed(DestroyDatabase):
    """One of the rules file's SQL statements failed."""


class MaskingFailed(DestroyDatabase):
    """A table could not be masked."""


class ConnectionLost(MaskingFailed):
    """The connection broke while something was done; whether it was done, the server's own records tell."""


class Contended(MaskingFailed):
    """Two sessions wanted what the other had; the server undid what this one had begun."""


class PurgeFailed(DestroyDatabase):
    """A copy of originals could not be removed."""


class VerifyFailed(DestroyDatabase):
    """The masked database is not what the rules promise."""


class ViewUnread(VerifyFailed):
    """A view did not show its rows, or took too long."""


class ReportFailed(DestroyDatabase):
    """The report could not be stored."""


class Stopped(DestroyDatabase):
    """Somebody stopped the sanitizer while it was changing the database."""


UNEXPECTED_EXIT_CODE = 70
EXIT_CODES: dict[type[SanitizerError], int] = {
    UsageError: 2,
    RulesMistaken: 10,
    Drifted: 11,
    PreflightRefused: 12,
    ConnectionFailed: 13,
    StoppedInTime: 19,
    StatementFailed: 20,
    MaskingFailed: 21,
    PurgeFailed: 22,
    VerifyFailed: 23,
    ReportFailed: 24,
    Stopped: 29,
}


def exit_code(error: SanitizerError) -> int:
    """The code of the error's class, or of the class it is a kind of; an unknown one is unexpected: destroy the database."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), UNEXPECTED_EXIT_CODE)

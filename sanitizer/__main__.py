"""draft, check, diff, explain, run or verify-report; every error becomes a message and an exit code, never a traceback."""

import argparse
import hashlib
import os
import re
import shlex
import signal
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from sanitizer import signatures
from sanitizer.dialect import Mark, Target
from sanitizer.diff import Source, compare_files
from sanitizer.diff_shown import FORMATS, coloured, markdown
from sanitizer.draft import draft
from sanitizer.engines import ENGINES
from sanitizer.errors import (
    UNEXPECTED_EXIT_CODE,
    NothingChanged,
    SanitizerError,
    Stopped,
    StoppedInTime,
    UsageError,
    exit_code,
)
from sanitizer.journal import Journal, silence_libraries
from sanitizer.options import ABSENT, BUNDLE, parse
from sanitizer.pipeline import Pipeline
from sanitizer.report import report, told
from sanitizer.report_page import page
from sanitizer.rules import Rules
from sanitizer.rules_file import read_rules
from sanitizer.steps import print_steps
from sanitizer.store import read_masking_key, read_rules_file, read_secret, sign, write_beside, write_draft, write_once

LOOSENED_EXIT_CODE = 3
NOT_SIGNED_EXIT_CODE = 4
SIGNED = "{file}: signed by this key, every byte of it\nSHA-256: {sha256}\n"
MANAGED_PASSWORD_PAUSES_SECONDS: tuple[float, ...] = (2.0, 5.0, 10.0, 20.0)
EXPLAINED = (
    "-- What `run` would do, in its order. Before it comes the masking key, never in a statement's text: {key}\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; the exit code says what has become of the database."""
    silence_libraries()
    journal = Journal(
        sys.stderr, run_id=os.environ.get("SANITIZER_RUN_ID"), database=os.environ.get("SANITIZER_DATABASE")
    )
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell starts what is in the background with SIGINT ignored
        signal.signal(number, _stop)
    action = Action(journal)
    try:
        action.perform(parse(sys.argv[1:] if arguments is None else arguments))
    except SanitizerError as exc:
        return _tell(
            journal,
            Stopped(exc.message, exc.findings) if isinstance(exc, NothingChanged) and action.changed else exc,
        )
    except KeyboardInterrupt:
        return _tell(journal, _stopped(changed=action.changed))
    except Exception as exc:  # noqa: BLE001 - the last door: its text may hold data
        journal.failure(
            "unexpected error",
            message=f"{type(exc).__name__} at {_place(exc)}. {action.advice}; report the case",
            exit_code=UNEXPECTED_EXIT_CODE,
        )
        return UNEXPECTED_EXIT_CODE
    return action.exit_code


class Action:
    """What was asked for, and whether anything is changed yet."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.pipeline: Pipeline | None = None
        self.advice = "Destroy the database"
        self.exit_code = 0

    @property
    def changed(self) -> bool:
        """Whether the database is still as it was (False) or not."""
        return self.pipeline is not None and self.pipeline.changed

    def perform(self, options: argparse.Namespace) -> None:
        """Raises: every kind of SanitizerError."""
        actions = {"draft": self._draft, "check": self._check, "diff": self._diff, "explain": self._explain}
        actions |= {"run": self._run, "verify-report": self._verify_report}
        actions[options.action](options)

    def _draft(self, options: argparse.Namespace) -> None:
        self.advice = "Nothing was changed"
        open_to_draft = ENGINES[options.engine].open_to_draft
        if open_to_draft is None:
            raise UsageError(
                f"draft does not read {options.engine} yet; write the rules by hand, `check` and `explain` help"
            )
        with open_to_draft(_target(options)) as dialect:
            drafted = draft(dialect, self.journal, file=str(options.output or "RULES.yaml"), options=_options(options))
        for warning in drafted.warnings:
            self.journal.warning("draft", warning)
        if options.output:
            write_draft(options.output, drafted.text)
        else:
            sys.stdout.write(drafted.text)

    def _check(self, options: argparse.Namespace) -> None:
        rules = _rules(options)
        self.journal.note("check", "the rules file is valid", place=options.rules, rules_sha256=rules.sha256)

    def _diff(self, options: argparse.Namespace) -> None:
        diff = compare_files(_source(options.old), _source(options.new))
        show = FORMATS[options.format] if options.format else coloured if sys.stdout.isatty() else markdown
        sys.stdout.write(show(diff))
        if options.exit_code and diff.loosened:
            self.exit_code = LOOSENED_EXIT_CODE

    def _explain(self, options: argparse.Namespace) -> None:
        rules = _rules(options)
        self.journal.run_id, self.journal.database = options.run_id, options.database
        engine = ENGINES[options.engine]
        with engine.open_server(_target(options), read_only=True) as dialect:
            steps = list(Pipeline(dialect, rules, self.journal).plan())
        sys.stdout.write(EXPLAINED.format(key=engine.key))
        print_steps(steps, sys.stdout)

    def _run(self, options: argparse.Namespace) -> None:
        rules = _rules(options)
        self.journal.run_id, self.journal.database = options.run_id, options.database
        started_at = datetime.now(UTC)
        key = _masking_key(options) if rules.needs_key else None
        with ENGINES[options.engine].open_server(_target(options)) as dialect:
            dialect.claim()
            self.pipeline = Pipeline(dialect, rules, self.journal, key, options.connections)
            outcome = self.pipeline.sanitize(Mark(options.run_id, rules.sha256, _key_check(key)))
            content = report(
                outcome=outcome,
                rules=rules,
                run_id=options.run_id,
                database=options.database,
                engine=(dialect.name, dialect.version()),
                started_at=started_at,
                finished_at=datetime.now(UTC),
                snapshot_at=options.snapshot_at,
            )
            self._store(options, content)
            dialect.finish(list(outcome.masked))
        self.journal.note("end", "verified")

    def _store(self, options: argparse.Namespace, content: bytes) -> None:
        """Nothing is stored that cannot be signed, and the report first: what lies beside it is of this one, or of none."""
        signature = sign(options.signing_key, hashlib.sha256(content).digest()) if options.signing_key else None
        write_once(options.report, content)
        self.journal.note("report", "stored", place=options.report)
        if signature is not None:
            place = write_beside(options.report, ".signature", signatures.written(signature), "text/plain")
            self.journal.note("report", "signature stored", place=place)
        place = write_beside(options.report, ".html", page(content), "text/html; charset=utf-8")
        self.journal.note("report", "page stored", place=place)

    def _verify_report(self, options: argparse.Namespace) -> None:
        self.advice = "Nothing was changed"
        content = _bytes(options.report_file, "the report")
        given = options.signature or str(options.report_file).removesuffix(".json") + ".signature"
        signature = signatures.read(given)
        if options.public_key:
            holds = signatures.holds_for_public_key(content, signature, options.public_key)
        else:
            holds = signatures.holds_for_key(content, signature, options.key_arn)
        if not holds:
            self.exit_code = NOT_SIGNED_EXIT_CODE
            message = f"{options.report_file} is not what this key has signed: another report, signature or key. Do not rely on it"
            self.journal.failure("NotSigned", message=message, exit_code=self.exit_code)
            return
        sys.stdout.write(SIGNED.format(file=options.report_file, sha256=hashlib.sha256(content).hexdigest()))
        sys.stdout.writelines(f"{name}: {said}\n" for name, said in told(content).items())


def _source(uri: str) -> Source | None:
    return None if uri == ABSENT else Source(uri, lambda: read_rules_file(uri))


def _target(options: argparse.Namespace) -> Target:
    if options.secret_arn:
        password, pauses = read_secret(options.secret_arn).password, MANAGED_PASSWORD_PAUSES_SECONDS
    else:
        password, pauses = _content(options.password_file, "--password-file"), ()
    port = options.port or ENGINES[options.engine].port
    return Target(options.host, port, options.user, password, options.ca_file, pauses)


def _rules(options: argparse.Namespace) -> Rules:
    return read_rules(read_rules_file(options.rules), options.rules)


def _options(options: argparse.Namespace) -> str:
    """How the server was reached, to be typed again."""
    names = ("host", "port", "user", "secret_arn", "password_file", "ca_file")
    given = [(f"--{name.replace('_', '-')}", getattr(options, name)) for name in names]
    return shlex.join(str(word) for option, value in given if value not in (None, BUNDLE) for word in (option, value))


def _masking_key(options: argparse.Namespace) -> str:
    if options.masking_key:
        return read_masking_key(options.masking_key, options.database)
    if not options.key_file:
        raise UsageError("The rules use functions with a key, like `email`: --masking-key or --key-file is needed")
    key = _content(options.key_file, "--key-file")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", key):
        raise UsageError(f"--key-file {options.key_file} must hold 64 hexadecimal digits: openssl rand -hex 32")
    return key.lower()


def _key_check(key: str | None) -> str:
    """Tells keys apart; nobody can find a key of 256 bits by it."""
    return hashlib.sha256(f"sanitizer key check {key}".encode()).hexdigest()[:16]


def _content(path: Path, option: str) -> str:
    try:
        return _bytes(path, option).decode().strip("\r\n")
    except UnicodeDecodeError as exc:
        raise UsageError(f"{option} {path} cannot be read ({type(exc).__name__})") from exc


def _bytes(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise UsageError(f"{option} {path} cannot be read ({type(exc).__name__})") from exc


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stopped(*, changed: bool) -> SanitizerError:
    if changed:
        return Stopped("Stopped while the database was being changed. Destroy it, or run the same again to go on")
    return StoppedInTime("Stopped before anything was changed")


def _tell(journal: Journal, error: SanitizerError) -> int:
    for finding in error.findings:
        journal.finding(finding)
    journal.failure(type(error).__name__, message=error.message, exit_code=exit_code(error))
    return exit_code(error)


def _place(error: BaseException) -> str:
    """File and line of our code nearest to the error."""
    ours = str(Path(__file__).parent)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(ours)]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"


if __name__ == "__main__":
    sys.exit(main())

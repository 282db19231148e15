"""The command line of the rehearsal. Every mistake in it is found before anything is started, and all are told at once."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rehearsal import dump, failing, installations, keeping, mariadb, own_data
from rehearsal.engines import Engine
from rehearsal.extensions import Extensions
from rehearsal.on_mariadb import MariaDb
from rehearsal.on_postgres import Postgres
from sanitizer.errors import RulesMistaken
from sanitizer.rules_file import read_rules

EXAMPLES = f"""examples:
  python -m rehearsal                                   watch a whole run of the invented shop
  python -m rehearsal --engine mariadb                  the same on MariaDB, where Debian's mariadb-server is installed
  python -m rehearsal --plain > run.txt                 plain lines, as in CI
  python -m rehearsal --fail Sanitize                   watch a failure being cleaned up
  python -m rehearsal --dump orders.sql.gz              your own data, with rules drafted from them
  python -m rehearsal --dump orders.sql.gz --masking masking/orders.yaml --keep copy/
                                                        with your rules; keep what a consumer would get
  python -m rehearsal --dump orders.sql --rows 3        a few rows before and after (of your data: they are shown as they are)
  python -m rehearsal --postgres-bin /usr/lib/postgresql/15/bin --json > run.json

a dump is what `pg_dump` or `pg_dumpall` writes without --format (plain SQL), gzipped or not

states for --fail:
  {chr(10).join("  " + ", ".join(failing.STATES[n : n + 5]) for n in range(0, len(failing.STATES), 5)).strip()}

exit codes: 0 the run succeeded, 1 it failed (as it does with --fail), 2 usage or an unreadable dump: nothing was started,
            3 the dump could not be loaded, 4 no rules could be drafted, 130 interrupted (everything is removed then too)
"""


class Choice(NamedTuple):
    """An engine that can be asked for: how it is made of PostgreSQL's programs, why it is not there, and the options it lacks."""

    make: Callable[[Path], Engine]
    absent: Callable[[], str | None] = lambda: None
    lacks: tuple[str, ...] = ()


ENGINES = {
    "postgres": Choice(Postgres),
    "mariadb": Choice(lambda _: MariaDb(), mariadb.absence, ("dump", "keep", "postgres", "postgres_bin")),
}


class Mistaken(Exception):
    """The command line asks for what cannot be."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Options:
    """What was asked for, checked."""

    engine: Engine
    plain: bool
    json: bool
    fail: str | None
    keep: Path | None
    rows: int
    dump: dump.Dump | None
    masking: Path | None
    sql: tuple[str, ...]
    without: frozenset[str]


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line as it stands; argparse tells mistakes in its form and ends the program with 2."""
    return _parser().parse_args(arguments)


def checked(given: argparse.Namespace) -> Options:
    """The options, each known to be possible.

    Raises: Mistaken, with every mistake
    """
    mistakes: list[str] = []
    programs = (
        given.postgres_bin.absolute()
        if given.postgres_bin
        else installations.installations()[given.postgres or "bundled"]
    )
    wrong = installations.mistake(programs) if given.postgres_bin else None
    if wrong:
        mistakes.append(f"--postgres-bin: {wrong}")
    absent = ENGINES[given.engine].absent()
    if absent:
        mistakes.append(f"--engine {given.engine}: {absent}")
    mistakes += _between(given)
    read: dump.Dump | None = None
    statements: tuple[str, ...] = ()
    if given.dump:
        try:
            read = dump.read(given.dump)
        except dump.DumpRefused as refused:
            mistakes += refused.mistakes
    if given.masking:
        mistakes += _rules_mistakes(given.masking)
    if given.sql:
        try:
            statements = own_data.statements(given.sql)
        except (ValueError, OSError) as exc:
            mistakes.append(f"--sql: {exc}")
    without = frozenset(given.without_extension)
    if read and not wrong:
        mistakes += _absent_extensions(read, programs, without)
    if mistakes:
        raise Mistaken(mistakes)
    return Options(
        ENGINES[given.engine].make(programs),
        given.plain,
        given.json,
        given.fail,
        given.keep,
        given.rows,
        read,
        given.masking,
        statements,
        without,
    )


def _between(given: argparse.Namespace) -> Iterator[str]:
    for option in ENGINES[given.engine].lacks:
        if getattr(given, option):
            yield f"--{option.replace('_', '-')} is for PostgreSQL; leave it or --engine {given.engine} out"
    if given.keep:
        refusal = keeping.refusal(given.keep)
        if refusal:
            yield refusal
        if given.fail:
            yield "--keep and --fail: a failed run shares nothing that could be kept; leave one of them out"
    if given.masking and given.sql:
        yield "--masking and --sql: a database is masked by rules or by statements; leave one of them out"
    if given.rows < 0:
        yield f"--rows {given.rows}: a number of rows is 0 or more"
    for option in ("masking", "sql", "rows", "without_extension"):
        if getattr(given, option) and not given.dump:
            yield f"--{option.replace('_', '-')} is for your own data: name their dump with --dump"


def _rules_mistakes(file: Path) -> list[str]:
    try:
        read_rules(file.read_bytes(), str(file))
    except OSError as exc:
        return [f"--masking {file}: it cannot be read ({exc.strerror})"]
    except RulesMistaken as exc:
        return [f"--masking: {finding}" for finding in exc.findings]
    return []


def _absent_extensions(read: dump.Dump, programs: Path, without: frozenset[str]) -> Iterator[str]:
    there = Extensions(programs).names
    for name, line in sorted(read.inventory.extensions.items()):
        if name not in there | without:
            yield (
                f"{read.file}:{line}: the extension {name} is not in {programs}, and without it what needs it does not load; "
                f"install it there, name a PostgreSQL that has it (--postgres-bin), or, where no table or function of the dump "
                f"needs it, leave it out: --without-extension {name}"
            )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal",
        description="Rehearse a run: the state machine, Lambda archive, container command and IAM policies that `pulumi up`"
        " would deploy, against an emulated AWS and real database servers, in virtual time. Nothing leaves this machine.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    own = parser.add_argument_group("your own data (PostgreSQL)")
    own.add_argument(
        "--dump", type=Path, metavar="FILE", help="fill production from this dump instead of the invented shop"
    )
    own.add_argument("--masking", type=Path, metavar="FILE", help="mask it by these rules (without: rules are drafted)")
    own.add_argument("--sql", type=Path, metavar="FILE", help="mask it by these SQL statements instead")
    own.add_argument(
        "--rows", type=int, default=0, metavar="N", help="show N rows of each masked table, production's beside them"
    )
    own.add_argument(
        "--without-extension",
        action="append",
        default=[],
        metavar="NAME",
        help="leave an extension of the dump out; may be repeated",
    )
    what = parser.add_argument_group("the run")
    what.add_argument(
        "--fail", choices=failing.STATES, metavar="STATE", help="let this state fail, and see what is cleaned up"
    )
    what.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="keep the data directory that a consumer would get, and its report (PostgreSQL)",
    )
    what.add_argument(
        "--engine", choices=list(ENGINES), default="postgres", help="what production runs on (default: %(default)s)"
    )
    server = what.add_mutually_exclusive_group()
    server.add_argument(
        "--postgres",
        choices=sorted(installations.installations()),
        help="which PostgreSQL server (default: bundled)",
    )
    server.add_argument("--postgres-bin", type=Path, metavar="DIR", help="any PostgreSQL's bin directory, 13 to 18")
    shown = parser.add_argument_group("what is shown")
    shown.add_argument("--plain", action="store_true", help="no colours and no moving lines")
    shown.add_argument(
        "--json", action="store_true", help="one JSON document on stdout at the end; everything else on stderr"
    )
    return parser

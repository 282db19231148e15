"""Drafts a first rules file from a live server: guesses, chosen so that pre-flight refuses nothing, and told to be guesses."""

import shlex
from collections.abc import Iterator
from typing import NamedTuple

from sanitizer.choice import Choices
from sanitizer.dialect import DraftingDialect, DraftingSession
from sanitizer.errors import Finding, PreflightRefused
from sanitizer.journal import Journal
from sanitizer.judgement import Guess, judge
from sanitizer.names import TableName
from sanitizer.pipeline import Pipeline
from sanitizer.rules_file import read_rules
from sanitizer.rules_text import Database, Line, Listed, written
from sanitizer.schema import Schema, Table

HEADER = """\
A first draft of masking rules, written by `python -m sanitizer draft`.

Every rule below is a guess: from names, and from a sample of at most a few hundred rows of each table. What looks personal, and what nobody
can tell, is masked; what is kept says why. Nothing here replaces reading it:

  1. Read every line. `guess:` says why a column is masked, `LOOK:` marks what had to be kept although it should not be.
  2. python -m sanitizer check {file}
  3. python -m sanitizer explain {options} --rules {file}
  4. Rehearse it on a dump, which needs no AWS account: python -m rehearsal --dump DUMP.sql

direct_identifier names a person, quasi_identifier does so together with others, sensitive and secret should be nobody else's business.
"""


class Draft(NamedTuple):
    """The file's text, and what somebody has to look at."""

    text: str
    warnings: tuple[Finding, ...]


def draft(dialect: DraftingDialect, journal: Journal, *, file: str, options: str) -> Draft:
    """Rules for every table and column of the server, which drift and pre-flight accept there.

    Raises: PreflightRefused, where no rules would be accepted; ConnectionFailed.
    """
    databases: list[Database] = []
    looks: list[Finding] = []
    for name in dialect.databases():
        with dialect.session(name) as session:
            drafted = _Drafted(session, journal)
        databases.append(drafted.database())
        looks += drafted.looks
    lines = [line for database in databases for table in database.tables for line in table.lines]
    truncated = sum(table.truncate for database in databases for table in database.tables)
    masked = sum(line.rule.changes for line in lines)
    summary = f"{masked} columns masked, {len(lines) - masked} kept, {truncated} tables emptied, {len(looks)} places to LOOK at."
    text = written([*HEADER.format(file=shlex.quote(file), options=options).splitlines(), "", summary], databases)
    journal.note("draft", "written", place=file, masked=masked, kept=len(lines) - masked, truncated=truncated)
    return Draft(text, (*looks, *_refusals(dialect, journal, text, file)))


def _refusals(dialect: DraftingDialect, journal: Journal, text: str, file: str) -> Iterator[Finding]:
    """What forbids masking on this server whatever the rules say.

    Raises: PreflightRefused, with what forbids these rules.
    """
    pipeline = Pipeline(dialect, read_rules(text.encode(), file), journal)
    findings = pipeline.refusals(*pipeline.matched())
    refused = [finding for finding in findings if finding.place.startswith(f"{file}:")]
    if refused:
        raise PreflightRefused(f"No rules can be drafted for {len(refused)} place(s)", refused)
    yield from findings


class _Drafted:
    """One database: guesses first, then choices."""

    def __init__(self, session: DraftingSession, journal: Journal) -> None:
        self.schema: Schema = session.schema()
        self.journal = journal
        self.guesses: dict[tuple[TableName, str], Guess] = {}
        traits = session.traits()
        joined = {(key.table, column) for key in self.schema.foreign_keys for column in key.columns}
        for table in self.schema.tables.values():
            sample = session.sample(table, traits.get(table.name, {}))
            self._note("sampled", table, rows=sample.rows, **({"problem": sample.failure} if sample.failure else {}))
            for column in table.columns.values():
                place = (table.name, column.name)
                self.guesses[place] = judge(
                    table, column, traits[table.name][column.name], sample, joined=place in joined
                )
        self.choices = Choices(session, self.schema, traits, self.guesses)
        self.choices.settle()
        self.journal.note(
            "draft", "rules chosen", place=f"database {self.schema.database}", tables=len(self.schema.tables)
        )

    def _note(self, event: str, table: Table, **fields: str | float) -> None:
        self.journal.note("draft", event, place=f"database {self.schema.database}, table {table.name}", **fields)

    @property
    def looks(self) -> Iterator[Finding]:
        """What is kept although it should not be, and what is emptied because nothing else would do."""
        for table in self.schema.tables.values():
            place = f"database {self.schema.database}, table {table.name}"
            if table.name in self.choices.truncated:
                if not self.choices.truncated[table.name].startswith("guess"):
                    yield Finding(place, f"is emptied: {self.choices.truncated[table.name]}", "Look at it")
                continue
            for name in table.columns:
                choice = self.choices.of[table.name, name]
                if choice.given_up:
                    problem = f"is kept although it may hold personal data ({choice.guess.why}): {choice.refused}"
                    yield Finding(
                        f"{place}, column {name}",
                        problem,
                        "Mask it by a statement of sql.after, or make the source allow a rule",
                    )

    def database(self) -> Database:
        """What the file says."""
        return Database(
            self.schema.database, tuple(self._listed(table) for _, table in sorted(self.schema.tables.items()))
        )

    def _listed(self, table: Table) -> Listed:
        if table.name in self.choices.truncated:
            return Listed(str(table.name), self.choices.truncated[table.name], (), truncate=True)
        lines = tuple(self._line(table, name) for name in table.columns)
        masked = sum(line.rule.changes for line in lines)
        return Listed(str(table.name), f"{masked} masked, {len(lines) - masked} kept", lines)

    def _line(self, table: Table, name: str) -> Line:
        choice, guess = self.choices.of[table.name, name], self.guesses[table.name, name]
        if choice.given_up:
            comment = f"LOOK: {choice.guess.told}, but every mask is refused: {choice.refused}"
            return Line(name, choice.rule, comment, "set_null   # once nothing refuses it")
        if choice.guess.kind and not guess.kind:
            guess = Guess(choice.guess.kind, f"joined by a foreign key to a column of which {choice.guess.why}")
        return Line(name, choice.rule, str(guess))

"""Verifies one database over several connections: the rules' own checks, and the search for originals in all that can be read."""

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from sanitizer.checks import Checks
from sanitizer.detectors import SAMPLED_ROWS, detect
from sanitizer.dialect import Dialect, Session
from sanitizer.errors import Finding, ViewUnread
from sanitizer.estimates import searching
from sanitizer.execution import Line, Together
from sanitizer.journal import Journal
from sanitizer.names import TableName
from sanitizer.originals import OF_TABLES, VIEW_ROWS, Originals, Texts
from sanitizer.progress import Progress
from sanitizer.rules import DatabaseRules
from sanitizer.schema import Schema
from sanitizer.steps import Step, Weight

Check = Callable[[Session], Checks]
Work = tuple[Step, Check]
# Of a larger table only about so many rows are searched, where the rules file says `originals: sampled`.
SEARCHED_ROWS = 100_000
# All views of a database together have so long.
VIEWS_SECONDS = 600
AT_ONCE = Weight()
# The search keeps a processor busy: a thread that only asks the server waits for it so long each time. Python's own 5 ms made that a second and more.
TURN_SECONDS = 0.0005


class Verification:
    """The checks of one database."""

    def __init__(
        self, schema: Schema, rules: DatabaseRules, originals: Originals | None, most_rows: int | None
    ) -> None:
        """`originals` is None where nobody knows any; of a table with more than `most_rows` rows only about as many are searched."""
        self._schema, self._rules, self._originals, self._most_rows = schema, rules, originals, most_rows
        self._masked = {str(name): frozenset(table.masked) for name, table in rules.listed.items()}
        self._in_views_seconds = 0.0

    def perform(
        self,
        dialect: Dialect,
        journal: Journal,
        connections: int,
        purge: Iterable[Step],
        others: Iterable["Search"] = (),
    ) -> Checks:
        """Makes every check; those that need not wait for these last steps of the purge go on beside them, as do searches of other databases.

        Raises: VerifyFailed, when one could not be made; PurgeFailed.
        """
        sys.setswitchinterval(TURN_SECONDS)
        made, lock = Checks(), threading.Lock()
        open_line = partial(Line, dialect, self._schema.database, None, journal)
        with open_line() as line:
            chains = [[other.work(dialect, journal)] for other in others] + self._chains(line, purge)
            with Progress(journal, self._schema.database, [step for chain in chains for step, _ in chain]) as progress:

                def perform(line: Line, work: Work) -> None:
                    step, check = work
                    with progress.of(step):
                        found = line.answer(step.phase, check)
                    with lock:
                        made.add(found)

                Together(open_line, perform).perform(line, chains, connections)
        return made

    def _chains(self, line: Line, purge: Iterable[Step]) -> list[list[Work]]:
        """What ends with the planner's statistics, in its order; and beside it, in any order, what reads rows alone: the longest first."""
        statistics = [_doing(step) for step in purge]
        statistics.append((self._step("definitions and statistics", "check"), self._hold_rules))
        rows: list[Work] = [(self._step("kept columns", "detect"), self._detect)]
        for name, rules in self._rules.listed.items():
            if rules.truncate or rules.masked:
                weight = searching(0, self._schema.tables[name].size_bytes)
                rows.append((self._step(str(name), "check", weight), partial(self._hold_rules_of, name)))
        for texts in line.answer("verify", self._texts):
            (rows if texts.columns else statistics).append(self._searching(texts))
        return [statistics, *([work] for work in sorted(rows, key=lambda work: -work[0].weight.seconds))]

    def _searching(self, texts: Texts) -> Work:
        search = self._step(texts.place, "search", searching(texts.rows, texts.size_bytes))
        return search, partial(self._search, texts)

    def _texts(self, session: Session) -> list[Texts]:
        return session.texts(self._schema, self._most_rows) if self._originals else []

    def _step(self, place: str, strategy: str, weight: Weight = AT_ONCE) -> Step:
        return Step("verify", self._schema.database, place, strategy, "", (), weight=weight)

    def _hold_rules(self, session: Session) -> Checks:
        checks = Checks()
        session.verify(self._schema, self._rules, checks)
        return checks

    def _hold_rules_of(self, table: TableName, session: Session) -> Checks:
        checks = Checks()
        session.verify_rows(self._schema.tables[table], self._rules.listed[table], checks)
        return checks

    def _search(self, texts: Texts, session: Session) -> Checks:
        """Looks for the originals in one place."""
        assert self._originals is not None  # noqa: S101 - asked only then
        checks = Checks()
        rows = session.read(texts)
        if texts.is_view:
            rows = self._as_far_as_it_goes(texts, rows, checks)
        found = self._originals.search(texts.columns, rows, self._masked.get(texts.place, ()))
        problem = "text(s) hold a value that stood in a masked column before masking, as it was, encoded or as a digest"
        remedy = "Mask, empty or drop it too, by a rule or a statement; where its values alone are nobody's, `common: reason` in the masked column's rule"
        for where in [*texts.columns, *(found.keys() - set(texts.columns))] or [""]:
            named = f"{where} of {texts.place}" if where else texts.place
            checks.expect("originals", found[where], Finding(f"{self._schema.database}: {named}", problem, remedy))
        return checks

    def _as_far_as_it_goes(self, view: Texts, rows: Iterator[bytes], checks: Checks) -> Iterator[bytes]:
        """The rows that a view shows; the tables they come from are searched whole, so that more of them is no condition."""
        number, unread, began = 0, "", time.monotonic()
        if self._in_views_seconds >= VIEWS_SECONDS:
            unread = f"view {view.place} was not searched: others have taken {VIEWS_SECONDS // 60} minutes. {OF_TABLES}"
            rows = iter(())
        try:
            for number, row in enumerate(rows, 1):  # noqa: B007 - counted
                yield row
        except ViewUnread as exc:
            unread = exc.message
        self._in_views_seconds += time.monotonic() - began
        if number >= VIEW_ROWS:
            unread = f"only the first {number:,} rows of view {view.place} were searched. {OF_TABLES}"
        if unread:
            checks.unread.append(f"{self._schema.database}: {unread}.")

    def _detect(self, session: Session) -> Checks:
        """What kept columns seem to hold of people."""
        checks = Checks()
        for rule, values in session.sample_kept(self._schema, self._rules, SAMPLED_ROWS):
            found = detect(values.texts)
            what = found.kind.many if found else ""
            problem = (
                f"of {len(values.texts)} sampled values of {values.column} seem to be or hold {what}, and it is kept"
            )
            remedy = "Mask it, or write why it may be shared: `keep: {reason: ...}`"
            finding = Finding(rule.place, problem, remedy, str(rule))
            checks.expect("kept columns", found.hits if found else 0, finding)
        return checks


class Search(Verification):
    """The search of a database of which no rules speak."""

    def work(self, dialect: Dialect, journal: Journal) -> Work:
        """All of it, over a connection of its own."""

        def search(_: Session) -> Checks:
            made = Checks()
            with Line(dialect, self._schema.database, None, journal) as line:
                for texts in line.answer("verify", self._texts):
                    made.add(line.answer("verify", partial(self._search, texts)))
            return made

        return self._step("everything", "search"), search


def _doing(step: Step) -> Work:
    def do(session: Session) -> Checks:
        session.execute(step)
        return Checks()

    return step, do

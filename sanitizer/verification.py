"""Verifies one database over several connections: the rules' own checks, and the search for originals in all that can be read."""

import threading
from collections.abc import Callable, Iterator
from functools import partial

from sanitizer.checks import Checks
from sanitizer.detectors import SAMPLED_ROWS, detect
from sanitizer.dialect import Dialect, Session
from sanitizer.errors import Finding
from sanitizer.estimates import searching
from sanitizer.execution import Line, Together
from sanitizer.journal import Journal
from sanitizer.originals import Originals, Texts
from sanitizer.progress import Progress
from sanitizer.rules import DatabaseRules
from sanitizer.schema import Schema
from sanitizer.steps import Step, Weight

Check = Callable[[Session], Checks]
# Of a larger table only about so many rows are searched, where the rules file says `originals: sampled`.
SEARCHED_ROWS = 100_000


class Verification:
    """The checks of one database."""

    def __init__(
        self, schema: Schema, rules: DatabaseRules, originals: Originals | None, most_rows: int | None
    ) -> None:
        """`originals` is None where nobody knows any; of a table with more than `most_rows` rows only about as many are searched."""
        self._schema, self._rules, self._originals, self._most_rows = schema, rules, originals, most_rows

    def perform(self, dialect: Dialect, journal: Journal, connections: int) -> Checks:
        """Makes every check.

        Raises: VerifyFailed, when one could not be made.
        """
        made, lock = Checks(), threading.Lock()
        open_line = partial(Line, dialect, self._schema.database, None, journal)
        with open_line() as line:
            checks = dict(self._checks(line))
            with Progress(journal, self._schema.database, list(checks)) as progress:

                def perform(line: Line, step: Step) -> None:
                    with progress.of(step):
                        found = line.answer("verify", checks[step])
                    with lock:
                        made.add(found)

                Together(open_line, perform).perform(line, [[step] for step in checks], connections)
        return made

    def _checks(self, line: Line) -> Iterator[tuple[Step, Check]]:
        """Those first that the server is busy with; the sanitizer searches meanwhile."""
        every = sum(table.size_bytes for name, table in self._schema.tables.items() if name in self._rules.listed)
        yield self._step("rules", "check", searching(0, every)), self._hold_rules
        yield self._step("kept columns", "detect", Weight()), self._detect
        if self._originals:
            places = line.answer("verify", self._texts)
            for texts in sorted(places, key=lambda each: -each.size_bytes):
                weight = searching(texts.rows, texts.size_bytes)
                yield self._step(texts.place, "search", weight), partial(self._search, texts)

    def _texts(self, session: Session) -> list[Texts]:
        return session.texts(self._schema, self._most_rows)

    def _step(self, place: str, strategy: str, weight: Weight) -> Step:
        return Step("verify", self._schema.database, place, strategy, "", (), weight=weight)

    def _hold_rules(self, session: Session) -> Checks:
        checks = Checks()
        session.verify(self._schema, self._rules, checks)
        return checks

    def _search(self, texts: Texts, session: Session) -> Checks:
        """Looks for the originals in one place."""
        assert self._originals is not None  # noqa: S101 - asked only then
        checks = Checks()
        found = self._originals.search(texts.columns, session.read(texts))
        problem = "text(s) hold a value that stood in a masked column before masking"
        remedy = "Mask, empty or drop it too, by a rule or a statement"
        for where in [*texts.columns, *(found.keys() - set(texts.columns))] or [""]:
            named = f"{where} of {texts.place}" if where else texts.place
            checks.expect("originals", found[where], Finding(f"{self._schema.database}: {named}", problem, remedy))
        return checks

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

"""The order of a run in one server: drift, pre-flight, mask, neutralise, purge, verify. Nothing changes before the first two agree.

What is planned, done and counted is recorded in the databases themselves, so that a run that was stopped goes on where it was.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import NamedTuple

from sanitizer import drift, preflight
from sanitizer.checks import Checks
from sanitizer.dialect import Dialect, Mark
from sanitizer.errors import (
    DestroyDatabase,
    Finding,
    MaskingFailed,
    NothingChanged,
    PreflightRefused,
    PurgeFailed,
    StatementFailed,
    VerifyFailed,
)
from sanitizer.execution import Execution, Line
from sanitizer.journal import Journal
from sanitizer.measurement import COUNTED, Measurement, compare
from sanitizer.names import TableName
from sanitizer.originals import Originals
from sanitizer.progress import Progress
from sanitizer.rules import DatabaseRules, Rules, TableRules
from sanitizer.schema import Schema
from sanitizer.steps import Step, read, statement_steps, written
from sanitizer.verification import SEARCHED_ROWS, Search, Verification


class Masked(NamedTuple):
    """What masking did to one database, how that is built now, and of which tables no old row version is left."""

    schema: Schema
    measurement: Measurement
    strategies: Mapping[str, str]
    clean: frozenset[TableName]
    present: Mapping[TableName, Mapping[str, int]] = MappingProxyType({})  # values of columns whose NULLs stay


class Outcome(NamedTuple):
    """What the report tells."""

    rules: Mapping[str, DatabaseRules]
    masked: Mapping[str, Masked]
    purged: tuple[Step, ...]
    neutralised: Mapping[str, str]
    checks: Mapping[str, int]
    left_by_conditions: Mapping[str, Mapping[str, int]]
    took_seconds: Mapping[str, float]
    resumed: bool
    unread: tuple[str, ...]  # what was not searched whole, or not looked for
    originals: int | None  # how many were looked for; None where nobody knew them any more


class Pipeline:
    """One run. `changed` is False exactly as long as the server is as it was."""

    def __init__(
        self,
        dialect: Dialect,
        rules: Rules,
        journal: Journal,
        key: str | None = None,
        connections: int | None = None,
    ) -> None:
        """Without a number, as many connections as keep the server busy."""
        self.dialect = dialect
        self.rules = rules
        self.journal = journal
        self.key = key
        self.connections = connections or dialect.connections()
        self.changed = False
        self.checks = Checks()
        self.took_seconds: dict[str, float] = {}
        self.resumed = False
        self.originals: Originals | None = None
        self.without_sample: dict[str, set[str]] = {}  # columns, by database

    def inspect(self) -> tuple[dict[str, Schema], dict[str, DatabaseRules]]:
        """The live schemas and the rules that fit them.

        Raises: Drifted, PreflightRefused, ConnectionFailed.
        """
        schemas, matched = self.matched()
        self.journal.note("drift", "rules fit the server", databases=len(matched))
        findings = self.refusals(schemas, matched)
        if findings:
            raise PreflightRefused(f"Masking would fail or break something in {len(findings)} place(s)", findings)
        self.journal.note("preflight", "nothing forbids masking")
        return schemas, matched

    def matched(self) -> tuple[dict[str, Schema], dict[str, DatabaseRules]]:
        """The live schemas and the rules of each.

        Raises: Drifted, ConnectionFailed.
        """
        schemas = self._schemas()
        return schemas, drift.match(self.rules, schemas)

    def refusals(self, schemas: Mapping[str, Schema], matched: Mapping[str, DatabaseRules]) -> list[Finding]:
        """Everything that forbids masking: of the rules, of the databases, of the server."""
        findings = self.dialect.refusals(self.rules)
        for name, rules in matched.items():
            findings += preflight.refusals(schemas[name], rules, self.dialect.understands)
            with self.dialect.session(name) as session:
                findings += session.refusals(schemas[name], rules)
        return findings

    def plan(self) -> Iterator[Step]:
        """Everything `sanitize` would do, in its order, as far as it is known before it is done.

        Raises: as `inspect`; PreflightRefused where a run has begun.
        """
        self.refuse_begun(self.dialect.begun(), None)
        schemas, matched = self.inspect()
        purge: list[Step] = []
        for name, rules in matched.items():
            steps = list(self.dialect.plan_masking(schemas[name], rules, self.connections))
            yield from (*statement_steps(name, rules.before), *steps, *statement_steps(name, rules.after))
            purge += self.dialect.plan_purge(schemas[name], _clean(steps))
        yield from self.dialect.plan_neutralise(self.rules)
        yield from (*purge, *self.dialect.plan_server_purge(self.rules))

    def sanitize(self, mark: Mark) -> Outcome:
        """Masks, neutralises, purges and verifies every database; what this very run has done before is not done again.

        Raises: NothingChanged's kinds while nothing is changed; after that only DestroyDatabase's.
        """
        with self._timed("inspect"):
            databases = self._begin(mark)
        with _once_changed(MaskingFailed), self._timed("mask"):
            masked = {name: self._mask(name) for name in databases}
            masked = {
                name: self._touched_later(databases[place:], each)
                for place, (name, each) in enumerate(masked.items(), 1)
            }
        with _once_changed(PurgeFailed), self._timed("neutralise"):
            neutralised = self._neutralise(databases)
        with _once_changed(PurgeFailed), self._timed("purge"):
            purged = [step for name in databases for step in self._purge(name, masked[name])]
            # The last questions before the server forgets what it was asked; nothing but statements reaches tables of other databases.
            again = self.resumed or any(rules.before or rules.after for rules in map(self.rules.of, databases))
            schemas = self._schemas({} if again else {name: each.schema for name, each in masked.items()})
            others = [Schema(name, {}, {}, (), ()) for name in self.dialect.others(schemas)]  # which have no tables
            purged += self._purge_server()
        with _once_changed(VerifyFailed), self._timed("verify"):
            matched = drift.match(self.rules, schemas)
            left = self._verify(schemas, matched, others, purged)
            masked = {name: self._as_it_is(schemas[name], matched, each) for name, each in masked.items()}
        took, sought = self.took_seconds, self._sought()
        made, unread = self.checks.made, (*self.checks.unread, *self._unsought(matched, masked))
        return Outcome(matched, masked, tuple(purged), neutralised, made, left, took, self.resumed, unread, sought)

    @contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.took_seconds[phase] = time.monotonic() - began

    def _begin(self, mark: Mark) -> list[str]:
        """The databases, once the server is marked as begun by this run."""
        begun = self.dialect.begun()
        if begun is None:
            schemas, matched = self.inspect()
            self.originals = self._sample(schemas, matched)
            self.changed = True
            with _once_changed(MaskingFailed):
                self.dialect.begin(mark, list(matched))
            return list(matched)
        self.refuse_begun(begun, mark)
        self.changed = self.resumed = True
        with _once_changed(MaskingFailed):
            self.dialect.end_sessions()
            self.journal.note("resume", "this run began here before and goes on where it was")
            return self.dialect.databases()

    def _sample(self, schemas: Mapping[str, Schema], matched: Mapping[str, DatabaseRules]) -> Originals:
        """What must be found nowhere afterwards; only this process ever knows it."""
        originals = Originals()
        for name, rules in matched.items():
            with self.dialect.session(name) as session:
                for values in session.sample_originals(schemas[name], rules, self.rules.sampled_values):
                    originals.add(values)
                    if not values.texts:
                        self.without_sample.setdefault(name, set()).add(values.column)
        self.journal.note("originals", "sampled", different=len(originals))
        return originals

    def _unsought(self, matched: Mapping[str, DatabaseRules], masked: Mapping[str, Masked]) -> Iterator[str]:
        """Of which masked columns no original was looked for, though there are values in them."""
        for live, columns in self.without_sample.items():
            for name, table in matched[live].listed.items():
                present = masked[live].present.get(name, {})
                for column in table.masked:
                    if f"{name}.{column}" in columns and present.get(column):
                        yield f"{live}: no original of {column} of {name} was looked for: no sampled row held one that is certain to be changed."

    def _sought(self) -> int | None:
        return None if self.originals is None else len(self.originals)

    @staticmethod
    def refuse_begun(begun: Mark | None, ours: Mark | None) -> None:
        """Raises: PreflightRefused, unless nobody has begun, or this very run has."""
        if begun is None or begun == ours:
            return
        if begun.finished:
            problem = (
                f"run {begun.run_id} has masked and verified all of it, and was stopped while it took its records away"
            )
            remedy = "Destroy this database and restore the snapshot anew; its report tells what was done"
            raise PreflightRefused("A run has finished here", [Finding("server", problem, remedy)])
        problem = f"run {begun.run_id} began masking here and did not finish: some rows are masked, others are not"
        remedy = f"Destroy this database and restore the snapshot anew; or go on with --run-id {begun.run_id}, its rules and its key"
        raise PreflightRefused("Another run has begun here", [Finding("server", problem, remedy)])

    def _schemas(self, known: Mapping[str, Schema] = MappingProxyType({})) -> dict[str, Schema]:
        """All there are now; those that are known are not read again."""
        return {name: known.get(name) or self._schema(name) for name in self.dialect.databases()}

    def _schema(self, name: str) -> Schema:
        with self.dialect.session(name) as session:
            return session.schema()

    def _perform(self, name: str, steps: list[Step]) -> frozenset[TableName]:
        key = self.key if any(step.phase == "mask" for step in steps) else None
        return Execution(self.dialect, name, key, self.journal, self.connections).perform(steps)

    def _mask(self, name: str) -> Masked:
        rules = self.rules.of(name)
        self._perform(name, statement_steps(name, rules.before))
        with Line(self.dialect, name, None, self.journal) as line:
            steps = self._planned(line, "plan", lambda: self._plan_masking(line, rules))
            self._perform(name, [step for step in steps if step.phase == "delete"])
            before = self._measured(line, "counted before", lambda: self._matched(line, rules))
            self._perform(name, [step for step in steps if step.phase == "mask"])
            schema, matched = self._matched(line, rules)
            after = self._measured(line, COUNTED, lambda: (schema, matched))
            compare(matched, before, after, self.checks)
        self._refuse_findings()
        dirty = self._perform(name, statement_steps(name, rules.after))
        if rules.after:
            with Line(self.dialect, name, None, self.journal) as line:
                schema = line.ask(lambda session: session.schema())
        roots = {schema.partitions.get(table, table) for table in dirty}
        present = {name: count.present for name, count in after.tables.items()}
        return Masked(schema, after, {step.place: step.strategy for step in steps}, _clean(steps) - roots, present)

    def _touched_later(self, later: Iterable[str], masked: Masked) -> Masked:
        """Without a clean table, where statements of databases that came later may have left old rows in it."""
        statements = any(rules.before or rules.after for rules in map(self.rules.of, later))
        return masked._replace(clean=frozenset()) if statements and self.dialect.reaches_others else masked

    def _matched(self, line: Line, rules: DatabaseRules) -> tuple[Schema, DatabaseRules]:
        """One database as it is now, and its rules as they fit that."""
        schema = line.ask(lambda session: session.schema())
        return schema, drift.match_database(rules, schema)

    def _plan_masking(self, line: Line, rules: DatabaseRules) -> list[Step]:
        with _once_changed(StatementFailed):
            return list(self.dialect.plan_masking(*self._matched(line, rules), self.connections))

    def _planned(self, line: Line, entry: str, plan: Callable[[], Iterable[Step]]) -> list[Step]:
        """The steps that were planned when this was first asked."""
        return read(self._recorded(line, entry, lambda: written(plan())))

    def _measured(self, line: Line, entry: str, matched: Callable[[], tuple[Schema, DatabaseRules]]) -> Measurement:
        def measure() -> str:
            schema, rules = matched()
            return line.ask(lambda session: session.measure(schema, rules)).written()

        return Measurement.read(self._recorded(line, entry, measure))

    def _recorded(self, line: Line, entry: str, find: Callable[[], str]) -> str:
        """What is recorded under the name; found and recorded when it is not there yet."""
        found = line.ask(lambda session: session.recall(entry)).get(entry)
        if found is None:
            found = find()
            line.ask(lambda session: session.record(entry, found))
        return found

    def _purge(self, name: str, masked: Masked) -> list[Step]:
        with Line(self.dialect, name, None, self.journal) as line:
            steps = self._planned(line, "remains", lambda: self.dialect.plan_purge(masked.schema, masked.clean))
        self._perform(name, [step for step in steps if not self._is_verified_with(step)])
        return steps

    def _is_verified_with(self, step: Step) -> bool:
        """Whether it waits for verification, which need not wait for it; at the level `forensic` others do, which rewrite what it leaves."""
        return step.beside_search and self.rules.purge != "forensic"

    def _purge_server(self) -> list[Step]:
        steps = self.dialect.plan_server_purge(self.rules)
        for step in steps:
            self._again(step)
        return steps

    def _neutralise(self, databases: Sequence[str]) -> dict[str, str]:
        """What has become of all that was there when the run began, also of what an earlier process of it took away."""
        steps = self.dialect.plan_neutralise(self.rules)
        outcomes = {step.place: step.strategy for step in steps}
        found = json.dumps(outcomes)
        for name in databases[:1]:
            with Line(self.dialect, name, None, self.journal) as line:
                outcomes |= json.loads(self._recorded(line, "neutralised", lambda: found))
        for step in steps:
            self._again(step)
        return outcomes

    def _again(self, step: Step) -> None:
        """A step of the whole server, which is not recorded: it is done in every run, however often."""
        with (
            Line(self.dialect, step.database, None, self.journal) as line,
            Progress(self.journal, step.database, [step]) as progress,
            progress.of(step),
        ):
            line.ask(lambda session: session.execute(step))

    def _verify(
        self,
        schemas: Mapping[str, Schema],
        matched: Mapping[str, DatabaseRules],
        others: Iterable[Schema],
        purge: Iterable[Step],
    ) -> dict[str, dict[str, int]]:
        """Makes every check, and does what is left to purge; the rows that conditions left as they were, of each database."""
        most_rows = SEARCHED_ROWS if self.rules.originals == "sampled" else None
        if self.originals is None:
            problem = "originals are not looked for: those who sampled them have ended"
            remedy = "Where that must be sure, restore the snapshot anew and let one process do the whole run"
            self.journal.warning("verify", Finding("server", problem, remedy))
        searches = [Search(schema, DatabaseRules("", None), self.originals, most_rows) for schema in others]
        left, waiting = {}, [step for step in purge if self._is_verified_with(step)]
        for name, rules in matched.items():
            verification = Verification(schemas[name], rules, self.originals, most_rows)
            steps = [step for step in waiting if step.database == name]
            made = verification.perform(self.dialect, self.journal, self.connections, steps, searches)
            self.checks.add(made)
            searches = []
            left[name] = made.left
        self._refuse_findings()
        self.journal.note("verify", "every check passed", checks=sum(self.checks.made.values()))
        return left

    def _as_it_is(self, schema: Schema, matched: Mapping[str, DatabaseRules], masked: Masked) -> Masked:
        """With the rows that are there now, where statements or others may have changed their number since masking."""
        if not self.resumed and not any(rules.before or rules.after for rules in matched.values()):
            return masked
        # Of tables that are to be empty nothing is counted but rows.
        listed = {name: TableRules(name, "", {}, truncate=True) for name in matched[schema.database].listed}
        with Line(self.dialect, schema.database, None, self.journal) as line:
            counted = line.answer("verify", lambda session: session.measure(schema, DatabaseRules("", listed)))
        return masked._replace(measurement=counted)

    def _refuse_findings(self) -> None:
        findings = self.checks.findings
        if findings:
            raise VerifyFailed(
                f"The masked database is not what the rules promise in {len(findings)} place(s)", findings
            )


def _clean(steps: Iterable[Step]) -> frozenset[TableName]:
    """The tables of which these steps leave no old row version."""
    return frozenset().union(*(step.leaves_clean for step in steps))


@contextmanager
def _once_changed(failure: type[DestroyDatabase]) -> Iterator[None]:
    """What would mean "nothing changed" before now means "destroy"."""
    try:
        yield
    except NothingChanged as exc:
        raise failure(exc.message, exc.findings) from exc

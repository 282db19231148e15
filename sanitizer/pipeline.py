"""The order of a run in one server: drift, pre-flight, mask, purge, neutralise, verify. Nothing changes before the first two agree."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sanitizer import drift, preflight
from sanitizer.checks import Checks
from sanitizer.dialect import Dialect, Session
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
from sanitizer.journal import Journal
from sanitizer.measurement import Measurement, compare
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, Rules
from sanitizer.schema import Schema
from sanitizer.steps import Step, statement_steps


class Masked(NamedTuple):
    """What masking did to one database, and of which tables it left no old row version."""

    measurement: Measurement
    strategies: Mapping[str, str]
    clean: frozenset[TableName]


class Outcome(NamedTuple):
    """What the report tells."""

    rules: Mapping[str, DatabaseRules]
    masked: Mapping[str, Masked]
    purged: tuple[Step, ...]
    neutralised: Mapping[str, str]
    checks: Mapping[str, int]
    left_by_conditions: Mapping[str, Mapping[str, int]]


class Pipeline:
    """One run. `changed` is False exactly as long as the server is as it was."""

    def __init__(self, dialect: Dialect, rules: Rules, journal: Journal) -> None:
        self.dialect = dialect
        self.rules = rules
        self.journal = journal
        self.changed = False
        self.checks = Checks()

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
        findings = self.dialect.refusals()
        for name, rules in matched.items():
            findings += preflight.refusals(schemas[name], rules, self.dialect.understands)
            with self.dialect.session(name) as session:
                findings += session.refusals(schemas[name], rules)
        return findings

    def plan(self) -> Iterator[Step]:
        """Everything `sanitize` would do, in its order, as far as it is known before it is done."""
        schemas, matched = self.inspect()
        purge: list[Step] = []
        for name, rules in matched.items():
            steps = list(self.dialect.plan_masking(schemas[name], rules))
            yield from (*statement_steps(name, rules.before), *steps, *statement_steps(name, rules.after))
            purge += self.dialect.plan_purge(schemas[name], _clean(steps))
        yield from (*purge, *self.dialect.plan_server_purge())
        yield from self.dialect.plan_neutralise()

    def sanitize(self, run_id: str, key: str | None) -> Outcome:
        """Masks, purges, neutralises and verifies every database.

        Raises: NothingChanged's kinds while nothing is changed; after that only DestroyDatabase's.
        """
        _, matched = self.inspect()
        self.changed = True
        with _once_changed(MaskingFailed):
            self.dialect.begin(run_id)
            masked = {name: self._mask(name, rules, key) for name, rules in matched.items()}
        with _once_changed(PurgeFailed):
            purged = [step for name in matched for step in self._purge(name, masked[name].clean)]
            purged += self._purge_server()
            neutralised = self._neutralise()
        with _once_changed(VerifyFailed):
            left = self._verify()
        return Outcome(matched, masked, tuple(purged), neutralised, self.checks.made, left)

    def _schemas(self) -> dict[str, Schema]:
        schemas = {}
        for name in self.dialect.databases():
            with self.dialect.session(name) as session:
                schemas[name] = session.schema()
        return schemas

    def _mask(self, name: str, rules: DatabaseRules, key: str | None) -> Masked:
        with self.dialect.session(name) as session:
            self._execute(session, statement_steps(name, rules.before))
        with self.dialect.session(name) as session, _once_changed(StatementFailed):
            schema = session.schema()
            if rules.before:
                drift.match_database(rules, schema)
        with self.dialect.session(name) as session:
            if key:
                session.use_key(key)
            steps = list(self.dialect.plan_masking(schema, rules))
            deletions = [step for step in steps if step.phase == "delete"]
            self._execute(session, deletions)
            before = session.measure(schema, rules)
            self._execute(session, (step for step in steps if step not in deletions))
            after = session.measure(schema, rules)
        compare(rules, before, after, self.checks)
        self._refuse_findings()
        with self.dialect.session(name) as session:
            dirty = self._execute(session, statement_steps(name, rules.after))
        roots = {schema.partitions.get(table, table) for table in dirty}
        strategies = {step.place: step.strategy for step in steps}
        return Masked(after, strategies, _clean(steps) - roots)

    def _purge(self, name: str, clean: frozenset[TableName]) -> list[Step]:
        with self.dialect.session(name) as session:
            steps = list(self.dialect.plan_purge(session.schema(), clean))
            self._execute(session, steps)
        return steps

    def _purge_server(self) -> list[Step]:
        steps = self.dialect.plan_server_purge()
        for step in steps:
            with self.dialect.session(step.database) as session:
                self._execute(session, [step])
        return steps

    def _neutralise(self) -> dict[str, str]:
        outcomes = {}
        for step in self.dialect.plan_neutralise():
            with self.dialect.session(step.database) as session:
                self._execute(session, [step])
            outcomes[step.place] = step.strategy
        return outcomes

    def _verify(self) -> dict[str, dict[str, int]]:
        """Makes every check; of each database, the rows that conditions left as they were."""
        schemas = self._schemas()
        left = {}
        for name, rules in drift.match(self.rules, schemas).items():
            self.checks.left = {}
            with self.dialect.session(name) as session:
                session.verify(schemas[name], rules, self.checks)
            left[name] = self.checks.left
        self._refuse_findings()
        self.journal.note("verify", "every check passed", checks=sum(self.checks.made.values()))
        return left

    def _refuse_findings(self) -> None:
        findings = self.checks.findings
        if findings:
            raise VerifyFailed(
                f"The masked database is not what the rules promise in {len(findings)} place(s)", findings
            )

    def _execute(self, session: Session, steps: Iterable[Step]) -> frozenset[TableName]:
        dirty: frozenset[TableName] = frozenset()
        for step in steps:
            started = time.monotonic()
            dirty |= session.execute(step)
            seconds = round(time.monotonic() - started, 3)
            self.journal.note(step.phase, step.strategy, place=step.place, in_database=step.database, seconds=seconds)
        return dirty


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

"""One connection to one PostgreSQL database."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import psycopg

from sanitizer.checks import Checks
from sanitizer.errors import ConnectionFailed, Finding, MaskingFailed, VerifyFailed
from sanitizer.measurement import Measurement
from sanitizer.names import TableName
from sanitizer.originals import Texts, Values
from sanitizer.postgresql import ledger, originals
from sanitizer.postgresql.catalog import read_schema
from sanitizer.postgresql.connection import Connection, told_as
from sanitizer.postgresql.doubles import doubles
from sanitizer.postgresql.expressions import KEY_SETTING
from sanitizer.postgresql.forensic import plan_catalogs
from sanitizer.postgresql.large_objects import LargeObjects, large_objects
from sanitizer.postgresql.measure import measure
from sanitizer.postgresql.neutralise import Opening, database_openings, settings_seen
from sanitizer.postgresql.orphans import orphans
from sanitizer.postgresql.refusals import database_refusals
from sanitizer.postgresql.sampled_rules import trial_refusals
from sanitizer.postgresql.sampling import SAMPLING_SECONDS, sample
from sanitizer.postgresql.temporary import Temporary, temporary
from sanitizer.postgresql.traits import read_traits
from sanitizer.postgresql.trial import Trial
from sanitizer.postgresql.verify import verify_database, verify_rows
from sanitizer.rules import DatabaseRules, Rule, TableRules
from sanitizer.schema import Schema, Table
from sanitizer.steps import DESTROY, FAILURES, Step
from sanitizer.traits import Sample, Traits

# Counted by the server at once, inside the transaction; without counters every table may have changed.
TOUCHED = """
SELECT schemaname, relname FROM pg_stat_xact_user_tables
WHERE n_tup_upd + n_tup_del > 0 OR current_setting('track_counts') = 'off'
"""

STATEMENT_STATISTICS = """
SELECT n.nspname, bool_or(has_function_privilege(p.oid, 'EXECUTE'))
FROM pg_extension e
JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.classid = 'pg_proc'::regclass
JOIN pg_proc p ON p.oid = d.objid AND p.proname = 'pg_stat_statements_reset'
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE e.extname = 'pg_stat_statements'
GROUP BY n.nspname
"""

# The ledger is none of them.
HAS_TABLES = """
SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p', 'f', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                 AND (n.nspname, c.relname) <> ('sanitizer_begun', 'ledger'))
"""
CANCEL_SECONDS = 5.0


class Remains(NamedTuple):
    """What no rule of a table masks. `statements`: the schema that shows the server's statement statistics, and whether the user may reset them."""

    temporary: Temporary
    large_objects: LargeObjects
    statements: tuple[str, bool] | None


class PostgreSqlSession:
    """Everything that is asked of, or done to, one database."""

    def __init__(self, connection: Connection, database: str) -> None:
        self.connection = connection
        self.database = database
        self.number = connection.info.backend_pid

    def schema(self) -> Schema:
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            return read_schema(self.connection, self.database)

    def has_tables(self) -> bool:
        """Whether there is anything to mask."""
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            return bool((self.connection.execute(HAS_TABLES).fetchone() or (False,))[0])

    def remains(self) -> Remains:
        """What this database holds beside its tables and views."""
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            found = temporary(self.connection, self.database), large_objects(self.connection, self.database)
            return Remains(*found, self.connection.execute(STATEMENT_STATISTICS).fetchone())

    def plan_catalogs(self) -> list[Step]:
        """How the catalogs of this database are written anew."""
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            return list(plan_catalogs(self.connection, self.database))

    def openings(self) -> list[Opening]:
        """What of this database the restored copy would open, or do."""
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            return list(database_openings(self.connection, self.database))

    def settings_seen(self) -> list[Opening]:
        """What the planner's statistics of this database hold of the server's settings."""
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            return list(settings_seen(self.connection, self.database))

    def use_key(self, key: str) -> None:
        with told_as(MaskingFailed, "The masking key cannot be set", DESTROY):
            self.connection.execute(f"SELECT pg_catalog.set_config('{KEY_SETTING}', %s, false)".encode(), (key,))

    def execute(self, step: Step, entry: str | None = None) -> frozenset[TableName]:
        with told_as(FAILURES[step.phase], f"{step.strategy} of {step.place} in database {self.database}", DESTROY):
            if step.done_if and self.connection.execute(step.done_if.encode()).fetchone():
                return frozenset()
            if step.atomic:
                with self.connection.transaction():
                    return self._execute(step, entry)
            return self._execute(step, entry)

    def _execute(self, step: Step, entry: str | None) -> frozenset[TableName]:
        for statement in step.statements:
            self.connection.execute(statement.encode())
        touched = [TableName(*names) for names in self.connection.execute(TOUCHED)] if step.atomic else []
        if entry is not None:
            ledger.record(self.connection, entry, json.dumps(touched))
        return frozenset(touched)

    def recall(self, beginning: str) -> dict[str, str]:
        with told_as(MaskingFailed, f"Reading what was recorded in database {self.database}", DESTROY):
            return ledger.recall(self.connection, beginning)

    def record(self, entry: str, content: str) -> None:
        with told_as(MaskingFailed, f"Recording in database {self.database}", DESTROY):
            ledger.record(self.connection, entry, content)

    def cancel(self) -> None:
        with contextlib.suppress(psycopg.Error):
            self.connection.cancel_safe(timeout=CANCEL_SECONDS)

    def measure(self, schema: Schema, rules: DatabaseRules) -> Measurement:
        with told_as(VerifyFailed, f"Counting in database {self.database}", DESTROY):
            return measure(self.connection, schema, rules)

    def refusals(self, schema: Schema, rules: DatabaseRules) -> list[Finding]:
        with told_as(ConnectionFailed, f"Looking at database {self.database}", "Try again"):
            sampled = trial_refusals(self.connection, schema, rules)
            lost = [*orphans(self.connection, schema, rules), *doubles(self.connection, schema, rules)]
            return [*database_refusals(self.connection, schema, rules), *sampled, *lost]

    def verify_rows(self, table: Table, rules: TableRules, checks: Checks) -> None:
        with told_as(VerifyFailed, f"Verifying {table.name} in database {self.database}", DESTROY):
            verify_rows(self.connection, table, rules, checks)

    def verify(self, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
        with told_as(VerifyFailed, f"Verifying database {self.database}", DESTROY):
            verify_database(self.connection, schema, rules, checks)

    def sample_originals(self, schema: Schema, rules: DatabaseRules, values: int) -> Iterator[Values]:
        with told_as(ConnectionFailed, f"Sampling database {self.database}", "Try again"):
            yield from originals.sample(self.connection, schema, rules, values)

    def sample_kept(self, schema: Schema, rules: DatabaseRules, rows: int) -> Iterator[tuple[Rule, Values]]:
        with told_as(VerifyFailed, f"Sampling kept columns of database {self.database}", DESTROY):
            yield from originals.sample_kept(self.connection, schema, rules, rows)

    def texts(self, schema: Schema, most_rows: int | None) -> list[Texts]:
        with told_as(VerifyFailed, f"Searching database {self.database}", DESTROY):
            return list(originals.texts(self.connection, schema, most_rows))

    def read(self, texts: Texts) -> Iterator[bytes]:
        return originals.read(self.connection, texts)

    def unchangeable(self, schema: Schema, rules: DatabaseRules) -> list[Finding]:
        with told_as(ConnectionFailed, f"Looking at database {self.database}", "Try again"):
            return list(database_refusals(self.connection, schema, rules))

    def traits(self) -> dict[TableName, dict[str, Traits]]:
        with told_as(ConnectionFailed, f"The catalog of database {self.database} cannot be read", "Try again"):
            # From here on a scan begins at the beginning, so that the same rows are sampled every time.
            self.connection.execute(
                f"SET statement_timeout = '{SAMPLING_SECONDS}s'; SET synchronize_seqscans = off".encode()
            )
            return read_traits(self.connection)

    def sample(self, table: Table, traits: Mapping[str, Traits]) -> Sample:
        with told_as(ConnectionFailed, f"Sampling {table.name} in database {self.database}", "Try again"):
            return sample(self.connection, table, traits)

    def trial(self, schema: Schema) -> Trial:
        return Trial(self.connection, schema)

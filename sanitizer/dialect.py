"""The seam between what is done to a database and how one engine does it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from sanitizer.checks import Checks
from sanitizer.errors import Finding
from sanitizer.measurement import Measurement
from sanitizer.names import TableName
from sanitizer.originals import Texts, Values
from sanitizer.rules import DatabaseRules, Rule, Rules, TableRules
from sanitizer.schema import Column, Schema, Table
from sanitizer.steps import Step
from sanitizer.traits import Sample, Traits


class Trial(Protocol):
    """Tries rules on one database without changing anything."""

    def takes(self, column: Column, rule: Rule) -> bool:
        """Whether the column's type takes what the rule writes."""

    def objections(self, table: Table, rules: Mapping[str, Rule]) -> dict[str, frozenset[str]]:
        """What would refuse the masked rows of the table, each with the masked columns it looks at."""


class Target(NamedTuple):
    """The server and how to log in."""

    host: str
    port: int
    user: str
    password: str
    ca_file: Path
    pauses_seconds: tuple[float, ...] = ()  # between tries, while the password is not accepted yet


class Mark(NamedTuple):
    """Whose run has begun on a server: another one must not go on with it. `key_check` tells keys apart, and nothing of them.

    `finished`: all is verified, and the records are being taken away, so that nobody may go on from what is left of them.
    """

    run_id: str
    rules_sha256: str
    key_check: str
    plan: int = 1  # of which kind the recorded plans are
    finished: bool = False


class Session(Protocol):
    """One connection to one database. Every error is one of ours, told without values.

    Raises: ConnectionLost, when that is what happened.
    """

    number: int  # by which the server knows it

    def schema(self) -> Schema:
        """What the database holds now."""

    def use_key(self, key: str) -> None:
        """Makes the masking key known to this session, and to nothing that keeps texts of statements."""

    def execute(self, step: Step, entry: str | None = None) -> frozenset[TableName]:
        """Does the step; the tables in which it left old versions of rows. With an entry it is recorded as done: if it is atomic, together
        with what it does."""

    def recall(self, beginning: str) -> dict[str, str]:
        """What was recorded in this database under names that begin like this."""

    def record(self, entry: str, content: str) -> None:
        """Keeps a text under a name, until the run is finished."""

    def cancel(self) -> None:
        """Ends what it is doing now, from another thread; it then fails."""

    def measure(self, schema: Schema, rules: DatabaseRules) -> Measurement:
        """Counts what masking must not change."""

    def refusals(self, schema: Schema, rules: DatabaseRules) -> list[Finding]:
        """What only this engine knows that forbids the rules."""

    def verify_rows(self, table: Table, rules: TableRules, checks: Checks) -> None:
        """Makes every check on the rows of one masked table that needs nothing else."""

    def verify(self, schema: Schema, rules: DatabaseRules, checks: Checks) -> None:
        """Makes every other check on the masked database but the search for originals."""

    def sample_originals(self, schema: Schema, rules: DatabaseRules, values: int) -> Iterator[Values]:
        """Texts of about so many rows of every masked column, without those that masking leaves as they are or might have written."""

    def sample_kept(self, schema: Schema, rules: DatabaseRules, rows: int) -> Iterator[tuple[Rule, Values]]:
        """Texts of about so many rows of every column that is kept without a reason."""

    def texts(self, schema: Schema, most_rows: int | None) -> list[Texts]:
        """All that anybody who gets the database can read in it as texts. Of a table that holds more rows than that, about so many from
        all over it."""

    def read(self, texts: Texts) -> Iterator[bytes]:
        """The rows of one place, each with a line end; nothing but the texts of a few is ever held."""


class DraftingSession(Session, Protocol):
    """A session that a first rules file can be drafted from."""

    def unchangeable(self, schema: Schema, rules: DatabaseRules) -> list[Finding]:
        """What forbids to change whole tables, whatever is in their rows."""

    def traits(self) -> Mapping[TableName, Mapping[str, Traits]]:
        """What a draft wants to know of every column besides."""

    def sample(self, table: Table, traits: Mapping[str, Traits]) -> Sample:
        """A bounded number of values, always the same while the table does not change."""

    def trial(self, schema: Schema) -> Trial:
        """Where a draft's rules are tried."""


class Dialect(Protocol):
    """One engine's server. `understands` are the masking functions it can write, and `where` and `delete` if it can do those.

    `reaches_others`: a statement of one database may write to tables of another.
    """

    name: str
    understands: frozenset[str]
    reaches_others: bool

    def version(self) -> str:
        """The server's version, as the engine writes it."""

    def claim(self) -> None:
        """Keeps every other sanitizer away from now on.

        Raises: PreflightRefused, when another one is at work.
        """

    def databases(self) -> list[str]:
        """The databases that rules must speak about."""

    def others(self, databases: Collection[str]) -> list[str]:
        """Those beside these, which the server itself made and nobody put tables in, but perhaps functions, views or comments."""

    def session(self, database: str) -> AbstractContextManager[Session]:
        """A connection to one of them."""

    def connections(self) -> int:
        """How many connections keep the server busy: about its number of processors."""

    def end_sessions(self, number: int | None = None) -> None:
        """Ends the session of that number, or all of an earlier sanitizer, and waits until the server has undone what they had not finished.

        Finds out too whether this sanitizer still holds its claim, and takes it again.

        Raises: PreflightRefused, ConnectionLost.
        """

    def refusals(self, rules: Rules) -> list[Finding]:
        """What forbids masking on this server, whatever the rules say of its tables."""

    def begun(self) -> Mark | None:
        """The mark of a run that began and did not finish."""

    def begin(self, mark: Mark, databases: Collection[str]) -> None:
        """Marks the server as begun, for ever if nobody finishes; from now on sessions of these databases can record."""

    def finish(self, databases: Collection[str]) -> None:
        """Takes all records away, and the mark: everything is masked, purged and verified."""

    def plan_masking(self, schema: Schema, rules: DatabaseRules, connections: int) -> Iterator[Step]:
        """How one database is masked, by a server that can keep so many connections busy."""

    def plan_purge(self, schema: Schema, clean: frozenset[TableName]) -> Iterator[Step]:
        """How the traces are removed from one database."""

    def plan_neutralise(self, rules: Rules) -> list[Step]:
        """How the copy loses what would open it or other systems."""

    def plan_server_purge(self, rules: Rules) -> list[Step]:
        """How the traces are removed that belong to no table, after all else."""


class DraftingDialect(Dialect, Protocol):
    """A server that a first rules file can be drafted from."""

    def session(self, database: str) -> AbstractContextManager[DraftingSession]:
        """A connection to one of its databases."""

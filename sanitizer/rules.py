"""What a rules file says, once it has been read: databases, tables, columns, statements."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from sanitizer.functions import FUNCTIONS, KEEP, TRUNCATE, Function
from sanitizer.names import TableName


class Rule(NamedTuple):
    """What happens to one column; `place` is file:line."""

    function: Function
    parameter: str | None
    place: str

    @property
    def changes(self) -> bool:
        """Whether the rule changes values at all."""
        return self.function.name != KEEP

    @property
    def mapping(self) -> tuple[str, str | None]:
        """What decides the output of an input: two columns with the same mapping can be joined afterwards."""
        return self.function.name, self.parameter

    def __str__(self) -> str:
        return self.function.name


class Statement(NamedTuple):
    """One of the ordered SQL statements, counted from 1."""

    number: int
    when: Literal["before", "after"]
    text: str
    place: str

    def __str__(self) -> str:
        return f"statement {self.number} of sql.{self.when} ({self.place})"


@dataclass(frozen=True)
class TableRules:
    """The rules of one table: every column, or the truncation of all rows."""

    name: TableName
    place: str
    columns: dict[str, Rule]
    truncate: bool = False

    @property
    def masked(self) -> dict[str, Rule]:
        """The columns whose values change."""
        return {column: rule for column, rule in self.columns.items() if rule.changes}

    def written(self) -> dict[str, str]:
        """Column to rule, for the report."""
        return {"*": TRUNCATE} if self.truncate else {column: str(rule) for column, rule in self.columns.items()}


@dataclass(frozen=True)
class DatabaseRules:
    """The rules of one database. Without `tables` (None) its statements alone mask it: the origin's way."""

    place: str
    tables: dict[TableName, TableRules] | None
    before: tuple[Statement, ...] = ()
    after: tuple[Statement, ...] = ()

    @property
    def listed(self) -> dict[TableName, TableRules]:
        """The tables that have rules."""
        return self.tables or {}


@dataclass(frozen=True)
class Rules:
    """A valid rules file. `only` holds the rules of a file that names no database: the server then has one."""

    file: str
    sha256: str
    databases: dict[str, DatabaseRules]
    only: DatabaseRules | None = None

    @property
    def needs_key(self) -> bool:
        """Whether any rule maps values by the masking key."""
        every = [*self.databases.values(), *([self.only] if self.only else [])]
        keyless = {name for name, function in FUNCTIONS.items() if not function.deterministic} | {KEEP}
        rules = (rule for database in every for table in database.listed.values() for rule in table.columns.values())
        return any(rule.function.name not in keyless for rule in rules)

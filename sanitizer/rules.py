"""What a rules file says, once it has been read: databases, tables, columns, statements."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from sanitizer.functions import KEEP, TRUNCATE, Arguments, Function, Parameter
from sanitizer.functions.nested import Paths
from sanitizer.functions.parameters import Template, whole
from sanitizer.names import TableName

NO_ARGUMENTS: Arguments = MappingProxyType({})


class Rule(NamedTuple):
    """What happens to one column; `place` is file:line.

    `parameter` is the first parameter as it is written, where it is one word; `arguments` are all of them, read, with defaults. Rows of
    which `where` is false stay as they are. `common` is the reason why its values stand elsewhere by right.
    """

    function: Function
    parameter: str | None
    place: str
    arguments: Arguments = NO_ARGUMENTS
    where: str | None = None
    common: str | None = None

    @property
    def changes(self) -> bool:
        """Whether the rule changes values at all."""
        return self.function.name != KEEP

    @property
    def mapping(self) -> tuple[str, dict[str, Any], str | None]:
        """What decides the output of an input: two columns with the same mapping can be joined afterwards."""
        told = {name: value.mapping if isinstance(value, Rule) else value for name, value in self.arguments.items()}
        return self.function.name, told if self.changes else {}, self.where

    @property
    def columns_needed(self) -> Iterator[str]:
        """The other columns of the row that the output depends on."""
        for parameter in self.function.parameters:
            yield from parameter.kind.names_columns(self.arguments.get(parameter.name))

    @property
    def made_of_masked(self) -> bool:
        """Whether the output is made of other columns as they are after masking."""
        return any(isinstance(value, Template) for value in self.arguments.values())

    @property
    def nested(self) -> "Rule | None":
        """The rule for each element, where there is one."""
        return next((value for value in self.arguments.values() if isinstance(value, Rule)), None)

    @property
    def inner(self) -> "tuple[Rule, ...]":
        """The rules for parts of the value: elements, or paths."""
        paths = (value for value in self.arguments.values() if isinstance(value, Paths))
        return (
            *([self.nested] if self.nested else []),
            *(rule for each in paths for _, rule in each.rules if rule.changes),
        )

    @property
    def deterministic(self) -> bool:
        """Whether the output depends on the input, the parameters and the key alone."""
        return self.function.deterministic and self.where is None and not any(True for _ in self.columns_needed)

    @property
    def longest(self) -> int | None:
        """The characters of the longest output, where that is known."""
        return self.function.length(self.arguments) if self.function.length else self.function.output_characters

    def __str__(self) -> str:
        """The rule for messages and reports: without values that may be personal."""
        shown = [parameter for parameter in self.function.parameters if parameter.shown]
        told = {each.name: self.arguments[each.name] for each in shown if each.name in self.arguments}
        given = {each.name: told[each.name] for each in shown if each.name in told and told[each.name] != each.default}
        first = self.function.parameters[0].name if self.function.parameters else ""
        main = (
            [f"{self.function.name}: {self.parameter or given.pop(first)}"] if first in given else [self.function.name]
        )
        given.pop(first, None)
        return ", ".join(
            [
                *main,
                *(f"{name}: {value}" for name, value in given.items()),
                *(name for name in ("where", "common") if getattr(self, name)),
            ]
        )


class Statement(NamedTuple):
    """One of the ordered SQL statements, counted from 1."""

    number: int
    when: Literal["before", "after"]
    text: str
    place: str

    def __str__(self) -> str:
        return f"statement {self.number} of sql.{self.when} ({self.place})"


class Deletion(NamedTuple):
    """Which rows of a table go before masking, and what becomes of rows in other tables that point at them."""

    condition: str
    references: Literal["refuse", "cascade"]
    place: str


class RuleSet(NamedTuple):
    """Rules for whichever of these columns a table has; `place` is where the table uses it."""

    name: str
    place: str
    columns: dict[str, Rule]


@dataclass(frozen=True)
class TableRules:
    """The rules of one table: every column, or the truncation of all rows. Columns without a rule may have one in `sets`."""

    name: TableName
    place: str
    columns: dict[str, Rule]
    truncate: bool = False
    delete: Deletion | None = None
    sets: tuple[RuleSet, ...] = field(default=())

    @property
    def masked(self) -> dict[str, Rule]:
        """The columns whose values change."""
        return {column: rule for column, rule in self.columns.items() if rule.changes}

    @property
    def kept(self) -> dict[str, Rule]:
        """The columns that stay as they are and whose rule does not say why."""
        unsaid = {column: rule for column, rule in self.columns.items() if not rule.arguments.get("reason")}
        return {column: rule for column, rule in unsaid.items() if not rule.changes}

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


# What a file may say of the whole server, in one word; the first word is meant where it says nothing.
OF_THE_SERVER: dict[str, dict[str, str]] = {
    "purge": {
        "thorough": "nothing is left that SQL reads, nor an old row in a table's file",
        "forensic": "PostgreSQL's system catalogs are written anew too, and its write-ahead log is overwritten, as far as the user may",
    },
    "roles": {
        "disable": "no role or account but the master user's can log in, or has a password",
        "reset": "they have no password, and can log in once somebody gives them one",
        "keep": "production's passwords open the snapshot",
    },
    "large_objects": {
        "refuse": "a PostgreSQL database that holds any stops the run: no rule masks them",
        "unlink": "they are removed; columns that point at them stay as they are",
        "keep": "they stay as they are",
    },
    "originals": {
        "everywhere": "originals of every masked column are looked for in every row of every table",
        "sampled": "of a table with more than 100,000 rows they are looked for in about as many, from all over it",
    },
}
# And in one number.
SAMPLED_VALUES = Parameter(
    "sampled_values", whole(1, 100_000), "so many originals of every masked column are looked for after masking", 300
)


@dataclass(frozen=True)
class Rules:
    """A valid rules file. `only` holds the rules of a file that names no database: the server then has one."""

    file: str
    sha256: str
    databases: dict[str, DatabaseRules]
    only: DatabaseRules | None = None
    purge: str = "thorough"
    roles: str = "disable"
    large_objects: str = "refuse"
    originals: str = "everywhere"
    sampled_values: int = SAMPLED_VALUES.default

    def of(self, database: str) -> DatabaseRules:
        """The rules of that database, as they are written."""
        return self.only or self.databases[database]

    @property
    def needs_key(self) -> bool:
        """Whether any rule maps values by the masking key."""
        every = [*self.databases.values(), *([self.only] if self.only else [])]
        tables = [table for database in every for table in database.listed.values()]
        columns = [rules for table in tables for rules in (table.columns, *(used.columns for used in table.sets))]
        return any(rule.function.keyed for rules in columns for rule in rules.values())

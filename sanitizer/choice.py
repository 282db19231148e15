"""Chooses a rule for every column of one database: the best that nothing refuses, candidate by candidate.

Columns that foreign keys join are chosen for together. Where every candidate is refused, the column's table is emptied; where a foreign key
forbids that, the column is kept, and said to be.
"""

import itertools
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sanitizer import drift, preflight
from sanitizer.dialect import DraftingSession, Trial
from sanitizer.functions import FIXED, FUNCTIONS, KEEP
from sanitizer.guesses import of_traces
from sanitizer.judgement import Guess
from sanitizer.kinds import UNKNOWN
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules, Rule, TableRules
from sanitizer.schema import ForeignKey, Schema, Table
from sanitizer.traits import Traits

ColumnName = tuple[TableName, str]
TRIED_COMBINATIONS = 400
PLACE = "draft"


def _rule(name: str, value: str | None = None) -> Rule:
    """The function with its defaults; `value` is what `fixed` writes."""
    function = FUNCTIONS[name]
    return Rule(function, value, PLACE, {**function.defaults, **({} if value is None else {"value": value})})


KEPT = _rule(KEEP)


@dataclass
class Choice:
    """Columns with one rule. `rules` are what nothing refuses of each alone, the best first; past the last of them they are kept."""

    columns: tuple[ColumnName, ...]
    guess: Guess
    rules: tuple[Rule, ...]
    refused: str = ""
    at: int = 0

    @property
    def rule(self) -> Rule:
        """The rule chosen at present."""
        return self.rules[self.at] if self.at < len(self.rules) else KEPT

    @property
    def given_up(self) -> bool:
        """Whether the columns would have to be masked, and nothing does it."""
        return self.guess.kind is not None and not self.rule.changes


class Choices:
    """All choices for one database, which change until nothing refuses them."""

    def __init__(
        self,
        session: DraftingSession,
        schema: Schema,
        traits: Mapping[TableName, Mapping[str, Traits]],
        guesses: Mapping[ColumnName, Guess],
    ) -> None:
        self.session = session
        self.schema = schema
        self.traits = traits
        self.guesses = guesses
        self.trial: Trial = session.trial(schema)
        self.taken: dict[tuple[str, bool, tuple[str, str | None]], bool] = {}
        self.truncated: dict[TableName, str] = {}
        self._truncate_traces()
        self.choices = [self._choice(columns) for columns in _joined(schema, self.truncated)]
        self.of = {column: choice for choice in self.choices for column in choice.columns}

    def settle(self) -> None:
        """Changes the choices until nothing that can be known refuses them."""
        self._keep_what_cannot_be_updated()
        given_up: list[Choice] = []
        while True:
            for table in self.schema.tables.values():
                self._try(table)
            more = [choice for choice in self.choices if choice.given_up and choice not in given_up]
            if not more:
                return
            for choice in more:
                self._give_up(choice)
            given_up += more

    def rules(self) -> DatabaseRules:
        """What the rules file will say."""
        return DatabaseRules(PLACE, {name: self._table_rules(table) for name, table in self.schema.tables.items()})

    def _table_rules(self, table: Table) -> TableRules:
        if table.name in self.truncated:
            return TableRules(table.name, str(table.name), {}, truncate=True)
        return TableRules(table.name, str(table.name), {name: self.of[table.name, name].rule for name in table.columns})

    def _truncate_traces(self) -> None:
        for table in self.schema.tables.values():
            suspicious = any(self.guesses[table.name, name].kind for name in table.columns)
            if suspicious and of_traces(table.name.table) and self._may_truncate({table.name}):
                self.truncated[table.name] = "guess: its name says that it keeps what people do"

    def _choice(self, columns: tuple[ColumnName, ...]) -> Choice:
        guess = max((self.guesses[column] for column in columns), key=_weight)
        if guess.kind is None:
            return Choice(columns, guess, ())
        candidates = dict.fromkeys(self._candidates(guess, self._traits(columns[0])))
        tried = [(rule, self._problem(columns, rule)) for rule in itertools.starmap(_rule, candidates)]
        rules = tuple(rule for rule, problem in tried if not problem)
        problems = dict.fromkeys(problem for _, problem in tried if problem)
        return Choice(columns, guess, rules, "; ".join(list(problems)[:3]))

    def _traits(self, column: ColumnName) -> Traits:
        return self.traits[column[0]][column[1]]

    def _candidates(self, guess: Guess, traits: Traits) -> Iterator[tuple[str, str | None]]:
        """Functions, each with the value that `fixed` writes."""
        kind = guess.kind
        for name in kind.functions if kind else ():
            if name == FIXED:
                for value in (*(kind.constants if kind else ()), *traits.constants):
                    yield FIXED, value
            else:
                yield name, None

    def _problem(self, columns: Iterable[ColumnName], rule: Rule) -> str:
        """Why one of the columns alone refuses the rule; empty if none does."""
        for table_name, name in columns:
            table = self.schema.tables[table_name]
            column = table.columns[name]
            if not _may_change(table):
                return _unchangeable(table)
            if not drift.takes(rule, column):
                return f"`{rule}` takes text only"
            for finding in preflight.column_refusals(table, column, rule):
                return finding.problem.partition(": ")[2]
            known = (column.type, column.is_text, (rule.function.name, rule.parameter))
            if known not in self.taken:
                self.taken[known] = self.trial.takes(column, rule)
            if not self.taken[known]:
                return f"{column.type} does not take every `{rule}`"
        return ""

    def _masked(self, table: Table) -> dict[str, Rule]:
        return {} if table.name in self.truncated else self._table_rules(table).masked

    def _objections(self, table: Table) -> dict[str, frozenset[str]]:
        masked = self._masked(table)
        return self.trial.objections(table, masked) if masked else {}

    def _try(self, table: Table) -> None:
        """Looks for the best rules of those columns together to which the table does not object."""
        while objections := self._objections(table):
            names = sorted(set().union(*objections.values()))
            choices = list({id(choice): choice for choice in (self.of[table.name, name] for name in names)}.values())
            if not self._combine(choices):
                for choice in choices:
                    choice.at, choice.refused = len(choice.rules), f"refused by {', '.join(sorted(objections))}"

    def _combine(self, choices: list[Choice]) -> bool:
        """Sets the best combination of their rules to which none of their tables objects; leaves them as they are if there is none."""
        before = [choice.at for choice in choices]
        concerned = {column for choice in choices for column in choice.columns}
        tables = [self.schema.tables[name] for name in dict.fromkeys(table for table, _ in sorted(concerned))]
        for combination in _combinations([len(choice.rules) for choice in choices]):
            _set(choices, combination)
            objecting = ((table.name, *self._objections(table).values()) for table in tables)
            if not any((name, column) in concerned for name, *found in objecting for column in set().union(*found)):
                return True
        _set(choices, before)
        return False

    def _give_up(self, choice: Choice) -> None:
        """Empties the choice's tables; a key that nobody can tell, and what may not be emptied, is kept."""
        tables = {table for table, _ in choice.columns} - self.truncated.keys()
        unique = any(
            name in index.columns for table, name in choice.columns for index in self.schema.tables[table].unique
        )
        if choice.guess.kind is UNKNOWN and unique:
            return
        if tables and self._may_truncate(tables):
            names = ", ".join(sorted({name for _, name in choice.columns}))
            self.truncated |= dict.fromkeys(tables, f"nothing masks {names} ({choice.guess.why}): {choice.refused}")

    def _may_truncate(self, tables: set[TableName]) -> bool:
        emptied = tables | self.truncated.keys()
        return all(_may_change(self.schema.tables[name]) for name in tables) and not any(
            key.referenced in tables and key.table not in emptied for key in self.schema.foreign_keys
        )

    def _keep_what_cannot_be_updated(self) -> None:
        """What the engine refuses of a whole table, whatever its columns' rules are."""
        problems = {finding.place: finding.problem for finding in self.session.unchangeable(self.schema, self.rules())}
        for table in self.schema.tables.values():
            for name in self._masked(table) if str(table.name) in problems else ():
                choice = self.of[table.name, name]
                choice.at, choice.refused = len(choice.rules), problems[str(table.name)]


def _may_change(table: Table) -> bool:
    return not table.extension and all(relation.kind != preflight.FOREIGN for relation in table.relations)


def _unchangeable(table: Table) -> str:
    return f"the table belongs to extension {table.extension}" if table.extension else "its rows are on another server"


def _set(choices: Iterable[Choice], at: Iterable[int]) -> None:
    for choice, number in zip(choices, at, strict=True):
        choice.at = number


def _weight(guess: Guess) -> int:
    return 2 if guess.personal else 1 if guess.kind else 0


def _joined(schema: Schema, truncated: Container[TableName]) -> list[tuple[ColumnName, ...]]:
    """All columns, those together that foreign keys join, in the order in which they stand."""
    keys = [key for key in schema.foreign_keys if key.table not in truncated]
    root: dict[ColumnName, ColumnName] = {
        (table.name, name): (table.name, name) for table in schema.tables.values() for name in table.columns
    }

    def find(column: ColumnName) -> ColumnName:
        while root[column] != column:
            column = root[column]
        return column

    for ours, theirs in itertools.chain.from_iterable(_pairs(key) for key in keys):
        first, second = sorted((find(ours), find(theirs)))
        root[second] = first
    groups: dict[ColumnName, list[ColumnName]] = {}
    for column in root:
        groups.setdefault(find(column), []).append(column)
    return [tuple(group) for group in groups.values()]


def _pairs(key: ForeignKey) -> Iterator[tuple[ColumnName, ColumnName]]:
    for column, referenced in zip(key.columns, key.referenced_columns, strict=True):
        yield (key.table, column), (key.referenced, referenced)


def _combinations(sizes: list[int]) -> Iterator[tuple[int, ...]]:
    """The combinations, those of the best first; no more than can be tried."""
    every = itertools.islice(itertools.product(*map(range, sizes)), 20_000)
    yield from sorted(every, key=lambda at: (sum(at), at))[:TRIED_COMBINATIONS]

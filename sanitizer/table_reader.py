"""Reads the rules of one table: columns, sets of rules it uses, rows it loses."""

import re
from typing import Literal, cast

import yaml

from sanitizer.functions import DELETE, FOLLOW, LIKE, TRUNCATE
from sanitizer.functions.parameters import SQL, Unreadable, one_of
from sanitizer.names import TableName, parse_column_name
from sanitizer.rule_reader import RuleReader
from sanitizer.rules import Deletion, Rule, RuleSet, TableRules
from sanitizer.yaml_nodes import Document, instead, text

COLUMNS, USE, REFERENCES = "columns", "use", "references"
SET_NAME = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)+")


class TableReader(RuleReader):
    """Reads tables, and the sets that they use."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.sets: dict[str, dict[str, Rule]] = {}

    def read_sets(self, node: yaml.Node) -> None:
        """Sets of rules, which tables use by name."""
        for name, value, key in self.entries(node, "sets"):
            if not SET_NAME.fullmatch(name):
                self.wrong(
                    key, "sets", "is no name of a set", "Write two words or more with / between: people/contact", name
                )
            self.sets[name] = self._columns(self.entries(value, f"sets.{name}"), f"sets.{name}")

    def table(self, name: TableName, node: yaml.Node, path: str) -> TableRules:
        """The table's rules; empty after noting what is wrong with them."""
        if isinstance(node, yaml.ScalarNode) and text(node) == TRUNCATE:
            return TableRules(name, self.place(node), {}, truncate=True)
        if not isinstance(node, yaml.MappingNode):
            self.wrong(
                node, path, "is no rule for a table", f"Write `{TRUNCATE}`, or one rule for each column", text(node)
            )
            return TableRules(name, self.place(node), {})
        entries = {word: (value, key) for word, value, key in self.entries(node, path)}
        if COLUMNS in entries and isinstance(entries[COLUMNS][0], yaml.MappingNode):
            for word, (_, key) in entries.items():
                if word not in (COLUMNS, USE, DELETE, REFERENCES):
                    self.wrong(key, path, "stands beside `columns`", "Move it below `columns`", word)
            columns = self._columns(self.entries(entries[COLUMNS][0], f"{path}.{COLUMNS}"), f"{path}.{COLUMNS}")
            used = entries.get(USE)
            delete = self._deletion(entries, path)
        else:
            used = entries.get(USE) if USE in entries and _names_sets(entries[USE][0]) else None
            written = [(word, value, key) for word, (value, key) in entries.items() if word != USE or used is None]
            columns, delete = self._columns(written, path), None
        sets = self._used(used[0], f"{path}.{USE}") if used else ()
        return TableRules(name, self.place(node), columns, delete=delete, sets=sets)

    def _columns(self, entries: list[tuple[str, yaml.Node, yaml.Node]], path: str) -> dict[str, Rule]:
        rules = {column: self.rule(value, f"{path}.{column}") for column, value, _ in entries}
        return {column: rule for column, rule in rules.items() if rule}

    def _used(self, node: yaml.Node, path: str) -> tuple[RuleSet, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        used: list[RuleSet] = []
        for item in items:
            name = text(item)
            if name not in self.sets:
                self.wrong(
                    item,
                    path,
                    "is no set of rules",
                    instead(name, self.sets) if self.sets else "Define it in `sets`",
                    name,
                )
            else:
                used.append(RuleSet(name, self.place(item), self.sets[name]))
        for number, one in enumerate(used):
            for other in used[:number]:
                for column in sorted(one.columns.keys() & other.columns.keys()):
                    self.wrong(
                        node,
                        path,
                        f"has two rules for {column}: of {other.name} and of {one.name}",
                        "Use one of the two sets",
                    )
        return tuple(used)

    def _deletion(self, entries: dict[str, tuple[yaml.Node, yaml.Node]], path: str) -> Deletion | None:
        if DELETE not in entries:
            if REFERENCES in entries:
                self.wrong(
                    entries[REFERENCES][1],
                    path,
                    "needs `delete`",
                    "Give it a condition, or leave `references` out",
                    REFERENCES,
                )
            return None
        node = entries[DELETE][0]
        try:
            condition = SQL.read(node, path, self)
            references = "refuse"
            if REFERENCES in entries:
                node = entries[REFERENCES][0]
                references = one_of(("refuse", "cascade")).read(node, path, self)
        except Unreadable as exc:
            self.wrong(node, f"{path}.{DELETE}", exc.problem, exc.remedy)
            return None
        return Deletion(condition, cast("Literal['refuse', 'cascade']", references), self.place(node))


def _names_sets(node: yaml.Node) -> bool:
    """Whether `use` stands for sets, and is not the rule of a column called so: names of sets have a slash."""
    return isinstance(node, yaml.SequenceNode) or "/" in text(node)


def _offered(table: TableRules) -> dict[str, Rule]:
    """The rules of the table's columns, its own before those of sets."""
    every = [*(used.columns for used in table.sets), table.columns]
    return {column: rule for columns in every for column, rule in columns.items()}


def like_others(document: Document, tables: dict[TableName, TableRules], path: str) -> dict[TableName, TableRules]:
    """The tables with every `like` replaced by the rule of the column it names."""

    def resolved(rule: Rule, written: str) -> Rule:
        found, seen = rule, set[str]()
        while found.function.name == LIKE:
            target = parse_column_name(str(found.arguments["column"]))
            table = tables.get(target[0]) if target else None
            following = _offered(table).get(target[1]) if table and target else None
            if (
                following is None
                or str(target) in seen
                or following.function.name == FOLLOW
                or any(True for _ in following.columns_needed)
            ):
                remedy = "Name a column of this database that has a rule of its own, made of its value alone: schema.table.column"
                document.wrong_at(rule.place, written, "names no column that it can be like", remedy, rule.parameter)
                return rule
            seen.add(str(target))
            found = following
        return found._replace(place=rule.place)

    def columns(rules: dict[str, Rule], written: str) -> dict[str, Rule]:
        return {column: resolved(rule, f"{written}.{column}") for column, rule in rules.items()}

    return {
        name: TableRules(
            name,
            table.place,
            columns(table.columns, f"{path}.{name}"),
            table.truncate,
            table.delete,
            tuple(each._replace(columns=columns(each.columns, f"sets.{each.name}")) for each in table.sets),
        )
        for name, table in tables.items()
    }

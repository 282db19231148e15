"""Reads a rules file: every mistake at once, each with file:line, path, value and remedy."""

import hashlib
from collections.abc import Iterator
from typing import Literal

import yaml

from sanitizer.errors import RulesMistaken
from sanitizer.functions import Parameter
from sanitizer.functions.parameters import one_of
from sanitizer.names import TableName, parse_table_name
from sanitizer.rules import OF_THE_SERVER, SAMPLED_VALUES, DatabaseRules, Rules, Statement, TableRules
from sanitizer.table_reader import TableReader, like_others
from sanitizer.yaml_nodes import NULL_TAG, text

CHOICES = {
    **{key: Parameter(key, one_of(words), key) for key, words in OF_THE_SERVER.items()},
    SAMPLED_VALUES.name: SAMPLED_VALUES,
}


def read_rules(content: bytes, file: str) -> Rules:
    """The rules that the file's content says.

    Raises: RulesMistaken, with all mistakes in the order of their lines.
    """
    return _Reader(file).read(content)


class _Reader(TableReader):
    """Reads what each place of the file means."""

    def read(self, content: bytes) -> Rules:
        root = self.compose(content)
        self.refuse_unstorable(root)
        entries = {
            key: value
            for key, value, _ in self.allowed(root, "", ("unlisted", *CHOICES, "sets", "databases", "tables", "sql"))
        }
        databases, only = {}, None
        chosen = {key: self.value(entries[key], key, choice) for key, choice in CHOICES.items() if key in entries}
        if "unlisted" in entries:
            self._unlisted(entries["unlisted"])
        if "sets" in entries:
            self.read_sets(entries["sets"])
        if "databases" in entries:
            for misplaced in ("tables", "sql"):
                if misplaced in entries:
                    self.wrong(
                        entries[misplaced],
                        misplaced,
                        "stands beside `databases`",
                        "Move it into the database it is for",
                    )
            databases = dict(self._databases(entries["databases"]))
        elif "tables" in entries or "sql" in entries:
            only = self._database(root, "", entries)
        elif not self.mistakes:
            self.wrong(root, "", "no rules", "Give it `databases`, `tables` or `sql`")
        if only and only.tables is None and "unlisted" in entries:
            self.wrong(
                entries["unlisted"],
                "unlisted",
                "needs `tables`",
                "List the tables, or leave `unlisted` out: then the statements alone mask the database",
            )
        if self.mistakes:
            mistakes = sorted(self.mistakes, key=lambda mistake: int(mistake.place.rpartition(":")[2]))
            raise RulesMistaken(f"{self.file} has {len(mistakes)} mistake(s); nothing was changed", mistakes)
        return Rules(self.file, hashlib.sha256(content).hexdigest(), databases, only, **chosen)

    def _unlisted(self, node: yaml.Node) -> None:
        if text(node) != "fail":
            self.wrong(
                node,
                "unlisted",
                "can only be `fail`",
                "Write `unlisted: fail`, or leave it out: it is the default",
                text(node),
            )

    def _databases(self, node: yaml.Node) -> Iterator[tuple[str, DatabaseRules]]:
        for name, value, _ in self.entries(node, "databases"):
            path = f"databases.{name}"
            entries = {key: inner for key, inner, _ in self.allowed(value, path, ("tables", "sql"))}
            if isinstance(value, yaml.MappingNode) and "tables" not in entries:
                self.wrong(value, path, "has no `tables`", "List its tables; `tables: {}` where it has none")
            yield name, self._database(value, path, entries)

    def _database(self, node: yaml.Node, path: str, entries: dict[str, yaml.Node]) -> DatabaseRules:
        tables: dict[TableName, TableRules] | None = None
        if "tables" in entries:
            tables = self._tables(entries["tables"], _join(path, "tables"))
        before, after = self._sql(entries["sql"], _join(path, "sql")) if "sql" in entries else ((), ())
        return DatabaseRules(self.place(node), tables, before, after)

    def _tables(self, node: yaml.Node, path: str) -> dict[TableName, TableRules]:
        return like_others(self, self._written_tables(node, path), path)

    def _written_tables(self, node: yaml.Node, path: str) -> dict[TableName, TableRules]:
        tables: dict[TableName, TableRules] = {}
        for written, value, key in self.entries(node, path):
            name = parse_table_name(written)
            if name is None:
                self.wrong(
                    key,
                    path,
                    "is no table's name",
                    "Write schema.table (PostgreSQL) or table (MySQL, MariaDB); a part that holds a dot goes in double quotes: 'public.\"a.b\"'",
                    written,
                )
            elif name in tables:
                self.wrong(key, path, f"is listed twice, first at {tables[name].place}", "Merge the two", written)
            else:
                tables[name] = self.table(name, value, f"{path}.{written}")
        return tables

    def _sql(self, node: yaml.Node, path: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        if isinstance(node, yaml.SequenceNode):
            return (), self._statements(node, path, "after")
        entries = {key: value for key, value, _ in self.allowed(node, path, ("before", "after"))}
        before = self._statements(entries["before"], f"{path}.before", "before") if "before" in entries else ()
        after = self._statements(entries["after"], f"{path}.after", "after") if "after" in entries else ()
        return before, after

    def _statements(self, node: yaml.Node, path: str, when: Literal["before", "after"]) -> tuple[Statement, ...]:
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, path, "is no list of statements", "Write each SQL statement as an item: `- UPDATE ...`")
            return ()
        statements = []
        for number, item in enumerate(node.value, start=1):
            if not isinstance(item, yaml.ScalarNode) or item.tag == NULL_TAG or not item.value.strip():
                self.wrong(
                    item,
                    f"{path}[{number}]",
                    "is no SQL statement",
                    "Write the statement as text; `|` before it allows several lines",
                )
            else:
                statements.append(Statement(number, when, item.value, self.place(item)))
        return tuple(statements)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key

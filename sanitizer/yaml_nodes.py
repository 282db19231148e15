"""YAML as nodes that know their lines, and the mistakes found in them."""

import difflib
import re
from collections.abc import Iterable, Iterator

import yaml

from sanitizer.errors import Finding, RulesMistaken

NULL_TAG = "tag:yaml.org,2002:null"
MERGE_TAG = "tag:yaml.org,2002:merge"
UNSEEN = re.compile("\r(?!\n)|[\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Ends lines for YAML 1.1 but not for the eye, or shows a line's characters in another order: what was reviewed would not be what is read."""
Entry = tuple[str, yaml.Node, yaml.Node]


class Document:
    """One YAML file: its nodes (values would not know their lines, and `no` or `2020-01-01` would not stay what was written)."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Finding] = []

    def compose(self, content: bytes) -> yaml.Node:
        """The file's root node.

        Raises: RulesMistaken.
        """
        try:
            written = content.decode("utf-8-sig")
            self._refuse_unseen(written)
            root = yaml.compose(written, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as exc:
            line = exc.problem_mark.line + 1 if exc.problem_mark else 1
            finding = Finding(
                f"{self.file}:{line}",
                f"not YAML: {exc.problem or exc.context}",
                "Correct the line; a value with : # or quotes may need quotes round it",
            )
            raise RulesMistaken(f"{self.file} is not YAML; nothing was changed", [finding]) from exc
        except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as exc:
            finding = Finding(
                f"{self.file}:1",
                "not YAML: characters or nesting that YAML does not allow",
                "Save it as UTF-8 text without control characters",
            )
            raise RulesMistaken(f"{self.file} is not YAML; nothing was changed", [finding]) from exc
        if root is None:
            finding = Finding(f"{self.file}:1", "the file is empty", "Give it `databases`, `tables` or `sql`")
            raise RulesMistaken(f"{self.file} is empty; nothing was changed", [finding])
        return root

    def _refuse_unseen(self, written: str) -> None:
        findings = [
            Finding(
                f"{self.file}:{written.count(chr(10), 0, found.start()) + 1}",
                f"holds U+{ord(found[0]):04X}, by which the file reads otherwise than it looks",
                f'Remove it; in a value write "{escaped(found[0])}", in double quotes',
            )
            for found in UNSEEN.finditer(written)
        ]
        if findings:
            raise RulesMistaken(f"{self.file} is not what it looks like; nothing was changed", findings)

    def refuse_unstorable(self, root: yaml.Node) -> None:
        """No database stores NUL or half a surrogate pair, which YAML can write as escapes."""
        for node in _scalars(root):
            if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in node.value):
                self.wrong(node, "", "holds an escape that no database can store", "Remove \\0 and \\ud800 to \\udfff")

    def allowed(self, node: yaml.Node, path: str, keys: tuple[str, ...]) -> list[Entry]:
        """The entries with these keys; all others are mistakes."""
        entries = self.entries(node, path)
        for key, _, key_node in entries:
            if key not in keys:
                self.wrong(key_node, path, "is no key here", instead(key, keys), key)
        return [entry for entry in entries if entry[0] in keys]

    def entries(self, node: yaml.Node, path: str) -> list[Entry]:
        """A mapping's keys as they are written, with value and key nodes; keys that stand twice are mistakes."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, path, "must be a mapping", "Write `key: value` lines below it", text(node))
            return []
        seen: dict[str, Entry] = {}
        for key, value in node.value:
            word = text(key)
            if not isinstance(key, yaml.ScalarNode) or key.tag == MERGE_TAG:
                self.wrong(
                    key, path, "is no plain key", "Write every key out: merge keys and keys that are lists are not read"
                )
            elif word in seen:
                self.wrong(
                    key, path, f"stands twice, first at {self.place(seen[word][2])}", "Keep one of the two", word
                )
            else:
                seen[word] = (word, value, key)
        return list(seen.values())

    def place(self, node: yaml.Node) -> str:
        """file:line."""
        return f"{self.file}:{node.start_mark.line + 1}"

    def wrong(self, node: yaml.Node, path: str, problem: str, remedy: str, value: str | None = None) -> None:
        """Notes a mistake."""
        self.wrong_at(self.place(node), path, problem, remedy, value)

    def wrong_at(self, place: str, path: str, problem: str, remedy: str, value: str | None = None) -> None:
        """Notes a mistake of which only the place is known."""
        named = f"{path or 'the file'}: " + (f"`{value}` " if value else "")
        self.mistakes.append(Finding(place, named + problem, remedy, value=value or None))


def _scalars(root: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Every scalar once, however often aliases repeat or even contain it."""
    seen: set[int] = set()
    waiting: list[yaml.Node] = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield node
        elif isinstance(node, yaml.MappingNode):
            waiting += [inner for pair in node.value for inner in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def text(node: yaml.Node) -> str:
    """What is written there, whatever YAML would make of it."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def escaped(character: str) -> str:
    """The character as YAML writes it in double quotes."""
    return f"\\u{ord(character):04x}"


def instead(word: str, allowed: Iterable[str]) -> str:
    """A remedy: the nearest allowed word, or all of them."""
    words = list(allowed)
    near = difflib.get_close_matches(word, words, n=1)
    return f"Did you mean `{near[0]}`?" if near else f"Write one of: {', '.join(words)}"

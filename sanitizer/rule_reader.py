"""Reads one rule of a rules file: a word, or a masking function with its parameters."""

from collections.abc import Mapping
from typing import Any

import yaml

from sanitizer.functions import COMMON, FUNCTIONS, KEEP, REFERENCES, TRUNCATE, WHERE, Function, Parameter
from sanitizer.functions.parameters import PHRASE, SQL, Unreadable
from sanitizer.rules import Rule
from sanitizer.yaml_nodes import NULL_TAG, Document, Entry, instead

EVERY: Mapping[str, Function] = {**FUNCTIONS, **REFERENCES}
# What any function that changes values may have beside it.
BESIDE = {
    WHERE: Parameter(WHERE, SQL, "a condition"),
    COMMON: Parameter(COMMON, PHRASE, "why its values stand elsewhere by right"),
}


class RuleReader(Document):
    """Reads rules by the declarations of the masking functions."""

    def rule(self, node: yaml.Node, path: str) -> Rule | None:
        """The rule that stands there, or None after noting what is wrong with it."""
        if isinstance(node, yaml.ScalarNode):
            return self._word(node, path)
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self.wrong(
                node,
                path,
                "is no rule",
                f"Write one of {', '.join(FUNCTIONS)}, or one function with its parameter: {{fixed: value}}",
            )
            return None
        entries = self.entries(node, path)
        named = [entry for entry in entries if entry[0] in EVERY]
        if len(named) == 1:
            return self._mapping(node, path, named[0], [entry for entry in entries if entry is not named[0]])
        for word, _, key in named[1:]:
            self.wrong(key, path, f"stands beside `{named[0][0]}`", "Keep one of the two functions", word)
        if entries and not named:
            word, _, key = entries[0]
            self.wrong(key, path, "is no masking function", instead(word, EVERY), word)
        return None

    def _word(self, node: yaml.ScalarNode, path: str) -> Rule | None:
        function = EVERY.get(node.value)
        if node.tag == NULL_TAG:
            self.wrong(
                node,
                path,
                "a bare YAML null is no rule",
                "Write `set_null` to clear the column, `keep` to leave it as it is",
            )
        elif node.value == TRUNCATE:
            self.wrong(
                node,
                path,
                "empties tables, not columns",
                "Write `set_null`, or `truncate` as the rule of the whole table",
                TRUNCATE,
            )
        elif function is None:
            self.wrong(node, path, "is no masking function", instead(node.value, EVERY), node.value)
        elif function.parameter:
            self.wrong(node, path, "needs a value", f"Write {_form(function)}", node.value)
        else:
            return Rule(function, None, self.place(node), function.defaults)
        return None

    def _mapping(self, node: yaml.Node, path: str, named: Entry, beside: list[Entry]) -> Rule | None:
        before = len(self.mistakes)
        function = EVERY[named[0]]
        given = self._given(function, named, path)
        said: dict[str, str | None] = {}
        for word, value, key in beside:
            if word in BESIDE and function.name not in (KEEP, *REFERENCES):
                said[word] = self.value(value, f"{path}.{word}", BESIDE[word])
            elif word in given:
                self.wrong(key, path, "stands twice", "Keep one of the two", word)
            elif word in (parameter.name for parameter in function.parameters):
                given[word] = value
            else:
                self.wrong(key, path, "is no key here", instead(word, _keys(function)), word)
        arguments: dict[str, Any] = dict(function.defaults)
        for parameter in function.parameters:
            if parameter.name in given:
                arguments[parameter.name] = self.value(given[parameter.name], path, parameter)
            elif parameter.required and len(self.mistakes) == before:
                self.wrong(node, path, f"needs `{parameter.name}`", f"Write {_form(function)}")
        if len(self.mistakes) > before:
            return None
        first = given.get(function.parameters[0].name) if function.parameters else None
        written = first.value if isinstance(first, yaml.ScalarNode) else None
        return Rule(function, written, self.place(node), arguments, **said)

    def _given(self, function: Function, named: Entry, path: str) -> dict[str, yaml.Node]:
        """The parameters by name: those in a mapping below the function, or the first one as its value."""
        word, value, key = named
        mapping = isinstance(value, yaml.MappingNode)
        if not function.parameters:
            if not mapping or value.value:
                self.wrong(key, path, "takes no parameter", instead(word, [word]), word)
            return {}
        first = function.parameters[0]
        if not mapping or first.kind.structured:
            return {first.name: value}
        given = {}
        for name, inner, inner_key in self.entries(value, path):
            if name in (parameter.name for parameter in function.parameters):
                given[name] = inner
            else:
                self.wrong(inner_key, path, "is no parameter here", instead(name, _keys(function)), name)
        return given

    def value(self, node: yaml.Node, path: str, parameter: Parameter) -> Any:
        """What is written there for the parameter; None, and a mistake, where it cannot be read."""
        try:
            return parameter.kind.read(node, path, self)
        except Unreadable as exc:
            value = node.value if isinstance(node, yaml.ScalarNode) and parameter.shown else None
            self.wrong(node, path, exc.problem, exc.remedy, value)
            return None


def _keys(function: Function) -> list[str]:
    return [*(parameter.name for parameter in function.parameters), *BESIDE]


def _form(function: Function) -> str:
    """How the function is written with what it requires."""
    required = [parameter.name for parameter in function.parameters if parameter.required]
    if len(required) == 1 and function.parameters[0].name == required[0]:
        return f"{{{function.name}: {required[0]}}}"
    return f"{{{function.name}: {{{', '.join(f'{name}: ...' for name in required)}}}}}"

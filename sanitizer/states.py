"""What a rules file says of one column at one time, as it is compared and told: its rule, or a word for what holds without one."""

from typing import Any

import yaml

from sanitizer.functions import COMMON, EXPRESSION, FOLLOW, KEEP, WHERE
from sanitizer.functions.nested import Paths
from sanitizer.functions.parameters import Choice
from sanitizer.rules import Rule

NOT_LISTED, BY_STATEMENTS = "not listed", "statements alone"

State = Rule | str


def is_kept(state: State) -> bool:
    """Whether all originals stay."""
    return state == BY_STATEMENTS if isinstance(state, str) else state.function.name == KEEP


def may_keep(state: State) -> bool:
    """Whether a rule leaves originals in some rows or parts, or nobody can tell from the file."""
    if isinstance(state, str):
        return False
    nested = [value for value in state.arguments.values() if isinstance(value, Paths)]
    kept = any(each.unlisted == KEEP or not all(rule.changes for _, rule in each.rules) for each in nested)
    kept = kept or (state.nested is not None and not state.nested.changes)
    return kept or state.where is not None or state.common is not None or state.function.name in (FOLLOW, EXPRESSION)


def mapping_of(state: State) -> Any:
    """Equal where nobody could tell a difference by what is read: the reason of a `keep` is none."""
    return state if isinstance(state, str) else (state.mapping, state.common is not None)


def words_of(state: State) -> str:
    """The rule as the file writes it, or the state's own word."""
    if isinstance(state, str):
        return state
    written = _written(state)
    if isinstance(written, str):
        return written
    return yaml.safe_dump(written, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6).strip()


def _written(rule: Rule) -> Any:
    """The rule as data: a word, or a mapping with what is not as it would be anyway."""
    name = rule.function.name
    given = {
        parameter.name: _plain(rule.arguments[parameter.name])
        for parameter in rule.function.parameters
        if parameter.name in rule.arguments and rule.arguments[parameter.name] != parameter.default
    }
    first = rule.function.parameters[0].name if rule.function.parameters else ""
    main = given.pop(first, None) if rule.parameter is None else rule.parameter
    given.pop(first, None)
    beside = {word: said for word in (WHERE, COMMON) if (said := getattr(rule, word)) is not None}
    if main is None and not given and not beside:
        return name
    return {name: {} if main is None else main, **given, **beside}


def _plain(value: Any) -> Any:
    if isinstance(value, Rule):
        return _written(value)
    if isinstance(value, Paths):
        return {**{path.written: _written(rule) for path, rule in value.rules}, "unlisted": value.unlisted}
    if isinstance(value, tuple) and value and all(isinstance(each, Choice) for each in value):
        return {each.value: each.weight for each in value}
    return value if isinstance(value, int) else str(value)

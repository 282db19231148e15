"""Choices, templates, paths of JSON documents. Documents are built as text: the server's own functions for it differ."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from sanitizer.functions import KEEP, SET_NULL
from sanitizer.functions.nested import Node, tree
from sanitizer.mysql.expressions.cell import Cell, Expression, as_text, digest, number, picked
from sanitizer.mysql.expressions.measures import FLOATS, JSON_NUMBER, exact
from sanitizer.mysql.native import JSON_NUMBERS, NativeColumn, json_path, native_column
from sanitizer.mysql.writing import listed, literal, quote
from sanitizer.rules import Rule

Masked = Callable[[Cell], str]
Leaf = Callable[[Rule, str], str]
SHOWN_DIGITS = {"float": 12, "double": 22}


def expressions(masked: Masked) -> dict[str, Expression]:
    """Expressions that are made of others'."""
    return {
        "choice": _choice,
        "template": lambda cell: _template(cell, masked),
        "json": lambda cell: _json(cell, masked),
    }


def _choice(cell: Cell) -> str:
    words = [choice.value for choice in cell.rule.arguments["choices"] for _ in range(choice.weight)]
    return picked(words, number(digest(cell, "choice"), len(words)))


def _template(cell: Cell, masked: Masked) -> str:
    template = cell.rule.arguments["text"]
    parts = [literal(template.texts[0])]
    for name, text in zip(template.columns, template.texts[1:], strict=True):
        column, rule = native_column(cell.row.columns[name]), cell.row.rules[name]
        inner = masked(Cell(quote(name), column, rule, cell.row))
        stored = _stored(inner, column) if rule.changes else inner
        parts += [f"COALESCE({as_text(stored)}, '')", literal(text)]
    joined = f"CONCAT({listed(parts)})"
    if cell.column.max_characters is not None:
        joined = f"LEFT({joined}, {cell.column.max_characters})"
    return f"CASE WHEN {cell.value} IS NOT NULL THEN {joined} END"


def _stored(expression: str, column: NativeColumn) -> str:
    """The expression as the column will hold it, and show it."""
    if column.kind == "number":
        held = f"CAST({expression} AS {column.base if column.base in FLOATS else exact(column)})"
        return _shown(held, column)
    if column.kind == "date":
        return f"CAST({expression} AS {column.type.replace('timestamp', 'datetime')})"
    if column.kind in ("uuid", "inet"):
        return f"CAST({expression} AS {column.base})"
    return expression


def _shown(number: str, column: NativeColumn) -> str:
    """With the digits after the point that a FLOAT(7,3) shows, and the zeros that ZEROFILL puts before it."""
    declared = re.search(r"\((\d+)(?:,(\d+))?\)", column.type)
    if declared and declared[2] and column.base in FLOATS:
        number = f"CAST({number} AS DECIMAL({declared[1]}, {declared[2]}))"
    if "zerofill" not in column.type:
        return number
    width = int(declared[1]) if declared else SHOWN_DIGITS[column.base]
    if column.base == "decimal" and not column.type.startswith(f"decimal({width},0)"):
        width += 1
    return f"LPAD({number}, GREATEST({width}, CHAR_LENGTH({number})), '0')"


_NOTHING = "'null'"
# An object's keys, and an array's elements, in their order; what cannot be read becomes null.
_OBJECT = """(SELECT CONCAT('{{', COALESCE(GROUP_CONCAT(JSON_QUOTE({each}.sanitizer_name), ': ', COALESCE({built}, 'null') ORDER BY {each}.sanitizer_place SEPARATOR ', '), ''), '}}')
 FROM JSON_TABLE(JSON_KEYS({value}), '$[*]' COLUMNS (sanitizer_place FOR ORDINALITY, sanitizer_name LONGTEXT PATH '$')) AS {each})"""
_ARRAY = """(SELECT CONCAT('[', COALESCE(GROUP_CONCAT(COALESCE({built}, 'null') ORDER BY {each}.sanitizer_place SEPARATOR ', '), ''), ']')
 FROM JSON_TABLE({value}, '$[*]' COLUMNS (sanitizer_place FOR ORDINALITY, sanitizer_item JSON PATH '$')) AS {each})"""


def _json(cell: Cell, masked: Masked) -> str:
    """The document built anew, place by place; what has another form than its path says becomes null."""
    paths = cell.rule.arguments["paths"]
    keep_others = paths.unlisted == KEEP
    document = replace(
        cell.column, is_text=True, exact=True, pads=False, type="longtext", kind="text", base="longtext", whole=False
    )

    def built(node: Node, value: str, depth: int) -> str:
        if node.rule:
            return leaf(node.rule, value)
        each, cases = f"sanitizer_{depth}", []
        keys = {key: child for key, child in node.inner.items() if key is not None}
        if keys:
            whens = " ".join(
                f"WHEN {literal(key)} THEN {built(child, f'JSON_EXTRACT({value}, {literal(json_path([key]))})', depth + 1)}"
                for key, child in keys.items()
            )
            others = (
                f"JSON_EXTRACT({value}, CONCAT('$.', JSON_QUOTE({each}.sanitizer_name)))" if keep_others else "NULL"
            )
            chosen = f"CASE CAST({each}.sanitizer_name AS BINARY) {whens} ELSE {others} END"
            cases.append(f"WHEN 'OBJECT' THEN {_OBJECT.format(each=each, built=chosen, value=value)}")
        if None in node.inner:
            inner = built(node.inner[None], f"{each}.sanitizer_item", depth + 1)
            cases.append(f"WHEN 'ARRAY' THEN {_ARRAY.format(each=each, built=inner, value=value)}")
        return f"CASE JSON_TYPE({value}) {' '.join(cases)} ELSE {_NOTHING} END"

    def leaf(rule: Rule, value: str) -> str:
        if rule.function.name == KEEP:
            return value
        if rule.function.name == SET_NULL:
            return _NOTHING
        if rule.function.takes == "number":
            number_ = f"CASE WHEN JSON_TYPE({value}) IN ({JSON_NUMBERS}) AND ABS({value} + 0e0) < 1e29 THEN {value} END"
            column = replace(document, is_text=False, kind="number", base=JSON_NUMBER, type="json")
            result = masked(Cell(f"({number_})", column, rule, cell.row))
            return f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST({result} AS DECIMAL(50, 20))))"
        text = f"CASE JSON_TYPE({value}) WHEN 'NULL' THEN NULL ELSE JSON_UNQUOTE({value}) END"
        return f"JSON_QUOTE({as_text(masked(Cell(f'({text})', document, rule, cell.row)))})"

    root = tree(paths)
    expected = ""
    if root.is_of_keys:
        conditions = " AND ".join(_has_exactly_the_keys(root, cell.value))
        expected = f"WHEN {conditions} THEN {_rebuilt(root, cell.value, leaf)} "
    return f"CASE {expected}WHEN {cell.value} IS NOT NULL THEN {built(root, cell.value, 1)} END"


def _has_exactly_the_keys(node: Node, value: str) -> Iterator[str]:
    """Whether the document is of the form that nearly all are of: that one is built ten times faster."""
    keys = [key for key in node.inner if key is not None]
    yield f"JSON_LENGTH({value}) = {len(keys)}"
    yield f"JSON_CONTAINS_PATH({value}, 'all', {listed(literal(json_path([key])) for key in keys)})"
    for key in keys:
        if not node.inner[key].rule:
            yield from _has_exactly_the_keys(node.inner[key], _at(value, key))


def _rebuilt(node: Node, value: str, leaf: Leaf) -> str:
    parts = []
    for place, (key, child) in enumerate(node.inner.items()):
        name = json.dumps(key, ensure_ascii=False)
        inner = _at(value, str(key))
        parts.append(literal(f"{', ' if place else '{'}{name}: "))
        parts.append(f"COALESCE({leaf(child.rule, inner) if child.rule else _rebuilt(child, inner, leaf)}, {_NOTHING})")
    return f"CONCAT({listed([*parts, literal('}')])})"


def _at(value: str, key: str) -> str:
    return f"JSON_EXTRACT({value}, {literal(json_path([key]))})"

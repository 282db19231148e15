"""Choices, templates, elements of arrays, paths of JSON documents."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from psycopg import sql

from sanitizer.functions import KEEP, SET_NULL
from sanitizer.functions.nested import Node, tree
from sanitizer.postgresql.expressions.cell import Cell, Expression, digest, number, picked
from sanitizer.rules import Rule
from sanitizer.schema import Column

Masked = Callable[[Cell], sql.Composable]
Leaf = Callable[[Rule, sql.Composable, sql.Composable], sql.Composable]


def expressions(masked: Masked) -> dict[str, Expression]:
    """Expressions that are made of others'."""
    return {
        "choice": _choice,
        "template": lambda cell: _template(cell, masked),
        "each": lambda cell: _each(cell, masked),
        "json": lambda cell: _json(cell, masked),
    }


def _choice(cell: Cell) -> sql.Composable:
    words = [choice.value for choice in cell.rule.arguments["choices"] for _ in range(choice.weight)]
    return cell.typed(picked(words, number(digest(cell, "choice"), len(words))))


def _template(cell: Cell, masked: Masked) -> sql.Composable:
    template = cell.rule.arguments["text"]
    parts: list[sql.Composable] = [sql.Literal(template.texts[0])]
    for name, text in zip(template.columns, template.texts[1:], strict=True):
        column = cell.row.columns[name]
        inner = Cell(sql.Identifier(name), column, cell.row.rules[name], cell.row)
        parts.append(sql.SQL("coalesce(CAST({} AS {})::text, '')").format(masked(inner), sql.SQL(column.type)))
        parts.append(sql.Literal(text))
    joined = sql.SQL(" || ").join(part for part in parts if part != sql.Literal(""))
    if cell.column.max_characters is not None:
        joined = sql.SQL("pg_catalog.left({}, {})").format(joined, sql.Literal(cell.column.max_characters))
    return sql.SQL("CASE WHEN {} IS NOT NULL THEN {} END").format(cell.value, joined)


def _each(cell: Cell, masked: Masked) -> sql.Composable:
    """Every element in its place."""
    element = replace(cell.column.element or cell.column, name="item")
    item = Cell(sql.SQL("each.item"), element, cell.rule.arguments["rule"], cell.row)
    body = sql.SQL(
        "SELECT coalesce(array_agg(CAST({} AS {}) ORDER BY each.place), '{{}}') FROM unnest($1) WITH ORDINALITY AS each(item, place)"
    ).format(masked(item), sql.SQL(element.type))
    array = f"{element.type}[]"
    return cell.typed(sql.SQL("{}({})").format(cell.row.function(array, array, body), cell.value))


_TEXT = Column(
    name="value",
    number=0,
    type="text",
    is_text=True,
    folds_case=False,
    max_characters=None,
    nullable=True,
    generated=False,
    collation=None,
    collation_equates=False,
    storage=None,
    compression=None,
    kind="text",
    base="text",
)
_NUMBER = replace(_TEXT, type="numeric", is_text=False, kind="number", base="numeric")
_NOTHING = sql.SQL("'null'::jsonb")
_OBJECT = """(SELECT coalesce(jsonb_object_agg({each}.key, CASE {each}.key {keys} ELSE {others} END), '{{}}') FROM jsonb_each({value}) AS {each})"""
_ARRAY = """(SELECT coalesce(jsonb_agg({inner} ORDER BY {each}.place), '[]') FROM jsonb_array_elements({value}) WITH ORDINALITY AS {each}(value, place))"""


def _json(cell: Cell, masked: Masked) -> sql.Composable:
    """The document built anew, place by place; what has another form than its path says becomes null."""
    paths = cell.rule.arguments["paths"]
    keep_others = paths.unlisted == KEEP
    root = tree(paths)

    def built(node: Node, value: sql.Composable, depth: int) -> sql.Composable:
        if node.rule:
            return _as_json(leaf(node.rule, value, sql.SQL("({} #>> '{{}}')").format(value)))
        each = sql.SQL(f"each_{depth}")
        inner = sql.SQL("{}.value").format(each)
        cases: list[sql.Composable] = []
        keys = {key: child for key, child in node.inner.items() if key is not None}
        if keys:
            whens = (
                sql.SQL("WHEN {} THEN {}").format(sql.Literal(key), built(child, inner, depth + 1))
                for key, child in keys.items()
            )
            others = inner if keep_others else _NOTHING
            object_ = sql.SQL(_OBJECT).format(each=each, keys=sql.SQL(" ").join(whens), others=others, value=value)
            cases.append(sql.SQL("WHEN 'object' THEN {}").format(object_))
        if None in node.inner:
            array = sql.SQL(_ARRAY).format(each=each, inner=built(node.inner[None], inner, depth + 1), value=value)
            cases.append(sql.SQL("WHEN 'array' THEN {}").format(array))
        return sql.SQL("CASE jsonb_typeof({}) {} ELSE {} END").format(value, sql.SQL(" ").join(cases), _NOTHING)

    def leaf(rule: Rule, value: sql.Composable, text: sql.Composable) -> sql.Composable:
        if rule.function.name == KEEP:
            return value
        if rule.function.name == SET_NULL:
            return _NOTHING
        if rule.function.takes == "number":
            number_ = sql.SQL("CASE jsonb_typeof({}) WHEN 'number' THEN {}::numeric END").format(value, text)
            return masked(Cell(sql.SQL("({})").format(number_), _NUMBER, rule, cell.row))
        return sql.SQL("({})::text").format(masked(Cell(text, _TEXT, rule, cell.row)))

    function = cell.row.function("jsonb", "jsonb", sql.SQL("SELECT {}").format(built(root, sql.SQL("$1"), 1)))
    placewise = sql.SQL("{}({}::jsonb)").format(function, cell.value)
    if cell.column.base != "jsonb" or not root.is_of_keys:
        return cell.typed(placewise)
    conditions = sql.SQL(" AND ").join(_has_exactly_the_keys(root, cell.value, others_too=keep_others))
    expected = _rebuilt(root, cell.value, leaf, keep_others=keep_others)
    return cell.typed(sql.SQL("CASE WHEN {} THEN {} ELSE {} END").format(conditions, expected, placewise))


def _has_exactly_the_keys(node: Node, value: sql.Composable, *, others_too: bool) -> Iterator[sql.Composable]:
    """Whether the document is of the form that nearly all are of: that one can be built without a call."""
    keys = sql.SQL("{}::text[]").format(sql.Literal(list(node.inner)))
    yield sql.SQL("jsonb_typeof({}) = 'object'").format(value)
    yield sql.SQL("{} ?& {}").format(value, keys)
    if not others_too:
        yield sql.SQL("{} - {} = '{{}}'").format(value, keys)
    for key, child in node.inner.items():
        if not child.rule:
            yield from _has_exactly_the_keys(child, _at(value, key), others_too=others_too)


def _rebuilt(node: Node, value: sql.Composable, leaf: Leaf, *, keep_others: bool) -> sql.Composable:
    pairs = []
    for key, child in node.inner.items():
        if child.rule is None:
            inner = _rebuilt(child, _at(value, key), leaf, keep_others=keep_others)
        elif child.rule.function.name == KEEP and keep_others:
            continue
        else:
            inner = leaf(child.rule, _at(value, key), sql.SQL("({} ->> {})").format(value, sql.Literal(key)))
        pairs.append(sql.SQL("{}, {}").format(sql.Literal(key), inner))
    rebuilt = sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs))
    return sql.SQL("{} || {}").format(value, rebuilt) if keep_others else rebuilt


def _at(value: sql.Composable, key: str | None) -> sql.Composable:
    return sql.SQL("({} -> {})").format(value, sql.Literal(key))


def _as_json(value: sql.Composable) -> sql.Composable:
    return sql.SQL("coalesce(to_jsonb({}), {})").format(value, _NOTHING)

"""Values made of others: one by one, or compared with the columns they are made of."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from sanitizer.functions.nested import Node, Paths, places, tree
from sanitizer.mysql.native import JSON_NUMBERS, NativeColumn, json_path
from sanitizer.mysql.predicates.seen import Predicate, Seen
from sanitizer.mysql.probe import given_values, in_hexadecimal
from sanitizer.mysql.writing import listed, literal, quote
from sanitizer.rules import Rule

Recognise = Callable[[Seen], str | None]
Steps = tuple[str | None, ...]

FOUND = "JSON_TABLE({value}, {place} COLUMNS (sanitizer_item JSON PATH '$')) AS sanitizer_found"
# The forms that a place on the way has, or a value at its end; what was of another form has become null.
OTHER_FORM = "EXISTS (SELECT 1 FROM {found} WHERE COALESCE(JSON_TYPE(sanitizer_item), '') NOT IN ({forms}, 'NULL'))"
UNLISTED = """EXISTS (SELECT 1 FROM {found} JOIN JSON_TABLE(JSON_KEYS(sanitizer_item), '$[*]' COLUMNS (sanitizer_name LONGTEXT PATH '$')) AS sanitizer_names
 WHERE {other}{more})"""
# Of a key that stands twice only the first value can be asked for.
TWICE = "EXISTS (SELECT 1 FROM {found} WHERE JSON_TYPE(sanitizer_item) = 'OBJECT' AND JSON_LENGTH(sanitizer_item) <> JSON_LENGTH(JSON_KEYS(sanitizer_item)))"
NOT_NULL = (
    " AND COALESCE(JSON_TYPE(JSON_EXTRACT(sanitizer_item, CONCAT('$.', JSON_QUOTE(sanitizer_name)))), '') <> 'NULL'"
)


UNQUOTED = "(CASE WHEN JSON_TYPE(sanitizer_item) <> 'NULL' THEN JSON_UNQUOTE(sanitizer_item) END)"


def predicates(recognise: Recognise) -> dict[str, Predicate | None]:
    """Predicates that are made of others'."""
    return {
        "choice": _is_chosen,
        "template": _is_made_of_the_row,
        "json": lambda seen: _json(seen, recognise),
    }


def _is_chosen(seen: Seen) -> str:
    held = listed([literal(each) for each in seen.given])
    return f"({seen.value} IS NULL OR {in_hexadecimal(seen.value)} IN ({held}))"


def _is_made_of_the_row(seen: Seen) -> str:
    """Equal to the template filled with the columns as they stand there now."""
    template = seen.rule.arguments["text"]
    parts = [literal(template.texts[0])]
    for name, text in zip(template.columns, template.texts[1:], strict=True):
        parts += [f"COALESCE(CONVERT({quote(name)} USING utf8mb4), '')", literal(text)]
    filled = f"CONCAT({listed(parts)})"
    if seen.column.max_characters is not None:
        filled = f"LEFT({filled}, {seen.column.max_characters})"
    return f"({seen.value} IS NULL OR {seen.bytes} = CAST(CONVERT({filled} USING utf8mb4) AS BINARY))"


def _json(seen: Seen, recognise: Recognise) -> str:
    """Each path's values are what its rule writes; where other keys are cleared, nothing but null stands there."""
    paths: Paths = seen.rule.arguments["paths"]
    violated = [
        template.format(found=_found(seen.value, steps), forms=forms)
        for steps, forms in _forms(paths)
        for template in (OTHER_FORM, TWICE)
    ]
    for path, rule in paths.rules:
        if rule.changes:
            found = _found(seen.value, path.steps)
            violated.append(OTHER_FORM.format(found=found, forms=_form(rule)))
            inner = recognise(_item(rule, seen.column, "sanitizer_item", UNQUOTED))
            if inner is not None:
                violated.append(f"EXISTS (SELECT 1 FROM {found} WHERE NOT COALESCE({inner}, FALSE))")
    if paths.unlisted != "keep":
        violated.append(unlisted(seen.value, paths, nothing_but_null=True))
    exact = f"NOT ({' OR '.join(violated)})"
    return f"({' OR '.join([f'{seen.value} IS NULL', *_plain(seen, recognise), exact])})"


def _plain(seen: Seen, recognise: Recognise) -> list[str]:
    """What is true only of recognised documents: of those that are objects of objects, as nearly all are. One subquery is a seventh of the cost."""
    root = tree(seen.rule.arguments["paths"])
    if not root.is_of_keys:
        return []
    keeps = seen.rule.arguments["paths"].unlisted == "keep"
    columns, conditions = [], []
    items = {steps: f"sanitizer_{number}" if steps else seen.value for number, (steps, _) in enumerate(places(root))}
    for steps, node in places(root):
        item, place = items[steps], literal(json_path(steps))
        columns += [f"{item} JSON PATH {place}"] if steps else []
        if node.inner:
            present = [f"({items[(*steps, key)]} IS NOT NULL)" for key in node.inner]
            keys = f"JSON_LENGTH(JSON_KEYS({item}))" if keeps else " + ".join(present)
            named = f"JSON_TYPE({item}) = 'OBJECT' AND JSON_LENGTH({item}) = {keys}"
            conditions.append(f"({named}{_or_null(item) if steps else ''})")
        elif node.rule.changes:
            columns.append(f"{item}_text LONGTEXT PATH {place}")
            inner = recognise(_item(node.rule, seen.column, item, f"{item}_text"))
            right = f" AND {inner}" if inner else ""
            conditions.append(f"(JSON_TYPE({item}) IN ({_form(node.rule)}){right}{_or_null(item)})")
    found = f"JSON_TABLE({seen.value}, '$' COLUMNS ({listed(columns)})) AS sanitizer_found"
    return [f"EXISTS (SELECT 1 FROM {found} WHERE {' AND '.join(conditions)})"]


def _or_null(item: str) -> str:
    return f" OR COALESCE(JSON_TYPE({item}), 'NULL') = 'NULL'"


def _form(rule: Rule) -> str:
    return JSON_NUMBERS if rule.function.takes == "number" else "'STRING'"


def _item(rule: Rule, column: NativeColumn, item: str, unquoted: str) -> Seen:
    """What stands at a path, as the rule's function takes it: the item, and that as text."""
    if rule.function.takes == "number":
        value = f"(CASE WHEN JSON_TYPE({item}) IN ({JSON_NUMBERS}) THEN CAST({item} AS DECIMAL(50, 20)) END)"
        return Seen(value, rule, replace(column, type="decimal(50,20)", is_text=False, kind="number", base="decimal"))
    text = replace(column, type="longtext", is_text=True, kind="text", base="longtext", max_characters=None)
    return Seen(unquoted, rule, text, tuple(each.encode().hex().upper() for each in given_values(rule)))


def unlisted(value: str, paths: Paths, *, nothing_but_null: bool) -> str:
    """Whether the document has a key that no path names: with anything in it, or with anything but null."""
    conditions = [
        UNLISTED.format(
            found=_found(value, steps),
            other=f"CAST(sanitizer_name AS BINARY) NOT IN ({listed([literal(key) for key in keys])})"
            if keys
            else "TRUE",
            more=NOT_NULL if nothing_but_null else "",
        )
        for steps, keys in _objects(paths).items()
    ]
    return f"(CASE WHEN {_is_listed(value, tree(paths))} THEN FALSE ELSE {' OR '.join(conditions)} END)"


def _is_listed(value: str, root: Node) -> str:
    """True only of documents whose every key a path names: of those that are objects of objects. It costs a fifth, for it has no subquery."""
    if not root.is_of_keys:
        return "FALSE"
    conditions = [f"JSON_VALID({value})"]  # JSON_KEYS does not look behind the object
    for steps, node in places(root):
        if node.inner:
            place = f"JSON_EXTRACT({value}, {literal(json_path(steps))})" if steps else value
            named = f"JSON_CONTAINS({literal(json.dumps(list(node.inner), ensure_ascii=False))}, JSON_KEYS({place}))"
            other = f"COALESCE(JSON_TYPE({place}), 'NULL') <> 'ARRAY'"
            conditions.append(f"COALESCE({named}, {other if steps else 'FALSE'})")
    return " AND ".join(conditions)


def _found(value: str, steps: Steps) -> str:
    return FOUND.format(value=value, place=literal(json_path(steps)))


def _forms(paths: Paths) -> Iterator[tuple[Steps, str]]:
    """Every place on the way of the paths, with the forms it may have."""
    forms: dict[Steps, set[str]] = {}
    for path, _ in paths.rules:
        for number, step in enumerate(path.steps):
            forms.setdefault(path.steps[:number], set()).add("'ARRAY'" if step is None else "'OBJECT'")
    for steps, found in forms.items():
        yield steps, ", ".join(sorted(found))


def _objects(paths: Paths) -> dict[Steps, list[str]]:
    """Every place on the way of the paths, with the keys that they name there."""
    places: dict[Steps, list[str]] = {}
    for path, _ in paths.rules:
        for number, step in enumerate(path.steps):
            keys = places.setdefault(path.steps[:number], [])
            if step is not None and step not in keys:
                keys.append(step)
    return places

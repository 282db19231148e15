"""Values made of others: one by one, or compared with the columns they are made of."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from psycopg import sql

from sanitizer.functions.nested import Node, Paths, places, tree
from sanitizer.postgresql.predicates.seen import Predicate, Seen
from sanitizer.rules import Rule
from sanitizer.schema import Column

# What jsonb_path_query finds at a path, and that as text.
FOUND = (sql.SQL("sanitizer_found.item"), sql.SQL("(sanitizer_found.item #>> '{}')"))

Recognise = Callable[[Seen], sql.Composable | None]
Steps = tuple[str | None, ...]


def predicates(recognise: Recognise) -> dict[str, Predicate | None]:
    """Predicates that are made of others'."""
    return {
        "choice": _is_chosen,
        "template": _is_made_of_the_row,
        "each": lambda seen: _each(seen, recognise),
        "json": lambda seen: _json(seen, recognise),
    }


def _is_chosen(seen: Seen) -> sql.Composable:
    values = (choice.value for choice in seen.rule.arguments["choices"])
    casts = (sql.SQL("CAST({} AS {})::text").format(sql.Literal(value), sql.SQL(seen.column.type)) for value in values)
    return sql.SQL("({0} IS NULL OR {0} IN ({1}))").format(seen.text, sql.SQL(", ").join(casts))


def _is_made_of_the_row(seen: Seen) -> sql.Composable:
    """Equal to the template filled with the columns as they stand there now."""
    template = seen.rule.arguments["text"]
    texts = [sql.Literal(text) for text in template.texts]
    columns = [sql.SQL("coalesce({}::text, '')").format(sql.Identifier(name)) for name in template.columns]
    parts = [part for pair in zip(texts, columns, strict=False) for part in pair]
    filled = sql.SQL("concat({})").format(sql.SQL(", ").join([*parts, texts[-1]]))
    return sql.SQL('({0} IS NULL OR {0} = CAST({1} AS {2})::text COLLATE "C")').format(
        seen.text, filled, sql.SQL(seen.column.type)
    )


def _each(seen: Seen, recognise: Recognise) -> sql.Composable:
    element = replace(seen.column.element or seen.column, name="item")
    inner = recognise(Seen(sql.SQL("sanitizer_each.item"), seen.rule.arguments["rule"], element))
    if inner is None:
        return sql.SQL("TRUE")
    return sql.SQL("NOT EXISTS (SELECT FROM unnest({}) AS sanitizer_each(item) WHERE NOT ({}))").format(
        seen.value, inner
    )


def _json(seen: Seen, recognise: Recognise) -> sql.Composable:
    """Each path's values are what its rule writes; where other keys are cleared, nothing but null stands there."""
    paths: Paths = seen.rule.arguments["paths"]
    value = sql.SQL("{}::jsonb").format(seen.value)
    violated = [_other_form(value, steps, forms) for steps, forms in _forms(paths).items()]
    for path, rule in paths.rules:
        if rule.changes:
            number = rule.function.takes == "number"
            violated.append(_other_form(value, path.steps, ["number" if number else "string"]))
            inner = recognise(_item(rule, seen.column, *FOUND, number=number))
            if inner is not None:
                query = "EXISTS (SELECT FROM jsonb_path_query({}, {}) AS sanitizer_found(item) WHERE sanitizer_found.item <> 'null' AND ({}) IS NOT TRUE)"
                violated.append(sql.SQL(query).format(value, sql.Literal(_jsonpath(path.steps)), inner))
    if paths.unlisted != "keep":
        violated.append(unlisted(seen.value, paths, nothing_but_null=True))
    return sql.SQL("({} IS NULL OR NOT ({}))").format(seen.value, sql.SQL(" OR ").join(violated))


def is_plain_document(seen: Seen, recognise: Recognise) -> sql.Composable | None:
    """True only of documents that are recognised: of those that are objects of objects, as nearly all are. None where paths lead through arrays.

    It costs a fifth, for it has no subquery; and a server that counts by it may use several processes.
    """
    root = tree(seen.rule.arguments["paths"])
    if not root.is_of_keys:
        return None
    value = sql.SQL("{}::jsonb").format(seen.value)
    keeps = seen.rule.arguments["paths"].unlisted == "keep"
    conditions: list[sql.Composable] = []
    for steps, node in places(root):
        place, text = _at(value, steps), _at(value, steps, "->>")
        if node.inner:
            names_all = sql.SQL("TRUE") if keeps else _names_all(place, list(node.inner))
            conditions.append(_where_object(place, names_all, sql.SQL("FALSE") if not steps else _is_null(place)))
        elif node.rule.changes:
            number = node.rule.function.takes == "number"
            form = sql.SQL("jsonb_typeof({}) = {}").format(place, sql.Literal("number" if number else "string"))
            inner = recognise(_item(node.rule, seen.column, place, text, number=number))
            is_recognised = sql.SQL(" AND ({}) IS TRUE").format(inner) if inner is not None else sql.SQL("")
            conditions.append(sql.SQL("({} IS NULL OR {}{})").format(text, form, is_recognised))
    return sql.SQL("({} IS NULL OR ({}))").format(seen.value, sql.SQL(" AND ").join(conditions))


def _at(value: sql.Composable, steps: Steps, last: str = "->") -> sql.Composable:
    """What stands there, found key by key, the last one by this operator."""
    operators = [*(["->"] * (len(steps) - 1)), last]
    found = (sql.SQL(f" {each} {{}}").format(sql.Literal(key)) for each, key in zip(operators, steps, strict=False))
    return sql.SQL("({})").format(sql.SQL("").join([value, *found])) if steps else value


def _is_null(place: sql.Composable) -> sql.Composable:
    return sql.SQL("coalesce(jsonb_typeof({}), 'null') = 'null'").format(place)


def _where_object(place: sql.Composable, condition: sql.Composable, otherwise: sql.Composable) -> sql.Composable:
    return sql.SQL("(CASE jsonb_typeof({}) WHEN 'object' THEN {} ELSE {} END)").format(place, condition, otherwise)


def _names_all(place: sql.Composable, keys: list[str | None]) -> sql.Composable:
    """Whether an object has no other keys than these, but for those that are null, which few have."""
    others = sql.SQL("{} - {}::text[]").format(place, sql.Literal(keys))
    return sql.SQL("{0} = '{{}}' OR jsonb_strip_nulls({0}) = '{{}}'").format(others)


def _item(rule: Rule, column: Column, item: sql.Composable, text: sql.Composable, *, number: bool) -> Seen:
    """What stands at a path, as the rule's function takes it: the item, and that as text."""
    inside = replace(column, type="text", is_text=True, kind="text", base="text", max_characters=None, folds_case=False)
    if not number:
        return Seen(text, rule, inside)
    value = sql.SQL("(CASE jsonb_typeof({}) WHEN 'number' THEN {}::numeric END)").format(item, text)
    return Seen(value, rule, replace(inside, type="numeric", is_text=False, kind="number", base="numeric"))


def _other_form(value: sql.Composable, steps: Steps, forms: list[str]) -> sql.Composable:
    """Whether anything there is neither of these forms nor null: masking makes null of it."""
    query = "EXISTS (SELECT FROM jsonb_path_query({}, {}) AS sanitizer_found(item) WHERE jsonb_typeof(sanitizer_found.item) <> ALL ({}::text[]))"
    return sql.SQL(query).format(value, sql.Literal(_jsonpath(steps)), sql.Literal([*forms, "null"]))


def _forms(paths: Paths) -> dict[Steps, list[str]]:
    """Every place on the way of the paths, with the forms it may have."""
    forms: dict[Steps, list[str]] = {}
    for path, _ in paths.rules:
        for number, step in enumerate(path.steps):
            forms.setdefault(path.steps[:number], []).append("array" if step is None else "object")
    return forms


def unlisted(value: sql.Composable, paths: Paths, *, nothing_but_null: bool) -> sql.Composable:
    """Whether the document has a key that no path names: with anything in it, or with anything but null."""
    conditions = []
    for place, keys in _objects(paths):
        query = (
            "EXISTS (SELECT FROM jsonb_path_query({value}::jsonb, {place}) AS sanitizer_object(item)"
            " CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(sanitizer_object.item) WHEN 'object' THEN sanitizer_object.item ELSE '{{}}' END) AS sanitizer_inside"
            " WHERE sanitizer_inside.key <> ALL ({keys}){more})"
        )
        more = sql.SQL(" AND sanitizer_inside.value <> 'null'") if nothing_but_null else sql.SQL("")
        literal = sql.SQL("{}::text[]").format(sql.Literal(keys))
        conditions.append(sql.SQL(query).format(value=value, place=sql.Literal(place), keys=literal, more=more))
    return sql.SQL("(CASE WHEN {} THEN FALSE ELSE {} END)").format(
        _is_listed(sql.SQL("{}::jsonb").format(value), tree(paths)), sql.SQL(" OR ").join(conditions)
    )


def _is_listed(value: sql.Composable, root: Node) -> sql.Composable:
    """True only of documents whose every key a path names: of those that are objects of objects. It costs a tenth, for it has no subquery."""
    if not root.is_of_keys:
        return sql.SQL("FALSE")
    test = (
        "(CASE jsonb_typeof({0}) WHEN 'object' THEN {0} - {1}::text[] = '{{}}' WHEN 'array' THEN FALSE ELSE TRUE END)"
    )
    inner = ((_at(value, steps), list(node.inner)) for steps, node in places(root) if node.inner)
    return sql.SQL(" AND ").join(sql.SQL(test).format(place, sql.Literal(keys)) for place, keys in inner)


def _objects(paths: Paths) -> Iterator[tuple[str, list[str]]]:
    """Every place on the way of the paths, with the keys that they name there."""
    places: dict[Steps, list[str]] = {}
    for path, _ in paths.rules:
        for number, step in enumerate(path.steps):
            keys = places.setdefault(path.steps[:number], [])
            if step is not None and step not in keys:
                keys.append(step)
    for steps, keys in places.items():
        yield _jsonpath(steps), keys


def _jsonpath(steps: Steps) -> str:
    return "lax $" + "".join("[*]" if step is None else f'."{step}"' for step in steps)

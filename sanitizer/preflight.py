"""What masking would break, found before anything changes. Engine-neutral; the dialect adds what only its server knows."""

from collections.abc import Collection, Iterator

from sanitizer.errors import Finding
from sanitizer.functions import DELETE, FIXED, SET_NULL, WHERE
from sanitizer.guesses import opening_named
from sanitizer.rules import DatabaseRules, Rule, TableRules
from sanitizer.schema import Column, ForeignKey, Schema, Table

ORDINARY, PARTITIONED, FOREIGN = "r", "p", "f"
MAY_OPEN = frozenset({"text", "json", "array", "uuid"})
KEEP_APART = "Use `hash` or `email`, which keep values apart"


def refusals(schema: Schema, rules: DatabaseRules, understood: frozenset[str]) -> Iterator[Finding]:
    """Everything in one database that forbids its rules; `understood` are the words that the engine can follow."""
    for name, table_rules in rules.listed.items():
        table = schema.tables[name]
        yield from _words(table_rules, understood)
        yield from _table(table, table_rules)
        yield from _openings(
            table, table_rules, {column for key in schema.keys_of.get(name, ()) for column in key.columns}
        )
        for column, rule in table_rules.masked.items():
            yield from column_refusals(table, table.columns[column], rule)
    for key in schema.foreign_keys:
        yield from _foreign_key(key, rules)


def _words(rules: TableRules, understood: frozenset[str]) -> Iterator[Finding]:
    places = {DELETE: rules.delete.place} if rules.delete else {}
    for rule in rules.masked.values():
        places |= {each.function.name: rule.place for each in (rule, *rule.inner)} | (
            {WHERE: rule.place} if rule.where else {}
        )
    for word, place in places.items():
        if word not in understood:
            remedy = "Use another function, or `keep` the column and change it by a statement"
            yield Finding(place, f"table {rules.name}: this engine has no `{word}` yet", remedy, word)


def _table(table: Table, rules: TableRules) -> Iterator[Finding]:
    changes = rules.truncate or rules.masked
    if not table.owned and (changes or not table.extension):
        remedy = "In the source: GRANT its owner's role to the master user"
        yield Finding(rules.place, f"table {table.name} belongs to a role of which the user is no member", remedy)
    if table.hides_rows and table.owned:
        remedy = "In the source: ALTER TABLE ... NO FORCE ROW LEVEL SECURITY, or give the user BYPASSRLS"
        yield Finding(rules.place, f"row level security hides rows of table {table.name} from its owner", remedy)
    is_elsewhere = any(relation.kind == FOREIGN for relation in table.relations)
    if is_elsewhere and table.kind == PARTITIONED:
        problem = f"a partition of table {table.name} is on another server, which would be asked for its rows"
        yield Finding(rules.place, problem, "In the source: ALTER TABLE ... DETACH PARTITION, and drop it")
    elif is_elsewhere and changes:
        yield Finding(
            rules.place,
            f"rows of table {table.name} are on another server",
            "`keep` its columns, or drop the foreign table in the source",
        )


def _openings(table: Table, rules: TableRules, joined: Collection[str]) -> Iterator[Finding]:
    """Kept columns by which a copy of the database could enter, or call, what production does; what a foreign key joins is judged there."""
    for name, rule in rules.kept.items():
        column = table.columns[name]
        ours = not (table.extension or table.kind == FOREIGN or column.generated or name in joined)
        if ours and column.taken_as in MAY_OPEN and opening_named(name, table.name.table):
            problem = f"column {name} of {table.name} is kept, and by its name it opens something or calls somebody: a secret, a mail server, a web hook"
            yield Finding(
                rule.place, problem, "Mask it, or write why it may be shared: `keep: {reason: ...}`", str(rule)
            )


def column_refusals(table: Table, column: Column, rule: Rule) -> Iterator[Finding]:
    """Everything that forbids the rule for the column, whatever the rules of other columns say."""
    for problem, remedy in (*_value_problems(column, rule), *_structure_problems(table, column, rule)):
        yield Finding(rule.place, f"column {column.name} of {table.name}: {problem}", remedy, str(rule))


def _value_problems(column: Column, rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.function.name == SET_NULL and not column.nullable:
        yield "it is NOT NULL", "Use `fixed`, `hash` or `email`"
    length = rule.longest
    if length is not None and column.max_characters is not None and length > column.max_characters:
        yield (
            f"the output has {length} characters, {column.type} holds {column.max_characters}",
            "Use `set_null` or a shorter `fixed`",
        )
    unsuited = rule.function.unsuited(rule.arguments, column)
    if unsuited:
        yield unsuited, "Correct the parameter"
    if rule.nested and column.element:
        yield from _value_problems(column.element, rule.nested)
    if rule.function.deterministic and column.collation_equates:
        yield "its collation calls different values equal, the keyed hash does not", "Use `set_null` or `fixed`"


def _structure_problems(table: Table, column: Column, rule: Rule) -> Iterator[tuple[str, str]]:
    if column.generated:
        yield "it is generated from other columns", "`keep` it: it follows the columns it is made from"
    if column.name in table.partition_key:
        yield "it is part of the partition key", "`keep` it, or truncate the table"
    for index in table.unique:
        if column.name not in index.columns:
            continue
        if rule.function.name == FIXED:
            yield f"all rows would be equal in the unique index {index.name}", KEEP_APART
        elif not rule.function.unique and not _apart_without(table, index.columns - {column.name}):
            yield f"different values may become equal in the unique index {index.name}", KEEP_APART
        if rule.function.name == SET_NULL and not index.nulls_distinct:
            yield f"the unique index {index.name} allows one NULL only", KEEP_APART


def _apart_without(table: Table, columns: frozenset[str]) -> bool:
    """Whether another unique index keeps rows apart by these columns alone."""
    return any(
        index.total and index.columns <= columns and not any(table.columns[name].nullable for name in index.columns)
        for index in table.unique
    )


def _foreign_key(key: ForeignKey, rules: DatabaseRules) -> Iterator[Finding]:
    ours, theirs = rules.listed.get(key.table), rules.listed.get(key.referenced)
    if ours is None or theirs is None or ours.truncate:
        return
    pairs = list(zip(key.columns, key.referenced_columns, strict=True))
    if all(ours.columns[column].function.name == SET_NULL for column, _ in pairs):
        return
    if theirs.truncate:
        problem = f"foreign key {key} would point at rows that `truncate` removes from {key.referenced}"
        yield Finding(
            ours.place, problem, f"Truncate {key.table} too, or `set_null` its {', '.join(key.columns)}", "truncate"
        )
        return
    for column, referenced in pairs:
        mine, other = ours.columns[column], theirs.columns[referenced]
        if mine.mapping != other.mapping:
            problem = f"foreign key {key} joins column {column} of {key.table} to {referenced} of {key.referenced}, whose rule is {other}"
            yield Finding(mine.place, problem, "Give both columns the same rule", str(mine))
        elif mine.changes and not mine.deterministic and mine.function.name not in (SET_NULL, FIXED):
            problem = f"foreign key {key} joins column {column} of {key.table} to {referenced} of {key.referenced}, and the output depends on more than the value"
            yield Finding(mine.place, problem, "Use a rule made of the value alone, without `where`", str(mine))

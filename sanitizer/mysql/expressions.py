"""Each masking function as an expression over one column.

The key is never part of SQL text: it lies in a temporary table in memory, of one row, that statements join. The hash is
sha256(key || value || key) as on PostgreSQL, over the value's UTF-8 bytes where the collation compares code points; elsewhere over the
weights that the collation compares by, so that values which were equal stay equal, and different ones different.
"""

from collections.abc import Callable

from sanitizer.functions import EMAIL, FIXED, FUNCTIONS, HASH, SET_NULL
from sanitizer.functions.plain import EMAIL_LOCAL_PART
from sanitizer.mysql.native import NativeColumn
from sanitizer.mysql.writing import KEY, literal, quote
from sanitizer.rules import Rule

_KEY = quote(KEY, KEY)

Expression = Callable[[Rule, NativeColumn], str]


def compared(column: NativeColumn) -> str:
    """Bytes that are the same exactly where the column's collation calls values equal."""
    value = quote(column.name)
    if column.pads:
        value = f"TRIM(TRAILING ' ' FROM {value})"
    if column.exact:
        return f"CAST(CONVERT({value} USING utf8mb4) AS BINARY)"
    weights = f"WEIGHT_STRING({value})"
    if column.pads:  # other characters may weigh as much as a space
        charset = str(column.collation).partition("_")[0]
        space = f"WEIGHT_STRING(CONVERT(' ' USING {charset}) COLLATE {column.collation})"
        weights = f"TRIM(TRAILING {space} FROM {weights})"
    return weights


def _keyed_hash(column: NativeColumn, characters: int) -> str:
    return f"LEFT(SHA2(CONCAT({_KEY}, {compared(column)}, {_KEY}), 256), {characters})"


def _set_null(_rule: Rule, _column: NativeColumn) -> str:
    return "NULL"


def _fixed(rule: Rule, _column: NativeColumn) -> str:
    return literal(rule.parameter or "")


def _email(rule: Rule, column: NativeColumn) -> str:
    domain = literal(f"@{rule.arguments['domain']}")
    return f"CONCAT({_keyed_hash(column, EMAIL_LOCAL_PART)}, {domain})"


def _hash(_rule: Rule, column: NativeColumn) -> str:
    return _keyed_hash(column, FUNCTIONS[HASH].output_characters or 0)


EXPRESSIONS: dict[str, Expression] = {SET_NULL: _set_null, FIXED: _fixed, EMAIL: _email, HASH: _hash}


def masked(rule: Rule, column: NativeColumn) -> str:
    """What the column's value becomes."""
    return EXPRESSIONS[rule.function.name](rule, column)


def joins_key(expression: str) -> bool:
    """Whether the expression reads the masking key."""
    return _KEY in expression

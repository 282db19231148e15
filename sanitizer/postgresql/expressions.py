"""Each masking function as a PostgreSQL expression over one column.

The key is never part of SQL text: it lies in a setting of the session, bound as a parameter (statement statistics and logs keep literals).
The hash is sha256(key || value || key) of the exact value, so that values which were equal or different stay so; of citext, whose equality
ignores case, the lower-case value.
"""

from collections.abc import Callable

from psycopg import sql

from sanitizer.functions import EMAIL, FIXED, FUNCTIONS, HASH, SET_NULL
from sanitizer.rules import Rule
from sanitizer.schema import Column

KEY_SETTING = "sanitizer.key"
_KEY = sql.SQL("pg_catalog.current_setting({})").format(sql.Literal(KEY_SETTING))
_EMAIL_DOMAIN = "@example.com"

Expression = Callable[[Rule, Column], sql.Composable]


def _keyed_hash(column: Column, characters: int) -> sql.Composable:
    value = sql.SQL("{}::text").format(sql.Identifier(column.name))
    if column.folds_case:
        value = sql.SQL("pg_catalog.lower({})").format(value)
    return sql.SQL(
        "pg_catalog.substr(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to({key} || {value} || {key}, 'UTF8')), 'hex'), 1, {length})"
    ).format(key=_KEY, value=value, length=sql.Literal(characters))


def _set_null(_rule: Rule, _column: Column) -> sql.Composable:
    return sql.SQL("NULL")


def _fixed(rule: Rule, _column: Column) -> sql.Composable:
    return sql.Literal(rule.parameter)


def _email(_rule: Rule, column: Column) -> sql.Composable:
    characters = (FUNCTIONS[EMAIL].output_characters or 0) - len(_EMAIL_DOMAIN)
    return sql.SQL("{} || {}").format(_keyed_hash(column, characters), sql.Literal(_EMAIL_DOMAIN))


def _hash(_rule: Rule, column: Column) -> sql.Composable:
    return _keyed_hash(column, FUNCTIONS[HASH].output_characters or 0)


EXPRESSIONS: dict[str, Expression] = {SET_NULL: _set_null, FIXED: _fixed, EMAIL: _email, HASH: _hash}


def masked(rule: Rule, column: Column) -> sql.Composable:
    """What the column's value becomes."""
    return EXPRESSIONS[rule.function.name](rule, column)

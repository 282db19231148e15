"""How names and texts are written in SQL. Identifiers are always quoted; sessions read backslashes as escapes."""

from collections.abc import Iterable, Iterator

from sanitizer.mysql.native import Trigger
from sanitizer.names import TableName

COPY = "sanitizer_copy"
KEY = "sanitizer_key"
PROBE = "sanitizer_probe"
RESERVED = (COPY, KEY, PROBE)
CHECKS_OFF = "SET foreign_key_checks = 0"
CHECKS_ON = "SET foreign_key_checks = 1"

# Strict, so that nothing is cut to fit. NO_ZERO_DATE and NO_ZERO_IN_DATE stay off: dates like 0000-00-00 are copied as they are, and
# stand in defaults. So does ERROR_FOR_DIVISION_BY_ZERO: what the server generates by a division is NULL again where it was.
SQL_MODE = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"


def quote(*parts: str) -> str:
    """A quoted name, qualified if there are several parts."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def identifier(name: TableName) -> str:
    """The table's quoted name, with its database if that is another."""
    return quote(*filter(None, name))


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def listed(words: Iterable[str]) -> str:
    """Words with commas between them."""
    return ", ".join(words)


def quoted(names: Iterable[str]) -> str:
    """Names with commas between them."""
    return listed([quote(name) for name in names])


def created(triggers: tuple[Trigger, ...]) -> Iterator[str]:
    """Each trigger with the settings it was created under; then the session's own again."""
    for trigger in triggers:
        yield f"DROP TRIGGER IF EXISTS {quote(trigger.name)}"
        yield (
            f"SET sql_mode = {literal(trigger.sql_mode)}, character_set_client = {trigger.client_charset}, "
            f"collation_connection = {trigger.connection_collation}"
        )
        yield trigger.statement
    if triggers:
        yield f"SET sql_mode = {literal(SQL_MODE)}, NAMES utf8mb4"

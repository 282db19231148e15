"""How names and texts are written in SQL. Identifiers are always quoted; sessions read backslashes as escapes."""

from sanitizer.names import TableName

COPY = "sanitizer_copy"
KEY = "sanitizer_key"
PROBE = "sanitizer_probe"
RESERVED = (COPY, KEY, PROBE)

# Strict, so that nothing is cut to fit. NO_ZERO_DATE and NO_ZERO_IN_DATE stay off: dates like 0000-00-00 are copied as they are, and
# stand in defaults.
SQL_MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"


def quote(*parts: str) -> str:
    """A quoted name, qualified if there are several parts."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def identifier(name: TableName) -> str:
    """The table's quoted name, with its database if that is another."""
    return quote(*filter(None, name))


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def listed(words: list[str]) -> str:
    """Words with commas between them."""
    return ", ".join(words)


def quoted(names: list[str]) -> str:
    """Names with commas between them."""
    return listed([quote(name) for name in names])

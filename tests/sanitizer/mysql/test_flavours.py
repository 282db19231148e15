"""What only MySQL 8 is told: no such server has run it, so it is held against the words of its manual."""

import pytest

from sanitizer.mysql.expressions.parts import replacement
from sanitizer.mysql.flavours import MARIADB, MYSQL, Flavour


@pytest.mark.parametrize(
    ("flavour", "written", "said"),
    [
        (MARIADB, r"<\1>", r"'<\\1>'"),
        (MARIADB, r"\& $1", r"'\\0 $1'"),
        (MARIADB, r"a\\b\c", r"'a\\\\b\\\\c'"),
        (MYSQL, r"<\1>", "'<$1>'"),
        (MYSQL, r"\& $1", r"'$0 \\$1'"),
        (MYSQL, r"a\\b", r"'a\\\\b'"),
    ],
)
def test_replacements_are_written_for_the_server(flavour: Flavour, written: str, said: str) -> None:
    """Groups by backslash or dollar; what would mean something else there is escaped."""
    assert replacement(written, flavour) == said

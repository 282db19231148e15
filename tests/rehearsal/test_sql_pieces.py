"""A dump is cut where psql cuts it.

Opens with what happened elsewhere: a semicolon inside of a function body that ended a statement; a backslash inside of a comment that was taken for a command.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.sql_pieces import Kind, Piece, pieces


def cut(text: bytes) -> list[Piece]:
    return list(pieces(text.splitlines(keepends=True)))


def statements(text: bytes) -> list[bytes]:
    return [piece.bare for piece in cut(text) if piece.kind is Kind.STATEMENT]


FOLLOWED = {
    "a literal": b"SELECT 'a;''b'; SELECT 2;\n",
    "an escaping literal": b"SELECT E'a\\';b'; SELECT 2;\n",
    "a literal that ends in a backslash": b"SELECT 'a\\'; SELECT 2;\n",
    "a literal of several lines": b"SELECT 'a\n\\! touch x\n;'; SELECT 2;\n",
    "a quoted name": b'SELECT "a;""b"; SELECT 2;\n',
    "dollar quotes": b"SELECT $$ ; ' $$; SELECT $_$ $$ ; $_$;\n",
    "a parameter and a name with a dollar": b"SELECT $1, a$b$; SELECT 2;\n",
    "a comment": b"SELECT 1 -- ; '\n; SELECT 2;\n",
    "nested comments": b"SELECT /* ; /* ' */ ; */ 1; SELECT 2;\n",
    "parentheses": b"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 2;\n",
    "a body of SQL": b"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 2;\n",
    "columns named like the words of a body": b"SELECT begin, end FROM t; SELECT 2;\n",
    "an INSERT on a line": b"INSERT INTO t VALUES (1, 'a;b', -2);\nSELECT 2;\n",
    "an INSERT with a comment": b"INSERT INTO t VALUES (1); -- a;\nSELECT 2;\n",
}


@pytest.mark.parametrize("what", FOLLOWED)
def test_semicolons_end_statements_only_where_psql_ends_them(what: str) -> None:
    """Two statements, whatever semicolons stand inside of the first one."""
    assert len(statements(FOLLOWED[what])) == 2, cut(FOLLOWED[what])
    assert not [piece for piece in cut(FOLLOWED[what]) if piece.kind is Kind.COMMAND]


def test_rows_of_copy_are_no_sql() -> None:
    """Quotes, semicolons and backslashes in rows mean nothing; the line that ends them does."""
    found = cut(b"COPY t (a) FROM stdin;\nit's; \\N\n\\connect x\n\\.\nSELECT 1;\n")
    assert [(piece.kind, piece.line) for piece in found if piece.kind is not Kind.BETWEEN] == [
        (Kind.STATEMENT, 1),
        (Kind.ROWS, 2),
        (Kind.STATEMENT, 5),
    ]


def test_statements_show_no_literal() -> None:
    """Whoever looks at a statement's words sees no value in it."""
    text = b"COMMENT ON TABLE t IS 'secret'; INSERT INTO t VALUES ('secret'); SELECT $x$secret$x$, E'secret\\'';\n"
    assert all(b"secret" not in bare for bare in statements(text))
    assert b"secret" not in statements(b"INSERT INTO t VALUES ('secret');\n")[0]


def test_commands_of_psql_are_told_apart() -> None:
    """A backslash outside of quotes is psql's, up to the end of the line."""
    kinds = [piece.kind for piece in cut(b"\\connect shop\nSELECT 1;\n\\restrict abc\n")]
    assert kinds.count(Kind.COMMAND) == 2


def test_older_strings_are_followed() -> None:
    """A dump of a server with standard_conforming_strings off has backslashes that escape."""
    assert len(statements(b"SET standard_conforming_strings = off;\nSELECT 'a\\';b'; SELECT 2;\n")) == 3


@pytest.mark.parametrize("text", [b"SELECT 1", b"SELECT 'a;\n", b"COPY t FROM stdin;\n1\n", b"/* ;\n"])
def test_end_of_the_file_in_the_middle_is_noticed(text: bytes) -> None:
    """A dump that was cut off is no dump."""
    assert cut(text)[-1].kind is Kind.CUT_OFF


PARTS = ["SELECT 1", ";", "'", '"', "$$", "$x$", "--", "/*", "*/", "\n", "\\", "(", ")", "E'", "begin", "end", "é", " "]


@given(st.lists(st.sampled_from([*PARTS, "COPY t FROM stdin;\n", "\\.\n", "INSERT INTO t VALUES (1);\n"]), max_size=30))
def test_nothing_is_lost(parts: list[str]) -> None:
    """Whatever a file holds, its pieces make the file, and tell the lines they begin in."""
    text = "".join(parts).encode()
    found = cut(text)
    assert b"".join(piece.text for piece in found) == text
    assert [piece.line for piece in found] == sorted(piece.line for piece in found)

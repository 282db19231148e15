"""Documents are recognised by one subquery where that is enough, and alike without it."""

import itertools

import pytest

from sanitizer.functions.nested import tree
from sanitizer.mysql.native import native_column
from sanitizer.mysql.predicates import Seen, composed, recognised
from sanitizer.rules_file import read_rules
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.test_documents import DOCUMENTS, ORDINARY, PATHS, UNLISTED, paths_of, rule_of, schema_of

TWICE = [
    '{"mail": "0123456789abcdef0123456789abcdef", "mail": "x"}',
    '{"place": {"inner": "x"}, "place": {}}',
    '{"kept": 1, "kept": "x"}',
]


def test_what_is_recognised_cheaply_is_recognised(bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every document that cannot be told at a glance is looked at closely; keys that stand twice are."""
    bench.sql("CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, doc json)")
    for document in (*DOCUMENTS, *TWICE):
        bench.rows("INSERT INTO t (doc) VALUES (%s)", document)
    (table,) = schema_of(bench, "mariadb").tables.values()
    column = native_column(table.columns["doc"])
    for paths, unlisted in itertools.product(PATHS, UNLISTED):
        rules = read_rules(
            f"tables: {{t: {{id: keep, doc: {{json: {{{paths}, unlisted: {unlisted}}}}}}}}}".encode(), "r"
        )
        seen = Seen("`doc`", rule_of(rules), column)
        (cheap,) = composed._plain(seen, recognised)
        with monkeypatch.context() as patch:
            patch.setattr(composed, "_plain", lambda *_given: [])
            exact = recognised(seen)
        found = bench.rows(
            f"SELECT doc, COALESCE({cheap}, FALSE), COALESCE({exact}, FALSE), COALESCE({recognised(seen)}, FALSE) FROM t".replace(
                "%", "%%"
            )
        )
        assert [document for document, cheaply, exactly, _ in found if cheaply and not exactly] == []
        assert [document for document, _, exactly, both in found if exactly != both] == []
        seldom = [document for document, cheaply, exactly, _ in found if exactly and not cheaply]
        assert [each for each in ORDINARY if each in seldom and "kept" not in each] == []
        assert any(not exactly for _, _, exactly, _ in found)


def test_keys_that_no_path_names_are_found_cheaply(bench: MariaDbBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a glance says that there are none, a close look finds none; text that is no document has no keys to be sure of."""
    bench.sql("CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, doc json); CREATE TABLE broken (doc longtext)")
    for document in (*DOCUMENTS, *TWICE):
        bench.rows("INSERT INTO t (doc) VALUES (%s)", document)
    bench.rows("INSERT INTO broken VALUES (%s), (%s)", '{"mail": 1} x', '{"mail": 1')
    for path, but_null in itertools.product(PATHS, (False, True)):
        paths = paths_of(path, "t")
        glance, told = (
            composed._is_listed("doc", tree(paths)),
            composed.unlisted("doc", paths, nothing_but_null=but_null),
        )
        with monkeypatch.context() as patch:
            patch.setattr(composed, "_is_listed", lambda *_given: "FALSE")
            close = composed.unlisted("doc", paths, nothing_but_null=but_null)
        found = bench.rows(f"SELECT doc, COALESCE({glance}, FALSE), {close}, {told} FROM t".replace("%", "%%"))
        assert [document for document, listed, other, _ in found if listed and other] == []
        assert [document for document, _, other, both in found if other != both] == []
        assert [
            document
            for document, listed, _, _ in found
            if document in ORDINARY and not listed and "kept" not in document
        ] == []
        assert any(other for _, _, other, _ in found)
        assert bench.rows(f"SELECT COALESCE({glance}, FALSE) FROM broken".replace("%", "%%")) == [(0,), (0,)]

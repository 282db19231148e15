"""Documents are recognised cheaply only where they are recognised at all, and nearly always where they are."""

import itertools

import pytest
from psycopg import sql

from sanitizer.dialect import Target
from sanitizer.engines import ENGINES
from sanitizer.functions.nested import Paths, tree
from sanitizer.names import TableName
from sanitizer.postgresql.predicates import Seen, composed, recognised, recognised_cheaply
from sanitizer.rules import Rule, Rules
from sanitizer.rules_file import read_rules
from sanitizer.schema import Schema
from tests.sanitizer import once
from tests.sanitizer.workbench import PASSWORD, USER, Workbench

MASKED = '"0123456789abcdef0123456789abcdef"'
LEAVES = [
    MASKED,
    "null",
    '"x"',
    "7",
    "true",
    "[]",
    f"[{MASKED}]",
    "{}",
    f'{{"inner": {MASKED}}}',
    '{"inner": "x"}',
    '{"inner": 7}',
    '{"other": 1}',
    '{"other": null}',
]
WHOLE = ["null", "7", '"x"', MASKED, "[]", f'[{{"mail": {MASKED}}}]', "{}", '{"other": 1}', '{"other": null}', '{"kept": [1, {"a": "x"}]}', f'{{"mail": {MASKED}, "kept": "x", "other": {{"a": null}}}}']  # fmt: skip
DOCUMENTS = [*WHOLE, *(f'{{"mail": {mail}, "place": {place}}}' for mail, place in itertools.product(LEAVES, LEAVES))]
# How most documents look.
ORDINARY = ["{}", f'{{"mail": {MASKED}, "place": {{"inner": {MASKED}}}}}', f'{{"mail": {MASKED}, "place": {{}}}}', '{"mail": null, "place": null}', '{"kept": [1, {"a": "x"}]}']  # fmt: skip
PATHS = ("$.mail: hash, $.place.inner: hash, $.kept: keep", "$.mail: hash, $.place.inner: {noise: 10%}")
UNLISTED = ("fail", "keep", "set_null")


def schema_of(bench: Workbench, engine: str = "postgres") -> Schema:
    """What the sanitizer sees of the database."""
    server = bench.server
    target = Target(server.host, server.port, USER, PASSWORD, server.ca_file)
    with ENGINES[engine].open_server(target) as dialect, dialect.session("shop") as session:
        return session.schema()


def rule_of(rules: Rules) -> Rule:
    """The only rule that masks."""
    assert rules.only is not None
    (table,) = rules.only.listed.values()
    return table.masked["doc"]


def paths_of(written: str, table: str = "public.t") -> Paths:
    """The paths of a rule that is written so."""
    rules = read_rules(f"tables: {{{table}: {{id: keep, doc: {{json: {{{written}}}}}}}}}".encode(), "r")
    paths: Paths = rule_of(rules).arguments["paths"]
    return paths


@once
def test_what_is_recognised_cheaply_is_recognised(bench: Workbench) -> None:
    """Every document that cannot be told at a glance is looked at closely."""
    for kind, paths, unlisted in itertools.product(("json", "jsonb"), PATHS, UNLISTED):
        bench.sql(f"DROP TABLE IF EXISTS t; CREATE TABLE t (id serial, doc {kind})")
        bench.connection().cursor().executemany(b"INSERT INTO t (doc) VALUES (%s)", [(each,) for each in DOCUMENTS])
        rules = read_rules(
            f"tables: {{public.t: {{id: keep, doc: {{json: {{{paths}, unlisted: {unlisted}}}}}}}}}".encode(), "r"
        )
        column = schema_of(bench).tables[TableName("public", "t")].columns["doc"]
        seen = Seen(sql.Identifier("t", "doc"), rule_of(rules), column)
        query = sql.SQL("SELECT doc::text, ({}) IS TRUE, ({}) IS TRUE FROM t").format(
            recognised_cheaply(seen), recognised(seen)
        )  # type: ignore[arg-type]
        found = {document: (cheaply, exactly) for document, cheaply, exactly in bench.connection().execute(query)}
        assert [each for each, (cheaply, exactly) in found.items() if cheaply and not exactly] == []
        seldom = [each for each, (cheaply, exactly) in found.items() if exactly and not cheaply]
        assert [each for each in ORDINARY if each in seldom and "kept" not in each] == []
        assert any(not exactly for _, exactly in found.values())


@once
def test_keys_that_no_path_names_are_found_cheaply(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a glance says that there are none, a close look finds none."""
    bench.sql("CREATE TABLE t (doc jsonb)")
    bench.connection().cursor().executemany(b"INSERT INTO t VALUES (%s)", [(each,) for each in DOCUMENTS])
    for path, but_null in itertools.product(PATHS, (False, True)):
        paths, doc = paths_of(path), sql.SQL("doc")
        glance, told = composed._is_listed(doc, tree(paths)), composed.unlisted(doc, paths, nothing_but_null=but_null)
        with monkeypatch.context() as patch:
            patch.setattr(composed, "_is_listed", lambda *_given: sql.SQL("FALSE"))
            close = composed.unlisted(doc, paths, nothing_but_null=but_null)
        query = sql.SQL("SELECT doc::text, {} IS TRUE, {}, {} FROM t").format(glance, close, told)
        found = bench.connection().execute(query).fetchall()
        assert [document for document, listed, other, _ in found if listed and other] == []
        assert [document for document, _, other, both in found if other != both] == []
        assert [
            document
            for document, listed, _, _ in found
            if document in ORDINARY and not listed and "kept" not in document
        ] == []
        assert any(other for _, _, other, _ in found)

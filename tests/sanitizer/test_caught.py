"""What goes wrong without anybody noticing, one mistake a test: verify catches it, and nothing else would."""

import json
from collections.abc import Callable, Iterator

import pytest
from psycopg import sql

from sanitizer.names import TableName
from sanitizer.postgresql import expressions, masking, purge
from sanitizer.postgresql.expressions import Cell, Row
from sanitizer.schema import Schema
from sanitizer.steps import Step
from tests.sanitizer import everywhere
from tests.sanitizer.catching import RULES, Mistake, Patch, catch
from tests.sanitizer.workbench import Workbench

PEOPLE = """
CREATE TABLE people (id int PRIMARY KEY, mail text, name text, phone text);
INSERT INTO people SELECT i, 'Planted.' || i || '@posteo.example', 'Planted' || chr(96 + i) || ' Lindqvist', '+33 6 98 76 54 ' || 10 + i FROM generate_series(1, 20) i
"""
AUDITED = """
CREATE TABLE audit (old text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit SELECT OLD.name; RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION f()"""
HIDDEN = """
ALTER TABLE copy ENABLE ROW LEVEL SECURITY; ALTER TABLE copy FORCE ROW LEVEL SECURITY; CREATE POLICY p ON copy USING (id > 5);
SET LOCAL row_security = on; UPDATE copy SET name = ''; ALTER TABLE copy NO FORCE ROW LEVEL SECURITY"""
COPY = "CREATE TABLE copy AS SELECT id, name FROM people"
KEPT_COPY = (RULES, "copy: {id: keep, name: keep}")
Masked = Callable[[Cell], sql.Composable]


def unmasked(patch: Patch) -> None:
    """Every function returns its input."""
    patch.setattr(expressions, "EXPRESSIONS", dict.fromkeys(expressions.EXPRESSIONS, lambda cell: cell.value))


def half_masked(patch: Patch) -> None:
    """Rows of which nobody can say whether the condition holds are left."""

    def column(row: Row, name: str) -> sql.Composable:
        rule = row.rules[name]
        value = expressions.masked_column(row, name)
        if rule.where is None:
            return value
        return sql.SQL("CASE WHEN {} THEN {} ELSE {} END").format(sql.SQL(rule.where), value, sql.Identifier(name))

    patch.setattr(masking, "masked_column", column)


def not_refreshed(patch: Patch) -> None:
    """Stored results stay as they were."""
    plan = purge.plan_purge

    def planned(schema: Schema, clean: frozenset[TableName]) -> Iterator[Step]:
        return (step for step in plan(schema, clean) if step.strategy != "refresh")

    patch.setattr(purge, "plan_purge", planned)


MISTAKES = {
    "a statement whose WHERE misses rows": Mistake(
        "shop: name of public.copy: 3 text(s)", source=(COPY,), rules=KEPT_COPY, sql="[UPDATE copy SET name = '' WHERE id > 3]"
    ),
    "a rule whose WHERE misses rows": Mistake(
        "20 row(s) of mail in public.people hold what the function does not write", ("masked columns", "statistics", "originals"),
        source=("ALTER TABLE people ADD staff boolean",), made=half_masked,
        rules=("people: {id: keep, mail: {email: {}, where: NOT staff}, name: {name: fr_FR}, phone: {phone: FR}, staff: keep}",),
    ),
    "a rule whose WHERE leaves what it masks elsewhere": Mistake(
        "shop: mail of public.people: 3 text(s)",
        source=("ALTER TABLE people ADD staff boolean DEFAULT false; INSERT INTO people SELECT id + 100, mail, name, phone, true FROM people WHERE id < 4",),
        rules=("people: {id: keep, mail: {email: {}, where: NOT staff}, name: {name: fr_FR}, phone: {phone: FR}, staff: keep}",),
    ),
    "a copy of masked values in an unrelated table": Mistake("shop: name of public.copy: 20 text(s)", source=(COPY,), rules=KEPT_COPY),
    "a copy inside JSON": Mistake(
        "shop: doc of public.events: 20 text(s)", source=("CREATE TABLE events AS SELECT jsonb_build_object('who', jsonb_build_array(name)) AS doc FROM people",),
        rules=(RULES, "events: {doc: keep}"),
    ),
    "a copy inside a comment": Mistake("shop: table public.people of comments: 1 text(s)", source=("COMMENT ON TABLE people IS 'not plantedc lindqvist'",)),
    "a column added after the rules were written": Mistake(
        "table public.people, column extra: has no rule", ("drift",), sql="[ALTER TABLE people ADD extra text]"
    ),
    "a trigger that copies": Mistake(
        "shop: old of public.audit: 20 text(s)", source=(AUDITED,), rules=(RULES, "audit: {old: keep}"), sql="{before: [UPDATE people SET id = id]}"
    ),
    "a materialized view that leaks": Mistake(
        "shop: name of public.seen: 20 text(s)", source=(COPY, "CREATE MATERIALIZED VIEW seen AS SELECT name FROM copy"), made=not_refreshed,
        rules=KEPT_COPY, sql="[UPDATE copy SET name = '']",
    ),
    "a view that shows what is kept encoded": Mistake(
        "shop: who of public.plain: 20 text(s)", source=("CREATE TABLE coded AS SELECT reverse(name) AS code FROM people",
        "CREATE VIEW plain AS SELECT reverse(code) AS who FROM coded"), rules=(RULES, "coded: {code: {keep: {reason: a test}}}"),
    ),
    "an UPDATE that row level security made skip rows": Mistake(
        "shop: name of public.copy: 5 text(s)", source=(COPY,), rules=KEPT_COPY, sql=json.dumps([f"DO $$ BEGIN {HIDDEN}; END $$"])
    ),
    "a mask that returns its input": Mistake(
        "20 row(s) of mail in public.people hold what the function does not write", ("masked columns", "statistics", "originals"), made=unmasked
    ),
}  # fmt: skip


@everywhere
@pytest.mark.parametrize("mistake", MISTAKES)
def test_verify_catches(bench: Workbench, mistake: str) -> None:
    """With the checks broken that see it, the same run ends well."""
    catch(bench, PEOPLE, MISTAKES[mistake], "public.")

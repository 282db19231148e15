"""What goes wrong without anybody noticing, one mistake a test: verify catches it, and nothing else would."""

import pytest

from sanitizer.mysql import expressions, masking
from sanitizer.mysql.expressions import Row
from sanitizer.mysql.writing import quote
from tests.sanitizer.catching import RULES, Mistake, Patch, catch
from tests.sanitizer.mysql.workbench import MariaDbBench

PEOPLE = """
CREATE TABLE people (id INT PRIMARY KEY, mail VARCHAR(60), name VARCHAR(60), phone VARCHAR(60));
INSERT INTO people SELECT seq, CONCAT('Planted.', seq, '@posteo.example'), CONCAT('Planted', CHAR(96 + seq), ' Lindqvist'), CONCAT('+33 6 98 76 54 ', 10 + seq) FROM seq_1_to_20
"""
AUDITED = (
    "CREATE TABLE audit (old VARCHAR(60))",
    "CREATE TRIGGER g BEFORE UPDATE ON people FOR EACH ROW INSERT INTO audit VALUES (OLD.name)",
)
COPY = "CREATE TABLE copy AS SELECT id, name FROM people"
KEPT_COPY = (RULES, "copy: {id: keep, name: keep}")
OF_A_MASK = ("masked columns", "statistics", "originals")


def unmasked(patch: Patch) -> None:
    """Every function returns its input."""
    patch.setattr(expressions, "EXPRESSIONS", dict.fromkeys(expressions.EXPRESSIONS, lambda cell: cell.value))


def half_masked(patch: Patch) -> None:
    """Rows of which nobody can say whether the condition holds are left."""

    def column(row: Row, name: str) -> str:
        rule = row.rules[name]
        value = expressions.masked_column(row, name)
        return f"CASE WHEN {rule.where} THEN {value} ELSE {quote(name)} END" if rule.where else value

    patch.setattr(masking, "masked_column", column)


MISTAKES = {
    "a statement whose WHERE misses rows": Mistake(
        "shop: name of copy: 3 text(s)", source=(COPY,), rules=KEPT_COPY, sql="[UPDATE copy SET name = '' WHERE id > 3]"
    ),
    "a rule whose WHERE misses rows": Mistake(
        "20 row(s) of mail in people hold what the function does not write", OF_A_MASK, source=("ALTER TABLE people ADD staff BOOLEAN",), made=half_masked,
        rules=("people: {id: keep, mail: {email: {}, where: NOT staff}, name: {name: fr_FR}, phone: {phone: FR}, staff: keep}",),
    ),
    "a rule whose WHERE leaves what it masks elsewhere": Mistake(
        "shop: mail of people: 3 text(s)",
        source=("ALTER TABLE people ADD staff BOOLEAN DEFAULT FALSE", "INSERT INTO people SELECT id + 100, mail, name, phone, TRUE FROM people WHERE id < 4"),
        rules=("people: {id: keep, mail: {email: {}, where: NOT staff}, name: {name: fr_FR}, phone: {phone: FR}, staff: keep}",),
    ),
    "a copy of masked values in an unrelated table": Mistake("shop: name of copy: 20 text(s)", source=(COPY,), rules=KEPT_COPY),
    "a copy inside JSON": Mistake(
        "shop: doc of events: 20 text(s)", source=("CREATE TABLE events AS SELECT JSON_OBJECT('who', JSON_ARRAY(name)) AS doc FROM people",),
        rules=(RULES, "events: {doc: keep}"),
    ),
    "a copy inside a comment": Mistake("shop: people of comments of tables: 1 text(s)", source=("ALTER TABLE people COMMENT 'not plantedc lindqvist'",)),
    "a column added after the rules were written": Mistake(
        "table people, column extra: has no rule", ("drift",), sql="[ALTER TABLE people ADD extra TEXT]"
    ),
    "a view that shows what is kept encoded": Mistake(
        "shop: who of plain: 20 text(s)", source=("CREATE TABLE coded AS SELECT REVERSE(name) AS code FROM people",
        "CREATE VIEW plain AS SELECT REVERSE(code) AS who FROM coded"), rules=(RULES, "coded: {code: {keep: {reason: a test}}}"),
    ),
    "a trigger that copies": Mistake(
        "shop: old of audit: 20 text(s)", source=AUDITED, rules=(RULES, "audit: {old: keep}"), sql="{before: [UPDATE people SET id = id]}"
    ),
    "a mask that returns its input": Mistake("20 row(s) of mail in people hold what the function does not write", OF_A_MASK, made=unmasked),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_verify_catches(bench: MariaDbBench, mistake: str) -> None:
    """With the checks broken that see it, the same run ends well. Materialized views and row level security are PostgreSQL's alone."""
    catch(bench, PEOPLE, MISTAKES[mistake], "")

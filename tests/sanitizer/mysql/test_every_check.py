"""Leaves out every check of verify, one at a time: each time there is a fault that nothing else notices."""

import re
from functools import partial

import pytest

from sanitizer.dialect import Dialect
from sanitizer.measurement import Measurement
from sanitizer.mysql import measure
from sanitizer.mysql.session import MySqlSession
from sanitizer.originals import Texts
from sanitizer.schema import Schema
from tests.sanitizer.mysql.workbench import MariaDbBench
from tests.sanitizer.proving import MASKING, LeaveOut, Proof, open_server, parts

CLEAN = """
CREATE TABLE people (id INT AUTO_INCREMENT PRIMARY KEY, mail VARCHAR(60) UNIQUE, name VARCHAR(60), tag VARCHAR(60));
CREATE TABLE child (id INT PRIMARY KEY, mail VARCHAR(60), CONSTRAINT child_mail FOREIGN KEY (mail) REFERENCES people (mail));
CREATE TABLE kept (id INT PRIMARY KEY, m VARCHAR(60)); CREATE TABLE emptied (m VARCHAR(60));
CREATE TABLE history (id INT PRIMARY KEY, m VARCHAR(60)) WITH SYSTEM VERSIONING;
CREATE TABLE parted (id INT PRIMARY KEY, m VARCHAR(60)) PARTITION BY RANGE (id) (PARTITION p1 VALUES LESS THAN (10));
INSERT INTO people (mail, name, tag) SELECT CONCAT('planted.', seq, '@posteo.example'), CONCAT('Planted', CHAR(64 + seq), ' Lindqvist'), CONCAT('tag ', seq) FROM seq_1_to_20;
INSERT INTO child SELECT id, mail FROM people; INSERT INTO kept SELECT seq, 'fine' FROM seq_1_to_20; INSERT INTO emptied VALUES ('x'); INSERT INTO history VALUES (1, 'fine');
CREATE VIEW shown AS SELECT id FROM kept; CREATE VIEW told AS SELECT 'fine' AS what; CREATE TRIGGER g BEFORE INSERT ON kept FOR EACH ROW SET NEW.id = NEW.id; CREATE FUNCTION f() RETURNS INT RETURN 1;
CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DO DELETE FROM kept; CREATE USER reader; GRANT SELECT ON kept TO reader
"""
RULES = """\
tables:
  people: {id: keep, mail: email, name: {name: fr_FR}, tag: hash}
  child: {id: keep, mail: email}
  kept: {id: keep, m: keep}
  emptied: truncate
  history: {id: keep, m: keep}
  parted: {id: keep, m: keep}
"""
WITH_STATEMENTS = f"{RULES}sql: [SELECT 1]\n"
SUPERUSER = "superuser: "
NO_ROW = "SELECT '' AS thing, '' AS definition FROM DUAL WHERE FALSE"
AT_THE_END = "soundness structure at the end"
ORIGINAL = "'PlantedF Lindqvist'"
WRONG = "INSERT INTO people (id, mail, name) SELECT 99, 'zzz', MIN(name) FROM people"
ORPHAN = "SET foreign_key_checks = 0; {}; SET foreign_key_checks = 1"
IN_KEPT = f"INSERT INTO kept VALUES (99, {ORIGINAL})"
ANALYZED = "ANALYZE TABLE {} PERSISTENT FOR ALL"
NO_MORE = "DELETE FROM {0} WHERE {1}; ALTER TABLE {0} FORCE"
ANEW = "SET foreign_key_checks = 0; ALTER TABLE {} FORCE; SET foreign_key_checks = 1"
# What each check alone notices; rows that are written are written anew, so that no old ones are left. Counts are compared before anything else is checked.
FAULTS: dict[str, tuple[str, ...]] = {
    "measurement rows": ("DELETE FROM kept WHERE id = 1",),
    "measurement rows (2)": ("UPDATE people SET name = NULL WHERE id = 1",),
    "measurement distinct values": ("UPDATE people SET tag = (SELECT tag FROM people WHERE id = 2) WHERE id = 1",),
    "measurement structure": ("CREATE INDEX i ON kept (m)",),
    "measurement of tables": ("ALTER TABLE kept COMMENT 'new'",),
    "measurement of rows without counterpart": (ORPHAN.format("UPDATE child SET mail = 'nobody' WHERE id = 1"),),
    "measurement of triggers": ("DROP TRIGGER g",),
    "measurement of views": ("CREATE OR REPLACE VIEW shown AS SELECT 1 AS id",),
    "measurement of routines": ("DROP FUNCTION f",),
    "measurement of events": ("DROP EVENT e",),
    "measurement of table_privileges": ("GRANT INSERT ON kept TO reader",),
    "verify masked columns": (WRONG, ANEW.format("people")),
    "verify statistics (2)": (WRONG, ANALYZED.format("people"), NO_MORE.format("people", "id = 99")),
    "verify truncated tables": ("INSERT INTO emptied VALUES ('x'); ALTER TABLE emptied FORCE",),
    "verify statistics": ("INSERT INTO emptied VALUES ('x')", ANALYZED.format("emptied"), NO_MORE.format("emptied", "TRUE")),
    "verify history": ("UPDATE history SET m = 'changed'; SET system_versioning_alter_history = KEEP; ALTER TABLE history FORCE",),
    AT_THE_END: ("ALTER TABLE kept COMMENT 'new'",),
    "soundness foreign keys": (ORPHAN.format("INSERT INTO child SELECT 99, CONCAT(REPEAT('a', 20), '@example.com')"), ANEW.format("child")),
    "soundness fresh statistics": (f"{SUPERUSER}UPDATE mysql.innodb_table_stats SET last_update = '2020-01-01' WHERE table_name = 'people'",),
    "soundness old rows": ("DO SLEEP(1.1)", "INSERT INTO kept VALUES (99, 'fine')"),
    "verification originals": (IN_KEPT, ANEW.format("kept")),
    "verification kept columns": ("INSERT INTO kept SELECT 100 + seq, 'ring +49 30 9018299' FROM seq_1_to_20; ALTER TABLE kept FORCE",),
    "drift": ("ALTER TABLE kept ADD extra INT",),
    "place comments, defaults and labels": (f"ALTER TABLE kept MODIFY m VARCHAR(60) COMMENT {ORIGINAL}",),
    "place comments of tables": (f"ALTER TABLE kept COMMENT {ORIGINAL}",),
    "place comment of the database": (f"ALTER DATABASE shop COMMENT {ORIGINAL}",),
    "place comments of indexes": (f"CREATE INDEX i ON kept (m) COMMENT {ORIGINAL}",),
    "place routines": (f"CREATE FUNCTION who() RETURNS TEXT RETURN {ORIGINAL}",),
    "place parameters of routines": (f"CREATE PROCEDURE who(IN p ENUM({ORIGINAL})) SELECT 1",),
    "place check constraints": (f"ALTER TABLE kept ADD CHECK (m <> {ORIGINAL})",),
    "place triggers": (f"CREATE TRIGGER t BEFORE UPDATE ON kept FOR EACH ROW SET NEW.m = {ORIGINAL}",),
    "place events": (f"CREATE EVENT other ON SCHEDULE EVERY 1 YEAR DISABLE DO SELECT {ORIGINAL}",),
    "place views": (f"CREATE VIEW v AS SELECT id FROM kept WHERE m <> {ORIGINAL}",),
    "place told": ("CREATE OR REPLACE VIEW told AS SELECT REVERSE('tsivqdniL FdetnalP') AS what",),
    "place partitions": (f"ALTER TABLE parted ADD PARTITION (PARTITION p2 VALUES LESS THAN (20) COMMENT {ORIGINAL})",),
    "place planner's statistics": (IN_KEPT, ANALYZED.format("kept"), NO_MORE.format("kept", "id = 99")),
}  # fmt: skip


def prove(bench: MariaDbBench, server: Dialect, name: str) -> Proof:
    """A database that was masked just now, by rules under which that check is made."""
    bench.clear()
    bench.sessions.clear()
    bench.sql(CLEAN)
    return Proof(bench, server, RULES if name == AT_THE_END else WITH_STATEMENTS, "mariadb")


def plant(bench: MariaDbBench, statements: tuple[str, ...]) -> None:
    for statement in statements:
        by_superuser = statement.removeprefix(SUPERUSER)
        if by_superuser != statement:
            bench.maria.superuser_sql(by_superuser)
        else:
            bench.sql(statement)


def parts_of_structure() -> dict[str, LeaveOut]:
    """How each part is left out: those of the query by the table they read, those made beside it by their names."""
    queries = {re.findall(r"information_schema\.(\w+)", part)[0]: part for part in parts(measure.STRUCTURE)}
    named: dict[str, LeaveOut] = {
        f"measurement of {name}": partial(
            pytest.MonkeyPatch.setattr,
            target=measure,
            name="STRUCTURE",
            value=" UNION ALL ".join([NO_ROW, *(query for each, query in queries.items() if each != name)]),
        )
        for name in queries
    }
    for kind, beginning in {"tables": "table ", "rows without counterpart": "rows without counterpart by "}.items():
        named[f"measurement of {kind}"] = partial(_without_things, beginning=beginning)
    return named


def _without_things(patch: pytest.MonkeyPatch, beginning: str) -> None:
    counted = Proof.counted

    def without(proof: Proof) -> Measurement:
        found = counted(proof)
        things = {name: text for name, text in found.structure.items() if not name.startswith(beginning)}
        return found._replace(structure=things)

    patch.setattr(Proof, "counted", without)


def places_read(proof: Proof) -> dict[str, LeaveOut]:
    """How each place is left out that is searched beside the tables."""
    with proof.pipeline.dialect.session("shop") as session:
        schema = session.schema()
        read = [texts.place for texts in session.texts(schema, None)]
    tables = {str(name) for name in schema.tables}
    return {f"place {place}": partial(_without_place, place=place) for place in read if place not in tables}


def _without_place(patch: pytest.MonkeyPatch, place: str) -> None:
    texts = MySqlSession.texts

    def without(session: MySqlSession, schema: Schema, most_rows: int | None) -> list[Texts]:
        return [each for each in texts(session, schema, most_rows) if each.place != place]

    patch.setattr(MySqlSession, "texts", without)


def test_no_check_can_be_left_out(bench: MariaDbBench) -> None:
    """The checks are those of the code, and each place that is searched is one; a new one without a fault fails."""
    unnoticed, noticed_by_others = [], {}
    with open_server(bench, "mariadb") as server:
        proof, other = prove(bench, server, ""), prove(bench, server, AT_THE_END)
        proof.made |= other.made
        checks = {**proof.checks(), **parts_of_structure(), **places_read(proof)}
        assert checks.keys() == FAULTS.keys()
        for name, leave_out in checks.items():
            proof = prove(bench, server, name)
            measured = name.startswith(MASKING)
            before = proof.counted() if measured else None
            with pytest.MonkeyPatch.context() as patch:
                leave_out(patch)
                before_without = proof.counted() if measured else None
            plant(bench, FAULTS[name])
            if not proof.found(before):
                unnoticed.append(name)
            with pytest.MonkeyPatch.context() as patch:
                leave_out(patch)
                noticed_by_others[name] = proof.found(before_without)
    assert unnoticed == []
    assert {name: found for name, found in noticed_by_others.items() if found} == {}

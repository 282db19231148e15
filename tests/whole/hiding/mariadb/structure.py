"""Values that people wrote into the structure: masking leaves it, so the rules file takes them out by statements."""

from tests.whole.hiding.mariadb.rows import COLUMNS, KEPT
from tests.whole.hiding.places import Place, spelled

NEW = f"CREATE TABLE :table ({COLUMNS}"
M = "MODIFY m VARCHAR(60)"


def written(
    name: str, plants: str, *remedies: str, stored_in: str = ":table.frm", rules: str = KEPT, **given: object
) -> Place:
    """What a statement takes out."""
    return Place(name, plants, rules, remedies, stored_in, **given)  # type: ignore[arg-type]


PLACES = (
    written("comment on a table", f"{NEW}) COMMENT ':marker'", "ALTER TABLE :table COMMENT ''"),
    written("comment on a column", f"{NEW} COMMENT ':marker')", f"ALTER TABLE :table {M}"),
    written("comment on an index", f"{NEW}, KEY k (m) COMMENT ':marker')", "ALTER TABLE :table DROP KEY k"),
    written(
        "comment on a partition",
        f"{NEW}) PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN MAXVALUE COMMENT ':marker')",
        "ALTER TABLE :table REMOVE PARTITIONING",
    ),
    written(
        "comment on a database",
        "ALTER DATABASE crm COMMENT ':marker'",
        "ALTER DATABASE crm COMMENT ''",
        stored_in="db.opt",
        rules="",
    ),
    written(
        "comment on a sequence", "CREATE SEQUENCE :table COMMENT ':marker'", "ALTER TABLE :table COMMENT ''", rules=""
    ),
    written("default of a column", f"{NEW} DEFAULT ':marker')", "ALTER TABLE :table ALTER m DROP DEFAULT"),
    written("check constraint", f"{NEW}, CONSTRAINT k CHECK (m <> ':marker'))", "ALTER TABLE :table DROP CONSTRAINT k"),
    written(
        "label of an enumeration",
        "CREATE TABLE :table (id INT PRIMARY KEY, m ENUM ('fine', ':marker'))",
        "ALTER TABLE :table MODIFY m ENUM ('fine', 'other')",
    ),
    written(
        "label of a set",
        "CREATE TABLE :table (id INT PRIMARY KEY, m SET ('fine', ':marker'))",
        "ALTER TABLE :table MODIFY m SET ('fine', 'other')",
    ),
    written(
        "expression of a generated column",
        f"{NEW}, g VARCHAR(90) AS (CONCAT(m, ':marker')) VIRTUAL)",
        "ALTER TABLE :table MODIFY g VARCHAR(90) AS (CONCAT(m, 'x')) VIRTUAL",
        rules=":table: {id: keep, m: keep, g: keep}",
    ),
    written(
        "bound of a partition",
        "CREATE TABLE :table (id INT, m VARCHAR(60)) PARTITION BY LIST COLUMNS (m) (PARTITION p VALUES IN (':marker'))",
        "ALTER TABLE :table REMOVE PARTITIONING",
        form=spelled,
    ),
    written("view", "CREATE VIEW :table AS SELECT ':marker' AS m", "DROP VIEW :table", rules=""),
    written(
        "body of a procedure",
        "CREATE PROCEDURE :table() SELECT ':marker'",
        "DROP PROCEDURE :table",
        stored_in="mysql.proc",
        rules="",
    ),
    written(
        "body of a function",
        "CREATE FUNCTION :table() RETURNS VARCHAR(60) DETERMINISTIC RETURN ':marker'",
        "DROP FUNCTION :table",
        stored_in="mysql.proc",
        rules="",
    ),
    written(
        "comment on a procedure",
        "CREATE PROCEDURE :table() COMMENT ':marker' SELECT 1",
        "ALTER PROCEDURE :table COMMENT ''",
        stored_in="mysql.proc",
        rules="",
    ),
    written(
        "body of a procedure that was dropped",
        "CREATE PROCEDURE :table() SELECT ':marker';\nDROP PROCEDURE :table",
        stored_in="mysql.proc",
        rules="",
        by_sql=False,
    ),
    written(
        "body of a trigger",
        f"{NEW});\nCREATE TRIGGER :table BEFORE INSERT ON :table FOR EACH ROW SET NEW.m = ':marker'",
        "DROP TRIGGER :table",
        stored_in=":table.TRG",
    ),
    written(
        "body of an event",
        "CREATE EVENT :table ON SCHEDULE EVERY 1 HOUR DO SELECT ':marker'",
        "DROP EVENT :table",
        stored_in="mysql.event",
        rules="",
    ),
    written(
        "comment on an event",
        "CREATE EVENT :table ON SCHEDULE EVERY 1 HOUR COMMENT ':marker' DO SELECT 1",
        "ALTER EVENT :table COMMENT ''",
        stored_in="mysql.event",
        rules="",
    ),
)

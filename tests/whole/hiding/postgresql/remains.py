"""Old rows of catalogs, which no SQL reads, and what the server notes of its own work; planted last, so that nothing goes over it."""

from collections.abc import Callable

from tests.whole.hiding.places import Form, Place, verifier, words
from tests.whole.hiding.postgresql.rows import KEPT, SEEN
from tests.whole.hiding.postgresql.statistics import COMMON, TABLE

LOGIN = "CREATE ROLE :table LOGIN PASSWORD ':marker'; COMMIT"
SET = "ALTER ROLE :table SET application_name = "
MAPPING = "USER MAPPING FOR PUBLIC SERVER :table"


def remains(name: str, plants: str, stored_in: str, rules: str = "", form: Callable[[int], Form] = words) -> Place:
    """What was changed or removed long ago."""
    return Place(name, plants, rules, stored_in=stored_in, by_sql=False, form=form)


PLACES = (
    remains(
        "statistics of a table that was dropped",
        f"{TABLE} {COMMON}; ANALYZE :table; COMMIT; DROP TABLE :table; CREATE TABLE :table (id int)",
        "pg_statistic",
        "public.:table: {id: keep}",
    ),
    remains(
        "comment that was changed",
        "CREATE SEQUENCE :table; COMMENT ON SEQUENCE :table IS ':marker'; COMMIT; COMMENT ON SEQUENCE :table IS 'other'",
        "pg_description",
    ),
    remains(
        "body of a procedure that was replaced",
        """CREATE PROCEDURE :table() LANGUAGE plpgsql AS $$ BEGIN RAISE ':marker'; END $$; COMMIT;
        CREATE OR REPLACE PROCEDURE :table() LANGUAGE plpgsql AS $$ BEGIN END $$""",
        "pg_proc",
    ),
    remains(
        "user mapping that was dropped",
        f"CREATE SERVER :table FOREIGN DATA WRAPPER dblink_fdw; CREATE {MAPPING} OPTIONS (password ':marker'); COMMIT; DROP {MAPPING}",
        "pg_user_mapping",
    ),
    remains("password that a role had", f"{LOGIN}; ALTER ROLE :table PASSWORD NULL", "pg_authid", form=verifier),
    remains("password of a role that was dropped", f"{LOGIN}; DROP ROLE :table", "pg_authid", form=verifier),
    remains(
        "setting that was changed", f"CREATE ROLE :table; {SET} ':marker'; COMMIT; {SET} 'other'", "pg_db_role_setting"
    ),
    remains("write-ahead log", "SELECT pg_logical_emit_message(false, 'application', ':marker')", "write-ahead log"),
    remains(
        "added column that was dropped again",
        f"{SEEN}; ALTER TABLE :table ADD n text DEFAULT ':marker'; COMMIT; ALTER TABLE :table DROP n",
        "pg_attribute",
        KEPT,
    ),
    Place("statement statistics", "SELECT 1 AS :marker", "", stored_in="pg_stat_tmp"),
    Place(
        "statement statistics of another database", "SELECT 1 AS :marker", "", stored_in="pg_stat_tmp", database="crm"
    ),
)

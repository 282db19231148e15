"""Copies that a server makes of values by itself."""

from tests.whole.hiding.places import Place, hexadecimal
from tests.whole.hiding.postgresql.rows import ROW

AUDIT = "CREATE TABLE :table (id int, m text); CREATE TABLE :table_log (was text)"
PLACES = (
    Place(
        "materialized view", f"{ROW}; CREATE MATERIALIZED VIEW :table_v AS SELECT m FROM :table", stored_in=":table_v"
    ),
    Place(
        "materialized view of a materialized view",
        f"""{ROW}; CREATE MATERIALIZED VIEW :table_z AS SELECT m FROM :table; CREATE VIEW :table_b AS SELECT m FROM :table_z;
        CREATE MATERIALIZED VIEW :table_a AS SELECT m FROM :table_b""",
        stored_in=":table_a",
    ),
    Place(
        "index of a materialized view",
        f"{ROW}; CREATE MATERIALIZED VIEW :table_v AS SELECT m FROM :table; CREATE INDEX :table_i ON :table_v (m)",
        stored_in=":table_i",
    ),
    Place(
        "materialized view of another role",
        f"""CREATE ROLE :table; GRANT :table TO CURRENT_USER; GRANT CREATE ON SCHEMA public TO :table; {ROW}; GRANT SELECT ON :table TO :table;
        CREATE MATERIALIZED VIEW :table_v AS SELECT m FROM :table; ALTER MATERIALIZED VIEW :table_v OWNER TO :table""",
        stored_in=":table_v",
    ),
    Place(
        "audit table that a trigger filled",
        f"""{AUDIT}; CREATE FUNCTION :table() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO :table_log VALUES (to_jsonb(OLD)); RETURN NULL; END $$;
        CREATE TRIGGER t AFTER UPDATE OR DELETE ON :table FOR EACH ROW EXECUTE FUNCTION :table(); ALTER TABLE :table ENABLE ALWAYS TRIGGER t;
        INSERT INTO :table VALUES (1, ':marker'); UPDATE :table SET m = 'moved'""",
        "public.:table: {id: keep, m: hash}\npublic.:table_log: truncate",
        stored_in=":table_log",
    ),
    Place(
        "audit table that a rule filled",
        f"""{AUDIT}; CREATE RULE r AS ON UPDATE TO :table DO ALSO INSERT INTO :table_log VALUES (OLD.m);
        INSERT INTO :table VALUES (1, ':marker'); UPDATE :table SET m = 'moved'""",
        "public.:table: {id: keep, m: hash}\npublic.:table_log: {was: hash}",
        stored_in=":table_log",
    ),
    Place("large object", "SELECT lo_from_bytea(0, '\\x:marker')", "", stored_in="pg_largeobject", form=hexadecimal),
    Place(
        "large object that was removed",
        "SELECT lo_unlink(lo_from_bytea(0, convert_to(':marker', 'UTF8')))",
        "",
        stored_in="pg_largeobject",
        by_sql=False,
    ),
    Place(
        "large object in another database",
        "SELECT lo_from_bytea(0, '\\x:marker')",
        "",
        stored_in="pg_largeobject",
        form=hexadecimal,
        database="crm",
    ),
)

"""Values that people wrote into the structure: masking leaves it, so the rules file takes them out by statements."""

from tests.whole.hiding.places import Place, parsed

TABLE = "CREATE TABLE :table (id int, m text)"
KEPT = "public.:table: {id: keep, m: keep}"


def written(
    name: str, plants: str, *remedies: str, stored_in: str, rules: str = "", table: bool = False, **given: object
) -> Place:
    """What a statement takes out; `table` for those that need one."""
    made, kept = (f"{TABLE}; ", KEPT) if table else ("", rules)
    return Place(name, f"{made}{plants}", kept, remedies, stored_in, **given)  # type: ignore[arg-type]


PLACES = (
    written(
        "comment on a table",
        "COMMENT ON TABLE :table IS ':marker'",
        "COMMENT ON TABLE :table IS NULL",
        stored_in="pg_description",
        table=True,
    ),
    written(
        "comment on a column",
        "COMMENT ON COLUMN :table.m IS ':marker'",
        "COMMENT ON COLUMN :table.m IS NULL",
        stored_in="pg_description",
        table=True,
    ),
    written(
        "comment on a sequence",
        "CREATE SEQUENCE :table; COMMENT ON SEQUENCE :table IS ':marker'",
        "COMMENT ON SEQUENCE :table IS NULL",
        stored_in="pg_description",
    ),
    written(
        "comment on a database",
        "COMMENT ON DATABASE crm IS ':marker'",
        "COMMENT ON DATABASE crm IS NULL",
        stored_in="pg_shdescription",
    ),
    written(
        "comment on a role",
        "CREATE ROLE :table; COMMENT ON ROLE :table IS ':marker'",
        "COMMENT ON ROLE :table IS NULL",
        stored_in="pg_shdescription",
    ),
    written(
        "body of a function",
        "CREATE FUNCTION :table() RETURNS text LANGUAGE sql AS $$ SELECT ':marker' $$",
        "DROP FUNCTION :table",
        stored_in="pg_proc",
    ),
    written(
        "parsed body of a function",
        "CREATE FUNCTION :table() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT ':marker'; END",
        "DROP FUNCTION :table",
        stored_in="pg_proc",
        form=parsed,
    ),
    written(
        "default of a function's parameter",
        "CREATE FUNCTION :table(a text DEFAULT ':marker') RETURNS text LANGUAGE sql AS 'SELECT a'",
        "DROP FUNCTION :table",
        stored_in="pg_proc",
        form=parsed,
    ),
    written(
        "setting of a function",
        "CREATE FUNCTION :table() RETURNS int LANGUAGE sql SET application_name = ':marker' AS 'SELECT 1'",
        "DROP FUNCTION :table",
        stored_in="pg_proc",
    ),
    written(
        "first value of an aggregate",
        "CREATE AGGREGATE :table(text) (sfunc = textcat, stype = text, initcond = ':marker')",
        "DROP AGGREGATE :table(text)",
        stored_in="pg_aggregate",
    ),
    written(
        "view", "CREATE VIEW :table AS SELECT ':marker' AS m", "DROP VIEW :table", stored_in="pg_rewrite", form=parsed
    ),
    written(
        "rule of a table",
        "CREATE RULE r AS ON DELETE TO :table DO ALSO SELECT ':marker'",
        "DROP RULE r ON :table",
        stored_in="pg_rewrite",
        table=True,
        form=parsed,
    ),
    written(
        "default of a column",
        "ALTER TABLE :table ALTER m SET DEFAULT ':marker'",
        "ALTER TABLE :table ALTER m DROP DEFAULT",
        stored_in="pg_attrdef",
        table=True,
        form=parsed,
    ),
    written(
        "check constraint",
        "ALTER TABLE :table ADD CONSTRAINT k CHECK (m <> ':marker')",
        "ALTER TABLE :table DROP CONSTRAINT k",
        stored_in="pg_constraint",
        table=True,
        form=parsed,
    ),
    written(
        "policy",
        "CREATE POLICY p ON :table USING (m = ':marker')",
        "DROP POLICY p ON :table",
        stored_in="pg_policy",
        table=True,
        form=parsed,
    ),
    written(
        "condition of an index",
        "CREATE INDEX :table_i ON :table (id) WHERE m = ':marker'",
        "DROP INDEX :table_i",
        stored_in="pg_index",
        table=True,
        form=parsed,
    ),
    written(
        "argument of a trigger",
        "CREATE TRIGGER t BEFORE UPDATE ON :table FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger(':marker', 'simple', 'm')",
        "DROP TRIGGER t ON :table",
        stored_in="pg_trigger",
        table=True,
    ),
    written(
        "condition of a trigger",
        "CREATE TRIGGER t BEFORE UPDATE ON :table FOR EACH ROW WHEN (NEW.m = ':marker') EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TRIGGER t ON :table",
        stored_in="pg_trigger",
        table=True,
        form=parsed,
    ),
    written(
        "condition of a publication",
        "CREATE PUBLICATION :table FOR TABLE :table WHERE (m = ':marker') WITH (publish = 'insert')",
        "DROP PUBLICATION :table",
        stored_in="pg_publication_rel",
        table=True,
        form=parsed,
    ),
    written(
        "bound of a partition",
        "CREATE TABLE :table (id int, m text) PARTITION BY LIST (m); CREATE TABLE :table_1 PARTITION OF :table FOR VALUES IN (':marker')",
        "DROP TABLE :table_1",
        stored_in="pg_class",
        rules=KEPT,
        form=parsed,
    ),
    written(
        "extended statistics' expression",
        "CREATE STATISTICS :table_s ON (m || ':marker'), id FROM :table",
        "DROP STATISTICS :table_s",
        stored_in="pg_statistic_ext",
        table=True,
        form=parsed,
    ),
    written(
        "label of an enumeration",
        "CREATE TYPE :table AS ENUM (':marker')",
        "DO $$ BEGIN EXECUTE format('ALTER TYPE :table RENAME VALUE %L TO %L', enum_first(NULL::public.:table), 'other'); END $$",
        stored_in="pg_enum",
    ),
    written(
        "default of a domain",
        "CREATE DOMAIN :table AS text DEFAULT ':marker'",
        "ALTER DOMAIN :table DROP DEFAULT",
        stored_in="pg_type",
    ),
    written(
        "option of a foreign table",
        "CREATE FOREIGN TABLE :table (m text) SERVER itself OPTIONS (table_name ':marker')",
        "ALTER FOREIGN TABLE :table OPTIONS (SET table_name 'other')",
        stored_in="pg_foreign_table",
        rules="public.:table: {m: keep}",
    ),
)

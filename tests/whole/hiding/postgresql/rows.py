"""Where a table keeps its rows, those that nobody sees any more, and those that an UPDATE passes over."""

from tests.whole.hiding.places import Place, address, backwards

ROW = "CREATE TABLE :table (id int, m text); INSERT INTO :table VALUES (1, ':marker')"
SEEN = "CREATE TABLE :table (id int, m text); INSERT INTO :table VALUES (1, 'nothing'), (2, 'nothing')"
KEPT = "public.:table: {id: keep, m: keep}"
LONG = "(SELECT ':marker ' || string_agg(md5(i::text), '') FROM generate_series(1, 200) AS i)"


def index(
    name: str, definition: str, column: str = "m text", value: str = "':marker'", rule: str = "hash", **given: object
) -> Place:
    """An index over a masked column."""
    return Place(
        name,
        f"CREATE TABLE :table (id int, {column}); INSERT INTO :table VALUES (1, {value}); CREATE INDEX :table_i ON :table {definition}",
        f"public.:table: {{id: keep, m: {rule}}}",
        stored_in=":table_i",
        **given,  # type: ignore[arg-type]
    )


PLACES = (
    index("index", "(m)"),
    index("index over an expression", "(reverse(m))", form=backwards, by_sql=False),
    index("index over a part of the rows", "(m) WHERE id < 9"),
    index("index that includes a column", "(id) INCLUDE (m)"),
    index("lowest and highest value of a BRIN index", "USING brin (m)"),
    index("GIN index over an array", "USING gin (m)", "m text[]", "ARRAY[':marker']", "{each: hash}"),
    index("GIN index over words", "USING gin (to_tsvector('simple', m))"),
    index("GIN index over documents", "USING gin (m)", "m jsonb", """'{"a": ":marker"}'""", "set_null"),
    index("GiST index over addresses", "USING gist (m inet_ops)", "m inet", rule="ip", form=address),
    Place(
        "long value",
        f"CREATE TABLE :table (id int, m text); INSERT INTO :table SELECT 1, {LONG}",
        stored_in="long values of :table",
    ),
    Place(
        "partition",
        """CREATE TABLE :table (id int, m text) PARTITION BY LIST (id); CREATE TABLE :table_1 PARTITION OF :table FOR VALUES IN (1);
        INSERT INTO :table VALUES (1, ':marker')""",
        stored_in=":table_1",
    ),
    Place(
        "partition of a partition",
        """CREATE TABLE :table (id int, m text) PARTITION BY LIST (id); CREATE TABLE :table_1 PARTITION OF :table DEFAULT PARTITION BY HASH (id);
        CREATE TABLE :table_2 PARTITION OF :table_1 FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO :table VALUES (1, ':marker')""",
        stored_in=":table_2",
    ),
    Place(
        "child table",
        "CREATE TABLE :table (id int, m text); CREATE TABLE :table_1 () INHERITS (:table); INSERT INTO :table_1 VALUES (1, ':marker')",
        "public.:table: {id: keep, m: hash}\npublic.:table_1: {id: keep, m: hash}",
        stored_in=":table_1",
    ),
    Place(
        "generated column",
        "CREATE TABLE :table (id int, m text, g text GENERATED ALWAYS AS (reverse(m)) STORED); INSERT INTO :table (id, m) VALUES (1, ':marker')",
        "public.:table: {id: keep, m: hash, g: keep}",
        form=backwards,
    ),
    Place(
        "value that an added column has without being written",
        f"{SEEN}; ALTER TABLE :table ADD n text DEFAULT ':marker'; ALTER TABLE :table ALTER n DROP DEFAULT",
        "public.:table: {id: keep, m: keep, n: set_null}",
        stored_in="pg_attribute",
    ),
    Place(
        "dropped column of a table that no rule changes",
        f"{ROW}; ALTER TABLE :table DROP m",
        "public.:table: {id: keep}",
        by_sql=False,
    ),
    Place(
        "dropped column of a masked table",
        f"{ROW}; ALTER TABLE :table DROP m; ALTER TABLE :table ADD n text DEFAULT 'x'",
        "public.:table: {id: keep, n: hash}",
        by_sql=False,
    ),
    Place("updated row of a table that no rule changes", f"{ROW}; UPDATE :table SET m = 'fine'", KEPT, by_sql=False),
    Place("deleted row of a table that no rule changes", f"{ROW}; DELETE FROM :table", KEPT, by_sql=False),
    Place(
        "row that was rolled back",
        f"{SEEN}; COMMIT; BEGIN; INSERT INTO :table VALUES (3, ':marker'); ROLLBACK",
        KEPT,
        by_sql=False,
    ),
    Place("updated row of a masked table", f"{ROW}; UPDATE :table SET m = 'other'", by_sql=False),
    Place(
        "deleted long value of a table that no rule changes",
        f"CREATE TABLE :table (id int, m text); INSERT INTO :table SELECT 1, {LONG}; DELETE FROM :table",
        KEPT,
        stored_in="long values of :table",
        by_sql=False,
    ),
    Place("table that the rules empty", ROW, "public.:table: truncate"),
    Place(
        "rows that the rules delete",
        f"{SEEN}; INSERT INTO :table VALUES (3, ':marker')",
        "public.:table: {delete: id = 3, columns: {id: keep, m: keep}}",
    ),
    Place("row that a statement of the rules file deletes", ROW, KEPT, ("DELETE FROM :table",)),
    Place("row that a statement of the rules file masks", ROW, KEPT, ("UPDATE :table SET m = 'masked'",)),
    index("table without a write-ahead log", "(m)")._replace(
        plants=f"{ROW}; ALTER TABLE :table SET UNLOGGED; CREATE INDEX :table_i ON :table (m)"
    ),
    Place(
        "row that row level security hides",
        f"{ROW}; ALTER TABLE :table ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON :table USING (false)",
    ),
    Place(
        "row that a rule keeps from being updated", f"{ROW}; CREATE RULE r AS ON UPDATE TO :table DO INSTEAD NOTHING"
    ),
    Place(
        "row that a trigger keeps from being updated",
        f"""{ROW}; CREATE FUNCTION :table() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON :table FOR EACH ROW EXECUTE FUNCTION :table(); ALTER TABLE :table ENABLE ALWAYS TRIGGER t""",
    ),
    Place(
        "deleted row of another role's table",
        f"CREATE ROLE :table; GRANT :table TO CURRENT_USER; GRANT CREATE ON SCHEMA public TO :table; {ROW}; DELETE FROM :table; ALTER TABLE :table OWNER TO :table",
        KEPT,
        by_sql=False,
    ),
    Place("table in another database", ROW, database="crm"),
    Place("deleted row in another database", f"{ROW}; DELETE FROM :table", KEPT, by_sql=False, database="crm"),
    Place("table in the database that every server has", ROW, database="postgres"),
    Place("table in the template of new databases", ROW, database="template1"),
)

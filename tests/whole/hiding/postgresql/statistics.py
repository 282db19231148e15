"""What the planner keeps of values."""

from tests.whole.hiding.places import Place, backwards

# The marker is the highest of values that are all different, or the commonest of few.
DIFFERENT = "SELECT i, CASE i WHEN 7 THEN ':marker' ELSE 'a' || i END FROM generate_series(1, 150) AS i"
COMMON = "SELECT i, ':marker' FROM generate_series(1, 30) AS i"
TABLE = "CREATE TABLE :table (id int, m text); INSERT INTO :table"
KEPT = "public.:table: {id: keep, m: keep}"
FORGET = ("UPDATE :table SET m = 'masked'",)


def kept(
    name: str, plants: str, rules: str = "public.:table: {id: keep, m: hash}", *remedies: str, **given: object
) -> Place:
    """A value that ANALYZE saw."""
    return Place(name, f"{plants}; ANALYZE :table", rules, remedies, **{"stored_in": "pg_statistic", **given})  # type: ignore[arg-type]


PLACES = (
    kept("statistics: the commonest values", f"{TABLE} {COMMON}"),
    kept("statistics: lowest and highest value", f"{TABLE} {DIFFERENT}"),
    kept(
        "statistics: elements of arrays",
        f"CREATE TABLE :table (id int, m text[]); INSERT INTO :table SELECT id, ARRAY[m] FROM ({COMMON}) AS a (id, m)",
        "public.:table: {id: keep, m: {each: hash}}",
    ),
    kept("statistics of a column that a statement masks", f"{TABLE} {COMMON}", KEPT, *FORGET),
    kept("statistics of a table that a statement empties", f"{TABLE} {COMMON}", KEPT, "DELETE FROM :table"),
    kept("statistics of a table that the rules empty", f"{TABLE} {COMMON}", "public.:table: truncate"),
    kept("statistics of a table that was emptied long ago", f"{TABLE} {COMMON}; ANALYZE :table; TRUNCATE :table", KEPT),
    Place(
        "statistics of a column that is analyzed no more",
        f"{TABLE} {COMMON}; ANALYZE :table; ALTER TABLE :table ALTER m SET STATISTICS 0",
        KEPT,
        FORGET,
        stored_in="pg_statistic",
    ),
    kept(
        "statistics of a partitioned table",
        f"""CREATE TABLE :table (id int, m text) PARTITION BY LIST (id); CREATE TABLE :table_1 PARTITION OF :table DEFAULT;
        INSERT INTO :table {COMMON}""",
    ),
    kept(
        "statistics of a parent with its children",
        f"CREATE TABLE :table (id int, m text); CREATE TABLE :table_1 () INHERITS (:table); INSERT INTO :table_1 {COMMON}",
        "public.:table: {id: keep, m: hash}\npublic.:table_1: {id: keep, m: hash}",
    ),
    kept(
        "statistics of an index over an expression",
        f"{TABLE} {COMMON}; CREATE INDEX ON :table (reverse(m))",
        form=backwards,
    ),
    kept(
        "statistics of a materialized view",
        f"{TABLE} {COMMON}; CREATE MATERIALIZED VIEW :table_v AS SELECT m FROM :table; ANALYZE :table_v",
    ),
    kept(
        "extended statistics",
        f"{TABLE} {COMMON}; CREATE STATISTICS :table_s (mcv) ON id, m FROM :table",
        stored_in="pg_statistic_ext_data",
    ),
    kept(
        "extended statistics over an expression",
        f"{TABLE} {COMMON}; CREATE STATISTICS :table_s ON (reverse(m)), id FROM :table",
        stored_in="pg_statistic_ext_data",
        form=backwards,
    ),
    kept(
        "extended statistics of a table that a statement empties",
        f"{TABLE} {COMMON}; CREATE STATISTICS :table_s (mcv) ON id, m FROM :table",
        KEPT,
        "DELETE FROM :table",
        stored_in="pg_statistic_ext_data",
    ),
    kept(
        "statistics of a foreign table",
        f"""CREATE SCHEMA :table; CREATE TABLE :table.there (id int, m text); INSERT INTO :table.there {COMMON};
        CREATE FOREIGN TABLE :table (id int, m text) SERVER itself OPTIONS (schema_name ':table', table_name 'there'); COMMIT""",
        "public.:table: {id: keep, m: keep}\n:table.there: {id: keep, m: hash}",
    ),
    kept(
        "statistics of a temporary table of an open session",
        f"CREATE TEMPORARY TABLE :table (id int, m text); INSERT INTO :table {COMMON}",
        "",
        stays=True,
    ),
    Place(
        "statistics of comments",
        "CREATE TABLE :table (id int); COMMENT ON TABLE :table IS 'zzz :marker'",
        "public.:table: {id: keep}",
        ("COMMENT ON TABLE :table IS NULL",),
        stored_in="pg_description",
    ),
    Place(
        "statistics of settings of roles",
        "CREATE ROLE :table; ALTER ROLE :table SET application_name = 'token=:marker'",
        "",
        stored_in="pg_statistic",
    ),
)

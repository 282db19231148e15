"""What the planner keeps of values."""

from tests.whole.hiding.mariadb.rows import COLUMNS, KEPT, MASKED
from tests.whole.hiding.places import Place, backwards

FILLED = "INSERT INTO :table (id, m) SELECT seq, IF(seq = 7, ':marker', CONCAT('a', seq)) FROM seq_1_to_50"
ANALYZED = "ANALYZE TABLE :table PERSISTENT FOR ALL"
FORGET = "UPDATE :table SET m = CONCAT('b', id)"


def kept(name: str, *then: str, columns: str = COLUMNS, rules: str = MASKED, **given: object) -> Place:
    """A value that ANALYZE saw."""
    script = (f"CREATE TABLE :table ({columns})", FILLED, *then)
    return Place(name, ";\n".join(script), rules, **{"stored_in": "mysql.column_stats", **given})  # type: ignore[arg-type]


PLACES = (
    kept("statistics: highest value", ANALYZED),
    kept("statistics: histogram", "SET histogram_type = 'JSON_HB'", ANALYZED),
    kept(
        "statistics of a generated column",
        "SET histogram_type = 'JSON_HB'",
        ANALYZED,
        columns=f"{COLUMNS}, g VARCHAR(60) AS (CONCAT('z', REVERSE(m))) STORED",
        rules=":table: {id: keep, m: hash, g: keep}",
        form=backwards,
    ),
    kept("statistics of a column that a statement masks", ANALYZED, rules=KEPT, remedies=(FORGET,)),
    kept("statistics of a table that a statement empties", ANALYZED, rules=KEPT, remedies=("DELETE FROM :table",)),
    kept("statistics of a table that the rules empty", ANALYZED, rules=":table: truncate"),
    kept("statistics of a table that was emptied long ago", ANALYZED, "DELETE FROM :table", rules=KEPT),
    Place(
        "statistics of a table that is not there",
        "INSERT INTO mysql.column_stats (db_name, table_name, column_name, min_value) VALUES ('shop', ':table', 'm', ':marker')",
        "",
        stored_in="mysql.column_stats",
    ),
)
# Planted last, so that nothing goes over it.
REMAINS = (kept("statistics of a table that was dropped", ANALYZED, "DROP TABLE :table", rules="", by_sql=False),)

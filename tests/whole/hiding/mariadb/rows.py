"""Where a table keeps its rows, those that nobody sees any more, and copies that the server makes of them."""

from tests.whole.hiding.places import Place, backwards

COLUMNS = "id INT PRIMARY KEY, m VARCHAR(60)"
MASKED, KEPT = ":table: {id: keep, m: hash}", ":table: {id: keep, m: keep}"


def rows(
    name: str,
    *then: str,
    columns: str = COLUMNS,
    options: str = "",
    value: str = "':marker'",
    rules: str = MASKED,
    stored_in: str = ":table.ibd",
    **given: object,
) -> Place:
    """A table with a row that holds the marker, and what happens to it then."""
    made = f"CREATE TABLE :table ({columns}) {options}"
    return Place(
        name,
        ";\n".join((made, f"INSERT INTO :table (id, m) VALUES (1, {value}), (8, 'x'), (9, 'y')", *then)),
        rules,
        stored_in=stored_in,
        **given,
    )  # type: ignore[arg-type]


def unseen(name: str, *then: str, **given: object) -> Place:
    """One of which SQL shows the marker no more, in a table that no rule changes."""
    return rows(name, *then, **{"rules": KEPT, "by_sql": False, **given})  # type: ignore[arg-type]


GONE = "DELETE FROM :table WHERE id = 1"
VERSIONED = "WITH SYSTEM VERSIONING"
LONG = "UPDATE :table SET m = CONCAT(':marker ', (SELECT GROUP_CONCAT(MD5(seq) SEPARATOR '') FROM seq_1_to_900)) WHERE id = 1"

PLACES = (
    rows("index", columns=f"{COLUMNS}, KEY (m)"),
    rows("index over the beginning of a text", columns=f"{COLUMNS}, KEY (m(20))"),
    rows("unique index", columns=f"{COLUMNS}, UNIQUE (m)"),
    rows("words in a full-text index", "ALTER TABLE :table ADD FULLTEXT (m)", stored_in="full-text index"),
    unseen(
        "words of deleted rows in a full-text index",
        "ALTER TABLE :table ADD FULLTEXT (m)",
        GONE,
        stored_in="full-text index",
    ),
    rows("long value", "SET group_concat_max_len = 1000000", LONG, columns="id INT PRIMARY KEY, m LONGTEXT"),
    unseen(
        "long value that was deleted",
        "SET group_concat_max_len = 1000000",
        LONG,
        GONE,
        columns="id INT PRIMARY KEY, m LONGTEXT",
    ),
    rows("partition", options="PARTITION BY HASH (id) PARTITIONS 1", stored_in=":table#P#p0.ibd"),
    rows(
        "partition of a partition",
        options="PARTITION BY RANGE (id) SUBPARTITION BY HASH (id) SUBPARTITIONS 1 (PARTITION p VALUES LESS THAN MAXVALUE)",
        stored_in=":table#P#p#SP#psp0.ibd",
    ),
    unseen(
        "deleted row of a partition", GONE, options="PARTITION BY HASH (id) PARTITIONS 1", stored_in=":table#P#p0.ibd"
    ),
    rows(
        "generated column that is stored",
        columns=f"{COLUMNS}, g VARCHAR(60) AS (REVERSE(m)) STORED",
        rules=":table: {id: keep, m: hash, g: keep}",
        form=backwards,
    ),
    rows(
        "index over a generated column",
        columns=f"{COLUMNS}, g VARCHAR(60) AS (REVERSE(m)) VIRTUAL, KEY (g)",
        rules=":table: {id: keep, m: hash, g: keep}",
        form=backwards,
    ),
    rows(
        "value that an added column has without being written",
        GONE,
        "ALTER TABLE :table ADD n VARCHAR(60) DEFAULT ':marker', ALGORITHM = INSTANT",
        "ALTER TABLE :table ALTER n DROP DEFAULT",
        rules=":table: {id: keep, m: keep, n: set_null}",
    ),
    unseen(
        "dropped column of a table that no rule changes",
        "ALTER TABLE :table DROP m, ALGORITHM = INSTANT",
        rules=":table: {id: keep, z: keep}",
        columns=f"{COLUMNS}, z INT",
    ),
    unseen(
        "dropped column of a masked table",
        "ALTER TABLE :table DROP m, ALGORITHM = INSTANT",
        rules=":table: {id: keep, z: hash}",
        columns=f"{COLUMNS}, z VARCHAR(60)",
    ),
    unseen(
        "updated row of a table that no rule changes", "UPDATE :table SET m = 'fine' WHERE id = 1", stored_in="ibdata1"
    ),
    unseen("deleted row of a table that no rule changes", GONE),
    unseen("row that was rolled back", stored_in="ib_logfile0")._replace(
        plants=f"CREATE TABLE :table ({COLUMNS});\nSTART TRANSACTION;\nINSERT INTO :table VALUES (1, ':marker');\nROLLBACK"
    ),
    unseen("index entry of an updated row", "UPDATE :table SET m = 'fine' WHERE id = 1", columns=f"{COLUMNS}, KEY (m)"),
    unseen(
        "updated row of a masked table", "UPDATE :table SET m = 'other' WHERE id = 1", rules=MASKED, stored_in="ibdata1"
    ),
    rows("table with compressed pages", options="ROW_FORMAT = COMPRESSED", stored_in="ib_logfile0"),
    rows("MyISAM table", options="ENGINE = MyISAM", stored_in=":table.MYD"),
    rows("index of a MyISAM table", columns=f"{COLUMNS}, KEY (m)", options="ENGINE = MyISAM", stored_in=":table.MYI"),
    unseen(
        "deleted row of a MyISAM table",
        GONE,
        options="ENGINE = MyISAM",
        value="'nothing to be seen before it: :marker'",
        stored_in=":table.MYD",
    ),
    rows("Aria table", options="ENGINE = Aria", stored_in=":table.MAD"),
    unseen("deleted row of an Aria table", GONE, options="ENGINE = Aria", stored_in=":table.MAD"),
    rows("earlier version of a row", "UPDATE :table SET m = 'other' WHERE id = 1", options=VERSIONED),
    rows(
        "earlier version of a row of a table that no rule changes",
        "UPDATE :table SET m = 'other' WHERE id = 1",
        options=VERSIONED,
        rules=KEPT,
    ),
    rows("earlier version of a deleted row", "DELETE FROM :table WHERE id = 1", options=VERSIONED, rules=KEPT),
    rows(
        "partition with earlier versions",
        "UPDATE :table SET m = 'other' WHERE id = 1",
        options=f"{VERSIONED} PARTITION BY SYSTEM_TIME (PARTITION h HISTORY, PARTITION c CURRENT)",
        rules=KEPT,
        stored_in=":table#P#h.ibd",
    ),
    rows("table that the rules empty", rules=":table: truncate"),
    rows("rows that the rules delete", rules=":table: {delete: id = 1, columns: {id: keep, m: keep}}"),
    rows("row that a statement of the rules file deletes", rules=KEPT, remedies=("DELETE FROM :table",)),
    rows(
        "row that a statement of the rules file masks",
        rules=KEPT,
        remedies=("UPDATE :table SET m = 'masked' WHERE id = 1",),
    ),
    rows(
        "audit table that a trigger filled",
        "CREATE TABLE :table_log (was VARCHAR(60))",
        "CREATE TRIGGER :table AFTER UPDATE ON :table FOR EACH ROW INSERT INTO :table_log VALUES (OLD.m)",
        "UPDATE :table SET m = 'moved'",
        rules=f"{MASKED}\n:table_log: truncate",
        stored_in=":table_log.ibd",
    ),
    rows("table in another database", database="crm"),
    unseen("deleted row in another database", GONE, database="crm"),
)

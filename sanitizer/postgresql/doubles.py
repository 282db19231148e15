"""Rows that an invalid unique index promises to be different, and that are not: it could not be built anew with its masked table.

VACUUM FULL builds it without looking, and leaves it invalid, so tables that no rule changes may have one.
"""

from collections.abc import Iterator

from psycopg import sql

from sanitizer.errors import Finding
from sanitizer.names import TableName
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.writing import identifier
from sanitizer.rules import DatabaseRules
from sanitizer.schema import Schema

# CREATE UNIQUE INDEX CONCURRENTLY leaves one behind when it finds rows that are alike; so does REINDEX.
INVALID = """
SELECT n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(x.relname), pg_get_expr(i.indpred, i.indrelid),
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, false) FROM generate_series(1, i.indnkeyatts) AS k),
       to_jsonb(i) ->> 'indnullsnotdistinct' IS DISTINCT FROM 'true'
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND NOT i.indisvalid AND c.relkind = 'r' AND n.nspname !~ '^pg_' AND pg_has_role(c.relowner, 'USAGE')
ORDER BY 1, 2, 3
"""


def doubles(connection: Connection, schema: Schema, rules: DatabaseRules) -> Iterator[Finding]:
    """Statements or deletions that come first may mend it, so then nobody is asked."""
    if rules.before:
        return
    with connection.transaction():
        connection.execute("SET LOCAL search_path = pg_catalog")  # definitions are qualified
        invalid = connection.execute(INVALID.encode()).fetchall()
    for space, table, index, condition, keys, nulls_differ in invalid:
        name = TableName(space, table)
        root = schema.partitions.get(name, name)
        ours = rules.listed.get(root)
        if ours is None or not ours.masked or ours.delete or schema.tables[root].hides_rows:
            continue
        where = [f"({condition})"] if condition else []
        where += [f"({key}) IS NOT NULL" for key in keys] if nulls_differ else []
        query = sql.SQL(
            "SELECT count(*) FROM (SELECT FROM ONLY {} WHERE {} GROUP BY {} HAVING count(*) > 1) AS doubled"
        )
        places = ", ".join(f"({key})" for key in keys)
        counted = query.format(identifier(name), sql.SQL(" AND ".join(where or ["true"])), sql.SQL(places))
        (found,) = connection.execute(counted).fetchone() or (0,)
        if found:
            problem = f"unique index {index} is invalid, and {found} of its values stand in several rows of {name}: it could not be built anew with the table"
            remedy = "DROP INDEX in the source or by a statement of sql.before, or make the rows different there"
            yield Finding(ours.place, problem, remedy)

"""The level `forensic`: what no SQL reads, but whoever reads the raw bytes of the files does, as far as the user may remove it."""

from collections.abc import Iterator

from psycopg import sql

from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.neutralise_queries import may_maintain
from sanitizer.postgresql.writing import text
from sanitizer.steps import Step

# Those that all databases share take a superuser, or since PostgreSQL 17 the role pg_maintain.
CATALOGS = """
SELECT c.relname FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'pg_catalog'::regnamespace
  AND (current_setting('is_superuser') = 'on' OR {may_maintain}
       OR NOT c.relisshared AND pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE'))
ORDER BY c.relname
"""
# To count the log's files takes pg_monitor, which RDS's master has; to ask for a checkpoint pg_checkpoint, which exists since 15.
MAY_FILL = """
SELECT has_function_privilege('pg_ls_waldir()', 'EXECUTE')
   AND (current_setting('is_superuser') = 'on' OR EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_checkpoint' AND pg_has_role(oid, 'USAGE')))
"""
# A checkpoint keeps old files for later use, with what is in them; as many bytes as all files hold, and as must be kept, go over every one.
FILL = """DO $$
DECLARE megabytes bigint := (SELECT count(*) + 1 FROM pg_ls_waldir()) * pg_size_bytes(current_setting('wal_segment_size')) / 1048576;
BEGIN
    megabytes := megabytes + pg_size_bytes(current_setting('wal_keep_size')) / 1048576;
    FOR number IN 1 .. megabytes LOOP
        PERFORM pg_logical_emit_message(false, 'sanitizer', repeat('0', 1048576));
    END LOOP;
END $$"""


def plan_catalogs(connection: Connection, database: str) -> Iterator[Step]:
    """Writes anew each system catalog that the user may."""
    rewrites = [
        text(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier("pg_catalog", name)))
        for (name,) in connection.execute(
            CATALOGS.format(may_maintain=may_maintain(connection.info.server_version, "c.oid")).encode()
        )
    ]
    if rewrites:
        why = "old versions of their rows hold definitions, comments, options and statistics that are gone"
        yield Step("purge", database, "system catalogs", "vacuum full", why, tuple(rewrites))


def plan_log(connection: Connection, database: str) -> Iterator[Step]:
    """Overwrites the write-ahead log, if the user may. Writes about twice what it holds."""
    if (connection.execute(MAY_FILL).fetchone() or (False,))[0]:
        why = "it holds rows from before masking"
        yield Step(
            "purge",
            database,
            "write-ahead log",
            "overwrite",
            why,
            ("CHECKPOINT", FILL, "CHECKPOINT", FILL, "CHECKPOINT"),
        )

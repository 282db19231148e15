"""What a copy would open or do, and where planted values are found again in the files of a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.sanitizer.workbench import Workbench

SUBSCRIPTION = "CREATE SUBSCRIPTION s CONNECTION 'host=localhost password=planted_step' PUBLICATION p WITH (connect = false, slot_name = 'away')"
EVENT_TRIGGER = """CREATE FUNCTION public.act() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER acts ON ddl_command_end
    EXECUTE FUNCTION public.act(); ALTER EVENT TRIGGER acts ENABLE REPLICA"""
SLOT = "SELECT pg_create_physical_replication_slot('stays', true)"


@contextmanager
def superusers_things(bench: Workbench) -> Iterator[None]:
    """A wrapper that the master may use; everything of the superuser's is gone afterwards."""
    root = bench.server.superuser_sql
    root(
        "CREATE ROLE boss SUPERUSER; CREATE FOREIGN DATA WRAPPER away; GRANT USAGE ON FOREIGN DATA WRAPPER away TO master",
        "shop",
    )
    yield
    root("UPDATE pg_subscription SET subenabled = false, subslotname = NULL; DROP SUBSCRIPTION IF EXISTS s", "shop")
    root(
        "DROP EVENT TRIGGER IF EXISTS acts; DROP FUNCTION IF EXISTS public.act; DROP FOREIGN DATA WRAPPER away CASCADE",
        "shop",
    )
    root("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots; ALTER ROLE master NOREPLICATION")
    root("ALTER DATABASE shop RESET ALL; ALTER ROLE master RESET ALL; ALTER ROLE ALL RESET ALL")
    if bench.since(15):
        root('REVOKE ALL ON PARAMETER "app.secret" FROM master')


def holding(bench: Workbench, planted: str) -> set[str]:
    """The names of all relations, and kinds of files, that hold what was planted, a word of its own; storage of long values under its catalog's name.

    Catalogs that all databases share are left out: nobody but a superuser writes them anew.
    """
    bench.server.superuser_sql("CHECKPOINT")
    names = dict(
        line.split("|")
        for line in bench.server.superuser_sql(
            """SELECT pg_relation_filepath(c.oid), coalesce((SELECT t.relname FROM pg_class t WHERE t.reltoastrelid = c.oid), c.relname)
            FROM pg_class c WHERE c.relkind IN ('r', 'i', 't', 'm') AND pg_relation_filepath(c.oid) IS NOT NULL""",
            "shop",
        ).splitlines()
    )
    files = [file for file in bench.server.data.rglob("*") if file.is_file() and planted.encode() in file.read_bytes()]
    paths = [file.relative_to(bench.server.data) for file in files]
    return {
        "write-ahead log" if path.parts[0] == "pg_wal" else names.get(str(path), str(path))
        for path in paths
        if path.parts[0] != "global"
    }

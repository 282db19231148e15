"""Large objects: they belong to no table and no column, so no rule masks them; the rules file says what becomes of all of them."""

from collections.abc import Iterator
from typing import NamedTuple

from sanitizer.errors import Finding
from sanitizer.postgresql.connection import Connection
from sanitizer.steps import Step

COUNTED = "SELECT count(*), coalesce(bool_and(pg_has_role(lomowner, 'USAGE')), true) FROM pg_largeobject_metadata"
# Each needs a lock of its own until the transaction ends: the server has room for some thousands. Safe to repeat.
UNLINK = """DO $$
DECLARE number bigint;
BEGIN
    LOOP
        SELECT count(lo_unlink(oid)) INTO number FROM (SELECT oid FROM pg_largeobject_metadata LIMIT 1000) AS batch;
        EXIT WHEN number = 0;
        COMMIT;
    END LOOP;
END $$"""
# ANALYZE leaves the statistics of an empty catalog as they are; of a single row it keeps no value.
FORGET = (
    "SELECT lo_from_bytea(0, 'x')",
    "ANALYZE pg_largeobject",
    "SELECT lo_unlink(oid) FROM pg_largeobject_metadata",
)
REWRITE = ("VACUUM (FULL) pg_largeobject", "VACUUM (FULL) pg_largeobject_metadata")


class LargeObjects(NamedTuple):
    """How many one database holds, and whether the user may remove them."""

    database: str
    number: int
    may_unlink: bool

    def refusals(self, choice: str) -> Iterator[Finding]:
        """Why the run cannot begin, under `large_objects: choice`."""
        place = f"database {self.database}"
        if self.number and choice == "refuse":
            remedy = "Write `large_objects: unlink` to remove them, or `large_objects: keep` if they may be shared"
            yield Finding(place, f"{self.number} large object(s), which no rule masks", remedy)
        if self.number and choice == "unlink" and not self.may_unlink:
            remedy = (
                "In the source: ALTER LARGE OBJECT ... OWNER TO the master user, or GRANT their owners' roles to it"
            )
            yield Finding(
                place, "large objects belong to roles of which the user is no member, so it cannot unlink them", remedy
            )

    def unlink(self, purge: str) -> Iterator[Step]:
        """Removes them, then what is left of them in the files, unless all catalogs are written anew later."""
        if not self.number:
            return
        why = "the rules file says so: no rule masks them"
        yield Step("purge", self.database, "large objects", "unlink", why, (UNLINK, *FORGET))
        if purge != "forensic":
            yield Step(
                "purge", self.database, "large objects", "vacuum full", "their bytes are left in the files", REWRITE
            )


def large_objects(connection: Connection, database: str) -> LargeObjects:
    """The large objects of the database that the connection is to."""
    number, may_unlink = connection.execute(COUNTED).fetchone() or (0, True)
    return LargeObjects(database, number, may_unlink)

"""Leaves out every part of the structure that is compared before and after masking: each time there is a change that no other part shows."""

from collections.abc import Iterator, MutableMapping

import psycopg
import pytest

from sanitizer.postgresql import structure
from sanitizer.postgresql.connection import Connection
from tests.sanitizer import once
from tests.sanitizer.workbench import Workbench

pytestmark = once
BUILT = """
CREATE ROLE reader; CREATE SCHEMA s; REVOKE ALL ON SCHEMA s FROM CURRENT_USER;
CREATE TABLE s.t (id int CONSTRAINT k PRIMARY KEY, m text, n int); CREATE TABLE s.u (id int); CREATE SEQUENCE s.q;
CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f();
CREATE RULE r AS ON DELETE TO s.t DO INSTEAD NOTHING; CREATE POLICY p ON s.t USING (true); CREATE PUBLICATION news FOR TABLE s.t; CREATE STATISTICS s.x ON m, n FROM s.t;
CREATE EXTENSION IF NOT EXISTS hstore
"""
CHANGES = {
    "owners of schemas": "ALTER SCHEMA s OWNER TO reader",
    "relations": "ALTER TABLE s.t SET (fillfactor = 50)",
    "columns": "ALTER TABLE s.t ALTER m SET STORAGE PLAIN",
    "indexes": "ALTER TABLE s.t CLUSTER ON k",
    "constraints": "ALTER TABLE s.t ADD CHECK (n > 0) NOT VALID",
    "triggers": "ALTER TABLE s.t DISABLE TRIGGER g",
    "rules": "ALTER TABLE s.t DISABLE RULE r",
    "policies": "ALTER POLICY p ON s.t USING (false)",
    "publications": "ALTER PUBLICATION news SET (publish = 'insert')",
    "tables of publications": "ALTER PUBLICATION news ADD TABLE s.u",
    "extended statistics": "ALTER STATISTICS s.x SET STATISTICS 7",
    "sequences": "SELECT nextval('s.q')",
    "functions": "ALTER FUNCTION s.f() COST 7",
    "grants": "GRANT SELECT ON s.t TO reader",
    "comments": "COMMENT ON TABLE s.t IS 'new'",
    "labels": "INSERT INTO pg_seclabel VALUES ('s.t'::regclass, 'pg_class'::regclass, 0, 'provider', 'new')",
    "members of extensions": "ALTER EXTENSION hstore ADD FUNCTION s.f()",
}
GRANTED = {
    "schemas": "GRANT USAGE ON SCHEMA s TO reader",
    "relations": "GRANT SELECT ON s.t TO reader",
    "columns": "GRANT SELECT (m) ON s.t TO reader",
    "functions": "REVOKE EXECUTE ON FUNCTION s.f() FROM PUBLIC",
}


@pytest.fixture
def connection(bench: Workbench) -> Iterator[Connection]:
    """The superuser's, in a transaction that leaves nothing."""
    with bench.server._superuser("shop") as connection, connection.transaction(force_rollback=True):
        connection.execute(BUILT.encode())
        yield connection


def is_seen(connection: Connection, change: str) -> bool:
    """Whether the structure is another one after the change, which is undone."""
    before = structure.read_structure(connection)
    with connection.transaction(force_rollback=True):
        connection.execute(change.encode())
        return structure.read_structure(connection) != before


@pytest.mark.parametrize(("read", "changes"), [(structure.PARTS, CHANGES), (structure.GRANTS, GRANTED)])
def test_no_part_can_be_left_out(
    connection: psycopg.Connection[tuple[str, ...]], read: MutableMapping[str, str], changes: dict[str, str]
) -> None:
    """The parts are those of the code; a new one without a change fails."""
    assert read.keys() == changes.keys()
    assert [part for part, change in changes.items() if not is_seen(connection, change)] == []
    for part, change in changes.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.delitem(read, part)
            assert not is_seen(connection, change), part

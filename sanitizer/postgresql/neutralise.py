"""Takes from a restored copy what production's passwords would open."""

from psycopg import sql

from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.writing import text
from sanitizer.steps import Step

# RDS's own have passwords that no customer knows; so have superusers, which no customer can make.
RDS_ROLES = ["rdsadmin", "rdsproxyadmin", "rdsrepladmin", "rdstopmgr", "rdswriteforwarduser"]
# Before PostgreSQL 16 CREATEROLE altered every role but superusers; since then it takes the ADMIN OPTION.
LOGIN_ROLES = """
SELECT rolname,
       current_setting('server_version_num')::int < 160000 OR pg_has_role(current_user, oid, 'MEMBER WITH ADMIN OPTION')
FROM pg_roles
WHERE rolcanlogin AND NOT rolsuper AND rolname <> current_user AND rolname <> ALL (%s)
ORDER BY rolname
"""


def plan_neutralise(connection: Connection, database: str) -> list[Step]:
    """One step for each login role but our own."""
    return [_disable(database, name) for name, _ in connection.execute(LOGIN_ROLES, (RDS_ROLES,))]


def out_of_reach(connection: Connection) -> list[str]:
    """The login roles that our own may not alter: production's passwords would still open the snapshot."""
    return [name for name, may_alter in connection.execute(LOGIN_ROLES, (RDS_ROLES,)) if not may_alter]


def _disable(database: str, role: str) -> Step:
    statement = text(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(sql.Identifier(role)))
    return Step(
        "neutralise", database, role, "no login", "production's password must not open the restored copy", (statement,)
    )

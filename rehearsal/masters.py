"""The users of a database server on RDS: a master who is no superuser, and the hidden superuser `rdsadmin`.

`rdsadmin` comes through a socket in a directory of the server's own, and has a database that nobody else may enter. The master has
what RDS gives through `rds_superuser`; role attributes are not inherited, so the master has those itself.

On RDS the master may create the extension pg_stat_statements, which PostgreSQL allows to superusers only; here it stands in
template1 and postgres from the start, so that it is in every database, and its owner is `rdsadmin` as on RDS.

Before PostgreSQL 15 nobody can be given session_replication_role, which RDS lets its masters set: there they cannot.
"""

from collections.abc import Iterator

from psycopg import sql

SUPERUSER = "rdsadmin"
STATISTICS = "pg_stat_statements"

_ROLES = """
    CREATE ROLE rds_superuser NOLOGIN;
    GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION;
    DO $$ BEGIN
        IF current_setting('server_version_num')::int >= 150000 THEN
            EXECUTE 'GRANT pg_checkpoint TO rds_superuser WITH ADMIN OPTION; GRANT SET ON PARAMETER session_replication_role TO rds_superuser';
        END IF;
    END $$;
    CREATE ROLE {master} LOGIN CREATEDB CREATEROLE;
    GRANT rds_superuser TO {master} WITH ADMIN OPTION;
    ALTER DATABASE template1 OWNER TO {master};
    ALTER DATABASE postgres OWNER TO {master};
"""
_STATISTICS_FOR_MASTERS = """
    CREATE EXTENSION pg_stat_statements;
    DO $$ DECLARE f regprocedure; BEGIN
        FOR f IN SELECT oid FROM pg_proc WHERE proname = 'pg_stat_statements_reset' LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO rds_superuser', f);
        END LOOP;
    END $$;
"""


def preparation(master: str, database: str, *, statistics: bool) -> Iterator[tuple[str, str]]:
    """What the superuser of a new server does for its master: (in which database, statements), in order."""
    yield "postgres", _rendered(_ROLES, master=master)
    if statistics:
        yield "template1", _STATISTICS_FOR_MASTERS
        yield "postgres", _STATISTICS_FOR_MASTERS
    yield "postgres", f"CREATE DATABASE {SUPERUSER} TEMPLATE template0"
    yield "postgres", f"REVOKE CONNECT ON DATABASE {SUPERUSER} FROM PUBLIC"
    if database != "postgres":
        yield "postgres", _rendered("CREATE DATABASE {database} OWNER {master}", database=database, master=master)


def _rendered(template: str, **identifiers: str) -> str:
    parts = {name: sql.Identifier(value) for name, value in identifiers.items()}
    return sql.SQL(template).format(**parts).as_string(None)  # type: ignore[arg-type]

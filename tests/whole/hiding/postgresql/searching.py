"""Plants and finds markers on a PostgreSQL server: all that its master user reads, and all bytes of its data directory."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rehearsal.account import ACCOUNT
from rehearsal.on_postgres import Postgres
from rehearsal.postgres import Server
from rehearsal.production import Production
from rehearsal.rds import Rds
from tests.whole.hiding.places import Planted

# What RDS does for its master user, and a server that foreign tables are read from.
PREPARED = """
CREATE EXTENSION dblink; CREATE EXTENSION postgres_fdw; CREATE FOREIGN DATA WRAPPER away HANDLER postgres_fdw_handler; ALTER ROLE shop_admin REPLICATION; GRANT pg_maintain TO shop_admin;
GRANT USAGE ON FOREIGN DATA WRAPPER dblink_fdw, postgres_fdw, away TO shop_admin; GRANT SET ON PARAMETER "app.secret" TO shop_admin
"""
SERVERS = """
CREATE SERVER away FOREIGN DATA WRAPPER away; CREATE SERVER itself FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host {host}, port {port}, dbname 'shop');
CREATE USER MAPPING FOR shop_admin SERVER itself OPTIONS (user 'shop_admin', password {password})
"""
# As autovacuum does in every production, also of the catalogs.
ANALYZED = "ANALYZE pg_description, pg_proc, pg_foreign_server, pg_user_mapping, pg_foreign_table, pg_largeobject, pg_db_role_setting"
STATEMENTS = "pg_stat_tmp"  # the directory with the texts of statements
DATABASES = "SELECT datname FROM pg_database WHERE datallowconn AND has_database_privilege(oid, 'CONNECT') ORDER BY 1"
READABLE = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'v', 'S') AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
  AND (c.relkind <> 'm' OR c.relispopulated) AND n.nspname !~ '^pg_(toast|temp)'
"""
NAMES = """
SELECT pg_relation_filepath(c.oid), coalesce((SELECT CASE WHEN t.oid < 16384 THEN t.relname ELSE 'long values of ' || t.relname END
                                              FROM pg_class t WHERE t.reltoastrelid = c.oid), i.relname, c.relname)
FROM pg_class c LEFT JOIN pg_index x ON x.indexrelid = c.oid AND c.oid < 16384 LEFT JOIN pg_class i ON i.oid = x.indrelid
WHERE pg_relation_filepath(c.oid) IS NOT NULL
"""


def plant(production: Production, rds: Rds, markers: Sequence[Planted]) -> ExitStack:
    """Each in its place; then statistics are made, as they are in time."""
    server, held = server_of(rds, production, ACCOUNT), ExitStack()
    server.superuser_sql(PREPARED, "shop")
    production.run("CREATE DATABASE crm")
    place = {"host": production.host, "port": str(production.port), "password": production.password}
    production.run(
        sql.SQL(SERVERS).format(**{key: sql.Literal(value) for key, value in place.items()}).as_string(None), "shop"
    )
    for each in markers:
        if each.place.stored_in == STATEMENTS:
            continue
        script, database = each.written(each.place.plants), each.place.database
        if each.place.stays:
            held.enter_context(production.connect(database)).execute(f"{script}; COMMIT".encode())
        elif each.place.root:
            server.superuser_sql(script, database)
        else:
            production.run(script, database)
    for database in ("shop", "crm"):
        server.superuser_sql(ANALYZED, database)
    production.run("SELECT pg_stat_statements_reset()")
    for each in markers:
        if each.place.stored_in == STATEMENTS:
            production.run(each.written(each.place.plants), each.place.database)
    return held


def server_of(rds: Rds, instance: Production, account: str) -> Server:
    """The server behind the emulated instance."""
    server = rds.server(instance.identifier, account)
    assert isinstance(server, Server)
    return server


def shown(instance: Production) -> Iterator[tuple[str, bytes]]:
    """Everything that the master user reads: every relation of every database, and its dump."""
    for (database,) in instance.ask(DATABASES):
        with instance.connect(database) as connection:
            connection.autocommit = True
            for schema, relation in connection.execute(READABLE.encode()).fetchall():
                yield f"{database}.{schema}.{relation}", _copied(connection, schema, relation)
            yield f"dump of {database}", _dumped(instance, database)


def _copied(connection: psycopg.Connection[Any], schema: str, relation: str) -> bytes:
    query = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(schema, relation))
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        return b"".join(bytes(row) for row in copy)


def _dumped(instance: Production, database: str) -> bytes:
    assert isinstance(instance.engine, Postgres)
    environment = {
        **os.environ,
        "PGPASSWORD": instance.password,
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(instance.ca_file),
    }
    place = ["-h", instance.host, "-p", str(instance.port), "-U", instance.master, database]
    run = subprocess.run(
        [instance.engine.programs / "pg_dump", *place], env=environment, check=False, capture_output=True
    )
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


def stored(server: Server) -> Iterator[tuple[str, bytes]]:
    """Every file of the data directory, under the name of what it is."""
    server.superuser_sql("CHECKPOINT")
    names: dict[str, str] = {}
    for database in server.superuser_sql("SELECT datname FROM pg_database WHERE datallowconn").splitlines():
        names |= dict(line.split("|") for line in server.superuser_sql(NAMES, database).splitlines())
    for file in sorted(server.data.rglob("*")):
        if file.is_file():
            yield _name(file.relative_to(server.data), names), file.read_bytes()


def _name(path: Path, names: dict[str, str]) -> str:
    if path.parts[0] == "pg_wal":
        return "write-ahead log"
    relation = str(path.parent / path.name.split(".")[0].split("_")[0])
    return names.get(relation, path.parts[0] if path.parts[0] not in ("base", "global") else str(path))

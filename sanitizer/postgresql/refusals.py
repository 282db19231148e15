"""What only PostgreSQL knows that forbids masking: its version, privileges, open transactions, values it would not take."""

from collections.abc import Iterator

from sanitizer.errors import Finding
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.obstacles import rewrite_blockers
from sanitizer.rules import DatabaseRules
from sanitizer.schema import Schema

OLDEST, NEWEST = 13, 18
# Set for a database or a role, a setting travels with the snapshot and overrides the parameter group. The masking key is a bound
# parameter: statements may be logged where parameters are not.
TELLING = """
SELECT name, setting FROM pg_settings
WHERE (name IN ('session_preload_libraries', 'local_preload_libraries') AND setting <> '')
   OR (current_setting('log_parameter_max_length', true) IS DISTINCT FROM '0'
       AND ((name = 'log_statement' AND setting = 'all')
            OR (name IN ('log_min_duration_statement', 'log_min_duration_sample') AND setting <> '-1')
            OR (name = 'log_transaction_sample_rate' AND setting <> '0')))
ORDER BY name
"""


# They fire at what masking does to tables, schemas and views; a superuser of RDS's own is trusted.
EVENT_TRIGGERS = """
SELECT evtname FROM pg_event_trigger WHERE evtenabled IN ('O', 'A') AND pg_get_userbyid(evtowner) <> 'rdsadmin' ORDER BY evtname
"""

# Beside the ledger, which an earlier run may have left.
IN_OUR_SCHEMA = """
SELECT count(*) FROM pg_depend
WHERE refclassid = 'pg_namespace'::regclass AND refobjid = to_regnamespace('sanitizer_begun')
  AND (classid, objid) IS DISTINCT FROM ('pg_class'::regclass, to_regclass('sanitizer_begun.ledger')::oid)
"""


def server_refusals(connection: Connection) -> Iterator[Finding]:
    """What concerns the whole server."""
    version = connection.info.server_version // 10000
    if not OLDEST <= version <= NEWEST:
        yield Finding(
            "server", f"PostgreSQL {version} is not supported", f"Use a source of PostgreSQL {OLDEST} to {NEWEST}"
        )
    for database, transactions in connection.execute(
        "SELECT database, count(*) FROM pg_prepared_xacts GROUP BY database ORDER BY database"
    ):
        problem = f"{transactions} prepared transaction(s) hold rows that masking cannot see"
        yield Finding(
            f"database {database}", problem, "COMMIT or ROLLBACK PREPARED them in the source before the snapshot"
        )


def database_refusals(connection: Connection, schema: Schema, rules: DatabaseRules) -> Iterator[Finding]:
    """What concerns one database, without looking at rows."""
    if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
        problem = "its encoding is SQL_ASCII: nobody can tell which letters its bytes are, so neither masking nor verification can"
        yield Finding(
            f"database {schema.database}",
            problem,
            "In the source: load a dump of it into a database of another encoding, such as UTF8",
        )
    (others,) = connection.execute(IN_OUR_SCHEMA).fetchone() or (0,)
    if others:
        problem = f"{others} object(s) are in the schema sanitizer_begun, which the run needs for itself"
        yield Finding(f"database {schema.database}", problem, "In the source: move them to another schema, or drop it")
    for name, value in connection.execute(TELLING):
        problem = (
            f"{name} is {value} for this session: the server's log would tell what it is told, the masking key too"
        )
        remedy = f"In the source: ALTER DATABASE ... RESET {name} (or ALTER ROLE); the parameter group of temporary databases has it off"
        yield Finding(f"database {schema.database}", problem, remedy)
    for (trigger,) in connection.execute(EVENT_TRIGGERS):
        problem = f"event trigger {trigger} would act on what masking does: forbid it, or record it"
        yield Finding(
            f"database {schema.database}",
            problem,
            f'In the source: ALTER EVENT TRIGGER "{trigger}" DISABLE, or drop it',
        )
    for name, table_rules in rules.listed.items():
        table = schema.tables[name]
        updated = table_rules.masked and rewrite_blockers(schema, table, table_rules.masked)
        if table.update_refused and (updated or table_rules.delete):
            problem = f"table {name} must be updated, but is published without a replica identity"
            yield Finding(
                table_rules.place,
                problem,
                "In the source: ALTER TABLE ... REPLICA IDENTITY FULL, or take it out of the publication",
            )
    for view in schema.materialized_views:
        if not view.owned:
            problem = f"materialized view {view.name} belongs to a role of which the user is no member, so it cannot be refreshed"
            yield Finding(
                f"database {schema.database}", problem, "In the source: GRANT its owner's role to the master user"
            )

"""What only MySQL and MariaDB know that forbids masking."""

import re
from collections.abc import Iterator

from sanitizer.errors import Finding
from sanitizer.functions import DELETE, KEEP, SET_NULL
from sanitizer.mysql.connection import Connection
from sanitizer.mysql.expressions import EXPRESSIONS, Row, joins_key, masked_column
from sanitizer.mysql.flavours import Flavour
from sanitizer.mysql.masking import needs_apart, swap_blockers
from sanitizer.mysql.native import (
    STORED,
    TRANSACTIONAL,
    NativeSchema,
    NativeTable,
    native,
    native_column,
    native_schema,
)
from sanitizer.mysql.neutralise import EVENTS, SERVERS, accounts
from sanitizer.mysql.sampled_rules import trial_refusals
from sanitizer.mysql.writing import COPY, RESERVED
from sanitizer.rules import DatabaseRules, TableRules
from sanitizer.schema import ForeignKey, Schema

NEEDED = frozenset({
    "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "REFERENCES", "TRIGGER", "EVENT", "CREATE TEMPORARY TABLES",
    "CREATE USER", "SHOW VIEW",
})  # fmt: skip
PRIVILEGES = """
SELECT privilege_type AS name FROM information_schema.user_privileges
WHERE REPLACE(grantee, '''', '') = CURRENT_USER()
   OR REPLACE(SUBSTRING_INDEX(grantee, '@', 1), '''', '') IN (SELECT role_name FROM information_schema.enabled_roles)
"""
STATE = """
SELECT VERSION() AS version, @@log_bin AS log_bin, @@local_infile AS local_infile, @@event_scheduler AS event_scheduler,
       @@log_output LIKE '%TABLE%' AND (@@general_log OR @@slow_query_log) AS logs_to_tables, CURRENT_USER() AS ourselves
"""
# What the server, its plugins and RDS make in the server's own databases; names of both flavours.
OWN_TABLES = re.compile(
    r"sys\.sys_config|mysql\.((rds|aurora|ha|innodb|gtid|slave|replication|spider|wsrep|ndb|firewall|audit_log)_.+|time_zone.*"
    r"|(general|slow)_log(_backup)?|help_(category|keyword|relation|topic)|(column|index|table)_stats"
    r"|(columns|global|procs|proxies|tables)_priv|global_grants|default_roles|role_edges|roles_mapping|(engine|server)_cost"
    r"|password_(reuse_check_)?history|transaction_registry|component|db|event|func|host|plugin|proc|servers|user)"
)
IN_OWN_DATABASES = """
SELECT CONCAT(table_schema, '.', table_name) AS name FROM information_schema.tables
WHERE table_schema IN ('mysql', 'sys') AND table_type NOT LIKE '%VIEW' ORDER BY table_schema, table_name
"""
# A unique key of no more needs no hashes, in whatever format rows are kept; of these it always does.
FEW_CHARACTERS = 191
UNLIMITED = frozenset(
    {"varbinary", "tinyblob", "blob", "mediumblob", "longblob", "tinytext", "text", "mediumtext", "longtext"}
)
ASCII_COMPATIBLE = ("utf8", "utf8mb3", "utf8mb4")


def privileges(connection: Connection) -> frozenset[str]:
    """What the user may do everywhere."""
    return frozenset(row["name"].upper() for row in connection.rows(PRIVILEGES))


def server_refusals(connection: Connection, roles: str) -> Iterator[Finding]:
    """What concerns the whole server."""
    state, flavour, may = connection.rows(STATE)[0], connection.flavour, privileges(connection)
    oldest, newest = flavour.versions
    version = tuple(int(part) for part in state["version"].split("-")[0].split(".")[:2])
    if not oldest <= version <= newest:
        spoken = " to ".join(".".join(map(str, each)) for each in flavour.versions)
        yield Finding("server", f"{flavour.name} {state['version']} is not supported", f"Use a source of {spoken}")
    missing = sorted((NEEDED | flavour.also_needs) - may)
    if missing:
        remedy = f"In the source: GRANT {', '.join(missing)} ON *.* TO the master user"
        yield Finding("server", f"the user has not the privilege(s) {', '.join(missing)}", remedy)
    if state["log_bin"]:
        problem = "the binary log is on: it keeps originals, and whoever may replicate can read it"
        yield Finding("server", problem, "Restore with a backup retention of 0 days, which turns it off on RDS")
    if state["logs_to_tables"]:
        problem = "the server logs statements into tables of its own, which the snapshot would hold"
        remedy = "Parameter group of temporary databases: general_log = 0 and slow_query_log = 0, or log_output = FILE"
        yield Finding("server", problem, remedy)
    if state["event_scheduler"] == "ON" and connection.rows(EVENTS):
        problem = "events are enabled and the scheduler is on: they would run between masked and unmasked rows"
        yield Finding("server", problem, "Parameter group of temporary databases: event_scheduler = OFF")
    if "XA_RECOVER_ADMIN" not in missing and (prepared := connection.rows("XA RECOVER")):
        problem = f"{len(prepared)} prepared transaction(s) hold rows that masking cannot see"
        yield Finding("server", problem, "XA COMMIT or XA ROLLBACK them in the source before the snapshot")
    yield from _beyond_reach(connection, roles, may)


def _beyond_reach(connection: Connection, roles: str, may: frozenset[str]) -> Iterator[Finding]:
    """What rules do not cover, or neutralising could not take away."""
    flavour = connection.flavour
    for row in connection.rows(IN_OWN_DATABASES):
        if not OWN_TABLES.fullmatch(row["name"]):
            problem = f"table {row['name']} is in the server's own database, where no rule reaches it"
            yield Finding("server", problem, "In the source: move it to a database of its own, or drop it")
    if flavour.leftovers and "PROCESS" in may:
        for row in connection.rows(flavour.leftovers):
            problem = (
                f"table {row['name']} was left by a change that broke off: nothing lists it, but its rows can be read"
            )
            remedy = f"In the source: DROP TABLE `#mysql50#{row['name'].partition('/')[2]}` in that database"
            yield Finding("server", problem, remedy)
    if roles != "keep" and connection.rows(flavour.second_way):
        problem = "the user itself may log in by a second password or method, which stays as it is in production"
        yield Finding("server", problem, "In the source: ALTER USER the master user, with one method and one password")
    if flavour.judges and connection.rows(flavour.judges) and accounts(connection, roles):
        problem = "a plugin judges new passwords, and takes none that is only a hash: no account's password could be taken away"
        remedy = (
            "Parameter group of temporary databases: strict_password_validation = 0; or in the source: UNINSTALL SONAME"
        )
        yield Finding("server", problem, remedy)
    if may & flavour.may_see_replication and connection.rows(flavour.replication):
        problem = "the server is a replica of another: its relay log keeps originals, and it may go on copying them"
        remedy = "In the source: CALL mysql.rds_reset_external_master before the snapshot; or take another source"
        yield Finding("server", problem, remedy)
    if connection.rows(SERVERS) and not may & flavour.may_drop_servers:
        problem = "mysql.servers holds passwords of other servers, and the user may not drop them"
        yield Finding("server", problem, "In the source: DROP SERVER, or GRANT what it needs to the master user")


def database_refusals(connection: Connection, schema: Schema, rules: DatabaseRules) -> Iterator[Finding]:
    """What concerns one database."""
    ours, may = native_schema(schema), privileges(connection)
    flavour = connection.flavour
    yield from _passwords(schema)
    yield from _never_written_anew(schema)
    unusable = list(_unusable_names(schema))
    if unusable:
        yield from unusable
        return
    for name, table_rules in rules.listed.items():
        table = native(schema.tables[name])
        if table_rules.truncate or table_rules.masked:
            blockers = swap_blockers(table, flavour)
            yield from _engine(table, table_rules, blockers)
            if blockers and needs_apart(table_rules) and not table.primary:
                problem = f"table {name} must be updated ({'; '.join(blockers)}) by values of several of its columns, and has no primary key"
                yield Finding(table_rules.place, problem, "In the source: give it a primary key")
        if table_rules.truncate or table_rules.masked or table_rules.delete:
            yield from _triggers(connection, ours, table, table_rules, may_define=bool(may & flavour.may_define))
        if table.versioned and "DELETE HISTORY" not in may:
            problem = f"table {name} has a history that holds originals, and the user may not delete it"
            yield Finding(table_rules.place, problem, "In the source: GRANT DELETE HISTORY ON *.* TO the master user")
        yield from _columns(table, table_rules)
        yield from trial_refusals(connection, schema, rules, table)
    for key in ours.crossing:
        yield from _crossing(key, rules)
    if _need_key(ours, rules, flavour) and not connection.rows(STATE)[0]["local_infile"]:
        problem = "local_infile is off, and the masking key has no other way in that no log keeps"
        yield Finding("server", problem, "Parameter group of temporary databases: local_infile = 1")


def _unusable_names(schema: Schema) -> Iterator[Finding]:
    for name, table in schema.tables.items():
        place = f"database {schema.database}, table {name}"
        if name.table in RESERVED or name.table.startswith(f"{COPY}_"):
            yield Finding(place, "the sanitizer needs this name for itself", "Rename the table in the source")
        if any("\n" in word for word in (name.table, *table.columns)):
            yield Finding(
                place, "a name holds the end of a line, so its definition cannot be read", "Rename it in the source"
            )


def _never_written_anew(schema: Schema) -> Iterator[Finding]:
    """MariaDB takes `ADD UNIQUE ... USING HASH` of few bytes beside partitions, and then no other change of the table."""
    for name, table in schema.tables.items():
        for index in table.unique:
            columns = [table.columns[column] for column in index.columns]
            few = all(column.base not in UNLIMITED for column in columns)
            if (
                few
                and table.partition_key - index.columns
                and sum(c.max_characters or 0 for c in columns) <= FEW_CHARACTERS
            ):
                problem = f"unique index {index.name} leaves out columns of the partition key, so the server writes table {name} anew by no statement"
                place = f"database {schema.database}, table {name}"
                yield Finding(place, problem, f"In the source: ALTER TABLE ... DROP INDEX {index.name}")


def _passwords(schema: Schema) -> Iterator[Finding]:
    for name, table in schema.tables.items():
        if native(table).definition.names_password:
            problem = "its definition holds a password of another server, which SHOW CREATE TABLE tells"
            remedy = "In the source: CREATE SERVER and name that in CONNECTION, or drop the table"
            yield Finding(f"database {schema.database}, table {name}", problem, remedy)


def _engine(table: NativeTable, rules: TableRules, blockers: list[str]) -> Iterator[Finding]:
    if rules.masked and blockers and table.engine != TRANSACTIONAL:
        problem = f"table {table.name} must be updated ({'; '.join(blockers)}), and an update of {table.engine} cannot be undone when it is interrupted"
        yield Finding(
            rules.place, problem, f"In the source: ALTER TABLE ... ENGINE = {TRANSACTIONAL}, or without the directory"
        )
    if table.engine not in STORED and table.relations[0].kind == "r":
        problem = (
            f"table {table.name} is kept by the engine {table.engine}, of which nobody knows what it leaves behind"
        )
        yield Finding(rules.place, problem, f"In the source: ALTER TABLE ... ENGINE = {' or '.join(sorted(STORED))}")


def _triggers(
    connection: Connection, schema: NativeSchema, table: NativeTable, rules: TableRules, *, may_define: bool
) -> Iterator[Finding]:
    """A trigger goes with its table and is created again: exactly, or not at all."""
    ourselves = connection.rows(STATE)[0]["ourselves"]
    for trigger in table.triggers:
        place = f"trigger {trigger.name} of {table.name}"
        if trigger.definer != ourselves and not may_define:
            problem = f"{place} belongs to {trigger.definer}, in whose name the user may not create it again"
            remedy = f"In the source: create it as the master user, or GRANT {' or '.join(sorted(connection.flavour.may_define))}"
            yield Finding(rules.place, problem, remedy)
        if trigger.client_charset not in ASCII_COMPATIBLE and not trigger.statement.isascii():
            problem = f"{place} was written in {trigger.client_charset}, with letters that would come back as others"
            yield Finding(rules.place, problem, "In the source: create it again in a session of utf8mb4")
        if trigger.database_collation != schema.collation:
            problem = f"{place} was created when the database's collation was {trigger.database_collation}, now it is {schema.collation}"
            yield Finding(rules.place, problem, "In the source: create it again")


def _columns(table: NativeTable, rules: TableRules) -> Iterator[Finding]:
    for name, rule in rules.masked.items():
        column, length = native_column(table.columns[name]), rule.longest
        if rule.function.unique and length and column.unique_prefix and column.unique_prefix < length:
            problem = f"column {name} of {table.name}: a unique index looks at its first {column.unique_prefix} characters only, where different outputs may be equal"
            yield Finding(rule.place, problem, "In the source: let the index look at the whole column", str(rule))


def _crossing(key: ForeignKey, rules: DatabaseRules) -> Iterator[Finding]:
    """The rules of one database do not see another's: a key that joins two holds only if nothing in it changes."""
    points_out = not key.table.schema
    inside, other, columns = (
        (key.table, key.referenced, key.columns) if points_out else (key.referenced, key.table, key.referenced_columns)
    )
    table = rules.listed.get(inside)
    if table is None or (table.truncate and points_out):
        return
    if table.delete and not points_out:
        problem = f"foreign key {key} joins {other} in another database to {inside}, of which rows are deleted"
        yield Finding(table.delete.place, problem, "Drop the foreign key in the source", DELETE)
    harmless = {KEEP, SET_NULL} if points_out else {KEEP}
    changed = [
        column for column in columns if not table.truncate and table.columns[column].function.name not in harmless
    ]
    if table.truncate or changed:
        problem = f"foreign key {key} joins {inside} to {other} in another database"
        yield Finding(table.place, problem, "`keep` its columns, or drop the foreign key in the source")


def _need_key(schema: NativeSchema, rules: DatabaseRules, flavour: Flavour) -> bool:
    return any(
        joins_key(masked_column(Row(schema.tables[name].columns, table_rules.columns, flavour), column))
        for name, table_rules in rules.listed.items()
        for column, rule in table_rules.masked.items()
        if rule.function.name in EXPRESSIONS and not schema.tables[name].columns[column].generated
    )

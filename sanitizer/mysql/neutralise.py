"""Takes from a restored copy what production's passwords would open, what would run by itself, and the passwords of other servers."""

from sanitizer.mysql.connection import Connection, Row
from sanitizer.mysql.writing import literal, quote
from sanitizer.steps import Step

# RDS's own accounts, and those that the server makes for itself: nobody knows a password of theirs.
RESERVED_USERS = frozenset(
    (
        "rdsadmin",
        "rdsrepladmin",
        "rdsproxyadmin",
        "rds_superuser_role",
        "mysql.sys",
        "mysql.session",
        "mysql.infoschema",
        "mariadb.sys",
    )
)
EVENTS = """
SELECT event_schema AS db, event_name AS name FROM information_schema.events
WHERE status = 'ENABLED' ORDER BY event_schema, event_name
"""
SERVERS = "SELECT Server_name AS name FROM mysql.servers ORDER BY Server_name"
# A plugin of MariaDB keeps hashes of all passwords that accounts ever had.
HASHES = "mysql.password_reuse_check_history"
KEEPS_HASHES = f"SELECT 1 FROM information_schema.tables WHERE CONCAT(table_schema, '.', table_name) = '{HASHES}'"
OURSELVES = "SELECT CURRENT_USER() AS account"


def plan_neutralise(connection: Connection, database: str, roles: str) -> list[Step]:
    """One step for each account but our own, if roles are not kept, each event that would run, each other server that is known."""
    hashes = connection.rows(KEEPS_HASHES) if roles != "keep" else ()
    return [
        *(_close(connection, row, database, roles) for row in accounts(connection, roles)),
        *(_forget_hashes(database) for _ in hashes),
        *(_switch_off(row["db"], row["name"]) for row in connection.rows(EVENTS)),
        *(_forget(row["name"], database) for row in connection.rows(SERVERS)),
    ]


def accounts(connection: Connection, roles: str) -> list[Row]:
    """Those that lose their passwords."""
    ourselves = connection.rows(OURSELVES)[0]["account"]
    return [
        row
        for row in connection.rows(connection.flavour.accounts)
        if roles != "keep" and row["user"] not in RESERVED_USERS and f"{row['user']}@{row['host']}" != ourselves
    ]


def _close(connection: Connection, row: Row, database: str, roles: str) -> Step:
    account = f"{literal(row['user'])}@{literal(row['host'])}"
    templates, strategy = connection.flavour.forget_password, "password removed"
    if roles == "disable":
        templates, strategy = (*templates, "ALTER USER {account} ACCOUNT LOCK"), "no login"
    statements = tuple(template.format(account=account) for template in templates)
    why = "production's password must not open the restored copy"
    return Step("neutralise", database, f"{row['user']}@{row['host']}", strategy, why, statements)


def _forget_hashes(database: str) -> Step:
    why = "it keeps hashes of passwords that accounts have or had"
    return Step("neutralise", database, HASHES, "emptied", why, (f"DELETE FROM {HASHES}",))


def _switch_off(database: str, event: str) -> Step:
    why = "the restored copy must not do by itself what production does; the event now belongs to the master user"
    statement = f"ALTER EVENT {quote(database, event)} DISABLE"
    return Step("neutralise", database, f"event {event} of {database}", "disabled", why, (statement,))


def _forget(server: str, database: str) -> Step:
    why = "it holds the password of another server"
    return Step("neutralise", database, f"server {server}", "dropped", why, (f"DROP SERVER {quote(server)}",))

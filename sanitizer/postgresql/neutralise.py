"""Takes from a restored copy what production's passwords would open, what it would open or do, and what it would tell of others."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from psycopg import sql

from sanitizer.errors import Finding
from sanitizer.postgresql import neutralise_queries as queries
from sanitizer.postgresql.connection import Connection
from sanitizer.postgresql.writing import text
from sanitizer.steps import Step

SECRETS = {"rds": queries.RDS_ROLES, "secret_name": queries.SECRET_NAME, "secret_value": queries.SECRET_VALUE}
ROLES = {
    "disable": ("no login", sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL")),
    "reset": ("password removed", sql.SQL("ALTER ROLE {} PASSWORD NULL")),
}
DISABLED = "the restored copy must not do by itself what production does"
HOLDS = "it may hold a secret that opens another system"


class Opening(NamedTuple):
    """What must be taken away, how, whether the user may do that, and what else can be done about it. Safe to repeat."""

    step: Step
    may: bool
    remedy: str

    def refusal(self) -> Finding:
        """Why the run cannot begin."""
        problem = f"the user may not take it away ({self.step.strategy}), and {self.step.why}"
        return Finding(f"database {self.step.database}, {self.step.place}", problem, self.remedy)


def server_openings(connection: Connection, database: str, roles: str) -> Iterator[Opening]:
    """Of the whole server: one for each role but our own that may have a password, if roles are not kept, each setting that may hold a secret, each replication slot."""
    if roles != "keep":
        yield from _roles(connection, database, roles)
    query = queries.settings(connection.info.server_version)
    for of_database, role, setting, may in connection.execute(query.encode(), SECRETS):
        whose = _whose(of_database, role)
        name = sql.SQL(".").join(sql.Identifier(part) for part in setting.split("."))
        statement = sql.SQL("ALTER {} RESET {}").format(whose, name)
        step = _step(database, f"setting {setting} of {text(whose)}", "reset", HOLDS, statement)
        yield Opening(step, may, f"In the source: {text(statement)}")
    for slot, may in connection.execute(queries.SLOTS):
        why = "whoever may replicate reads old rows from it, and it keeps the log that holds them"
        drop = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = {}"  # an error where somebody uses it
        step = _step(database, f"replication slot {slot}", "dropped", why, sql.SQL(drop).format(sql.Literal(slot)))  # type: ignore[arg-type]
        yield Opening(
            step, may, "Drop it in the source, or GRANT rds_replication TO the master user; nobody may be using it"
        )


def _roles(connection: Connection, database: str, roles: str) -> Iterator[Opening]:
    for role, can_login, may in connection.execute(queries.ROLES.encode(), SECRETS):
        strategy, template = ROLES[roles if can_login else "reset"]
        why = "production's password must not open the restored copy"
        step = _step(database, role, strategy, why, template.format(sql.Identifier(role)))
        remedy = f'In the source: GRANT "{role}" TO the master user WITH ADMIN OPTION (before PostgreSQL 16: make it NOREPLICATION), or make it NOLOGIN'
        yield Opening(step, may, remedy)


def database_openings(connection: Connection, database: str) -> Iterator[Opening]:
    """Of one database: passwords for other servers, subscriptions, event triggers, scheduled jobs."""
    for server, user, may in connection.execute(queries.USER_MAPPINGS):
        who = sql.Identifier(user) if user else sql.SQL("PUBLIC")
        statement = sql.SQL("DROP USER MAPPING IF EXISTS FOR {} SERVER {}").format(who, sql.Identifier(server))
        forget = sql.SQL(queries.FORGET_MAPPINGS).format(sql.Identifier(server))
        place = f"user mapping of {user or 'PUBLIC'} for server {server} of {database}"
        remedy = f'In the source: ALTER SERVER "{server}" OWNER TO the master user, or drop the mapping'
        yield Opening(_step(database, place, "dropped", HOLDS, statement, forget), may, remedy)
    for kind, schema, name, options, may in connection.execute(queries.OPTIONS.encode(), SECRETS):
        yield _options(database, kind, (schema, name) if schema else (name,), options, may=may)
    for name, may in connection.execute(queries.SUBSCRIPTIONS):
        yield Opening(
            _subscription(database, name), may, f'In the source: ALTER SUBSCRIPTION "{name}" OWNER TO the master user'
        )
    for name, may in connection.execute(queries.EVENT_TRIGGERS):
        statement = sql.SQL("ALTER EVENT TRIGGER {} DISABLE").format(sql.Identifier(name))
        remedy = f"In the source: {text(statement)}"
        yield Opening(
            _step(database, f"event trigger {name} of {database}", "disabled", DISABLED, statement), may, remedy
        )
    for _, may in connection.execute(queries.HAS_JOBS):
        statements = (
            sql.SQL("SET LOCAL row_security = on"),
            sql.SQL(queries.UNSCHEDULE),
        )
        step = _step(database, f"jobs of pg_cron in {database}", "unscheduled", DISABLED, *statements)
        yield Opening(
            step._replace(atomic=True),
            may,
            "In the source: GRANT USAGE ON SCHEMA cron, and DELETE ON its tables, TO the master user",
        )


def settings_seen(connection: Connection, database: str) -> Iterator[Opening]:
    """What the planner's statistics of one database hold of the server's settings; to be taken away once those are reset."""
    query = queries.settings_seen(connection.info.server_version)
    for (may,) in connection.execute(query.encode(), SECRETS):
        step = _step(
            database, f"statistics of settings in {database}", "analyze", HOLDS, sql.SQL(queries.FORGET_SETTINGS)
        )
        remedy = "In the source: GRANT pg_maintain TO the master user (since PostgreSQL 17), or give the settings other names and values until autovacuum has looked at them again"
        yield Opening(step, may, remedy)


def _whose(database: str | None, role: str | None) -> sql.Composable:
    """Whose setting it is, as ALTER takes it."""
    if role is None and database is not None:
        return sql.SQL("DATABASE {}").format(sql.Identifier(database))
    whose = sql.SQL("ROLE {}").format(sql.Identifier(role)) if role is not None else sql.SQL("ROLE ALL")
    return whose if database is None else sql.SQL("{} IN DATABASE {}").format(whose, sql.Identifier(database))


def _options(database: str, kind: str, name: tuple[str, ...], options: list[str], *, may: bool) -> Opening:
    drops = sql.SQL(", ").join(sql.SQL("DROP {}").format(sql.Identifier(option)) for option in options)
    statement = sql.SQL("ALTER {} {} OPTIONS ({})").format(sql.SQL(kind), sql.Identifier(*name), drops)  # type: ignore[arg-type]
    place = f"options {', '.join(options)} of {kind.lower()} {'.'.join(name)} of {database}"
    step = _step(database, place, "dropped", HOLDS, statement)._replace(done_if=_gone(kind, name, options))
    return Opening(step, may, f"In the source: {text(statement)}")


def _gone(kind: str, name: tuple[str, ...], options: list[str]) -> str:
    """A query that finds a row where an object has none of these options."""
    found = sql.SQL(queries.OPTIONS_OF[kind]).format(*map(sql.Literal, name))
    query = "SELECT 1 WHERE NOT EXISTS (SELECT FROM ({}) AS a CROSS JOIN LATERAL pg_options_to_table(a.options) AS o WHERE o.option_name = ANY ({}))"
    return text(sql.SQL(query).format(found, sql.Literal(options)))  # type: ignore[arg-type]


def _subscription(database: str, name: str) -> Step:
    """Without its slot's name it is dropped without a word to the publisher."""
    quoted = sql.Identifier(name)
    templates = (
        "ALTER SUBSCRIPTION {} DISABLE",
        "ALTER SUBSCRIPTION {} SET (slot_name = NONE)",
        "DROP SUBSCRIPTION {}",
    )
    why = "it holds a password of the publisher, and would take up production's place there"
    step = _step(
        database,
        f"subscription {name} of {database}",
        "dropped",
        why,
        *(sql.SQL(each).format(quoted) for each in templates),
    )
    gone = text(sql.SQL(queries.NO_SUBSCRIPTION).format(sql.Literal(name)))
    return step._replace(atomic=True, done_if=gone)


def _step(database: str, place: str, strategy: str, why: str, *statements: Any) -> Step:
    return Step("neutralise", database, place, strategy, why, tuple(text(each) for each in statements))

"""How names, types and switches are written in SQL. Identifiers are always quoted."""

from collections.abc import Iterable, Mapping

from psycopg import sql

from sanitizer.names import TableName
from sanitizer.schema import Switch, Table

FOREIGN = "f"
# IS DISTINCT FROM, NULLIF, CASE and comparisons of rows name no schema for their operator: that of citext and its like must be on the path
# when the server reads a definition, or it takes another one.
OPERATORS = """
(SELECT pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(n.nspname), ', ') FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
 WHERE n.nspname <> 'pg_catalog' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'))"""
# Before definitions that are qualified otherwise are made anew.
QUALIFIED = f"SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_catalog', {OPERATORS}), true)"
_ON = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}


def identifier(name: TableName) -> sql.Identifier:
    """The table's qualified, quoted name."""
    return sql.Identifier(name.schema, name.table)


def text(composed: sql.Composable) -> str:
    """The statement as it is sent, and as it is printed."""
    return composed.as_string()


def literal(value: str) -> str:
    """The text as a string constant."""
    return text(sql.Literal(value))


def alter_types(table: Table, values: Mapping[str, sql.Composable]) -> tuple[str, ...]:
    """One statement that gives these columns their new values, and the very type, collation and storage they have; then what that forgets.

    Of a foreign table the rows are elsewhere, so no value is given to them.
    """
    actions: list[sql.Composable] = []
    for name, value in values.items():
        column, quoted = table.columns[name], sql.Identifier(name)
        collation = sql.SQL(" COLLATE " + column.collation) if column.collation else sql.SQL("")
        using = sql.SQL("" if table.kind == FOREIGN else " USING ({})").format(value)
        set_type = sql.SQL("ALTER COLUMN {} SET DATA TYPE {}{}{}")
        actions.append(set_type.format(quoted, sql.SQL(column.type), collation, using))
        if column.storage:  # forgotten by SET DATA TYPE, as is the next
            actions.append(sql.SQL("ALTER COLUMN {} SET STORAGE {}").format(quoted, sql.SQL(column.storage)))
        if column.compression:
            actions.append(sql.SQL("ALTER COLUMN {} SET COMPRESSION {}").format(quoted, sql.SQL(column.compression)))
    alter = text(sql.SQL("ALTER TABLE {} {}").format(identifier(table.name), sql.SQL(", ").join(actions)))
    return alter, *table.forgotten


def refresh(name: TableName) -> tuple[str, ...]:
    """Statements of one transaction that fill a materialized view with what its owner sees, by row level security too."""
    statement = sql.SQL("REFRESH MATERIALIZED VIEW {}").format(identifier(name))
    return "SET LOCAL row_security = on", text(statement)


def with_switches_off(switches: Iterable[Switch], statements: tuple[str, ...]) -> tuple[str, ...]:
    """The statements between switching the triggers and rules off and on again, each in the mode it had.

    None can be switched on while a deferred constraint waits to be checked.
    Parents stand before their partitions: older servers pass a parent's change on, so the partitions' own modes come last.
    """
    switches = tuple(dict.fromkeys(switches))
    off = [_switch("DISABLE", switch) for switch in switches]
    on = [_switch(_ON[switch.mode], switch) for switch in switches]
    return (*off, *statements, *(["SET CONSTRAINTS ALL IMMEDIATE"] if on else []), *on)


def _switch(action: str, switch: Switch) -> str:
    only = "" if switch.kind == "RULE" else "ONLY "
    statement = sql.SQL("ALTER TABLE {only}{table} {action} {kind} {name}")
    return text(
        statement.format(
            only=sql.SQL(only),
            table=identifier(switch.relation),
            action=sql.SQL(action),
            kind=sql.SQL(switch.kind),
            name=sql.Identifier(switch.name),
        )
    )

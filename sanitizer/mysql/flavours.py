"""Where MariaDB and MySQL differ, in one table. MySQL's row follows its manual; no MySQL server has run it yet."""

from typing import NamedTuple


class Flavour(NamedTuple):
    """One of the two. Privileges are lists of which one is enough; templates take quoted names."""

    name: str
    versions: tuple[tuple[int, int], tuple[int, int]]
    settings: tuple[str, ...]
    may_define: frozenset[str]  # create a trigger in another account's name
    may_drop_servers: frozenset[str]
    may_see_replication: frozenset[str]
    replication: str  # from which servers this one copies what they do
    also_needs: frozenset[str]
    like_keeps_checks: bool  # CREATE TABLE ... LIKE gives CHECK constraints the names they have
    default_action: str  # of a foreign key that names none; written out, MariaDB makes another of it in ALTER TABLE
    checks: str  # of one database: table, name, clause
    statistics: str  # of one database: table, column, lowest and highest value that the planner keeps
    rebuild: str  # takes rows as they are: written while the server was not strict, or did not check
    forget_statistics: str
    stray_statistics: str | None  # a FROM clause: values that the planner keeps of tables that no rules speak of
    described: str | None  # the comment of one database: name, comment; None where databases have none
    accounts: str  # that can log in, or have a password: user, host
    forget_password: tuple[str, ...]
    second_way: str  # tells whether our own account may log in by another one
    leftovers: (
        str | None
    )  # tables that a server which broke off a change of a table left behind: no list shows them, SELECT does
    judges: str | None  # plugins that forbid what forget_password does
    in_time: str  # a SELECT that is ended after so many seconds
    processors: str
    group: str  # how a replacement names a group of the regular expression; escaped: what means something there and should not
    escaped: dict[str, str]


MARIADB = Flavour(
    name="mariadb",
    versions=((10, 6), (11, 8)),
    settings=("system_versioning_alter_history = KEEP", "max_statement_time = 43200", "alter_algorithm = 'DEFAULT'"),
    may_define=frozenset({"SUPER", "SET USER"}),
    may_drop_servers=frozenset({"SUPER", "FEDERATED ADMIN"}),
    may_see_replication=frozenset({"SUPER", "SLAVE MONITOR", "REPLICA MONITOR"}),
    replication="SHOW ALL SLAVES STATUS",
    also_needs=frozenset(),
    like_keeps_checks=True,
    default_action="RESTRICT",
    checks="SELECT table_name AS t, constraint_name AS name, check_clause AS clause FROM information_schema.check_constraints WHERE constraint_schema = %s",
    statistics="SELECT table_name AS t, column_name AS c, min_value AS low, max_value AS high FROM mysql.column_stats WHERE db_name = %s",
    rebuild="SET STATEMENT sql_mode = 'NO_AUTO_VALUE_ON_ZERO', check_constraint_checks = 0 FOR ALTER TABLE {table} FORCE",
    forget_statistics="ANALYZE TABLE {table} PERSISTENT FOR ALL",
    stray_statistics="""mysql.column_stats AS kept LEFT JOIN information_schema.tables AS listed
        ON listed.table_schema = kept.db_name AND listed.table_name = kept.table_name AND listed.table_schema NOT IN ('mysql', 'sys')
        WHERE listed.table_name IS NULL""",
    described="SELECT schema_name, schema_comment FROM information_schema.schemata WHERE schema_name = %s",
    accounts="""SELECT User AS user, Host AS host FROM mysql.global_priv
        WHERE coalesce(json_value(Priv, '$.is_role'), 0) <> 1
          AND (coalesce(json_value(Priv, '$.account_locked'), 0) <> 1 OR json_exists(Priv, '$.auth_or')
               OR coalesce(json_value(Priv, '$.authentication_string'), '') RLIKE '[1-9A-Za-z]')""",
    forget_password=(
        "ALTER USER {account} IDENTIFIED VIA mysql_native_password USING '*0000000000000000000000000000000000000000'",
    ),
    second_way="""SELECT 1 FROM mysql.global_priv
        WHERE CONCAT(User, '@', Host) = CURRENT_USER() AND json_length(Priv, '$.auth_or') > 1""",
    leftovers="SELECT name FROM information_schema.innodb_sys_tables WHERE name RLIKE '/#sql' ORDER BY name",
    judges="""SELECT plugin_name FROM information_schema.plugins
        WHERE plugin_type = 'PASSWORD VALIDATION' AND plugin_status = 'ACTIVE' AND @@strict_password_validation""",
    in_time="SET STATEMENT max_statement_time = {seconds} FOR SELECT {}",
    processors="SELECT @@thread_pool_size AS n",
    group=r"\{}",
    escaped={"\\": r"\\"},
)
MYSQL = Flavour(
    name="mysql",
    versions=((8, 0), (8, 4)),
    settings=("information_schema_stats_expiry = 0",),
    may_define=frozenset({"SUPER", "SET_USER_ID", "SET_ANY_DEFINER"}),
    may_drop_servers=frozenset({"SUPER"}),
    may_see_replication=frozenset({"SUPER", "REPLICATION CLIENT"}),
    replication="SHOW REPLICA STATUS",
    also_needs=frozenset({"XA_RECOVER_ADMIN"}),
    like_keeps_checks=False,
    default_action="NO ACTION",
    checks=r"""SELECT t.table_name AS t, c.constraint_name AS name, replace(c.check_clause, '\\''', '''') AS clause
        FROM information_schema.check_constraints c
        JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
        WHERE c.constraint_schema = %s""",
    statistics="SELECT table_name AS t, column_name AS c, histogram AS low, histogram AS high FROM information_schema.column_statistics WHERE schema_name = %s",
    rebuild="ALTER TABLE {table} FORCE",
    forget_statistics="ANALYZE TABLE {table} DROP HISTOGRAM ON {columns}",
    stray_statistics=None,  # they go with their tables
    described=None,
    # A role is an account that is locked, without a password.
    accounts="SELECT User AS user, Host AS host FROM mysql.user WHERE account_locked <> 'Y' OR authentication_string <> ''",
    forget_password=(
        "ALTER USER {account} IDENTIFIED BY RANDOM PASSWORD",
        "ALTER USER {account} DISCARD OLD PASSWORD",
    ),
    second_way="""SELECT 1 FROM mysql.user
        WHERE CONCAT(User, '@', Host) = CURRENT_USER() AND json_contains_path(User_attributes, 'one', '$.additional_password')""",
    leftovers=None,  # its changes are made altogether or not at all
    judges=None,
    in_time="SELECT /*+ MAX_EXECUTION_TIME({seconds}000) */ {}",
    processors="SELECT 4 AS n",  # nothing tells
    group="${}",
    escaped={"\\": r"\\", "$": r"\$"},
)
FLAVOURS = {flavour.name: flavour for flavour in (MARIADB, MYSQL)}


def flavour_of(version: str) -> Flavour:
    """Which of the two writes its version so."""
    return MARIADB if "mariadb" in version.lower() else MYSQL

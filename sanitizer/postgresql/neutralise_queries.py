"""What of a restored copy would open it, open another system, or do something by itself. Values that may be secret never leave the server.

Every query ends with whether the user may take it away.
"""

# Of options and settings: their names, or values like `host=a password=b` and `https://user:secret@host`.
SECRET_NAME = "pass|pwd|secret|token|credential|private|(?<!(primary|foreign|partition|sort|public)_?)key$"  # noqa: S105
SECRET_VALUE = (
    r"(pass(word|wd)?|pwd|secret|token|signature|(api|access|account)_?key)\s*[=:]|://[^/@[:space:]]*:[^/@[:space:]]+@"  # noqa: S105
)

# RDS's own have passwords that no customer knows; so have superusers, which no customer can make.
RDS_ROLES = ["rdsadmin", "rdsproxyadmin", "rdsrepladmin", "rdstopmgr", "rdswriteforwarduser"]

# Before PostgreSQL 16 CREATEROLE altered every role but superusers and those that may replicate; since then it takes the ADMIN OPTION.
_MAY_ALTER = """(NOT r.rolsuper AND (current_setting('server_version_num')::int < 160000 AND NOT r.rolreplication
    OR current_setting('server_version_num')::int >= 160000 AND pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION')) OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))"""

# Whether others have a password nobody is told; one that the user may not alter, no consumer can let log in.
ROLES = f"""
SELECT r.rolname, r.rolcanlogin, {_MAY_ALTER}
FROM pg_roles r
WHERE NOT r.rolsuper AND r.rolname <> current_user AND r.rolname <> ALL (%(rds)s)
  AND (r.rolcanlogin OR r.rolname !~ '^(pg|rds)_' AND {_MAY_ALTER})
ORDER BY r.rolname
"""  # noqa: S608 - constants

# A setting that neither the server nor an extension knows has no meaning but what an application gives it: some keep secrets there.
_OPENS_SOMETHING = """(c.value ~* %(secret_value)s
       OR (NOT EXISTS (SELECT FROM pg_settings p WHERE p.name = c.name)
           AND (c.name ~* %(secret_name)s OR split_part(c.name, '.', 1) NOT IN (SELECT name FROM pg_available_extensions))))"""

# Such a setting takes a privilege of its own, which exists since PostgreSQL 15.
_SETTINGS = """
SELECT d.datname, r.rolname, c.name,
       CASE WHEN r.oid IS NOT NULL THEN r.rolname = current_user OR {may_alter} WHEN d.oid IS NOT NULL THEN pg_has_role(d.datdba, 'USAGE')
            ELSE current_setting('is_superuser') = 'on' END
       AND (current_setting('is_superuser') = 'on' OR EXISTS (SELECT FROM pg_settings p WHERE p.name = c.name AND p.context = 'user') OR {may_set})
FROM pg_db_role_setting s
LEFT JOIN pg_database d ON d.oid = s.setdatabase
LEFT JOIN pg_roles r ON r.oid = s.setrole
CROSS JOIN LATERAL (SELECT split_part(e, '=', 1) AS name, substr(e, strpos(e, '=') + 1) AS value FROM unnest(s.setconfig) AS e) AS c
WHERE coalesce(r.rolname, d.datname, '') <> ALL (%(rds)s)
  AND {secret}
ORDER BY 1, 2, 3
"""


def settings(version: int) -> str:
    """Settings of roles and databases that may hold a secret: database, role, name."""
    return _SETTINGS.format(
        secret=_OPENS_SOMETHING,
        may_alter=_MAY_ALTER,
        may_set="has_parameter_privilege(c.name, 'SET')" if version >= 150000 else "false",
    )


# What autovacuum saw in the settings stays in the statistics of each database when they are reset.
_SETTINGS_SEEN = """
SELECT {may_maintain}
FROM pg_stats s CROSS JOIN LATERAL unnest(s.most_common_elems::text::text[]) AS e
CROSS JOIN LATERAL (SELECT split_part(e, '=', 1) AS name, substr(e, strpos(e, '=') + 1) AS value) AS c
WHERE s.schemaname = 'pg_catalog' AND s.tablename = 'pg_db_role_setting' AND {secret}
LIMIT 1
"""
# ANALYZE leaves the statistics of an empty catalog as they are.
FORGET_SETTINGS = """DO $$
DECLARE was_empty boolean := NOT EXISTS (SELECT FROM pg_db_role_setting);
BEGIN
    IF was_empty THEN ALTER ROLE CURRENT_USER SET application_name = 'sanitizer'; END IF;
    ANALYZE pg_db_role_setting;
    IF was_empty THEN ALTER ROLE CURRENT_USER RESET application_name; END IF;
END $$"""


def settings_seen(version: int) -> str:
    """Finds a row where the planner's statistics hold a secret setting: whether the user may make them anew."""
    return _SETTINGS_SEEN.format(
        secret=_OPENS_SOMETHING, may_maintain=may_maintain(version, "'pg_db_role_setting'::regclass")
    )


def may_maintain(version: int, relation: str) -> str:
    """Whether the user may vacuum and analyze a catalog that all databases share, as SQL."""
    privilege = f"has_table_privilege({relation}, 'MAINTAIN')" if version >= 170000 else "false"
    return f"(current_setting('is_superuser') = 'on' OR {privilege})"


# On RDS the role rds_replication has what is an attribute elsewhere.
SLOTS = """
SELECT s.slot_name,
       NOT s.active AND EXISTS (SELECT FROM pg_roles r WHERE (r.rolname = current_user AND (r.rolreplication OR r.rolsuper))
                                OR (r.rolname = 'rds_replication' AND pg_has_role(r.oid, 'USAGE')))
FROM pg_replication_slots s WHERE NOT s.temporary ORDER BY s.slot_name
"""

USER_MAPPINGS = """
SELECT s.srvname, CASE WHEN m.umuser <> 0 THEN m.usename END,
       pg_has_role(s.srvowner, 'USAGE') OR (m.usename = current_user AND has_server_privilege(s.oid, 'USAGE'))
FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid ORDER BY 1, 2
"""

# ANALYZE leaves the statistics of an empty catalog as they are; of a mapping without options it keeps no value.
FORGET_MAPPINGS = """DO $$ BEGIN
    CREATE USER MAPPING FOR PUBLIC SERVER {0};
    ANALYZE pg_user_mapping;
    DROP USER MAPPING FOR PUBLIC SERVER {0};
EXCEPTION WHEN OTHERS THEN NULL; -- another one is there still, or the wrapper wants options
END $$"""

# Kind, schema, name, secret options.
OPTIONS = """
SELECT kind, schema, name, array_agg(o.option_name ORDER BY o.option_name), bool_and(may)
FROM (
    SELECT 'SERVER' AS kind, NULL AS schema, srvname AS name, srvoptions AS options, pg_has_role(srvowner, 'USAGE') AS may FROM pg_foreign_server
    UNION ALL
    SELECT 'FOREIGN TABLE', n.nspname, c.relname, f.ftoptions, pg_has_role(c.relowner, 'USAGE')
    FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    UNION ALL
    SELECT 'FOREIGN DATA WRAPPER', NULL, fdwname, fdwoptions, current_setting('is_superuser') = 'on' FROM pg_foreign_data_wrapper
) AS a CROSS JOIN LATERAL pg_options_to_table(a.options) AS o
WHERE o.option_name ~* %(secret_name)s OR o.option_value ~* %(secret_value)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
OPTIONS_OF = {
    "SERVER": "SELECT srvoptions AS options FROM pg_foreign_server WHERE srvname = {}",
    "FOREIGN TABLE": """SELECT ftoptions AS options FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid
        WHERE c.relnamespace::regnamespace::text = quote_ident({}) AND c.relname = {}""",
    "FOREIGN DATA WRAPPER": "SELECT fdwoptions AS options FROM pg_foreign_data_wrapper WHERE fdwname = {}",
}

SUBSCRIPTIONS = """
SELECT subname, pg_has_role(subowner, 'USAGE') FROM pg_subscription
WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY subname
"""
NO_SUBSCRIPTION = """
SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
                           WHERE d.datname = current_database() AND s.subname = {})
"""

# Those that fire in ordinary sessions have stopped the run before; a superuser of RDS's own is trusted.
EVENT_TRIGGERS = """
SELECT evtname, pg_has_role(evtowner, 'USAGE') FROM pg_event_trigger
WHERE evtenabled <> 'D' AND pg_get_userbyid(evtowner) <> 'rdsadmin' ORDER BY evtname
"""

# Its policies show a role its own jobs only, unless it is above them; then it takes a privilege to unschedule those of others.
HAS_JOBS = """
SELECT pg_get_userbyid(e.extowner), has_schema_privilege(n.oid, 'USAGE') AND bool_and(has_table_privilege(c.oid, 'DELETE') OR c.relname = 'job' AND row_security_active(c.oid))
FROM pg_extension e JOIN pg_namespace n ON n.nspname = 'cron' JOIN pg_class c ON c.relnamespace = n.oid AND c.relname IN ('job', 'job_run_details')
WHERE e.extname = 'pg_cron' GROUP BY e.extowner, n.oid
"""
# As each role that the user may be: jobs of all others cannot run once those cannot log in.
UNSCHEDULE = """DO $$
DECLARE who name;
BEGIN
    FOR who IN SELECT rolname FROM pg_roles WHERE has_schema_privilege(oid, 'cron', 'USAGE') AND pg_has_role(session_user, oid,
        CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
    LOOP
        EXECUTE format('SET LOCAL ROLE %I', who);
        PERFORM cron.unschedule(jobid) FROM cron.job;
        DELETE FROM cron.job_run_details;
    END LOOP;
    SET LOCAL ROLE NONE;
END $$"""

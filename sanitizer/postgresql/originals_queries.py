"""What is read of a database when originals are looked for."""

STORED = """
SELECT coalesce(sum(pg_relation_size(c.oid)) / current_setting('block_size')::int, 0)::float8, coalesce(sum(greatest(c.reltuples, 0)), 0)::float8
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE (n.nspname, c.relname) IN ({tables}) AND c.relkind = 'r'
"""

# Numbers that a sequence gives, and those that refer to others, which are read there. Large tables have some of as many digits as people have in theirs.
GIVEN = """(a.atttypid IN ('int4'::regtype, 'int8'::regtype, 'numeric'::regtype) AND (
       EXISTS (SELECT FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
               WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum)
       OR EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = a.attrelid AND a.attnum = ANY (k.conkey))))"""

# Every column of tables and views that can hold a text, or a number as long as one that tells somebody: not dates, booleans, enums (their labels are read), positions,
# bits, nor ranges of the server's own.
COLUMNS = """
WITH RECURSIVE base AS (
    SELECT oid AS type, oid, typtype, typbasetype, typcategory, typelem FROM pg_type
    UNION ALL
    SELECT base.type, t.oid, t.typtype, t.typbasetype, t.typcategory, t.typelem FROM base JOIN pg_type t ON t.oid = base.typbasetype WHERE base.typtype = 'd'
), types AS (
    SELECT base.type, base.oid AS named, CASE WHEN base.typcategory = 'A' THEN inner_type.typcategory ELSE base.typcategory END AS category
    FROM base LEFT JOIN base inner_type ON inner_type.type = base.typelem AND inner_type.typtype <> 'd' WHERE base.typtype <> 'd'
)
SELECT n.nspname, c.relname, c.relkind, array_agg(a.attname::text ORDER BY a.attnum),
       array_agg(types.named IN ('int4'::regtype, 'int8'::regtype, 'numeric'::regtype) ORDER BY a.attnum), {in_pages}
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN types ON types.type = a.atttypid
WHERE c.relkind IN ('r', 'p', 'm', 'v') AND NOT c.relispartition AND (c.relkind <> 'm' OR c.relispopulated)
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'sanitizer_begun') AND n.nspname !~ '^pg_(toast_)?temp_'
  AND (pg_has_role(c.relowner, 'USAGE') OR NOT row_security_active(c.oid)
       OR NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'))
  AND (types.category NOT IN ('N', 'B', 'D', 'T', 'E', 'R', 'G', 'V') OR types.category = 'R' AND types.named >= 16384
       OR types.named IN ('int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'int8[]'::regtype, 'numeric[]'::regtype))
  AND NOT {given}
GROUP BY n.nspname, c.relname, c.relkind, c.relam, c.reltoastrelid ORDER BY 1, 2
"""

# Whether all rows of some pages together are read as one text: the server finds them by their pages (since PostgreSQL 14), and hardly any of their
# values stands outside of them, where one can be of any length.
IN_PAGES = """c.relkind IN ('r', 'm') AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'heap')
       AND coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0) <= 1048576 AND current_setting('server_version_num')::int >= 140000"""

# As a row of its own, each costs who reads it more than twice as much.
PAGES = """
SELECT (SELECT string_agg({row}, E'\\x1f\\x1e') FROM ONLY {table} WHERE ctid >= format('(%s,0)', page)::tid AND ctid < format('(%s,0)', page + 4)::tid)
FROM generate_series(0, pg_relation_size({named}::regclass) / current_setting('block_size')::int, 4) AS page
"""

OURS = "NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'sanitizer_begun')"
# What else is read: a name, then texts.
CATALOG = {
    "planner's statistics": """
        SELECT schemaname || '.' || tablename || '.' || a.attname, most_common_vals::text, histogram_bounds::text, most_common_elems::text
        FROM pg_stats JOIN pg_attribute a ON a.attrelid = format('%I.%I', schemaname, tablename)::regclass AND a.attname = pg_stats.attname
        WHERE schemaname {ours} AND NOT {given}""",
    "extended statistics": "SELECT statistics_schemaname || '.' || statistics_name, most_common_vals::text FROM pg_stats_ext WHERE schemaname {ours}",
    "comments": """
        SELECT i.type || ' ' || i.identity, d.description FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
        WHERE d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass
        UNION ALL
        SELECT i.type || ' ' || i.identity, d.description FROM pg_shdescription d, pg_identify_object(d.classoid, d.objoid, 0) i""",
    "function bodies": """
        SELECT n.nspname || '.' || p.proname, p.prosrc, CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) END
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname {ours}""",
    "default expressions": """
        SELECT n.nspname || '.' || c.relname || '.' || a.attname, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum WHERE n.nspname {ours}""",
    "initial values of aggregates": """
        SELECT n.nspname || '.' || p.proname, a.agginitval, a.aggminitval
        FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname {ours}""",
    "bounds of partitions": """
        SELECT n.nspname || '.' || c.relname, pg_get_expr(c.relpartbound, c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relpartbound IS NOT NULL AND n.nspname {ours}""",
    "definitions of extended statistics": """
        SELECT n.nspname || '.' || s.stxname, pg_get_statisticsobjdef(s.oid)
        FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE n.nspname {ours}""",
    "enum labels": "SELECT enumtypid::regtype::text, enumlabel::text FROM pg_enum",
    "domain defaults": "SELECT oid::regtype::text, typdefault FROM pg_type WHERE typdefault IS NOT NULL",
    "constraints": """
        SELECT n.nspname || '.' || k.conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype = 'c' AND n.nspname {ours}""",
    "definitions of views and rules": """
        SELECT n.nspname || '.' || c.relname, pg_get_ruledef(r.oid)
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname {ours}""",
    "triggers": """
        SELECT n.nspname || '.' || c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND n.nspname {ours}""",
    "indexes": """
        SELECT n.nspname || '.' || c.relname, pg_get_indexdef(c.oid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL) AND n.nspname {ours}""",
    "publications": "SELECT t.pubname || ' of ' || t.schemaname || '.' || t.tablename, to_jsonb(t) ->> 'rowfilter' FROM pg_publication_tables t",
    "policies": "SELECT schemaname || '.' || tablename || '.' || policyname, qual, with_check FROM pg_policies",
    "settings of roles and databases": """
        SELECT coalesce(r.rolname, '') || '@' || coalesce(d.datname, ''), array_to_string(s.setconfig, ' ')
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase""",
    "foreign servers": """
        SELECT srvname::text, array_to_string(srvoptions, ' ') FROM pg_foreign_server
        UNION ALL SELECT srvname::text, array_to_string(umoptions, ' ') FROM pg_user_mappings
        UNION ALL SELECT ftrelid::regclass::text, array_to_string(ftoptions, ' ') FROM pg_foreign_table""",
    "large objects": """
        WITH RECURSIVE piece(oid, place, bytes) AS (
            SELECT oid, 0::bigint, lo_get(oid, 0, 1000000) FROM pg_largeobject_metadata
            UNION ALL
            SELECT oid, place + 999000, lo_get(oid, place + 999000, 1000000) FROM piece WHERE length(bytes) = 1000000)
        SELECT oid::text, encode(bytes, 'escape') FROM piece""",
}  # fmt: skip

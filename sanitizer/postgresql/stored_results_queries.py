"""Everything about materialized views that must come back when one was dropped. Every name in an answer is quoted and qualified."""

# To act as a role is a right of its own from PostgreSQL 16 on.
RESULTS = """
SELECT r.oid AS rule, c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, n.nspname AS schema, c.relname AS table,
       c.relispopulated AS populated, pg_get_viewdef(c.oid) AS definition, quote_ident(m.amname) AS method,
       (SELECT quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = c.reltablespace) AS tablespace,
       (SELECT string_agg(prefix || split_part(o, '=', 1) || ' = ' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')
        FROM (SELECT '' AS prefix, unnest(c.reloptions) AS o
              UNION ALL SELECT 'toast.', unnest(t.reloptions) FROM pg_class t WHERE t.oid = c.reltoastrelid) AS options) AS options,
       quote_ident(pg_get_userbyid(c.relowner)) AS owner,
       CASE WHEN NOT pg_has_role(c.relowner, 'USAGE') OR NOT pg_has_role(c.relowner, act.privilege) THEN 'belongs to a role that the user may not act as'
            WHEN NOT has_schema_privilege(n.oid, 'CREATE') OR NOT has_schema_privilege(c.relowner, n.oid, 'CREATE')
                THEN 'is in a schema where the user or its owner may not create'
            WHEN c.reltablespace <> 0 AND NOT has_tablespace_privilege(c.reltablespace, 'CREATE') THEN 'is in a tablespace where the user may not create'
            WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND NOT (i.indisvalid AND i.indisready)) THEN 'has an invalid index'
            WHEN EXISTS (SELECT FROM pg_depend d WHERE d.deptype IN ('e', 'x') AND d.classid = 'pg_class'::regclass
                         AND d.objid IN (SELECT c.oid UNION ALL SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = c.oid))
                THEN 'depends on an extension'
            WHEN EXISTS (SELECT FROM pg_seclabel l WHERE l.classoid = 'pg_class'::regclass AND l.objoid = c.oid) THEN 'has a security label'
            WHEN EXISTS (SELECT FROM pg_statistic_ext s WHERE s.stxrelid = c.oid AND NOT (pg_has_role(s.stxowner, act.privilege)
                         AND has_schema_privilege(s.stxowner, s.stxnamespace, 'CREATE') AND has_schema_privilege(s.stxnamespace, 'CREATE')))
                THEN 'has extended statistics that the user may not create in their owner''s name'
            WHEN EXISTS (SELECT FROM (SELECT c.relacl AS acl UNION ALL SELECT a.attacl FROM pg_attribute a WHERE a.attrelid = c.oid) AS given,
                                     aclexplode(given.acl) AS g
                         WHERE g.grantor <> c.relowner AND NOT (pg_has_role(g.grantor, act.privilege) AND has_schema_privilege(g.grantor, n.oid, 'USAGE')))
                THEN 'has grants by a role that the user may not act as' END AS obstacle
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'm' JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am m ON m.oid = c.relam
CROSS JOIN (SELECT CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END AS privilege) AS act
WHERE r.rulename = '_RETURN' AND c.oid >= 16384
"""

# What else each has, as statements in their order.
PROPERTIES = """
WITH stored AS (
    SELECT c.oid, c.relowner, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND c.oid >= 16384
), columns AS (
    SELECT v.*, a.attnum, a.attoptions, quote_ident(a.attname) AS quoted, (to_jsonb(a) ->> 'attstattarget')::int AS target,
           to_jsonb(a) ->> 'attcompression' AS compression, CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage
    FROM stored v JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0 JOIN pg_type t ON t.oid = a.atttypid
), indexes AS (
    SELECT v.oid, v.name AS stored, i.indexrelid, i.indisclustered, quote_ident(c.relname) AS quoted,
           substr(v.name, 1, length(v.name) - length(quote_ident(vc.relname))) || quote_ident(c.relname) AS name, c.reltablespace
    FROM stored v JOIN pg_index i ON i.indrelid = v.oid JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class vc ON vc.oid = v.oid
), objects AS (
    SELECT v.oid, s.oid AS statistics, quote_ident(n.nspname) || '.' || quote_ident(s.stxname) AS name, s.stxowner,
           (to_jsonb(s) ->> 'stxstattarget')::int AS target
    FROM stored v JOIN pg_statistic_ext s ON s.stxrelid = v.oid JOIN pg_namespace n ON n.oid = s.stxnamespace
)
SELECT oid, 0 AS place, attnum::int8 AS number, 'ALTER MATERIALIZED VIEW ' || name || ' ALTER COLUMN ' || quoted || ' SET STATISTICS ' || target AS statement
FROM columns WHERE target >= 0
UNION ALL
SELECT oid, 1, attnum, 'ALTER MATERIALIZED VIEW ' || name || ' ALTER COLUMN ' || quoted || ' SET STORAGE '
    || CASE storage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END
FROM columns WHERE storage IS NOT NULL
UNION ALL
SELECT oid, 2, attnum, 'ALTER MATERIALIZED VIEW ' || name || ' ALTER COLUMN ' || quoted || ' SET COMPRESSION '
    || CASE compression WHEN 'p' THEN 'pglz' ELSE 'lz4' END
FROM columns WHERE compression <> ''
UNION ALL
SELECT oid, 3, attnum, 'ALTER MATERIALIZED VIEW ' || name || ' ALTER COLUMN ' || quoted || ' SET (' || array_to_string(attoptions, ', ') || ')'
FROM columns WHERE attoptions IS NOT NULL
UNION ALL
SELECT oid, 4, 0, 'COMMENT ON MATERIALIZED VIEW ' || name || ' IS ' || quote_literal(obj_description(oid, 'pg_class'))
FROM stored WHERE obj_description(oid, 'pg_class') IS NOT NULL
UNION ALL
SELECT oid, 4, attnum, 'COMMENT ON COLUMN ' || name || '.' || quoted || ' IS ' || quote_literal(col_description(oid, attnum))
FROM columns WHERE col_description(oid, attnum) IS NOT NULL
UNION ALL
SELECT oid, 5, indexrelid::int8 * 2, 'SET LOCAL default_tablespace = '
    || coalesce((SELECT quote_literal(s.spcname) FROM pg_tablespace s WHERE s.oid = reltablespace), '''''')
FROM indexes
UNION ALL
SELECT oid, 5, indexrelid::int8 * 2 + 1, pg_get_indexdef(indexrelid) FROM indexes
UNION ALL
SELECT i.oid, 6, i.indexrelid, 'ALTER INDEX ' || i.name || ' ALTER COLUMN ' || a.attnum || ' SET STATISTICS ' || (to_jsonb(a) ->> 'attstattarget')
FROM indexes i JOIN pg_attribute a ON a.attrelid = i.indexrelid WHERE (to_jsonb(a) ->> 'attstattarget')::int >= 0
UNION ALL
SELECT oid, 7, indexrelid, 'COMMENT ON INDEX ' || name || ' IS ' || quote_literal(obj_description(indexrelid, 'pg_class'))
FROM indexes WHERE obj_description(indexrelid, 'pg_class') IS NOT NULL
UNION ALL
SELECT oid, 8, 0, 'ALTER MATERIALIZED VIEW ' || stored || ' CLUSTER ON ' || quoted FROM indexes WHERE indisclustered
UNION ALL
SELECT oid, 9, statistics, pg_get_statisticsobjdef(statistics) FROM objects
UNION ALL
SELECT oid, 10, statistics, 'ALTER STATISTICS ' || name || ' SET STATISTICS ' || target FROM objects WHERE target >= 0
UNION ALL
SELECT oid, 11, statistics, 'COMMENT ON STATISTICS ' || name || ' IS ' || quote_literal(obj_description(statistics, 'pg_statistic_ext'))
FROM objects WHERE obj_description(statistics, 'pg_statistic_ext') IS NOT NULL
UNION ALL
SELECT oid, 12, statistics, 'ALTER STATISTICS ' || name || ' OWNER TO ' || quote_ident(pg_get_userbyid(stxowner)) FROM objects
ORDER BY 1, 2, 3
"""

# The grants as they are in force and in their order, of views (no column) and columns; a grantor who is no owner holds a grant option of somebody's.
GRANTS = """
WITH given AS (
    SELECT c.oid, c.relowner, 0 AS number, NULL::name AS column, coalesce(c.relacl, acldefault('r', c.relowner)) AS acl
    FROM pg_class c WHERE c.relkind = 'm' AND c.oid >= 16384
    UNION ALL
    SELECT c.oid, c.relowner, a.attnum, a.attname, a.attacl
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL WHERE c.relkind = 'm' AND c.oid >= 16384
)
SELECT given.oid, quote_ident(given.column) AS column, g.privilege_type AS privilege, g.is_grantable AS grantable, g.grantor = given.relowner AS by_owner,
       quote_ident(pg_get_userbyid(g.grantor)) AS grantor, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS grantee
FROM given, unnest(given.acl) WITH ORDINALITY AS item(acl, place), aclexplode(ARRAY[item.acl]) AS g
ORDER BY given.oid, given.number, item.place, g.is_grantable, privilege
"""

# Whom a new table of the user's is granted to without anybody saying so.
GRANTED_BY_DEFAULT = """
SELECT DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS grantee
FROM pg_default_acl d, aclexplode(d.defaclacl) AS g
WHERE d.defaclobjtype = 'r' AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
"""

# Who reads a materialized view, or is of its row type; its own parts go and come with it.
READERS = """
WITH types AS (
    SELECT c.oid AS stored, t.oid FROM pg_class c JOIN pg_type t ON t.oid = c.reltype OR t.typelem = c.reltype AND t.typcategory = 'A'
    WHERE c.relkind = 'm'
), found AS (
    SELECT c.oid AS stored, d.classid, d.objid, d.objsubid
    FROM pg_class c JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid WHERE c.relkind = 'm'
    UNION
    SELECT types.stored, d.classid, d.objid, d.objsubid FROM types JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid = types.oid
)
SELECT DISTINCT f.stored AS oid, f.classid::regclass::text AS catalog, f.objid AS object, pg_describe_object(f.classid, f.objid, f.objsubid) AS description
FROM found f
LEFT JOIN pg_rewrite r ON f.classid = 'pg_rewrite'::regclass AND r.oid = f.objid
LEFT JOIN pg_class c ON f.classid = 'pg_class'::regclass AND c.oid = f.objid
LEFT JOIN pg_statistic_ext s ON f.classid = 'pg_statistic_ext'::regclass AND s.oid = f.objid
LEFT JOIN types t ON f.classid = 'pg_type'::regclass AND t.oid = f.objid
WHERE r.ev_class IS DISTINCT FROM f.stored AND (c.oid IS NULL OR c.relkind NOT IN ('i', 't') AND c.oid <> f.stored) AND s.stxrelid IS DISTINCT FROM f.stored
  AND t.stored IS DISTINCT FROM f.stored
ORDER BY 1, 2, 3
"""

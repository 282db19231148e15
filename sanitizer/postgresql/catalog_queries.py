"""The catalog queries. Each names its table by `oid`; newer catalog columns are read through to_jsonb, so that one text fits 13 to 18."""

# Parents stand before their partitions. Our own ledger is none of them.
RELATIONS = """
SELECT c.oid, coalesce(pg_partition_root(c.oid), c.oid)::oid AS root, n.nspname AS schema, c.relname AS name,
       c.relkind AS kind, pg_has_role(c.relowner, 'USAGE') AS owned, row_security_active(c.oid) AS hides_rows,
       NOT c.relispartition AND c.reloftype <> 0
           OR EXISTS (SELECT FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
                      WHERE c.oid IN (i.inhrelid, i.inhparent) AND p.relkind <> 'p') AS inherits,
       c.relkind = 'r'
           AND (c.relreplident = 'n' OR c.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary))
           AND EXISTS (SELECT FROM pg_publication_tables p
                       JOIN pg_publication b ON b.pubname = p.pubname AND b.pubupdate
                       JOIN pg_class pc ON pc.relname = p.tablename
                       JOIN pg_namespace pn ON pn.oid = pc.relnamespace AND pn.nspname = p.schemaname
                       WHERE pc.oid = c.oid OR pc.oid IN (SELECT relid FROM pg_partition_ancestors(c.oid))) AS update_refused,
       (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e') AS extension,
       CASE c.relkind WHEN 'r' THEN greatest(c.reltuples, 0)::bigint ELSE 0 END AS rows,
       CASE c.relkind WHEN 'r' THEN pg_total_relation_size(c.oid) ELSE 0 END AS size_bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'
  AND (n.nspname, c.relname) <> ('sanitizer_begun', 'ledger')
ORDER BY (SELECT count(*) FROM pg_partition_ancestors(c.oid)), n.nspname, c.relname
"""

TYPES = """
SELECT oid, typname AS name, typbasetype AS base, typtypmod AS modifier, typnotnull AS not_null,
       CASE WHEN typcategory = 'A' AND typlen = -1 THEN typelem ELSE 0 END AS element
FROM pg_type
"""

COLUMNS = """
SELECT a.attrelid AS oid, a.attname AS name, a.attnum AS number, format_type(a.atttypid, a.atttypmod) AS type,
       a.atttypid AS type_oid, a.atttypmod AS modifier, a.attnotnull AS not_null, a.attgenerated <> '' AS generated,
       CASE WHEN a.attcollation <> t.typcollation THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END AS collation,
       coalesce(NOT co.collisdeterministic, false) AS collation_equates,
       CASE WHEN a.attstorage <> t.typstorage
            THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END END AS storage,
       CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f')
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""

# Columns inside expressions and predicates are only in pg_depend.
UNIQUE = """
SELECT i.indrelid AS oid, ic.relname AS name, to_jsonb(i) ->> 'indnullsnotdistinct' IS DISTINCT FROM 'true' AS nulls_distinct,
       i.indisunique AND i.indisvalid AND i.indexprs IS NULL AND i.indpred IS NULL AS total,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = i.indrelid
               AND (a.attnum = ANY ((i.indkey::int2[])[0 : i.indnkeyatts - 1])
                    OR (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
                       AND EXISTS (SELECT FROM pg_depend d
                                   WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                                     AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))
             ORDER BY a.attnum) AS columns
FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
WHERE i.indisunique OR i.indisexclusion
ORDER BY ic.relname
"""

# Triggers cloned to partitions count as internal before PostgreSQL 15; those of foreign keys must stay on.
SWITCHES = """
SELECT g.tgrelid AS oid, 'TRIGGER' AS kind, g.tgname AS name, g.tgenabled AS mode
FROM pg_trigger g
WHERE g.tgenabled <> 'D' AND (NOT g.tgisinternal OR g.tgparentid <> 0 AND g.tgconstraint = 0)
UNION ALL
SELECT r.ev_class, 'RULE', r.rulename, r.ev_enabled
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class AND c.relkind IN ('r', 'p')
WHERE r.ev_enabled <> 'D'
ORDER BY 2, 3
"""

# What ALTER COLUMN TYPE does not rebuild by itself (it does indexes, constraints, defaults, statistics objects, owned sequences): what
# depends on a column, or on a key that is built anew with it (as a query grouped by the key does).
BLOCKERS = """
SELECT d.refobjid AS oid, a.attname AS column, d.classid::regclass::text AS catalog, d.objid AS object,
       pg_describe_object(d.classid, d.objid, d.objsubid) AS description
FROM pg_depend d
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
LEFT JOIN pg_class dependent ON d.classid = 'pg_class'::regclass AND dependent.oid = d.objid
LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.refobjid >= 16384
  AND d.classid NOT IN ('pg_constraint'::regclass, 'pg_statistic_ext'::regclass)
  AND dependent.relkind IS DISTINCT FROM 'i' AND dependent.relkind IS DISTINCT FROM 'I' AND dependent.relkind IS DISTINCT FROM 'S'
  AND (f.oid IS NULL OR (f.adrelid, f.adnum) <> (d.refobjid, d.refobjsubid))
UNION
SELECT k.conrelid, a.attname, d.classid::regclass::text, d.objid, pg_describe_object(d.classid, d.objid, d.objsubid)
FROM pg_depend d
JOIN pg_constraint k ON d.refclassid = 'pg_constraint'::regclass AND k.oid = d.refobjid AND k.contype IN ('p', 'u')
JOIN pg_index i ON i.indexrelid = k.conindid
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (i.indkey::int2[])
WHERE d.deptype = 'n' AND d.classid <> 'pg_constraint'::regclass
ORDER BY 1, 2, description
"""

# Joined by equality only: the server then needs no time that grows with the square of the tables.
ROW_TYPES = """
WITH own AS (
    SELECT t.typrelid, own.oid FROM pg_type t CROSS JOIN LATERAL (VALUES (t.oid), (t.typarray)) AS own(oid)
    WHERE t.typrelid >= 16384 AND own.oid <> 0
), used AS (
    SELECT typrelid, oid FROM own
    UNION ALL
    SELECT own.typrelid, d.oid FROM own JOIN pg_type d ON d.typbasetype = own.oid
)
SELECT u.typrelid AS oid, pg_describe_object('pg_class'::regclass, a.attrelid, a.attnum) AS description
FROM used u JOIN pg_attribute a ON a.atttypid = u.oid AND NOT a.attisdropped
ORDER BY 1, 2
"""

# What ALTER COLUMN TYPE rebuilds, but not with all it had: statements that may be done twice.
FORGOTTEN = """
SELECT i.indrelid AS oid, 'ALTER INDEX ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ALTER COLUMN ' || a.attnum
    || ' SET STATISTICS ' || (to_jsonb(a) ->> 'attstattarget') AS statement, NULL AS obstacle
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE i.indexprs IS NOT NULL AND (to_jsonb(a) ->> 'attstattarget')::int >= 0 AND c.relkind = 'i' AND NOT c.relispartition
UNION ALL
SELECT c.oid, 'ALTER TABLE ONLY ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ALTER COLUMN ' || quote_ident(a.attname) || given.clause, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid JOIN pg_attribute r ON r.attrelid = pg_partition_root(c.oid) AND r.attname = a.attname
CROSS JOIN LATERAL (VALUES
    (CASE WHEN a.attstorage <> t.typstorage OR a.attstorage <> r.attstorage
          THEN ' SET STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END END),
    (CASE WHEN to_jsonb(a) ->> 'attcompression' <> '' OR to_jsonb(a) ->> 'attcompression' <> to_jsonb(r) ->> 'attcompression'
          THEN ' SET COMPRESSION ' || CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' ELSE 'default' END END)) AS given(clause)
WHERE c.relispartition AND c.relkind IN ('r', 'p') AND given.clause IS NOT NULL
UNION ALL
SELECT s.stxrelid, 'ALTER STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname) || given.clause,
       CASE WHEN given.owner AND NOT (pg_has_role(s.stxowner, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
                                      AND has_schema_privilege(s.stxowner, n.oid, 'CREATE') AND has_schema_privilege(n.oid, 'CREATE'))
            THEN 'statistics object ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname) || ' would not return to its owner' END
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
CROSS JOIN LATERAL (VALUES (false, ' SET STATISTICS ' || nullif((to_jsonb(s) ->> 'stxstattarget')::int, -1)),
                           (true, CASE WHEN pg_get_userbyid(s.stxowner) <> current_user
                                       THEN ' OWNER TO ' || quote_ident(pg_get_userbyid(s.stxowner)) END)) AS given(owner, clause)
WHERE given.clause IS NOT NULL
ORDER BY 1, 2
"""

# Extended statistics that the user may make anew: nothing else takes away what they hold of a table that is emptied.
STATISTICS = """
SELECT s.stxrelid AS oid, array_remove(ARRAY[
    'DROP STATISTICS ' || o.name, pg_get_statisticsobjdef(s.oid),
    'ALTER STATISTICS ' || o.name || ' SET STATISTICS ' || nullif((to_jsonb(s) ->> 'stxstattarget')::int, -1),
    'COMMENT ON STATISTICS ' || o.name || ' IS ' || quote_literal(obj_description(s.oid, 'pg_statistic_ext')),
    'ALTER STATISTICS ' || o.name || ' OWNER TO ' || quote_ident(pg_get_userbyid(s.stxowner))], NULL) AS statements
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
CROSS JOIN LATERAL (SELECT quote_ident(n.nspname) || '.' || quote_ident(s.stxname) AS name) AS o
WHERE pg_has_role(s.stxowner, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
  AND has_schema_privilege(s.stxowner, n.oid, 'CREATE') AND has_schema_privilege(n.oid, 'CREATE')
ORDER BY s.stxrelid, o.name
"""

# Columns inside a key's expressions depend on their own table.
PARTITION_KEYS = """
SELECT p.partrelid AS oid, a.attname AS column
FROM pg_partitioned_table p
JOIN pg_attribute a ON a.attrelid = p.partrelid
WHERE a.attnum = ANY (p.partattrs::int2[])
   OR p.partexprs IS NOT NULL AND EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = p.partrelid AND d.objsubid = a.attnum AND d.deptype = 'i'
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.partrelid AND d.refobjsubid = 0)
"""

FOREIGN_KEYS = """
SELECT k.conrelid AS oid, k.confrelid AS referenced, k.conname AS name, pg_get_constraintdef(k.oid) AS definition,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS key(number, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.number ORDER BY key.place) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS key(number, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.number ORDER BY key.place) AS referenced_columns,
       ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
             WHERE i.indexrelid = k.conindid AND a.attnum <> ALL (k.confkey) ORDER BY a.attnum) AS carried,
       obj_description(k.oid, 'pg_constraint') AS comment
FROM pg_constraint k
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.conrelid, k.conname
"""

# A materialized view stands after those it reads: through views, functions with a parsed body and policies too. Only by a policy can it read itself.
MATERIALIZED_VIEWS = """
WITH RECURSIVE uses AS (
    SELECT 'pg_class'::regclass::oid AS catalog, r.ev_class AS object, d.refclassid, d.refobjid
    FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE r.rulename = '_RETURN' AND d.refobjid <> r.ev_class
    UNION
    SELECT 'pg_class'::regclass, p.polrelid, d.refclassid, d.refobjid
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid AND c.relrowsecurity
    JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refobjid <> p.polrelid
    UNION
    SELECT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.refobjid >= 16384
), reads AS (
    SELECT c.oid AS reader, uses.refclassid AS catalog, uses.refobjid AS object
    FROM pg_class c JOIN uses ON uses.catalog = 'pg_class'::regclass AND uses.object = c.oid WHERE c.relkind = 'm'
    UNION
    SELECT reads.reader, uses.refclassid, uses.refobjid FROM reads JOIN uses USING (catalog, object)
)
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relispopulated AS populated, pg_has_role(c.relowner, 'USAGE') AS owned,
       count(*) FILTER (WHERE reads.object = c.oid) > 0 AS reads_itself
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (reads JOIN pg_class m ON reads.catalog = 'pg_class'::regclass AND m.oid = reads.object AND m.relkind = 'm') ON reads.reader = c.oid
WHERE c.relkind = 'm' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'
GROUP BY c.oid, n.nspname, c.relname, c.relispopulated, c.relowner
ORDER BY count(m.oid), n.nspname, c.relname
"""

# Checks that rows which are there need not pass: PostgreSQL looks at such a row only when it is written.
RECHECKED = """
SELECT DISTINCT k.conrelid AS oid
FROM pg_constraint k
WHERE k.contype IN ('c', 'n') AND k.conrelid <> 0 AND to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'
  AND (NOT k.convalidated OR k.conbin::text ~ '{(SQLVALUEFUNCTION|COERCEVIAIO) '
       OR EXISTS (SELECT FROM regexp_matches(k.conbin::text, ':(opno|opfuncid|funcid) (\\d+)', 'g') AS used(found)
                  LEFT JOIN pg_operator o ON found[1] = 'opno' AND o.oid = found[2]::oid
                  JOIN pg_proc p ON p.oid = CASE found[1] WHEN 'opno' THEN o.oprcode::oid ELSE found[2]::oid END
                  WHERE p.provolatile <> 'i'))
"""

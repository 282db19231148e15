"""Everything about indexes that must come back. Every name in an answer is quoted and qualified."""

# An index stands before those attached to it. The indexes of one table are in its schema.
MEMBERS = """
SELECT tree.top, tree.partitioned, t.oid, quote_ident(n.nspname) || '.' || quote_ident(t.relname) AS name, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS index,
       quote_ident(c.relname) AS own_name, quote_ident(pn.nspname) || '.' || quote_ident(p.relname) AS parent,
       pg_describe_object('pg_class'::regclass, tree.top, 0) AS description, pg_get_indexdef(c.oid) AS definition,
       quote_ident(k.conname) AS constraint, pg_get_constraintdef(k.oid) AS constraint_definition,
       coalesce((SELECT quote_literal(s.spcname) FROM pg_tablespace s WHERE s.oid = c.reltablespace), '''''') AS tablespace,
       (SELECT string_agg(quote_ident(split_part(o, '=', 1)) || ' = ' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')
        FROM unnest(c.reloptions) AS o) AS options,
       ARRAY(SELECT 'ALTER INDEX ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ALTER COLUMN ' || a.attnum || ' SET STATISTICS '
                 || (to_jsonb(a) ->> 'attstattarget')
             FROM pg_attribute a WHERE a.attrelid = c.oid AND (to_jsonb(a) ->> 'attstattarget')::int >= 0 ORDER BY a.attnum) AS targets,
       obj_description(c.oid, 'pg_class') AS comment, obj_description(k.oid, 'pg_constraint') AS constraint_comment,
       i.indisclustered AS clustered, i.indisreplident AS identifies,
       CASE WHEN NOT pg_has_role(t.relowner, 'USAGE') THEN 'is on a table of a role of which the user is no member'
            WHEN NOT has_schema_privilege(n.oid, 'CREATE') OR NOT has_schema_privilege(t.relowner, n.oid, 'CREATE')
                THEN 'is in a schema where the user or its owner may not create'
            WHEN c.reltablespace <> 0 AND NOT has_tablespace_privilege(t.relowner, c.reltablespace, 'CREATE') THEN 'is in a tablespace where its owner may not create'
            WHEN c.relkind = 'i' AND NOT (i.indisvalid AND i.indisready) THEN 'has an invalid index on a partition'
            WHEN (k.oid IS NULL) <> (tk.oid IS NULL) THEN 'is a constraint on some tables and a mere index on others'
            WHEN NOT tree.partitioned AND EXISTS (
                SELECT FROM pg_depend d WHERE d.deptype = 'n' AND d.classid <> 'pg_constraint'::regclass
                  AND (d.refclassid, d.refobjid) IN (('pg_class'::regclass, c.oid), ('pg_constraint'::regclass, k.oid)))
                THEN 'is used by something else than foreign keys'
            WHEN EXISTS (SELECT FROM pg_depend d WHERE d.deptype IN ('e', 'x') AND d.classid = 'pg_class'::regclass AND d.objid = c.oid)
                THEN 'depends on an extension' END AS obstacle
FROM (SELECT c.oid, coalesce(r.root, c.oid) AS top, r.root IS NOT NULL AS partitioned
      FROM pg_class c CROSS JOIN LATERAL (SELECT pg_partition_root(c.oid)::oid AS root) AS r WHERE c.relkind IN ('i', 'I') AND c.oid >= 16384) AS tree
JOIN pg_index i ON i.indexrelid = tree.oid JOIN pg_class c ON c.oid = tree.oid JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_inherits h ON h.inhrelid = tree.oid LEFT JOIN pg_class p ON p.oid = h.inhparent LEFT JOIN pg_namespace pn ON pn.oid = p.relnamespace
LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.conrelid = t.oid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_constraint tk ON tk.conindid = tree.top AND tk.contype IN ('p', 'u', 'x')
WHERE t.relkind IN ('r', 'p')
ORDER BY tree.top, (SELECT count(*) FROM pg_partition_ancestors(tree.oid)), name, index
"""

# Columns inside expressions and predicates are only in pg_depend, those of constraints only in the key.
USES = """
SELECT i.indrelid AS oid, a.attname AS column, 'pg_class' AS catalog, pg_partition_root(i.indexrelid)::oid AS object, '' AS description
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0
WHERE i.indexrelid >= 16384 AND pg_partition_root(i.indexrelid) IS NOT NULL
  AND (a.attnum = ANY (i.indkey::int2[])
       OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))
ORDER BY 1, 2, 4
"""

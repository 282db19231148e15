"""What is in the way of ALTER COLUMN TYPE, with all that must come back. Every name in an answer is quoted and qualified.

`obstacle` says why an object would not come back as it was, or is null. What is replaced in place keeps owner, grants, comments, labels,
extension, mode and everything that depends on it; what is dropped (materialized views, triggers, publications' tables) is read in full.
"""

# `empty` is the view's list of columns, with no row behind it.
VIEWS = """
SELECT r.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, pg_get_viewdef(c.oid) AS definition,
       (SELECT string_agg(quote_ident(split_part(o, '=', 1)) || ' = ' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')
        FROM unnest(c.reloptions) AS o) AS options,
       coalesce((SELECT string_agg(
            'NULL::' || format_type(a.atttypid, a.atttypmod)
                || CASE WHEN a.attcollation <> t.typcollation
                        THEN (SELECT ' COLLATE ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
                              FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation)
                        ELSE '' END
                || ' AS ' || quote_ident(a.attname), ', ' ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0), '') AS empty,
       CASE WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN 'belongs to a role of which the user is no member'
            WHEN NOT has_schema_privilege(n.oid, 'CREATE') THEN 'is in a schema where the user may not create' END AS obstacle
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v' JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename = '_RETURN' AND c.oid >= 16384
ORDER BY name
"""

RULES = """
SELECT r.oid, quote_ident(r.rulename) AS rule, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       CASE r.ev_type WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' ELSE 'DELETE' END AS event, pg_get_ruledef(r.oid) AS definition,
       CASE WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN 'is on a table of a role of which the user is no member' END AS obstacle
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND c.oid >= 16384
ORDER BY name, rule
"""

# Functions whose body the server keeps as parsed SQL (BEGIN ATOMIC) know the columns that they use.
FUNCTIONS = """
SELECT p.oid, p.proname AS word, p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS definition,
       CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END || ' ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname)
           || '(' || pg_get_function_arguments(p.oid) || ')' || coalesce(' RETURNS ' || pg_get_function_result(p.oid), '') AS head,
       CASE WHEN NOT pg_has_role(p.proowner, 'USAGE') THEN 'belongs to a role of which the user is no member'
            WHEN NOT has_schema_privilege(n.oid, 'CREATE') THEN 'is in a schema where the user may not create'
            WHEN NOT has_language_privilege(p.prolang, 'USAGE') THEN 'is of a language that the user may not use'
            WHEN p.proleakproof OR p.prosupport <> 0 THEN 'has what only a superuser may give it'
            WHEN EXISTS (SELECT FROM unnest(p.proconfig) AS given JOIN pg_settings s ON s.name = split_part(given, '=', 1) AND s.context <> 'user')
                THEN 'sets what not everybody may set'
            ELSE (SELECT 'is evaluated by ' || min(pg_describe_object(d.classid, d.objid, d.objsubid)) FROM pg_depend d
                  WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid AND d.deptype = 'n'
                    AND d.classid NOT IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass)) END AS obstacle
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'sql'
WHERE p.oid >= 16384 AND p.prokind IN ('f', 'p') AND to_jsonb(p) ->> 'prosqlbody' IS NOT NULL
  AND EXISTS (SELECT FROM pg_depend d
              WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid >= 16384)
ORDER BY name
"""

POLICIES = """
SELECT p.oid, quote_ident(p.polname) AS policy, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       pg_get_expr(p.polqual, p.polrelid) AS shown, pg_get_expr(p.polwithcheck, p.polrelid) AS written,
       CASE WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN 'is on a table of a role of which the user is no member' END AS obstacle
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY name, policy
"""

# From PostgreSQL 15 on; before, no publication knows of columns.
PUBLISHED = """
SELECT r.oid, quote_ident(b.pubname) AS publication, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs::int2[])) AS columns,
       pg_get_expr(r.prqual, r.prrelid) AS filter,
       CASE WHEN NOT pg_has_role(b.pubowner, 'USAGE') OR NOT pg_has_role(c.relowner, 'USAGE')
            THEN 'belongs to a role of which the user is no member' END AS obstacle
FROM pg_publication_rel r JOIN pg_publication b ON b.oid = r.prpubid
JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY publication, name
"""

# A partitioned table's trigger stands before its clones on the partitions: those come and go with it.
TRIGGERS = """
SELECT g.oid, g.tgparentid AS parent, quote_ident(g.tgname) AS trigger, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       pg_get_triggerdef(g.oid) AS definition, g.tgenabled AS mode, obj_description(g.oid, 'pg_trigger') AS comment,
       obj_description(g.tgconstraint, 'pg_constraint') AS constraint_comment,
       CASE WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN 'is on a table of a role of which the user is no member'
            WHEN NOT has_function_privilege(g.tgfoid, 'EXECUTE') THEN 'executes a function that the user may not execute'
            WHEN p.tgname <> g.tgname THEN 'has another name than the trigger it comes from'
            WHEN EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = g.oid AND d.deptype IN ('e', 'x'))
                THEN 'depends on an extension' END AS obstacle
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_trigger p ON p.oid = g.tgparentid LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint
WHERE (NOT g.tgisinternal OR g.tgparentid <> 0) AND k.contype IS DISTINCT FROM 'f'
ORDER BY (SELECT count(*) FROM pg_partition_ancestors(g.tgrelid)), name, trigger
"""

# Schemas whose names would not be found when a definition is read again.
UNUSABLE_SCHEMAS = """
SELECT quote_ident(nspname) || '.' AS prefix FROM pg_namespace WHERE NOT has_schema_privilege(oid, 'USAGE') AND nspname !~ '^pg_'
"""

"""Everything of a database but its rows, by name: what masking must leave exactly as it was."""

import json
import re
from collections.abc import Iterable

from sanitizer.names import TableName
from sanitizer.postgresql.connection import Connection

# Newer catalog columns are read through to_jsonb, so that one text fits 13 to 18. Grants are compared as they are in force: no list at
# all, and a list of just what goes without saying, are the same. A partition's column that is not null because its parent's is has that
# under its parent's name from PostgreSQL 18 on, as soon as it is written anew. An index built anew takes the names and storage that its
# table's columns have now, and is valid, whatever it was.
NAMES = """
WITH spaces AS (
    SELECT oid, quote_ident(nspname) AS name, nspowner, nspacl FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), relations AS (
    SELECT c.*, s.name || '.' || quote_ident(c.relname) AS name FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
), constraints AS (
    SELECT k.*, CASE WHEN k.contype = 'n' AND k.coninhcount > 0 THEN pg_get_constraintdef(k.oid) ELSE quote_ident(k.conname) END AS name FROM pg_constraint k
), routines AS (
    SELECT p.*, p.oid::regprocedure::text AS name FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
)"""
GRANTS = {
    "schemas": "SELECT 'grants on schema ' || name, coalesce(nspacl, acldefault('n', nspowner)) FROM spaces",
    "relations": """
        SELECT 'grants on ' || name, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner))
        FROM relations WHERE relkind NOT IN ('i', 'I', 'c')""",
    "columns": """
        SELECT 'grants on column ' || quote_ident(a.attname) || ' of ' || r.name, a.attacl
        FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attacl IS NOT NULL""",
    "functions": "SELECT 'grants on function ' || name, coalesce(proacl, acldefault('f', proowner)) FROM routines",
}  # fmt: skip
# What is read: a name, then all there is to say about it. Large objects are rows rather than structure.
PARTS = {
    "owners of schemas": "SELECT 'owner of schema ' || name, nspowner::regrole::text FROM spaces",
    "relations": """
        SELECT name, concat_ws(' | ', relkind, relowner::regrole, relpersistence, (SELECT amname FROM pg_am WHERE oid = relam), reltablespace, reloptions,
               (SELECT t.reloptions FROM pg_class t WHERE t.oid = r.reltoastrelid), relreplident, relrowsecurity, relforcerowsecurity, relispopulated,
               pg_get_expr(relpartbound, oid), CASE relkind WHEN 'p' THEN pg_get_partkeydef(oid) END,
               (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = r.oid),
               CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)
        FROM relations r""",
    "columns": """
        SELECT 'columns of ' || r.name, string_agg(concat_ws(' | ', CASE WHEN r.relkind NOT IN ('i', 'I') THEN concat_ws(' | ', a.attname, a.attstorage, to_jsonb(a) ->> 'attcompression') END,
               format_type(a.atttypid, a.atttypmod), a.attcollation, a.attnotnull,
               nullif((to_jsonb(a) ->> 'attstattarget')::int, -1), a.attoptions, a.attidentity, a.attgenerated, a.attislocal,
               a.attinhcount, pg_get_expr(d.adbin, d.adrelid)), E'\\n' ORDER BY a.attnum)
        FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
        GROUP BY r.oid, r.name""",
    "indexes": """
        SELECT 'index ' || r.name, concat_ws(' | ', pg_get_indexdef(r.oid), i.indisclustered, i.indisreplident, i.indimmediate)
        FROM relations r JOIN pg_index i ON i.indexrelid = r.oid""",
    "constraints": """
        SELECT 'constraint ' || k.name || ' of ' || coalesce(r.name, k.contypid::regtype::text),
               concat_ws(' | ', pg_get_constraintdef(k.oid), k.convalidated, k.conislocal, k.coninhcount, CASE k.contype WHEN 'c' THEN k.connoinherit END)
        FROM constraints k LEFT JOIN relations r ON r.oid = k.conrelid
        WHERE k.oid >= 16384 AND (r.oid IS NOT NULL OR k.contypid <> 0) AND (k.contype <> 'f' OR k.conparentid = 0)""",
    "triggers": """
        SELECT 'trigger ' || quote_ident(g.tgname) || ' on ' || r.name, concat_ws(' | ', pg_get_triggerdef(g.oid), g.tgenabled)
        FROM pg_trigger g JOIN relations r ON r.oid = g.tgrelid LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint
        WHERE (NOT g.tgisinternal OR g.tgparentid <> 0) AND k.contype IS DISTINCT FROM 'f'""",
    "rules": """
        SELECT 'rule ' || quote_ident(w.rulename) || ' on ' || r.name, concat_ws(' | ', pg_get_ruledef(w.oid), w.ev_enabled)
        FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'""",
    "policies": """
        SELECT 'policy ' || quote_ident(p.polname) || ' on ' || r.name, concat_ws(' | ', p.polcmd, p.polpermissive, p.polroles::regrole[],
               pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN relations r ON r.oid = p.polrelid""",
    "publications": "SELECT 'publication ' || quote_ident(pubname), (to_jsonb(p) - 'oid')::text FROM pg_publication p",
    "tables of publications": """
        SELECT 'publication ' || quote_ident(pubname) || ' of ' || quote_ident(schemaname) || '.' || quote_ident(tablename), to_jsonb(t)::text
        FROM pg_publication_tables t""",
    "extended statistics": """
        SELECT 'statistics ' || quote_ident(s.stxname) || ' of ' || r.name,
               concat_ws(' | ', pg_get_statisticsobjdef(s.oid), s.stxowner::regrole, nullif((to_jsonb(s) ->> 'stxstattarget')::int, -1))
        FROM pg_statistic_ext s JOIN relations r ON r.oid = s.stxrelid""",
    "sequences": """
        SELECT 'sequence ' || r.name, concat_ws(' | ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle,
               CASE WHEN has_sequence_privilege(r.oid, 'SELECT, USAGE') THEN pg_sequence_last_value(r.oid) END)
        FROM pg_sequence s JOIN relations r ON r.oid = s.seqrelid""",
    "functions": """
        SELECT 'function ' || name, concat_ws(' | ', proowner::regrole, CASE WHEN prokind <> 'a' THEN pg_get_functiondef(oid) END) FROM routines""",
    "grants": """
        SELECT grants.name, string_agg(concat_ws(' ', g.grantor::regrole, g.grantee::regrole, g.privilege_type, g.is_grantable), ', '
               ORDER BY g.grantor, g.grantee, g.privilege_type)
        FROM grants, aclexplode(grants.acl) AS g GROUP BY grants.name""",
    "comments": """
        SELECT 'comment on ' || pg_describe_object(classoid, objoid, objsubid), description FROM pg_description
        WHERE objoid >= 16384 AND classoid <> 'pg_largeobject'::regclass""",
    "labels": """
        SELECT 'label of ' || pg_describe_object(classoid, objoid, objsubid) || ' for ' || provider, label FROM pg_seclabel
        WHERE objoid >= 16384 AND classoid <> 'pg_largeobject'::regclass""",
    "members of extensions": """
        SELECT 'extension behind ' || pg_describe_object(classid, objid, objsubid), concat_ws(' ', deptype, refobjid)
        FROM pg_depend WHERE deptype IN ('e', 'x') AND refclassid = 'pg_extension'::regclass AND objid >= 16384""",
}  # fmt: skip
# An index on a partitioned table may be incomplete on purpose.
INVALID_INDEXES = """
    SELECT 'index ' || r.name, json_build_array(n.nspname, t.relname)::text
    FROM relations r JOIN pg_index i ON i.indexrelid = r.oid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE r.relkind = 'i' AND NOT (i.indisvalid AND i.indisready)"""
INVALID_CONSTRAINTS = """
    SELECT 'constraint ' || k.name || ' of ' || coalesce(r.name, k.contypid::regtype::text), NULL
    FROM constraints k LEFT JOIN relations r ON r.oid = k.conrelid WHERE NOT k.convalidated"""
UNION = "\nUNION ALL\n"

# (ARRAY['a'::character varying, ...])::text[] is written ARRAY[('a'::character varying)::text, ...] once the server has read its own text again.
_CAST_AS_A_WHOLE = re.compile(r"\(ARRAY\[((?:'(?:[^']|'')*'::character varying(?:\(\d+\))?(?:, )?)+)\]\)::text\[\]")
_ELEMENT = re.compile(r"'(?:[^']|'')*'::character varying(?:\(\d+\))?")


def read_structure(connection: Connection) -> dict[str, str]:
    """Name to definition, owner, grants and state; two databases are built alike exactly where these are equal."""
    return {thing: settled(definition or "") for thing, definition in _asked(connection, PARTS.values())}


def read_invalid_indexes(connection: Connection) -> dict[str, TableName]:
    """The indexes that queries do not use, and of which table or partition they are."""
    found = _asked(connection, [INVALID_INDEXES])
    return {thing: TableName(*json.loads(table or "")) for thing, table in sorted(found)}


def read_invalid_constraints(connection: Connection) -> set[str]:
    """The names of constraints that rows may violate."""
    return {thing for thing, _ in _asked(connection, [INVALID_CONSTRAINTS])}


def _asked(connection: Connection, parts: Iterable[str]) -> list[tuple[str, str | None]]:
    with connection.transaction():
        connection.execute("SET LOCAL search_path = pg_catalog")
        query = f"{NAMES}, grants(name, acl) AS ({UNION.join(GRANTS.values())}) {UNION.join(parts)}"
        return list(connection.execute(query.encode()).fetchall())


def settled(definition: str) -> str:
    """The definition as the server writes it after having read it once more: it means the same, and from then on stays the same."""
    return _CAST_AS_A_WHOLE.sub(
        lambda found: "ARRAY[" + _ELEMENT.sub(lambda each: f"({each[0]})::text", found[1]) + "]", definition
    )

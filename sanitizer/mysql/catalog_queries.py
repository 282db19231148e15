"""The catalog queries, each for one database. Every column has an alias: MySQL 8 answers in capitals without."""

TABLES = """
SELECT table_name AS t, table_type AS type, engine AS engine, auto_increment AS counter, COALESCE(table_rows, 0) AS estimated_rows,
       COALESCE(data_length, 0) + COALESCE(index_length, 0) AS size_bytes
FROM information_schema.tables
WHERE table_schema = %s AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
ORDER BY table_name
"""

COLUMNS = """
SELECT table_name AS t, column_name AS name, ordinal_position AS number, column_type AS type, data_type AS base, is_nullable AS nullable,
       character_maximum_length AS characters, collation_name AS collation, extra AS extra, column_key AS in_key,
       coalesce(generation_expression, '') <> '' AS generated
FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position
"""

# A key over an expression names no column.
UNIQUE = """
SELECT table_name AS t, index_name AS name, column_name AS c, sub_part AS prefix
FROM information_schema.statistics WHERE table_schema = %s AND non_unique = 0 ORDER BY table_name, index_name, seq_in_index
"""

FOREIGN_KEYS = """
SELECT k.constraint_name AS name, k.table_schema AS here, k.table_name AS t, k.column_name AS c, k.referenced_table_schema AS there,
       k.referenced_table_name AS referenced, k.referenced_column_name AS referenced_column, r.delete_rule AS on_delete, r.update_rule AS on_update
FROM information_schema.key_column_usage k
JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.referenced_table_name IS NOT NULL AND %s IN (k.table_schema, k.referenced_table_schema)
ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position
"""

PARTITIONS = """
SELECT DISTINCT table_name AS t, coalesce(partition_expression, '') AS expression, coalesce(subpartition_expression, '') AS below
FROM information_schema.partitions WHERE table_schema = %s AND partition_method IS NOT NULL AND partition_method <> 'SYSTEM_TIME'
"""

TRIGGERS = """
SELECT event_object_table AS t, trigger_name AS name, definer AS definer, sql_mode AS sql_mode, character_set_client AS client,
       collation_connection AS connection, database_collation AS database_collation
FROM information_schema.triggers WHERE trigger_schema = %s
ORDER BY event_object_table, action_timing, event_manipulation, action_order
"""

COLLATION = "SELECT default_collation_name AS collation FROM information_schema.schemata WHERE schema_name = %s"

ROUTINES = "SELECT routine_name AS name FROM information_schema.routines WHERE routine_schema = %s AND routine_type = 'FUNCTION'"

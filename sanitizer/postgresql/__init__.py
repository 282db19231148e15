"""Everything that knows PostgreSQL (13 to 18)."""

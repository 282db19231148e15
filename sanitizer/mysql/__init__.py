"""Everything that knows MySQL (8.0, 8.4) and MariaDB (10.6 to 11.8). MariaDB 10.11 is tested; what only MySQL has is not."""

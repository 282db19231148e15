"""What steps cost, estimated: enough to begin with the longest, to tell how long the rest takes, and to plan a night."""

from sanitizer.schema import Table
from sanitizer.steps import Weight

# Measured on two shared cores (bench/README.md); disks of RDS are slower, its processors faster.
REWRITTEN_BYTES_PER_SECOND = 100e6
UPDATED_BYTES_PER_SECOND = 20e6
SECONDS_PER_VALUE = 2e-6
SEARCHED_BYTES_PER_SECOND = 80e6
RELOADED_TOO = 0.2  # of a table's bytes, once more
SECONDS_PER_CHECK = 1e-6


def rewriting(table: Table, values: int = 0) -> Weight:
    """Of a table that is written anew with that many masked columns, its indexes built anew."""
    return _weight(table, values, REWRITTEN_BYTES_PER_SECOND)


def reloading(table: Table, values: int, checked: int, processes: int) -> Weight:
    """Of a table that several processes mask, and that is filled again; with so many rows of foreign keys to check."""
    seconds = (
        table.size_bytes * (1 + RELOADED_TOO) / REWRITTEN_BYTES_PER_SECOND
        + table.rows * values * SECONDS_PER_VALUE / processes
        + checked * SECONDS_PER_CHECK
    )
    return Weight(table.rows, table.size_bytes, round(seconds, 3))


def updating(table: Table, values: int) -> Weight:
    """Of a table of which every row is updated in place."""
    return _weight(table, values, UPDATED_BYTES_PER_SECOND)


def searching(rows: int, size_bytes: int) -> Weight:
    """Of so many rows of texts that are read to the sanitizer."""
    return Weight(rows, size_bytes, round(size_bytes / SEARCHED_BYTES_PER_SECOND, 3))


def _weight(table: Table, values: int, bytes_per_second: float) -> Weight:
    seconds = table.size_bytes / bytes_per_second + table.rows * values * SECONDS_PER_VALUE
    return Weight(table.rows, table.size_bytes, round(seconds, 3))

"""The masking rules, from the masking functions' declarations."""

from sanitizer.functions import FUNCTIONS, KEEP
from sanitizer.mysql.expressions import EXPRESSIONS as ON_MYSQL


def page() -> str:
    """One row for each masking function."""
    lines = [
        "# Masking rules",
        "",
        "Generated from `sanitizer/functions.py` (`make docs`). A rules file lists every database, table and column of the server; anything",
        "unlisted stops the run before anything is masked. `python -m sanitizer check RULES` finds every mistake at once.",
        "",
        "`python -m sanitizer draft --host ... --output RULES` writes a first file from a live server, which it only reads: what names and sampled",
        "values make look personal, and what nobody can tell, is masked; each line says why. It is a guess to read, not a decision.",
        "",
        "| rule | takes | the same input, the same output | unique stays unique | what happens |",
        "|---|---|---|---|---|",
        *(
            f"| `{each.name}` | {each.takes} | {_yes(each.deterministic)} | {_yes(each.unique)} | {each.meaning} |"
            for each in FUNCTIONS.values()
        ),
        "| `truncate` (for a whole table) | | | | every row is removed |",
        "",
        "`sql: {before: [...], after: [...]}` beside `tables:` runs statements in order, each in a transaction of its own. Where a server has one",
        "database, `tables:` and `sql:` may stand at the top. A file with nothing but `sql: [...]` masks by statements alone; no drift is found",
        "then, and the report says so.",
        "",
        "Rules on a partitioned table cover its partitions. Views need no rule; materialized views are refreshed after masking.",
        "",
        "## MySQL and MariaDB",
        "",
        "`python -m sanitizer explain|run --engine mysql|mariadb` (or `SANITIZER_ENGINE`). A schema is a database there, so tables are named without one:",
        "",
        "```yaml",
        "databases:",
        "  shop:",
        "    tables:",
        "      customers: {id: keep, email: email}",
        "```",
        "",
        f"{_missing()} Values that a column's collation calls equal are masked alike. Statements of `sql` run in strict mode, with backslashes as escapes.",
        "Triggers of masked tables must be the master user's own, or it needs `SET USER` (MariaDB) or `SET_USER_ID` (MySQL).",
        "The parameter group of temporary databases needs `local_infile = 1`, `event_scheduler = OFF`, and no log with `log_output = TABLE`; a backup",
        "retention of 0 days turns the binary log off. What is missing, privileges too, is told before anything changes. MariaDB 10.11 is tested; MySQL is not yet. The",
        "whole run still takes PostgreSQL sources only.",
        "",
    ]
    return "\n".join(lines)


def _missing() -> str:
    missing = [f"`{name}`" for name in FUNCTIONS if name not in ON_MYSQL and name != KEEP]
    return f"Not there yet, and refused: {', '.join(missing)}." if missing else "Every function is there."


def _yes(fact: bool) -> str:  # noqa: FBT001 - a fact is true or false
    return "yes" if fact else ""

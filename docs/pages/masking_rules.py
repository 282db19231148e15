"""The masking rules, from the masking functions' declarations."""

from sanitizer.functions import FUNCTIONS


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
    ]
    return "\n".join(lines)


def _yes(fact: bool) -> str:  # noqa: FBT001 - a fact is true or false
    return "yes" if fact else ""

"""The masking rules, from the masking functions' declarations."""

from collections.abc import Iterator

from sanitizer.functions import FAMILIES, FUNCTIONS, REFERENCES, Function, Parameter
from sanitizer.mysql.dialect import MySql
from sanitizer.rules import OF_THE_SERVER, SAMPLED_VALUES

INTRODUCTION = """\
# Masking rules

Generated from `sanitizer/functions/` (`make docs`). A rules file lists every database, table and column of the server; anything unlisted
stops the run before anything is masked. `python -m sanitizer check RULES` finds every mistake at once, with its line; an editor finds them
while you write if the file begins with `# yaml-language-server: $schema=masking.schema.json` (the path to `masking/masking.schema.json`).

`python -m sanitizer draft --host ... --output RULES` writes a first file from a live server, which it only reads: what names and sampled
values make look personal, and what nobody can tell, is masked; each line says why. It is a guess to read, not a decision.

```yaml
sets:
  people/contact: {email: email, phone: {phone: FR}, city: {city: fr_FR}}   # rules for whichever of these columns a table has
databases:
  shop:
    tables:
      public.customers:
        use: people/contact                       # a table's own rules come first; a list takes several sets
        id: keep
        first_name: {first_name: fr_FR}           # one word, or a mapping where there are parameters
        last_name: {last_name: fr_FR}
        full_name: {template: "{first_name} {last_name}"}
        birth_date: {shift: 30d, per: id}
        notes: {lorem: {}, where: "kind <> 'public'"}
        postcode: {postcode: fr_FR, common: geo.postcodes lists all}
        country: {keep: {reason: needed for tax reports}}
      public.newsletter:
        customer: follow                          # as the column its foreign key points at
        address: {like: public.customers.email}   # as that column, where no constraint says so
      public.sessions: truncate
      public.audit_log:
        delete: "created_at < now() - interval '90 days'"
        references: cascade                       # or refuse, the default: stop where rows of other tables point at these
        columns: {id: keep, created_at: keep, note: lorem}
```

The same function, parameters, input and masking key give the same output in every table and database: joins survive. Unless it says so
below, a function does not keep different values apart, and a column of a unique index that needs that is refused before anything changes.

`where` is an SQL condition over columns of the row that no rule changes. Rows for which it is false stay as they are, and the report counts
them; where it is NULL, the value is masked. `{column}` in `sql` is the value; other columns are what they were before masking.

`common` is a reason: why the values of the column stand in other places by right, since alone they tell nobody (postcodes and towns, which another
table lists). Verify does not look for copies of them then, which the report says, and `sanitizer diff` calls it something that may be kept.

`keep` needs a reason where the column's name says that it opens something or calls somebody (a token, a mail server, a web hook), which is told
before anything changes; and where its values look personal or secret, which verify finds.
"""
END = """\
## Tables

| rule | what happens |
|---|---|
| `truncate` | every row is removed |
| `delete: condition` | before masking, the rows for which the SQL condition holds are removed. With `references: cascade`, so are rows of any table that point at them by foreign keys, however far away; with `refuse`, such rows stop the run. Tables that `truncate` empties do not count |
| `use: name` | rules out of `sets`, for the columns that the table has; at least one must match |

## The whole server

One word each, and one number, beside `databases:` (or `tables:`); the first word is meant where the file says nothing.

{of_the_server}

## Statements

`sql: {before: [...], after: [...]}` beside `tables:` runs statements in order, each in a transaction of its own. Where a server has one
database, `tables:` and `sql:` may stand at the top. A file with nothing but `sql: [...]` masks by statements alone; no drift is found
then, and the report says so.

Rules on a partitioned table cover its partitions. Views need no rule; materialized views are refreshed after masking.

The words of names and places are Faker's (`sanitizer/words/`), under its licence there. Outputs that verify cannot tell from originals are
listed among the report's limits.

## MySQL and MariaDB

`python -m sanitizer explain|run --engine mysql|mariadb` (or `SANITIZER_ENGINE`). A schema is a database there, so tables are named without one:

```yaml
databases:
  shop:
    tables:
      customers: {id: keep, email: email}
```

Everything above holds there, but for {missing}, as there are no arrays. Outputs are those of PostgreSQL where a column's collation compares code
points; values that it calls equal are masked alike. `like` takes `table.column`. A regular expression is the server's (PCRE on MariaDB, ICU on
MySQL), distinguishes case, and its dot is any character; replacements are written as above. `sql`, `where` and `delete` are the server's SQL, in
strict mode, with backslashes as escapes; what is divided by 0 is NULL. Of JSON, keys that are written with escapes (`\\u0061`) become null, and so do numbers from 1e29 on where a
rule for numbers stands. Dates like 0000-00-00 stay; of dates like 1984-00-00 the year counts. A date that would be moved out of what its column
holds moves the other way.
Triggers of masked tables must be the master user's own, or it needs `SET USER` (MariaDB) or `SET_USER_ID` (MySQL).
The server needs `local_infile = 1`, `event_scheduler = OFF`, no log with `log_output = TABLE`, and no binary log; a run's temporary databases have all
of that. What is missing, privileges too, is told before anything changes. MariaDB 10.11 is tested; MySQL is not yet.
"""
HEAD = (
    "| rule | takes | same input, same output | unique stays unique | recognised by verify | longest output | usual classification |",
    "|---|---|---|---|---|---|---|",
)


def page() -> str:
    """A table and an example of each function, family by family."""
    lines = [INTRODUCTION]
    for title, functions in FAMILIES.items():
        lines += [f"## {title}", "", *HEAD, *map(_row, functions), ""]
        for function in functions:
            lines += [*_described(function), ""]
    lines += ["## As another column", ""]
    for function in REFERENCES.values():
        lines += [*_described(function), ""]
    missing = ", ".join(f"`{name}`" for name in FUNCTIONS if name not in MySql.understands)
    return "\n".join([*lines, END.replace("{missing}", missing).replace("{of_the_server}", _of_the_server())])


def _of_the_server() -> str:
    lines = ["| key | word | what it means |", "|---|---|---|"]
    lines += [
        f"| `{key}` | `{word}` | {told} |" for key, words in OF_THE_SERVER.items() for word, told in words.items()
    ]
    number = SAMPLED_VALUES
    return "\n".join([*lines, f"| `{number.name}` | a number; {number.default} | {number.meaning} |"])


def _row(function: Function) -> str:
    longest = function.length(function.defaults) if function.length and not function.parameter else None
    facts = (
        f"`{function.name}`",
        function.takes,
        _yes(function.deterministic),
        _yes(function.unique),
        function.recognised,
        str(longest or function.output_characters or ""),
        function.classification.replace("_", " "),
    )
    return f"| {' | '.join(facts)} |"


def _described(function: Function) -> Iterator[str]:
    yield f"**`{function.name}`**: {function.meaning}."
    example = function.example
    if example:
        after = "NULL" if example.after is None else f"`{example.after}`"
        yield f"`{example.written}` makes {after} of `{example.before}`."
    for parameter in function.parameters:
        yield f"- `{parameter.name}`: {parameter.meaning}; {parameter.kind.how}{_default(parameter)}"


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return " (needed)"
    return f" (`{parameter.default}`)" if parameter.default is not None else ""


def _yes(fact: bool) -> str:  # noqa: FBT001 - a fact is true or false
    return "yes" if fact else ""

"""What masking must not change: counts and structure, before and after."""

from collections.abc import Mapping
from typing import NamedTuple

from sanitizer.checks import Checks
from sanitizer.errors import Finding
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules


class Count(NamedTuple):
    """One table's rows; and of each mapped column the values that are there, and the different ones."""

    rows: int
    present: Mapping[str, int]
    distinct: Mapping[str, int]


class Measurement(NamedTuple):
    """What one database held at one moment."""

    tables: Mapping[TableName, Count]
    structure: Mapping[str, str]


def compare(rules: DatabaseRules, before: Measurement, after: Measurement, checks: Checks) -> None:
    """Checks that masking changed nothing but values."""
    for name, table_rules in rules.listed.items():
        was, is_ = before.tables[name], after.tables[name]
        rows = 0 if table_rules.truncate else was.rows
        checks.expect("rows", abs(rows - is_.rows), _changed(table_rules.place, f"row(s) of {name}"))
        for column in was.distinct:
            place, what = table_rules.columns[column].place, f"{column} of {name}"
            checks.expect(
                "rows", abs(was.present[column] - is_.present[column]), _changed(place, f"value(s) in {what}")
            )
            lost = abs(was.distinct[column] - is_.distinct[column])
            checks.expect("distinct values", lost, _changed(place, f"different value(s) in {what}"))
    for thing in sorted(before.structure.keys() | after.structure.keys()):
        changed = before.structure.get(thing) != after.structure.get(thing)
        checks.expect("structure", int(changed), _changed(thing, "definition or state"))


def _changed(place: str, what: str) -> Finding:
    return Finding(place, f"{what} more or fewer than before masking", "Destroy this database; report the case")

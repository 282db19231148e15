"""What masking must not change: counts and structure, before and after."""

import json
from collections.abc import Mapping
from typing import NamedTuple, Self

from sanitizer.checks import Checks
from sanitizer.errors import Finding
from sanitizer.names import TableName
from sanitizer.rules import DatabaseRules

COUNTED = "counted after"  # the measurement that was recorded when a database was masked


class Count(NamedTuple):
    """One table's rows; of each column whose NULLs stay the values that are there, of each unique one the different values."""

    rows: int
    present: Mapping[str, int]
    distinct: Mapping[str, int]


class Measurement(NamedTuple):
    """What one database held at one moment."""

    tables: Mapping[TableName, Count]
    structure: Mapping[str, str]

    def written(self) -> str:
        """The measurement as a text that `read` takes back."""
        return json.dumps([[(name, count) for name, count in self.tables.items()], dict(self.structure)])

    @classmethod
    def read(cls, text: str) -> Self:
        """The measurement that was `written`."""
        tables, structure = json.loads(text)
        return cls({TableName(*name): Count(*count) for name, count in tables}, structure)


def compare(rules: DatabaseRules, before: Measurement, after: Measurement, checks: Checks) -> None:
    """Checks that masking changed nothing but values."""
    for name, table_rules in rules.listed.items():
        was, is_ = before.tables[name], after.tables[name]
        rows = 0 if table_rules.truncate else was.rows
        checks.expect("rows", abs(rows - is_.rows), _changed(table_rules.place, f"row(s) of {name}"))
        for kind, what, counted, counted_after in (
            ("rows", "value(s)", was.present, is_.present),
            ("distinct values", "different value(s)", was.distinct, is_.distinct),
        ):
            for column, number in counted.items():
                place = table_rules.columns[column].place
                checks.expect(
                    kind, abs(number - counted_after[column]), _changed(place, f"{what} in {column} of {name}")
                )
    for thing in sorted(before.structure.keys() | after.structure.keys()):
        changed = before.structure.get(thing) != after.structure.get(thing)
        checks.expect("structure", int(changed), _changed(thing, "definition or state"))


def _changed(place: str, what: str) -> Finding:
    return Finding(place, f"{what} more or fewer than before masking", "Destroy this database; report the case")

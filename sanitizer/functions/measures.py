"""Functions of dates and numbers."""

from sanitizer.functions.declaration import Arguments, Example, Function, Parameter
from sanitizer.functions.parameters import COLUMN, DECIMAL, PERCENT, SPAN, one_of
from sanitizer.schema import Column

UNITS = ("hour", "day", "week", "month", "quarter", "year", "decade")


def _shift_unsuited(arguments: Arguments, column: Column) -> str | None:
    return (
        "its dates have no hours: give the span in days" if column.base == "date" and arguments["span"].hours else None
    )


def _truncate_unsuited(arguments: Arguments, column: Column) -> str | None:
    return (
        "its dates would stay as they are" if column.base == "date" and arguments["unit"] in ("hour", "day") else None
    )


def _bucket_unsuited(arguments: Arguments, column: Column) -> str | None:
    size = arguments["size"]
    return "its whole numbers need a whole size above 1" if column.whole and (size != int(size) or size == 1) else None


MEASURES = (
    Function(
        "shift",
        meaning="moved by a random while, at most the given one, earlier or later; NULL stays NULL",
        classification="quasi_identifier",
        takes="date",
        parameters=(
            Parameter("span", SPAN, "the longest move"),
            Parameter(
                "per",
                COLUMN,
                "a column whose value decides the move: intervals between the dates of one person survive",
                None,
            ),
        ),
        deterministic=True,
        unsuited=_shift_unsuited,
        keyed=True,
        recognised="not",
        example=Example("{shift: 30d}", "1984-05-17", "1984-05-31", "date"),
    ),
    Function(
        "truncate_to",
        meaning="the first moment of its month, year, ... (UTC); NULL stays NULL",
        classification="quasi_identifier",
        takes="date",
        parameters=(Parameter("unit", one_of(UNITS), "of what"),),
        deterministic=True,
        unsuited=_truncate_unsuited,
        example=Example("{truncate_to: month}", "1984-05-17", "1984-05-01", "date"),
    ),
    Function(
        "noise",
        meaning="a random number nearby, of the same sign, at most so much away (a whole number by 1 at least); NULL stays NULL",
        classification="quasi_identifier",
        takes="number",
        parameters=(Parameter("share", PERCENT, "the longest way, as a share of the value"),),
        deterministic=True,
        keyed=True,
        recognised="not",
        example=Example("{noise: 10%}", "52000", "55513", "integer"),
    ),
    Function(
        "bucket",
        meaning="the next lower multiple; NULL stays NULL",
        classification="quasi_identifier",
        takes="number",
        parameters=(Parameter("size", DECIMAL, "of what"),),
        deterministic=True,
        unsuited=_bucket_unsuited,
        example=Example("{bucket: 1000}", "52340", "52000", "integer"),
    ),
)

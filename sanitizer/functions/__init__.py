"""The masking functions, as a table: what each takes and what it keeps.

How a function is written in SQL is the dialect's business, and how its output is recognised is verify's; both have one entry for each row
of this table.
"""

from sanitizer.functions.composed import COMPOSED
from sanitizer.functions.declaration import Arguments, Classification, Example, Function, Parameter
from sanitizer.functions.formats import FORMATS
from sanitizer.functions.measures import MEASURES
from sanitizer.functions.parameters import scalar
from sanitizer.functions.parts import PARTS
from sanitizer.functions.people import PEOPLE
from sanitizer.functions.plain import EMAIL, EXPRESSION, FIXED, HASH, KEEP, PLAIN, SET_NULL

TRUNCATE, LIKE, FOLLOW = "truncate", "like", "follow"
WHERE, COMMON, DELETE = "where", "common", "delete"
FAMILIES = {
    "Whole values": PLAIN,
    "Invented people and places": PEOPLE,
    "Identifiers": FORMATS,
    "Parts of texts": PARTS,
    "Dates and numbers": MEASURES,
    "Made of other values": COMPOSED,
}
FUNCTIONS: dict[str, Function] = {function.name: function for family in FAMILIES.values() for function in family}

_TARGET = scalar("a column as schema.table.column", {"type": "string", "pattern": r".+\..+"}, lambda word: word or None)
REFERENCES: dict[str, Function] = {
    function.name: function
    for function in (
        Function(
            LIKE,
            meaning="as the named column: `{like: public.customers.email}`",
            classification="none",
            parameters=(
                Parameter("column", _TARGET, "schema.table.column; where a schema is a database, table.column"),
            ),
        ),
        Function(FOLLOW, meaning="as the column that its foreign key points at", classification="none"),
    )
}

__all__ = [
    "COMMON",
    "DELETE",
    "EMAIL",
    "EXPRESSION",
    "FAMILIES",
    "FIXED",
    "FOLLOW",
    "FUNCTIONS",
    "HASH",
    "KEEP",
    "LIKE",
    "REFERENCES",
    "SET_NULL",
    "TRUNCATE",
    "WHERE",
    "Arguments",
    "Classification",
    "Example",
    "Function",
    "Parameter",
]

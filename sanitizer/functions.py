"""The masking functions, as a table: what each takes and what it keeps.

How a function is written in SQL is the dialect's business, and how its output is recognised is verify's; both have one entry for each row
of this table.
"""

from typing import Literal, NamedTuple

Classification = Literal["direct_identifier", "quasi_identifier", "sensitive", "secret", "none"]


class Function(NamedTuple):
    """One masking function. `output_characters` is the length of all its outputs, where that is fixed."""

    name: str
    meaning: str
    classification: Classification
    takes: Literal["text", "any"] = "any"
    parameter: bool = False
    deterministic: bool = False
    unique: bool = False
    output_characters: int | None = None


KEEP, SET_NULL, FIXED, EMAIL, HASH = "keep", "set_null", "fixed", "email", "hash"
TRUNCATE = "truncate"

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function(KEEP, meaning="the value stays as it is", deterministic=True, unique=True, classification="none"),
        Function(SET_NULL, meaning="every row becomes NULL", unique=True, classification="sensitive"),
        Function(
            FIXED, meaning="every row gets the given value: `{fixed: value}`", parameter=True, classification="secret"
        ),
        Function(
            EMAIL,
            meaning="20 hexadecimal digits of the keyed hash at example.com; NULL stays NULL",
            takes="text",
            deterministic=True,
            unique=True,
            classification="direct_identifier",
            output_characters=32,
        ),
        Function(
            HASH,
            meaning="32 hexadecimal digits of the keyed hash; NULL stays NULL",
            takes="text",
            deterministic=True,
            unique=True,
            classification="direct_identifier",
            output_characters=32,
        ),
    )
}

"""What a draft knows of a column beyond its definition: what sort of type it has, and a bounded sample of values, which never leave memory."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Family = Literal[
    "text", "number", "boolean", "time", "uuid", "enum", "network", "geometry", "json", "xml", "binary",
    "array", "search", "range", "composite", "other",
]  # fmt: skip
# What any text may lie in, and what nobody sees through.
CONTAINERS: frozenset[Family] = frozenset({"json", "xml", "binary", "array", "search", "composite", "other"})


class Traits(NamedTuple):
    """One column. `constants` are values that its type takes, the plainest first; `listed`: a CHECK lists its values."""

    family: Family
    constants: tuple[str, ...]
    primary_key: bool
    listed: bool


class Sample(NamedTuple):
    """Values of some rows of one table, as text and without NULLs; `failure` says why there are none."""

    rows: int
    values: Mapping[str, list[str]]
    failure: str | None = None

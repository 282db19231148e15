"""What a masking function declares of itself. Pages, the editors' schema, the reader of rules and pre-flight are made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sanitizer.functions.parameters import Kind
from sanitizer.schema import Column

Classification = Literal["direct_identifier", "quasi_identifier", "sensitive", "secret", "none"]
Recognised = Literal["exactly", "by shape", "not"]
Arguments = Mapping[str, Any]


class Required:
    """Stands where a parameter has no default."""


REQUIRED = Required()


class Parameter(NamedTuple):
    """One parameter. `shown` is False where its value may be personal: reports and messages then leave it out."""

    name: str
    kind: Kind
    meaning: str
    default: Any = REQUIRED
    shown: bool = True

    @property
    def required(self) -> bool:
        """Whether the function cannot do without it."""
        return self.default is REQUIRED


class Example(NamedTuple):
    """A rule as it is written, an input and its output under the key of 64 times `5a`; a test holds every dialect to it."""

    written: str
    before: str
    after: str | None
    type: str = "text"


@dataclass(frozen=True)
class Function:
    """One masking function.

    `takes` names kinds of columns, joined by " or ". `keyed`: the output depends on the masking key. `deterministic`: on nothing but the
    input and the parameters besides. `unique`: different inputs give different outputs. `output_characters` is the length of the longest
    output, where that is fixed; `length` finds it from the arguments; `unsuited` says what is wrong with arguments for a column.
    `recognised` says how verify can tell outputs from originals.
    """

    name: str
    meaning: str
    classification: Classification
    takes: str = "any"
    parameters: tuple[Parameter, ...] = ()
    deterministic: bool = False
    keyed: bool = False
    unique: bool = False
    keeps_null: bool = True
    output_characters: int | None = None
    length: Callable[[Arguments], int | None] | None = None
    unsuited: Callable[[Arguments, Column], str | None] = lambda _arguments, _column: None
    recognised: Recognised = "exactly"
    example: Example | None = None

    @property
    def parameter(self) -> bool:
        """Whether it cannot be written as one word."""
        return any(parameter.required for parameter in self.parameters)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of columns it takes."""
        return tuple(self.takes.split(" or "))

    @property
    def defaults(self) -> Arguments:
        """The arguments of the function when it is written as one word."""
        return {parameter.name: parameter.default for parameter in self.parameters if not parameter.required}

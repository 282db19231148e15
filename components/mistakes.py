"""Mistakes in the stack config: all of them at once, each with its place, its value, the rule and the remedy."""

from collections.abc import Iterable
from typing import Any, NamedTuple, get_args

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

LONGEST_VALUE_SHOWN = 60


class Mistake(NamedTuple):
    """One thing that is wrong in the stack config."""

    path: str
    value: str
    problem: str

    def __str__(self) -> str:
        """The mistake as a line for people."""
        return f"{self.path}: {self.value}{self.problem}"


class SettingsMistaken(pulumi.RunError):
    """The stack config says something that cannot work. A RunError: Pulumi shows its message, and no stack trace."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        lines = "".join(f"\n  {mistake}" for mistake in self.mistakes)
        super().__init__(f"{len(self.mistakes)} mistake(s) in the stack config; nothing was deployed:{lines}")


def mistakes_of(error: ValidationError, path: str, model: type[BaseModel]) -> list[Mistake]:
    """What pydantic found in one model's values, in our words."""
    return [_mistake(each, path, model) for each in error.errors(include_url=False)]


def mistake_at(path: str, value: object, rule: str, remedy: str) -> Mistake:
    """A mistake that needs more than one value to be seen."""
    return Mistake(path, _shown(value), f"{rule}. {remedy}.")


def _mistake(error: ErrorDetails, path: str, model: type[BaseModel]) -> Mistake:
    place = path + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    kind = error["type"]
    if kind == "missing":
        field = _keys(_model_at(model, error["loc"][:-1]))[str(error["loc"][-1])]
        return Mistake(place, "", f"is missing. Add it: {field}.")
    if kind == "extra_forbidden":
        known = ", ".join(_keys(_model_at(model, error["loc"][:-1])))
        return Mistake(place, "", f"is no key here. Remove it, or use one of: {known}.")
    if kind in ("model_type", "model_attributes_type"):
        known = ", ".join(_keys(_model_at(model, error["loc"])))
        return Mistake(place, _shown(error["input"]), f"A mapping is needed. Write it with keys from: {known}.")
    value = "" if isinstance(error["input"], dict) else _shown(error["input"])
    return Mistake(place, value, f"{error['msg']}.")


def _shown(value: object) -> str:
    text = repr(value)
    return f"{text if len(text) <= LONGEST_VALUE_SHOWN else text[:LONGEST_VALUE_SHOWN] + '...'} is wrong. "


def _keys(model: type[BaseModel]) -> dict[str, str]:
    """The keys of a model as people write them, with their meaning."""
    return {field.alias or name: field.description or "" for name, field in model.model_fields.items()}


def _model_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that describes the mapping at that place."""
    for part in location:
        if isinstance(part, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            model = next(_models_in(fields[part].annotation))
    return model


def _models_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)

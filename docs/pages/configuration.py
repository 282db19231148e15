"""Every key of the stack config, from the models that read it."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components.settings import PROJECT, Settings

TYPES: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    timedelta: "duration (26h, 7d)",
    IPv4Network: "IPv4 range",
}


def page() -> str:
    """One table, nested keys with dots; `[]` means one for each item of a list."""
    lines = [
        "# Configuration",
        "",
        "Generated from `components/settings.py` (`make docs`); `Pulumi.prod.yaml` is a worked example. Besides these, `aws:region` says where.",
        "Every mistake is told at once, with its place, rule and remedy, before anything is deployed.",
        "",
        "| key | value | default | meaning |",
        "|---|---|---|---|",
        *(_row(*each) for each in _fields(Settings, f"{PROJECT}:")),
        "",
    ]
    return "\n".join(lines)


def _fields(model: type[BaseModel], path: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        key = f"{path}{field.alias or name}"
        inner, many = _model_in(field.annotation)
        yield key + ("[]" if many and inner else ""), field
        if inner:
            yield from _fields(inner, f"{key}{'[]' if many else ''}.")


def _model_in(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The mapping that a value is, and whether there is a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for inner in get_args(annotation):
        found, many = _model_in(inner)
        if found:
            return found, many or get_origin(annotation) is tuple
    return None, False


def _row(key: str, field: FieldInfo) -> str:
    return (
        f"| `{key}` | {_type(field.annotation)} | {_default(field)} | {' '.join((field.description or '').split())} |"
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.default
    if default in (None, "", ()) or isinstance(default, BaseModel):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _type(annotation: Any) -> str:
    if _model_in(annotation)[0]:
        return "mapping"
    if get_origin(annotation) is Literal:
        return " or ".join(
            f"`{str(each).lower() if isinstance(each, bool) else each}`" for each in get_args(annotation)
        )
    if get_origin(annotation) is tuple:
        return f"list of {_type(get_args(annotation)[0])}"
    if annotation in TYPES:
        return TYPES[annotation]
    known = [_type(each) for each in get_args(annotation) if each is not type(None) and _is_type(each)]
    return " or ".join(dict.fromkeys(each for each in known if each))


def _is_type(annotation: Any) -> bool:
    """Metadata of `Annotated` stands among its arguments too."""
    return isinstance(annotation, type) or get_origin(annotation) is not None

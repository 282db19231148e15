"""How Pulumi writes on the wire what JSON cannot say."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2  # type: ignore[import-untyped]

# Fixed by Pulumi's protocol.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Values as the protocol's message."""
    return json_format.ParseDict(values, struct_pb2.Struct())


def from_struct(message: struct_pb2.Struct) -> dict[str, Any]:
    """The message's values; the protocol knows floats only, so whole numbers become integers again."""
    return whole(json_format.MessageToDict(message))  # type: ignore[no-any-return]


def whole(value: Any) -> Any:
    """The value with whole numbers as integers."""
    if isinstance(value, dict):
        return {key: whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def plain(value: Any) -> Any:
    """The value without marks: a secret's value, an output's value (or UNKNOWN), a reference's id."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    match value.get(SIGNATURE):
        case signature if signature in (SECRET, OUTPUT_VALUE):
            return plain(value.get("value", UNKNOWN))
        case signature if signature == RESOURCE:
            return value.get("id") or UNKNOWN
    return {key: plain(each) for key, each in value.items()}


def has_unknown(value: Any) -> bool:
    """Whether any part of the value is known only after deployment."""
    if isinstance(value, dict):
        return any(has_unknown(each) for each in value.values())
    if isinstance(value, list):
        return any(has_unknown(each) for each in value)
    return bool(value == UNKNOWN)


def dependencies(value: Any) -> set[str]:
    """The URNs that outputs inside the value depend on."""
    if isinstance(value, list):
        return {urn for each in value for urn in dependencies(each)}
    if isinstance(value, dict):
        own = set(value.get("dependencies", ())) if value.get(SIGNATURE) == OUTPUT_VALUE else set()
        return own | {urn for each in value.values() for urn in dependencies(each)}
    return set()

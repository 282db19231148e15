"""What the functions of one database are told, variable by variable."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pulumi

from components.database import Database

Variables = dict[str, pulumi.Input[str]]


def environment(
    database: Database,
    deployed: Mapping[str, pulumi.Input[str]],
    *,
    temporary_group_ids: Sequence[pulumi.Input[str]],
    forbidden_group_ids: pulumi.Output[list[str]],
) -> pulumi.Output[Variables]:
    """The whole environment. Each group has a variable of its own, so that a policy can read the known ones in a preview."""
    fixed: Variables = {
        **configured(database),
        **deployed,
        **numbered("TEMPORARY_SECURITY_GROUP_", temporary_group_ids),
    }
    return forbidden_group_ids.apply(lambda ids: {**fixed, **numbered("FORBIDDEN_SECURITY_GROUP_", ids)})


def configured(database: Database) -> Variables:
    """What the stack config says; what it does not say has no variable."""
    keep, temporary = database.keep, database.temporary
    said = {
        "DATABASE": database.name,
        "SOURCE": database.source.instance,
        "SNAPSHOT": database.snapshot,
        "MAX_AGE_SECONDS": _seconds(database.max_age),
        "INSTANCE_CLASS": temporary.instance_class if temporary else None,
        "STORAGE_GIB": str(temporary.storage) if temporary and temporary.storage else None,
        "SHARE_ACCOUNTS": ",".join(database.accounts) or None,
        "SHARE_KMS_KEY": database.share_key,
        "KEEP_COUNT": str(keep.count) if keep and keep.count else None,
        "KEEP_AGE_SECONDS": _seconds(keep.age) if keep else None,
        "HOLD": "true" if database.hold else None,
        "PRICE_PER_HOUR": str(temporary.price_per_hour) if temporary and temporary.price_per_hour else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def numbered(name: str, values: Sequence[pulumi.Input[str]]) -> Variables:
    """One variable for each value, counted from 0."""
    return {f"{name}{number}": value for number, value in enumerate(values)}


def _seconds(duration: timedelta | None) -> str | None:
    return None if duration is None else str(int(duration.total_seconds()))

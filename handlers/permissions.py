"""What a role may do, declared beside the call that needs it.

Resources and condition values are templates: `{prefix}`, `{bucket}`, `{share_key}` and the like are filled in by whoever
writes the policies. The narrowest names that RDS allows are spelt here once.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]


class Permission(NamedTuple):
    """Actions allowed on resources, under conditions (operator -> key -> value or values)."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = MappingProxyType({})


# A run_id has one length, so these wildcards keep `orders` from matching what belongs to `orders-archive`.
ANY_RUN = "?" * 12 + "-" + "?" * 4
RDS = "arn:{partition}:rds:{region}:{account}"
SOURCE = f"{RDS}:db:{{source}}"
TEMPORARY = f"{RDS}:db:{{prefix}}-temporary-{{database}}-{ANY_RUN}"
VIA_RDS = MappingProxyType({"StringEquals": {"kms:ViaService": "rds.{region}.amazonaws.com"}})
GRANT_FOR_RDS = MappingProxyType({**VIA_RDS, "Bool": {"kms:GrantIsForAWSResource": "true"}})


def snapshot_arn(kind: str) -> str:
    """Every snapshot of this database of one kind, whatever its run."""
    return f"{RDS}:snapshot:{{prefix}}-{kind}-{{database}}-{ANY_RUN}"


def object_arn(folder: str) -> str:
    """This database's objects in one folder of the bucket."""
    return f"arn:{{partition}}:s3:::{{bucket}}/{folder}/{{database}}/*"


def carrying_our_tags(kind: str | None = None) -> dict[str, dict[str, str]]:
    """Only things that already carry this stack's and database's tags (and one kind's, where RDS lets us say so)."""
    return {"StringEquals": _tags("aws:ResourceTag", kind)}


def creating_with_our_tags(kind: str) -> dict[str, dict[str, str]]:
    """Only requests that give the new thing our tags. The kind keeps a snapshot of the source from posing as sanitized."""
    return {"StringEquals": _tags("aws:RequestTag", kind)}


def _tags(key: str, kind: str | None) -> dict[str, str]:
    tags = {f"{key}/sanitized-snapshots:stack": "{stack}", f"{key}/sanitized-snapshots:database": "{database}"}
    return tags if kind is None else {**tags, f"{key}/sanitized-snapshots:kind": kind}


def tagging_at_creation(resource: str, kind: str) -> Permission:
    """RDS asks for AddTagsToResource when tags come with a creation: on names of that kind and with its tags only."""
    return Permission(("rds:AddTagsToResource",), (resource,), creating_with_our_tags(kind))

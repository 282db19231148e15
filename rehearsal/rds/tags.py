"""Tags of things in the region."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.errors import AwsError
from rehearsal.rds import answers, guards
from rehearsal.rds.region import Region
from rehearsal.rds.resources import Json, Tags


def given_tags(listed: Iterable[Mapping[str, str]] | None) -> Tags:
    """Tags as a call gives them. Raises: AwsError."""
    tags = {each["Key"]: each.get("Value", "") for each in listed or ()}
    guards.tags_are_allowed(tags)
    return tags


class Tagging:
    """The operations on tags."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def ListTagsForResource(self, account: str, *, ResourceName: str) -> Json:
        """The tags of one's own thing."""
        return {"TagList": answers.tag_list(self._own(ResourceName, account))}

    def AddTagsToResource(self, account: str, *, ResourceName: str, Tags: Any) -> Json:
        """Add tags to one's own thing, or change them."""
        held = self._own(ResourceName, account)
        changed = {**held, **given_tags(Tags)}
        guards.tags_are_allowed(changed)
        held.update(changed)
        return {}

    def _own(self, arn: str, account: str) -> Tags:
        if f":{account}:" not in arn:
            raise AwsError("InvalidParameterValue", f"{arn} does not belong to the account {account}")
        return self._region.tags_of(arn)

"""Where a new instance is put, and what has to be right about its name, size and groups."""

from dataclasses import dataclass
from typing import Any

from rehearsal.rds import answers, instance_guards
from rehearsal.rds.region import DEFAULT_SUBNET_GROUP, Region
from rehearsal.rds.resources import Json, ParameterGroup, SubnetGroup


@dataclass(frozen=True)
class Place:
    """A name that is free, and groups that fit."""

    account: str
    identifier: str
    arn: str
    port: int
    subnets: SubnetGroup
    memberships: list[Json]
    parameter_group: ParameterGroup
    option_group: str

    def shown(self) -> Json:
        """What DBInstance shows of it."""
        return {
            "DBSubnetGroup": answers.subnet_group(self.subnets),
            "VpcSecurityGroups": self.memberships,
            "DBParameterGroups": [
                {"DBParameterGroupName": self.parameter_group.name, "ParameterApplyStatus": "in-sync"}
            ],
            "OptionGroupMemberships": [{"OptionGroupName": self.option_group, "Status": "in-sync"}],
        }


class Placing:
    """What the operations that make or move instances ask about places."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def place(
        self, account: str, identifier: str, facts: Json, *, DBSubnetGroupName: str = DEFAULT_SUBNET_GROUP,
        DBParameterGroupName: str | None = None, OptionGroupName: str | None = None, VpcSecurityGroupIds: list[str] | None = None,
        Port: int | None = None, **_: Any,
    ) -> Place:  # fmt: skip
        """A place for an instance that is about to be made. Raises: AwsError."""
        name, quotas, port = identifier.lower(), self._region.quotas, Port or self._region.engine.port
        own = [held for held in self._region.instances.values() if held.account == account]
        instance_guards.instance_is_well_named(identifier)
        instance_guards.instance_name_is_free((held.identifier for held in own), name)
        instance_guards.class_exists(facts["DBInstanceClass"])
        instance_guards.port_is_allowed(port)
        instance_guards.instances_are_few(len(own), quotas.instances)
        held_gib = sum(held.shown["AllocatedStorage"] for held in own)
        instance_guards.storage_is_within_quota(held_gib, facts["AllocatedStorage"], quotas.storage_gib)
        subnets = self._region.subnet_group(DBSubnetGroupName, account)
        group = self._region.parameter_group(DBParameterGroupName or f"default.{self._region.family}", account)
        instance_guards.family_matches(group, self._region.family)
        instance_guards.option_group_exists(OptionGroupName, self._region.options)
        return Place(
            account, name, self._region.arn("db", account, name), port, subnets,
            self.memberships(account, VpcSecurityGroupIds, subnets), group, self._region.options,
        )  # fmt: skip

    def memberships(self, account: str, groups: list[str] | None, subnets: SubnetGroup) -> list[Json]:
        """Security groups as DBInstance shows them; where none is named, it is the VPC's default group."""
        named = groups or [self._region.networks.default_group(subnets.vpc, account)]
        instance_guards.groups_lie_in_the_vpc(self._region.networks, named, subnets, account)
        return [{"VpcSecurityGroupId": group, "Status": "active"} for group in named]

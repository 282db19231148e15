"""DB subnet groups and DB parameter groups."""

from typing import Any

from rehearsal.errors import AwsError
from rehearsal.rds import answers, guards
from rehearsal.rds.pages import page
from rehearsal.rds.region import Region
from rehearsal.rds.resources import Json, ParameterGroup, SubnetGroup
from rehearsal.rds.tags import given_tags

# On RDS these belong to AWS; here they would break the emulation.
UNCHANGEABLE = frozenset(
    {
        "port",
        "listen_addresses",
        "data_directory",
        "hba_file",
        "ssl_cert_file",
        "ssl_key_file",
        "unix_socket_directories",
    }
)


class Groups:
    """The operations on groups."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def CreateDBSubnetGroup(
        self,
        account: str,
        *,
        DBSubnetGroupName: str,
        DBSubnetGroupDescription: str,
        SubnetIds: list[str],
        Tags: Any = (),
    ) -> Json:
        """A group of subnets, of one VPC, in two zones at least."""
        name, tags = DBSubnetGroupName.lower(), given_tags(Tags)
        if (account, name) in self._region.subnet_groups:
            raise AwsError("DBSubnetGroupAlreadyExists", f"The DB subnet group {name} already exists.")
        asked = {subnet_id: self._region.networks.subnet(subnet_id, account) for subnet_id in SubnetIds}
        guards.subnets_exist(asked)
        found = {subnet_id: subnet for subnet_id, subnet in asked.items() if subnet is not None}
        guards.subnets_lie_in_one_vpc(found.values())
        guards.subnets_cover_two_zones(found.values())
        shown = {
            "DBSubnetGroupDescription": DBSubnetGroupDescription,
            "SubnetGroupStatus": "Complete",
            "Subnets": [
                {
                    "SubnetIdentifier": subnet_id,
                    "SubnetAvailabilityZone": {"Name": subnet.zone},
                    "SubnetStatus": "Active",
                }
                for subnet_id, subnet in found.items()
            ],
        }
        vpc = next(iter(found.values())).vpc
        made = SubnetGroup(name, self._region.arn("subgrp", account, name), vpc, shown, tags)
        self._region.subnet_groups[account, name] = made
        return {"DBSubnetGroup": answers.subnet_group(made)}

    def DescribeDBSubnetGroups(
        self,
        account: str,
        *,
        DBSubnetGroupName: str | None = None,
        Marker: str | None = None,
        MaxRecords: int | None = None,
    ) -> Json:
        """The account's subnet groups."""
        if DBSubnetGroupName is not None:
            return {"DBSubnetGroups": [answers.subnet_group(self._region.subnet_group(DBSubnetGroupName, account))]}
        found = (
            (name, answers.subnet_group(held))
            for (owner, name), held in self._region.subnet_groups.items()
            if owner == account
        )
        return page("DBSubnetGroups", found, Marker, MaxRecords)

    def CreateDBParameterGroup(
        self, account: str, *, DBParameterGroupName: str, DBParameterGroupFamily: str, Description: str, Tags: Any = ()
    ) -> Json:
        """A group of settings for one family of engine versions."""
        name = DBParameterGroupName.lower()
        if (account, name) in self._region.parameter_groups:
            raise AwsError("DBParameterGroupAlreadyExists", f"Parameter group {name} already exists")
        arn = self._region.arn("pg", account, name)
        made = ParameterGroup(name, arn, DBParameterGroupFamily, {"Description": Description}, given_tags(Tags))
        self._region.parameter_groups[account, name] = made
        return {"DBParameterGroup": answers.parameter_group(made)}

    def ModifyDBParameterGroup(self, account: str, *, DBParameterGroupName: str, Parameters: list[Json]) -> Json:
        """Give settings, for servers that start from now on."""
        group = self._region.parameter_group(DBParameterGroupName, account)
        if group.name.startswith("default."):
            raise AwsError("InvalidParameterValue", f"Default DBParameterGroup cannot be modified: {group.name}")
        for each in Parameters:
            name = each["ParameterName"]
            if name in UNCHANGEABLE:
                raise AwsError("InvalidParameterValue", f"The parameter {name} cannot be modified.")
            if name not in self._region.engine.known_parameters and "." not in name:
                raise AwsError("InvalidParameterValue", f"Could not find parameter with name: {name}")
        group.settings.update({each["ParameterName"]: each["ParameterValue"] for each in Parameters})
        return {"DBParameterGroupName": group.name}

    def DescribeDBParameterGroups(
        self,
        account: str,
        *,
        DBParameterGroupName: str | None = None,
        Marker: str | None = None,
        MaxRecords: int | None = None,
    ) -> Json:
        """The account's parameter groups."""
        if DBParameterGroupName is not None:
            return {
                "DBParameterGroups": [
                    answers.parameter_group(self._region.parameter_group(DBParameterGroupName, account))
                ]
            }
        found = (
            (name, answers.parameter_group(held))
            for (owner, name), held in self._region.parameter_groups.items()
            if owner == account
        )
        return page("DBParameterGroups", found, Marker, MaxRecords)

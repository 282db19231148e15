"""What the component of one database says of itself, so that policies can compare it before anything runs. Never a secret."""

from collections.abc import Sequence

import pulumi

from components.database import Database
from components.network import Network
from components.source import Source


def declared(
    database: Database, source: Source, network: Network, temporary_group_ids: Sequence[pulumi.Input[str]]
) -> dict[str, pulumi.Input[object]]:
    """Where temporary databases stand, where the source stands, with whom snapshots are shared and under which keys."""
    return {
        "temporarySecurityGroupIds": temporary_group_ids,
        "forbiddenSecurityGroupIds": source.group_ids,
        "temporarySubnetIds": network.database_subnet_ids,
        "sourceSubnetIds": source.subnet_ids,
        "sourceSubnetGroup": source.subnet_group,
        "temporaryVpcId": network.vpc_id,
        "sourceVpcId": source.vpc_id,
        "sourceParameterGroups": source.parameter_groups,
        "sourceKmsKey": source.key,
        "shareAccounts": list(database.accounts),
        "shareKmsKey": database.share_key,
    }

"""EC2 and KMS as moto keeps them, seen from RDS."""

import json
import uuid
from typing import Any

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends

from rehearsal.rds.neighbours import Subnet

DEFAULT_KEY = "alias/aws/rds"


class MotoNetworks:
    """The networks of moto's EC2."""

    def __init__(self, region: str) -> None:
        self._region = region

    def subnet(self, subnet_id: str, account: str) -> Subnet | None:
        """Where a subnet lies; None when there is none of that id."""
        for subnets in self._ec2(account).subnets.values():
            if subnet_id in subnets:
                return Subnet(subnets[subnet_id].vpc_id, subnets[subnet_id].availability_zone)
        return None

    def vpc_of_group(self, group_id: str, account: str) -> str | None:
        """The VPC of a security group; None when there is none of that id."""
        group = self._ec2(account).get_security_group_from_id(group_id)
        return str(group.vpc_id) if group is not None else None

    def default_vpc(self, account: str) -> str | None:
        """The account's default VPC, if it has one."""
        found = (vpc.id for vpc in self._ec2(account).vpcs.values() if vpc.is_default)
        return next(found, None)

    def default_group(self, vpc: str, account: str) -> str:
        """The security group that a VPC's things get when nobody names one."""
        return str(self._ec2(account).get_security_group_from_name("default", vpc).id)

    def _ec2(self, account: str) -> Any:
        return ec2_backends[account][self._region]


class MotoKeys:
    """The keys of moto's KMS; another account's key may be used where its policy names the account."""

    def __init__(self, region: str) -> None:
        self._region = region

    def find(self, key: str, account: str) -> str | None:
        """The ARN of a key given by id, alias or ARN; None unless it is enabled and the account may use it."""
        owner = key.split(":")[4] if key.startswith("arn:") else account
        if key in (DEFAULT_KEY, self.default(account)):
            return self.default(account)
        name = key.rsplit(":", 1)[-1].removeprefix("key/")
        for held in kms_backends[owner][self._region].keys.values():
            if name == held.id or name in held.aliases:
                usable = held.enabled and held.key_state == "Enabled" and held.key_usage in (None, "ENCRYPT_DECRYPT")
                return str(held.arn) if usable and (owner == account or _admits(held.policy, account)) else None
        return None

    def default(self, account: str) -> str:
        """The ARN of the account's `aws/rds` key, which never serves another account."""
        return f"arn:aws:kms:{self._region}:{account}:key/{uuid.uuid5(uuid.NAMESPACE_URL, DEFAULT_KEY)}"


def _admits(policy: str, account: str) -> bool:
    """Whether a key policy gives another account anything; which of its roles, that account decides."""
    statements = json.loads(policy)["Statement"]
    principals = [
        statement["Principal"].get("AWS", []) if isinstance(statement["Principal"], dict) else statement["Principal"]
        for statement in statements
        if statement["Effect"] == "Allow"
    ]
    named = [name for each in principals for name in ([each] if isinstance(each, str) else each)]
    return any(name in ("*", account) or f"::{account}:" in name for name in named)

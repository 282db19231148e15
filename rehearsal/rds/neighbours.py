"""What RDS asks of the services beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Subnet:
    """Where a subnet lies."""

    vpc: str
    zone: str


class SecretStore(Protocol):
    """Secrets Manager, for the secrets that RDS manages."""

    def create(self, name: str, value: str, tags: Mapping[str, str]) -> str:
        """A new secret's ARN."""

    def delete(self, arn: str) -> None:
        """The secret is gone at once."""


class Networks(Protocol):
    """EC2, as far as RDS looks at networks."""

    def subnet(self, subnet_id: str, account: str) -> Subnet | None:
        """Where a subnet lies; None when there is none of that id."""

    def vpc_of_group(self, group_id: str, account: str) -> str | None:
        """The VPC of a security group; None when there is none of that id."""

    def default_vpc(self, account: str) -> str | None:
        """The account's default VPC, if it has one."""

    def default_group(self, vpc: str, account: str) -> str:
        """The security group that a VPC's things get when nobody names one."""


class Keys(Protocol):
    """KMS, as far as RDS uses keys."""

    def find(self, key: str, account: str) -> str | None:
        """The ARN of a key given by id, alias or ARN; None unless it is enabled and the account may use it."""

    def default(self, account: str) -> str:
        """The ARN of the account's `aws/rds` key, which never serves another account."""

"""What the stack config says of the network, and what cannot work there, as far as that shows without asking AWS."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from components import words
from components.database import Model
from components.mistakes import Mistake, mistake_at


def _private(value: IPv4Network) -> IPv4Network:
    if not value.is_private or not 16 <= value.prefixlen <= 24:
        raise words.mistake("A VPC of ours is a private range from /16 to /24", "Write it as 10.90.0.0/20")
    return value


def _range(value: Any) -> IPv4Network:
    try:
        return IPv4Network(value)
    except (ValueError, TypeError) as exc:
        raise words.mistake("It is no IPv4 range", "Write it as 10.90.0.0/20") from exc


def _endpoints(value: Any) -> Any:
    if not isinstance(value, bool) and value != "existing":
        raise words.mistake(
            "`endpoints` is true (a VPC of ours, without internet), false, or existing (the VPC of `vpcId` has them)",
            "Write one of the three",
        )
    return value


def _two_subnets(ids: tuple[str, ...]) -> tuple[str, ...]:
    if ids and len(set(ids)) < max(2, len(ids)):
        raise words.mistake(
            "RDS needs two subnets at least, in two availability zones, each named once",
            "Name two subnets of the VPC or more",
        )
    return ids


class Network(Model):
    """Where temporary databases and the sanitizer stand: a VPC that the stack makes, or one that exists."""

    cidr: Annotated[IPv4Network, BeforeValidator(_range), AfterValidator(_private)] = Field(
        default=IPv4Network("10.90.0.0/20"), description="the private range of a VPC of our own, from /16 to /24"
    )
    endpoints: Annotated[bool | Literal["existing"], BeforeValidator(_endpoints)] = Field(
        default=False,
        description="true: a VPC of our own without internet, AWS behind endpoints; existing: the VPC of `vpcId` has them",
    )
    vpc_id: words.VpcId | None = Field(default=None, description="instead of `cidr`: a VPC that exists")
    subnet_ids: Annotated[tuple[words.SubnetId, ...], AfterValidator(_two_subnets)] = Field(
        default=(), description="its subnets for the sanitizer and for temporary databases, in two zones at least"
    )
    temporary_security_group_ids: tuple[words.SecurityGroupId, ...] = Field(
        default=(), description="groups of that VPC for temporary databases, instead of one that the stack makes"
    )

    @property
    def is_ours(self) -> bool:
        """Whether the stack makes the VPC."""
        return self.vpc_id is None


def mistakes(network: Network, *, databases: int, image: object, region: str | None) -> Iterator[Mistake]:
    """What cannot work: answers that contradict each other, the number of databases, or the image."""
    if network.is_ours:
        yield from _without_a_vpc(network)
    else:
        yield from _with_a_vpc(network)
    if network.temporary_security_group_ids and databases > 1:
        yield mistake_at(
            "network.temporarySecurityGroupIds",
            list(network.temporary_security_group_ids),
            f"The sanitizers of all {databases} databases would reach every temporary database in these groups",
            "Remove them, so that each database gets a group of its own, or give each database a stack of its own",
        )
    if network.endpoints is True and image != words.BUILD and isinstance(image, str):
        yield from _unreachable(image, region)


def _without_a_vpc(network: Network) -> Iterator[Mistake]:
    if network.subnet_ids:
        rule = "Subnets belong to a VPC that exists"
        yield mistake_at("network.subnetIds", list(network.subnet_ids), rule, "Name their VPC in `vpcId`")
    if network.temporary_security_group_ids:
        given = list(network.temporary_security_group_ids)
        rule = "Groups that exist belong to a VPC that exists"
        remedy = "Name their VPC in `vpcId` and its `subnetIds`, or remove them"
        yield mistake_at("network.temporarySecurityGroupIds", given, rule, remedy)
    if network.endpoints == "existing":
        rule = "A VPC that the stack makes has no endpoints yet"
        yield mistake_at("network.endpoints", network.endpoints, rule, "Write true, or name a VPC in `vpcId`")


def _with_a_vpc(network: Network) -> Iterator[Mistake]:
    if not network.subnet_ids:
        remedy = "Name two of its subnets or more in `subnetIds`, in two availability zones"
        yield mistake_at("network.vpcId", network.vpc_id, "A VPC that exists comes with its subnets", remedy)
    if "cidr" in network.model_fields_set:
        rule = "A VPC that exists has its range already"
        yield mistake_at("network.cidr", str(network.cidr), rule, "Remove `cidr`, or `vpcId` and `subnetIds`")
    if network.endpoints is True:
        rule = "Endpoints answer for a whole VPC, and ours admit nothing but the sanitizers: what else lives there would lose AWS"
        remedy = "Let the VPC's owners make them and write existing, or remove `vpcId` to have a VPC of our own"
        yield mistake_at("network.endpoints", network.endpoints, rule, remedy)


def _unreachable(image: str, region: str | None) -> Iterator[Mistake]:
    found = words.ECR.match(image)
    if found is None:
        where = "no ECR"
    elif region is not None and found["region"] != region:
        where = f"ECR in {found['region']}"
    elif (found["china"] is not None) != found["region"].startswith("cn-"):
        where = "an ECR of another partition"
    else:
        return
    rule = f"Without internet, an image is pulled from ECR in the stack's own region{f', {region}' if region else ''}; this is {where}"
    yield mistake_at("image", image, rule, "Copy it to a repository there, or write build")

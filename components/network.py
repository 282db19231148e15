"""The VPC of a stack: temporary databases where no route leads out, the sanitizer where it can fetch its image."""

from collections.abc import Iterator
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

ZONES = 2  # RDS asks for two at least


class Network(pulumi.ComponentResource):
    """Isolated subnets (their route table has no route out) and public subnets, in two zones."""

    vpc_id: pulumi.Output[str]
    isolated_subnet_ids: list[pulumi.Output[str]]
    public_subnet_ids: list[pulumi.Output[str]]

    def __init__(self, name: str, cidr: IPv4Network, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("sanitized-snapshots:index:Network", name, {"cidr": str(cidr)}, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._zones = aws.get_availability_zones_output(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],  # no local zones: RDS is not there
            opts=pulumi.InvokeOutputOptions(parent=self),
        ).names
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=str(cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
            opts=self._child,
        )
        # Whatever forgets to name its groups gets the default one: it lets nothing in and nothing out.
        aws.ec2.DefaultSecurityGroup(name, vpc_id=vpc.id, ingress=[], egress=[], opts=self._child)
        ranges = subnet_ranges(cidr)
        self.vpc_id = vpc.id
        self.isolated_subnet_ids = list(self._isolated(name, vpc, ranges))
        self.public_subnet_ids = list(self._public(name, vpc, ranges))
        self.register_outputs({"vpcId": vpc.id})

    def _isolated(self, name: str, vpc: aws.ec2.Vpc, ranges: Iterator[IPv4Network]) -> Iterator[pulumi.Output[str]]:
        table = aws.ec2.RouteTable(f"{name}-isolated", vpc_id=vpc.id, routes=[], opts=self._child)
        yield from self._subnets(f"{name}-isolated", vpc, table, ranges)

    def _public(self, name: str, vpc: aws.ec2.Vpc, ranges: Iterator[IPv4Network]) -> Iterator[pulumi.Output[str]]:
        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=self._child)
        table = aws.ec2.RouteTable(f"{name}-public", vpc_id=vpc.id, opts=self._child)
        aws.ec2.Route(
            f"{name}-public",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._child,
        )
        yield from self._subnets(f"{name}-public", vpc, table, ranges)

    def _subnets(
        self, name: str, vpc: aws.ec2.Vpc, table: aws.ec2.RouteTable, ranges: Iterator[IPv4Network]
    ) -> Iterator[pulumi.Output[str]]:
        for zone in range(ZONES):
            subnet = aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=vpc.id,
                cidr_block=str(next(ranges)),
                availability_zone=self._zones[zone],
                map_public_ip_on_launch=False,
                tags={"Name": f"{name}-{zone}"},
                opts=self._child,
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=self._child
            )
            yield subnet.id


def subnet_ranges(cidr: IPv4Network) -> Iterator[IPv4Network]:
    """The VPC's range in equal parts: first the isolated subnets, one a zone, then the public ones."""
    return cidr.subnets(new_prefix=cidr.prefixlen + 2)

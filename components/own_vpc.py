"""A VPC of our own: temporary databases where no route leads out, sanitizers where AWS can be reached and nothing else is let in."""

from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.names import Home
from components.network import Network, Way, anywhere, service_name, storage

ZONES = 2  # RDS asks for two at least


class OwnVpc(pulumi.ComponentResource):
    """Isolated subnets and sanitizers' subnets in two zones. With endpoints, no route leads to the internet from either."""

    network: Network
    sanitizer_table_id: pulumi.Output[str]
    endpoint_group_id: pulumi.Output[str]  # where there are endpoints: the group that they are in

    def __init__(
        self,
        name: str,
        cidr: IPv4Network,
        home: pulumi.Output[Home],
        *,
        endpoints: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sanitized-snapshots:index:Network", name, {"cidr": str(cidr), "endpoints": endpoints}, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._zones = aws.get_availability_zones_output(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],  # no local zones: RDS is not there
            opts=pulumi.InvokeOutputOptions(parent=self),
        ).names
        self._vpc = aws.ec2.Vpc(
            name,
            cidr_block=str(cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
            opts=self._child,
        )
        # Whatever forgets to name its groups gets the default one: it lets nothing in and nothing out.
        aws.ec2.DefaultSecurityGroup(name, vpc_id=self._vpc.id, ingress=[], egress=[], opts=self._child)
        ranges = subnet_ranges(cidr)
        isolated = aws.ec2.RouteTable(f"{name}-isolated", vpc_id=self._vpc.id, routes=[], opts=self._child)
        database_subnets = list(self._subnets(f"{name}-isolated", isolated, ranges))
        table = aws.ec2.RouteTable(f"{name}-sanitizer", vpc_id=self._vpc.id, opts=self._child)
        self.sanitizer_table_id = table.id
        self.network = Network(
            vpc_id=self._vpc.id,
            database_subnet_ids=database_subnets,
            sanitizer_subnet_ids=list(self._subnets(f"{name}-sanitizer", table, ranges)),
            public_address=not endpoints,
            ways=self._to_endpoints(name, home) if endpoints else self._to_the_internet(name, table),
        )
        self.register_outputs({"vpcId": self._vpc.id})

    def _to_the_internet(self, name: str, table: aws.ec2.RouteTable) -> tuple[Way, ...]:
        gateway = aws.ec2.InternetGateway(name, vpc_id=self._vpc.id, tags={"Name": name}, opts=self._child)
        aws.ec2.Route(
            f"{name}-sanitizer",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._child,
        )
        return (anywhere(),)

    def _to_endpoints(self, name: str, home: pulumi.Output[Home]) -> tuple[Way, ...]:
        group = aws.ec2.SecurityGroup(
            f"{name}-endpoints",
            vpc_id=self._vpc.id,
            description="AWS endpoints: in from the sanitizers only, nothing out",
            egress=[],
            opts=self._child,
        )
        self.endpoint_group_id = group.id
        lists = aws.ec2.get_prefix_list_output(
            name=home.region.apply(partial(service_name, "s3")), opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return Way("endpoints", "AWS APIs and the image registry", group_id=group.id), storage(lists.id)

    def _subnets(
        self, name: str, table: aws.ec2.RouteTable, ranges: Iterator[IPv4Network]
    ) -> Iterator[pulumi.Output[str]]:
        for zone in range(ZONES):
            subnet = aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=self._vpc.id,
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
    """The VPC's range in equal parts: first the isolated subnets, one a zone, then the sanitizers'."""
    return cidr.subnets(new_prefix=cidr.prefixlen + 2)

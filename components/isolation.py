"""Who can reach whom: the sanitizer its own temporary database, and the temporary database nobody."""

import pulumi
import pulumi_aws as aws

from components.network import Network, Way

HTTPS = 443


class Isolation(pulumi.ComponentResource):
    """The security groups of one database. Each database has its own: no sanitizer reaches another's database."""

    sanitizer_group_id: pulumi.Output[str]
    temporary_group_ids: list[pulumi.Input[str]]

    def __init__(
        self,
        name: str,
        network: Network,
        port: pulumi.Input[int],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sanitized-snapshots:index:Isolation", name, {}, opts)
        self._name, self._child = name, pulumi.ResourceOptions(parent=self)
        sanitizer = aws.ec2.SecurityGroup(
            f"{name}-sanitizer",
            vpc_id=network.vpc_id,
            description=f"Sanitizer of {name}: lets nothing in",
            opts=self._child,
        )
        self.sanitizer_group_id = sanitizer.id
        self.temporary_group_ids = list(network.temporary_group_ids) or [self._temporary(network.vpc_id)]
        for way in network.ways:
            self._allow(way, sanitizer)
        for number, group in enumerate(self.temporary_group_ids):
            self._meet(f"-{number}" if number else "", group, port)
        self.register_outputs({"sanitizerGroupId": sanitizer.id})

    def _temporary(self, vpc_id: pulumi.Input[str]) -> pulumi.Output[str]:
        return aws.ec2.SecurityGroup(
            f"{self._name}-temporary",
            vpc_id=vpc_id,
            description=f"Temporary databases of {self._name}: in from the sanitizer only, nothing out",
            egress=[],
            opts=self._child,
        ).id

    def _allow(self, way: Way, sanitizer: aws.ec2.SecurityGroup) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-sanitizer-{way.name}",
            security_group_id=sanitizer.id,
            description=way.description,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=way.cidr,
            referenced_security_group_id=way.group_id,
            prefix_list_id=way.prefix_list_id,
            opts=self._child,
        )
        if way.group_id is not None:
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-{way.name}-sanitizer",
                security_group_id=way.group_id,
                referenced_security_group_id=sanitizer.id,
                description=f"the sanitizer of {self._name}",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                opts=self._child,
            )

    def _meet(self, number: str, temporary: pulumi.Input[str], port: pulumi.Input[int]) -> None:
        """The sanitizer may go to the temporary database, and is let in there."""
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-sanitizer-database{number}",
            security_group_id=self.sanitizer_group_id,
            referenced_security_group_id=temporary,
            description="its own temporary database",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._child,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-temporary{number}-sanitizer",
            security_group_id=temporary,
            referenced_security_group_id=self.sanitizer_group_id,
            description="its own sanitizer",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._child,
        )

"""Who can reach whom: the sanitizer its own temporary database, and the temporary database nobody."""

import pulumi
import pulumi_aws as aws

HTTPS = 443


class Isolation(pulumi.ComponentResource):
    """The two security groups of one database. Each database has its own: no sanitizer reaches another's database."""

    sanitizer_group_id: pulumi.Output[str]
    temporary_group_ids: list[pulumi.Input[str]]

    def __init__(
        self,
        name: str,
        vpc_id: pulumi.Input[str],
        port: pulumi.Input[int],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sanitized-snapshots:index:Isolation", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        sanitizer = aws.ec2.SecurityGroup(
            f"{name}-sanitizer", vpc_id=vpc_id, description=f"Sanitizer of {name}: lets nothing in", opts=child
        )
        temporary = aws.ec2.SecurityGroup(
            f"{name}-temporary",
            vpc_id=vpc_id,
            description=f"Temporary databases of {name}: in from the sanitizer only, nothing out",
            egress=[],
            opts=child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-sanitizer-https",
            security_group_id=sanitizer.id,
            description="AWS APIs and the image registry",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4="0.0.0.0/0",
            opts=child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-sanitizer-database",
            security_group_id=sanitizer.id,
            referenced_security_group_id=temporary.id,
            description="its own temporary database",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=child,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-temporary-sanitizer",
            security_group_id=temporary.id,
            referenced_security_group_id=sanitizer.id,
            description="its own sanitizer",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=child,
        )
        self.sanitizer_group_id = sanitizer.id
        self.temporary_group_ids = [temporary.id]
        self.register_outputs({"sanitizerGroupId": sanitizer.id})

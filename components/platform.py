"""What a stack has once, for all its databases."""

import pulumi
import pulumi_aws as aws

from components.alerts import Alerts
from components.archive import archive
from components.masking_key import masking_key
from components.names import SWEEPER, Home, Names
from components.network import Network
from components.roles import Grants
from components.settings import Settings
from components.storage import bucket
from components.sweeper import Sweeper


class Platform(pulumi.ComponentResource):
    """Network, cluster, bucket, masking key, sweeper and alerts."""

    home: pulumi.Output[Home]
    network: Network
    cluster: aws.ecs.Cluster
    bucket: aws.s3.Bucket
    masking_key: aws.kms.Key
    subnet_group: aws.rds.SubnetGroup
    code: pulumi.Archive

    def __init__(self, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("sanitized-snapshots:index:Platform", name, {"prefix": settings.prefix}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.prefix = settings.prefix
        self.image = settings.image
        self.sources = sorted({database.source.instance for database in settings.databases})
        self.home = home(self)
        self.code = archive()
        self.network = Network(settings.prefix, settings.network.cidr, child)
        self.subnet_group = aws.rds.SubnetGroup(
            name,
            name=f"{settings.prefix}-temporary",
            description="Temporary databases of sanitized snapshots: no route leads out",
            subnet_ids=self.network.isolated_subnet_ids,
            opts=child,
        )
        self.cluster = aws.ecs.Cluster(name, name=settings.prefix, opts=child)
        self.bucket = bucket(name, settings.prefix, self.home, self)
        tasks = [Names(settings.prefix, database.name).of("task") for database in settings.databases]
        self.masking_key = masking_key(name, self.home, tasks, self)
        self._sweeper(name, child)
        self.topic_arn = self._alerts(name, settings.alerts.email, child)
        self.register_outputs({"bucket": self.bucket.bucket, "cluster": self.cluster.arn})

    def grants(self, values: dict[str, pulumi.Input[str | None]]) -> Grants:
        """The means to give roles their permissions: what is the same for the whole stack, and the given values."""
        stack: dict[str, pulumi.Input[str | None]] = {
            "partition": self.home.partition,
            "region": self.home.region,
            "account": self.home.account,
            "prefix": self.prefix,
            "stack": pulumi.get_stack(),
            "bucket": self.home.apply(lambda home: f"{self.prefix}-{home.account}-{home.region}"),
            "cluster": self.home.apply(lambda home: home.arn("ecs", f"cluster/{self.prefix}")),
            "subnet_group": f"{self.prefix}-temporary",
            "masking_key": self.masking_key.arn,
        }
        return Grants(self.home, {**stack, **values}, self.sources)

    def _sweeper(self, name: str, child: pulumi.ResourceOptions) -> None:
        variables: dict[str, pulumi.Input[str]] = {
            "STACK": pulumi.get_stack(),
            "PREFIX": self.prefix,
            "BUCKET": self.bucket.bucket,
            "CLUSTER": self.cluster.arn,
        }
        versions = self.home.apply(lambda home: home.versions_of(f"{self.prefix}-{SWEEPER}"))
        Sweeper(
            f"{name}-sweeper",
            prefix=self.prefix,
            grants=self.grants({"sweeper": versions}),
            variables=variables,
            code=self.code,
            opts=child,
        )

    def _alerts(self, name: str, email: str | None, child: pulumi.ResourceOptions) -> pulumi.Output[str] | None:
        if email is None:
            return None
        return Alerts(f"{name}-alerts", email=email, prefix=self.prefix, home=self.home, opts=child).topic_arn


def home(parent: pulumi.Resource) -> pulumi.Output[Home]:
    """The account and region that the provider works in."""
    options = pulumi.InvokeOutputOptions(parent=parent)
    return pulumi.Output.all(
        aws.get_partition_output(opts=options).partition,
        aws.get_region_output(opts=options).region,
        aws.get_caller_identity_output(opts=options).account_id,
    ).apply(lambda parts: Home(*parts))

"""What a stack has once, for all its databases."""

from collections.abc import Iterator, Sequence

import pulumi
import pulumi_aws as aws

from components import dashboard
from components.alarms import Alarms
from components.alerts import Alerter, topic
from components.archive import archive
from components.endpoints import Endpoints, User
from components.existing_vpc import existing_vpc
from components.image import Image, image
from components.masking_key import masking_key
from components.names import ALERTER, SWEEPER, Home, Names
from components.network import Network
from components.own_vpc import OwnVpc
from components.roles import Grants
from components.settings import Settings
from components.signing_key import signing_key
from components.storage import bucket
from components.sweeper import Sweeper
from components.task import SANITIZING, starting


class Platform(pulumi.ComponentResource):
    """Network, cluster, bucket, keys, sweeper, alerts, alarms and dashboard."""

    home: pulumi.Output[Home]
    network: Network
    image: Image
    cluster: aws.ecs.Cluster
    bucket: aws.s3.Bucket
    masking_key: aws.kms.Key
    signing_key: aws.kms.Key
    subnet_group: aws.rds.SubnetGroup
    code: pulumi.Archive

    def __init__(self, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        told = settings.network
        # Looked at before the first resource: what cannot work there is said while nothing is made.
        existing = None if told.is_ours else existing_vpc(told, settings.databases[0].source.instance)
        super().__init__("sanitized-snapshots:index:Platform", name, {"prefix": settings.prefix}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.prefix = settings.prefix
        self.architecture = settings.architecture
        self.sources = sorted({database.source.instance for database in settings.databases})
        self.home = home(self)
        self.code = archive()
        own = existing or OwnVpc(self.prefix, told.cidr, self.home, endpoints=told.endpoints is True, opts=child)
        self.network = own.network if isinstance(own, OwnVpc) else own
        self.image = image(name, settings.image, settings.architecture, self.prefix, self)
        self.subnet_group = aws.rds.SubnetGroup(
            name,
            name=f"{settings.prefix}-temporary",
            description="Temporary databases of sanitized snapshots: nothing leads out",
            subnet_ids=self.network.database_subnet_ids,
            opts=child,
        )
        self.cluster = aws.ecs.Cluster(name, name=settings.prefix, opts=child)
        self.bucket = bucket(name, settings.prefix, self.home, self)
        databases = [Names(self.prefix, database.name) for database in settings.databases]
        tasks = [each.of("task") for each in databases]
        self.masking_key = masking_key(name, self.home, tasks, self)
        self.signing_key = signing_key(f"{name}-signing", self.home, tasks, self)
        if isinstance(own, OwnVpc) and told.endpoints:
            Endpoints(self.prefix, own, list(self._users(databases)), self.home, child)
        self._sweeper(name, settings, child)
        self._watched(name, settings, child)
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
            "signing_key": self.signing_key.arn,
        }
        return Grants(self.home, {**stack, **values}, self.sources)

    def _users(self, databases: Sequence[Names]) -> Iterator[User]:
        """The roles of the tasks, which go through the endpoints."""
        for names in databases:
            values = self.grants({"database": names.database}).values
            yield User(names.of("task"), SANITIZING, values)
            yield User(names.of("execution"), starting(names, self.image), values)

    def _sweeper(self, name: str, settings: Settings, child: pulumi.ResourceOptions) -> None:
        databases = ",".join(database.name for database in settings.databases)
        versions = self.home.apply(lambda home: home.versions_of(f"{self.prefix}-{SWEEPER}"))
        Sweeper(
            f"{name}-sweeper",
            prefix=self.prefix,
            grants=self.grants({"sweeper": versions}),
            variables={**self._told(), "DATABASES": databases},
            code=self.code,
            opts=child,
        )

    def _told(self) -> dict[str, pulumi.Input[str]]:
        """What every function is told that serves all databases."""
        stack = pulumi.get_stack()
        return {"STACK": stack, "PREFIX": self.prefix, "BUCKET": self.bucket.bucket, "CLUSTER": self.cluster.arn}

    def _watched(self, name: str, settings: Settings, child: pulumi.ResourceOptions) -> None:
        """Alarms and a dashboard in any case; messages where somebody is to get them."""
        wanted, rules, told = settings.alerts, list[pulumi.Output[str]](), None
        if wanted.wanted:
            told = topic(f"{name}-alerts", wanted, prefix=self.prefix, home=self.home, parent=self)
            rules = self._alerter(f"{name}-{ALERTER}", settings, told, child).rules
        alarms = Alarms(
            f"{name}-alarms",
            prefix=self.prefix,
            databases=settings.databases,
            home=self.home,
            topic=told,
            rules=rules,
            opts=child,
        )
        functions = [f"{self.prefix}-{each}" for each in (SWEEPER, *([ALERTER] if rules else []))]

        def drawn(home: Home) -> pulumi.Output[str]:
            rung = pulumi.Output.all(*alarms.arns)
            return rung.apply(lambda arns: dashboard.body(home, self.prefix, settings.databases, arns, functions))

        body: pulumi.Output[str] = self.home.apply(drawn)
        aws.cloudwatch.Dashboard(name, dashboard_name=self.prefix, dashboard_body=body, opts=child)

    def _alerter(
        self, name: str, settings: Settings, told: pulumi.Output[str], child: pulumi.ResourceOptions
    ) -> Alerter:
        return Alerter(
            name,
            prefix=self.prefix,
            databases=settings.databases,
            home=self.home,
            grants=self.grants({"topic": told}),
            variables={**self._told(), "TOPIC": told},
            code=self.code,
            opts=child,
        )


def home(parent: pulumi.Resource) -> pulumi.Output[Home]:
    """The account and region that the provider works in."""
    options = pulumi.InvokeOutputOptions(parent=parent)
    return pulumi.Output.all(
        aws.get_partition_output(opts=options).partition,
        aws.get_region_output(opts=options).region,
        aws.get_caller_identity_output(opts=options).account_id,
    ).apply(lambda parts: Home(*parts))

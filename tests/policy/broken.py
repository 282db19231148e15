"""One broken example at least for each policy: a program of ours with a mistake, or a compliant graph with one thing changed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from rehearsal.recording import Recording
from tests.policy import broken_programs, foreign_program
from tests.policy.graphs import changed, good, graph, told

COMPONENT = "sanitized-snapshots:index:SanitizedSnapshots"
FUNCTION, MACHINE = "aws:lambda/function:Function", "aws:sfn/stateMachine:StateMachine"
ROLE, ROLE_POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
TASK, OBJECT = "aws:ecs/taskDefinition:TaskDefinition", "aws:s3/bucketObjectv2:BucketObjectv2"
SUBNET, GROUP, KEY = "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup", "aws:kms/key:Key"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
INSTANCE, LOG = "aws:rds/instance:Instance", "aws:cloudwatch/logGroup:LogGroup"
PARAMETERS, SCHEDULE = "aws:rds/parameterGroup:ParameterGroup", "aws:scheduler/schedule:Schedule"
S3 = "aws:s3/bucket"
ACCESS_KEY = "AKIA" + "Q" * 16


class Broken(NamedTuple):
    """A graph that one policy must object to, what it must say, and how it is configured for that."""

    says: str
    graph: Callable[[bool], Recording]
    config: Mapping[str, Any] = {}


def program(says: str, wrong: Callable[[], object], **config: Any) -> Broken:
    """A program with a mistake in it."""
    return Broken(says, lambda preview: graph(wrong, preview=preview), config)


def ours(says: str, type_: str, name: str | None = None, stack: str = "local", **properties: Any) -> Broken:
    """Our program, where a resource says something else."""
    return Broken(says, lambda preview: changed(good(preview=preview)[stack], type_, properties, name=name))


def others(says: str, type_: str, config: Mapping[str, Any] | None = None, **properties: Any) -> Broken:
    """Somebody else's program, where a resource says something else."""
    return Broken(says, lambda preview: changed(good(preview=preview)["foreign"], type_, properties), config or {})


def tells(says: str, config: Mapping[str, Any] | None = None, **variables: str | None) -> Broken:
    """Our program, where the worker is told something else."""

    def wrong(preview: bool) -> Recording:
        base = good(preview=preview)["local"]
        return changed(base, FUNCTION, told(base, "shop-worker", variables), name="shop-worker")

    return Broken(says, wrong, config or {})


def allowing(**statement: Any) -> str:
    """A document that allows that."""
    return foreign_program.document({"Effect": "Allow", **statement})


def parameters(**values: str) -> list[dict[str, str]]:
    """The parameters of temporary databases, as a group has them, with these ones otherwise."""
    safe = {
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_min_error_statement": "panic",
        "log_min_messages": "panic",
        "rds.force_ssl": "1",
        "shared_preload_libraries": "pg_stat_statements",
    }
    return [{"name": name, "value": value} for name, value in {**safe, **values}.items()]


def container(**properties: Any) -> str:
    """The containers of a task definition, with something else."""
    return json.dumps([{**foreign_program.CONTAINER, **properties}])


def running(**network: Any) -> str:
    """A definition that runs a task in such a network."""
    parameters = {"NetworkConfiguration": {"AwsvpcConfiguration": network}}
    return json.dumps({"States": {"Run": {"Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": parameters}}})


def unprotected(preview: bool) -> Recording:
    """The masking key could go with a `pulumi destroy`."""
    return changed(good(preview=preview)["local"], KEY, {}, protect=False)


def subnet_of_production(preview: bool) -> Recording:
    """A temporary database would stand where production does."""
    base = good(preview=preview)["local"]
    return changed(base, COMPONENT, {"temporarySubnetIds": ["subnet-0production1"]})


def without(type_: str, preview: bool) -> Recording:
    """Our program as it would look if the resources of a type were called something else."""
    whole = good(preview=preview)["local"]
    return replace(whole, records={urn: each for urn, each in whole.records.items() if each.type != type_})


def user(preview: bool) -> Recording:
    """Somebody gets credentials that never end."""
    return graph(broken_programs.user_with_access_key, preview=preview)


BROKEN: dict[str, list[Broken]] = {
    "temporary-groups-are-not-productions": [
        program("security group sg-0production1", broken_programs.literal_production_group),
        program("names no group", broken_programs.no_temporary_group),
    ],
    "functions-carry-groups-that-are-not-productions": [
        program("security group sg-0production2", broken_programs.production_group_in_the_environment_only),
        program("puts the sanitizer into", broken_programs.sanitizer_in_production),
    ],
    "production-and-temporary-stay-apart": [
        program("security group production", broken_programs.production_group_of_this_program),
        ours("the sanitizer would be in", MACHINE, definition=running(SecurityGroups=["sg-0production1"])),
    ],
    "temporary-subnets-are-not-productions": [
        Broken("subnet subnet-0production1", subnet_of_production),
        tells("production's subnet group production", SUBNET_GROUP="production"),
        program("subnet ss-local-isolated-0", broken_programs.database_in_the_temporary_subnets),
    ],
    "temporary-databases-stand-in-a-vpc-of-their-own": [
        ours("in the VPC of the source", COMPONENT, temporaryVpcId="vpc-0production"),
        ours("does not say", COMPONENT, sourceVpcId=None),
        program("in the VPC of the source", broken_programs.database_in_the_temporary_subnets),
    ],
    "temporary-parameter-groups-are-not-productions": [
        tells("default parameter group default.postgres15", PARAMETER_GROUP="default.postgres15"),
        tells("production's parameter group production-postgres15", PARAMETER_GROUP="production-postgres15"),
        tells("told no parameter group", PARAMETER_GROUP=None),
    ],
    "temporary-parameters-keep-quiet": [
        ours("log_statement is all", PARAMETERS, parameters=parameters(log_statement="all")),
        ours(
            "loads pg_cron", PARAMETERS, parameters=parameters(shared_preload_libraries="pg_stat_statements, pg_cron")
        ),
        ours("log_min_messages is not set", PARAMETERS, parameters=[]),
        ours("nothing is known", PARAMETERS, family="db2-11"),
    ],
    "databases-are-not-public": [others("publiclyAccessible is true", INSTANCE, publiclyAccessible=True)],
    "nothing-lets-the-world-in": [
        ours("0.0.0.0/0 may come in", INGRESS, cidrIpv4="0.0.0.0/0"),
        others("::/0 may come in", GROUP, ingress=[{"protocol": "tcp", "ipv6CidrBlocks": ["::/0"]}]),
        others("128.0.0.0/1 may come in", INGRESS, cidrIpv4="128.0.0.0/1"),
    ],
    "rules-stand-by-themselves": [
        ours("inline ingress rules", GROUP, ingress=[{"protocol": "-1", "cidrBlocks": ["10.0.0.0/8"]}]),
        others("inline ingress rules", GROUP, {"everywhere": True}, ingress=[{"cidrBlocks": ["10.0.0.0/8"]}]),
    ],
    "subnets-give-no-public-address": [ours("mapPublicIpOnLaunch is true", SUBNET, mapPublicIpOnLaunch=True)],
    "functions-answer-no-strangers": [
        others("anybody may call", "aws:lambda/functionUrl:FunctionUrl", authorizationType="NONE")
    ],
    "buckets-block-public-access": [
        ours("could be made public", f"{S3}PublicAccessBlock:BucketPublicAccessBlock", blockPublicAcls=False),
        others("could be made public", f"{S3}PublicAccessBlock:BucketPublicAccessBlock", restrictPublicBuckets=None),
    ],
    "snapshots-are-shared-with-named-accounts": [
        ours("shares with `all`", COMPONENT, shareAccounts=["111122223333", "all"]),
        tells("shares with `all`", SHARE_ACCOUNTS="all"),
        tells(
            "not among the allowed", {"allowedAccounts": ["111122223333"]}, SHARE_ACCOUNTS="111122223333,444455556666"
        ),
        others("shares with `all`", "aws:rds/snapshotCopy:SnapshotCopy", sharedAccounts=["all"]),
    ],
    "shared-snapshots-lie-under-a-key-of-ones-own": [
        ours("names no key", COMPONENT, shareKmsKey=None),
        tells("names no key", SHARE_KMS_KEY=None),
        others("which AWS manages", "aws:rds/snapshotCopy:SnapshotCopy", kmsKeyId="alias/aws/rds"),
    ],
    "share-key-is-not-the-sources": [
        ours("the key of the source", COMPONENT, shareKmsKey="11111111-2222-4333-8444-555555555555"),
        tells(
            "the key of the source", SHARE_KMS_KEY="arn:aws:kms:eu-west-1:1:key/11111111-2222-4333-8444-555555555555"
        ),
    ],
    "actions-are-named": [
        ours(
            "allows rds:*", ROLE_POLICY, "shop-worker", policy=allowing(Action="rds:*", Resource="arn:aws:rds:::db:x")
        ),
        others("NotAction", ROLE_POLICY, policy=allowing(NotAction=["iam:*"], Resource="arn:aws:s3:::x")),
    ],
    "resources-are-named": [
        ours(
            "rds:DeleteDBInstance on *",
            ROLE_POLICY,
            "shop-worker",
            policy=allowing(Action="rds:DeleteDBInstance", Resource="*"),
        ),
        others(
            "s3:GetObject on arn:aws:s3:::*",
            ROLE_POLICY,
            policy=allowing(Action="s3:GetObject", Resource=["arn:aws:s3:::*"]),
        ),
    ],
    "roles-are-passed-to-named-services": [
        others(
            "to any service", ROLE_POLICY, policy=allowing(Action=["iam:PassRole"], Resource="arn:aws:iam::1:role/x")
        ),
        others(
            "it may pass arn:aws:iam::1:role/*",
            ROLE_POLICY,
            policy=allowing(
                Action="iam:PassRole",
                Resource="arn:aws:iam::1:role/*",
                Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
        ),
    ],
    "nobody-gets-an-access-key": [Broken("it is an IAM AccessKey", user), Broken("it is an IAM User", user)],
    "trust-names-who": [
        others("everybody is meant", ROLE, assumeRolePolicy=allowing(Action="sts:AssumeRole", Principal={"AWS": "*"}))
    ],
    "things-name-who-may-use-them": [
        ours("everybody is meant", f"{S3}Policy:BucketPolicy", policy=allowing(Action="s3:GetObject", Principal="*")),
        others(
            "everybody is meant", KEY, policy=allowing(Action="kms:Decrypt", Principal={"AWS": ["*"]}, Resource="*")
        ),
    ],
    "endpoints-let-only-named-things-through": [
        others("has no policy", "aws:ec2/vpcEndpoint:VpcEndpoint", policy=None),
        others(
            "lets everything through",
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            policy=allowing(Action="*", Principal="*", Resource="*"),
        ),
    ],
    "no-secret-in-plain-text": [
        tells("DATABASE holds an AWS access key", DATABASE=ACCESS_KEY),
        tells("ADMIN_PASSWORD holds a secret", ADMIN_PASSWORD="tulips"),
        ours("content holds a private key", OBJECT, content="-----BEGIN RSA PRIVATE KEY-----\nabc"),
        ours(
            "URL holds a password in an address", MACHINE, definition=json.dumps({"URL": "postgres://dba:tulips@db/x"})
        ),
        others(
            "PGPASSWORD holds a secret",
            TASK,
            containerDefinitions=container(environment=[{"name": "PGPASSWORD", "value": "x"}]),
        ),
        others("web holds a password in an address", "aws:ssm/parameter:Parameter", value="mysql://root:tulips@db"),
    ],
    "databases-keep-no-password-in-state": [others("gives it a password", INSTANCE, password="tulips")],
    "executions-are-not-logged-with-their-data": [
        ours("logs the data", MACHINE, loggingConfiguration={"level": "ALL", "includeExecutionData": True})
    ],
    "logs-end": [
        ours("kept for ever", LOG, "shop-task", retentionInDays=None),
        others("kept for 3653 days", LOG, retentionInDays=3653),
    ],
    "keys-are-protected": [
        Broken("it is not protected", unprotected),
        ours("gone 7 days after", KEY, deletionWindowInDays=7),
    ],
    "keys-rotate": [others("never rotated", KEY, enableKeyRotation=None)],
    "databases-are-encrypted": [others("not encrypted", INSTANCE, storageEncrypted=None)],
    "buckets-are-encrypted": [
        ours("does not say", f"{S3}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", rules=[])
    ],
    "buckets-are-versioned": [
        ours("is gone", f"{S3}Versioning:BucketVersioning", versioningConfiguration={"status": "Suspended"})
    ],
    "buckets-answer-over-tls-only": [
        ours("in clear text", f"{S3}Policy:BucketPolicy", policy=foreign_program.document()),
    ],
    "sanitized-snapshots-do-not-pile-up": [
        tells("nothing says how many", KEEP_COUNT=None),
        tells("90 sanitized snapshots stay", KEEP_COUNT="90"),
        tells("stay 500 days", KEEP_COUNT=None, KEEP_AGE_SECONDS=str(500 * 86_400)),
    ],
    "images-are-pinned": [
        ours("names no digest", TASK, containerDefinitions=container(image="public.ecr.aws/x/sanitizer:latest")),
        others("names no digest", FUNCTION, imageUri="123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1"),
        ours("names no digest", "awsx:ecs:FargateTaskDefinition", container={"image": "sanitizer"}),
    ],
    "containers-are-not-root": [
        ours("runs as root", TASK, containerDefinitions=container(user=None)),
        others("runs as root", TASK, containerDefinitions=container(user="0:0")),
        others("rights of its host", TASK, containerDefinitions=container(privileged=True)),
    ],
    "containers-write-nothing": [
        ours("can be written", TASK, containerDefinitions=container(readonlyRootFilesystem=False))
    ],
    "containers-drop-their-capabilities": [
        ours("keeps capabilities", TASK, containerDefinitions=container(linuxParameters={})),
        others(
            "adds SYS_PTRACE",
            TASK,
            containerDefinitions=container(linuxParameters={"capabilities": {"drop": ["ALL"], "add": ["SYS_PTRACE"]}}),
        ),
    ],
    "tasks-have-no-public-address": [
        others(
            "gets a public address",
            "aws:ecs/service:Service",
            {"refusePublicAddress": True},
            networkConfiguration={"assignPublicIp": True},
        ),
    ],
    "image-tags-stay-where-they-are": [
        others("can be moved", "aws:ecr/repository:Repository", imageTagMutability=None)
    ],
    "images-are-scanned": [
        others("nothing that is pushed", "aws:ecr/repository:Repository", imageScanningConfiguration=None)
    ],
    "unlisted-columns-stop-the-run": [
        ours("do not stop the run", OBJECT, stack="prod", content="unlisted: warn\ndatabases: {orders: {tables: {}}}"),
        ours("of database crm is masked but by", OBJECT, stack="prod", content="databases: {crm: {sql: [SELECT 1]}}"),
        ours("cannot be read", OBJECT, stack="prod", content="["),
    ],
    "runs-have-time-to-end": [
        ours("1.0 hours apart", SCHEDULE, "shop", scheduleExpression="rate(1 hour)"),
        ours("2.0 hours apart", SCHEDULE, "shop", scheduleExpression="cron(0 */2 * * ? *)"),
        ours("nothing is understood", SCHEDULE, "shop", scheduleExpression="cron(0 25 * * ? *)"),
    ],
    "nothing-goes-uninspected": [
        Broken(
            "functions-carry-groups-that-are-not-productions had nothing", lambda preview: without(FUNCTION, preview)
        ),
        Broken("executions-are-not-logged-with-their-data had nothing", lambda preview: without(MACHINE, preview)),
    ],
}

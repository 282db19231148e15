"""A program of somebody else that the pack has nothing to say about: a small service with a database of its own."""

import json

import pulumi
import pulumi_aws as aws

DIGEST = f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:{'a' * 64}"
REGISTRY = {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
TABLE = {
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem"],
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/x",
}
PASSING = {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/task",
    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
}
CONTAINER = {
    "name": "web",
    "image": DIGEST,
    "user": "1000:1000",
    "readonlyRootFilesystem": True,
    "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
    "environment": [{"name": "DATABASE_SECRET", "value": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:web"}],
    "secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:web"}],
}


def document(*statements: object) -> str:
    """An IAM document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def compliant() -> None:
    """Everything as an organisation wants it."""
    _database(_network())
    _storage()
    _service()


def _network() -> tuple[aws.ec2.SecurityGroup, list[aws.ec2.Subnet]]:
    vpc = aws.ec2.Vpc("web", cidr_block="10.1.0.0/16")
    subnets = [aws.ec2.Subnet(f"web-{zone}", vpc_id=vpc.id, cidr_block=f"10.1.{zone}.0/24") for zone in (0, 1)]
    # Rules inside of groups are for their owners to like: only ours must have none.
    office = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}
    group = aws.ec2.SecurityGroup("web", vpc_id=vpc.id, ingress=[office])
    aws.vpc.SecurityGroupIngressRule(
        "web", security_group_id=group.id, ip_protocol="tcp", from_port=5432, to_port=5432, cidr_ipv4="10.1.0.0/16"
    )
    aws.ec2.VpcEndpoint(
        "s3", vpc_id=vpc.id, service_name="com.amazonaws.eu-west-1.s3", policy=document(REGISTRY, TABLE)
    )
    return group, subnets


def _database(network: tuple[aws.ec2.SecurityGroup, list[aws.ec2.Subnet]]) -> None:
    group, subnets = network
    placed = aws.rds.SubnetGroup("web", name="web", subnet_ids=[subnet.id for subnet in subnets])
    instance = aws.rds.Instance(
        "web",
        instance_class="db.t4g.micro",
        db_subnet_group_name=placed.name,
        vpc_security_group_ids=[group.id],
        storage_encrypted=True,
        manage_master_user_password=True,
    )
    key = aws.kms.Key("web", enable_key_rotation=True, opts=pulumi.ResourceOptions(protect=True))
    taken = aws.rds.Snapshot("web", db_instance_identifier=instance.identifier, db_snapshot_identifier="web")
    aws.rds.SnapshotCopy(
        "web",
        source_db_snapshot_identifier=taken.db_snapshot_arn,
        target_db_snapshot_identifier="web-shared",
        kms_key_id=key.arn,
        shared_accounts=["111122223333"],
    )


def _storage() -> None:
    bucket = aws.s3.Bucket("web")
    blocks = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    aws.s3.BucketPublicAccessBlock("web", bucket=bucket.id, **dict.fromkeys(blocks, True))
    encryption = {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}}
    aws.s3.BucketServerSideEncryptionConfiguration("web", bucket=bucket.id, rules=[encryption])  # type: ignore[list-item]
    aws.s3.BucketVersioning("web", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    tls = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::web/*",
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    }
    aws.s3.BucketPolicy("web", bucket=bucket.id, policy=document(tls))
    # Looks like ours, and is not: what it says about masking is no business of the pack.
    aws.s3.BucketObjectv2("web", bucket=bucket.id, key="rules/web.yaml", content="unlisted: warn")
    aws.ssm.Parameter("web", type="String", value="https://web.example/api")


def _service() -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    role = aws.iam.Role("web", assume_role_policy=document(trust))
    aws.iam.RolePolicy("web", role=role.name, policy=document(REGISTRY, TABLE, PASSING))
    aws.ecr.Repository("web", image_tag_mutability="IMMUTABLE", image_scanning_configuration={"scan_on_push": True})
    aws.cloudwatch.LogGroup("web", retention_in_days=30)
    task = aws.ecs.TaskDefinition("web", family="web", container_definitions=json.dumps([CONTAINER]))
    network = {"subnets": ["subnet-1"], "assign_public_ip": False}
    aws.ecs.Service("web", task_definition=task.arn, network_configuration=network)  # type: ignore[arg-type]
    function = aws.lambda_.Function(
        "web", role=role.arn, package_type="Image", image_uri=DIGEST, environment={"variables": {"STAGE": "prod"}}
    )
    aws.lambda_.FunctionUrl("web", function_name=function.name, authorization_type="AWS_IAM")
    often = {"arn": function.arn, "role_arn": role.arn}
    aws.scheduler.Schedule(
        "web",
        schedule_expression="rate(5 minutes)",
        flexible_time_window={"mode": "OFF"},
        target=often,  # type: ignore[arg-type]
    )

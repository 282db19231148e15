"""What the pack recognises resources by."""

from sanitizedpolicy.verdicts import texts

OURS = "sanitized-snapshots:index:"
COMPONENT = f"{OURS}SanitizedSnapshots"
FUNCTION = "aws:lambda/function:Function"
STATE_MACHINE = "aws:sfn/stateMachine:StateMachine"
SCHEDULE = "aws:scheduler/schedule:Schedule"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
SUBNET = "aws:ec2/subnet:Subnet"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
INSTANCE, CLUSTER = "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"
DATABASES = {INSTANCE: "vpcSecurityGroupIds", CLUSTER: "vpcSecurityGroupIds"}
KEY = "aws:kms/key:Key"
OBJECTS = ("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject")
TASK_DEFINITION, TASK_COMPONENT = "aws:ecs/taskDefinition:TaskDefinition", "awsx:ecs:FargateTaskDefinition"

TEMPORARY, FORBIDDEN = "temporarySecurityGroupIds", "forbiddenSecurityGroupIds"
SANITIZER_VARIABLE = "SANITIZER_SECURITY_GROUP"
TEMPORARY_VARIABLE, FORBIDDEN_VARIABLE = "TEMPORARY_SECURITY_GROUP_", "FORBIDDEN_SECURITY_GROUP_"

ALSO_PRODUCTION = {
    "productionSecurityGroupIds": texts(
        "More security groups that temporary databases must stay out of, besides the source's own."
    )
}


def belongs_to_us(urn: str) -> bool:
    """Whether a resource is the component of one database, or stands inside one."""
    return COMPONENT in types_of(urn)


def is_ours(urn: str) -> bool:
    """Whether a resource is any component of sanitized snapshots, or stands inside one."""
    return any(each.startswith(OURS) for each in types_of(urn))


def types_of(urn: str) -> list[str]:
    """The types of a resource's ancestors, and its own."""
    return urn.split("::")[2].split("$")


def stack_of(urn: str) -> str:
    """The name of the stack that a resource is in."""
    return urn.split("::", maxsplit=1)[0].removeprefix("urn:pulumi:")

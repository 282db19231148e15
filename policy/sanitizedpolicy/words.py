"""What the pack recognises our resources by."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import PolicyConfigSchema

COMPONENT = "sanitized-snapshots:index:SanitizedSnapshots"
FUNCTION = "aws:lambda/function:Function"
STATE_MACHINE = "aws:sfn/stateMachine:StateMachine"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
DATABASES = {
    "aws:rds/instance:Instance": "vpcSecurityGroupIds",
    "aws:rds/cluster:Cluster": "vpcSecurityGroupIds",
}
TEMPORARY, FORBIDDEN = "temporarySecurityGroupIds", "forbiddenSecurityGroupIds"
SANITIZER_VARIABLE = "SANITIZER_SECURITY_GROUP"
TEMPORARY_VARIABLE, FORBIDDEN_VARIABLE = "TEMPORARY_SECURITY_GROUP_", "FORBIDDEN_SECURITY_GROUP_"

ALSO_PRODUCTION = PolicyConfigSchema(
    properties={
        "productionSecurityGroupIds": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "More security groups that temporary databases must stay out of, besides the source's own.",
        }
    }
)


def also_production(config: Mapping[str, Any]) -> frozenset[str]:
    """The groups that the pack's configuration adds to production's."""
    return frozenset(config.get("productionSecurityGroupIds", ()))


def belongs_to_us(urn: str) -> bool:
    """Whether a resource is our component, or stands inside one."""
    return COMPONENT in urn.split("::")[2].split("$")

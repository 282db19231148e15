"""The source as it is now: looked up, never managed."""

import pulumi
import pulumi_aws as aws

from handlers.engines import Major, major, supported


class SourceUnsupported(pulumi.RunError):
    """The source cannot get sanitized snapshots."""


class Source:
    """What the source tells: the places that ours must stay out of, its key, its port, its major version."""

    group_ids: pulumi.Output[list[str]]
    parameter_groups: pulumi.Output[list[str]]
    subnet_group: pulumi.Output[str]
    subnet_ids: pulumi.Output[list[str]]
    vpc_id: pulumi.Output[str]
    key: pulumi.Output[str | None]
    port: pulumi.Output[int]
    major: pulumi.Output[Major]

    def __init__(self, identifier: str, parent: pulumi.Resource | None) -> None:
        found = aws.rds.get_instance_output(
            db_instance_identifier=identifier, opts=pulumi.InvokeOutputOptions(parent=parent)
        )
        placed = aws.rds.get_subnet_group_output(
            name=found.db_subnet_group, opts=pulumi.InvokeOutputOptions(parent=parent)
        )
        self.group_ids = found.vpc_security_groups.apply(sorted)
        self.parameter_groups = found.db_parameter_groups
        self.subnet_group = found.db_subnet_group
        self.subnet_ids = placed.subnet_ids.apply(sorted)
        self.vpc_id = placed.vpc_id
        self.key = found.kms_key_id.apply(lambda key: key or None)
        self.port = found.port
        self.major = pulumi.Output.all(found.engine, found.engine_version).apply(
            lambda engine: supported_major(identifier, *engine)
        )


def supported_major(identifier: str, engine: str, version: str) -> Major:
    """The source's major version.

    Raises: SourceUnsupported
    """
    found = major(engine, version)
    if found is None:
        raise SourceUnsupported(
            f"{identifier} is {engine} {version}; supported are {supported()}: remove it from `databases`"
        )
    return found

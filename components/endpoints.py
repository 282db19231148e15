"""AWS without the internet: an endpoint for each service that a sanitizer's task calls, which lets through what its roles may do.

The policies say again what the roles' permissions say, from the same records: an endpoint is no way to another account's things
for whoever may have got into a task.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from components.names import Home
from components.network import service_name
from components.own_vpc import OwnVpc
from components.permissions import placeholders, statements
from handlers.permissions import Permission

# The endpoint, and whose actions pass through it. Fargate pulls the image and writes the log; the sanitizer calls the others.
INTERFACES = {
    "ecr.api": "ecr",
    "ecr.dkr": "ecr",
    "kms": "kms",
    "logs": "logs",
    "secretsmanager": "secretsmanager",
}


class User(NamedTuple):
    """A role that goes through the endpoints, what it may do, and what the placeholders there mean."""

    role: str
    permissions: Sequence[Permission]
    values: Mapping[str, pulumi.Input[str | None]]


class Endpoints(pulumi.ComponentResource):
    """Interface endpoints in the sanitizers' subnets, and a gateway to S3 in the sanitizers' route table alone."""

    def __init__(
        self,
        name: str,
        vpc: OwnVpc,
        users: Sequence[User],
        home: pulumi.Output[Home],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("sanitized-snapshots:index:Endpoints", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        for service, prefix in INTERFACES.items():
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=vpc.network.vpc_id,
                service_name=home.region.apply(partial(service_name, service)),
                vpc_endpoint_type="Interface",
                subnet_ids=vpc.network.sanitizer_subnet_ids,
                security_group_ids=[vpc.endpoint_group_id],
                private_dns_enabled=True,
                policy=_policy(prefix, users, home),
                tags={"Name": f"{name}-{service}"},
                opts=child,
            )
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc.network.vpc_id,
            service_name=home.region.apply(partial(service_name, "s3")),
            vpc_endpoint_type="Gateway",
            route_table_ids=[vpc.sanitizer_table_id],
            policy=_policy("s3", users, home),
            tags={"Name": f"{name}-s3"},
            opts=child,
        )
        self.register_outputs({})


def _policy(prefix: str, users: Sequence[User], home: pulumi.Output[Home]) -> pulumi.Output[str]:
    passing = [(user.role, _of_service(prefix, user.permissions), user.values) for user in users]
    needed = [{key: values[key] for key in placeholders(may)} for _, may, values in passing]

    def policy(home: Home, known: Sequence[Mapping[str, str | None]]) -> str:
        granted = zip(passing, known, strict=True)
        return endpoint_policy(prefix, home, [(role, statements(may, values)) for (role, may, _), values in granted])

    return pulumi.Output.all(home, needed).apply(lambda known: policy(Home(*known[0]), known[1]))


def _of_service(prefix: str, permissions: Sequence[Permission]) -> list[Permission]:
    """Those of one service. Conditions on the things themselves (their tags) stay with the roles, which are asked as well."""
    return [
        each._replace(conditions={})
        for each in permissions
        if all(action.startswith(f"{prefix}:") for action in each.actions)
    ]


def endpoint_policy(prefix: str, home: Home, granted: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> str:
    """What may pass: the roles' own calls on what they are granted. Nobody else's, and nothing else."""
    roles: defaultdict[tuple[tuple[str, ...], tuple[str, ...]], set[str]] = defaultdict(set)
    for role, allowed in granted:
        for each in allowed:
            roles[tuple(each["Action"]), tuple(each["Resource"])].add(home.role(role))
    passing = [
        _passing(actions, resources, {"Condition": {"ArnEquals": {"aws:PrincipalArn": sorted(those)}}})
        for (actions, resources), those in sorted(roles.items())
    ]
    if prefix == "s3":  # the registry hands out signed links to its layers: whoever has one is nobody of this account
        layers = f"arn:{home.partition}:s3:::prod-{home.region}-starport-layer-bucket/*"
        passing.append(_passing(("s3:GetObject",), (layers,), {}))
    return json.dumps({"Version": "2012-10-17", "Statement": passing})


def _passing(actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": "*",
        "Action": list(actions),
        "Resource": list(resources),
        **condition,
    }

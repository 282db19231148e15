"""IAM roles: whom a service may be, and exactly what it may do then."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from components.names import Home
from components.permissions import document, placeholders
from handlers.permissions import Permission


class Role(NamedTuple):
    """A role and its only policy. Whoever uses the role depends on the policy too, or it would start without rights."""

    role: aws.iam.Role
    policy: aws.iam.RolePolicy

    @property
    def arn(self) -> pulumi.Output[str]:
        """The role's ARN."""
        return self.role.arn


class Grants(NamedTuple):
    """What the policies of a set of roles have in common: the values of the placeholders, and the sources to protect."""

    home: pulumi.Output[Home]
    values: Mapping[str, pulumi.Input[str | None]]
    sources: Sequence[str]

    def role(
        self, name: str, service: str, permissions: Sequence[Permission], parent: pulumi.Resource, *, logical: str
    ) -> Role:
        """A role of that name which only the service may be and which may only do what is declared."""
        options = pulumi.ResourceOptions(parent=parent)
        made = aws.iam.Role(logical, name=name, assume_role_policy=self._trust(service), opts=options)
        needed = {key: self.values[key] for key in placeholders(permissions)}
        sources = self.home.apply(lambda home: [home.arn("rds", f"db:{source}") for source in self.sources])
        policy = aws.iam.RolePolicy(
            logical,
            role=made.name,
            policy=pulumi.Output.all(sources, needed).apply(lambda got: document(permissions, got[1], got[0])),
            opts=options,
        )
        return Role(made, policy)

    def _trust(self, service: str) -> pulumi.Output[str]:
        """Only the service, and (where it says for whom it acts) only for this account."""
        statement = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": f"{service}.amazonaws.com"},
        }

        def trust(home: Home) -> str:
            for_us = {} if service == "lambda" else {"Condition": {"StringEquals": {"aws:SourceAccount": home.account}}}
            return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **for_us}]})

        return self.home.apply(trust)


def logging_to(log_group: str) -> Permission:
    """Writing to one log group, which exists already."""
    resource = f"arn:{{partition}}:logs:{{region}}:{{account}}:log-group:{log_group}:*"
    return Permission(("logs:CreateLogStream", "logs:PutLogEvents"), (resource,))

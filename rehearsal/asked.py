"""One API call as IAM sees it: the ARNs of what it names, and the condition values it carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from rehearsal.iam import Need, ResourcePolicy, context_of

PARTITION = "aws"


class Facts(Protocol):
    """What stands in the emulated account, as far as a permission depends on it."""

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of what exists under the ARN; none where nothing does."""

    def db_instance(self, identifier: str, account: str) -> dict[str, Any] | None:
        """The database, in RDS's shape."""

    def db_snapshot(self, identifier: str, account: str) -> dict[str, Any] | None:
        """The snapshot, in RDS's shape, by name or ARN."""

    def task_definition(self, name: str) -> dict[str, Any] | None:
        """The task definition, in ECS's shape."""

    def key_arn(self, key: str, account: str) -> str:
        """The ARN of a KMS key given by id, alias or ARN."""

    def is_customer_managed(self, key_arn: str) -> bool:
        """Whether the key is ours to grant, not one that AWS manages."""

    def key_aliases(self, key_arn: str) -> list[str]:
        """The aliases of a KMS key."""

    def policy_of(self, arn: str) -> ResourcePolicy | None:
        """The policy that the resource itself carries, None where there is none."""

    def secret_arn(self, secret: str, account: str) -> str:
        """The ARN of a secret given by name or ARN."""


# Resource type -> ARN. `{0}` is what the parameter says.
ARNS = {
    **{kind: f"arn:{PARTITION}:rds:{{region}}:{{account}}:{kind}:{{0}}"
       for kind in ("db", "snapshot", "subgrp", "pg", "og", "cluster", "auto-backup")},
    "bucket": f"arn:{PARTITION}:s3:::{{0}}",
    "cluster/ecs": f"arn:{PARTITION}:ecs:{{region}}:{{account}}:cluster/{{0}}",
    "container-instance": f"arn:{PARTITION}:ecs:{{region}}:{{account}}:container-instance/{{cluster}}/{{0}}",
    "event-bus": f"arn:{PARTITION}:events:{{region}}:{{account}}:event-bus/{{0}}",
    "function": f"arn:{PARTITION}:lambda:{{region}}:{{account}}:function:{{0}}",
    "object": f"arn:{PARTITION}:s3:::{{bucket}}/{{0}}",
    "task": f"arn:{PARTITION}:ecs:{{region}}:{{account}}:task/{{cluster}}/{{0}}",
    "task-definition": f"arn:{PARTITION}:ecs:{{region}}:{{account}}:task-definition/{{0}}",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One call: the operation, its parameters, where, by which account."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    account: str
    region: str
    facts: Facts
    principal_arn: str = ""

    def arns(self, kind: str, parameter: str, absent: str | None = None) -> list[str]:
        """The ARNs of the resources a parameter (a path through lists, with dots) names."""
        named = _values_at(self.parameters, parameter.split("."))
        if not named and absent is not None:
            named = [self._default(kind) if absent == "default" else absent]
        return [self.arn(kind, value) for value in named]

    def arn(self, kind: str, name: str) -> str:
        """One resource's ARN; what already is an ARN stays as it is."""
        if kind == "key":
            return self.facts.key_arn(name, self.account)
        if kind == "secret":
            return self.facts.secret_arn(name, self.account)
        if kind == "task-definition":
            name = str((self.facts.task_definition(name) or {}).get("taskDefinitionArn", name))
        if name.startswith("arn:"):
            return name
        kind = "cluster/ecs" if (self.service, kind) == ("ecs", "cluster") else kind
        return ARNS[kind].format(
            name,
            region=self.region,
            account=self.account,
            cluster=self.cluster,
            bucket=self.parameters.get("Bucket", ""),
        )

    @property
    def cluster(self) -> str:
        """The name of the ECS cluster the call is about."""
        return str(self.parameters.get("cluster", "default")).rsplit("/", 1)[-1]

    def need(self, action: str, resource: str, *, kind: str = "", values: Mapping[str, object] | None = None) -> Need:
        """A permission for one resource, with all condition values of the call and of the resource."""
        stated = {**self._of_the_call(action), **self._of_the_resource(kind, resource), **(values or {})}
        return Need(action, resource, context_of(stated))

    def request_tags(self) -> dict[str, str]:
        """The tags the call gives."""
        given = self.parameters.get("Tags") or self.parameters.get("tags") or []
        return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value", "")) for tag in given}

    def _of_the_call(self, action: str) -> dict[str, object]:
        tags = self.request_tags()
        values: dict[str, object] = {
            "aws:SecureTransport": True,  # the rehearsal's plain HTTP stands for TLS
            "aws:RequestedRegion": self.region,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalArn": self.principal_arn,
            "aws:ViaAWSService": False,
            "aws:TagKeys": list(tags) or self.parameters.get("TagKeys"),
        }
        values |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        if action.startswith("rds:"):
            values |= {f"rds:req-tag/{key}": value for key, value in tags.items()}
        if action.startswith("ecs:"):
            values["ecs:cluster"] = self.arn("cluster", str(self.parameters.get("cluster", "default")))
        if action.startswith("kms:"):
            values |= {
                "kms:CallerAccount": self.account,
                "kms:GrantIsForAWSResource": False if action == "kms:CreateGrant" else None,
            }
        return values

    def _of_the_resource(self, kind: str, resource: str) -> dict[str, object]:
        tags = self.facts.tags(resource)
        values: dict[str, object] = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
        if kind == "any":
            kind = resource.split(":")[5]
        if kind in ("db", "snapshot", "pg", "og", "subgrp"):
            values |= {f"rds:{kind}-tag/{key}": value for key, value in tags.items()}
        if resource.startswith(f"arn:{PARTITION}:kms:"):
            values["kms:ResourceAliases"] = self.facts.key_aliases(resource) or None
        if kind == "secret":
            values |= {f"secretsmanager:ResourceTag/{key}": value for key, value in tags.items()}
        return values

    def _default(self, kind: str) -> str:
        """What RDS takes where a restore names no group of its own."""
        snapshot = self.facts.db_snapshot(str(self.parameters.get("DBSnapshotIdentifier", "")), self.account) or {}
        engine, major = snapshot.get("Engine", "unknown"), str(snapshot.get("EngineVersion", "0")).split(".")[0]
        return {"pg": f"default.{engine}{major}", "og": f"default:{engine}-{major}"}.get(kind, "default")


def _values_at(value: Any, path: list[str]) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [found for item in value for found in _values_at(item, path)]
    if not path:
        return [str(value)]
    return _values_at(value.get(path[0]), path[1:])

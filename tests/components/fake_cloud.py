"""A cloud that invents ids and ARNs, or in a preview leaves them unknown, as a first `pulumi preview` does."""

from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

ACCOUNT = "123456789012"
PRODUCTION_GROUPS = ["sg-0production1", "sg-0production2"]
SOURCE_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/11111111-2222-4333-8444-555555555555"
ARNS = {
    "Bucket": "s3:::{name}",
    "Cluster": "ecs:{region}:{account}:cluster/{name}",
    "EventRule": "events:{region}:{account}:rule/{name}",
    "Function": "lambda:{region}:{account}:function:{name}",
    "Key": "kms:{region}:{account}:key/{name}",
    "LogGroup": "logs:{region}:{account}:log-group:{name}",
    "MetricAlarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "ParameterGroup": "rds:{region}:{account}:pg:{name}",
    "Role": "iam::{account}:role/{name}",
    "Schedule": "scheduler:{region}:{account}:schedule/default/{name}",
    "StateMachine": "states:{region}:{account}:stateMachine:{name}",
    "SubnetGroup": "rds:{region}:{account}:subgrp:{name}",
    "TaskDefinition": "ecs:{region}:{account}:task-definition/{name}:1",
    "Topic": "sns:{region}:{account}:{name}",
}
IDS = {"SecurityGroup": "sg-", "Subnet": "subnet-", "Vpc": "vpc-"}


class FakeCloud(Mocks):
    """Answers registrations and lookups without any AWS."""

    def __init__(
        self, *, preview: bool = False, region: str = "eu-west-1", source: dict[str, Any] | None = None
    ) -> None:
        self.preview, self.region = preview, region
        self.source = source or {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """The id and outputs of a new resource; of a component, none: they are its children's."""
        if not args.custom:
            return "", {}
        if self.preview:
            return "", dict(args.inputs)
        kind = args.typ.rsplit(":", 1)[1]
        name = (
            args.inputs.get("name") or args.inputs.get("bucket") or args.inputs.get("family") or f"{args.name}-a1b2c3d"
        )
        state = {"name": name, **args.inputs}
        if kind in ARNS:
            state["arn"] = "arn:aws:" + ARNS[kind].format(region=self.region, account=ACCOUNT, name=name)
        if kind == "Function":
            state |= {"version": "1", "qualifiedArn": f"{state['arn']}:1"}
        return IDS.get(kind, "") + name, state

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """The answer to a lookup."""
        return self._answer(args.token, args.args), []

    def _answer(self, token: str, asked: dict[str, Any]) -> dict[str, Any]:
        match token:
            case "aws:index/getPartition:getPartition":
                return {"partition": "aws", "id": "aws"}
            case "aws:index/getRegion:getRegion":
                return {"region": self.region, "id": self.region}
            case "aws:index/getCallerIdentity:getCallerIdentity":
                return {"accountId": ACCOUNT, "id": ACCOUNT}
            case "aws:index/getAvailabilityZones:getAvailabilityZones":
                return {"names": [f"{self.region}{zone}" for zone in "abc"], "id": self.region}
            case "aws:rds/getInstance:getInstance":
                return self._instance(asked["dbInstanceIdentifier"])
        raise NotImplementedError(f"the fake cloud cannot answer {token}")

    def _instance(self, identifier: str) -> dict[str, Any]:
        return {
            "id": identifier,
            "dbInstanceIdentifier": identifier,
            "engine": "postgres",
            "engineVersion": "15.10",
            "port": 5432,
            "kmsKeyId": SOURCE_KEY,
            "vpcSecurityGroups": list(PRODUCTION_GROUPS),
            **self.source,
        }

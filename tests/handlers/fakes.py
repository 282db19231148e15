"""Small stand-ins for AWS that hold state and refuse like AWS does. Every request and answer is checked against botocore's models."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

SESSION = botocore.session.get_session()
NOW = datetime(2024, 5, 5, 3, 0, tzinfo=UTC)
ARN = "arn:aws:rds:eu-west-1:123456789012"


def refusal(code: str, operation: str, status: int = 400) -> ClientError:
    """The exception that botocore raises for an error of AWS."""
    answer = {"Error": {"Code": code, "Message": f"{code}."}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)  # type: ignore[arg-type]


class FakeService:
    """A client whose operations are the methods `_operation`; unknown operations and parameters fail as in botocore."""

    service: str

    def __init__(self) -> None:
        self.model = SESSION.get_service_model(self.service)
        self.operations = {xform_name(name): name for name in self.model.operation_names}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.journal: list[tuple[str, str]] = []  # of every service of a world, in order: service, operation
        self.faults: dict[str, ClientError] = {}
        self.before: dict[str, Callable[[], None]] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """The operation of that name."""
        if name not in self.__dict__.get("operations", {}):
            raise AttributeError(name)
        return lambda **parameters: self._call(name, parameters)

    def get_paginator(self, name: str) -> "Pages":
        """Pages of one thing each, so that who forgets to turn the page is found out."""
        paging = SESSION.get_paginator_model(self.service).get_paginator(self.operations[name])
        return Pages(self, name, paging["result_key"])

    def made(self, name: str) -> list[dict[str, Any]]:
        """The parameters of every call of one operation."""
        return [parameters for called, parameters in self.calls if called == name]

    def _call(self, name: str, parameters: dict[str, Any]) -> Any:
        operation = self.model.operation_model(self.operations[name])
        report = ParamValidator().validate(parameters, operation.input_shape)
        assert not report.has_errors(), f"{operation.name}: {report.generate_report()}"
        self.calls.append((name, parameters))
        self.journal.append((self.service, operation.name))
        if name in self.before:
            self.before.pop(name)()
        if name in self.faults:
            raise self.faults.pop(name)
        answer = getattr(self, f"_{name}")(**parameters)
        if operation.output_shape is not None:
            require_shape(answer, operation.output_shape)
        return answer


class Pages:
    """A paginator that gives one thing a page."""

    def __init__(self, fake: FakeService, name: str, key: str) -> None:
        self.fake, self.name, self.key = fake, name, key[0] if isinstance(key, list) else key

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Each page of the answer."""
        answer = self.fake._call(self.name, parameters)
        for thing in answer[self.key]:
            yield {self.key: [thing]}
        if not answer[self.key]:
            yield {} if self.fake.service == "s3" else answer  # S3 leaves out an empty listing


def iam_action(service: str, operation: str) -> str:
    """What IAM calls an operation."""
    prefix = {"stepfunctions": "states"}.get(service, service)
    return f"{prefix}:{ {'ListObjectsV2': 'ListBucket'}.get(operation, operation) }".replace(" ", "")


def require_shape(value: Any, shape: Shape) -> None:
    """An answer has no field that AWS's would not have."""
    if isinstance(shape, StructureShape):
        assert set(value) <= set(shape.members), f"{shape.name}: {set(value) - set(shape.members)}"
        for name, part in value.items():
            require_shape(part, shape.members[name])
    elif isinstance(shape, ListShape):
        for part in value:
            require_shape(part, shape.member)
    elif isinstance(shape, MapShape):
        for part in value.values():
            require_shape(part, shape.value)


class FakeRds(FakeService):
    """DB instances and snapshots that stay in the status they are in until a test moves them."""

    service = "rds"

    def __init__(self) -> None:
        super().__init__()
        self.instances: dict[str, dict[str, Any]] = {}
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.backups: list[dict[str, Any]] = []
        self.shared: dict[str, list[str]] = {}
        self.clock = NOW

    def settle(self) -> None:
        """Everything that was under way is done."""
        self.clock += timedelta(hours=1)
        for each in (self.instances, self.snapshots):
            for name in [name for name, thing in each.items() if _status(thing) == "deleting"]:
                del each[name]
        for snapshot in self.snapshots.values():
            snapshot["Status"] = "available"
        for instance in self.instances.values():
            instance["DBInstanceStatus"] = "available"
            instance["Endpoint"] = {
                "Address": f"{instance['DBInstanceIdentifier']}.example",
                "Port": instance.pop("_port", 5432),
            }
            if instance.pop("PendingModifiedValues", None):
                instance["MasterUserSecret"]["SecretStatus"] = "active"

    def _describe_db_instances(self, DBInstanceIdentifier: str | None = None) -> dict[str, Any]:
        if DBInstanceIdentifier is None:
            return {"DBInstances": [_public(each) for each in self.instances.values()]}
        return {"DBInstances": [_public(self._instance(DBInstanceIdentifier, "DescribeDBInstances"))]}

    def _describe_db_snapshots(self, DBSnapshotIdentifier: str | None = None, SnapshotType: str = "") -> dict[str, Any]:
        if DBSnapshotIdentifier is None:
            wanted = [SnapshotType] if SnapshotType else ["manual", "automated"]
            return {"DBSnapshots": [each for each in self.snapshots.values() if each["SnapshotType"] in wanted]}
        return {"DBSnapshots": [self._snapshot(DBSnapshotIdentifier, "DescribeDBSnapshots")]}

    def _create_db_snapshot(
        self, DBInstanceIdentifier: str, DBSnapshotIdentifier: str, Tags: list[Any]
    ) -> dict[str, Any]:
        instance = self._instance(DBInstanceIdentifier, "CreateDBSnapshot")
        if DBSnapshotIdentifier in self.snapshots:
            raise refusal("DBSnapshotAlreadyExists", "CreateDBSnapshot")
        if instance["DBInstanceStatus"] not in ("available", "storage-optimization"):
            raise refusal("InvalidDBInstanceState", "CreateDBSnapshot")
        self.add_snapshot(DBSnapshotIdentifier, instance, Tags, status="creating")
        return {}

    def _copy_db_snapshot(
        self,
        SourceDBSnapshotIdentifier: str,
        TargetDBSnapshotIdentifier: str,
        KmsKeyId: str,
        CopyTags: bool,
        Tags: list[Any],
    ) -> dict[str, Any]:
        source = self._snapshot(SourceDBSnapshotIdentifier, "CopyDBSnapshot")
        if TargetDBSnapshotIdentifier in self.snapshots:
            raise refusal("DBSnapshotAlreadyExists", "CopyDBSnapshot")
        self.snapshots[TargetDBSnapshotIdentifier] = {
            **source,
            "DBSnapshotIdentifier": TargetDBSnapshotIdentifier,
            "DBSnapshotArn": f"{ARN}:snapshot:{TargetDBSnapshotIdentifier}",
            "SnapshotType": "manual",
            "Status": "creating",
            "KmsKeyId": KmsKeyId,
            "TagList": [*(source["TagList"] if CopyTags else []), *Tags],
        }
        return {}

    def _restore_db_instance_from_db_snapshot(
        self, DBInstanceIdentifier: str, DBSnapshotIdentifier: str, **asked: Any
    ) -> dict[str, Any]:
        snapshot = self._snapshot(DBSnapshotIdentifier, "RestoreDBInstanceFromDBSnapshot")
        if DBInstanceIdentifier in self.instances:
            raise refusal("DBInstanceAlreadyExists", "RestoreDBInstanceFromDBSnapshot")
        self.add_instance(
            DBInstanceIdentifier,
            status="creating",
            tags=asked["Tags"],
            groups=asked.get("VpcSecurityGroupIds", ["sg-default"]),
            subnet_group=asked.get("DBSubnetGroupName", "production"),
            parameter_group=asked.get("DBParameterGroupName", "default.postgres15"),
            public=asked.get("PubliclyAccessible", True),
            key=snapshot.get("KmsKeyId"),
            port=asked.get("Port", 5432),
        )
        del self.instances[DBInstanceIdentifier]["Endpoint"]
        return {}

    def _modify_db_instance(self, DBInstanceIdentifier: str, ApplyImmediately: bool, **asked: Any) -> dict[str, Any]:
        instance = self._instance(DBInstanceIdentifier, "ModifyDBInstance")
        if instance["DBInstanceStatus"] != "available":
            raise refusal("InvalidDBInstanceState", "ModifyDBInstance")
        assert ApplyImmediately
        if asked.get("ManageMasterUserPassword"):
            arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1"
            instance["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "creating"}
            instance["PendingModifiedValues"] = {"MasterUserPassword": "****"}
        if "DeletionProtection" in asked:
            instance["DeletionProtection"] = asked["DeletionProtection"]
        return {}

    def _modify_db_snapshot_attribute(
        self, DBSnapshotIdentifier: str, AttributeName: str, ValuesToAdd: list[str]
    ) -> dict[str, Any]:
        self._snapshot(DBSnapshotIdentifier, "ModifyDBSnapshotAttribute")
        assert AttributeName == "restore"
        allowed = self.shared.setdefault(DBSnapshotIdentifier, [])
        allowed.extend(account for account in ValuesToAdd if account not in allowed)
        return {}

    def _describe_db_snapshot_attributes(self, DBSnapshotIdentifier: str) -> dict[str, Any]:
        values = self.shared.get(DBSnapshotIdentifier, [])
        attributes = [{"AttributeName": "restore", "AttributeValues": values}]
        return {"DBSnapshotAttributesResult": {"DBSnapshotAttributes": attributes}}

    def _delete_db_instance(
        self, DBInstanceIdentifier: str, SkipFinalSnapshot: bool, DeleteAutomatedBackups: bool
    ) -> dict[str, Any]:
        instance = self._instance(DBInstanceIdentifier, "DeleteDBInstance")
        assert SkipFinalSnapshot
        assert DeleteAutomatedBackups
        if instance.get("DeletionProtection"):
            raise refusal("InvalidParameterCombination", "DeleteDBInstance")
        if instance["DBInstanceStatus"] in ("creating", "modifying", "backing-up", "deleting"):
            raise refusal("InvalidDBInstanceState", "DeleteDBInstance")
        instance["DBInstanceStatus"] = "deleting"
        return {}

    def _delete_db_snapshot(self, DBSnapshotIdentifier: str) -> dict[str, Any]:
        snapshot = self._snapshot(DBSnapshotIdentifier, "DeleteDBSnapshot")
        if snapshot["Status"] == "creating" or snapshot["SnapshotType"] == "automated":
            raise refusal("InvalidDBSnapshotState", "DeleteDBSnapshot")
        del self.snapshots[DBSnapshotIdentifier]
        return {}

    def _describe_db_instance_automated_backups(self, DBInstanceIdentifier: str) -> dict[str, Any]:
        kept = [each for each in self.backups if each["DBInstanceIdentifier"] == DBInstanceIdentifier]
        if not kept:
            raise refusal("DBInstanceAutomatedBackupNotFound", "DescribeDBInstanceAutomatedBackups", 404)
        return {"DBInstanceAutomatedBackups": kept}

    def add_instance(
        self,
        name: str,
        *,
        status: str = "available",
        tags: list[dict[str, str]] | None = None,
        groups: list[str] | None = None,
        subnet_group: str = "production",
        parameter_group: str = "production",
        public: bool = False,
        key: str | None = None,
        port: int = 5432,
    ) -> dict[str, Any]:
        """A DB instance, as if it had always stood there."""
        self.instances[name] = instance = {
            "DBInstanceIdentifier": name,
            "DBInstanceArn": f"{ARN}:db:{name}",
            "DbiResourceId": f"db-{hashlib.sha256(name.encode()).hexdigest()[:8]}",
            "DBInstanceStatus": status,
            "Engine": "postgres",
            "EngineVersion": "15.10",
            "DBInstanceClass": "db.t4g.medium",
            "AllocatedStorage": 500,
            "Endpoint": {"Address": f"{name}.example", "Port": port},
            "MasterUsername": "master",
            "VpcSecurityGroups": [
                {"VpcSecurityGroupId": group, "Status": "active"} for group in groups or ["sg-production"]
            ],
            "DBSubnetGroup": {"DBSubnetGroupName": subnet_group},
            "DBParameterGroups": [{"DBParameterGroupName": parameter_group, "ParameterApplyStatus": "in-sync"}],
            "PubliclyAccessible": public,
            "TagList": tags or [],
            "_port": port,
        }
        if key:
            instance["KmsKeyId"] = key
        return instance

    def add_snapshot(
        self,
        name: str,
        of: dict[str, Any],
        tags: list[dict[str, str]],
        *,
        status: str = "available",
        kind: str = "manual",
    ) -> dict[str, Any]:
        """A snapshot, as if it had always stood there."""
        self.snapshots[name] = snapshot = {
            "DBSnapshotIdentifier": name,
            "DBSnapshotArn": f"{ARN}:snapshot:{name}",
            "DBInstanceIdentifier": of["DBInstanceIdentifier"],
            "DbiResourceId": of["DbiResourceId"],
            "Status": status,
            "SnapshotType": kind,
            "SnapshotCreateTime": self.clock,
            "OriginalSnapshotCreateTime": self.clock,
            "TagList": tags,
        }
        if of.get("KmsKeyId"):
            snapshot["KmsKeyId"] = of["KmsKeyId"]
        return snapshot

    def _instance(self, name: str, operation: str) -> dict[str, Any]:
        if name not in self.instances:
            raise refusal("DBInstanceNotFound", operation, 404)
        return self.instances[name]

    def _snapshot(self, name: str, operation: str) -> dict[str, Any]:
        if name not in self.snapshots:
            raise refusal("DBSnapshotNotFound", operation, 404)
        return self.snapshots[name]


def _status(thing: dict[str, Any]) -> str:
    return str(thing.get("DBInstanceStatus") or thing.get("Status"))


def _public(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if not name.startswith("_")}


class FakeS3(FakeService):
    """A bucket with conditional puts."""

    service = "s3"

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self.modified: dict[str, datetime] = {}

    def put_json(self, key: str, value: Any) -> bytes:
        """An object, as if it had always been there."""
        self.objects[key] = json.dumps(value).encode()
        return self.objects[key]

    def _put_object(
        self, *, Bucket: str, Key: str, Body: bytes, IfNoneMatch: str = "", IfMatch: str = "", ContentType: str = ""
    ) -> dict[str, Any]:
        if IfNoneMatch and Key in self.objects:
            raise refusal("PreconditionFailed", "PutObject", 412)
        if IfMatch and Key not in self.objects:
            raise refusal("NoSuchKey", "PutObject", 404)
        if IfMatch and IfMatch != _etag(self.objects[Key]):
            raise refusal("PreconditionFailed", "PutObject", 412)
        self.objects[Key] = Body
        return {"ETag": _etag(Body)}

    def _get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise refusal("AccessDenied", "GetObject", 403)  # what S3 says to those who may not list
        return {"Body": io.BytesIO(self.objects[Key]), "ETag": _etag(self.objects[Key])}

    def _list_objects_v2(self, Bucket: str, Prefix: str) -> dict[str, Any]:
        keys = [key for key in sorted(self.objects) if key.startswith(Prefix)]
        return {"Contents": [{"Key": key, "LastModified": self.modified.get(key, NOW)} for key in keys]}

    def _delete_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        self.objects.pop(Key, None)
        return {}


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


class FakeEc2(FakeService):
    """Security groups."""

    service = "ec2"

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, dict[str, Any]] = {}

    def _describe_security_groups(self, Filters: list[dict[str, Any]]) -> dict[str, Any]:
        wanted = Filters[0]["Values"]
        return {"SecurityGroups": [group for name, group in self.groups.items() if name in wanted]}


class FakeEcs(FakeService):
    """Tasks that live until they are stopped."""

    service = "ecs"

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[str, dict[str, Any]] = {}

    def add_task(self, arn: str, run_id: str | None, *, family: str = "sanitizer", status: str = "RUNNING") -> None:
        """A task, as Step Functions starts it for a run."""
        environment = [{"name": "SANITIZER_RUN_ID", "value": run_id}] if run_id else []
        overrides = {"containerOverrides": [{"name": "sanitizer", "environment": environment}]}
        self.tasks[arn] = {
            "taskArn": arn,
            "lastStatus": status,
            "desiredStatus": status,
            "overrides": overrides,
            "_family": family,
        }

    def _list_tasks(self, cluster: str, desiredStatus: str, family: str | None = None) -> dict[str, Any]:
        wanted = [each for each in self.tasks.values() if each["desiredStatus"] == desiredStatus]
        return {"taskArns": [each["taskArn"] for each in wanted if family in (None, each["_family"])]}

    def _describe_tasks(self, cluster: str, tasks: list[str]) -> dict[str, Any]:
        return {"tasks": [_public(self.tasks[arn]) for arn in tasks]}

    def _stop_task(self, cluster: str, task: str, reason: str) -> dict[str, Any]:
        self.tasks[task].update(lastStatus="STOPPED", desiredStatus="STOPPED")
        return {}


class FakeStepFunctions(FakeService):
    """Executions with a status."""

    service = "stepfunctions"

    def __init__(self) -> None:
        super().__init__()
        self.executions: dict[str, str] = {}
        self.ended: dict[str, str] = {}  # error and cause
        self.history: list[dict[str, Any]] = []

    def _describe_execution(self, executionArn: str) -> dict[str, Any]:
        if executionArn not in self.executions:
            raise refusal("ExecutionDoesNotExist", "DescribeExecution")
        return {"status": self.executions[executionArn], **self.ended}

    def _get_execution_history(self, executionArn: str) -> dict[str, Any]:
        return {"events": self.history}


class FakeCloudwatch(FakeService):
    """Metrics, as they were put."""

    service = "cloudwatch"

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, float] = {}  # by database

    def _put_metric_data(self, Namespace: str, MetricData: list[dict[str, Any]]) -> dict[str, Any]:
        for datum in MetricData:
            named = {each["Name"]: each["Value"] for each in datum["Dimensions"]}
            self.values[named["Database"]] = datum["Value"]
        return {}


class FakeSns(FakeService):
    """A topic: subject and text of every message."""

    service = "sns"

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[tuple[str, str]] = []

    def _publish(self, TopicArn: str, Subject: str, Message: str) -> dict[str, Any]:
        self.messages.append((Subject, Message))
        return {"MessageId": str(len(self.messages))}


def signature_of(digest: bytes) -> bytes:
    """What the one key signs."""
    return b"signed " + digest


class FakeKms(FakeService):
    """One key, on which grants may be made or not."""

    service = "kms"

    def __init__(self) -> None:
        super().__init__()
        self.metadata: dict[str, Any] = {}
        self.grantable = True

    def _describe_key(self, KeyId: str) -> dict[str, Any]:
        metadata = {"KeyManager": "CUSTOMER", "KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT"}
        return {
            "KeyMetadata": {"KeyId": "1", "Arn": KeyId, "KeySpec": "SYMMETRIC_DEFAULT", **metadata, **self.metadata}
        }

    def _verify(
        self, KeyId: str, Message: bytes, MessageType: str, Signature: bytes, SigningAlgorithm: str
    ) -> dict[str, Any]:
        if Signature != signature_of(Message):
            raise refusal("KMSInvalidSignatureException", "Verify", 400)
        return {"SignatureValid": True}

    def _create_grant(self, KeyId: str, GranteePrincipal: str, Operations: list[str], DryRun: bool) -> dict[str, Any]:
        assert DryRun, "a probe must not grant"
        raise refusal("DryRunOperationException" if self.grantable else "AccessDeniedException", "CreateGrant", 412)

"""What a stack has once: bucket, masking key, cluster, alerts; and each database's parameter group."""

import json
from pathlib import Path

import pytest

from components.parameters import parameters
from components.source import SourceUnsupported
from handlers.engines import Major
from handlers.names import STACK
from rehearsal.recording import Recording
from tests.components.documents import ROLE
from tests.components.fake_cloud import FakeCloud
from tests.components.projects import record_with

DATABASE = {"name": "shop", "source": {"instance": "shop-prod"}}
GROUP = "aws:rds/parameterGroup:ParameterGroup"


def test_the_bucket_is_private_encrypted_and_answers_over_tls_only(up: Recording) -> None:
    """Rules and reports are read with our roles, or not at all."""
    access = up.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(access[switch] is True for switch in switches)
    (rule,) = up.one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs[
        "rules"
    ]
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "AES256"
    (deny,) = json.loads(up.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])["Statement"]
    bucket = up.one("aws:s3/bucket:Bucket").outputs["arn"]
    assert (deny["Effect"], deny["Principal"], deny["Resource"]) == ("Deny", "*", [bucket, f"{bucket}/*"])
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_bucket_keeps_what_was_overwritten_for_a_while(up: Recording) -> None:
    """Versions, and an end to them; `pulumi destroy` does not empty it."""
    versioning = up.one("aws:s3/bucketVersioning:BucketVersioning").inputs["versioningConfiguration"]
    assert versioning == {"status": "Enabled"}
    (rule,) = up.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]
    assert rule["noncurrentVersionExpiration"]["noncurrentDays"] == 90
    assert up.one("aws:s3/bucket:Bucket").inputs["forceDestroy"] is False


def test_rules_of_a_running_execution_survive_a_change(up: Recording) -> None:
    """The rules lie under their own digest, and stay when the program names others."""
    rules = up.one("aws:s3/bucketObjectv2:BucketObjectv2")
    assert rules.inputs["key"].startswith("rules/shop/")
    assert rules.options["retainOnDelete"] is True


def test_the_masking_key_can_be_used_by_the_sanitizers_only(two: Recording) -> None:
    """An HMAC key that cannot be deleted by accident; administrators look after it and cannot use it."""
    key = two.one("aws:kms/key:Key", "platform")
    assert (key.inputs["customerMasterKeySpec"], key.inputs["keyUsage"]) == ("HMAC_256", "GENERATE_VERIFY_MAC")
    assert key.options["protect"] is True
    look_after, use = json.loads(key.inputs["policy"])["Statement"]
    assert not [
        action for action in look_after["Action"] if "Mac" in action or "*" in action or "CreateGrant" in action
    ]
    assert use["Action"] == "kms:GenerateMac"
    tasks = sorted(two.one(ROLE, f"{name}-task").outputs["arn"] for name in ("orders", "orders-archive"))
    assert use["Condition"]["ArnEquals"] == {"aws:PrincipalArn": tasks}


def test_reports_are_signed_by_the_sanitizers_only(two: Recording) -> None:
    """A key of the curve P-256 that cannot be deleted by accident; the account may let anybody check a signature, and nobody sign."""
    key = two.one("aws:kms/key:Key", "platform-signing")
    assert (key.inputs["customerMasterKeySpec"], key.inputs["keyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert key.options["protect"] is True
    assert key.inputs["tags"] == {STACK: "two"}
    open_to_all, use = json.loads(key.inputs["policy"])["Statement"]
    assert {"kms:Verify", "kms:GetPublicKey"} <= set(open_to_all["Action"])
    assert not {"kms:Sign", "kms:CreateGrant"} & set(open_to_all["Action"])
    assert use["Action"] == "kms:Sign"
    tasks = sorted(two.one(ROLE, f"{name}-task").outputs["arn"] for name in ("orders", "orders-archive"))
    assert use["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": tasks},
        "StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"},
    }


def test_temporary_databases_log_no_statement_and_run_no_job(up: Recording) -> None:
    """Their own parameter group: nothing of production's settings comes along."""
    group = up.one(GROUP).inputs
    told = {each["name"]: each["value"] for each in group["parameters"]}
    assert (group["family"], group["name"]) == ("postgres15", "ss-local-shop-postgres15")
    assert (told["log_statement"], told["log_min_duration_statement"]) == ("none", "-1")
    assert (told["log_min_error_statement"], told["log_error_verbosity"]) == ("panic", "terse")
    assert told["rds.force_ssl"] == "1"
    assert told["shared_preload_libraries"] == "pg_stat_statements"
    assert told["log_parameter_max_length"] == "0"


def test_parameters_are_those_that_the_version_knows() -> None:
    """PostgreSQL 12 does not know how to keep bound values out; RDS would refuse the group."""
    names = {version: {each.name for each in parameters(Major("postgres", (version,)))} for version in (12, 13)}
    assert names[13] - names[12] == {"log_parameter_max_length", "log_parameter_max_length_on_error"}


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [("mysql", "8.0.40", "mysql8.0"), ("mysql", "8.4.3", "mysql8.4"), ("mariadb", "10.11.10", "mariadb10.11")],
)
def test_mysql_and_mariadb_keep_quiet_and_take_the_masking_key(
    tmp_path: Path, engine: str, version: str, family: str
) -> None:
    """No log, no scheduled event; the key's way in is open. Groups and task follow the source's port."""
    cloud = FakeCloud(source={"engine": engine, "engineVersion": version, "port": 3306})
    recording = record_with(tmp_path, "dev", DATABASE, cloud=cloud)
    group = recording.one(GROUP).inputs
    told = {each["name"]: each["value"] for each in group["parameters"]}
    assert (group["family"], group["name"].endswith(f"-{family}")) == (family, True)
    assert (told["general_log"], told["slow_query_log"], told["event_scheduler"]) == ("0", "0", "OFF")
    assert (told["local_infile"], told["require_secure_transport"]) == ("1", "1")
    static = [each["name"] for each in group["parameters"] if each["applyMethod"] != "immediate"]
    assert static == ["performance_schema"]
    ports = {
        each.inputs["fromPort"]
        for each in recording.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    }
    assert 3306 in ports
    assert 5432 not in ports


def test_static_parameters_wait_for_the_start(up: Recording) -> None:
    """RDS refuses to apply them at once."""
    static = [each["name"] for each in up.one(GROUP).inputs["parameters"] if each["applyMethod"] != "immediate"]
    assert static == ["shared_preload_libraries"]


@pytest.mark.parametrize(
    ("engine", "version"),
    [("oracle-ee", "19.0"), ("aurora-mysql", "8.0.mysql_aurora.3.08.0"), ("mysql", "5.7.44"), ("mariadb", "10.5.23")],
)
def test_an_engine_that_cannot_work_is_refused_before_anything_of_the_database_is_made(
    tmp_path: Path, engine: str, version: str
) -> None:
    """The message names the source, what it is and what to do."""
    cloud = FakeCloud(source={"engine": engine, "engineVersion": version})
    told = rf"shop-prod is {engine} {version};.*MariaDB 10\.6 to 11\.8.*remove it from `databases`"
    with pytest.raises(SourceUnsupported, match=told):
        record_with(tmp_path, "dev", DATABASE, cloud=cloud)


def test_an_unencrypted_source_brings_no_permission_on_a_key(tmp_path: Path) -> None:
    """What does not exist is in no document."""
    recording = record_with(tmp_path, "dev", DATABASE, cloud=FakeCloud(source={"kmsKeyId": ""}))
    policy = recording.one("aws:iam/rolePolicy:RolePolicy", "shop-worker").inputs["policy"]
    assert "kms:CreateGrant" not in policy


def test_no_input_holds_a_secret(up: Recording, prod: Recording) -> None:
    """Nothing of the stack is a secret: whoever may read Pulumi's state learns names and no password or key."""
    for recording in (up, prod):
        keys = {key.lower() for record in recording.records.values() for key in _keys(record.inputs)}
        assert not {key for key in keys if "password" in key or key in {"secretstring", "secretbinary", "accesskey"}}
        assert "masterUserPassword" not in json.dumps([record.inputs for record in recording.records.values()])


def _keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for each in value.values() for key in _keys(each))]
    return [key for each in value for key in _keys(each)] if isinstance(value, list) else []


def test_outputs_name_what_people_need(two: Recording) -> None:
    """Where reports lie, which key masks, what to start."""
    assert set(two.outputs) == {"bucket", "maskingKey", "signingKey", "stateMachines"}
    assert set(two.outputs["stateMachines"]) == {"orders", "orders-archive"}

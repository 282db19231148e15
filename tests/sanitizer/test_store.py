"""The door to AWS, against moto: what it reads, what it writes, how it fails, and that the role may do exactly that."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from sanitizer import store
from sanitizer.errors import ConnectionFailed, ReportFailed, RulesMistaken
from sanitizer.permissions import PERMISSIONS

RULES = "s3://stack/rules/orders/1.yaml"
REPORT = "s3://stack/reports/orders/run/report.json"
CALLS = {
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "GetSecretValue": "secretsmanager:GetSecretValue",
    "GenerateMac": "kms:GenerateMac",
    "Sign": "kms:Sign",
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account with the stack's bucket."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="stack", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield


def test_rules_come_from_s3_or_a_path(aws: None, tmp_path: Path) -> None:
    """Byte for byte."""
    boto3.client("s3").put_object(Bucket="stack", Key="rules/orders/1.yaml", Body=b"sql: []\r\n")
    (tmp_path / "rules.yaml").write_bytes(b"sql: []\r\n")
    assert store.read_rules_file(RULES) == store.read_rules_file(str(tmp_path / "rules.yaml")) == b"sql: []\r\n"


def test_rules_that_are_not_there_are_told_by_place_and_code(aws: None, tmp_path: Path) -> None:
    """Exit code 10, with AWS's error code or the kind of error."""
    with pytest.raises(RulesMistaken, match=r"s3://stack/rules/orders/1.yaml: AWS answered NoSuchKey"):
        store.read_rules_file(RULES)
    with pytest.raises(RulesMistaken, match="cannot be read"):
        store.read_rules_file(str(tmp_path / "none.yaml"))


def test_the_secret_is_what_rds_writes(aws: None) -> None:
    """JSON with username and password; anything else is refused without showing it."""
    secrets = boto3.client("secretsmanager")
    arn = secrets.create_secret(
        Name="rds!db-1", SecretString=json.dumps({"username": "master", "password": "planted"})
    )["ARN"]
    assert store.read_secret(arn) == ("master", "planted")
    secrets.put_secret_value(SecretId=arn, SecretString="planted")
    with pytest.raises(ConnectionFailed) as caught:
        store.read_secret(arn)
    assert "planted" not in f"{caught.value} {caught.value.findings} {caught.value.__cause__}"
    with pytest.raises(ConnectionFailed, match="AWS answered ResourceNotFoundException"):
        store.read_secret("arn:aws:secretsmanager:eu-west-1:123456789012:secret:none")


def test_the_masking_key_is_stable_and_each_databases_own(aws: None) -> None:
    """The same database gets the same 256 bits in every run; another one gets others."""
    arn = boto3.client("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    first = store.read_masking_key(arn, "orders")
    assert first == store.read_masking_key(arn, "orders")
    assert first != store.read_masking_key(arn, "crm")
    assert len(bytes.fromhex(first)) == 32


def test_a_report_is_written_once(aws: None, tmp_path: Path) -> None:
    """Neither in S3 nor on disk does a second one replace the first."""
    path = tmp_path / "report.json"
    for uri in (REPORT, str(path)):
        store.write_once(uri, b"first")
        with pytest.raises(ReportFailed):
            store.write_once(uri, b"second")
    assert path.read_bytes() == b"first"
    stored = boto3.client("s3").get_object(Bucket="stack", Key="reports/orders/run/report.json")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"first", "application/json")


def test_the_page_stands_beside_the_report(aws: None, tmp_path: Path) -> None:
    """Under the report's name; an older one is replaced. Browsers show it as a page."""
    path = tmp_path / "report.json"
    for uri in (REPORT, str(path)):
        assert store.write_beside(uri, ".html", b"older", "text/html") == uri.replace(".json", ".html")
        store.write_beside(uri, ".html", b"newer", "text/html")
    assert (tmp_path / "report.html").read_bytes() == b"newer"
    stored = boto3.client("s3").get_object(Bucket="stack", Key="reports/orders/run/report.html")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"newer", "text/html")
    with pytest.raises(ReportFailed):
        store.write_beside(str(tmp_path / "none" / "report.json"), ".html", b"", "text/html")


def test_the_role_may_do_exactly_what_the_store_calls(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call is declared, every declaration is called."""
    called: set[str] = set()
    real = BaseClient._make_api_call

    def recording(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        called.add(CALLS[operation])
        return real(client, operation, parameters)

    key = boto3.client("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    secret = boto3.client("secretsmanager").create_secret(
        Name="rds!db-1", SecretString='{"username": "m", "password": "p"}'
    )["ARN"]
    signing = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    monkeypatch.setattr(BaseClient, "_make_api_call", recording)
    store.write_once(REPORT, b"{}")
    store.read_rules_file(REPORT)
    store.read_secret(secret)
    store.read_masking_key(key, "orders")
    store.sign(signing, b"d" * 32)
    assert called == {action for permission in PERMISSIONS for action in permission.actions}

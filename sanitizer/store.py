"""The only door to AWS: rules, secrets and the masking key come in, the report goes out. Local paths stand in for s3:// everywhere."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from sanitizer.errors import ConnectionFailed, Finding, ReportFailed, RulesMistaken, SanitizerError, UsageError

HOW_SIGNED = {"MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
NOT_FOUND = "Check the path, and that it was uploaded"


class Secret(NamedTuple):
    """What RDS keeps for the master user."""

    username: str
    password: str


def read_rules_file(uri: str) -> bytes:
    """The rules file's content.

    Raises: RulesMistaken.
    """
    if not uri.startswith("s3://"):
        try:
            return Path(uri).read_bytes()
        except OSError as exc:
            raise RulesMistaken(
                f"{uri} cannot be read", [Finding(uri, f"cannot be read ({type(exc).__name__})", "Check the path")]
            ) from exc
    bucket, key = _object(uri)
    body = _call(RulesMistaken, uri, "s3", lambda s3: s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    return bytes(body)


def read_secret(arn: str) -> Secret:
    """The master user's name and password.

    Raises: ConnectionFailed.
    """
    answer = _call(
        ConnectionFailed,
        "the master user's secret",
        "secretsmanager",
        lambda client: client.get_secret_value(SecretId=arn),
    )
    try:
        fields = json.loads(answer["SecretString"])
        return Secret(fields["username"], fields["password"])
    except (KeyError, TypeError, ValueError):
        finding = Finding(
            "the master user's secret", "is not what RDS writes", "It must be JSON with username and password"
        )
        raise ConnectionFailed(
            "The master user's secret cannot be used", [finding]
        ) from None  # the cause would hold the secret


def read_masking_key(arn: str, database: str) -> str:
    """The masking key of one database, as hexadecimal digits: nobody stores it, KMS computes it every time.

    Raises: ConnectionFailed.
    """
    message = f"masking-key/v1/{database}".encode()
    answer = _call(
        ConnectionFailed,
        "the masking key",
        "kms",
        lambda kms: kms.generate_mac(KeyId=arn, MacAlgorithm="HMAC_SHA_256", Message=message),
    )
    return bytes(answer["Mac"]).hex()


def sign(arn: str, digest: bytes) -> bytes:
    """The signature (DER) of a SHA-256 by a KMS key of the curve P-256.

    Raises: ReportFailed.
    """
    told = {"KeyId": arn, "Message": digest, **HOW_SIGNED}
    return bytes(_call(ReportFailed, "the signing key", "kms", lambda kms: kms.sign(**told)["Signature"]))


def is_signed(arn: str, digest: bytes, signature: bytes) -> bool:
    """Whether the KMS key made the signature of that SHA-256. Asked by whoever checks a report, with rights of their own.

    Raises: ConnectionFailed.
    """
    told = {"KeyId": arn, "Message": digest, "Signature": signature, **HOW_SIGNED}

    def verify(kms: Any) -> bool:
        try:
            return bool(kms.verify(**told)["SignatureValid"])
        except kms.exceptions.KMSInvalidSignatureException:
            return False

    return bool(_call(ConnectionFailed, "the signing key", "kms", verify))


def write_once(uri: str, content: bytes) -> None:
    """Stores the report where nothing may be yet.

    Raises: ReportFailed.
    """
    _write(uri, content, "application/json", once=True)


def write_beside(uri: str, ending: str, content: bytes, content_type: str) -> str:
    """Stores what belongs to a report that was just stored, in place of anything older; where that is.

    Raises: ReportFailed.
    """
    beside = uri.removesuffix(".json") + ending
    _write(beside, content, content_type)
    return beside


def _write(uri: str, content: bytes, content_type: str, *, once: bool = False) -> None:
    if not uri.startswith("s3://"):
        try:
            with Path(uri).open("xb" if once else "wb") as file:
                file.write(content)
        except OSError as exc:
            raise ReportFailed(
                f"The report cannot be written to {uri} ({type(exc).__name__}). Remove what is there, or check the folder"
            ) from exc
        return
    bucket, key = _object(uri)
    condition = {"IfNoneMatch": "*"} if once else {}
    _call(
        ReportFailed,
        uri,
        "s3",
        lambda s3: s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type, **condition),
    )


def write_draft(path: Path, text: str) -> None:
    """Stores a draft where nothing is yet.

    Raises: UsageError.
    """
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as exc:
        raise UsageError(f"--output {path} cannot be written ({type(exc).__name__}). Nothing may be there yet") from exc


def _object(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.netloc, parts.path.lstrip("/")


def _call(failure: type[SanitizerError], what: str, service: str, call: Callable[[Any], Any]) -> Any:
    """The call's answer; AWS's errors told by their codes."""
    try:
        return call(boto3.client(service))
    except ClientError as exc:
        code = exc.response.get("Error", {}).get("Code", "Unknown")
        finding = Finding(what, f"AWS answered {code}", "Check that it exists and that the task's role may use it")
        raise failure(f"{what}: AWS answered {code}", [finding]) from exc
    except BotoCoreError as exc:
        finding = Finding(
            what, f"AWS cannot be reached ({type(exc).__name__})", "Check Region, credentials and the route to AWS"
        )
        raise failure(f"{what}: AWS cannot be reached ({type(exc).__name__})", [finding]) from exc

"""A report that was changed after the sanitizer signed it is noticed by anybody, with AWS or without."""

import base64
import hashlib
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from moto import mock_aws

from sanitizer import signatures, store
from sanitizer.__main__ import NOT_SIGNED_EXIT_CODE, main
from sanitizer.errors import ConnectionFailed, ReportFailed
from tests.sanitizer.test_report import a_report
from tests.sanitizer.workbench import Workbench

KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())


def sign(key: ec.EllipticCurvePrivateKey, digest: bytes) -> bytes:
    """As KMS signs a digest."""
    return key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))


def pem(key: ec.EllipticCurvePrivateKey, folder: Path) -> Path:
    """The file with the public half."""
    path = folder / "reports.pem"
    wanted = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    path.write_bytes(key.public_key().public_bytes(*wanted))
    return path


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """The command line handles signals its own way; what runs the tests has another."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report with its signature beside it."""
    path, content = tmp_path / "report.json", a_report()
    path.write_bytes(content)
    signature = sign(KEY, hashlib.sha256(content).digest())
    (tmp_path / "report.signature").write_bytes(signatures.written(signature))
    return path


def test_a_signed_report_is_recognised_without_aws(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the public key alone; the signature beside it, in a file, or as text. It says which run and database it is of."""
    key, beside = ["--public-key", str(pem(KEY, tmp_path))], tmp_path / "report.signature"
    for given in ([], ["--signature", str(beside)], ["--signature", beside.read_text().strip()]):
        assert main(["verify-report", str(report), *key, *given]) == 0
        said = capsys.readouterr().out
        for expected in (hashlib.sha256(report.read_bytes()).hexdigest(), "202601020300-abcd", "orders", "verified"):
            assert expected in said


def test_a_signature_fits_into_a_tag() -> None:
    """A tag's value has at most 256 characters, and only some of them."""
    text = signatures.written(sign(KEY, b"d" * 32)).decode().rstrip("\n")
    assert len(text) <= 96
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _.:/=+-@")


@pytest.mark.parametrize("change", ["a byte", "one more", "another signature", "another key"])
def test_whatever_is_not_what_was_signed_is_noticed(
    report: Path, tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 4, and nothing on standard output that could be taken for a yes."""
    content = report.read_bytes()
    if change == "a byte":
        report.write_bytes(content.replace(b'"rows": 1200', b'"rows": 1201'))
    if change == "one more":
        report.write_bytes(content + b"\n")
    if change == "another signature":
        (tmp_path / "report.signature").write_bytes(signatures.written(sign(KEY, hashlib.sha256(b"other").digest())))
    key = pem(OTHER if change == "another key" else KEY, tmp_path)
    assert main(["verify-report", str(report), "--public-key", str(key)]) == NOT_SIGNED_EXIT_CODE
    said = capsys.readouterr()
    assert said.out == ""
    assert json.loads(said.err)["event"] == "NotSigned"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "--public-key --key-arn is required"),
        (["--public-key", "{pem}", "--key-arn", "arn:x"], "not allowed with"),
        (["--public-key", "{report}"], "is no public key"),
        (["--public-key", "none.pem"], "is no public key"),
        (["--public-key", "{pem}", "--signature", "none"], "cannot be read"),
        (["--public-key", "{pem}", "--signature", "{report}"], "holds no signature"),
        (["--public-key", "{pem}", "--signature", base64.b64encode(b"short").decode()], "cannot be read"),
    ],
)
def test_a_mistake_is_no_verdict(
    report: Path, tmp_path: Path, arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and what to do; never 0, never 4."""
    places = {"pem": pem(KEY, tmp_path), "report": report}
    assert main(["verify-report", str(report), *(each.format(**places) for each in arguments)]) == 2
    assert problem in json.loads(capsys.readouterr().err)["message"]


def test_where_openssl_is_missing_kms_is_named(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other way is always there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["verify-report", str(report), "--public-key", str(pem(KEY, tmp_path))]) == 2
    assert "--key-arn" in json.loads(capsys.readouterr().err)["message"]


@pytest.fixture
def key_arn(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A signing key in an account."""
    for name, value in (("DEFAULT_REGION", "eu-west-1"), ("ACCESS_KEY_ID", "none"), ("SECRET_ACCESS_KEY", "none")):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        kms = boto3.client("kms")
        yield kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]


def test_kms_tells_a_signed_report_from_another(report: Path, tmp_path: Path, key_arn: str) -> None:
    """What it signed is signed; one byte more is not; a key that is not there is no verdict."""
    command = ["verify-report", str(report), "--key-arn", key_arn]
    assert main(command) == NOT_SIGNED_EXIT_CODE
    signature = store.sign(key_arn, hashlib.sha256(report.read_bytes()).digest())
    (tmp_path / "report.signature").write_bytes(signatures.written(signature))
    assert main(command) == 0
    report.write_bytes(report.read_bytes() + b" ")
    assert main(command) == NOT_SIGNED_EXIT_CODE
    gone = key_arn[:-4] + "0000"
    assert main(["verify-report", str(report), "--key-arn", gone]) == 13
    with pytest.raises(ConnectionFailed):
        store.is_signed(gone, b"d" * 32, signature)
    with pytest.raises(ReportFailed):
        store.sign(gone, b"d" * 32)


def test_a_run_signs_the_bytes_that_it_stores(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature lies beside the report, and is of the report on disk."""
    bench.sql("CREATE TABLE t (id int, m text); INSERT INTO t VALUES (1, 'planted')")
    asked: list[str] = []

    def signing(arn: str, digest: bytes) -> bytes:
        asked.append(arn)
        return sign(KEY, digest)

    monkeypatch.setattr("sanitizer.__main__.sign", signing)
    outcome = bench.sanitize("tables: {public.t: {id: keep, m: email}}", signing_key="arn:the-key")
    assert (outcome.code, asked) == (0, ["arn:the-key"])
    arguments = [str(bench.directory / "report.json"), "--public-key", str(pem(KEY, bench.directory))]
    assert bench.perform(["verify-report", *arguments]).code == 0


def test_a_report_that_cannot_be_signed_is_not_stored(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 24: without a signature there is no proof."""
    bench.sql("CREATE TABLE t (id int, m text); INSERT INTO t VALUES (1, 'planted')")

    def refuse(*_: Any) -> bytes:
        raise ReportFailed("the signing key: AWS answered AccessDeniedException")

    monkeypatch.setattr("sanitizer.__main__.sign", refuse)
    outcome = bench.sanitize("tables: {public.t: {id: keep, m: email}}", signing_key="arn:the-key")
    assert (outcome.code, outcome.report) == (24, None)
    assert not list(bench.directory.glob("report.*"))

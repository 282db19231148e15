"""The emulated KMS signs as AWS does: what it makes can be checked by anybody who has the public half."""

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rehearsal.account import EmulatedAccount
from tests.rehearsal import fixtures_gate
from tests.rehearsal.fixtures_gate import allow
from tests.rehearsal.test_iam_calls import Actor

account, rds = fixtures_gate.account, fixtures_gate.rds

CONTENT = b"a report"
DIGEST = hashlib.sha256(CONTENT).digest()
HOW = {"MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}


@pytest.fixture
def key(account: EmulatedAccount) -> str:
    made = account.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return str(made["KeyMetadata"]["Arn"])


@pytest.mark.parametrize("told", [{**HOW, "Message": DIGEST}, {**HOW, "MessageType": "RAW", "Message": CONTENT}])
def test_a_signature_is_of_the_bytes_themselves(account: EmulatedAccount, key: str, told: dict[str, Any]) -> None:
    """Whether KMS was given the message or its digest."""
    kms = account.client("kms")
    signature = kms.sign(KeyId=key, **told)["Signature"]
    public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, CONTENT, ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(signature, CONTENT + b" ", ec.ECDSA(hashes.SHA256()))


def test_an_invalid_signature_is_an_error(account: EmulatedAccount, key: str) -> None:
    """KMS never answers that a signature is not valid: it refuses."""
    kms = account.client("kms")
    signature = kms.sign(KeyId=key, Message=DIGEST, **HOW)["Signature"]
    assert kms.verify(KeyId=key, Message=DIGEST, Signature=signature, **HOW)["SignatureValid"]
    with pytest.raises(ClientError, match="KMSInvalidSignatureException"):
        kms.verify(KeyId=key, Message=b"d" * 32, Signature=signature, **HOW)


@pytest.mark.parametrize(
    ("made", "told", "code"),
    [
        ({"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}, {"Message": b"too short"}, "ValidationException"),
        ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, {}, "InvalidKeyUsageException"),
        ({}, {}, "InvalidKeyUsageException"),
    ],
)
def test_what_cannot_be_signed_is_refused(
    account: EmulatedAccount, made: dict[str, Any], told: dict[str, Any], code: str
) -> None:
    """A digest of another length; a key that is for something else."""
    kms = account.client("kms")
    arn = kms.create_key(**made)["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError, match=code):
        kms.sign(**{"KeyId": arn, "Message": DIGEST, **HOW, **told})


def test_a_signature_takes_its_key_and_algorithm(account: EmulatedAccount, key: str) -> None:
    """Signing is bound to one key and one algorithm; who may check may not sign."""
    actor = Actor(account, "kms", "sign", KeyId=key, Message=DIGEST, **HOW)
    for algorithm, allowed in (("ECDSA_SHA_256", True), ("ECDSA_SHA_384", False)):
        bound = allow("kms:Sign", key, StringEquals={"kms:SigningAlgorithm": algorithm})
        assert (actor.refusal(bound) is None) is allowed
    assert actor.refusal(allow("kms:Sign", f"{key}x")) is not None
    assert actor.refusal(allow("kms:Verify", key)) is not None

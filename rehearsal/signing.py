"""KMS's Sign, Verify and GetPublicKey: moto signs the message's transport encoding, and knows no digests."""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from moto.kms.models import kms_backends

from rehearsal.credentials import Caller
from rehearsal.errors import AwsError
from rehearsal.places import REGION

OPERATIONS = ("Sign", "Verify", "GetPublicKey")
ALGORITHM = "ECDSA_SHA_256"
LONGEST_MESSAGE_BYTES, DIGEST_BYTES = 4096, 32


class Signatures:
    """Keys of the curve P-256, and what is done with them."""

    def call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """The operation's answer. Raises: AwsError."""
        key = _key(str(parameters["KeyId"]), caller)
        private = key.private_key.private_key
        if operation == "GetPublicKey":
            described = {"KeyId": key.arn, "KeySpec": key.key_spec, "KeyUsage": key.key_usage}
            return {**described, "PublicKey": key.private_key.public_key(), "SigningAlgorithms": [ALGORITHM]}
        message, how = _message(parameters)
        answer = {"KeyId": key.arn, "SigningAlgorithm": ALGORITHM}
        if operation == "Sign":
            return {**answer, "Signature": private.sign(message, ec.ECDSA(how))}
        try:
            private.public_key().verify(parameters["Signature"], message, ec.ECDSA(how))
        except InvalidSignature:
            raise AwsError("KMSInvalidSignatureException", "The signature is not valid.") from None
        return {**answer, "SignatureValid": True}


def _key(arn: str, caller: Caller) -> Any:
    account = arn.split(":")[4] if arn.startswith("arn:") else caller.account
    key = kms_backends[account][REGION].keys.get(arn.rsplit("/", 1)[-1])
    if key is None:
        raise AwsError("NotFoundException", f"Key '{arn}' does not exist")
    if not key.enabled:
        raise AwsError("DisabledException", f"{key.arn} is disabled.")
    if (key.key_usage, key.key_spec) != ("SIGN_VERIFY", "ECC_NIST_P256"):
        raise AwsError("InvalidKeyUsageException", f"{key.arn} key usage is {key.key_usage}, its spec {key.key_spec}.")
    return key


def _message(parameters: dict[str, Any]) -> tuple[bytes, hashes.HashAlgorithm | Prehashed]:
    """What is signed, and whether it is a digest already."""
    message = bytes(parameters["Message"])
    if parameters["SigningAlgorithm"] != ALGORITHM:
        raise AwsError("InvalidKeyUsageException", f"Algorithm {parameters['SigningAlgorithm']} is not this key's.")
    if parameters.get("MessageType", "RAW") != "DIGEST":
        if not 1 <= len(message) <= LONGEST_MESSAGE_BYTES:
            raise AwsError("ValidationException", f"A message has 1 to {LONGEST_MESSAGE_BYTES} bytes.")
        return message, hashes.SHA256()
    if len(message) != DIGEST_BYTES:
        raise AwsError("ValidationException", "Digest is invalid length for algorithm ECDSA_SHA_256.")
    return message, Prehashed(hashes.SHA256())

"""Whether a report is the one that a stack's sanitizer signed: asked of KMS, or of OpenSSL's command where there is only the public key.

No library in the image verifies ECDSA; OpenSSL's command does, and is there.
"""

import base64
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from sanitizer.errors import UsageError
from sanitizer.store import is_signed

LENGTHS_BYTES = range(60, 73)  # of signatures of the curve P-256, as DER; shorter ones do not happen


def written(signature: bytes) -> bytes:
    """A signature as it stands in the bucket and, without the line's end, in the snapshot's tag."""
    return base64.b64encode(signature) + b"\n"


def read(given: str) -> bytes:
    """The signature that was `written`, from the text itself or from the file of that name.

    Raises: UsageError.
    """
    signature = _decoded(given)
    if signature is None:
        try:
            signature = _decoded(Path(given).read_text())
        except (OSError, ValueError) as exc:
            raise UsageError(f"--signature {given} cannot be read ({type(exc).__name__})") from exc
    if signature is None:
        raise UsageError(f"--signature {given} holds no signature: about 96 characters of base64")
    return signature


def _decoded(text: str) -> bytes | None:
    try:
        signature = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return None
    return signature if len(signature) in LENGTHS_BYTES else None


def holds_for_key(report: bytes, signature: bytes, key_arn: str) -> bool:
    """Whether KMS says that its key made the signature for these very bytes.

    Raises: ConnectionFailed.
    """
    return is_signed(key_arn, hashlib.sha256(report).digest(), signature)


def holds_for_public_key(report: bytes, signature: bytes, public_key: Path) -> bool:
    """The same, by the key's public half (PEM), without AWS.

    Raises: UsageError, also where OpenSSL's command is missing.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        raise UsageError("--public-key needs the command `openssl`, which is not installed; or use --key-arn")
    if _run([openssl, "pkey", "-pubin", "-noout", "-in", str(public_key)]):
        raise UsageError(f"--public-key {public_key} is no public key in PEM format")
    with tempfile.NamedTemporaryFile() as file:
        file.write(signature)
        file.flush()
        return not _run([openssl, "dgst", "-sha256", "-verify", str(public_key), "-signature", file.name], report)


def _run(command: list[str], given: bytes = b"") -> int:
    return subprocess.run(command, input=given, capture_output=True, check=False).returncode  # noqa: S603

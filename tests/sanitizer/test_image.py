"""What goes into the image: certificates that hold, requirements with hashes, nothing that runs as root."""

import re
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from sanitizer.options import BUNDLE

ROOM = Path(__file__).parents[2] / "sanitizer"
DOCKERFILE = (ROOM / "Dockerfile").read_text()


def test_every_authority_of_amazon_rds_in_the_bundle_holds() -> None:
    """Each certificate parses, is an authority of Amazon RDS, and stays valid until 2027 at least."""
    certificates = x509.load_pem_x509_certificates(BUNDLE.read_bytes())
    assert len(certificates) >= 81
    for certificate in certificates:
        assert "Amazon RDS" in certificate.subject.rfc4514_string()
        assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert certificate.not_valid_after_utc > datetime(2027, 1, 1, tzinfo=UTC)
    assert BUNDLE.read_text().startswith(
        "# Amazon RDS certificate authorities, from https://truststore.pki.rds.amazonaws.com/"
    )


def test_the_image_runs_the_sanitizer_as_nobody_special() -> None:
    """One user without rights, no shell form, `run` unless told otherwise."""
    instructions = dict(line.split(" ", 1) for line in DOCKERFILE.splitlines() if line and not line.startswith("#"))
    assert instructions["USER"] == "10001"
    assert instructions["ENTRYPOINT"] == '["python", "-m", "sanitizer"]'
    assert instructions["CMD"] == '["run"]'
    assert instructions["WORKDIR"] == "/app"
    assert instructions["VOLUME"] == '["/tmp"]'
    assert instructions["RUN"].startswith("[")
    assert '"--require-hashes"' in instructions["RUN"]


def test_the_image_holds_this_room_only() -> None:
    """All it copies lies in sanitizer/ and exists."""
    sources = re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE)
    assert sources
    for source in sources:
        assert source.startswith("sanitizer/")
        assert (ROOM.parent / source).exists()


def test_everything_imported_is_required_with_hashes() -> None:
    """The image installs without dependencies: requirements.txt must name all of them."""
    requirements = (ROOM / "requirements.txt").read_text()
    for package in ("boto3", "botocore", "phonenumberslite", "psycopg", "psycopg-binary", "python-stdnum", "pyyaml"):
        assert re.search(rf"^{package}==\S+.*\\$", requirements, re.MULTILINE), package
    assert "--hash=sha256:" in requirements

"""What goes into the image: certificates that hold, requirements with hashes, nothing that runs as root."""

import json
import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from rehearsal.images import build_image
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
    assert instructions["STOPSIGNAL"] == "SIGTERM"
    assert instructions["RUN"].startswith("[")
    assert '"--require-hashes"' in instructions["RUN"]


def test_the_image_holds_this_room_only() -> None:
    """All it copies lies in sanitizer/ and exists."""
    sources = re.findall(r"^COPY --chmod=0755 (\S+) ", DOCKERFILE, re.MULTILINE)
    assert len(sources) == DOCKERFILE.count("\nCOPY ")
    assert sources
    for source in sources:
        assert source.startswith("sanitizer/")
        assert (ROOM.parent / source).exists()


def test_nothing_but_this_room_is_sent_to_the_build() -> None:
    """Neither the stack's config nor anything else of the folder; the context is known where its tag is computed."""
    patterns = [line for line in (ROOM.parent / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert patterns == ["*", "!sanitizer", "**/__pycache__", "**/*.pyc"]


def test_the_base_is_named_by_release_and_debian() -> None:
    """The interpreter that the locked wheels are for, on one Debian: `slim` alone moves from one to the next."""
    (base,) = re.findall(r"^FROM (\S+)$", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", base)
    assert f'base.name="docker.io/library/{base.split("@")[0]}"' in DOCKERFILE


def test_the_container_ends_cleanly_when_it_is_stopped(tmp_path: Path) -> None:
    """Started as the image starts it, told by its environment alone: SIGTERM ends it with "nothing changed", said in one line."""
    image = build_image(ROOM / "Dockerfile", ROOM.parent, tmp_path / "image")
    (tmp_path / "rules.yaml").write_text("unlisted: fail\ntables: {public.t: truncate}\n")
    (tmp_path / "password").write_text("invented")
    with socket.create_server(("127.0.0.1", 0)) as database:  # it lets the sanitizer in, and never answers
        told = {
            "HOST": "127.0.0.1",
            "PORT": str(database.getsockname()[1]),
            "USER": "master",
            "PASSWORD_FILE": str(tmp_path / "password"),
            "RULES": str(tmp_path / "rules.yaml"),
            "REPORT": str(tmp_path / "report.json"),
            "DATABASE": "orders",
            "RUN_ID": "202601020300-abcd",
        }
        process = subprocess.Popen(
            [sys.executable, *image.entrypoint[1:], *image.command],
            cwd=image.path("."),
            env={**image.environment, **{f"SANITIZER_{name}": value for name, value in told.items()}},
            stderr=subprocess.PIPE,
            text=True,
        )
        database.settimeout(60)
        with database.accept()[0]:
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=60)
    assert process.returncode == 19
    (line,) = [json.loads(each) for each in said.splitlines()]
    assert (line["event"], line["exit_code"]) == ("StoppedInTime", 19)


def test_everything_imported_is_required_with_hashes() -> None:
    """The image installs without dependencies: requirements.txt must name all of them."""
    requirements = (ROOM / "requirements.txt").read_text()
    direct = ("boto3", "phonenumberslite", "psycopg", "pymysql", "python-stdnum", "pyyaml")
    for package in (*direct, "botocore", "psycopg-binary"):
        assert re.search(rf"^{package}==\S+.*\\$", requirements, re.MULTILINE), package
    assert "--hash=sha256:" in requirements

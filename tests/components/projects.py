"""Projects to record: our own program with other answers."""

import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from rehearsal.recording import Recording, record
from tests.components.fake_cloud import FakeCloud

PROJECT = Path(__file__).parents[2]
IMAGE = f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/sanitizer@sha256:{'0' * 64}"
SHARE_KEY = "arn:aws:kms:eu-west-1:123456789012:key/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


def whole_program() -> dict[str, Any]:
    """The real program, and what it called its things."""
    return runpy.run_path(str(PROJECT / "__main__.py"), run_name="__main__")


def record_with(
    folder: Path,
    stack: str,
    *databases: dict[str, Any],
    cloud: FakeCloud | None = None,
    preview: bool = False,
    program: Callable[[], object] = whole_program,
    **answers: Any,
) -> Recording:
    """The real program with these databases (masked by one statement unless they say otherwise), in a project of its own."""
    shutil.copy(PROJECT / "Pulumi.yaml", folder)
    given = [{"sql": ["SELECT 1"], **database} for database in databases]
    config = {"image": IMAGE, "databases": given, **answers}
    values = {f"sanitized-snapshots:{key}": value for key, value in config.items()}
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": {"aws:region": "eu-west-1", **values}}))
    return record(folder, stack, cloud or FakeCloud(preview=preview), preview=preview, program=program)

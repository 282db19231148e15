"""The Lambda archive: complete, small, and the same every time."""

import shutil
import subprocess
import sys
from pathlib import Path

from components.archive import SERVICES, files
from handlers.clients import Aws
from rehearsal.recording import Recording

FUNCTION = "aws:lambda/function:Function"
LIMIT_MIB = 50


def unpack(recording: Recording, folder: Path) -> Path:
    for name, content in recording.archive(recording.one(FUNCTION, "shop-worker")).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        assert isinstance(content, Path)
        shutil.copyfile(content, target)
    return folder


def run_bare(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code with the standard library and the unpacked archive, and nothing else that is installed here."""
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.')\n{code}"]
    environment = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_archive_runs_on_a_bare_python(up: Recording, tmp_path: Path) -> None:
    """Unpacked in an empty folder it imports the entry and makes every client, with pinned boto3 from the archive itself."""
    code = """
import boto3, botocore, handlers.entry
from handlers.clients import clients
assert all(client.meta.endpoint_url for client in clients())
for module in (boto3, botocore, handlers.entry): print(module.__file__)
"""
    done = run_bare(unpack(up, tmp_path), code)
    assert done.returncode == 0, done.stderr
    assert all(Path(line).is_relative_to(tmp_path) or line.startswith("./") for line in done.stdout.splitlines())


def test_the_archive_carries_the_services_that_handlers_call() -> None:
    """No client is without its model, and no model without its client."""
    assert set(SERVICES) == set(Aws._fields)


def test_the_archive_is_the_same_every_time(up: Recording) -> None:
    """Sorted names, no caches, nothing outside its folder: an unchanged program publishes no new version."""
    names = list(files())
    assert names == sorted(names)
    assert not [name for name in names if "__pycache__" in name or name.startswith(("/", ".")) or ".." in name]
    carried = [up.archive(function) for function in up.of_type(FUNCTION)]
    assert carried == [files()] * len(carried)


def test_the_archive_keeps_our_package_and_is_small() -> None:
    """Import paths are the same everywhere; and it fits into Lambda's direct upload with room to spare."""
    ours = {name for name in files() if name.startswith("handlers/")}
    here = {f"handlers/{path.name}" for path in (Path(__file__).parents[2] / "handlers").glob("*.py")}
    assert ours == here
    assert sum(path.stat().st_size for path in files().values()) < LIMIT_MIB * 2**20 / 4

"""The sanitizer's image, built and pushed by the program itself."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from components.image import CONTEXT, ROOT, tag
from rehearsal.awsx import ECR_IMAGE, ECR_REPOSITORY, IMAGE, LIFECYCLE_POLICY, REPOSITORY, TASK_DEFINITION
from rehearsal.recording import Recording
from rehearsal.wire_values import UNKNOWN
from tests.components.documents import document, resources_of
from tests.components.projects import record_with

DATABASE = {"name": "shop", "source": {"instance": "shop-prod"}}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record_with(tmp_path_factory.mktemp("built"), "dev", DATABASE, image="build", architecture="arm64")


def test_the_repository_keeps_what_is_pushed_as_it_is(built: Recording) -> None:
    """Tags that nobody can move, scanned when pushed, encrypted."""
    held = built.one(REPOSITORY).inputs
    assert held["name"] == "ss-dev-sanitizer"
    assert held["imageTagMutability"] == "IMMUTABLE"
    assert held["imageScanningConfiguration"] == {"scanOnPush": True}
    assert held["encryptionConfigurations"] == [{"encryptionType": "AES256"}]


def test_images_that_executions_may_still_pull_are_kept(built: Recording) -> None:
    """Neither Pulumi removes them when another is built, nor the repository before many more are; what has no tag stays."""
    assert built.one(ECR_IMAGE).options["retainOnDelete"] is True
    assert built.one(IMAGE).options["retainOnDelete"] is True
    (rule,) = json.loads(built.one(LIFECYCLE_POLICY).inputs["policy"])["rules"]
    prefix = rule["selection"]["tagPrefixList"]
    assert rule["selection"] == {
        "tagStatus": "tagged",
        "tagPrefixList": prefix,
        "countType": "imageCountMoreThan",
        "countNumber": 100,
    }
    assert built.one(ECR_IMAGE).inputs["imageTag"].startswith(prefix[0])


def test_the_task_runs_the_very_build(built: Recording) -> None:
    """By the digest that the push gave it, on the architecture that it was built for."""
    task = built.one(TASK_DEFINITION).inputs
    (container,) = json.loads(task["containerDefinitions"])
    repository = built.one(ECR_REPOSITORY).outputs["url"]
    assert container["image"] == f"{repository}@{built.one(IMAGE).outputs['digest']}"
    assert task["runtimePlatform"] == {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"}
    assert built.one(IMAGE).inputs["platforms"] == ["linux/arm64"]


def test_the_build_reads_the_repositorys_root(built: Recording) -> None:
    """Whatever folder Pulumi runs in; the Dockerfile copies from there."""
    inputs = built.one(ECR_IMAGE).inputs
    assert (Path(inputs["context"]), Path(inputs["dockerfile"])) == (ROOT, ROOT / "sanitizer" / "Dockerfile")


def test_the_execution_role_pulls_from_that_repository_only(built: Recording) -> None:
    """Its name is chosen, so the document is known before the repository exists."""
    repositories = resources_of(document(built, "shop-execution"), "ecr:BatchGetImage")
    assert repositories == {"arn:aws:ecr:eu-west-1:123456789012:repository/ss-dev-sanitizer"}


def test_without_build_there_is_no_repository(up: Recording) -> None:
    """An image by its digest is somebody else's."""
    assert not up.of_type(ECR_REPOSITORY) + up.of_type(ECR_IMAGE)
    assert up.one(TASK_DEFINITION).inputs["runtimePlatform"]["cpuArchitecture"] == "X86_64"


def test_a_preview_does_not_need_the_image(tmp_path: Path) -> None:
    """Repository and digest come to be in `up`; the task definition waits for them."""
    recording = record_with(tmp_path, "dev", DATABASE, image="build", preview=True)
    assert recording.one(ECR_IMAGE).outputs["imageUri"] == UNKNOWN
    assert recording.one(TASK_DEFINITION).inputs["containerDefinitions"] == UNKNOWN


@pytest.fixture
def context(tmp_path: Path) -> Path:
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    shutil.copytree(ROOT / CONTEXT, tmp_path / CONTEXT, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / CONTEXT


def _edit(folder: Path) -> None:
    (folder / "__main__.py").write_text("")


def _rename(folder: Path) -> None:
    (folder / "store.py").rename(folder / "storage.py")


def _make_executable(folder: Path) -> None:
    (folder / "store.py").chmod(0o755)


def _add(folder: Path) -> None:
    (folder / "postgresql" / "new.py").write_text("")


def _let_more_in(folder: Path) -> None:
    (folder.parent / ".dockerignore").write_text("")


@pytest.mark.parametrize("change", [_edit, _rename, _make_executable, _add, _let_more_in])
def test_another_build_has_another_tag(context: Path, change: Any) -> None:
    """A tag that is there already could not be pushed again: whatever the build reads is in it."""
    before = tag("x86_64", context)
    change(context)
    assert tag("x86_64", context) != before


def test_the_same_build_has_the_same_tag(context: Path) -> None:
    """What Python leaves beside its modules is not in the image; each architecture is a build of its own."""
    before = tag("x86_64", context)
    (context / "__pycache__").mkdir()
    (context / "__pycache__" / "store.cpython-313.pyc").write_bytes(b"x")
    assert tag("x86_64", context) == before != tag("arm64", context)
    assert re.fullmatch(r"sanitizer-x86-64-[0-9a-f]{32}", before)

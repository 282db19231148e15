"""The sanitizer's image: one that somebody pushed, or one that this very program builds and pushes. By digest either way."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pulumi
import pulumi_awsx as awsx

from components import words
from handlers.permissions import Permission

ROOT = Path(__file__).parent.parent
CONTEXT = "sanitizer"  # all that .dockerignore lets into the build
PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
# Tags never move, so each build has its own. An execution pulls the image that its task definition names, hours after it began:
# far fewer than this many builds are pushed until it has.
TAG, BUILDS_KEPT = "sanitizer-", 100


class Image(NamedTuple):
    """What the task definition names, and what its execution role needs to pull it."""

    uri: pulumi.Input[str]
    pulling: tuple[Permission, ...]


def image(name: str, told: str, architecture: str, prefix: str, parent: pulumi.Resource) -> Image:
    """The image that the settings name: pushed already, or built and pushed now."""
    if told != words.BUILD:
        return Image(told, pulling(told))
    repository = _repository(name, f"{prefix}-sanitizer", parent)
    built = awsx.ecr.Image(
        name,
        repository_url=repository.url,
        context=str(ROOT),
        dockerfile=str(ROOT / CONTEXT / "Dockerfile"),
        platform=PLATFORMS[architecture],
        image_tag=tag(architecture),
        # Another tag is another resource: without this, the image that running executions will pull would be deleted.
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=True),
    )
    arn = f"arn:{{partition}}:ecr:{{region}}:{{account}}:repository/{prefix}-sanitizer"
    return Image(built.image_uri, _pulling_from(arn))


def pulling(uri: str) -> tuple[Permission, ...]:
    """What pulling the image takes: nothing, where it does not lie in ECR."""
    found = words.ECR.match(uri)
    if found is None:
        return ()
    return _pulling_from(f"arn:{{partition}}:ecr:{found['region']}:{found['account']}:repository/{found['name']}")


def tag(architecture: str, folder: Path = ROOT / CONTEXT) -> str:
    """A tag that is another one whenever anything that the build reads is: names, modes and contents."""
    whole = sha256((folder.parent / ".dockerignore").read_bytes())
    for file in _files(folder):
        mode = f"{file.stat().st_mode:o}"
        content = sha256(file.read_bytes()).hexdigest()
        whole.update(f"{file.relative_to(folder).as_posix()} {mode} {content}\n".encode())
    return f"{TAG}{architecture.replace('_', '-')}-{whole.hexdigest()[:32]}"


def _files(folder: Path) -> Iterator[Path]:
    """The files of the build, as .dockerignore has them: without what Python left there."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
            yield file


def _pulling_from(repository: str) -> tuple[Permission, ...]:
    layers = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    return Permission(("ecr:GetAuthorizationToken",), ("*",)), Permission(layers, (repository,))


def _repository(logical: str, name: str, parent: pulumi.Resource) -> awsx.ecr.Repository:
    return awsx.ecr.Repository(
        logical,
        name=name,
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        encryption_configurations=[{"encryption_type": "AES256"}],
        force_delete=True,  # it holds nothing but what this program pushed, and could push again
        lifecycle_policy={
            "rules": [
                {
                    "description": "builds that no execution can name any more",
                    "tag_status": "tagged",
                    "tag_prefix_list": [TAG],
                    "maximum_number_of_images": BUILDS_KEPT,
                }
            ]
        },
        opts=pulumi.ResourceOptions(parent=parent),
    )

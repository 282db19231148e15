"""Builds the sanitizer's image for both architectures and pushes it; its digest is what a stack's config names."""

import json
import os
import re
import sys
from pathlib import Path

from workflows.tools import BUILD, call, follow, summarize, tell_later_steps

PLATFORMS = "linux/amd64,linux/arm64"
REPOSITORY = re.compile(r"[a-z0-9][a-z0-9.:-]*(/[a-z0-9._-]+)+")


def main() -> int:
    """docker's exit code; build/image-digest holds repository@sha256:... when it is 0."""
    repository = os.environ.get("IMAGE", "")
    if not REPOSITORY.fullmatch(repository):
        sys.exit(
            "IMAGE is needed: the repository without tag, as in make image IMAGE=123456789012.dkr.ecr.eu-west-1.amazonaws.com/sanitizer"
        )
    commit = call("git", "rev-parse", "--short=12", "HEAD").decode().strip()
    BUILD.mkdir(exist_ok=True)
    metadata, pinned_file = BUILD / "image.json", BUILD / "image-digest"
    for of_an_earlier_build in (metadata, pinned_file):
        of_an_earlier_build.unlink(missing_ok=True)
    code, _ = follow(*command(repository, commit, metadata))
    if code:
        return code
    digest = json.loads(metadata.read_text())["containerimage.digest"]
    pinned = f"{repository}@{digest}"
    pinned_file.write_text(f"{pinned}\n")
    tell_later_steps(repository=repository, digest=digest, image=pinned)
    summarize(f"`{pinned}`\n\nTo use it: `pulumi config set sanitized-snapshots:image {pinned}`, in a pull request.\n")
    sys.stdout.write(f"{pinned}\n")
    return 0


def command(repository: str, commit: str, metadata: Path) -> list[str]:
    """The command line; the tag is the commit, since registries remove what has none."""
    place = ["--file", "sanitizer/Dockerfile", "--tag", f"{repository}:{commit}", "--push"]
    return ["docker", "buildx", "build", "--platform", PLATFORMS, *place, "--metadata-file", str(metadata), "."]


if __name__ == "__main__":
    sys.exit(main())

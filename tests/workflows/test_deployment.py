"""Pulumi, docker and gh are called as their manuals say, and what they answer arrives where people and later steps read it."""

import json
from pathlib import Path

import pytest

from tests.workflows.conftest import Repository
from workflows.comment import LIMIT_CHARACTERS, MARKER, body

DIGEST = f"sha256:{'ab' * 32}"
PUSHED = f"""
metadata = sys.argv[sys.argv.index("--metadata-file") + 1]
open(metadata, "w").write(json.dumps({{"containerimage.digest": "{DIGEST}"}}))
"""
COMMON = ["--stack", "prod", "--non-interactive", "--color", "never"]


@pytest.mark.parametrize(("action", "own"), [("preview", ["--diff"]), ("up", ["--yes"])])
def test_the_policy_pack_is_enforced_with_the_stack_s_settings(
    repository: Repository, action: str, own: list[str]
) -> None:
    """Always the pack; its settings for this stack where the file exists, and no other stack's."""
    repository.program("pulumi")
    (repository.path / "policy/config.prod.json").unlink()
    repository.write("policy/config.qa.json", "{}")
    assert repository.make(action, STACK="prod").code == 0
    repository.write("policy/config.prod.json", "{}")
    assert repository.make(action, STACK="prod").code == 0
    expected = ["pulumi", action, *COMMON, *own, "--policy-pack", "policy"]
    assert repository.calls == [
        [*expected, ""],
        [*expected, "--policy-pack-config", "policy/config.prod.json", ""],
    ]


def test_a_preview_is_written_for_the_comment(repository: Repository) -> None:
    """All that Pulumi said, as it said it, in a block that its own text cannot end."""
    repository.program("pulumi", 'print("+ aws:s3:Bucket ```", flush=True); print("policy: fine", file=sys.stderr)')
    done = repository.make("preview", STACK="prod")
    assert done.code == 0
    assert "+ aws:s3:Bucket" in done.out
    assert (repository.path / "build/preview-prod.md").read_text() == (
        "## Stack `prod`: ready to deploy\n\n<details><summary>pulumi preview</summary>\n\n"
        "````\n+ aws:s3:Bucket ```\npolicy: fine\n````\n\n</details>\n"
    )


def test_a_refused_preview_fails_and_is_written_all_the_same(repository: Repository) -> None:
    """A violated policy ends with Pulumi's exit code; of a long answer the end is shown, where the policies are."""
    repository.program("pulumi", "print(*range(1000), sep='\\n'); print('[mandatory] groups overlap'); sys.exit(255)")
    done = repository.make("preview", STACK="prod")
    assert done.code != 0
    assert "Error 255" in done.error
    page = (repository.path / "build/preview-prod.md").read_text()
    assert page.startswith("## Stack `prod`: **FAILED** (exit code 255)\n\nThe last 400 of 1001 lines;")
    assert "[mandatory] groups overlap\n```" in page
    assert "\n600\n" not in page


def test_a_missing_program_or_answer_is_named_with_its_remedy(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback: what is missing, and where to get it."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    done = repository.make("up", STACK="prod")
    assert "pulumi is not installed. Install it: https://www.pulumi.com/" in done.error
    done = repository.make("up")
    assert "STACK is needed; stacks here: prod. make up STACK=..." in done.error
    assert "IMAGE is needed" in repository.make("image").error
    assert "PULL_REQUEST, GH_TOKEN must be set" in repository.make("comment", GITHUB_REPOSITORY="a/b").error
    assert "Traceback" not in done.error


def test_the_image_is_built_for_both_architectures_and_named_by_its_digest(repository: Repository) -> None:
    """The digest of the list of both goes to the file, to later steps and to people; a failed build leaves none."""
    repository.program("docker", PUSHED)
    output = repository.programs / "output"
    done = repository.make(
        "image", IMAGE="123456789012.dkr.ecr.eu-west-1.amazonaws.com/sanitizer", GITHUB_OUTPUT=str(output)
    )
    assert done.code == 0, done.error
    commit = repository.git("rev-parse", "--short=12", "HEAD").strip()
    name = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/sanitizer"
    (call,) = repository.calls
    assert call[:7] == [
        "docker",
        "buildx",
        "build",
        "--platform",
        "linux/amd64,linux/arm64",
        "--file",
        "sanitizer/Dockerfile",
    ]
    assert call[7:] == ["--tag", f"{name}:{commit}", "--push", "--metadata-file", "build/image.json", ".", ""]
    pinned = f"{name}@{DIGEST}"
    assert (repository.path / "build/image-digest").read_text() == f"{pinned}\n"
    assert output.read_text() == f"repository={name}\ndigest={DIGEST}\nimage={pinned}\n"
    repository.program("docker", "sys.exit(1)")
    assert repository.make("image", IMAGE=name).code != 0


def test_there_is_one_comment_and_it_is_current(repository: Repository) -> None:
    """The first run posts it, later ones write it anew; a person's comment with the marker in it stays that person's."""
    (repository.path / "build").mkdir()
    (repository.path / "build/masking-diff.md").write_text("rules\n")
    (repository.path / "build/preview-prod.md").write_text("prod\n")
    told = {"GITHUB_REPOSITORY": "owner/name", "PULL_REQUEST": "7", "GH_TOKEN": "x"}
    repository.program("gh")
    assert repository.make("comment", **told).code == 0
    repository.program("gh", "print('41' if '--jq' in sys.argv else '')")
    assert repository.make("comment", **told).code == 0
    look, post, _, patch = repository.calls
    assert look[:4] == ["gh", "api", "--paginate", "repos/owner/name/issues/7/comments"]
    assert 'select(.user.type == "Bot" and (.body | startswith("<!-- sanitized-snapshots' in look[5]
    assert post[:6] == ["gh", "api", "--method", "POST", "repos/owner/name/issues/7/comments", "--input"]
    assert patch[:5] == ["gh", "api", "--method", "PATCH", "repos/owner/name/issues/comments/41"]
    assert json.loads(post[-1]) == json.loads(patch[-1]) == {"body": f"{MARKER}\nrules\n\nprod\n"}
    repository.program("gh", "sys.exit('HTTP 403')")
    assert "HTTP 403" in repository.make("comment", **told).error


def test_a_comment_is_never_longer_than_github_takes() -> None:
    """Each part keeps its beginning, and an open block is closed, so that the next part is not swallowed."""
    parts = ["short\n", "```diff\n" + "+ a line\n" * 20_000 + "```\n", "<details>\n````\n" + "x\n" * 50_000 + "````\n"]
    text = body(parts)
    assert len(text) <= LIMIT_CHARACTERS
    assert text.startswith(f"{MARKER}\nshort\n")
    assert "+ a line\n```\n\nCut here: the page of the run has the rest.\n" in text
    assert text.endswith("x\n````\n</details>\n\nCut here: the page of the run has the rest.\n")


def test_what_is_left_of_an_earlier_run_of_the_image_is_not_taken_for_new(
    repository: Repository, tmp_path: Path
) -> None:
    """A build that pushed nothing cannot end with the digest of the one before."""
    name = "registry.example/sanitizer"
    repository.program("docker", PUSHED)
    assert repository.make("image", IMAGE=name).code == 0
    repository.program("docker", "sys.exit(3)")
    done = repository.make("image", IMAGE=name, GITHUB_OUTPUT=str(tmp_path / "output"))
    assert done.code != 0
    assert not (tmp_path / "output").exists()
    assert not (repository.path / "build/image-digest").exists()

"""The workflows hold no logic, no key, and no more rights than a job needs; a broken or dangerous one does not pass."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.workflows.conftest import PROJECT, Repository

FILES = sorted((PROJECT / ".github/workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
RIGHTS = {
    "checks.yml checks": {"contents": "read"},
    "dependencies.yml scan": {"contents": "read"},
    "preview.yml rules": {"contents": "read"},
    "preview.yml stack": {"contents": "read", "id-token": "write"},
    "preview.yml comment": {"contents": "read", "pull-requests": "write"},
    "image.yml image": {"contents": "read", "id-token": "write", "attestations": "write"},
    "deploy.yml stacks": {"contents": "read"},
    "deploy.yml up": {"contents": "read", "id-token": "write"},
}


class Job(NamedTuple):
    file: str
    name: str
    told: dict[str, Any]

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.told["steps"])

    @property
    def rights(self) -> dict[str, str]:
        return dict(self.told["permissions"])


def jobs() -> Iterator[Job]:
    for file in FILES:
        for name, told in yaml.safe_load(file.read_text())["jobs"].items():
            yield Job(file.name, name, told)


def job(file: str, name: str) -> dict[str, Any]:
    return next(job.told for job in jobs() if (job.file, job.name) == (file, name))


def test_every_step_is_a_make_target_or_a_pinned_action() -> None:
    """What CI does, anybody can do by hand; answers come by environment, so no text of others is ever part of a command."""
    ran = set()
    for each in jobs():
        for step in each.steps:
            assert ("run" in step) != ("uses" in step)
            if "run" in step and step["run"] != ".ci/run":
                made = re.fullmatch(r"make ([a-z-]+)", step["run"])
                assert made, step["run"]
                assert made[1] in TARGETS
                ran.add(made[1])
    assert ran == {"stacks", "masking-diff", "preview", "comment", "sbom", "image", "up", "scan"}


def test_actions_are_pinned_by_commit_and_named_by_version() -> None:
    """A tag can be moved by whoever takes an action over; the same action is the same commit everywhere."""
    pins: dict[str, set[str]] = {}
    for file in FILES:
        for line in re.findall(r"uses: (.*)", file.read_text()):
            found = re.fullmatch(r"([\w./-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+", line)
            assert found, line
            pins.setdefault(found[1], set()).add(found[2])
    assert {action: len(commits) for action, commits in pins.items()} == dict.fromkeys(pins, 1)


def test_each_job_has_the_rights_of_its_work_and_no_key() -> None:
    """Nothing by default; the token that may comment and AWS's credentials are never in one job; no secret exists at all."""
    for file in FILES:
        text = file.read_text()
        assert yaml.safe_load(text)["permissions"] == {}
        assert "secrets" not in text
        assert "access-key" not in text
        assert "pull_request_target" not in text
    assert {f"{each.file} {each.name}": each.rights for each in jobs()} == RIGHTS
    for each in jobs():
        for step in each.steps:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_forks_get_nothing() -> None:
    """Whoever may not push here gets neither AWS's credentials nor a token that writes, in any job of a pull request."""
    for each in jobs():
        triggers = yaml.safe_load((PROJECT / ".github/workflows" / each.file).read_text())[True]
        if "pull_request" in triggers and "write" in each.rights.values():
            assert "github.event.pull_request.head.repo.full_name == github.repository" in each.told["if"]


def test_deployments_wait_for_people_and_for_each_other() -> None:
    """A stack is an environment, whose people approve; one at a time, and none is stopped half way."""
    up = job("deploy.yml", "up")
    assert up["environment"] == "${{ matrix.stack }}"
    assert up["strategy"]["max-parallel"] == 1
    assert up["concurrency"] == {"group": "deploy-${{ matrix.stack }}", "cancel-in-progress": False}


def test_the_pulumi_program_and_its_cli_are_of_one_version() -> None:
    """The version that the tests ran with is the one that deploys."""
    (sdk,) = re.findall(r"^pulumi==(\S+)", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    named = [
        step["with"]["pulumi-version"] for each in jobs() for step in each.steps if "pulumi/" in step.get("uses", "")
    ]
    assert named == [sdk, sdk]


CHECKS, PREVIEW = ".github/workflows/checks.yml", ".github/workflows/preview.yml"


@pytest.mark.parametrize(
    "edits",
    [
        [(CHECKS, "runs-on:", "run-on:", "run-on")],
        [(".github/dependabot.yml", "interval: weekly", "interval: sometimes", "sometimes")],
        [
            (CHECKS, "run: .ci/run", 'run: echo "${{ github.event.issue.title }}"', "template-injection"),
            (CHECKS, "persist-credentials: false", "fetch-depth: 1", "artipacked"),
            (CHECKS, "checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "checkout@v6", "unpinned-uses"),
            (PREVIEW, "pull_request:", "pull_request_target:", "dangerous-triggers"),
        ],
    ],
)
def test_a_broken_or_dangerous_workflow_is_caught(
    repository: Repository, edits: list[tuple[str, str, str, str]]
) -> None:
    """`make workflows`, which passes what is here, names everything that is wrong after each of these edits."""
    for file, old, new, _ in edits:
        repository.edit(file, old, new)
    done = repository.make("workflows")
    assert done.code != 0
    for *_, said in edits:
        assert said in done.out + done.error


def test_the_bill_of_materials_names_everything_that_the_image_installs(repository: Repository) -> None:
    """Valid CycloneDX; every pinned requirement with its hashes, nothing else."""
    assert repository.make("sbom").code == 0
    text = (repository.path / "build/sbom.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    requirements = (PROJECT / "sanitizer/requirements.txt").read_text()
    components = json.loads(text)["components"]
    named = {f"{each['name']}=={each['version']}" for each in components}
    assert named == set(re.findall(r"^([\w.-]+==[\w.]+)", requirements, re.MULTILINE))
    hashes = {
        each["content"] for part in components for place in part["externalReferences"] for each in place["hashes"]
    }
    assert hashes == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", requirements))

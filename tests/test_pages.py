"""What people read is true: pages written from code are current, and the README's transcript shows the run as it is."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from components import alarms
from docs import generate
from docs.pages import privileges, production
from handlers import errors, flow, sanitizing
from handlers.permissions import Permission
from handlers.step import Features
from rehearsal.recording import record
from tests.components.documents import allows, documents
from tests.components.fake_cloud import ACCOUNT, FakeCloud

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text()


@pytest.mark.parametrize("page", sorted(generate.PAGES))
def test_generated_page_is_current(page: str) -> None:
    """What `make docs` would write is what is there."""
    assert (PROJECT / "docs" / page).read_text() == generate.PAGES[page](), "run `make docs` and commit it"


def _of_productions_own(document: dict[str, Any]) -> dict[str, Any]:
    """The document without what it allows on things that carry the run's tags, which nothing of production does."""
    statements = [
        each
        for each in document["Statement"]
        if not any(key in production.OURS_ONLY for keys in each.get("Condition", {}).values() for key in keys)
    ]
    return {"Statement": statements}


def test_the_page_on_production_names_everything_that_the_deployed_documents_allow_on_it() -> None:
    """The documents as a stack gets them, held against production's names: nothing is allowed that the page keeps quiet about."""
    found = set()
    things = {thing: arn.replace("111111111111", ACCOUNT) for thing, arn in production.THINGS.items()}
    cloud = FakeCloud(region="eu-west-3", source={"kmsKeyId": things["its key"]})
    for document in documents(record(PROJECT, "prod", cloud)).values():
        actions = {action for each in document["Statement"] for action in each.get("Action", ())}
        for action, (thing, arn) in product(actions, things.items()):
            of_service = action.split(":")[0] == arn.split(":")[2]
            if of_service and allows(_of_productions_own(document), action, arn):
                found.add(production.Reach(action, thing))
    assert production.Reach("rds:DescribeDBInstances", "the source") in found
    assert found <= set(production.reaching())


def test_an_action_that_comes_to_reach_production_must_be_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the page is not written at all."""
    everything = privileges.by_role()
    everything["worker"].append(("Plan", Permission(("rds:DeleteDBSnapshot",), ("arn:aws:rds:*:*:snapshot:*",))))
    monkeypatch.setattr(production, "by_role", lambda: everything)
    with pytest.raises(KeyError, match="rds:DeleteDBSnapshot"):
        production.page()


def test_every_error_of_a_run_is_explained() -> None:
    """Whoever is woken by a name, an exit code or an alarm finds it in the runbook, and the runbook from the operations page."""
    page = (PROJECT / "docs" / "runbook.md").read_text()
    names = {*errors.REMEDIES, *errors.REPORTED, *map(str, sanitizing.MEANINGS)}
    assert {name for name in names if f"| `{name}` |" not in page} == set()
    assert all(meaning.todo in page for meaning in alarms.MEANINGS.values())
    assert "](runbook.md)" in (PROJECT / "docs" / "operations.md").read_text()


def test_transcript_shows_the_states_of_the_run() -> None:
    """The README's transcript has the flow's states, in their order."""
    run = flow.run(Features(new_snapshot=True, reencrypt=True, share=True))
    states = ["Begin", run.plan.name, *(part.name for part in (*run.body, *run.finally_)), "Verdict", "Succeeded"]
    assert re.findall(r"^  \d\d:\d\d:\d\d  (\w+)", README, re.MULTILINE) == states


def test_everything_that_the_pages_name_exists() -> None:
    """No link of the README, and no make target that it or CONTRIBUTING names, leads nowhere."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in target:
            assert (PROJECT / target).exists(), target
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    for page in (README, (PROJECT / "CONTRIBUTING.md").read_text()):
        assert set(re.findall(r"`make ([a-z-]+)`|^\$? ?make ([a-z-]+)", page, re.MULTILINE)) != set()
        named = {
            one or other for one, other in re.findall(r"`make ([a-z-]+)`|^\$? ?make ([a-z-]+)", page, re.MULTILINE)
        }
        assert named <= targets, named - targets

"""What people read is true: pages written from code are current, and the README's transcript shows the run as it is."""

import re
from pathlib import Path

import pytest

from docs import generate
from handlers import errors, flow
from handlers.step import Features

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text()


@pytest.mark.parametrize("page", sorted(generate.PAGES))
def test_generated_page_is_current(page: str) -> None:
    """What `make docs` would write is what is there."""
    assert (PROJECT / "docs" / page).read_text() == generate.PAGES[page](), "run `make docs` and commit it"


def test_every_error_of_a_run_is_explained() -> None:
    """Whoever is woken by a name finds it in the operations page."""
    page = (PROJECT / "docs" / "operations.md").read_text()
    unseen = {"RunError", "NotReady", "DuplicateStart"}  # the base, a wait, and what is no failure
    names = {
        name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.RunError)
    }
    assert {name for name in names - unseen if f"`{name}`" not in page} == set()


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

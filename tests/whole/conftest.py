"""One stage for each file of whole runs: production filled and the stack deployed once; every run cleans up after itself."""

from collections.abc import Iterator

import pytest

from rehearsal import outcome
from rehearsal.stage import Stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as standing:
        yield standing


@pytest.fixture
def nothing_is_left(stage: Stage) -> Iterator[None]:
    """Every test here ends with an account that holds what it held before."""
    left = set(stage.ours())
    yield
    assert set(stage.ours()) == left


@pytest.fixture(scope="module")
def production_is_what_it_was(stage: Stage) -> Iterator[None]:
    """No failure changes production."""
    before = outcome.look_at_source(stage)
    yield
    assert outcome.look_at_source(stage) == before

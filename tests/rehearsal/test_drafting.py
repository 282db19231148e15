"""Rules are drafted by the sanitizer's own command, into a file that nobody can have edited."""

from pathlib import Path

import pytest

from rehearsal.drafting import NotDrafted, draft, free_file
from rehearsal.on_postgres import Postgres
from rehearsal.production import Production


def test_draft_never_takes_the_place_of_one_that_is_there(tmp_path: Path) -> None:
    """A person may have worked on it."""
    assert free_file(tmp_path, "orders") == tmp_path / "orders.masking.yaml"
    (tmp_path / "orders.masking.yaml").touch()
    (tmp_path / "orders.2.masking.yaml").touch()
    assert free_file(tmp_path, "orders") == tmp_path / "orders.3.masking.yaml"


def test_draft_that_fails_says_why_and_tells_no_password(tmp_path: Path) -> None:
    """The sanitizer's words and exit code; no file is left for the next rehearsal to find."""
    nowhere = Production("x", Postgres(), "postgres", "x", "a-secret-password", "127.0.0.1", 1, Path(__file__))
    with pytest.raises(NotDrafted, match=r"python -m sanitizer draft ended with \d+") as refused:
        draft(nowhere, tmp_path / "orders.masking.yaml")
    assert "a-secret-password" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []

"""Not part of the suite: a session of its own, in which a run says something that was planted (`test_the_ear.py` runs it)."""

from pathlib import Path

import pytest

from sanitizer.__main__ import main


@pytest.mark.parametrize("name", ["harmless", "planted"])
def test_a_run_that_names_its_file(tmp_path: Path, name: str) -> None:
    """Which is no rules file, so that its name is told."""
    assert main(["check", str(tmp_path / f"{name}.yaml")]) == 10

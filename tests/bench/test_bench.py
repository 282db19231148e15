"""`make bench` measures what it says, on tables too small to tell anything. No time is looked at: a busy machine would fail."""

import json
from pathlib import Path

import pytest

from bench import grounds
from bench import results as stored
from bench.__main__ import main
from bench.contenders import ALL, EACH, FLOOR, OURS, PROOF, WHOLE
from bench.page import page
from rehearsal.postgres import SETTINGS

PARTS = {"postgresql": "contenders,connections,tables", "mariadb": "contenders"}


@pytest.fixture(autouse=True)
def _small_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers as other tests have them: little memory, and nothing waits for the disk."""
    monkeypatch.setattr(grounds.RoomyServer, "settings", SETTINGS)
    monkeypatch.setattr(grounds.RoomyServer, "segment_mib", 1)
    monkeypatch.setattr(grounds, "MARIADB_SETTINGS", {})
    monkeypatch.setattr(grounds.os, "sync", lambda: None)


@pytest.mark.parametrize("engine", list(grounds.GROUNDS))
def test_every_contender_is_measured_and_every_growth(engine: str, tmp_path: Path) -> None:
    """One round on two hundred rows; the results hold each contender's seconds and are shown to people."""
    arguments = ["--rows", "200", "--rounds", "1", "--tables", "3", "--only", engine, "--output", str(tmp_path)]
    assert main([*arguments, "--parts", PARTS[engine]]) == 0
    found = json.loads((tmp_path / "results" / f"{engine}.json").read_text())
    assert found["left_out"] == {}
    assert set(found["contenders"]) == {OURS, PROOF, WHOLE, EACH, ALL, FLOOR}
    assert all(len(samples) == 1 and samples[0] > 0 for samples in found["contenders"].values())
    points = {"connections": ["1", "2", "4"], "tables": ["1", "3"]}
    assert {name: list(samples) for name, samples in found["growth"].items()} == {
        name: points[name] for name in PARTS[engine].split(",")[1:]
    }
    assert all(0 < each["MiB at most"][0] < 300 for each in found["growth"].get("tables", {}).values())
    assert f"| {OURS} |" in (tmp_path / "results.md").read_text()
    assert main([*arguments, "--parts", "tables", "--rows", "300"]) == 0
    kept = json.loads((tmp_path / "results" / f"{engine}.json").read_text())
    assert (kept["contenders"], kept["rows"]) == (found["contenders"], 200), "rows are those of the contenders"


def test_the_page_shows_the_results_that_are_kept() -> None:
    """What stands in bench/results.md follows from the files beside it."""
    here = Path(stored.__file__).parent
    kept = [stored.read(path) for path in sorted((here / "results").glob("*.json"), reverse=True)]
    assert (here / "results.md").read_text() == page(kept)

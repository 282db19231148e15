"""A run that takes no snapshot of production: it finds the latest one.

Opens with what happened elsewhere: `latest` that took a snapshot still being made, or one of another database of the same name.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal import outcome
from rehearsal.account import ACCOUNT
from rehearsal.shop import IDENTIFIER
from rehearsal.stage import Stage
from tests.whole import staging
from tests.whole.staging import states


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our program with a stack of its own: the latest snapshot, nobody to share with, the newest one kept."""

    def change(config: dict[str, Any]) -> None:
        database = config["sanitized-snapshots:databases"][0]
        del database["share"]
        database |= {"snapshot": "latest", "maxAge": "26h", "keep": {"count": 1}}

    return staging.project(tmp_path_factory.mktemp("project"), change)


@pytest.fixture(scope="module")
def stage(project: Path) -> Iterator[Stage]:
    with Stage(project=project) as standing:
        yield standing


def test_run_without_a_young_snapshot_is_refused(stage: Stage) -> None:
    """Data older than maxAge is not taken for yesterday's."""
    ended = stage.run()
    assert (ended["status"], ended["error"]) == ("FAILED", "NeverAvailable")
    assert "maxAge" in ended["cause"]
    assert list(stage.ours()) == []


def test_run_uses_the_latest_snapshot_and_leaves_it(stage: Stage) -> None:
    """RDS's own nightly snapshot is restored; production is not asked for a new one, and keeps its own."""
    nightly = stage.rds.take_automated_snapshot(IDENTIFIER, ACCOUNT)
    stage.account.clock.sleep(3600)
    before = outcome.look_at_source(stage)
    execution = stage.start_run()
    ended = stage.account.wait(execution, 300)
    assert ended["status"] == "SUCCEEDED", ended
    assert "TakeRawSnapshot" not in states(stage, execution)
    assert "Share" not in states(stage, execution)
    assert not {"CreateDBSnapshot"} & outcome.calls_naming_source(stage)
    assert outcome.look_at_source(stage) == before
    result = outcome.look_at_result(stage)
    assert list(stage.ours()) == [result.identifier]
    assert result.accounts == ()
    automated = stage.account.client("rds").describe_db_snapshots(SnapshotType="automated")["DBSnapshots"]
    assert nightly in {each["DBSnapshotIdentifier"] for each in automated}


def test_next_run_retires_the_one_before(stage: Stage) -> None:
    """`keep: {count: 1}` leaves the newest sanitized snapshot."""
    (older,) = stage.ours()
    stage.account.clock.sleep(3600)
    assert stage.run()["status"] == "SUCCEEDED"
    stage.account.clock.sleep(3600)
    (newer,) = stage.ours()
    assert newer > older

"""Where the functions begin: one line a step, errors under their names, settings read once."""

import json
from collections.abc import Iterator

import pytest

from handlers import entry
from handlers.errors import NotReady, RunError
from handlers.settings import Settings, SettingsMissing, SweepSettings
from tests.handlers.fakes import NOW, refusal
from tests.handlers.world import ENVIRONMENT, SWEEPER, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A deployed function, whose clients are fakes."""
    world = World().run_until("TakeRawSnapshot")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(entry, "clients", lambda: world.aws)
    return world


def event(world: World, step: str) -> dict[str, object]:
    """What the state machine sends."""
    return {"step": step, "plan": world.document["plan"], "now": NOW.isoformat(), "attempt": 0}


def test_a_step_is_one_line_of_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Names and ids, and the time that the state machine gave."""
    entry.handler(event(world, "TakeRawSnapshot"), None)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "time": NOW.isoformat(),
        "level": "info",
        "run_id": world.run_id,
        "database": "orders",
        "step": "TakeRawSnapshot",
        "event": "done",
    }


def test_the_text_of_an_error_is_not_logged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Its name is. What AWS or a driver says may hold anything."""
    fault = refusal("AccessDenied", "CreateDBSnapshot", 403)
    fault.response["Error"]["Message"] = "hunter2"
    world.rds.faults["create_db_snapshot"] = fault
    with pytest.raises(RunError):
        entry.handler(event(world, "TakeRawSnapshot"), None)
    (line,) = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["level"], json.loads(line)["event"]) == ("error", "AwsRefused")
    assert "hunter2" not in line


def test_waiting_is_no_error_in_the_log(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Otherwise every run would look broken."""
    entry.handler(event(world, "TakeRawSnapshot"), None)
    with pytest.raises(NotReady):
        entry.handler(event(world, "AwaitRawSnapshot"), None)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["level"] == "info"


def test_an_unknown_step_is_an_error(world: World) -> None:
    """A definition of another version is not guessed at."""
    with pytest.raises(KeyError):
        entry.handler(event(world, "Publish"), None)


def test_settings_name_everything_that_is_missing() -> None:
    """At once, and what to do."""
    told = {name: value for name, value in ENVIRONMENT.items() if name not in ("SOURCE", "BUCKET")}
    with pytest.raises(SettingsMissing, match="lacks SOURCE, BUCKET; deploy"):
        Settings.read(told)
    with pytest.raises(SettingsMissing, match="CLUSTER"):
        SweepSettings.read({**SWEEPER, "CLUSTER": ""})
    with pytest.raises(SettingsMissing, match="MAX_AGE_SECONDS"):
        Settings.read({**ENVIRONMENT, "SNAPSHOT": "latest"})


def test_groups_are_numbered_and_however_many() -> None:
    """A missing list is an empty one, for the isolation check to refuse."""
    groups = {f"TEMPORARY_SECURITY_GROUP_{number}": f"sg-{number}" for number in (0, 2, 10)}
    settings = Settings.read({**ENVIRONMENT, **groups})
    assert settings.temporary_groups == ("sg-0", "sg-2", "sg-10")
    bare = {name: value for name, value in ENVIRONMENT.items() if "SECURITY_GROUP_" not in name}
    assert Settings.read(bare).temporary_groups == ()


def test_the_optional_settings_may_be_absent() -> None:
    """No class, no sharing, no retiring."""
    bare = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("SHARE_")}
    settings = Settings.read(bare)
    assert (settings.instance_class, settings.share_accounts, settings.share_key) == (None, (), None)
    assert (settings.keep_count, settings.keep_age) == (None, None)

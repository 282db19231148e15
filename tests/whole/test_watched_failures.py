"""`--fail STATE`: a failure is brought about, and what became of everything is shown on one screen.

Opens with what happened elsewhere: people who first saw a clean-up on the day they needed it.
"""

from collections.abc import Iterator

import pytest

from rehearsal import failing, outcome, shop, telling
from rehearsal.course import Course
from rehearsal.stage import Stage
from rehearsal.view import View

SCREEN_LINES = 26

pytestmark = pytest.mark.usefixtures("production_is_what_it_was")


@pytest.fixture
def _swept(stage: Stage) -> Iterator[None]:
    """What was announced stays after a run; not after a test."""
    yield
    for name in list(stage.ours()):
        stage.account.client("rds").delete_db_snapshot(DBSnapshotIdentifier=name)
    stage.account.clock.sleep(3600)
    stage.account.gate.calls.clear()


def _nothing(*_: object) -> None:
    """Who is not watching."""


# State -> the error that the run ends with, and what is told of the things it made.
WATCHED = {
    "Plan": ("AwsRefused", {"nothing temporary was made yet"}),
    "AwaitRawSnapshot": ("SnapshotFailed", {"gone"}),
    "CheckIsolation": ("IsolationBroken", {"gone"}),
    "Sanitize": ("SanitizerFailed", {"gone", "ended"}),
    "TakeSanitizedSnapshot": ("NotSanitized", {"gone", "ended"}),
    "Retire": ("AwsRefused", {"gone", "ended", "stays: it is verified, and people were told of it"}),
    "DeleteRawSnapshot": (
        "LeftoversRemain",
        {"gone", "ended", "stays: it is verified, and people were told of it", "still there; the hourly sweep removes it"},
    ),
}  # fmt: skip


@pytest.mark.usefixtures("_swept")
@pytest.mark.parametrize("state", WATCHED)
def test_failure_is_shown_with_what_was_cleaned_up(
    stage: Stage, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which state, which error, each thing that was made and what has become of it, the remedy; production as it was."""
    error, become = WATCHED[state]
    before = outcome.look_at_source(stage)
    course = Course(_nothing, _nothing, _nothing)
    stage.account.on_event(course.listen)
    failing.watch(stage, state)
    ended = stage.run()
    ending = course.ending(ended)
    assert (ended["status"], ending.state, ending.error) == ("FAILED", state, error)
    told = telling.show_failure(View(plain=True), stage, before, ending, state)
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert len(lines) <= SCREEN_LINES
    assert f"What failed: {state}, as asked" in shown
    assert "production is what it was" in shown
    assert {end for end in become if any(line.rstrip().endswith(end) for line in lines)} == become, shown
    assert told["remedy"] in " ".join(shown.split())
    assert shop.PERSONAL.search(shown) is None
    assert told["leftovers"] == told["swept"]  # whatever was left is gone an hour later

"""One run at a time: whoever loses the race for the lock, loses it before doing anything."""

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import lock
from handlers.errors import AlreadyRunning
from tests.handlers.fakes import FakeS3, FakeStepFunctions, refusal

FIRST, SECOND, THIRD = (lock.Holder(f"arn:execution:{name}", name, None) for name in ("first", "second", "third"))


def take(s3: FakeS3, executions: FakeStepFunctions, wanted: lock.Holder) -> bool:
    """Whether the lock was got."""
    try:
        lock.take(s3, executions, bucket="bucket", database="orders", wanted=wanted)
    except AlreadyRunning:
        return False
    return True


def holder(s3: FakeS3) -> str:
    """Whose lock it is."""
    return str(json.loads(s3.objects["locks/orders"])["run_id"])


def executions(**statuses: str) -> FakeStepFunctions:
    """Executions with these statuses."""
    fake = FakeStepFunctions()
    fake.executions = {f"arn:execution:{name}": status for name, status in statuses.items()}
    return fake


def test_the_first_gets_the_lock_and_keeps_it() -> None:
    """Its own repetition included."""
    s3, running = FakeS3(), executions(first="RUNNING", second="RUNNING")
    assert [take(s3, running, each) for each in (FIRST, SECOND, FIRST)] == [True, False, True]
    assert holder(s3) == "first"


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", None])
def test_the_lock_of_an_execution_that_is_over_is_stale(status: str | None) -> None:
    """Also of one that Step Functions has forgotten."""
    s3, over = FakeS3(), executions(**({"first": status} if status else {}))
    take(s3, over, FIRST)
    assert take(s3, over, SECOND)
    assert holder(s3) == "second"


def test_an_execution_that_waits_to_be_redriven_keeps_its_lock() -> None:
    """It is going to work again."""
    s3, waiting = FakeS3(), executions(first="PENDING_REDRIVE")
    take(s3, waiting, FIRST)
    assert not take(s3, waiting, SECOND)


@pytest.mark.parametrize("between", ["put_object", "get_object", "describe_execution"])
def test_two_that_find_a_stale_lock_do_not_both_get_it(between: str) -> None:
    """Another one comes in between reading the stale lock and replacing it, or between the refusal and the reading."""
    s3, statuses = FakeS3(), executions(first="FAILED", second="RUNNING", third="RUNNING")
    take(s3, statuses, FIRST)
    (statuses if between == "describe_execution" else s3).before[between] = lambda: lock.take(
        s3, statuses, bucket="bucket", database="orders", wanted=THIRD
    )
    assert not take(s3, statuses, SECOND)
    assert holder(s3) == "third"


def test_a_lost_answer_does_not_lose_the_lock() -> None:
    """S3 has taken the lock, the answer never came, and the repetition is refused: it is ours nevertheless."""
    s3, running = FakeS3(), executions(first="RUNNING")
    s3.put_json("locks/orders", FIRST._asdict())
    assert take(s3, running, FIRST)


def test_a_conflict_of_simultaneous_writes_is_tried_again() -> None:
    """S3 answers 409 when two conditional writes meet."""
    s3 = FakeS3()
    s3.faults["put_object"] = refusal("ConditionalRequestConflict", "PutObject", 409)
    s3.put_json("locks/orders", SECOND._asdict())
    assert take(s3, executions(first="RUNNING"), FIRST)


def test_an_error_that_says_nothing_about_the_holder_gives_nobody_the_lock() -> None:
    """Who may not ask whether the holder runs must assume that it does."""
    s3, running = FakeS3(), executions(first="RUNNING")
    take(s3, running, FIRST)
    running.faults["describe_execution"] = refusal("AccessDeniedException", "DescribeExecution")
    with pytest.raises(Exception, match="AccessDenied"):
        take(s3, running, SECOND)
    assert holder(s3) == "first"


@given(order=st.permutations((FIRST, SECOND, THIRD)), alive=st.sets(st.sampled_from(("first", "second", "third"))))
def test_at_most_one_living_run_holds_a_lock(order: list[lock.Holder], alive: set[str]) -> None:
    """In whatever order they come and whichever have ended: a living one that got the lock still has it."""
    s3 = FakeS3()
    statuses = executions(**{each.run_id: "RUNNING" if each.run_id in alive else "FAILED" for each in order})
    got = [each.run_id for each in order if take(s3, statuses, each)]
    assert len(alive.intersection(got)) <= 1
    if alive.intersection(got):
        assert holder(s3) in alive


def test_three_in_every_order_leave_one_winner() -> None:
    """All alive: the first to come wins."""
    for order in permutations((FIRST, SECOND, THIRD)):
        s3, running = FakeS3(), executions(first="RUNNING", second="RUNNING", third="RUNNING")
        assert [take(s3, running, each) for each in order] == [True, False, False]

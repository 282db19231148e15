"""Virtual time: a rehearsal of an hour takes seconds, and no wait is skipped."""

import threading
from datetime import UTC, datetime, timedelta

from rehearsal.clock import Clock


def test_sleeping_jumps_by_exactly_what_was_asked_for() -> None:
    """A wait of an hour is over at once, and an hour later."""
    clock = Clock()
    before = clock.now()
    clock.sleep(3600)
    assert timedelta(seconds=3600) <= clock.now() - before < timedelta(seconds=3660)
    assert clock.slept_seconds == 3600


def test_the_clock_starts_where_it_is_told_and_speaks_utc() -> None:
    """Scheduled times are compared with it, so it knows its zone."""
    start = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    now = Clock(start).now()
    assert timedelta() <= now - start < timedelta(minutes=1)
    assert now.utcoffset() == timedelta()


def test_the_clock_never_goes_back() -> None:
    """Negative sleeps, and sleeps of many threads, only ever add."""
    clock = Clock()
    clock.sleep(-100)
    assert clock.slept_seconds == 0
    threads = [threading.Thread(target=lambda: [clock.sleep(1) for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.slept_seconds == 800

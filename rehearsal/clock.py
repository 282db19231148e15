"""Virtual time: it passes as real time does, and whoever sleeps jumps ahead instead of waiting."""

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The one clock of a rehearsal; it never goes back.

    Sleeps of parallel threads add up instead of overlapping, so virtual time is an upper bound then.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime.now(UTC)
        self._began_seconds = time.monotonic()
        self._lock = threading.Lock()
        self._slept_seconds = 0.0

    def now(self) -> datetime:
        """The virtual time, in UTC."""
        with self._lock:
            return self._start + timedelta(seconds=time.monotonic() - self._began_seconds + self._slept_seconds)

    def sleep(self, seconds: float) -> None:
        """Jump ahead; sleeping less than nothing is sleeping nothing."""
        with self._lock:
            self._slept_seconds += max(0.0, seconds)

    @property
    def slept_seconds(self) -> float:
        """How much of the virtual time nobody had to wait for."""
        return self._slept_seconds

"""What a person sees of a rehearsal: colours on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from rich.console import Console
from rich.status import Status
from rich.table import Table

PLAIN_WIDTH = 150


class View:
    """The one place that prints; everything else hands it facts."""

    def __init__(self, *, plain: bool) -> None:
        self.live = not plain and sys.stdout.isatty()
        width = None if self.live else PLAIN_WIDTH
        self.console = Console(no_color=plain or None, highlight=False, width=width)
        self._status: Status | None = None
        self._state: tuple[str, datetime, float, int] | None = None
        self._error: str | None = None
        self._began: datetime | None = None

    def title(self, text: str) -> None:
        """The first line of a part."""
        self.console.print(f"\n[bold]{text}[/bold]")

    def line(self, text: str) -> None:
        """One fact."""
        self.console.print(f"  {text}")

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Says what takes time while it does, and how long it took."""
        began = time.monotonic()
        if self.live:
            with self.console.status(f"{what} ..."):
                yield
        else:
            yield
        self.line(f"{what:<64} [dim]{time.monotonic() - began:5.1f} s[/dim]")

    def states_heading(self) -> None:
        """The heading of the lines that states make."""
        self.line(f"[dim]{'at':<8}  {'state':<28} {'took':>9}  {'waits':<15} {'really':>7}[/dim]")

    def state_entered(self, name: str, at: datetime) -> None:
        """A state of the run begins; `at` is virtual."""
        self._began = self._began or at
        self._state = (name, at, time.monotonic(), 0)
        if self.live:
            self._status = self.console.status(f"  {name}")
            self._status.start()

    def state_waits(self, at: datetime) -> None:
        """The state was not ready and is tried again later."""
        if self._state is None:
            return
        name, since, began, waits = self._state
        self._state = (name, since, began, waits + 1)
        if self._status:
            self._status.update(f"  {name}: not ready yet, {_span(at - since)} so far")

    def state_failed(self, error: str) -> None:
        """The state ran into an error; whether it is over is told separately."""
        self._error = error

    def state_left(self, at: datetime) -> None:
        """The state is over; prints its one line."""
        error, self._error = self._error, None
        if self._status:
            self._status.stop()
            self._status = None
        if self._state is None or self._began is None:
            return
        name, since, began, waits = self._state
        self._state = None
        waited = f"asked {waits + 1} times" if waits else ""
        colour, mark = ("red", f" {error}") if error else ("green", "")
        self.line(
            f"[dim]{_span(since - self._began)}[/dim]  [{colour}]{name:<28}[/{colour}] {_span(at - since):>9}  {waited:<15}"
            f" [dim]{time.monotonic() - began:5.1f} s[/dim][red]{mark}[/red]"
        )

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A small table under a title."""
        self.title(title)
        drawn = Table(box=None, padding=(0, 0, 0, 2), header_style="dim")
        for heading in headings:
            drawn.add_column(heading, overflow="fold")
        for row in rows:
            drawn.add_row(*row)
        self.console.print(drawn)

    def close(self) -> None:
        """Leaves the terminal as it was."""
        if self._status:
            self._status.stop()


def _span(duration: timedelta) -> str:
    seconds = max(0, int(duration.total_seconds()))
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"

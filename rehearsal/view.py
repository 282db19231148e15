"""What a person sees of a rehearsal: colours on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from rehearsal.course import State

PLAIN_WIDTH = 150


class View:
    """The one place that prints; everything else hands it facts."""

    def __init__(self, *, plain: bool, stderr: bool = False) -> None:
        self.live = not plain and (sys.stderr if stderr else sys.stdout).isatty()
        width = None if self.live else PLAIN_WIDTH
        self.console = Console(no_color=plain or None, highlight=False, width=width, stderr=stderr)
        self._status: Status | None = None

    def title(self, text: str) -> None:
        """The first line of a part."""
        self.console.print(f"\n[bold]{escape(text)}[/bold]")

    def line(self, text: str) -> None:
        """One fact."""
        self._marked(escape(text))

    def _marked(self, markup: str) -> None:
        self.console.print(f"  {markup}")

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Says what takes time while it does, and how long it took."""
        began = time.monotonic()
        if self.live:
            with self.console.status(f"{what} ..."):
                yield
        else:
            yield
        self._marked(f"{escape(what):<64} [dim]{time.monotonic() - began:5.1f} s[/dim]")

    def states_heading(self) -> None:
        """The heading of the lines that states make."""
        self._marked(f"[dim]{'at':<8}  {'state':<28} {'took':>9}  {'waits':<15} {'really':>7}[/dim]")

    def state_entered(self, state: State) -> None:
        """A state of the run begins."""
        if self.live:
            self._status = self.console.status(f"  {state.name}")
            self._status.start()

    def state_waits(self, state: State, at: datetime) -> None:
        """The state was not ready and is tried again later; `at` is virtual."""
        if self._status:
            self._status.update(f"  {state.name}: not ready yet, {_span((at - state.entered).total_seconds())} so far")

    def state_left(self, state: State) -> None:
        """The state is over; prints its one line."""
        if self._status:
            self._status.stop()
            self._status = None
        waited = f"asked {state.asked} times" if state.asked > 1 else ""
        colour, mark = ("red", f" {state.error}") if state.error else ("green", "")
        self._marked(
            f"[dim]{_span(state.at_seconds)}[/dim]  [{colour}]{state.name:<28}[/{colour}] {_span(state.took_seconds):>9}"
            f"  {waited:<15} [dim]{state.really_seconds:5.1f} s[/dim][red]{mark}[/red]"
        )

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A small table under a title."""
        self.title(title)
        drawn = Table(box=None, padding=(0, 0, 0, 2), header_style="dim")
        for heading in headings:
            drawn.add_column(heading, overflow="fold")
        for row in rows:
            drawn.add_row(*map(escape, row))
        self.console.print(drawn)

    def close(self) -> None:
        """Leaves the terminal as it was."""
        if self._status:
            self._status.stop()


def _span(duration_seconds: float) -> str:
    seconds = max(0, int(duration_seconds))
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"

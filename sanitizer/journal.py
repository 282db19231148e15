"""What the sanitizer says while it works: one JSON object a line, or a readable line on a terminal.

Only words of ours, names, counts and seconds go in; never an exception's text, which may hold data.
"""

import json
import logging
import shutil
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

from sanitizer.errors import Finding
from sanitizer.names import in_one_line


class Journal:
    """Writes events; knows the run they belong to."""

    def __init__(self, out: TextIO, *, run_id: str | None = None, database: str | None = None) -> None:
        self.out = out
        self.readable = out.isatty()
        self.run_id = run_id
        self.database = database
        self._lock = threading.Lock()
        self._passing = ""  # what stands on the terminal until the next line takes its place

    def note(self, step: str, event: str, *, place: str | None = None, **fields: str | float) -> None:
        """Progress."""
        details = ", ".join([*([place] if place else []), *(f"{name} {value}" for name, value in fields.items())])
        told = fields if place is None else {"place": place, **fields}
        self._write("info", step, event, f"{event}: {details}" if details else event, told)

    def progress(
        self,
        database: str,
        *,
        share: float,
        steps: tuple[int, int],
        rows: tuple[int, int],
        size_bytes: tuple[int, int],
        seconds_left: float | None,
    ) -> None:
        """How far it is: of each pair, what is done and what there is. On a terminal the line passes when the next one comes."""
        if self.readable:
            left = "" if seconds_left is None else f", about {_spoken(seconds_left)} left"
            sizes = f"{rows[0]:,} of {rows[1]:,} rows, {size_bytes[0] / 1e6:,.0f} of {size_bytes[1] / 1e6:,.0f} MB"
            self._pass(f"{share:4.0%} {database}: {steps[0]} of {steps[1]} steps, {sizes}{left}")
            return
        told: dict[str, str | float] = {"in_database": database, "share": round(share, 3)}
        for name, (done, every) in {"steps": steps, "rows": rows, "bytes": size_bytes}.items():
            told |= {f"{name}_done": done, name: every}
        if seconds_left is not None:
            told["seconds_left"] = round(seconds_left)
        self._write("info", "progress", "progress", "", told)

    def finding(self, finding: Finding) -> None:
        """One thing that is wrong."""
        self._finding("error", "end", "finding", finding)

    def warning(self, step: str, finding: Finding) -> None:
        """One thing that somebody has to look at, though nothing stops here."""
        self._finding("warning", step, "warning", finding)

    def _finding(self, level: str, step: str, event: str, finding: Finding) -> None:
        told = {name: value for name, value in finding._asdict().items() if value is not None}
        readable = str(finding) if event == "finding" else f"{event}: {finding}"
        self._write(level, step, event, readable, told)

    def failure(self, event: str, *, message: str, exit_code: int) -> None:
        """Why it ends, and with which code."""
        told: dict[str, str | float] = {"message": message, "exit_code": exit_code}
        self._write("error", "end", event, f"{event}: {message} (exit code {exit_code})", told)

    def _write(self, level: str, step: str, event: str, readable: str, fields: Mapping[str, str | float]) -> None:
        now = datetime.now(UTC)
        if self.readable:
            line = f"{now:%H:%M:%S} {step:<10} {in_one_line(readable)}"
        else:
            head = {"time": now.isoformat(timespec="milliseconds"), "level": level, "run_id": self.run_id}
            words = {**head, "database": self.database, "step": step, "event": event, **fields}
            line = json.dumps(words, ensure_ascii=False)
        with self._lock:
            self._wipe()
            self.out.write(line + "\n")
            self.out.flush()

    def _pass(self, line: str) -> None:
        with self._lock:
            self._wipe()
            self._passing = in_one_line(line)[: shutil.get_terminal_size().columns - 1]
            self.out.write(self._passing)
            self.out.flush()

    def _wipe(self) -> None:
        if self._passing:
            self.out.write("\r" + " " * len(self._passing) + "\r")
            self._passing = ""


def _spoken(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def silence_libraries() -> None:
    """Libraries log errors in their own words, which may hold data: nothing of them is written."""
    logging.getLogger().addHandler(logging.NullHandler())
    logging.raiseExceptions = False

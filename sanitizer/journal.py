"""What the sanitizer says while it works: one JSON object a line, or a readable line on a terminal.

Only words of ours, names, counts and seconds go in; never an exception's text, which may hold data.
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

from sanitizer.errors import Finding


class Journal:
    """Writes events; knows the run they belong to."""

    def __init__(self, out: TextIO, *, run_id: str | None = None, database: str | None = None) -> None:
        self.out = out
        self.readable = out.isatty()
        self.run_id = run_id
        self.database = database

    def note(self, step: str, event: str, *, place: str | None = None, **fields: str | float) -> None:
        """Progress."""
        details = ", ".join([*([place] if place else []), *(f"{name} {value}" for name, value in fields.items())])
        told = fields if place is None else {"place": place, **fields}
        self._write("info", step, event, f"{event}: {details}" if details else event, told)

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
            line = f"{now:%H:%M:%S} {step:<10} {readable}"
        else:
            head = {"time": now.isoformat(timespec="milliseconds"), "level": level, "run_id": self.run_id}
            words = {**head, "database": self.database, "step": step, "event": event, **fields}
            line = json.dumps(words, ensure_ascii=False)
        self.out.write(line + "\n")
        self.out.flush()


def silence_libraries() -> None:
    """Libraries log errors in their own words, which may hold data: nothing of them is written."""
    logging.getLogger().addHandler(logging.NullHandler())
    logging.raiseExceptions = False

"""What was measured, on what; kept as JSON, one file for each engine."""

import json
import os
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Samples = dict[str, list[float]]


@dataclass
class Results:
    """Of one engine. Times are seconds of every round."""

    engine: str
    version: str
    rows: int
    rounds: int
    rules: str
    settings: Mapping[str, str | None]
    date: str = field(default_factory=lambda: datetime.now(UTC).date().isoformat())
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    size_bytes: int = 0
    contenders: Samples = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    growth: dict[str, dict[str, Samples]] = field(default_factory=dict)

    def median(self, name: str) -> float | None:
        """Of one contender's seconds."""
        samples = self.contenders.get(name)
        return statistics.median(samples) if samples else None

    def write(self, directory: Path) -> Path:
        """The file it was written to."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{self.engine}.json"
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")
        return path


def read(path: Path) -> Results:
    """What was written."""
    content: dict[str, Any] = json.loads(path.read_text())
    return Results(**content)

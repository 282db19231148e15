"""What is said while it works."""

import io
import json
from typing import Any

import pytest

from sanitizer.errors import Finding
from sanitizer.journal import Journal


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "readable"), [(io.StringIO(), False), (Terminal(), True)])
def test_people_read_lines_and_machines_read_json(stream: Any, readable: bool) -> None:
    """On a terminal a sentence, elsewhere JSON with time, level, run_id, database, step, event."""
    journal = Journal(stream, run_id="r", database="d")
    journal.note("mask", "rewrite", place="public.t", seconds=0.5)
    journal.finding(Finding("rules.yaml:1", "wrong", "Mend it"))
    first, second = stream.getvalue().splitlines()
    if readable:
        assert first.endswith("mask       rewrite: public.t, seconds 0.5")
        assert second.endswith("end        rules.yaml:1: wrong. Mend it")
    else:
        assert list(json.loads(first)) == ["time", "level", "run_id", "database", "step", "event", "place", "seconds"]
        assert json.loads(second)["remedy"] == "Mend it"

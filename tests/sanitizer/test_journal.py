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


def test_no_name_can_say_anything_in_our_place() -> None:
    """On a terminal a name that holds line ends, escape sequences or marks of direction stays within its line, in plain sight."""
    stream = Terminal()
    journal = Journal(stream)
    journal.note("mask", "rewrite", place="public.t\n12:00:00 end        verified")
    journal.failure("VerifyFailed", message="table \x1b[2K\x1b[1Gall is well, \u202eréifirev", exit_code=23)
    first, second = stream.getvalue().split("\n")[:-1]
    assert first.endswith(r"rewrite: public.t\n12:00:00 end        verified")
    assert second.endswith(r"table \x1b[2K\x1b[1Gall is well, \u202eréifirev (exit code 23)")

"""What is shown is what was said: brackets are no mark-up, and nothing is coloured where nobody looks."""

import pytest

from rehearsal.view import View


def test_words_of_others_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A column's name or an error may look like mark-up."""
    view = View(plain=True)
    view.line("tags[red]: text[]")
    view.title("[bold]")
    view.table("t", ("a",), [("x[/red]",)])
    shown = capsys.readouterr().out
    assert "tags[red]: text[]" in shown
    assert "[bold]" in shown
    assert "x[/red]" in shown
    assert "\x1b" not in shown


def test_json_has_stdout_for_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything for people goes to stderr then."""
    View(plain=True, stderr=True).line("hello")
    assert capsys.readouterr() == ("", "  hello\n")

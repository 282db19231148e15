"""Runs last, after everything else of the session, wherever that ran: looks through all that it produced."""

import pytest

from tests.outputs import records, search
from tests.outputs.session import SEARCHED, in_words, is_whole, missing


def test_nothing_that_any_run_produced_holds_a_planted_value_a_password_or_the_key(pytestconfig: pytest.Config) -> None:
    """No journal, report, page, error, state, tag, call, message, server's log or screen of any run of this session."""
    folder = records.here()
    assert folder is not None
    record = records.read(folder)
    pytestconfig.stash[SEARCHED] = in_words(record)
    few = missing(record) if is_whole(pytestconfig) else []
    if few:
        pytest.fail("\n".join(["too few runs of a whole session were heard:", *few]), pytrace=False)
    found = search.found(record)
    if found:
        pytest.fail("\n".join([f"{folder} has what no run may say:", *found]), pytrace=False)

"""A marker in every hiding place of PostgreSQL, looked for in what a consumer restores: by SQL, and in the bytes of the files.

Opens with what happened elsewhere: a copy whose tables were masked, and whose planner's statistics listed the commonest addresses.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from rehearsal import postgres
from rehearsal.stage import Stage
from tests.whole.hiding.contents import Hiding
from tests.whole.hiding.leaving import Traces, left_by_a_run, listed_on_the_page, not_named_on_the_page, traces
from tests.whole.hiding.places import Found, planted
from tests.whole.hiding.postgresql import PLACES, searching

MARKERS = planted(PLACES)
GENERAL = {"large_objects": "unlink"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A production full of markers, in which autovacuum has not come by yet; elsewhere it does so often."""
    file = tmp_path_factory.mktemp("rules") / "hiding.yaml"
    with pytest.MonkeyPatch.context() as patched, ExitStack() as closing:
        patched.setitem(postgres.SETTINGS, "autovacuum", "off")
        standing = closing.enter_context(Stage(contents=Hiding(MARKERS, searching.plant, file, GENERAL)))
        patched.undo()
        patched.setitem(postgres.SETTINGS, "autovacuum_naptime", "5s")
        yield standing


@pytest.fixture(scope="module")
def hidden(stage: Stage) -> Traces:
    """What the search finds in production."""
    return traces(searching, stage, MARKERS, stage.production)


def test_the_search_finds_every_marker_in_production(hidden: Traces) -> None:
    """By SQL where SQL reaches, and in the file that is the hiding place: what is not found afterwards was there."""
    assert len({each.form.given for each in MARKERS}) == len({each.table for each in MARKERS}) == len(PLACES) >= 40
    assert {each.place for each in hidden.by_sql} == {each.name for each in PLACES if each.by_sql}
    assert {Found(each.place.name, each.written(each.place.stored_in)) for each in MARKERS} - hidden.in_files == set()


def test_the_page_lists_every_place() -> None:
    """And no other: docs/hiding-places.md."""
    assert sorted(listed_on_the_page("PostgreSQL")) == sorted(each.name for each in PLACES)


@pytest.mark.usefixtures("hidden")
def test_forensic_leaves_nothing(stage: Stage) -> None:
    """Neither for SQL nor in any file."""
    left = left_by_a_run(searching, stage, MARKERS, {**GENERAL, "purge": "forensic"})
    assert left == Traces(set(), set())


@pytest.mark.usefixtures("hidden")
def test_thorough_leaves_in_files_only_what_the_page_names(stage: Stage) -> None:
    """Nothing for SQL, nothing in tables; old rows of catalogs and the write-ahead log stay."""
    left = left_by_a_run(searching, stage, MARKERS, {**GENERAL, "purge": "thorough"})
    assert Found("comment on a table", "pg_description") in left.in_files
    assert (left.by_sql, not_named_on_the_page(left.in_files)) == (set(), set())

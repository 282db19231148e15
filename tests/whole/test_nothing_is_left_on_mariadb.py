"""A marker in every hiding place of MariaDB, looked for in what a consumer restores: by SQL, and in the bytes of the files.

Opens with what happened elsewhere: a masked table whose earlier versions anybody could ask for.
"""

from collections.abc import Iterator

import pytest

from rehearsal import mariadb
from rehearsal.on_mariadb import MariaDb
from rehearsal.stage import Stage
from tests.conftest import ABSENT
from tests.whole.hiding.contents import Hiding
from tests.whole.hiding.leaving import Traces, left_by_a_run, listed_on_the_page, not_named_on_the_page, traces
from tests.whole.hiding.mariadb import PLACES, searching
from tests.whole.hiding.places import Found, planted

MARKERS = planted(PLACES)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A production full of markers."""
    if mariadb.absence():
        pytest.skip(ABSENT)
    file = tmp_path_factory.mktemp("rules") / "hiding.yaml"
    with Stage(engine=MariaDb(), contents=Hiding(MARKERS, searching.plant, file)) as standing:
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
    assert sorted(listed_on_the_page("MariaDB")) == sorted(each.name for each in PLACES)


@pytest.mark.usefixtures("hidden")
def test_sql_finds_nothing_and_files_hold_only_what_the_page_names(stage: Stage) -> None:
    """No file of a table that people made holds anything; the server's own do, which SQL does not read."""
    left = left_by_a_run(searching, stage, MARKERS, {"purge": "thorough"})
    assert (left.by_sql, not_named_on_the_page(left.in_files)) == (set(), set())

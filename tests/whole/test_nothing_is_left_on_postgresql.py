"""A marker in every hiding place of PostgreSQL, looked for in what a consumer restores: by SQL, and in the bytes of the files.

Opens with what happened elsewhere: a copy whose tables were masked, and whose planner statistics listed the commonest addresses.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from rehearsal import outcome
from rehearsal.account import ACCOUNT, CONSUMER_ACCOUNT
from rehearsal.stage import PROJECT, Stage
from tests.whole.hiding.contents import Hiding, rules_file
from tests.whole.hiding.places import Found, planted, search_files, search_texts
from tests.whole.hiding.postgresql import PLACES
from tests.whole.hiding.postgresql.searching import plant, server_of, shown, stored
from tests.whole.staging import rules

MARKERS = planted(PLACES)
GENERAL = {"large_objects": "unlink"}
PAGE = (PROJECT / "docs" / "hiding-places.md").read_text()


class Left(NamedTuple):
    """What was found in the restored snapshot."""

    by_sql: set[Found]
    in_files: set[Found]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A production full of markers."""
    file = tmp_path_factory.mktemp("rules") / "hiding.yaml"
    with Stage(contents=Hiding(MARKERS, plant, file, GENERAL)) as standing:
        yield standing


@pytest.fixture(scope="module")
def hidden(stage: Stage) -> Left:
    """What the search finds in production."""
    files = search_files(MARKERS, stored(server_of(stage.rds, stage.production, ACCOUNT)))
    return Left(search_texts(MARKERS, shown(stage.production)), files)


def left_by(stage: Stage, level: str) -> Left:
    """What a run at this level leaves in the copy that a consumer restores."""
    with rules(stage, rules_file(MARKERS, {**GENERAL, "purge": level})):
        ended = stage.run()
    assert ended["status"] == "SUCCEEDED", (ended.get("error"), ended.get("cause"))
    with outcome.as_consumer(stage, outcome.look_at_result(stage).arn) as copy:
        files = search_files(MARKERS, stored(server_of(stage.rds, copy, CONSUMER_ACCOUNT)))
        return Left(search_texts(MARKERS, shown(copy)), files)


def test_the_search_finds_every_marker_in_production(hidden: Left) -> None:
    """By SQL where SQL reaches, and in the file that is the hiding place: what is not found afterwards was there."""
    assert len({each.form.given for each in MARKERS}) == len({each.table for each in MARKERS}) == len(PLACES) >= 40
    assert {each.place for each in hidden.by_sql} == {each.name for each in PLACES if each.by_sql}
    assert {Found(each.place.name, each.written(each.place.stored_in)) for each in MARKERS} - hidden.in_files == set()


def test_forensic_leaves_nothing(stage: Stage, hidden: Left) -> None:
    """Neither for SQL nor in any file."""
    assert hidden.by_sql
    left = left_by(stage, "forensic")
    assert left.by_sql == set()
    assert left.in_files == set()


def test_thorough_leaves_in_files_only_what_the_page_says(stage: Stage, hidden: Left) -> None:
    """Nothing for SQL; old rows of catalogs and the write-ahead log stay."""
    assert hidden.by_sql
    left = left_by(stage, "thorough")
    assert left.by_sql == set()
    assert {where for _, where in left.in_files if f"`{where}`" not in PAGE and where != "write-ahead log"} == set()

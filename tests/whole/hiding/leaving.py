"""Runs of a production full of markers, and what they leave in the copy that a consumer restores."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from rehearsal import outcome
from rehearsal.account import ACCOUNT, CONSUMER_ACCOUNT
from rehearsal.production import Production
from rehearsal.rds import Rds
from rehearsal.stage import PROJECT, Stage
from tests.whole.hiding.contents import rules_file
from tests.whole.hiding.places import Found, Planted, search_files, search_texts
from tests.whole.staging import deployed_rules

PAGE = (PROJECT / "docs" / "hiding-places.md").read_text(encoding="utf-8")


class Searching(Protocol):
    """What an engine's module `searching` has."""

    def server_of(self, rds: Rds, instance: Production, account: str) -> Any:
        """The server behind the emulated instance."""

    def shown(self, instance: Production) -> Iterator[tuple[str, bytes]]:
        """Everything that the master user reads."""

    def stored(self, server: Any) -> Iterator[tuple[str, bytes]]:
        """Every file of the data directory."""


class Traces(NamedTuple):
    """The markers that were found on one server."""

    by_sql: set[Found]
    in_files: set[Found]


def traces(
    searching: Searching, stage: Stage, markers: Sequence[Planted], instance: Production, account: str = ACCOUNT
) -> Traces:
    """What both searches find. Files come first: what SQL asks may write them anew."""
    in_files = search_files(markers, searching.stored(searching.server_of(stage.rds, instance, account)))
    return Traces(search_texts(markers, searching.shown(instance)), in_files)


def left_by_a_run(searching: Searching, stage: Stage, markers: Sequence[Planted], general: Mapping[str, str]) -> Traces:
    """What a whole run leaves in the shared snapshot, as the account sees it that it was shared with."""
    with deployed_rules(stage, rules_file(markers, general)):
        ended = stage.run()
    assert ended["status"] == "SUCCEEDED", (ended.get("error"), ended.get("cause"))
    with outcome.as_consumer(stage, outcome.look_at_result(stage).arn) as copy:
        return traces(searching, stage, markers, copy, CONSUMER_ACCOUNT)


def listed_on_the_page(heading: str) -> list[str]:
    """The items of the list below a heading of docs/hiding-places.md."""
    _, _, below = PAGE.partition(f"### {heading}\n")
    return [
        item.strip()
        for line in re.findall(r"^- \*\*.*?\*\*: (.*)$", below.partition("\n#")[0], re.MULTILINE)
        for item in line.split(" · ")
    ]


def not_named_on_the_page(found: set[Found]) -> set[Found]:
    """What stays in files that the page does not name as staying."""
    return {each for each in found if f"`{each.where}`" not in PAGE}

"""A production in which every hiding place holds its marker, as a rehearsal's contents."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.production import Production, Samples
from rehearsal.rds import Rds
from rehearsal.shop import CONFIGURED
from tests.whole.hiding.places import Planted

Plant = Callable[
    [Production, Rds, Sequence[Planted]], object
]  # what it returns is kept for as long as production stands


@dataclass
class Hiding:
    """Plants the markers, and has a rules file that decides about every table and statement of theirs."""

    markers: Sequence[Planted]
    plant: Plant
    file: Path
    general: Mapping[str, str] = field(default_factory=dict)  # of the rules file: what concerns the whole server
    initial: str = "shop"
    held: object = field(default=None, init=False)

    name = "shop"
    identifier = "shop-prod"
    master = "shop_admin"
    title = "production: something hides everywhere"

    @property
    def rules(self) -> str:
        """In a file of the test's own."""
        return str(self.file)

    def configured(self, values: Mapping[str, str]) -> dict[str, str]:
        """The config with these rules."""
        databases = json.loads(values[CONFIGURED])
        return {**values, CONFIGURED: json.dumps([{**each, "masking": self.rules} for each in databases])}

    def fill(self, production: Production, rds: Rds) -> None:
        """Plant all markers."""
        self.held = self.plant(production, rds, self.markers)

    def write_rules(self, _production: Production) -> None:
        """Those of all places, together."""
        self.file.write_text(rules_file(self.markers, self.general), encoding="utf-8")

    def samples(self, production: Production, copy: Production, report: Mapping[str, Any]) -> Samples:
        """Nobody looks at them."""
        raise NotImplementedError


def rules_file(markers: Sequence[Planted], general: Mapping[str, str]) -> str:
    """The places' rules and statements, by database."""
    lines = [f"{key}: {word}" for key, word in general.items()]
    lines.append("databases:")
    for database in dict.fromkeys(each.place.database for each in markers):
        here = [each for each in markers if each.place.database == database]
        tables = [line for each in here for line in each.written(each.place.rules).splitlines()]
        statements = [each.written(statement) for each in here for statement in each.place.remedies]
        lines += [f"  {database}:", "    tables:", *(f"      {line}" for line in tables)]
        lines += (
            ["    sql:", "      after:", *(f"        - {json.dumps(each)}" for each in statements)]
            if statements
            else []
        )
    return "\n".join(lines) + "\n"

"""Somebody's own data: production is filled from a dump, and masked by rules or SQL that were given, or by drafted rules."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rehearsal import drafting, row_samples
from rehearsal.account import ACCOUNT
from rehearsal.dump import Dump
from rehearsal.loading import Loaded, load
from rehearsal.postgres import Server
from rehearsal.production import Production, Samples
from rehearsal.rds import Rds
from rehearsal.sql_pieces import Kind, pieces

DATABASES = "sanitized-snapshots:databases"
NAME_CHARACTERS = 16


@dataclass
class OwnData:
    """A dump, and how it is masked; `masking` is a draft's file once the rules were drafted."""

    dump: Dump
    masking: Path | None = None
    sql: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    rows: int = 0  # how many rows of production are shown beside their masked selves
    drafts: Path = drafting.DRAFTS  # the folder of drafts
    drafted: bool = field(default=False, init=False)
    earlier: Path | None = field(default=None, init=False)  # a draft that somebody may have edited since
    loaded: Loaded | None = field(default=None, init=False)

    master = "postgres"  # RDS's own name for it, and the usual owner where the dump was taken

    @property
    def name(self) -> str:
        """The dump's name, as short and plain as names in the stack's config are."""
        return short_name(self.dump.file)

    @property
    def identifier(self) -> str:
        """The emulated DB instance's."""
        return f"{self.name}-prod"

    @property
    def initial(self) -> str:
        """The database that the dump's tables go to; where it makes databases itself, the one that RDS always has."""
        if self.dump.inventory.databases or self.dump.inventory.connects:
            return "postgres"
        return _only_database(self.masking) or self.name.replace("-", "_")

    @property
    def title(self) -> str:
        """Names the file."""
        return f"production: {self.dump.file.name} on PostgreSQL"

    @property
    def rules(self) -> str:
        """Rules in a file, or statements."""
        return str(self.masking or "the SQL statements")

    def configured(self, values: Mapping[str, str]) -> dict[str, str]:
        """The stack's config with this database in the stead of its own; schedule, sharing and keeping stay as they are."""
        standing = json.loads(values[DATABASES])[0]
        masked = {"sql": list(self.sql)} if self.sql else {"masking": str(self.masking and self.masking.absolute())}
        kept = {key: value for key, value in standing.items() if key not in ("masking", "sql")}
        return {
            **values,
            DATABASES: json.dumps([{**kept, "name": self.name, "source": {"instance": self.identifier}, **masked}]),
        }

    def fill(self, production: Production, rds: Rds) -> None:
        """Load the dump.

        Raises: NotLoaded
        """
        server = rds.server(production.identifier, ACCOUNT)
        assert isinstance(server, Server)  # noqa: S101 - a dump is PostgreSQL's
        parameters = production.engine.known_parameters
        self.loaded = load(self.dump, production, server, without=self.without, parameters=parameters)

    def write_rules(self, production: Production) -> None:
        """Draft rules where none were given.

        Raises: NotDrafted
        """
        if self.masking is None and not self.sql:
            stem = self.dump.file.name.split(".")[0] or self.name
            file = drafting.free_file(self.drafts, stem)
            drafting.draft(production, file)
            self.masking, self.drafted = file, True
            first = self.drafts / f"{stem}.masking.yaml"
            self.earlier = first if file != first else None

    def samples(self, production: Production, copy: Production, report: Mapping[str, Any]) -> Samples:
        """Masked values; production's beside them only as far as was asked for."""
        return row_samples.samples(production, copy, report, before=self.rows)


def short_name(file: Path) -> str:
    """A name that the stack's config and RDS take: at most 16 of a-z, 0-9 and single hyphens, a letter first."""
    stem = file.name.split(".")[0].lower()
    plain = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")
    lettered = plain if plain[:1].isalpha() and plain != "sweeper" else f"db-{plain}"
    return lettered[:NAME_CHARACTERS].strip("-")


def statements(file: Path) -> tuple[str, ...]:
    """The SQL statements of a file, in order.

    Raises: ValueError naming line and rule.
    """
    found = []
    with file.open("rb") as lines:
        for piece in pieces(lines):
            if piece.kind is Kind.CUT_OFF and not piece.bare.strip():
                continue
            if piece.kind in (Kind.COMMAND, Kind.ROWS, Kind.CUT_OFF):
                raise ValueError(
                    f"{file}:{piece.line}: the stack's `sql` is a list of SQL statements, each ended by `;`"
                )
            if piece.kind is Kind.STATEMENT:
                found.append(piece.text.decode().strip())
    if not found:
        raise ValueError(f"{file}: it holds no SQL statement")
    return tuple(found)


def _only_database(masking: Path | None) -> str | None:
    """The database that the rules are for, where they name just one: the dump does not say what it was called."""
    named = (yaml.safe_load(masking.read_text(encoding="utf-8")) or {}).get("databases") if masking else None
    return next(iter(named)) if isinstance(named, dict) and len(named) == 1 else None

"""The names and tags of a run: chosen once, in the plan, and recognised by nothing else."""

from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256

from handlers.settings import Settings

TAG = "sanitized-snapshots:"
STACK, DATABASE, RUN, KIND = TAG + "stack", TAG + "database", TAG + "run", TAG + "kind"
EXPIRES, DIGEST, SIGNATURE = TAG + "expires", TAG + "report-sha256", TAG + "report-signature"
KINDS = ("raw", "temporary", "intermediate", "sanitized")


@dataclass(frozen=True)
class Plan:
    """Every name and deadline of a run, fixed before anything exists."""

    run_id: str
    source_resource_id: str
    raw_snapshot: str
    restore_from: str  # the raw snapshot, or the one that was found
    temporary_database: str
    taken_snapshot: str  # of the temporary database: the intermediate one where a copy under the share key follows
    sanitized_snapshot: str
    instance_class: str
    engine: str
    option_group: str
    extended_support: bool
    port: int
    report_uri: str
    expires: str
    storage_gib: int
    price_per_hour: float | None  # of the temporary database, where somebody has told it


PLAN_FIELDS = tuple(field.name for field in fields(Plan))


def run_id(execution_arn: str, started: datetime) -> str:
    """The run's id: the same whenever the same execution asks, so that Plan can be repeated."""
    digest = b32encode(sha256(execution_arn.encode()).digest()).decode().lower()
    return f"{started:%Y%m%d%H%M}-{digest[:4]}"


def started(run: str) -> datetime:
    """When a run of that id began, to the minute."""
    return datetime.strptime(run[:12], "%Y%m%d%H%M").replace(tzinfo=UTC)


def identifier(prefix: str, kind: str, database: str, run: str) -> str:
    """The RDS identifier of a run's thing of one kind; a database's has at most 61 characters."""
    return f"{prefix}-{kind}-{database}-{run}"


def tags(settings: Settings, plan: Plan, kind: str, proof: Mapping[str, str] | None = None) -> dict[str, str]:
    """The tags that a thing of this run is created with; those of its proof too, where it has one."""
    expires = "never" if kind == "sanitized" else plan.expires  # retiring decides by count and age, not by this
    return {**_whose(settings, plan), KIND: kind, EXPIRES: expires, **(proof or {})}


def is_of_this_run(found: Mapping[str, str], settings: Settings, plan: Plan, kind: str) -> bool:
    """Whether tags say that a thing was made by this run, as this kind."""
    return {**_whose(settings, plan), KIND: kind}.items() <= found.items()


def is_of_this_stack(name: str, found: Mapping[str, str], *, stack: str, prefix: str) -> bool:
    """Whether a name and the tags under it agree that a thing was made by a run of this stack."""
    kind, database, run = found.get(KIND, ""), found.get(DATABASE, ""), found.get(RUN, "")
    return found.get(STACK) == stack and kind in KINDS and name == identifier(prefix, kind, database, run)


def _whose(settings: Settings, plan: Plan) -> dict[str, str]:
    return {STACK: settings.stack, DATABASE: settings.database, RUN: plan.run_id}

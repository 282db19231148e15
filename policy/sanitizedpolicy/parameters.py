"""What the parameter group of temporary databases must say: nothing logs what it is told, nothing runs production's jobs."""

from collections.abc import Iterator
from typing import Any

from pulumi_policy import Severity

from sanitizedpolicy.reading import UNKNOWN, Unknown, get, listed, read, text
from sanitizedpolicy.verdicts import Config, Resource, Verdict, policy, texts
from sanitizedpolicy.words import PARAMETER_GROUP, belongs_to_us

OFF = ("0", "off", "disabled")
# For each kind of engine, by a word in its family: what is read, and the values that are safe.
SAFE: dict[str, dict[str, tuple[str, ...]]] = {
    "postgres": {
        "log_statement": ("none",),
        "log_min_duration_statement": ("-1",),
        "log_min_error_statement": ("panic",),
        "log_min_messages": ("panic",),
        "rds.force_ssl": ("1",),
    },
    "mysql": {"general_log": OFF, "slow_query_log": OFF, "event_scheduler": OFF},
    "mariadb": {"general_log": OFF, "slow_query_log": OFF, "event_scheduler": OFF},
}
LIBRARIES = "shared_preload_libraries"


@policy(
    name="temporary-parameters-keep-quiet",
    sentence="The parameter group of temporary databases logs no statement and starts nothing that runs jobs.",
    types=(PARAMETER_GROUP,),
    severity=Severity.HIGH,
    remedy="Set the parameter in the parameter group of temporary databases: statements hold personal values, and jobs reach out",
    config={
        "refusedLibraries": texts(
            "Libraries that a temporary PostgreSQL database must not load.", "pg_cron", "pgaudit", "auto_explain"
        )
    },
    always=True,
)
def parameters_keep_quiet(group: Resource, config: Config) -> Iterator[Verdict]:
    """Each parameter that matters, by the engine that the group is for."""
    if not belongs_to_us(group.urn):
        return
    family, given = read(group.props, "family"), read(group.props, "parameters")
    if UNKNOWN in (family, given):
        yield UNKNOWN
        return
    values = {text(each, "name"): get(each, "value") for each in listed(given)}
    kind = next((kind for kind in SAFE if kind in str(family)), None)
    if kind is None:
        yield f"nothing is known of the parameters of {family}"
        return
    for name, safe in SAFE[kind].items():
        yield _unsafe(name, values.get(name), safe)
    if kind == "postgres":
        loaded = values.get(LIBRARIES)
        words = str(loaded or "").replace(" ", "").split(",")
        refused = sorted(set(words) & set(config["refusedLibraries"]))
        yield f"{LIBRARIES} is not set" if loaded is None else None
        yield f"{LIBRARIES} loads {', '.join(refused)}" if refused else None


def _unsafe(name: str, value: Any, safe: tuple[str, ...]) -> Verdict:
    if isinstance(value, Unknown):
        return value
    if value is None:
        return f"{name} is not set, and must be {' or '.join(safe)}"
    return None if str(value).lower() in safe else f"{name} is {value}, and must be {' or '.join(safe)}"

"""The environment of the Lambda functions: read here, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


class SettingsMissing(Exception):
    """The function was deployed without something it needs."""


STACK_WIDE = ("STACK", "PREFIX", "BUCKET", "CLUSTER")


@dataclass(frozen=True)
class StackSettings:
    """What every function of a stack is told that serves all its databases."""

    stack: str
    prefix: str
    bucket: str
    cluster: str


@dataclass(frozen=True)
class SweepSettings(StackSettings):
    """What the sweeper of a stack is told."""

    databases: tuple[str, ...] = ()

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "SweepSettings":
        """The settings of a sweeper.

        Raises: SettingsMissing, naming every variable that is absent.
        """
        told = _required(environment, *STACK_WIDE, "DATABASES")
        return cls(databases=tuple(told.pop("databases").split(",")), **told)


@dataclass(frozen=True)
class AlertSettings(StackSettings):
    """What the alerter of a stack is told."""

    topic: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "AlertSettings":
        """The settings of an alerter.

        Raises: SettingsMissing, naming every variable that is absent.
        """
        return cls(**_required(environment, *STACK_WIDE, "TOPIC"))


@dataclass(frozen=True)
class Settings:
    """What the functions of one database are told."""

    stack: str
    prefix: str
    database: str
    source: str
    snapshot: str
    max_age: timedelta
    bucket: str
    rules_key: str
    subnet_group: str
    parameter_group: str
    instance_class: str | None
    storage_gib: int | None
    sanitizer_group: str
    temporary_groups: tuple[str, ...]
    forbidden_groups: frozenset[str]
    cluster: str
    task_family: str
    signing_key: str
    share_accounts: tuple[str, ...]
    share_key: str | None
    keep_count: int | None
    keep_age: timedelta | None
    hold: bool
    price_per_hour: float | None

    @property
    def new_snapshot(self) -> bool:
        """Whether a run takes its own raw snapshot, rather than finding the latest one."""
        return self.snapshot == "new"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings of a database's functions.

        Raises: SettingsMissing, naming every variable that is absent.
        """
        get = environment.get
        plain: tuple[str, ...] = (
            "STACK",
            "PREFIX",
            "DATABASE",
            "SOURCE",
            "SNAPSHOT",
            "BUCKET",
            "RULES_KEY",
            "SUBNET_GROUP",
        )
        plain += ("PARAMETER_GROUP", "CLUSTER", "TASK_FAMILY", "SANITIZER_SECURITY_GROUP", "SIGNING_KEY")
        if get("SNAPSHOT") == "latest":
            plain += ("MAX_AGE_SECONDS",)
        told = _required(environment, *plain)
        return cls(
            sanitizer_group=told.pop("sanitizer_security_group"),
            max_age=timedelta(seconds=int(told.pop("max_age_seconds", "0"))),
            instance_class=get("INSTANCE_CLASS") or None,
            storage_gib=int(get("STORAGE_GIB") or 0) or None,
            temporary_groups=_numbered(environment, "TEMPORARY_SECURITY_GROUP_"),
            forbidden_groups=frozenset(_numbered(environment, "FORBIDDEN_SECURITY_GROUP_")),
            share_accounts=tuple(part.strip() for part in get("SHARE_ACCOUNTS", "").split(",") if part.strip()),
            share_key=get("SHARE_KMS_KEY") or None,
            keep_count=int(get("KEEP_COUNT") or 0) or None,
            keep_age=timedelta(seconds=int(get("KEEP_AGE_SECONDS") or 0)) or None,
            hold=get("HOLD") == "true",
            price_per_hour=float(get("PRICE_PER_HOUR") or 0) or None,
            **told,
        )


def _required(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise SettingsMissing(f"the function's environment lacks {', '.join(missing)}; deploy the stack again")
    return {name.lower(): environment[name] for name in names}


def _numbered(environment: Mapping[str, str], start: str) -> tuple[str, ...]:
    found = sorted(
        (int(name.removeprefix(start)), group) for name, group in environment.items() if name.startswith(start)
    )
    return tuple(group for _number, group in found)

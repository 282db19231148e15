"""The temporary database can be reached by the sanitizer and by nothing else: a pure check, and a live look at what it needs.

Run before anything is created, and again before the sanitizer connects. Every rule that is broken is named at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from handlers.database import Description
from handlers.errors import IsolationBroken, NeverAvailable, SourceUnsupported
from handlers.instance import may_describe
from handlers.permissions import SOURCE, TEMPORARY, Permission
from handlers.step import Run, needs

SecurityGroup = Mapping[str, Any]  # as EC2 describes it
LOOKING = (Permission(("ec2:DescribeSecurityGroups",), ("*",)),)  # EC2 knows no narrower resource for it


@dataclass(frozen=True)
class Seen:
    """What is judged: the deployed choice, the living source and, once it exists, the temporary database."""

    temporary_groups: tuple[str, ...]
    forbidden_groups: frozenset[str]
    sanitizer_group: str
    subnet_group: str
    parameter_group: str
    port: int
    source: Description
    groups: Mapping[str, SecurityGroup]
    restored: Description | None = None

    @property
    def production_groups(self) -> frozenset[str]:
        """The groups that the source carries now, and those it was known to carry at deployment."""
        return self.source.groups | self.forbidden_groups


class Rule(NamedTuple):
    """A sentence that holds, or the ids that break it."""

    sentence: str
    offenders: Callable[[Seen], Iterable[str]]


def _missing(seen: Seen) -> Iterable[str]:
    return {*seen.temporary_groups, seen.sanitizer_group, *seen.production_groups} - seen.groups.keys()


def _shared_sanitizer(seen: Seen) -> Iterable[str]:
    return {seen.sanitizer_group} & {*seen.temporary_groups, *seen.production_groups}


def _too_open(seen: Seen) -> Iterable[str]:
    for group in seen.temporary_groups:
        for entry in seen.groups.get(group, {}).get("IpPermissions", []):
            to_the_port = (entry["IpProtocol"], entry.get("FromPort"), entry.get("ToPort")) == (
                "tcp",
                seen.port,
                seen.port,
            )
            if not to_the_port or _sources(entry) != {seen.sanitizer_group}:
                yield group


def _with_egress(seen: Seen) -> Iterable[str]:
    return [group for group in seen.temporary_groups if seen.groups.get(group, {}).get("IpPermissionsEgress")]


def _admitting(seen: Seen) -> Iterable[str]:
    kept_apart = {*seen.temporary_groups, seen.sanitizer_group}
    for group in sorted(seen.production_groups - kept_apart):
        if any(_sources(entry) & kept_apart for entry in seen.groups.get(group, {}).get("IpPermissions", [])):
            yield group


def _sources(entry: Mapping[str, Any]) -> set[str]:
    ranges = (("UserIdGroupPairs", "GroupId"), ("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"))
    lists = (("PrefixListIds", "PrefixListId"),)
    return {each[name] for kind, name in (*ranges, *lists) for each in entry.get(kind, [])}


def _if_restored(offenders: Callable[[Seen, Description], Iterable[str]]) -> Callable[[Seen], Iterable[str]]:
    return lambda seen: () if seen.restored is None else offenders(seen, seen.restored)


RULES = (
    Rule(
        "the temporary database has security groups of its own",
        lambda seen: () if seen.temporary_groups else ["none was deployed"],
    ),
    Rule(
        "it shares none with production",
        lambda seen: seen.production_groups & set(seen.temporary_groups),
    ),
    Rule("the sanitizer's security group is nobody else's", _shared_sanitizer),
    Rule("every security group exists", _missing),
    Rule("its groups admit the sanitizer's group on the database's port, and nothing else", _too_open),
    Rule("its groups let nothing out", _with_egress),
    Rule("no group of production admits its groups or the sanitizer's", _admitting),
    Rule(
        "its subnet group is not production's",
        lambda seen: {seen.subnet_group} & {seen.source.subnet_group},
    ),
    Rule(
        "its parameter group is not production's",
        lambda seen: {seen.parameter_group} & seen.source.parameter_groups,
    ),
    Rule(
        "the restored database carries exactly its own security groups",
        _if_restored(lambda seen, restored: restored.groups ^ set(seen.temporary_groups)),
    ),
    Rule(
        "the restored database stands in its own subnet group",
        _if_restored(lambda seen, restored: {restored.subnet_group} - {seen.subnet_group}),
    ),
    Rule(
        "the restored database uses exactly its own parameter group",
        _if_restored(lambda seen, restored: restored.parameter_groups ^ {seen.parameter_group}),
    ),
    Rule(
        "the restored database is not public",
        _if_restored(lambda _seen, restored: [restored.identifier] if restored.public else []),
    ),
)


def violations(seen: Seen) -> list[str]:
    """Every rule that is broken, as a sentence with the ids that break it."""
    broken = ((rule.sentence, sorted(set(rule.offenders(seen)))) for rule in RULES)
    return [f"{sentence}: {', '.join(ids)}" for sentence, ids in broken if ids]


def require(run: Run, source: Description, restored: Description | None = None) -> None:
    """Nothing but the sanitizer can reach, or will be able to reach, the temporary database.

    Raises: IsolationBroken, naming every broken rule.
    """
    broken = violations(_look(run, source, restored))
    if broken:
        raise IsolationBroken(
            f"the temporary database of {run.settings.source} is not isolated. Broken: {'; '.join(broken)}. "
            "Give it groups of its own in the stack's configuration and deploy again"
        )


@needs(*LOOKING, *may_describe(SOURCE, TEMPORARY))
def check_isolation(run: Run) -> None:
    """The restored database is isolated as it stands, before the sanitizer may connect.

    Raises: IsolationBroken
    """
    source = run.database.describe(run.settings.source)
    restored = run.database.describe(run.plan.temporary_database)
    if source is None:
        raise SourceUnsupported(f"the source {run.settings.source} is gone, so isolation from it cannot be shown")
    if restored is None:
        raise NeverAvailable(f"the temporary database {run.plan.temporary_database} is gone; start the run again")
    require(run, source, restored)


def _look(run: Run, source: Description, restored: Description | None) -> Seen:
    settings = run.settings
    wanted = {*settings.temporary_groups, settings.sanitizer_group, *settings.forbidden_groups, *source.groups}
    pages = run.aws.ec2.get_paginator("describe_security_groups")
    found = pages.paginate(Filters=[{"Name": "group-id", "Values": sorted(wanted)}])
    return Seen(
        temporary_groups=settings.temporary_groups,
        forbidden_groups=settings.forbidden_groups,
        sanitizer_group=settings.sanitizer_group,
        subnet_group=settings.subnet_group,
        parameter_group=settings.parameter_group,
        port=(restored or source).port,
        source=source,
        groups={group["GroupId"]: group for page in found for group in page["SecurityGroups"]},
        restored=restored,
    )

"""What the deployed roles can do to production: computed from their permissions, each with its effect in words."""

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from components.permissions import ALLOWED_ON_SOURCE
from docs.pages.privileges import by_role
from handlers.permissions import Permission

PAGE = """\
# What it can do to production, and why it cannot do more

Generated from the permissions of every role (`make docs`). Production is here: the source database, its snapshots and backups, its password, its key, its security groups, and
every other database of the account.

## Everything that reaches it

Of all that the roles of a stack may do, this is what matches something of production, computed by holding every permission against the names that such things have:

| action | on | by | for | what production feels |
|---|---|---|---|---|
{reaching}

Nothing else does. An action that comes to reach production stands here, with what it does, or this page cannot be generated and the checks fail.

## What must not happen, and what stops it

| it must not | what stops it |
|---|---|
{guards}

Each row has tests; those that run the whole flow against an emulated account evaluate the deployed IAM documents for every call, and compare every row, setting and group of the source before and after.

## What you still have to trust

- **Whoever may run `pulumi up`** here can change all of this. Review changes with `pulumi preview --policy-pack policy`, deploy from a protected environment ([pull requests](pull-requests.md)).
- **RDS's own API does what it documents.** The rehearsal's RDS is an emulation, written from AWS's service model and documentation.
- **A snapshot costs production something**: with `snapshot: new`, a single-AZ instance may pause I/O for seconds to minutes when the snapshot begins; Multi-AZ takes it from the standby.
  `snapshot: latest` uses the newest one that is there, and production feels nothing. Each new snapshot counts against the account's 100 manual ones until the run removes it.
- **The raw snapshot and the temporary database hold production's data** for as long as a run takes, in this account, under production's own key.
"""

ARN = "arn:aws:rds:eu-west-3:111111111111"
THINGS = {
    "the source": f"{ARN}:db:orders-prod",
    "another database": f"{ARN}:db:crm-prod",
    "its automated snapshots": f"{ARN}:snapshot:rds:orders-prod-2026-01-31-03-00",
    "snapshots made by hand": f"{ARN}:snapshot:orders-before-upgrade",
    "its automated backups": f"{ARN}:auto-backup:ab-0123456789abcdefghijklmnopqrstuvwxyz",
    "its parameter group": f"{ARN}:pg:orders-prod",
    "its subnet group": f"{ARN}:subgrp:production",
    "its password": "arn:aws:secretsmanager:eu-west-3:111111111111:secret:rds!db-0a1b2c3d-AbCdEf",
    "its key": "arn:aws:kms:eu-west-3:111111111111:key/11111111-2222-4333-8444-555555555555",
    "security groups": "arn:aws:ec2:eu-west-3:111111111111:security-group/sg-0123456789abcdef0",
}
FILLED = {
    "partition": "aws",
    "region": "eu-west-3",
    "account": "111111111111",
    "source": "orders-prod",
    "source_key": THINGS["its key"],
    "share_key": "arn:aws:kms:eu-west-3:111111111111:key/99999999-2222-4333-8444-555555555555",
    "prefix": "ss-prod",
    "database": "orders",
    "stack": "prod",
}
# Conditions that nothing of production meets: our tags, or a tag by which RDS marks the temporary database's password.
OURS_ONLY = ("aws:ResourceTag/sanitized-snapshots:stack", "aws:ResourceTag/aws:rds:primaryDBInstanceArn")
LISTING = "nothing: a listing of names, settings and tags"
EFFECTS = {
    "ec2:DescribeSecurityGroups": "nothing: the rules are read, to check the isolation",
    "ec2:DescribeSecurityGroupRules": "nothing: the rules are read, to check the isolation",
    "kms:CreateGrant": "RDS alone may use the key for the copies that the run makes of it; the grant shows in the key's list, and RDS retires it",
    "kms:DescribeKey": "nothing: the key's settings are read",
    "rds:CreateDBSnapshot": "a snapshot is taken; a single-AZ instance may pause its I/O",
    "rds:DescribeDBInstanceAutomatedBackups": LISTING,
    "rds:DescribeDBInstances": LISTING,
    "rds:DescribeDBSnapshots": LISTING,
    "rds:ListTagsForResource": LISTING,
    "rds:RestoreDBInstanceFromDBSnapshot": "nothing: a new database is made from a snapshot",
    "secretsmanager:CreateSecret": "nothing: RDS makes the temporary database's secret, and only RDS may ask for it (`aws:ViaAWSService`); one that exists cannot be created",
    "secretsmanager:TagResource": "nothing a run does; only RDS may ask for it (`aws:ViaAWSService`)",
}
GUARDS = (
    ("write to the source, change its settings, delete it", "No permission names it for that; and an explicit Deny in every role's policy refuses all but {allowed} on every source of the stack, whatever else is ever allowed."),
    ("connect to the source", "The sanitizer's security group reaches the temporary database's group and AWS's APIs; production's groups do not admit it (the run refuses to start where one does), and its role cannot read production's managed password: the tag that RDS sets says whose it is."),
    ("delete or change a thing that is not the run's", "Every deletion is allowed on names with the stack's prefix *and* the stack's tags only; those tags can be given at creation, never to what exists already. Code checks both again."),
    ("restore into production's network", "The restore is allowed into the stack's own subnet group and parameter group only; the policy pack compares the groups before deployment, the run before restoring and before the sanitizer connects."),
    ("run production's jobs in the copy", "The temporary database has a parameter group of its own: no pg_cron and nothing but pg_stat_statements is loaded on PostgreSQL, the event scheduler is off on MySQL and MariaDB, no statement is logged. Nor does it have options of production's, such as an audit plugin."),
    ("share production's data", "The role that may share can share snapshots named and tagged *sanitized* only, which only the re-encryption or the last snapshot gets, after the sanitizer's report; it reads the report itself. Raw data never lies under the share key."),
)  # fmt: skip


class Reach(NamedTuple):
    """One action on one thing of production."""

    action: str
    thing: str


def reaching() -> dict[Reach, list[tuple[str, str]]]:
    """What reaches production -> the (role, step) that may do it."""
    found: defaultdict[Reach, list[tuple[str, str]]] = defaultdict(list)
    for role, granted in by_role().items():
        for step, permission in granted:
            for reach in _of(permission):
                found[reach].append((role, step))
    return dict(sorted(found.items()))


def _of(permission: Permission) -> Iterator[Reach]:
    keys = {key.partition("{")[0] for tests in permission.conditions.values() for key in tests}
    if keys & set(OURS_ONLY):
        return
    patterns = [_filled(resource) for resource in permission.resources]
    for action in permission.actions:
        for thing, arn in THINGS.items():
            of_service = arn.split(":")[2] == action.split(":", maxsplit=1)[0]
            if of_service and any(fnmatchcase(arn, pattern) for pattern in patterns) and not _denied(action, thing):
                yield Reach(action, thing)


def _denied(action: str, thing: str) -> bool:
    return thing == "the source" and not any(fnmatchcase(action, allowed) for allowed in ALLOWED_ON_SOURCE)


def _filled(resource: str) -> str:
    return resource.format_map(_Sample(FILLED))


class _Sample(dict[str, str]):
    """What is not production's may be called anything."""

    def __missing__(self, key: str) -> str:
        return f"ss-prod-{key}"


def page() -> str:
    """The whole page. Raises: KeyError where an action reaches production and nobody has said what it does."""
    rows: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    things: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for reach, by in reaching().items():
        key = reach.action, EFFECTS[reach.action]
        things[key].append(reach.thing)
        rows[key] += by
    lines = [
        f"| `{action}` | {', '.join(sorted(set(things[action, effect])))} | {_each(role for role, _ in by)} | {_each(step for _, step in by)} | {effect} |"
        for (action, effect), by in rows.items()
    ]
    allowed = ", ".join(f"`{each}`" for each in ALLOWED_ON_SOURCE)
    guards = [f"| {what} | {why.format(allowed=allowed)} |" for what, why in GUARDS]
    return PAGE.format(reaching="\n".join(lines), guards="\n".join(guards))


def _each(names: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(names))

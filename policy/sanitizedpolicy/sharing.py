"""With whom snapshots are shared, and under which key."""

import re
from collections.abc import Iterator
from typing import Any

from pulumi_policy import PolicyResource, Severity

from sanitizedpolicy.reading import UNKNOWN, Unknown, listed, read, text, variables
from sanitizedpolicy.verdicts import Config, Resource, Stack, Verdict, policy, stack_policy, texts
from sanitizedpolicy.words import COMPONENT, FUNCTION, belongs_to_us

SNAPSHOTS = (
    "aws:rds/snapshot:Snapshot",
    "aws:rds/clusterSnapshot:ClusterSnapshot",
    "aws:rds/snapshotCopy:SnapshotCopy",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
)
COPIES = SNAPSHOTS[2:]
ACCOUNTS_VARIABLE, KEY_VARIABLE = "SHARE_ACCOUNTS", "SHARE_KMS_KEY"


@policy(
    name="snapshots-are-shared-with-named-accounts",
    sentence="Snapshots are shared with named accounts, never with `all`, and only with those that are allowed.",
    types=(COMPONENT, FUNCTION, *SNAPSHOTS),
    severity=Severity.CRITICAL,
    remedy="Name accounts by their 12 digits, and have them added to `allowedAccounts` where that list is kept",
    config={"allowedAccounts": texts("Accounts that snapshots may be shared with; empty: any account that is named.")},
    always=True,
)
def snapshots_are_shared_with_named_accounts(resource: Resource, config: Config) -> Iterator[Verdict]:
    """The component's list, what the functions are told, and snapshots of any program."""
    accounts = _accounts(resource)
    if not accounts and resource.resource_type == COMPONENT:
        yield None
    for account in accounts:
        yield _problem_with(account, config["allowedAccounts"])


@policy(
    name="shared-snapshots-lie-under-a-key-of-ones-own",
    sentence="What is shared is encrypted under a customer-managed key.",
    types=(COMPONENT, FUNCTION, *COPIES),
    severity=Severity.HIGH,
    remedy="Name a customer-managed key by its ARN: a snapshot under the key aws/rds cannot be shared, one without a key is read by whoever has it",
    always=True,
)
def shared_snapshots_have_a_key(resource: Resource, _config: Config) -> Iterator[Verdict]:
    """Where accounts are named, a key is."""
    if not _accounts(resource) and resource.resource_type != COMPONENT:
        return
    key = _key(resource)
    if isinstance(key, Unknown) or not _accounts(resource):
        yield key if isinstance(key, Unknown) else None
    elif not key:
        yield "it shares with accounts, and names no key"
    else:
        yield f"it shares under {key}, which AWS manages" if "alias/aws/" in key else None


@stack_policy(
    name="share-key-is-not-the-sources",
    sentence="Sanitized snapshots are not encrypted under the key that the source is encrypted under.",
    types=(COMPONENT, FUNCTION),
    severity=Severity.CRITICAL,
    remedy="Make a key for sanitized snapshots: whoever may use theirs must not be able to read production's",
    always=True,
)
def share_key_is_not_the_sources(stack: Stack) -> Iterator[tuple[PolicyResource, Verdict]]:
    """What the component says, and what its functions are told."""
    for component in stack.of(COMPONENT):
        source = text(component.props, "sourceKmsKey")
        for resource in (component, *stack.inside(component, FUNCTION)):
            key = _key(resource)
            if UNKNOWN in (key, source):
                yield resource, UNKNOWN
            else:
                same = isinstance(key, str) and isinstance(source, str) and _id(key) == _id(source)
                yield resource, "it shares under the key of the source" if same else None


def _accounts(resource: Resource) -> list[Any]:
    match resource.resource_type:
        case type_ if type_ == COMPONENT:
            return listed(read(resource.props, "shareAccounts"))
        case type_ if type_ == FUNCTION:
            told = variables(resource.props)
            given = told if told is UNKNOWN else told.get(ACCOUNTS_VARIABLE)
            return _ours(
                [part.strip() for part in given.split(",")] if isinstance(given, str) else listed(given), resource
            )
    return listed(read(resource.props, "sharedAccounts"))


def _ours(accounts: list[Any], function: Resource) -> list[Any]:
    """Another program's function may mean anything by a variable of that name."""
    return accounts if belongs_to_us(function.urn) else []


def _key(resource: Resource) -> str | Unknown | None:
    match resource.resource_type:
        case type_ if type_ == COMPONENT:
            return text(resource.props, "shareKmsKey")
        case type_ if type_ == FUNCTION:
            told = variables(resource.props)
            return told if isinstance(told, Unknown) else text(told, KEY_VARIABLE)
    return text(resource.props, "kmsKeyId")


def _id(key: str) -> str:
    return key.rsplit("/", 1)[-1]


def _problem_with(account: Any, allowed: list[str]) -> Verdict:
    if isinstance(account, Unknown):
        return account
    if account == "all":
        return "it shares with `all`, which is everybody who has an AWS account"
    if not re.fullmatch(r"\d{12}", str(account)):
        return f"{account} is no account"
    return (
        f"it shares with {account}, which is not among the allowed accounts"
        if allowed and account not in allowed
        else None
    )

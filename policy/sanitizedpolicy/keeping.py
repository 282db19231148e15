"""What stays, and for how long: logs, keys, databases' storage, sanitized snapshots."""

from collections.abc import Iterator

from pulumi_policy import Severity

from sanitizedpolicy.reading import UNKNOWN, number, read, variables
from sanitizedpolicy.verdicts import Config, Resource, Verdict, option, policy, verdict
from sanitizedpolicy.words import CLUSTER, FUNCTION, INSTANCE, KEY, belongs_to_us

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
COUNT_VARIABLE, AGE_VARIABLE = "KEEP_COUNT", "KEEP_AGE_SECONDS"
DAY_SECONDS = 86_400
# A database that is made from one of these is encrypted as that is.
INHERITING = ("snapshotIdentifier", "replicateSourceDb", "restoreToPointInTime", "replicationSourceIdentifier")


@policy(
    name="logs-end",
    sentence="Each log group says for how many days it keeps its lines.",
    types=(LOG_GROUP,),
    severity=Severity.MEDIUM,
    remedy="Set retentionInDays: what is left out, or 0, is kept for ever",
    config={"maximumDays": option("integer", 400, "The longest that lines may be kept.", minimum=1)},
)
def logs_end(group: Resource, config: Config) -> Iterator[Verdict]:
    """0 and nothing both mean for ever."""
    given = read(group.props, "retentionInDays")
    days = number(given)
    yield verdict(not days, "its lines are kept for ever", given)
    yield verdict((days or 0) > config["maximumDays"], f"its lines are kept for {days or 0:.0f} days", given)


@policy(
    name="keys-are-protected",
    sentence="A KMS key cannot be deleted by mistake.",
    types=(KEY,),
    severity=Severity.HIGH,
    remedy="Give the key the option protect, and a deletionWindowInDays that is long enough to notice",
    config={"minimumDays": option("integer", 30, "The shortest deletion window.", minimum=7, maximum=30)},
)
def keys_are_protected(key: Resource, config: Config) -> Iterator[Verdict]:
    """The window is 30 days where it is left out."""
    days = number(read(key.props, "deletionWindowInDays"))
    yield None if key.opts.protect else "it is not protected"
    few = days is not None and days < config["minimumDays"]
    yield f"it would be gone {days:.0f} days after its deletion" if few else None


@policy(
    name="keys-rotate",
    sentence="KMS keys that encrypt are rotated every year.",
    types=(KEY,),
    severity=Severity.MEDIUM,
    remedy="Set enableKeyRotation; what is encrypted already stays readable",
)
def keys_rotate(key: Resource, _config: Config) -> Iterator[Verdict]:
    """AWS rotates symmetric encryption keys only."""
    usage, spec = read(key.props, "keyUsage"), read(key.props, "customerMasterKeySpec")
    if usage in (None, "ENCRYPT_DECRYPT") and spec in (None, "SYMMETRIC_DEFAULT"):
        rotated = read(key.props, "enableKeyRotation")
        yield verdict(not rotated, "it is never rotated", rotated)


@policy(
    name="databases-are-encrypted",
    sentence="Every database is encrypted at rest.",
    types=(INSTANCE, CLUSTER),
    severity=Severity.HIGH,
    remedy="Set storageEncrypted; an existing database is encrypted by a copy of its snapshot",
)
def databases_are_encrypted(database: Resource, _config: Config) -> Iterator[Verdict]:
    """Left out it means false, except where the data come from another database."""
    encrypted = read(database.props, "storageEncrypted")
    inherited = encrypted is None and any(read(database.props, key) is not None for key in INHERITING)
    yield verdict(not encrypted and not inherited, "it is not encrypted", encrypted)


@policy(
    name="sanitized-snapshots-do-not-pile-up",
    sentence="Each database says how many sanitized snapshots stay, or how long, within bounds.",
    types=(FUNCTION,),
    severity=Severity.MEDIUM,
    remedy="Give `keep` a count or an age within the bounds: old snapshots are old rules",
    config={
        "maximumCount": option("integer", 30, "The most sanitized snapshots that may stay.", minimum=1),
        "maximumDays": option("integer", 365, "The longest that a sanitized snapshot may stay.", minimum=1),
    },
    always=True,
)
def snapshots_do_not_pile_up(function: Resource, config: Config) -> Iterator[Verdict]:
    """What the functions are told; either bound ends a snapshot's life."""
    if not belongs_to_us(function.urn):
        return
    told = variables(function.props)
    if told is UNKNOWN:
        yield UNKNOWN
        return
    given = (told.get(COUNT_VARIABLE), told.get(AGE_VARIABLE))
    count, age = (number(each) for each in given)
    if count is None and age is None:
        yield UNKNOWN if UNKNOWN in given else "nothing says how many sanitized snapshots stay, or how long"
    if count is not None:
        yield f"{count:.0f} sanitized snapshots stay" if count > config["maximumCount"] else None
    if age is not None:
        days = age / DAY_SECONDS
        yield f"sanitized snapshots stay {days:.0f} days" if days > config["maximumDays"] else None

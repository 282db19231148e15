"""What each bucket must have beside it. In Pulumi these are resources of their own, so the whole stack is looked at."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pulumi_policy import PolicyResource, Severity

from sanitizedpolicy.documents import principals, strings
from sanitizedpolicy.reading import UNKNOWN, document, get, has_unknown, listed, read, text
from sanitizedpolicy.verdicts import Stack, StackPolicy, Verdict, stack_policy

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
Properties = dict[str, Any]
Fine = Callable[[Properties], bool]


def _beside(
    name: str,
    sentence: str,
    type_: str,
    about: Sequence[str],
    fine: Fine,
    *,
    severity: Severity,
    problem: str,
    remedy: str,
) -> StackPolicy:
    """The policy that each bucket has a resource of that type beside it, which says the right thing."""
    types = (type_, _v2(type_))

    @stack_policy(name=name, sentence=sentence, types=(*BUCKETS, *types), severity=severity, remedy=remedy)
    def check(stack: Stack) -> Iterator[tuple[PolicyResource, Verdict]]:
        for bucket in stack.of(*BUCKETS):
            beside = [each for each in stack.of(*types) if _is_of(each, bucket)]
            verdicts = [_said({key: read(each.props, key) for key in about}, fine) for each in beside]
            unsure = UNKNOWN if UNKNOWN in verdicts else problem
            yield bucket, None if True in verdicts else unsure

    return check


def _v2(type_: str) -> str:
    """The name that pulumi-aws 6 had for the type."""
    module, kind = type_.rsplit(":", 1)
    return f"{module}V2:{kind}V2"


def _is_of(companion: PolicyResource, bucket: PolicyResource) -> bool:
    """By the bucket's name, or by being made from it."""
    named = text(companion.props, "bucket")
    names = {text(bucket.props, "bucket"), text(bucket.props, "id")} - {None, UNKNOWN}
    return named in names or bucket.urn in {each.urn for each in companion.property_dependencies.get("bucket", ())}


def _said(properties: Properties, fine: Fine) -> Any:
    """True, False, or UNKNOWN where it shows only after deployment."""
    if fine(properties):
        return True
    return UNKNOWN if has_unknown(properties) else False


def _refuses_clear_text(properties: Properties) -> bool:
    return any(
        get(each, "Effect") == "Deny"
        and "*" in principals(each)
        and {"s3:*", "*"} & set(strings(get(each, "Action")))
        and any(resource.endswith("*") for resource in strings(get(each, "Resource")))
        and str(get(each, "Condition", "Bool", "aws:SecureTransport")).lower() == "false"
        for each in listed(get(document(properties.get("policy")), "Statement"))
    )


def _encrypts(properties: Properties) -> bool:
    path = ("applyServerSideEncryptionByDefault", "sseAlgorithm")
    return any(isinstance(get(rule, *path), str) for rule in listed(properties.get("rules")))


buckets_block_public_access = _beside(
    "buckets-block-public-access",
    "No bucket can be made public.",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    BLOCKS,
    lambda said: all(each is True for each in said.values()),
    severity=Severity.CRITICAL,
    problem="it could be made public",
    remedy="Give it a BucketPublicAccessBlock with all four settings true",
)
buckets_are_encrypted = _beside(
    "buckets-are-encrypted",
    "Each bucket says how its objects are encrypted.",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    ("rules",),
    _encrypts,
    severity=Severity.HIGH,
    problem="it does not say how objects are encrypted",
    remedy="Give it a BucketServerSideEncryptionConfiguration",
)
buckets_are_versioned = _beside(
    "buckets-are-versioned",
    "Each bucket keeps earlier versions of its objects.",
    "aws:s3/bucketVersioning:BucketVersioning",
    ("versioningConfiguration",),
    lambda said: get(said, "versioningConfiguration", "status") == "Enabled",
    severity=Severity.MEDIUM,
    problem="what is overwritten or deleted in it is gone",
    remedy="Give it a BucketVersioning with the status Enabled",
)
buckets_answer_over_tls_only = _beside(
    "buckets-answer-over-tls-only",
    "Buckets refuse requests in clear text.",
    "aws:s3/bucketPolicy:BucketPolicy",
    ("policy",),
    _refuses_clear_text,
    severity=Severity.HIGH,
    problem="it answers in clear text",
    remedy="Give it a BucketPolicy that denies s3:* to everybody where aws:SecureTransport is false",
)

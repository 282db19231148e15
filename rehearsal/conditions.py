"""IAM's condition operators: does a statement's Condition block hold for the values of one request?"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

Context = Mapping[str, Sequence[str]]  # lower-case key -> the values the request carries; an absent key is not there

Matches = Callable[[str, str], bool]


class UnknownConditionError(Exception):
    """A key or operator that this evaluation does not know: whoever meets it decides on the safe side."""


@cache
def pattern(text: str) -> re.Pattern[str]:
    """IAM's wildcards: `*` any characters, `?` one."""
    return re.compile("".join({"*": ".*", "?": "."}.get(char) or re.escape(char) for char in text), re.DOTALL)


def like(wanted: str, found: str) -> bool:
    """Whether the value fits the wildcard pattern, case and all."""
    return pattern(wanted).fullmatch(found) is not None


def arn_like(wanted: str, found: str) -> bool:
    """Whether the six parts of two ARNs fit one by one: a wildcard does not reach over a colon."""
    parts, values = wanted.split(":", 5), found.split(":", 5)
    return len(parts) == len(values) and all(like(part, value) for part, value in zip(parts, values, strict=True))


def _numeric(compare: Callable[[float, float], bool]) -> Matches:
    return lambda wanted, found: compare(float(found), float(wanted))


# Operator -> how one wanted value is compared with one found.
POSITIVE: dict[str, Matches] = {
    "stringequals": lambda wanted, found: wanted == found,
    "stringequalsignorecase": lambda wanted, found: wanted.lower() == found.lower(),
    "stringlike": like,
    "arnequals": arn_like,
    "arnlike": arn_like,
    "bool": lambda wanted, found: wanted.lower() == found.lower(),
    "numericequals": _numeric(lambda found, wanted: found == wanted),
    "numericlessthan": _numeric(lambda found, wanted: found < wanted),
    "numericlessthanequals": _numeric(lambda found, wanted: found <= wanted),
    "numericgreaterthan": _numeric(lambda found, wanted: found > wanted),
    "numericgreaterthanequals": _numeric(lambda found, wanted: found >= wanted),
}
NEGATIVE: dict[str, Matches] = {
    "stringnotequals": POSITIVE["stringequals"],
    "stringnotequalsignorecase": POSITIVE["stringequalsignorecase"],
    "stringnotlike": POSITIVE["stringlike"],
    "arnnotequals": POSITIVE["arnequals"],
    "arnnotlike": POSITIVE["arnlike"],
    "numericnotequals": POSITIVE["numericequals"],
}

# Keys that authorization.py gives values to; of the tag keys, the part before the slash.
KNOWN_KEYS = frozenset(
    {
        "aws:requesttag", "aws:resourcetag", "aws:tagkeys", "aws:securetransport", "aws:sourceaccount", "aws:sourcearn",
        "aws:principalarn", "aws:principalaccount", "aws:requestedregion", "aws:resourceaccount", "aws:calledvia", "aws:viaawsservice",
        "rds:db-tag", "rds:snapshot-tag", "rds:pg-tag", "rds:subgrp-tag", "rds:og-tag", "rds:req-tag", "rds:databaseclass",
        "rds:publiclyaccessible", "rds:managemasteruserpassword", "rds:multiaz", "rds:databaseengine",
        "kms:viaservice", "kms:grantisforawsresource", "kms:macalgorithm", "kms:granteeprincipal", "kms:grantoperations",
        "kms:signingalgorithm", "kms:messagetype", "kms:calleraccount", "kms:resourcealiases", "ecs:cluster", "iam:passedtoservice", "s3:prefix", "s3:x-amz-server-side-encryption",
        "secretsmanager:secretid", "secretsmanager:resourcetag", "cloudwatch:namespace", "events:source",
        "events:detail-type", "lambda:functionarn",
    }
)  # fmt: skip


def holds(block: Mapping[str, Mapping[str, object]], context: Context) -> bool:
    """Whether every operator and key of the block holds.

    Raises: UnknownConditionError.
    """
    return all(
        _test(operator, key.lower(), _texts(wanted), context)
        for operator, tests in block.items()
        for key, wanted in tests.items()
    )


def _texts(wanted: object) -> list[str]:
    values = wanted if isinstance(wanted, list) else [wanted]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]


def _test(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    if key not in KNOWN_KEYS and key.split("/", 1)[0] not in KNOWN_KEYS:
        raise UnknownConditionError(f"condition key {key}")
    *qualifier, name = operator.lower().split(":", 1)
    found = context.get(key)
    if name == "null":
        return (found is None) == (wanted == ["true"])
    plain = name.removesuffix("ifexists")
    if plain not in POSITIVE and plain not in NEGATIVE:
        raise UnknownConditionError(f"condition operator {operator}")
    if qualifier == ["forallvalues"]:
        return all(_one(plain, wanted, value) for value in found or ())
    if not found:
        return plain != name or (plain in NEGATIVE and not qualifier)
    return any(_one(plain, wanted, value) for value in found)


def _one(operator: str, wanted: list[str], value: str) -> bool:
    if operator in NEGATIVE:
        return not any(NEGATIVE[operator](item, value) for item in wanted)
    return any(POSITIVE[operator](item, value) for item in wanted)

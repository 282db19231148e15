"""The words of the stack config: what each kind of value must look like, and what to do when it does not."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

HOURS = {"h": 1, "d": 24}


def mistake(rule: str, remedy: str) -> PydanticCustomError:
    """A mistake in one value: the rule that it breaks, and what to write instead."""
    return PydanticCustomError("rule", "{rule}. {remedy}", {"rule": rule, "remedy": remedy})


def matching(pattern: str, rule: str, remedy: str) -> BeforeValidator:
    """Text that matches the whole pattern."""
    compiled = re.compile(pattern)

    def check(value: Any) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise mistake(rule, remedy)
        return value

    return BeforeValidator(check)


def reading(read: Callable[[str], Any | None], rule: str, remedy: str) -> BeforeValidator:
    """Text that the reader makes something of; None means that it could not."""

    def check(value: Any) -> Any:
        result = read(value) if isinstance(value, str) else None
        if result is None:
            raise mistake(rule, remedy)
        return result

    return BeforeValidator(check)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 90:
        raise mistake("A count is a whole number from 1 to 90 (an account has 100 manual snapshots)", "Write it as 7")
    return value


def _storage(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 20 <= value <= 65_536:
        raise mistake("Storage is a whole number of GiB, from 20 to 65536", "Write it as 500")
    return value


def _duration(text: str) -> timedelta | None:
    found = re.fullmatch(r"([1-9]\d{0,4})([hd])", text)
    return timedelta(hours=int(found[1]) * HOURS[found[2]]) if found else None


def _price(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10_000:
        raise mistake("A price is a number above 0, of whatever you count in", "Write it as 0.50")
    return float(value)


def _cron(text: str) -> str | None:
    fields = text.split()
    return text if len(fields) == 6 and (fields[2] == "?") != (fields[4] == "?") else None


def _rate(text: str) -> str | None:
    found = re.fullmatch(r"([1-9]\d*) (hour|day)(s?)", text)
    return text if found and (found[1] == "1") == (found[3] == "") else None


def _timezone(text: str) -> str | None:
    known = available_timezones()  # empty where the machine has no time zone data: then AWS decides
    return text if text in known or not known else None


Name = Annotated[
    str,
    matching(
        r"(?!.*--)(?!-)[a-z0-9-]{1,16}(?<!-)",
        "A database's name is 1 to 16 of a-z, 0-9 and single hyphens between them",
        "It becomes part of every identifier: choose a short name such as orders",
    ),
]
Identifier = Annotated[
    str,
    matching(
        r"(?!.*--)[a-z][a-z0-9-]{0,62}(?<!-)",
        "An RDS identifier is 1 to 63 of a-z, 0-9 and single hyphens, beginning with a letter",
        "Copy it from the RDS console (not the endpoint, not the ARN)",
    ),
]
AccountId = Annotated[
    str,
    matching(
        r"\d{12}",
        "An account is 12 digits in quotes; sharing with `all` is never possible",
        'Write it as "111122223333"',
    ),
]
KmsKeyArn = Annotated[
    str,
    matching(
        r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+",
        "A key is named by its key ARN (an alias means nothing in another account)",
        "Write arn:aws:kms:<region>:<account>:key/<id>",
    ),
]
BUILD = "build"
Image = Annotated[
    str,
    matching(
        rf"{BUILD}|[a-z0-9][a-z0-9.:/_-]*@sha256:[0-9a-f]{{64}}",
        "An image is named by its digest, which nobody can move",
        f"Write repository@sha256:<64 hexadecimal digits>, as `docker push` prints it, or `{BUILD}` to have it built",
    ),
]
ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?P<china>\.cn)?/(?P<name>[^@:]+)"
)
InstanceClass = Annotated[
    str,
    matching(
        r"db\.[a-z0-9-]+\.[a-z0-9-]+",
        "An instance class looks like db.r6g.xlarge",
        "Choose one that the engine supports",
    ),
]
StorageGib = Annotated[int, BeforeValidator(_storage)]
VpcId = Annotated[str, matching(r"vpc-[0-9a-f]{8,17}", "A VPC has an id like vpc-0a1b2c3d4e5f67890", "Copy its id")]
SubnetId = Annotated[
    str, matching(r"subnet-[0-9a-f]{8,17}", "A subnet has an id like subnet-0a1b2c3d4e5f67890", "Copy its id")
]
SecurityGroupId = Annotated[
    str, matching(r"sg-[0-9a-f]{8,17}", "A security group has an id like sg-0a1b2c3d4e5f67890", "Copy its id")
]
Email = Annotated[
    str, matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "An address looks like dba@example.com", "Name one that people read")
]
Duration = Annotated[timedelta, reading(_duration, "A duration is whole hours or days", "Write it as 26h or 7d")]
Count = Annotated[int, BeforeValidator(_count)]
Price = Annotated[float, BeforeValidator(_price)]
TopicArn = Annotated[
    str,
    matching(
        r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}",
        "A topic is named by the ARN of a standard SNS topic (alarms cannot write to one that ends in .fifo)",
        "Write arn:aws:sns:<region>:<account>:<name>",
    ),
]
Cron = Annotated[
    str,
    reading(
        _cron,
        "A cron expression of AWS has six fields, and `?` in exactly one of day-of-month and day-of-week",
        'Write for example "0 3 ? * SUN *" (minute hour day-of-month month day-of-week year)',
    ),
]
Rate = Annotated[str, reading(_rate, "A rate is a number of hours or days", "Write it as 1 day, 7 days or 12 hours")]
Timezone = Annotated[str, reading(_timezone, "A time zone has an IANA name", "Write it as Europe/Paris or UTC")]

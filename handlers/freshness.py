"""How old the newest sanitized snapshot of each database is: a number for an alarm, which rings also when nothing ever started."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from handlers.announcements import announced_runs
from handlers.clients import Aws
from handlers.database import Database, Snapshot
from handlers.names import DATABASE, KIND, RUN, is_of_this_stack, started
from handlers.permissions import Permission
from handlers.settings import SweepSettings

NAMESPACE, METRIC = "SanitizedSnapshots", "AgeOfNewestHours"
PERMISSIONS = (
    Permission(("cloudwatch:PutMetricData",), ("*",), {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}),
    Permission(
        ("s3:ListBucket",),
        ("arn:{partition}:s3:::{bucket}",),
        {"StringLike": {"s3:prefix": ("rules/*", "announced/*")}},
    ),
)


def dimensions(prefix: str, database: str) -> dict[str, str]:
    """What the metric of one database is found by."""
    return {"Prefix": prefix, "Database": database}


def publish(aws: Aws, database: Database, settings: SweepSettings, now: datetime) -> None:
    """The age of each database's newest announced snapshot that still stands, counted from its run's start.

    Where there is none, the age of the first rules that were deployed. A held snapshot is not announced, and makes nothing fresh.
    """
    standing = [each for each in database.snapshots() if _is_ours(each, settings)]
    for name in settings.databases:
        announced = announced_runs(aws.s3, settings.bucket, name)
        runs = [each.tags[RUN] for each in standing if each.tags[DATABASE] == name and each.tags[RUN] in announced]
        since = started(max(runs)) if runs else min(_deployments(aws.s3, settings.bucket, name), default=None)
        if since is not None:  # nothing deployed and nothing made: missing data ring the alarm too
            _put(aws.cloudwatch, dimensions(settings.prefix, name), now, (now - since) / timedelta(hours=1))


def _is_ours(snapshot: Snapshot, settings: SweepSettings) -> bool:
    ours = is_of_this_stack(snapshot.identifier, snapshot.tags, stack=settings.stack, prefix=settings.prefix)
    return ours and snapshot.tags[KIND] == "sanitized" and snapshot.status == "available"


def _deployments(s3: Any, bucket: str, database: str) -> Iterator[datetime]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"rules/{database}/"):
        yield from (each["LastModified"] for each in page.get("Contents", []))


def _put(cloudwatch: Any, named: dict[str, str], now: datetime, hours: float) -> None:
    listed = [{"Name": name, "Value": value} for name, value in named.items()]
    datum = {"MetricName": METRIC, "Dimensions": listed, "Timestamp": now, "Value": round(max(hours, 0.0), 2)}
    cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[datum])

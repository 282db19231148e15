"""Announcements: the sanitized snapshots that people may rely on, as objects in the bucket.

A sanitized snapshot without one is unfinished: its run may still fail, and then it is deleted.
"""

import json
from typing import Any

from handlers.permissions import Permission, object_arn

ANNOUNCING = (Permission(("s3:PutObject",), (object_arn("announced"),)),)
_BUCKET = "arn:{partition}:s3:::{bucket}"
LISTING = (Permission(("s3:ListBucket",), (_BUCKET,), {"StringLike": {"s3:prefix": "announced/{database}/*"}}),)
LISTING_ALL = (Permission(("s3:ListBucket",), (_BUCKET,), {"StringLike": {"s3:prefix": "announced/*"}}),)


def announce(s3: Any, bucket: str, database: str, run_id: str, said: dict[str, str]) -> None:
    """Announce a run's snapshot, then point `latest` to it. Safe to repeat."""
    body = json.dumps(said, indent=2).encode()
    for name in (run_id, "latest"):
        key = f"announced/{database}/{name}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")


def announced_runs(s3: Any, bucket: str, database: str) -> frozenset[str]:
    """The runs of a database whose sanitized snapshots were announced."""
    folder = f"announced/{database}/"
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
    names = (each["Key"].removeprefix(folder) for page in pages for each in page.get("Contents", []))
    return frozenset(name.removesuffix(".json") for name in names)

"""Announcements: the sanitized snapshots that people may rely on, as objects in the bucket.

A sanitized snapshot that was neither announced nor held for a person's word is unfinished: its run may still fail, and then it is
deleted.
"""

import json
from collections.abc import Mapping
from typing import Any

from handlers.permissions import Permission, object_arn

ANNOUNCING = (Permission(("s3:PutObject",), (object_arn("announced"),)),)
_BUCKET = "arn:{partition}:s3:::{bucket}"


def _listing(*prefixes: str) -> tuple[Permission, ...]:
    return (Permission(("s3:ListBucket",), (_BUCKET,), {"StringLike": {"s3:prefix": prefixes}}),)


LISTING = _listing("announced/{database}/*", "held/{database}/*", "denied/{database}/*")
LISTING_HELD = _listing("held/{database}/*")
LISTING_ALL = _listing("announced/*", "held/*")


def announce(s3: Any, bucket: str, database: str, run_id: str, said: Mapping[str, Any], *, newest: bool = True) -> None:
    """Announce a run's snapshot, then point `latest` to it if it is the newest. Safe to repeat."""
    body = json.dumps(said, indent=2).encode()
    for name in (run_id, "latest") if newest else (run_id,):
        key = f"announced/{database}/{name}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")


def announced_runs(s3: Any, bucket: str, database: str) -> frozenset[str]:
    """The runs of a database whose sanitized snapshots were announced."""
    return _runs_in(s3, bucket, f"announced/{database}/") - {"latest"}


def held_runs(s3: Any, bucket: str, database: str) -> frozenset[str]:
    """The runs of a database whose sanitized snapshots wait for a person's word."""
    return _runs_in(s3, bucket, f"held/{database}/")


def denied_runs(s3: Any, bucket: str, database: str) -> frozenset[str]:
    """The runs of a database whose sanitized snapshots a person denied: the sweep deletes those."""
    return _runs_in(s3, bucket, f"denied/{database}/")


def finished_runs(s3: Any, bucket: str, database: str) -> frozenset[str]:
    """The runs of a database whose sanitized snapshots stay. Held ones first: a release announces before it lets go."""
    return held_runs(s3, bucket, database) | announced_runs(s3, bucket, database)


def _runs_in(s3: Any, bucket: str, folder: str) -> frozenset[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
    names = (each["Key"].removeprefix(folder) for page in pages for each in page.get("Contents", []))
    return frozenset(name.removesuffix(".json") for name in names)

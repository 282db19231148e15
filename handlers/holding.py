"""A sanitized snapshot that is held until a person agrees: released then, or denied. Before that nobody else may restore it.

The hold is an object that only the sharer writes. It carries the plan, so that a release believes nothing that a person hands in;
without the object, and unannounced, the snapshot is a leftover like any other: the next sweep removes it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from botocore.exceptions import ClientError

from handlers.announcements import ANNOUNCING, LISTING_HELD, announce, held_runs
from handlers.errors import NotHeld, code
from handlers.instance import may_share
from handlers.names import PLAN_FIELDS
from handlers.permissions import Permission, object_arn
from handlers.sanitizing import MISSING
from handlers.sharing import PROVING, described, share_with_accounts, shareable, spelled
from handlers.step import Result, Run, needs

HOLDING = (Permission(("s3:PutObject",), (object_arn("held"),)),)
ANSWERING = (*LISTING_HELD, Permission(("s3:GetObject", "s3:DeleteObject"), (object_arn("held"),)))
# Both answers look for the other one after they have written their own: of two at once, one hears of the other.
READING_ANSWERS = (Permission(("s3:GetObject",), (object_arn("announced"), object_arn("denied"))),)
TAKE_OFF = "take the accounts off its `restore` attribute, and delete it"
DENYING = (Permission(("s3:PutObject",), (object_arn("denied"),)),)


@needs(*PROVING, *HOLDING)
def hold(run: Run) -> None:
    """The snapshot could be shared, and waits for a person's word. From here on it is kept. Safe to repeat.

    Raises: NotSanitized
    """
    snapshot, _accounts = shareable(run)
    said = {**described(run, snapshot), "held_at": spelled(run.now), "plan": asdict(run.plan)}
    _put(run, "held", run.plan.run_id, said)


@needs(*ANSWERING, *READING_ANSWERS, *PROVING, *may_share(), *ANNOUNCING)
def release(run: Run) -> Result:
    """What was held is proven anew, shared and announced. Safe to repeat; `dry_run` only proves.

    Raises: NotHeld, NotSanitized, AwsRefused
    """
    settings, run_id = run.settings, _asked_for(run)
    held = _read(run, "held", run_id)
    if held is None:
        if _read(run, "announced", run_id) is None:
            raise _not_held(run, run_id)
        return _answer(run_id, "was released already")
    if _read(run, "denied", run_id) is not None:
        raise NotHeld(f"the snapshot of run {run_id} was denied; nothing was shared by this answer")
    waiting = _as_held(run, held)
    if run.event.get("dry_run"):
        shareable(waiting)
        return {**_answer(run_id, "would be shared"), "accounts": list(settings.share_accounts)}
    share_with_accounts(waiting)
    latest = _read(run, "announced", "latest") or {}
    said = {name: value for name, value in held.items() if name != "plan"}
    said |= {"announced_at": spelled(run.now), "agreed": _claimed(run)}
    newest = run_id >= latest.get("run_id", "")  # an older one, released late, is not the latest
    announce(run.aws.s3, settings.bucket, settings.database, run_id, said, newest=newest)
    if _read(run, "denied", run_id) is not None:
        raise NotHeld(f"the snapshot of run {run_id} was denied at the same time, and is shared: {TAKE_OFF}")
    _let_go(run, run_id)
    return {**_answer(run_id, "is shared"), "accounts": list(settings.share_accounts)}


@needs(*ANSWERING, *READING_ANSWERS, *DENYING)
def deny(run: Run) -> Result:
    """What was held is forgotten, and why stands in the bucket; the next sweep deletes the snapshot. Safe to repeat.

    Raises: NotHeld, also where it was released before
    """
    run_id = _asked_for(run)
    _refuse_what_was_released(run, run_id)
    held = _read(run, "held", run_id)
    if held is None:
        if _read(run, "denied", run_id) is None:
            raise _not_held(run, run_id)
        return _answer(run_id, "was denied already")
    if not run.event.get("dry_run"):
        _put(run, "denied", run_id, {"snapshot": held["snapshot"], "run_id": run_id, "denied": _claimed(run)})
        _refuse_what_was_released(run, run_id)
        _let_go(run, run_id)
    return _answer(run_id, "would be denied" if run.event.get("dry_run") else "is denied")


def _refuse_what_was_released(run: Run, run_id: str) -> None:
    if _read(run, "announced", run_id) is not None:
        raise NotHeld(f"the snapshot of run {run_id} was released before, and is shared: {TAKE_OFF}")


def _asked_for(run: Run) -> str:
    """The run that a person named, or else the newest that waits."""
    asked = run.event.get("run_id")
    if asked:
        return str(asked)
    waiting = held_runs(run.aws.s3, run.settings.bucket, run.settings.database)
    if not waiting:
        raise NotHeld(f"no snapshot of {run.settings.database} waits; name a run to ask about one")
    return max(waiting)


def _as_held(run: Run, held: Mapping[str, Any]) -> Run:
    """The run as it was when it was held; a plan of an older version lacks what it did not know."""
    plan = {field: held["plan"].get(field) for field in PLAN_FIELDS}
    return replace(run, event={**run.event, "plan": plan})


def _claimed(run: Run) -> dict[str, str]:
    """Who answered, as far as the command says: AWS does not tell a function who invoked it."""
    return {"claimed": str(run.event.get("by", "unknown")), "at": spelled(run.now)}


def _answer(run_id: str, done: str) -> dict[str, Any]:
    return {"run_id": run_id, "done": done}


def _not_held(run: Run, run_id: str) -> NotHeld:
    return NotHeld(f"the snapshot of run {run_id} of {run.settings.database} is not held, or its hold cannot be read")


def _read(run: Run, folder: str, name: str) -> dict[str, Any] | None:
    key = f"{folder}/{run.settings.database}/{name}.json"
    try:
        found: dict[str, Any] = json.loads(run.aws.s3.get_object(Bucket=run.settings.bucket, Key=key)["Body"].read())
    except ClientError as error:
        if code(error) in MISSING:
            return None
        raise
    return found


def _put(run: Run, folder: str, name: str, said: Mapping[str, Any]) -> None:
    key, body = f"{folder}/{run.settings.database}/{name}.json", json.dumps(said, indent=2).encode()
    run.aws.s3.put_object(Bucket=run.settings.bucket, Key=key, Body=body, ContentType="application/json")


def _let_go(run: Run, run_id: str) -> None:
    run.aws.s3.delete_object(Bucket=run.settings.bucket, Key=f"held/{run.settings.database}/{run_id}.json")

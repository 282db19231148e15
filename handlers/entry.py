"""Where the Lambda functions begin: an event comes in, one step is performed, one line is logged."""

import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers import alert, flow, freshness
from handlers.clients import Aws, clients
from handlers.errors import NotReady, RunError, translated
from handlers.instance import Instance
from handlers.settings import AlertSettings, Settings, SweepSettings
from handlers.step import Result, Run
from handlers.sweep import sweep


def handler(event: Mapping[str, Any], _context: object) -> Result:
    """Perform the step that the event names.

    Raises: the errors of `handlers.errors`, whose names the state machine reads
    """
    try:
        result = perform(event, os.environ, clients())
    except RunError as error:
        _log(event, "info" if isinstance(error, NotReady) else "error", type(error).__name__)
        raise
    except Exception as error:
        _log(event, "error", type(error).__name__)
        raise
    _log(event, "info", "done")
    return result


def perform(event: Mapping[str, Any], environment: Mapping[str, str], aws: Aws) -> Result:
    """The step's result. AWS's errors are put into the run's words; patience that has run out gets its name.

    Raises: the errors of `handlers.errors`
    """
    try:
        if "detail-type" in event:
            alert.tell(aws, Instance(aws.rds), AlertSettings.read(environment), event)
            return None
        if event["step"] == "Sweep":
            return _sweep(event, SweepSettings.read(environment), aws)
        return _step(event, Settings.read(environment), aws)
    except (ClientError, BotoCoreError) as error:
        problem = translated(error)
        if isinstance(problem, NotReady):
            raise _as_patient(event, problem) from error
        raise problem from error
    except NotReady as problem:
        raise _as_patient(event, problem) from None


def _step(event: Mapping[str, Any], settings: Settings, aws: Aws) -> Result:
    now = datetime.fromisoformat(event["now"])
    run = Run(settings=settings, aws=aws, database=Instance(aws.rds), now=now, event=event)
    return flow.step(event["step"]).action(run)


def _sweep(event: Mapping[str, Any], settings: SweepSettings, aws: Aws) -> Result:
    database = Instance(aws.rds)
    try:
        leftovers = sweep(aws, database, settings, dry_run=bool(event.get("dry_run")))
    finally:  # what cannot be removed makes no snapshot older
        freshness.publish(aws, database, settings, datetime.fromisoformat(event["now"]))
    for each in leftovers:
        _log({**event, "plan": {"run_id": each.run_id}, "database": each.database}, "info", f"swept {each.name}")
    return {"swept": [each.name for each in leftovers]}


def _as_patient(event: Mapping[str, Any], problem: NotReady) -> RunError:
    """Not ready, or what the step calls it when that was said often enough."""
    patience = flow.step(event["step"]).patience
    if event["attempt"] < patience.times:
        return problem
    return patience.then(f"{problem}, after being asked {event['attempt'] + 1} times")


def _log(event: Mapping[str, Any], level: str, happened: str) -> None:
    """One JSON object, on one line: names and ids only, never the text of an error."""
    line = {
        "time": event.get("now") or event.get("time"),
        "level": level,
        "run_id": (event.get("plan") or {}).get("run_id"),
        "database": event.get("database") or os.environ.get("DATABASE"),
        "step": event.get("step") or event.get("detail-type"),
        "event": happened,
    }
    sys.stdout.write(json.dumps(line) + "\n")

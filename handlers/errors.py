"""What can go wrong in a run. The class name is what Step Functions sees, and what a red execution is called.

`REMEDIES` says for each name what happened and what to do; `REPORTED` does for names that AWS gives. Pages and messages to people
are made from them.
"""

from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError


class RunError(Exception):
    """A failure that the run has a name for; its message says what, which id, and what to do next."""


class NotReady(RunError):
    """Not yet: ask again."""


class AwsUnavailable(RunError):
    """AWS was busy or could not be reached."""


class AwsRefused(RunError):
    """AWS refused a call."""


class AlreadyRunning(RunError):
    """Another execution holds this database's lock; nothing was created or deleted."""


class DuplicateStart(RunError):
    """The schedule delivered the same slot twice."""


class SourceUnsupported(RunError):
    """The source, or what was asked of it, cannot work."""


class IsolationBroken(RunError):
    """The temporary database would be, or is, within reach of something else than the sanitizer."""


class SnapshotFailed(RunError):
    """A snapshot can no longer become available."""


class NeverAvailable(RunError):
    """What was waited for did not come, or cannot come any more."""


class NotOurs(RunError):
    """Something stands under a name of ours without the tags of this run; it was left alone."""


class SanitizerRefused(RunError):
    """The sanitizer stopped before it changed anything."""


class SanitizerFailed(RunError):
    """The sanitizer stopped after it may have changed something."""


class NotSanitized(RunError):
    """There is no proof that a snapshot is sanitized."""


class LeftoversRemain(RunError):
    """Something of the run still stands."""


class NotHeld(RunError):
    """No snapshot of that run waits for a person's word."""


class Remedy(NamedTuple):
    """What happened, and what a person does about it."""

    happened: str
    todo: str


REMEDIES = {
    "NotReady": Remedy("AWS is still at work", "nothing: the run asks again, as often as its step is patient"),
    "AwsUnavailable": Remedy(
        "AWS was busy or could not be reached, several times in a row",
        "look at AWS's health page, then start the run again",
    ),
    "AwsRefused": Remedy(
        "AWS refused a call",
        "the cause names call and code: compare the role's policy, the key's policy and the quotas",
    ),
    "AlreadyRunning": Remedy(
        "another execution holds this database's lock; nothing was created or deleted",
        "wait for its end, or stop it and start again",
    ),
    "DuplicateStart": Remedy(
        "the schedule delivered the same slot twice", "nothing: the first delivery does the work, and this one is green"
    ),
    "SourceUnsupported": Remedy(
        "the plan refuses the source or the keys; nothing was created",
        "the cause names rule and remedy; correct the stack config or the source and deploy",
    ),
    "IsolationBroken": Remedy(
        "something besides the sanitizer could reach the temporary database, so nothing was masked",
        "undo the change of the security groups that the cause names, or deploy the stack again",
    ),
    "SnapshotFailed": Remedy("RDS gave a snapshot up", "look at the events of RDS, then start the run again"),
    "NeverAvailable": Remedy(
        "what was waited for did not come, or no snapshot is younger than `maxAge`",
        "look at the events of RDS and at the source's backups, then start the run again",
    ),
    "NotOurs": Remedy(
        "something stands under a name of the run without its tags; it was left alone",
        "look who made it, and remove it",
    ),
    "SanitizerRefused": Remedy(
        "the sanitizer stopped before it changed anything; nothing was shared",
        "its log stream names every finding with place and remedy; the exit code in the cause says which kind",
    ),
    "SanitizerFailed": Remedy(
        "the sanitizer stopped after it may have changed something; the temporary database is destroyed, nothing was shared",
        "its log stream names statement, table or check; the exit code in the cause says which kind",
    ),
    "NotSanitized": Remedy(
        "the report does not vouch for the snapshot; nothing was shared", "look who made the snapshot and the report"
    ),
    "LeftoversRemain": Remedy(
        "not everything that is temporary could be removed, or others have backups of the temporary database",
        "the hourly sweep tries again; backups that others made are yours to delete",
    ),
    "NotHeld": Remedy(
        "no snapshot of that run waits for a person's word; this answer shared nothing",
        "`python -m handlers.release --dry-run` without a run says what waits; the message says what had become of this one",
    ),
}
# Names that come from AWS; where a name ends in a star, every name that begins so.
REPORTED = {
    "States.Timeout": Remedy(
        "a state took longer than its deadline, and AWS stopped waiting",
        "look at the function's or the sanitizer's log, then start the run again",
    ),
    "States.TaskFailed": Remedy("a call of Step Functions itself failed", "the cause names it; look at the history"),
    "States.Runtime": Remedy(
        "the state document was not what the definition expects; no clean-up ran",
        "deploy the stack again; the hourly sweep removes what is left",
    ),
    "States.DataLimitExceeded": Remedy(
        "the state document grew beyond 256 KiB; no clean-up ran", "report it; the hourly sweep removes what is left"
    ),
    "Runtime.ExitError": Remedy(
        "the function's process ended, several times in a row", "look at the function's log, then start the run again"
    ),
    "Sandbox.Timedout": Remedy(
        "the function did not answer in time, several times in a row", "look at AWS's health page, then start again"
    ),
    "Lambda.*": Remedy(
        "AWS could not invoke the function, several times in a row",
        "look at AWS's health page and at the account's concurrency, then start the run again",
    ),
    "ECS.*": Remedy(
        "AWS could not start the sanitizer's task", "look at the task definition, the image and the Fargate quota"
    ),
    "SettingsMissing": Remedy("the function was deployed without something it needs", "deploy the stack again"),
}
ENDINGS = {
    "TIMED_OUT": Remedy(
        "the execution came to its own deadline; no clean-up ran", "the hourly sweep removes what is left; start again"
    ),
    "ABORTED": Remedy(
        "a person or a program stopped the execution; no clean-up ran",
        "the hourly sweep removes what is left; start the run again when it may run",
    ),
}
UNKNOWN = Remedy(
    "an error that the run has no name for: a mistake in the program",
    "look at the function's log, and report it",
)


def remedy(name: str) -> Remedy:
    """What is known of an error by its name, or by how the name begins."""
    known = {**REMEDIES, **REPORTED}
    return known.get(name) or known.get(f"{name.partition('.')[0]}.*") or UNKNOWN


NOT_YET = frozenset({"InvalidDBInstanceState", "InvalidDBInstanceStateFault", "InvalidDBSnapshotState"})
BUSY = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
    | {"InternalFailure", "InternalError", "ServiceUnavailable", "ServiceException", "ServerException"}
)


def code(error: ClientError) -> str:
    """AWS's name for an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def translated(error: ClientError | BotoCoreError) -> RunError:
    """An error of AWS in the run's words: wait, try again, or give up."""
    if not isinstance(error, ClientError):
        return AwsUnavailable(f"AWS could not be reached ({type(error).__name__}); check the function's network")
    said = error.response.get("Error", {}).get("Message", "")
    what = f"{error.operation_name} was answered {code(error)}: {said}"
    if code(error) in NOT_YET:
        return NotReady(what)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code(error) in BUSY or status >= 500:
        return AwsUnavailable(what)
    return AwsRefused(f"{what}; compare the role's policy and the service's limits, then start the run again")

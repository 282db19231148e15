"""What can go wrong in a run. The class name is what Step Functions sees, and what a red execution is called."""

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

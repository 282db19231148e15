"""What people are told: of an execution that did not succeed, and of a snapshot that waits for their word.

EventBridge hands over the event. Whatever AWS does not answer for is told as unknown: the message is sent with what is known.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from handlers import history, names
from handlers.announcements import LISTING_ALL, announced_runs, held_runs
from handlers.clients import Aws
from handlers.database import Database
from handlers.errors import ENDINGS, REMEDIES, Remedy, remedy, translated
from handlers.instance import may_describe, may_describe_snapshots
from handlers.permissions import RDS, Permission
from handlers.sanitizing import LOOKING_AT_TASKS, MEANINGS
from handlers.settings import AlertSettings
from handlers.sweep import Leftover, made_by_runs

PERMISSIONS = (
    Permission(("states:DescribeExecution",), ("arn:{partition}:states:{region}:{account}:execution:{prefix}-*",)),
    *history.READING,
    *may_describe(f"{RDS}:db:*"),
    *may_describe_snapshots(),
    *LOOKING_AT_TASKS,
    *LISTING_ALL,
    Permission(("sns:Publish",), ("{topic}",)),
)
LONGEST_SUBJECT = 100  # SNS takes no more
CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
LONGEST_SENTENCE = 600  # ours are shorter
NOT_TOLD = Remedy("the error is not known: AWS did not answer for it", "look at the execution itself")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Ended:
    """An execution that did not succeed."""

    arn: str
    database: str
    status: str
    started: datetime
    stopped: datetime
    error: str | None
    cause: str | None

    @property
    def run_id(self) -> str:
        """The run's id, which is made of the execution's own name and time."""
        return names.run_id(self.arn, self.started)

    @property
    def remedy(self) -> Remedy:
        """What happened and what to do, by how it ended or by its error."""
        return ENDINGS.get(self.status) or (remedy(self.error) if self.error else NOT_TOLD)


def tell(aws: Aws, database: Database, settings: AlertSettings, event: Mapping[str, Any]) -> None:
    """Send one message about an event of EventBridge: an execution's end, or a new object in the bucket."""
    if event["detail-type"] == "Object Created":
        subject, text = _waiting(settings, event["detail"]["object"]["key"])
    else:
        subject, text = _red(aws, database, settings, event["detail"])
    aws.sns.publish(TopicArn=settings.topic, Subject=_one_line(subject), Message=text)


def _one_line(subject: str) -> str:
    """What SNS takes: short, on one line, in ASCII. Whoever aborts an execution may name its error anything."""
    return " ".join(subject.encode("ascii", "replace").decode().split())[:LONGEST_SUBJECT]


def _red(aws: Aws, database: Database, settings: AlertSettings, detail: Mapping[str, Any]) -> tuple[str, str]:
    unknown: list[str] = []
    ended = _ended(aws, settings, detail, unknown)
    story = _asked(lambda: history.read(aws.stepfunctions, ended.arn), "the execution's history", unknown)
    left = _asked(lambda: list(_left(aws, database, settings, ended)), "what is left", unknown)
    used = story.used(ended.stopped) if story else None
    parts = [
        f"The run of `{ended.database}` in stack {settings.stack} ended {ended.status}.",
        _part("What happened", _happened(ended, story)),
        _part("What is left", ["not known, see below"] if left is None else left or ["nothing"]),
        _part("What to do", _todo(ended)),
        _part("What it used", [str(used)] if used else []),
        _part("What AWS did not answer for", unknown),
        _part("Look at it", [console(ended.arn), "docs/runbook.md has every error"]),
    ]
    subject = f"{settings.stack}: {ended.database} {ended.status}" + (f" ({ended.error})" if ended.error else "")
    return subject, "\n\n".join(part for part in parts if part) + "\n"


def _ended(aws: Aws, settings: AlertSettings, detail: Mapping[str, Any], unknown: list[str]) -> Ended:
    arn = detail["executionArn"]
    known = _asked(lambda: aws.stepfunctions.describe_execution(executionArn=arn), "the execution", unknown) or detail
    return Ended(
        arn=arn,
        database=detail["stateMachineArn"].rsplit(":", 1)[-1].removeprefix(f"{settings.prefix}-"),
        status=detail["status"],
        started=_moment(detail["startDate"]),
        stopped=_moment(detail["stopDate"]),
        error=known.get("error"),
        cause=known.get("cause"),
    )


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _asked(ask: Callable[[], Answer], what: str, unknown: list[str]) -> Answer | None:
    try:
        return ask()
    except (ClientError, BotoCoreError) as error:
        unknown.append(f"{what}: {translated(error)}")
        return None


def _happened(ended: Ended, story: history.Story | None) -> Iterator[str]:
    yield f"run {ended.run_id}, {ended.started:%Y-%m-%d %H:%M} to {ended.stopped:%H:%M} UTC"
    if story and story.stopped_in:
        yield f"it came as far as {story.stopped_in}"
    yield f"{ended.error}: {ended.remedy.happened}" if ended.error else ended.remedy.happened
    if ended.error:
        yield from sentences(ended.error, ended.cause)


def sentences(error: str, cause: str | None) -> Iterator[str]:
    """The cause in words. Only errors of our own are repeated: the text of any other may hold anything."""
    said = _unwrapped(cause)
    if error == "LeftoversRemain" and "errorMessage" not in said:
        for state, problem in said.items():
            named = problem.get("Error", "") if isinstance(problem, dict) else ""
            for sentence in sentences(named, json.dumps(problem)):
                yield f"{state}: {sentence}"
        return
    if error in REMEDIES and isinstance(said.get("errorMessage"), str):
        yield " ".join(said["errorMessage"].split())[:LONGEST_SENTENCE]
    else:
        yield f"{error}: its text is not repeated here, since it may hold anything"


def _unwrapped(cause: str | None) -> dict[str, Any]:
    """The innermost mapping of a cause: Step Functions and Lambda each put a layer of JSON around it."""
    try:
        said = json.loads(cause or "{}")
    except ValueError:
        return {}
    if not isinstance(said, dict):
        return {}
    return _unwrapped(said["Cause"]) if isinstance(said.get("Cause"), str) else said


def _todo(ended: Ended) -> Iterator[str]:
    yield ended.remedy.todo
    found = re.search(r"the sanitizer ended with (\d+):", ended.cause or "")
    if found and int(found[1]) in MEANINGS:
        yield f"exit code {found[1]}: {MEANINGS[int(found[1])].todo}"


def _left(aws: Aws, database: Database, settings: AlertSettings, ended: Ended) -> Iterator[str]:
    """What stands now and carries the run's tags."""
    made = [each for each in made_by_runs(aws, database, settings) if each.run_id == ended.run_id]
    for each in made:
        yield _described(each) + (_why_it_stays(aws.s3, settings, each) if each.kind == "sanitized" else "")
    if made:
        yield "the hourly sweep removes what is temporary"


def _why_it_stays(s3: Any, settings: AlertSettings, left: Leftover) -> str:
    if left.run_id in held_runs(s3, settings.bucket, left.database):
        return " (held: it waits for a person's word)"
    announced = left.run_id in announced_runs(s3, settings.bucket, left.database)
    return " (announced: it stays)" if announced else ""


def _described(left: Leftover) -> str:
    return f"the task {left.name}" if left.kind == "task" else f"{left.kind}: {left.name}"


def _waiting(settings: AlertSettings, key: str) -> tuple[str, str]:
    _held, database, file = key.split("/")
    run_id = file.removesuffix(".json")
    snapshot = names.identifier(settings.prefix, "sanitized", database, run_id)
    command = (
        f"python -m handlers.release --stack {settings.stack} --prefix {settings.prefix} "
        f"--database {database} --run {run_id}"
    )
    parts = [
        f"A sanitized snapshot of `{database}` in stack {settings.stack} waits for a person's word: {snapshot}.",
        "It is shared with nobody until then.",
        _part("To look", [f"{command} --dry-run", f"the report: s3://{settings.bucket}/reports/{database}/{run_id}/"]),
        _part("To share it", [command]),
        _part("To refuse it", [f"{command} --deny"]),
    ]
    return f"{settings.stack}: {database} waits for a release", "\n\n".join(parts) + "\n"


def _part(title: str, lines: Iterator[str] | list[str]) -> str:
    said = [f"  {line}" for line in lines]
    return "\n".join([f"{title}:", *said]) if said else ""


def console(arn: str, page: str = "v2/executions/details") -> str:
    """Where a person looks at an execution, or at another thing of Step Functions."""
    _, partition, _, region, *_ = arn.split(":")
    home = CONSOLES.get(partition, f"{region}.console.aws.amazon.com")
    return f"https://{home}/states/home?region={region}#/{page}/{arn}"

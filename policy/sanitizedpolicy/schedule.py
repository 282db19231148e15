"""How often runs start: a run that starts before the last one has ended does nothing but fail."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf

from pulumi_policy import Severity

from sanitizedpolicy.reading import UNKNOWN, read
from sanitizedpolicy.verdicts import Config, Resource, Verdict, option, policy
from sanitizedpolicy.words import SCHEDULE, belongs_to_us

HOURS = {"minute": 1 / 60, "hour": 1, "day": 24}
DAY_MINUTES = 24 * 60


@policy(
    name="runs-have-time-to-end",
    sentence="Runs do not start more often than one can take.",
    types=(SCHEDULE,),
    severity=Severity.MEDIUM,
    remedy="Choose a longer interval, or lower `minimumHours` where runs are known to be shorter",
    config={"minimumHours": option("number", 6, "The shortest time between the starts of two runs.", minimum=0)},
)
def runs_have_time_to_end(schedule: Resource, config: Config) -> Iterator[Verdict]:
    """Rates and cron expressions; a start at one time is always far enough from the next."""
    if not belongs_to_us(schedule.urn):
        return
    expression = read(schedule.props, "scheduleExpression")
    if expression is UNKNOWN:
        yield UNKNOWN
        return
    try:
        hours = shortest_hours(str(expression))
    except (ValueError, KeyError):
        yield f"nothing is understood of its schedule {expression}"
        return
    few = hours < config["minimumHours"]
    yield (
        f"{expression} starts runs {hours:.1f} hours apart, and {config['minimumHours']:g} are the least"
        if few
        else None
    )


def shortest_hours(expression: str) -> float:
    """The shortest time between two starts.

    Raises: ValueError, KeyError for what is no schedule
    """
    kind, _, rest = expression.partition("(")
    inner = rest.removesuffix(")").split()
    match kind, inner:
        case "at", [_]:
            return inf
        case "rate", [count, unit]:
            return int(count) * HOURS[unit.removesuffix("s")]
        case "cron", [minutes, hours, *days]:
            return _between(
                sorted(60 * hour + minute for hour in _field(hours, 24) for minute in _field(minutes, 60)), days
            )
    raise ValueError(expression)


def _between(starts: list[int], days: list[str]) -> float:
    """Within a day, and from its last start to the next day's first; the latter only where days can follow one another."""
    within = [later - earlier for earlier, later in pairwise(starts)]
    alone = days[0].isdigit() or days[2].isalnum()
    over_night = [] if alone else [DAY_MINUTES - starts[-1] + starts[0]]
    return min([*within, *over_night], default=DAY_MINUTES) / 60


def _field(text: str, size: int) -> set[int]:
    """The numbers that a field of a cron expression means."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = 0 if span == "*" else int(first)
        end = int(last) if last else size - 1 if span == "*" or step else start
        found |= set(range(start, end + 1, int(step or 1)))
    if not found or max(found) >= size:
        raise ValueError(text)
    return found

"""Long answers in pages, and filters, as all of RDS's listings have them."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.errors import AwsError

MOST_RECORDS = 100
LEAST_RECORDS = 20
Json = dict[str, Any]


def page(member: str, found: Iterable[tuple[str, Json]], marker: str | None, max_records: int | None) -> Json:
    """The answer's next page of (name, shown) pairs under `member`, with the Marker of the one after it.

    The Marker names the last one shown: what is added or removed between two pages neither repeats nor hides another.
    """
    most = MOST_RECORDS if max_records is None else max_records
    if not LEAST_RECORDS <= most <= MOST_RECORDS:
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid value {most} for MaxRecords. Must be between {LEAST_RECORDS} and {MOST_RECORDS}",
        )
    after = _read_marker(marker) if marker else ""
    rest = sorted((pair for pair in found if pair[0] > after), key=lambda pair: pair[0])
    answer: Json = {member: [shown for _, shown in rest[:most]]}
    if len(rest) > most:
        answer["Marker"] = base64.urlsafe_b64encode(rest[most - 1][0].encode()).decode()
    return answer


def matches(shown: Json, filters: Iterable[Mapping[str, Any]] | None, fields: Mapping[str, str]) -> bool:
    """Whether a thing passes every filter; `fields` says which member each filter's name looks at."""
    for each in filters or ():
        if each["Name"] not in fields:
            raise AwsError("InvalidParameterValue", f"Unrecognized filter name: {each['Name']}")
        if shown.get(fields[each["Name"]]) not in each["Values"]:
            return False
    return True


def _read_marker(marker: str) -> str:
    try:
        return base64.b64decode(marker, altchars=b"-_", validate=True).decode()
    except ValueError as exc:
        raise AwsError("InvalidParameterValue", f"The marker {marker} is not valid.") from exc

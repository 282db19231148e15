"""Where the rehearsal takes place."""

from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "123456789012"
CONSUMER_ACCOUNT = "111122223333"
REGION = "eu-west-1"


@dataclass(frozen=True)
class Host:
    """What processes that run for the account need to know: where AWS answers, and where they may keep files."""

    endpoint_url: str
    root: Path
    account: str = ACCOUNT
    region: str = REGION

"""A person agrees that a held snapshot is shared, or does not: `python -m handlers.release --stack prod --database orders --dry-run`.

The command asks the sharer, which proves everything again; whoever calls needs `lambda:InvokeFunction` on it and nothing else.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 where nothing was shared that should have been."""
    told = _parser().parse_args(arguments)
    function = f"{told.prefix or f'ss-{told.stack}'}-{told.database}-sharer"
    try:
        answer = ask(boto3.client("sts"), boto3.client("lambda"), function, told)
    except (ClientError, BotoCoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if "errorType" in answer:
        sys.stderr.write(f"{answer['errorType']}: {answer.get('errorMessage')}\n")
        return 1
    accounts = f", with {', '.join(answer['accounts'])}" if "accounts" in answer else ""
    sys.stdout.write(f"the snapshot of run {answer['run_id']} of {told.database} {answer['done']}{accounts}\n")
    return 0


def ask(sts: Any, functions: Any, function: str, told: argparse.Namespace) -> dict[str, Any]:
    """What the sharer answers. Who asks is AWS's word for the caller, and when is AWS's clock; both are noted as claimed."""
    caller = sts.get_caller_identity()
    event = {
        "step": "Deny" if told.deny else "Release",
        "now": parsedate_to_datetime(caller["ResponseMetadata"]["HTTPHeaders"]["date"]).isoformat(),
        "attempt": 0,
        "run_id": told.run,
        "by": caller["Arn"],
        "dry_run": told.dry_run,
    }
    said = functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    answer: dict[str, Any] = json.loads(said["Payload"].read())
    return answer


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m handlers.release", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--stack", required=True, help="the stack's name")
    parser.add_argument("--prefix", help="the stack's prefix, where it is not ss-<stack>")
    parser.add_argument("--database", required=True, help="the database's name in the stack config")
    parser.add_argument("--run", help="which run's snapshot; the newest that waits unless said")
    parser.add_argument("--dry-run", action="store_true", help="prove and say what would happen; change nothing")
    parser.add_argument("--deny", action="store_true", help="never share it; the next sweep deletes the snapshot")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""The command line; every option may come from the environment instead."""

import argparse
import functools
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from sanitizer.diff_shown import FORMATS
from sanitizer.engines import ENGINES
from sanitizer.errors import UsageError

ABSENT = "-"
BUNDLE = Path(__file__).parent / "rds-global-bundle.pem"
EXAMPLES = """examples:
  python -m sanitizer draft --host localhost --user master --password-file secret.txt --ca-file ca.pem --output masking/orders.yaml
  python -m sanitizer check masking/orders.yaml
  python -m sanitizer diff old/orders.yaml masking/orders.yaml     (- for a file that is not there)
  python -m sanitizer explain --host localhost --user master --password-file secret.txt --ca-file ca.pem --rules masking/orders.yaml
  python -m sanitizer run --host localhost --user master --password-file secret.txt --ca-file ca.pem --rules masking/orders.yaml \\
      --key-file masking.key --report report.json --database orders --run-id 202601020300-abcd
  python -m sanitizer verify-report report.json --public-key reports.pem

Every option may come from the environment: SANITIZER_HOST, SANITIZER_SECRET_ARN, ...

exit codes: 0 done; 2 usage; nothing was changed: 10 rules, 11 drift, 12 pre-flight, 13 connection, 19 stopped;
            diff --exit-code: 3 something is newly kept, or statements changed;
            verify-report: 4 the report is not what the key has signed;
            destroy the database: 20 SQL statement, 21 masking, 22 purge, 23 verify, 24 report, 29 stopped, any other."""


VERIFYING = """examples:
  python -m sanitizer verify-report report.json --public-key reports.pem
  python -m sanitizer verify-report report.json --signature report.signature --key-arn arn:aws:kms:eu-west-1:111122223333:key/...
  python -m sanitizer verify-report report.json --public-key reports.pem --signature "$(aws rds describe-db-snapshots \\
      --db-snapshot-identifier SNAPSHOT --output text \\
      --query "DBSnapshots[0].TagList[?Key=='sanitized-snapshots:report-signature'].Value")"

The public key comes from the stack's owner, not from where the report lies:
  aws kms get-public-key --key-id "$(pulumi stack output signingKey)" --output text --query PublicKey \\
      | base64 -d | openssl pkey -pubin -inform DER -out reports.pem

exit codes: 0 signed; 2 usage; 4 not signed by this key, or not this report; 13 KMS cannot be asked"""


class Parser(argparse.ArgumentParser):
    """Raises instead of leaving, so that mistakes are told like all others."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See python -m sanitizer --help")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The action with all it needs.

    Raises: UsageError.
    """
    options = _parser().parse_args(arguments)
    if options.action == "diff":
        if options.old == options.new == ABSENT:
            raise UsageError(f"One of OLD and NEW must be a rules file; {ABSENT} is a file that is not there")
    elif options.action not in ("check", "verify-report"):
        _require(options, ("host", "user") if options.action == "draft" else ("host", "user", "rules"))
        if options.engine not in ENGINES:
            raise UsageError(f"--engine {options.engine} is not known; write one of {', '.join(ENGINES)}")
        if not options.secret_arn and not options.password_file:
            raise UsageError("--secret-arn or --password-file is needed: the master user's password")
        if not options.ca_file.is_file():
            raise UsageError(f"--ca-file {options.ca_file} does not exist")
    if options.action == "draft" and options.output and options.output.exists():
        raise UsageError(f"--output {options.output} is there already: name another file, or move that one away")
    if options.action == "run":
        _require(options, ("report", "database", "run_id"))
    return options


def _require(options: argparse.Namespace, names: Sequence[str]) -> None:
    missing = [
        f"--{name.replace('_', '-')} (or SANITIZER_{name.upper()})" for name in names if not getattr(options, name)
    ]
    if missing:
        raise UsageError(f"{options.action} needs {', '.join(missing)}. See python -m sanitizer --help")


def _parser() -> Parser:
    parser = Parser(
        prog="python -m sanitizer",
        description="Masks a restored database by reviewed rules, purges what masking leaves behind, verifies, reports.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="draft|check|diff|explain|run|verify-report", parser_class=Parser
    )
    draft = actions.add_parser("draft", help="write a first rules file from names and sampled values; changes nothing")
    _add_server(draft)
    _add(draft, "output", "where the rules go, and nothing may be yet; standard output if not given", Path)
    check = actions.add_parser("check", help="read the rules file and tell every mistake; needs no database")
    check.add_argument("rules", metavar="RULES", help="path or s3://bucket/key")
    _add_diff(actions.add_parser("diff", help="what a change of the rules changes; needs no database"))
    _add_connection(actions.add_parser("explain", help="print the SQL of a run, and why; changes nothing"))
    run = actions.add_parser(
        "run",
        help="mask, purge, verify, report",
        description="Masks, purges, verifies, reports. Stopped or killed, it goes on where it was when it is run again with the same run-id, rules and key.",
    )
    _add_connection(run)
    _add(run, "connections", "tables masked at the same time; about the server's processors if not given", _positive)
    verify = actions.add_parser(
        "verify-report",
        help="check a report against its signature; needs no database",
        description="Checks that a report is, byte for byte, what a stack's sanitizer signed: 0 it is, 4 it is not.",
        epilog=VERIFYING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_verify(verify)
    return parser


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report_file", metavar="REPORT", type=Path, help="the report (JSON), byte for byte")
    parser.add_argument(
        "--signature", help="base64, as in the snapshot's tag, or a file; REPORT's .signature if not given"
    )
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument(
        "--public-key", type=Path, metavar="PEM", help="the key's public half; needs `openssl`, and no AWS"
    )
    key.add_argument("--key-arn", metavar="ARN", help="ARN of the KMS key: KMS is asked (kms:Verify)")


def _add_diff(parser: argparse.ArgumentParser) -> None:
    for name in ("old", "new"):
        parser.add_argument(name, metavar=name.upper(), help=f"rules file; {ABSENT} where there is none")
    parser.add_argument("--format", choices=tuple(FORMATS), help="text on a terminal, else markdown, if not given")
    parser.add_argument(
        "--exit-code",
        action="store_true",
        help="end with 3 when something is newly kept, or when statements changed: what those keep no rule says",
    )


def _add(
    parser: argparse.ArgumentParser, name: str, help_: str, type_: Callable[[str], object] = str, default: object = None
) -> None:
    # A string default goes through type_, so that the environment is checked like the command line.
    variable = f"SANITIZER_{name.upper()}"
    parser.add_argument(
        f"--{name.replace('_', '-')}",
        type=type_,
        default=os.environ.get(variable) or default,
        help=f"{help_} [{variable}]",
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _add_server(parser: argparse.ArgumentParser) -> None:
    add = functools.partial(_add, parser)
    add("host", "the server's name, as in its certificate")
    add("engine", f"{', '.join(ENGINES)}; postgres if not given", default="postgres")
    add("port", "its port; the engine's own if not given", int)
    add("user", "the master user")
    add("secret_arn", "Secrets Manager secret that holds the password (JSON: username, password)")
    add("password_file", "file that holds the password, instead of a secret", Path)
    add("ca_file", "certificate authorities; those of Amazon RDS if not given", Path, BUNDLE)


def _add_connection(parser: argparse.ArgumentParser) -> None:
    _add_server(parser)
    add = functools.partial(_add, parser)
    add("rules", "masking rules: path or s3://bucket/key")
    add("report", "where the report goes: path or s3://bucket/key; nothing may be there yet")
    add("database", "the database's name in the stack, for the report and the masking key")
    add("run_id", "the run, for the report and the logs")
    add("masking_key", "ARN of the KMS HMAC key that the masking key is computed with")
    add("snapshot_at", "when the snapshot was taken, for the report: 2026-01-02T01:00:00+00:00", _moment)
    add("signing_key", "ARN of the KMS key (ECC_NIST_P256) that signs the report; not signed if not given")
    add("key_file", "file that holds the masking key instead: 64 hexadecimal digits (openssl rand -hex 32)", Path)

"""The generated pages: written from the code that they describe. `make docs` writes them, `make check` says when one is stale."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from docs.pages import (
    configuration,
    masking_rules,
    masking_schema,
    policies,
    privileges,
    production,
    pull_request_comment,
    report,
    report_schema,
    runbook,
    the_run,
)

HERE = Path(__file__).parent
PAGES: dict[str, Callable[[], str]] = {
    "the-run.md": the_run.page,
    "production.md": production.page,
    "privileges.md": privileges.page,
    "runbook.md": runbook.page,
    "configuration.md": configuration.page,
    "policies.md": policies.page,
    "masking-rules.md": masking_rules.page,
    "pull-request-comment.md": pull_request_comment.page,
    "report.md": report.page,
    "report.schema.json": report_schema.page,
    "../masking/masking.schema.json": masking_schema.page,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when `--check` finds a stale page."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.generate", description="Write the generated pages, or check them."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is not what it would be")
    check = parser.parse_args(arguments).check
    stale = [name for name, page in PAGES.items() if not (HERE / name).exists() or (HERE / name).read_text() != page()]
    for name in stale:
        if check:
            sys.stderr.write(f"docs/{name} is not current: run `make docs` and commit it\n")
        else:
            (HERE / name).write_text(PAGES[name]())
            sys.stdout.write(f"docs/{name} written\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

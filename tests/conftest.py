"""What every test shares: in CI nothing may be skipped in silence."""

import os
from pathlib import Path
from typing import Any

import pytest

from rehearsal.installations import installations
from rehearsal.mariadb import absence, mariadb_installations
from tests import browser
from tests.outputs import doors
from tests.outputs import session as outputs
from tests.versions import other_versions

ABSENT = "mariadb-server is not installed"  # as tests say that skip themselves
ALLOWED_SKIPS = Path(__file__).parent / "allowed_skips.txt"
_skipped: list[str] = []

doors.listen()  # before anything takes a name from where it is heard


def pytest_configure(config: pytest.Config) -> None:
    """What this session's runs say is kept until it ends."""
    outputs.begin(config)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails a CI run in which a test was skipped that the committed list does not name; then runs the last test."""
    allowed = {line for line in ALLOWED_SKIPS.read_text().splitlines() if line and not line.startswith("#")}
    unexpected = sorted(set(_skipped) - allowed)
    if os.environ.get("CI") and unexpected:
        print("\nskipped, but not in tests/allowed_skips.txt:", *unexpected, sep="\n  ")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    outputs.end(session)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says in one line each what was left out for want of a server, or of a browser, and what the last test looked through."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for what, absent, reason in (("on MariaDB", ABSENT, absence()), ("in a browser", browser.ABSENT, browser.ABSENCE)):
        left_out = sum(absent in told for told in skipped)
        if reason and left_out:
            terminalreporter.write_line(f"left out: {left_out} tests {what}; {reason}")
    if searched := terminalreporter.config.stash.get(outputs.SEARCHED, None):
        terminalreporter.write_line(searched)


def pytest_sessionstart() -> None:
    """Where certain programs are required (REQUIRE_SERVERS=bundled,debian,mariadb,chromium), tests do not run without them."""
    required = [name for name in os.environ.get("REQUIRE_SERVERS", "").split(",") if name]
    found = [*installations(), *other_versions(), *mariadb_installations()]
    found += ["chromium"] if browser.chromium() else []
    missing = [name for name in required if not any(server.startswith(name) for server in found)]
    if missing:
        pytest.exit(f"no server or browser called {', '.join(missing)} is installed", returncode=4)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole runs take longest: beside the many short tests they cost little time, after them much."""
    outputs.put_off(items)
    items.sort(key=lambda item: "whole" not in item.path.parts)


def pytest_report_header() -> list[str]:
    """Says plainly what a green run proves and what it cannot."""
    return [
        (
            "covers: the real Pulumi SDKs and policy analyzer, AWS's Lambda runtime client, a Step Functions interpreter, "
            "PostgreSQL and MariaDB servers over TLS, IAM documents as deployed"
        ),
        f"PostgreSQL servers found: {', '.join([*installations(), *other_versions()])}; others: {', '.join(mariadb_installations()) or 'none'}",
        "cannot cover here: the Pulumi engine and its providers, Docker images, AWS itself, MySQL servers",
    ]

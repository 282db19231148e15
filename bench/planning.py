"""Plans one server in a process of its own, and tells what that took: `python -m bench.planning`, for `bench.growth`."""

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TypeVar

from bench.grounds import DATABASE
from sanitizer.dialect import Target
from sanitizer.engines import ENGINES
from sanitizer.journal import Journal
from sanitizer.pipeline import Pipeline
from sanitizer.rules_file import read_rules
from sanitizer.steps import written

Answer = TypeVar("Answer")


class Stages:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def of(self, name: str, work: Callable[[], Answer]) -> Answer:
        """Does it, and remembers how long that took."""
        began = time.monotonic()
        answer = work()
        self.seconds[name] = time.monotonic() - began
        return answer


def plan(engine: str, target: Target, rules_file: bytes) -> dict[str, float]:
    """Everything a run does before it changes anything, stage by stage."""
    stages = Stages()
    rules = stages.of("rules file", lambda: read_rules(rules_file, "bench.yaml"))
    with ENGINES[engine].open_server(target) as dialect, dialect.session(DATABASE) as session:
        pipeline = Pipeline(dialect, rules, Journal(StringIO()))
        schemas, matched = stages.of("catalog and drift", pipeline.matched)
        findings = stages.of("pre-flight", lambda: pipeline.refusals(schemas, matched))
        if findings:
            raise SystemExit(str(findings[0]))
        schema, table_rules = schemas[DATABASE], matched[DATABASE]
        stages.of("plan", lambda: written(dialect.plan_masking(schema, table_rules, pipeline.connections)))
        stages.of("counting", lambda: session.measure(schema, table_rules))
    return {**stages.seconds, "all": sum(stages.seconds.values())}


def peak_mib() -> float:
    """The most memory that this program had: what it was started from does not count."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Reads a request from standard input, writes the answer to standard output."""
    asked = json.load(sys.stdin)
    target = Target(**{**asked["target"], "ca_file": Path(asked["target"]["ca_file"])})
    seconds = plan(asked["engine"], target, asked["rules"].encode())
    sys.stdout.write(json.dumps({**seconds, "MiB at most": peak_mib()}))


if __name__ == "__main__":
    main()
